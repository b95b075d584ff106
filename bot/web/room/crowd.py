"""The pages that follow one room: counted, and woken a few at a time so that nothing else has to wait."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

from bot.web.room.view import Viewer

AT_ONCE: Final = 20
"""Pages that are woken before everything else has its turn."""


class Crowd:
    """Who looks at a room live."""

    def __init__(self) -> None:
        self.people: Counter[int] = Counter()
        self.hosts = 0
        self._ears: set[asyncio.Event] = set()

    def come(self, viewer: Viewer) -> asyncio.Event:
        """Count one more page; what it gets is set whenever there may be something new."""
        ear = asyncio.Event()
        self._ears.add(ear)
        self.people[viewer.person.id] += 1
        self.hosts += viewer.hosting
        return ear

    def leave(self, viewer: Viewer, ear: asyncio.Event) -> None:
        """Let a page go."""
        self._ears.discard(ear)
        self.people[viewer.person.id] -= 1
        self.hosts -= viewer.hosting

    @property
    def empty(self) -> bool:
        """Whether nobody looks any more."""
        return not self._ears

    async def wake(self) -> None:
        """Wake every page."""
        ears = list(self._ears)
        for first in range(0, len(ears), AT_ONCE):
            for ear in ears[first : first + AT_ONCE]:
                ear.set()
            await asyncio.sleep(0)
