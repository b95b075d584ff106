"""What people do on Matrix, brought to the ears; only then it is noted how far we heard."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from bot.clock import Clock
from bot.core.hearing import Missed, Stretch
from bot.core.model import Place
from bot.networks import MatrixSettings
from bot.platform import Ears
from bot.platforms.matrix.asking import where_let
from bot.platforms.matrix.calling import Calling
from bot.platforms.matrix.direct import Direct
from bot.platforms.matrix.filling import Page, backward, forward, whole
from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused
from bot.platforms.matrix.houses import Houses
from bot.platforms.matrix.invites import Invites
from bot.platforms.matrix.lines import Lines
from bot.platforms.matrix.reading import NAME, Deed, Reader
from bot.platforms.matrix.rereading import Rereading, before
from bot.platforms.matrix.rooms import Room, Rooms
from bot.platforms.matrix.sitting import Heardings, Sitting
from bot.platforms.matrix.syncing import News, Point, Told, sync
from bot.platforms.matrix.translating import Between, Stands, read
from bot.platforms.patience import patiently
from bot.storage.store import Store

SINCE: Final = "matrix.since"
"""Begins the name under which our books keep how far everything was heard; the bot's own name follows."""


@dataclass(frozen=True, slots=True)
class Doings:
    """What was done in one room, of which we were told at once."""

    room: Room
    deeds: Sequence[Deed]
    between: Between
    gap: str = ""
    came: bool = False
    """Whether our own coming is among it, so that nothing before is ours to hear."""
    back: bool = False
    """Whether we came in meanwhile, so that something was said behind our back if we were there before."""


class Listener:
    """One life's ears: it hears everything since the last life, then everything new."""

    def __init__(
        self,
        home: Homeserver,
        store: Store,
        ears: Ears,
        clock: Clock,
        settings: MatrixSettings,
        rooms: Rooms,
        calling: Calling,
    ) -> None:
        self._home, self._store, self._ears, self._clock, self._rooms = home, store, ears, clock, rooms
        self._reader = Reader(home, store, clock, calling, settings.host_power)
        self._houses = Houses(home, store, ears, clock, settings, rooms)
        self._invites = Invites(home, settings, rooms)
        self._direct = Direct(home, ears, rooms, self._reader)
        self._again = Rereading(home, ears, rooms, self._reader)
        self._between = Between(clock.real(), clock.real())
        self._lines, self._unkept = Lines(), False

    @property
    def ignored(self) -> int:
        """Events that nothing could be made of in this life."""
        return self._reader.ignored

    async def run(self) -> None:
        """Listen until cancelled; raises MatrixRefused when the server will have us no more."""
        again: asyncio.Task[None] | None = None
        point = await patiently(self._kept)
        whole = True
        try:
            if point is not None:
                self._invites.ask()
            while True:
                told = await sync(self._home, point.since if point else None, whole=whole)
                point = await self._take(told, point, whole=whole)
                whole = False
                again = again or asyncio.create_task(self._again.run())
        finally:
            await self._invites.end()
            await self._houses.end()
            await self._lines.end()
            if again is not None:
                again.cancel()
                with suppress(asyncio.CancelledError):
                    await again

    async def _kept(self) -> Point | None:
        async with self._store.read() as tx:
            return Point.read(await tx.installed(f"{SINCE}.{self._home.user}"))

    async def _take(self, told: Told, point: Point | None, *, whole: bool) -> Point:
        """Hear one answer of the server, then note that it was heard."""
        here = Point(told.point, self._clock.real())
        self._between = Between(point.at if point else here.at, here.at)
        if told.direct is not None:
            self._rooms.take_direct(told.direct)
        known = await patiently(partial(self._places, [one.native_id for one in told.joined + told.left]))
        doings = [self._doings(one) for one in told.joined]
        farewells = [self._doings(one) for one in told.left]
        self._invites.answer(told.invited)
        since = self._reader.at(self._between.since)
        news = [one.native_id for one in told.joined]
        await patiently(partial(self._houses.look, news, here.since, since=since))
        await self._hear_all(doings + farewells, known, told, first=point is None)
        await self._say_farewell(told, here, whole=whole)
        self._unkept |= point is None or not told.empty
        if self._unkept and self._lines.over:
            await patiently(partial(self._keep, here))
            self._unkept = False
        self._rooms.told.set()
        self._rooms.tell(one.native_id for one in told.joined)
        return here

    async def _places(self, native_ids: Sequence[str]) -> dict[str, Place]:
        async with self._store.read() as tx:
            return await tx.places_called(NAME, native_ids)

    def _doings(self, news: News) -> Doings:
        room = self._rooms.enter(news.native_id)
        for event in news.state:
            what = read(event, self._between)
            if isinstance(what, Stands):
                room.take(what)
                room.comings += self._reader.came((event,))
        comings = room.comings
        deeds = self._reader.deeds(room, news.timeline, self._between)
        back = room.comings > comings
        came = bool(news.gap) and self._reader.came(news.timeline)
        return Doings(room, deeds, self._between, news.gap, came, back)

    # -- what was done ----------------------------------------------------------------------------

    async def _hear_all(
        self, doings: Sequence[Doings], known: dict[str, Place], told: Told, *, first: bool
    ) -> None:
        """Hear every room at the same time; at the very beginning nothing that was said before."""
        if first:
            doings = [Doings(one.room, (), one.between) for one in doings]
        elif told.start is None:  # the server told how everything stands, however old
            doings = [replace(one, deeds=self._reader.recent(one.deeds, self._between)) for one in doings]
        now = await patiently(partial(self._places, [one.room.native_id for one in doings]))
        for one in doings:
            if (place := now.get(one.room.native_id)) is not None:
                known_before = one.room.native_id in known
                hear = partial(self._hear_room, one, place, told, known=known_before)
                self._lines.add(one.room.native_id, hear)
        await asyncio.gather(
            self._lines.wait(),
            *(
                patiently(partial(self._direct.hear, one.room, one.deeds, told.point), but=(MatrixRefused,))
                for one in doings
                if one.room.direct
            ),
        )

    async def _hear_room(self, doings: Doings, place: Place, told: Told, *, known: bool) -> None:
        if doings.back and known:
            await self._miss(doings, place, told)
        if doings.gap and known:
            await self._fill(doings, place, told)
        elif doings.gap and not doings.came:
            await self._fill_since_we_came(doings, place, told)
        await self._hear(place, doings.room, doings.deeds, told.point)

    async def _fill(self, doings: Doings, place: Place, told: Told) -> None:
        """Hear what the server left out, and note what it would not tell."""
        filled = False
        with where_let():  # who may not read what was said has to do without
            filled = await self._fill_in(doings, place, told)
        if not filled:
            await self._miss(doings, place, told)

    async def _miss(self, doings: Doings, place: Place, told: Told) -> None:
        """Note that something was said meanwhile; whoever reads again looks for it."""
        now = self._clock.now()
        stretch = Stretch(min(self._reader.at(doings.between.since), now))
        missed = Missed(f"{doings.room.native_id}.{told.point}", stretch, now)
        await patiently(partial(self._ears.hear, place, (missed,), told.point))

    async def _fill_in(self, doings: Doings, place: Place, told: Told) -> bool:
        """Since the last time, or where the server forgot that, since we heard; gives whether it was all."""
        room, enough = doings.room, before(doings.between)
        if told.start is not None:
            async with aclosing(forward(self._home, room.native_id, told.start, doings.gap)) as pages:
                async for page in pages:
                    await self._hear(place, room, self._filled(room, page, doings.between), told.start)
            return True
        found = await backward(self._home, room.native_id, doings.gap, enough)
        for page in found:
            deeds = self._reader.recent(self._filled(room, page, doings.between), doings.between)
            await self._hear(place, room, deeds, told.point)
        return whole(found, enough)

    async def _fill_since_we_came(self, doings: Doings, place: Place, told: Told) -> None:
        """Hear what was said in a new place before we were told of it, from our coming on."""
        room = doings.room
        with where_let():
            pages = await backward(self._home, room.native_id, doings.gap, self._is_our_coming)
            if pages and self._is_our_coming(pages[0]):
                for page in pages:
                    await self._hear(place, room, self._filled(room, page, doings.between), told.point)

    def _is_our_coming(self, page: Page) -> bool:
        return self._reader.came(page.events)

    def _filled(self, room: Room, page: Page, between: Between) -> list[Deed]:
        for event in page.members:
            what = read(event, between)
            if isinstance(what, Stands) and what.kind == "m.room.member" and what.key not in room.members:
                room.take(what)
        return self._reader.deeds(room, page.events, between, state=False)

    async def _hear(self, place: Place, room: Room, deeds: Sequence[Deed], cursor: str) -> None:
        found = await patiently(Sitting(self._reader, place, room, deeds).heardings, but=(MatrixRefused,))
        if found.heard:
            await patiently(partial(self._bring, place, found, cursor))

    async def _bring(self, place: Place, found: Heardings, cursor: str) -> None:
        if found.relations:  # first: heard again, an edit that was taken back meanwhile names nothing itself
            async with self._store.begin() as tx:
                await tx.keep_relations(place.id, found.relations)
        await self._ears.hear(place, found.heard, cursor)

    # -- what is over -----------------------------------------------------------------------------

    async def _say_farewell(self, told: Told, here: Point, *, whole: bool) -> None:
        """Note the rooms in which the bot is no more."""
        left, anew = {one.native_id for one in told.left}, told.start is None
        if anew:  # told how everything stands, be it that it forgot where we were: what it leaves out is over
            left |= {one.native_id for one in self._rooms.all()} - {one.native_id for one in told.joined}
        for native_id in left:
            self._rooms.leave(native_id)
        left |= await patiently(self._houses.left_unnoticed) if whole or anew else set()
        await patiently(partial(self._houses.look, (), here.since, left))

    async def _keep(self, here: Point) -> None:
        async with self._store.begin() as tx:
            await tx.install(f"{SINCE}.{self._home.user}", here.written())
