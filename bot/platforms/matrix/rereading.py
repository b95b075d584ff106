"""Reads a chat's span once more after its end: what was missed is found then, and nothing is kept twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

from bot.core.hearing import Edited, Said
from bot.platform import Ears
from bot.platforms.matrix.filling import Page, backward
from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused
from bot.platforms.matrix.reading import NAME, Reader
from bot.platforms.matrix.rooms import Room, Rooms
from bot.platforms.matrix.sitting import Heardings, Sitting
from bot.platforms.matrix.translating import TOLERANCE, Between, Passed, Stands, read
from bot.platforms.patience import patiently, rung
from bot.storage.places.relations import Span
from bot.storage.store import Tx

GATHER: Final = 1.0
"""Seconds at least between two looks for chats that are over."""
MARGIN: Final = timedelta(minutes=5)


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
        """Read the span of each chat that is over and was not read again."""
        async with self._reader.store.read() as tx:
            spans = await tx.spans_to_read(NAME)
        for span in spans:
            room = self._rooms.room(span.place.native_id)
            if room is not None:
                await self._read(span, room)
                async with self._reader.store.begin() as tx:
                    await tx.note_read(span, self._reader.clock.now())

    async def _read(self, span: Span, room: Room) -> None:
        clock = self._reader.clock
        between = Between(clock.to_real(span.starts_at) - MARGIN + TOLERANCE, clock.real())
        try:
            pages = await backward(self._home, room.native_id, None, before(between))
        except MatrixRefused:  # what may not be read stays as it was heard
            return
        cursor = await self._ears.cursor(span.place)
        for page in pages if cursor else ():
            deeds = self._reader.recent(self._reader.deeds(room, page.events, between, state=False), between)
            found = await Sitting(self._reader, span.place, room, deeds).heardings()
            await patiently(partial(self._hear, span, found, str(cursor)))

    async def _hear(self, span: Span, found: Heardings, cursor: str) -> None:
        """Bring words and their changes; where a sign filed some, a host may have said otherwise since."""
        said = tuple(one for one in found.heard if isinstance(one, Said | Edited))
        await self._ears.hear(span.place, said, cursor)
        async with self._reader.store.begin() as tx:
            await tx.keep_relations(span.place.id, found.relations)


def before(between: Between) -> Callable[[Page], bool]:
    """Whether a page, or what is newest in it, is from before all that we can have missed."""

    def enough(page: Page) -> bool:
        return all(
            isinstance(what, Stands | Passed) or what.at <= between.since - TOLERANCE
            for what in (read(event, between) for event in page.events)
        )

    return enough
