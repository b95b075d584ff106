"""What many tasks want of the database at one time, done in one visit: the hour begins for all at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from bot.storage.engine import StorageFull
from bot.storage.outgoing.queued import Queued
from bot.storage.store import Store, Tx

MOST: Final = 50
"""Changes of one transaction: others wait for the database meanwhile."""

_T = TypeVar("_T")


@dataclass(eq=False)
class _Change:
    """A change that somebody waits for, and how it ended."""

    make: Callable[[Tx], Awaitable[Any]]
    done: bool = False
    result: Any = None
    fault: Exception | None = None


class Together:
    """Whoever comes first makes the changes of all who wait; each is told when its own is committed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = asyncio.Lock()
        self._waiting: list[_Change] = []

    async def change(self, make: Callable[[Tx], Awaitable[_T]]) -> _T:
        """Make a change; it is committed when this returns, and raises what it raised by itself."""
        mine = _Change(make)
        self._waiting.append(mine)
        try:
            while not mine.done:
                async with self._turn:
                    if not mine.done:
                        await self._all()
        finally:
            if mine in self._waiting:  # whoever asked was cancelled
                self._waiting.remove(mine)
        if mine.fault is not None:
            raise mine.fault
        result: _T = mine.result
        return result

    async def _all(self) -> None:
        taken: list[_Change] = []
        try:
            async with self._store.begin() as tx:
                taken = self._waiting[:MOST]
                results = [await one.make(tx) for one in taken]
        except StorageFull as fault:
            for one in taken or self._waiting:
                one.fault, one.done = fault, True
        except Exception:  # noqa: BLE001 - whose fault it was shows when each is made alone
            for one in taken:
                await self._alone(one)
        else:
            for one, result in zip(taken, results, strict=True):
                one.result, one.done = result, True
        self._waiting = [one for one in self._waiting if not one.done]

    async def _alone(self, one: _Change) -> None:
        try:
            async with self._store.begin() as tx:
                one.result = await one.make(tx)
        except Exception as fault:  # noqa: BLE001 - it is raised where the change was asked for
            one.fault = fault
        one.done = True


class NextRows:
    """Looks up what goes next in many places at once, with one question for all who ask meanwhile."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = asyncio.Lock()
        self._asked: dict[int, Sequence[int]] = {}
        self._found: dict[int, Queued | None] = {}

    async def of(self, place_id: int, but: Sequence[int]) -> Queued | None:
        """The row of a place that goes next, but those that rest."""
        self._asked[place_id] = but
        async with self._turn:
            if place_id not in self._found:
                asked, self._asked = {**self._asked, place_id: but}, {}
                resting = [row_id for rests in asked.values() for row_id in rests]
                async with self._store.read() as tx:
                    rows = await tx.waiting_in_each(asked, resting)
                self._found |= {each: rows.get(each) for each in asked}
        return self._found.pop(place_id)
