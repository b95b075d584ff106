"""Keeps the communities and places in our books as the rooms and spaces are that the bot is in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.core.hearing import Barred, Heard, Missed, Stretch
from bot.core.model import Place
from bot.core.sentences import matrix_rooms as sentences
from bot.networks import MatrixSettings
from bot.platform import Ears
from bot.platforms.matrix.health import channel_as_found, name_of
from bot.platforms.matrix.homeserver import Homeserver
from bot.platforms.matrix.moving import Moving
from bot.platforms.matrix.reading import NAME
from bot.platforms.matrix.rooms import Room, Rooms
from bot.storage.places.servers import Channel, KnownChannel, KnownServer, differing
from bot.storage.store import Store, Tx


@dataclass(frozen=True, slots=True)
class Found:
    """What is not in our books yet."""

    channels: tuple[Channel, ...]
    gone: tuple[KnownChannel, ...]
    known: Mapping[str, KnownChannel]
    communities: Mapping[str, KnownServer]

    def of(self, channel: Channel) -> KnownChannel | None:
        """The place of a channel, if it has one."""
        return self.known.get(channel.native_id)


class Houses:
    """Compares rooms with our books, tells the ears what happened to places in use, and notes it."""

    def __init__(
        self, home: Homeserver, store: Store, ears: Ears, clock: Clock, settings: MatrixSettings, rooms: Rooms
    ) -> None:
        self._me, self._store, self._ears, self._clock = home.user, store, ears, clock
        self._settings, self._rooms = settings, rooms
        self._moving = Moving(home, store, rooms, clock)

    async def end(self) -> None:
        """End what goes on beside."""
        await self._moving.end()

    async def left_unnoticed(self) -> set[str]:
        """The rooms of our books in which the bot is no more, though nobody told us."""
        async with self._store.read() as tx:
            return {one.native_id for one in await tx.places_on(NAME) if not self._rooms.room(one.native_id)}

    async def look(
        self, ids: Collection[str], point: str, left: Collection[str] = (), since: datetime | None = None
    ) -> None:
        """Look at rooms of which there is news since then, and at those that were left."""
        if not ids and not left:
            return
        await self._moving.follow(ids)
        async with self._store.read() as tx:
            known = await tx.rooms_called(NAME, [*ids, *left])
            communities = await tx.known_servers(NAME, [*ids, *left])
            used = {place.id for place in await tx.places_in_use(NAME, with_left=True)}
        gone = tuple(known[one] for one in left if one in known and not known[one].left)
        found = Found(differing(tuple(self._seen(ids, known)), known), gone, known, communities)
        for place, heard in (*self._barred(found, used), *self._unreadable(found, since)):
            await self._ears.hear(place, (heard,), await self._ears.cursor(place) or point)
        renamed = tuple(self._renamed(communities))
        if found.channels or gone or renamed:
            async with self._store.begin() as tx:
                await self._note(tx, found, renamed)

    def _seen(self, ids: Iterable[str], known: Mapping[str, KnownChannel]) -> Iterator[Channel]:
        """The rooms that are places: no spaces, no talks between two; new ones neither ours nor replaced."""
        for room in filter(None, map(self._rooms.room, ids)):
            closed = room.maker == self._me or room.replaced_by
            if not (room.is_space or room.direct or (closed and room.native_id not in known)):
                yield channel_as_found(room, self._me)

    def _renamed(self, communities: Mapping[str, KnownServer]) -> Iterator[Room]:
        for native_id, one in communities.items():
            room = self._rooms.room(native_id)
            if room is not None and not one.left and name_of(room) != one.name:
                yield room

    # -- what the ears are told -------------------------------------------------------------------

    def _barred(self, found: Found, used: set[int]) -> Iterator[tuple[Place, Heard]]:
        """What the ears are to hear of the places in use, before it stands in our books."""
        now = self._clock.now()
        for one in found.gone:
            if one.place.id in used:
                why = (sentences.room_left(one.place.name),)
                yield one.place, Barred(_id(one.place, now), why, now, gone=True)
        for channel in found.channels:
            mine = found.of(channel)
            if mine and mine.place.id in used and (mine.left or mine.lacking != channel.lacking):
                barred = Barred(_id(mine.place, now), channel.lacking, now, goes_on=channel.goes_on)
                yield mine.place, barred

    def _unreadable(self, found: Found, since: datetime | None) -> Iterator[tuple[Place, Heard]]:
        """What is missing from now on: nobody reads to us what is said in secret."""
        now = self._clock.now()
        for channel in found.channels:
            mine, room = found.of(channel), self._rooms.room(channel.native_id)
            if mine is not None and room is not None and room.encrypted:
                stretch = Stretch(min(since or now, now))
                yield mine.place, Missed(_id(mine.place, now), stretch, now)

    # -- what is noted ----------------------------------------------------------------------------

    async def _note(self, tx: Tx, found: Found, renamed: Iterable[Room]) -> None:
        now = self._clock.now()
        for one in found.gone:
            await tx.leave_channel(one.place.id, now)
            if await tx.places_left_behind(one.place.community_id):
                await tx.leave_server(one.place.community_id, now)
        for room in renamed:
            await self._keep_community(tx, room)
        for channel in found.channels:
            mine = found.of(channel)
            community_id = await self._community(tx, channel, mine)
            await tx.keep_channels(NAME, community_id, (channel,))
            await self._speak(tx, community_id, channel, mine, now)

    async def _community(self, tx: Tx, channel: Channel, mine: KnownChannel | None) -> int:
        """The community of a room: the one it had, else the only space that lists it, else itself."""
        if mine is not None:
            await tx.come_back(mine.place.community_id)
            return mine.place.community_id
        spaces = self._rooms.spaces_of(channel.native_id)
        return await self._keep_community(
            tx, spaces[0] if len(spaces) == 1 else self._rooms.enter(channel.native_id)
        )

    async def _keep_community(self, tx: Tx, room: Room) -> int:
        zone, language = self._settings.zone, self._settings.language
        return await tx.keep_server(NAME, room.native_id, name_of(room), zone, language)

    async def _speak(
        self, tx: Tx, community_id: int, channel: Channel, mine: KnownChannel | None, now: datetime
    ) -> None:
        """Say the first words, once a community, and once in a room that it cannot be read."""
        place, room = await tx.place_called(NAME, channel.native_id), self._rooms.room(channel.native_id)
        if place is None or room is None or not room.may_send(self._me, "m.room.message", state=False):
            return
        hello, unread = f"hello.{community_id}", f"unreadable.{channel.native_id}"
        if room.encrypted:
            if not await tx.was_said(unread):
                await tx.post(place, sentences.ENCRYPTED, (), unread, now)
        elif not (mine and mine.hosts) and not await tx.was_said(hello):
            await tx.post(place, *sentences.greeting(), hello, now)


def _id(place: Place, now: datetime) -> str:
    return f"{place.native_id}.{int(now.timestamp() * 1000)}"
