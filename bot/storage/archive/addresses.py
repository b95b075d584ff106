"""Words in addresses of communities, weekly chats and chats, and versions that say when a page changed."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, exists, func, select, update

from bot.core import plain
from bot.core.model import Community, Place
from bot.core.times.zones import known_zone
from bot.storage.archive.glance import Glance
from bot.storage.chats.plans import Plans
from bot.storage.schema import tables as t

BROWSER = "browser"
"""The platform of the bot's own rooms."""
ROOM, HOSTS_ROOM = "edchat", "hosts"
"""The rooms that a community in the browser begins with."""
RESERVED = frozenset(
    (
        *("a", "about", "accessibility", "archive", "data", "desk", "feeds", "healthz", "in", "join", "l"),
        *("live", "metrics", "out", "people", "privacy", "protocols", "resources", "robots.txt", "room"),
        *("search", "sitemap.xml", "static", "topics", "upcoming"),
    )
)
"""Words that are pages themselves, at the root or in a community, so that nobody's address may be one."""

_HOSTS = select(func.min(t.place.c.id)).where(
    t.place.c.community_id == t.community.c.id, t.place.c.hosts_room
)
_CALLED = Glance(
    select(
        t.community.c.id,
        t.community.c.name,
        t.community.c.zone,
        t.community.c.language,
        _HOSTS.scalar_subquery().label("hosts"),
        t.community.c.slug,
        t.community.c.about,
    ).where(t.community.c.slug == bindparam("word"))
)


class Addresses(Plans):
    """What is asked of addresses and versions."""

    async def freshen(self) -> None:
        """Give the pages that show something else now a new version."""
        if not (self.stale or self.stale_communities):
            return
        of_chats = select(t.series.c.community_id).join(t.chat).where(t.chat.c.id.in_(sorted(self.stale)))
        ids = sorted(self.stale_communities | {row.community_id for row in await self._rows(of_chats)})
        chats = update(t.chat).where(t.chat.c.id.in_(sorted(self.stale)))
        await self._do(chats.values(version=t.chat.c.version + 1))
        communities = update(t.community).where(t.community.c.id.in_(ids))
        await self._do(communities.values(version=t.community.c.version + 1))

    async def community_ids(self) -> set[int]:
        """The ids of every community."""
        return {row.id for row in await self._rows(select(t.community.c.id))}

    async def give_addresses(self) -> None:
        """Give every community, weekly chat and chat that has none its word in addresses."""
        for row in await self._rows(select(t.community).where(t.community.c.slug.is_(None))):
            await self._name_community(row.id, row.name)
        for row in await self._rows(select(t.series).where(t.series.c.slug.is_(None))):
            await self._name_series(row)
        nameless = t.chat.c.slug.is_(None), t.chat.c.rehearsal.is_(False)
        for row in await self._rows(select(t.chat).where(*nameless).order_by(t.chat.c.id)):
            await self._name_chat(row)

    async def add_house(self, name: str, zone: str, language: str = "en") -> Community:
        """Store a community in the browser, with a room and a hosts' room."""
        community = await self.add_community(name, zone, language)
        word = await self._name_community(community.id, name)
        first = await self._value(select(t.place.c.id).where(t.place.c.native_id == ROOM))
        await self.add_room(community.id, ROOM if first is None else word, ROOM if first is None else name)
        hosts = await self.add_room(
            community.id, HOSTS_ROOM if first is None else f"{word}-hosts", HOSTS_ROOM
        )
        await self.make_hosts_room(hosts.id)
        return await self.community(community.id)

    async def change_house(self, community_id: int, values: Mapping[str, object]) -> None:
        """Change what a community's pages say of it (about, contact), or its retention_days."""
        await self._do(update(t.community).where(t.community.c.id == community_id).values(**values))
        self.stale_communities.add(community_id)

    async def add_room(self, community_id: int, wanted: str, name: str) -> Place:
        """Store one more room in the browser, at a free address."""
        words = select(t.place.c.native_id).where(t.place.c.platform == BROWSER)
        word = plain.slug(wanted, {row.native_id for row in await self._rows(words)})
        place = await self.add_place(community_id, BROWSER, word, name)
        await self._do(update(t.place).where(t.place.c.id == place.id).values(openness="link"))
        return place

    async def communities_without_hosts(self) -> tuple[Community, ...]:
        """The communities in the browser that no host has entered yet."""
        entered = exists().where(
            t.community_host.c.community_id == t.community.c.id,
            t.member.c.community_id == t.community.c.id,
            t.member.c.person_id == t.community_host.c.person_id,
        )
        here = exists().where(t.place.c.community_id == t.community.c.id, t.place.c.platform == BROWSER)
        rows = await self._rows(select(t.community.c.id).where(here, ~entered).order_by(t.community.c.id))
        return tuple([await self.community(row.id) for row in rows])

    async def community_called(self, word: str) -> Community | None:
        """The community at an address."""
        found = await _CALLED.rows(self.connection, word=word)
        return Community(*found[0]) if found else None

    async def _name_community(self, community_id: int, name: str) -> str:
        words = select(t.community.c.slug).where(t.community.c.slug.is_not(None))
        word = _free(name, (row.slug for row in await self._rows(words)))
        await self._do(update(t.community).where(t.community.c.id == community_id).values(slug=word))
        return word

    async def _name_series(self, row: Any) -> None:
        here = t.series.c.community_id == row.community_id, t.series.c.slug.is_not(None)
        taken = (other.slug for other in await self._rows(select(t.series.c.slug).where(*here)))
        word = _free(row.hashtag or row.title, taken)
        await self._do(update(t.series).where(t.series.c.id == row.id).values(slug=word))

    async def _name_chat(self, row: Any) -> None:
        day = _day(row.starts_at, row.zone)
        mine = t.chat.c.series_id == row.series_id, t.chat.c.slug.startswith(day), t.chat.c.id != row.id
        taken = {other.slug for other in await self._rows(select(t.chat.c.slug).where(*mine))}
        word = next(one for one in map(partial(_dated, day), count(1)) if one not in taken)
        await self._do(update(t.chat).where(t.chat.c.id == row.id).values(slug=word))
        again = t.former_address.c.chat_id == row.id, t.former_address.c.slug == word
        await self._do(delete(t.former_address).where(*again))


def _free(name: str, taken: Iterable[str]) -> str:
    return plain.slug(name, {*taken, *RESERVED})


def _day(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone) if known_zone(zone) else UTC):%Y-%m-%d}"


def _dated(day: str, number: int) -> str:
    return day if number == 1 else f"{day}-{number}"
