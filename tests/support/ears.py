"""Ears for tests: they note what a platform brings, without a database, or are an inbox that never waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from bot.core.hearing import Heard
from bot.core.model import Place
from bot.inbox import Inbox
from bot.platform import Ears, Platform


class NotingEars:
    """Notes batches and cursors as a database would: all of a batch or nothing."""

    def __init__(self, *places: Place) -> None:
        self.listened_to = places
        self.offered: list[tuple[Heard, ...]] = []
        self.batches: list[tuple[str, tuple[Heard, ...]]] = []
        self.cursors: dict[str, str] = {}
        self.failures = 0
        self.open = asyncio.Event()
        self.open.set()

    async def hear(self, place: Place, heard: Sequence[Heard], cursor: str) -> None:
        """Note a batch; fail first as often as `failures` says, and wait while not `open`."""
        self.offered.append(tuple(heard))
        if self.failures:
            self.failures -= 1
            raise OSError("no room on the disk")
        await self.open.wait()
        self.batches.append((place.native_id, tuple(heard)))
        self.cursors[place.native_id] = cursor

    async def cursor(self, place: Place) -> str | None:
        """Give the last cursor noted."""
        return self.cursors.get(place.native_id)

    async def places(self, platform: str) -> tuple[Place, ...]:
        """Give the places of this platform."""
        return tuple(place for place in self.listened_to if place.platform == platform)

    def heard(self, native_id: str | None = None) -> list[Heard]:
        """Give all that was noted, in one place or in all of them."""
        return [event for place, batch in self.batches for event in batch if native_id in (None, place)]

    def has_heard(self, count: int, native_id: str | None = None) -> Callable[[], bool]:
        """Give the question whether so much was noted by now."""
        return lambda: len(self.heard(native_id)) >= count


@dataclass(frozen=True, slots=True)
class SweptAtOnce:
    """The inbox as ears that need not wait for its next sweep."""

    inbox: Inbox

    async def hear(self, place: Place, heard: Sequence[Heard], cursor: str) -> None:
        """Have it stored."""
        bringing = asyncio.create_task(self.inbox.hear(place, heard, cursor))
        await asyncio.sleep(0)
        await self.inbox.sweep()
        await bringing

    async def cursor(self, place: Place) -> str | None:
        """Give where listening stopped."""
        return await self.inbox.cursor(place)

    async def places(self, platform: str) -> tuple[Place, ...]:
        """Give the places that are listened to."""
        return await self.inbox.places(platform)


@asynccontextmanager
async def listening(platform: Platform, ears: Ears) -> AsyncIterator[None]:
    """Let a platform listen meanwhile; what it raises is raised here."""
    task = asyncio.create_task(platform.listen(ears))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
