"""Each room is heard in a line of its own: one whose words cannot be stored holds up no other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

PATIENCE: Final = 1.0
"""Seconds for which all wait for the slowest room."""

Hear = Callable[[], Awaitable[None]]


class Lines:
    """What is still to be heard, room by room in its order."""

    def __init__(self) -> None:
        self._last: dict[str, asyncio.Task[None]] = {}

    @property
    def over(self) -> bool:
        """Whether everything is heard."""
        return not self._last

    def add(self, native_id: str, hear: Hear) -> None:
        """Let this be heard once all before it in the room is."""
        self._last[native_id] = asyncio.create_task(_after(self._last.get(native_id), hear))

    async def wait(self, seconds: float = PATIENCE) -> None:
        """Wait until everything is heard, but not for ever; raises what hearing raised."""
        if self._last:
            await asyncio.wait(self._last.values(), timeout=seconds)
        for native_id, task in [*self._last.items()]:
            if task.done():
                del self._last[native_id]
                task.result()

    async def end(self) -> None:
        """Hear no more."""
        for task in self._last.values():
            task.cancel()
        await asyncio.gather(*self._last.values(), return_exceptions=True)


async def _after(before: asyncio.Task[None] | None, hear: Hear) -> None:
    if before is not None:
        await before
    await hear()
