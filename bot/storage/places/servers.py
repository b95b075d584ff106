"""Servers of other networks and their channels: which are known, what they lack, and which are in use."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core import plain
from bot.core.model import ChatState, Place
from bot.storage.archive.addresses import Addresses
from bot.storage.chats.plans import place_of
from bot.storage.heard.missing import Missing
from bot.storage.queries import among, listed
from bot.storage.schema import tables as t

LONGEST_NAME = 100
"""Characters of a server's or channel's name; networks allow no more."""
_OVER = (ChatState.SEALED, ChatState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as its network shows it; `lacking` are the sentences of what is missing there.

    It is `shut` where not everybody in the server may look, and read what was said before they came.
    People may write there once in so many seconds where it is `slow`.
    A chat `goes_on` where nothing is missing that it cannot do without; that is not kept.
    """

    native_id: str
    name: str
    lacking: tuple[str, ...] = ()
    shut: bool = False
    slow: int = 0
    goes_on: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class KnownChannel:
    """A place in our books; `left` when the bot is in it no more, and a room of the `hosts` or not."""

    place: Place
    lacking: tuple[str, ...]
    left: bool
    hosts: bool
    shut: bool = False
    slow: int = 0

    @property
    def as_found(self) -> Channel:
        """How the network showed it last."""
        return Channel(self.place.native_id, self.place.name, self.lacking, self.shut, self.slow)


@dataclass(frozen=True, slots=True)
class KnownServer:
    """A community in our books that is a server of a network, with its places by their native ids."""

    community_id: int
    name: str
    host_role: str
    left: bool
    places: Mapping[str, KnownChannel] = field(default_factory=dict)


class Servers(Addresses, Missing):
    """What is asked of servers and their channels."""

    async def known_servers(
        self, platform: str, native_ids: Iterable[str] | None = None
    ) -> dict[str, KnownServer]:
        """The servers in our books by their native ids: those named, or all that were not left."""
        query = select(t.community).where(t.community.c.platform == platform)
        if native_ids is None:
            query = query.where(t.community.c.left_at.is_(None))
            return {row.native_id: _server_of(row, {}) for row in await self._rows(query)}
        given = {"native_ids": listed(native_ids)}
        named = query.where(among(t.community.c.native_id, bindparam("native_ids")))
        rows = await self._rows(named, **given)
        of_them = select(t.place).join(t.community).where(t.community.c.platform == platform)
        inside = of_them.where(among(t.community.c.native_id, bindparam("native_ids")))
        places: dict[int, dict[str, KnownChannel]] = defaultdict(dict)
        for row in await self._rows(inside, **given):
            if row.platform == platform:
                places[row.community_id][row.native_id] = channel_of(row)
        return {row.native_id: _server_of(row, places[row.id]) for row in rows}

    async def keep_server(self, platform: str, native_id: str, name: str, zone: str, language: str) -> int:
        """Have a community for a server, called as it is called now; gives its id."""
        name = plain.storable(name, LONGEST_NAME)
        mine = t.community.c.platform == platform, t.community.c.native_id == native_id
        found: int | None = await self._value(select(t.community.c.id).where(*mine))
        if found is None:
            values = {"platform": platform, "native_id": native_id}
            found = await self._add(t.community, name=name, zone=zone, language=language, **values)
            await self.give_addresses()
        change = update(t.community).where(t.community.c.id == found)
        await self._do(change.values(name=name, left_at=None))
        self.stale_communities.add(found)
        return found

    async def leave_server(self, community_id: int, now: datetime) -> None:
        """Note that the bot is no longer in a server, nor in any of its channels."""
        community = update(t.community).where(t.community.c.id == community_id)
        await self._do(community.where(t.community.c.left_at.is_(None)).values(left_at=now))
        left = select(t.place.c.id).where(t.place.c.community_id == community_id, t.place.c.left_at.is_(None))
        for row in await self._rows(left):
            await self.leave_channel(row.id, now)
        self.stale_communities.add(community_id)

    async def keep_channels(self, platform: str, community_id: int, channels: Iterable[Channel]) -> None:
        """Have a place for each of these channels, as it is now; pages follow what people may look into."""
        channels = tuple(channels)
        self.stale_communities.add(community_id)
        self.stale |= await self._turned(platform, channels)
        rows = [
            {
                "community_id": community_id,
                "platform": platform,
                "native_id": channel.native_id,
                "name": plain.storable(channel.name, LONGEST_NAME),
                "lacking": "\n".join(channel.lacking),
                "shut": channel.shut,
                "slow": channel.slow,
            }
            for channel in channels
        ]
        row = insert(t.place)
        found = row.excluded
        names = ("name", "lacking", "shut", "slow")
        now: dict[str, Any] = {"left_at": None, **{name: found[name] for name in names}}
        await self._do(row.on_conflict_do_update(index_elements=["platform", "native_id"], set_=now), rows)

    async def _turned(self, platform: str, channels: Sequence[Channel]) -> set[int]:
        """The chats held in channels that were shut and are open now, or the other way round."""
        ids = {shut: [one.native_id for one in channels if one.shut is shut] for shut in (True, False)}
        p = t.place.c
        turned = or_(*(and_(p.native_id.in_(mine), p.shut.is_not(shut)) for shut, mine in ids.items()))
        held = select(t.chat_place.c.chat_id).join(t.place).where(p.platform == platform, turned)
        return {row.chat_id for row in await self._rows(held)}

    async def place_called(self, platform: str, native_id: str) -> Place | None:
        """The place with this native id, if the bot is in it."""
        mine = t.place.c.platform == platform, t.place.c.native_id == native_id
        row = await self._row(select(t.place).where(*mine, t.place.c.left_at.is_(None)))
        return place_of(row) if row else None

    async def leave_channel(self, place_id: int, now: datetime) -> None:
        """Note that a channel is no more, or heard no more until the bot comes back."""
        await self._do(update(t.place).where(t.place.c.id == place_id).values(left_at=now))
        await self.note_missed(place_id, now)

    async def lacking(self, place_id: int) -> tuple[str, ...]:
        """What is missing in a place, a sentence each; nothing when all is well."""
        return _lines(await self._value(select(t.place.c.lacking).where(t.place.c.id == place_id)))

    async def shut(self, place_id: int) -> bool:
        """Whether not everybody on its network may look into a place."""
        return bool(await self._value(select(t.place.c.shut).where(t.place.c.id == place_id)))

    async def all_shut(self, places: Collection[Place]) -> bool:
        """Whether there is no place among these into which everybody may look; so not if there is none."""
        if not places:
            return False
        seen = select(exists().where(t.place.c.id.in_([one.id for one in places]), t.place.c.shut.is_(False)))
        return not await self._value(seen)

    async def host_role(self, community_id: int) -> str:
        """The native id of the role whose members are hosts in a community, or nothing."""
        role = select(t.community.c.host_role).where(t.community.c.id == community_id)
        return await self._value(role) or ""

    async def set_host_role(self, community_id: int, native_id: str) -> None:
        """Let a role's members be hosts in a community; nothing takes that back."""
        change = update(t.community).where(t.community.c.id == community_id)
        await self._do(change.values(host_role=native_id))

    async def place_of_sent(self, platform: str, native_id: str) -> Place | None:
        """The place that something we sent is about, wherever it was shown."""
        sent = select(t.place).join(t.outbox, t.outbox.c.place_id == t.place.c.id)
        mine = t.place.c.platform == platform, t.outbox.c.platform_message_id == native_id
        row = await self._row(sent.where(*mine).limit(1))
        return place_of(row) if row else None

    async def places_in_use(self, platform: str, *, with_left: bool = False) -> tuple[Place, ...]:
        """The places where a weekly chat is at home, a chat is held or still heard, or hosts meet.

        Those that were left are none, unless they are asked for.
        """
        home = (
            select(t.series_place.c.place_id)
            .join(t.series, t.series.c.id == t.series_place.c.series_id)
            .where(t.series_place.c.accepted_at.is_not(None), t.series.c.deleted_at.is_(None))
        )
        held = (
            select(t.chat_place.c.place_id)
            .join(t.chat, t.chat.c.id == t.chat_place.c.chat_id)
            .where(t.chat.c.state.not_in(_OVER))
        )
        used = or_(t.place.c.id.in_(home), t.place.c.id.in_(held), t.place.c.hosts_room)
        query = select(t.place).where(t.place.c.platform == platform, used)
        query = query if with_left else query.where(t.place.c.left_at.is_(None))
        return tuple(place_of(row) for row in await self._rows(query.order_by(t.place.c.id)))

    async def was_said(self, key: str) -> bool:
        """Whether something was queued under this key before."""
        return bool(await self._value(select(exists().where(t.outbox.c.key == key))))


def _server_of(row: Row[Any], places: Mapping[str, KnownChannel]) -> KnownServer:
    return KnownServer(row.id, row.name, row.host_role, row.left_at is not None, places)


def channel_of(row: Row[Any]) -> KnownChannel:
    """A place in our books from its row."""
    return KnownChannel(
        place_of(row), _lines(row.lacking), row.left_at is not None, row.hosts_room, row.shut, row.slow
    )


def _lines(written: str | None) -> tuple[str, ...]:
    return tuple((written or "").splitlines())


def differing(seen: Sequence[Channel], known: Mapping[str, KnownChannel]) -> tuple[Channel, ...]:
    """The channels that are not in our books as they are now."""

    def same(one: Channel) -> bool:
        mine = known.get(one.native_id)
        return mine is not None and not mine.left and mine.as_found == one

    return tuple(one for one in seen if not same(one))


def unlifted(platform: str) -> str:
    """The name under which our books keep what else holds the bot up on a network, in a sentence."""
    return f"limit.{platform}"
