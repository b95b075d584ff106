"""Reads a chat's span once more after its end: what was missed is found then, and nothing is kept twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from bot.core.hearing import CaughtUp, Deleted, Edited, Heard, Missed, Said, Stretch
from bot.core.model import Place
from bot.platform import Ears
from bot.platforms.matrix.asking import where_let
from bot.platforms.matrix.filling import Page, backward, whole
from bot.platforms.matrix.homeserver import Homeserver
from bot.platforms.matrix.reading import NAME, Reader
from bot.platforms.matrix.rooms import Room, Rooms
from bot.platforms.matrix.sitting import Heardings, Sitting
from bot.platforms.matrix.translating import TOLERANCE, Between, Passed, Stands, mapping, read
from bot.platforms.patience import patiently, rung
from bot.storage.store import Tx

GATHER: Final = 1.0
"""Seconds at least between two looks for chats that are over."""
MARGIN: Final = timedelta(minutes=5)
_MS: Final = 1000


class Rereading:
    """Reads again; one a life."""

    def __init__(self, home: Homeserver, ears: Ears, rooms: Rooms, reader: Reader) -> None:
        self._home, self._ears, self._rooms, self._reader = home, ears, rooms, reader
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Look whenever our books changed, until cancelled."""
        store = self._reader.store
        store.committed.append(self._committed)
        try:
            while True:
                await patiently(self.read_all)
                await asyncio.sleep(GATHER)
                await rung(self._news, None)
        finally:
            store.committed.remove(self._committed)

    def _committed(self, _tx: Tx) -> None:
        self._news.set()

    async def read_all(self) -> None:
        """Read what was missed in places where we are again, and the span of each chat that is over."""
        async with self._reader.store.read() as tx:
            spans, missed = await tx.spans_to_read(NAME), await tx.places_not_heard(NAME)
        for place, since in missed:
            room = self._rooms.room(place.native_id)
            if room is not None and not room.encrypted:
                await self._catch_up(place, room, since)
        for span in spans:
            room = self._rooms.room(span.place.native_id)
            if room is not None:
                await self._read(span.place, room, span.starts_at)
                async with self._reader.store.begin() as tx:
                    await tx.note_read(span, self._reader.clock.now())

    async def _catch_up(self, place: Place, room: Room, since: datetime) -> None:
        """Read what we were not told; what was said while we were out of the room stays missing."""
        now, key = self._reader.clock.now(), f"{room.native_id}.{since.timestamp():.0f}"
        read_up = await self._read(place, room, since, there=True)
        heard = CaughtUp(key, since, now) if read_up else Missed(key, Stretch(since, now), now)
        await self._bring(place, (heard,))

    async def _read(self, place: Place, room: Room, since: datetime, *, there: bool = False) -> bool:
        """Read from then on; gives whether that was all, and whether we were `there` all the time."""
        clock = self._reader.clock
        between = Between(clock.to_real(since) - MARGIN + TOLERANCE, clock.real())
        pages: list[Page] = []
        with where_let():  # what may not be read stays as it was heard
            pages = await backward(self._home, room.native_id, None, before(between))
        for page in pages:
            deeds = self._reader.recent(self._reader.deeds(room, page.events, between, state=False), between)
            await self._hear(place, await Sitting(self._reader, place, room, deeds).heardings())
        real = clock.to_real(since)
        out = there and any(self._came_since(event, real) for page in pages for event in page.events)
        return bool(pages) and not out and whole(pages, before(between))

    def _came_since(self, event: Any, since: datetime) -> bool:
        at = mapping(event).get("origin_server_ts")
        return isinstance(at, int) and at / _MS >= since.timestamp() and self._reader.came((event,))

    async def _hear(self, place: Place, found: Heardings) -> None:
        """Bring words and what became of them; where a sign filed some, a host may have said otherwise."""
        async with self._reader.store.begin() as tx:
            await tx.keep_relations(place.id, found.relations)
        await self._bring(place, [one for one in found.heard if isinstance(one, Said | Edited | Deleted)])

    async def _bring(self, place: Place, heard: Sequence[Heard]) -> None:
        """Have something heard, wherever listening stands."""
        cursor = await self._ears.cursor(place) or ""
        await patiently(partial(self._ears.hear, place, heard, cursor))


def before(between: Between) -> Callable[[Page], bool]:
    """Whether a page is from before all that we can have missed; one without words tells nothing of that."""

    def enough(page: Page) -> bool:
        told = (read(event, between) for event in page.events)
        times = [what.at for what in told if not isinstance(what, Stands | Passed)]
        return bool(times) and max(times) <= between.since - TOLERANCE

    return enough
