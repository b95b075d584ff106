"""One place on Discord, followed: what happens there is brought to the ears in its order, gaps first."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

import structlog

from bot.core.hearing import Heard
from bot.core.model import Place
from bot.platform import Ears
from bot.platforms.patience import patiently, rung

MOST: Final = 500
"""Happenings that are brought at once."""

FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 60.0
"""Seconds after which a place is tried again that could not be read."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Ask = Callable[[], Awaitable[Sequence[Heard]]]


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened, heard or only passed by; `id` is the message that it newly made, if any."""

    heard: Heard | None = None
    id: int = 0
    ask: Ask | None = None
    """Says what is heard, where Discord must be asked first."""


@dataclass(frozen=True, slots=True)
class Again:
    """The place is to be read before anything after this is heard, once `there` is so.

    `thoroughly`, even where nothing seems to be new: until now the bot was told of all that it may see.
    """

    there: asyncio.Event
    thoroughly: bool = False


class Reader(Protocol):
    """Reads what was missed in a place."""

    async def read(self, place: Place, cursor: int, *, thoroughly: bool, since: int) -> int | None:
        """Hear everything since the cursor and give the new one; None where the bot may not read.

        Where that fails it is noted what is missing: all that was said after `since`.
        """


@dataclass
class Follower:
    """Follows one place; its first life there hears nothing older than `begins`."""

    place: Place
    ears: Ears
    reader: Reader
    now: Callable[[], int]
    begins: int
    cursor: int = 0
    gap: bool = False
    """Something older could not be read: the cursor stays before it until that worked."""
    task: asyncio.Task[None] | None = None
    _newest: int = 0
    """The newest message that was heard as it came, also after a gap."""
    _waiting: deque[Happened | Again] = field(default_factory=deque)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _wait: float = FIRST_WAIT

    def bring(self, happened: Happened) -> None:
        """Have something heard, after all that happened before."""
        self._waiting.append(happened)
        self._news.set()

    def read_again(self, again: Again) -> None:
        """Have the place read before anything else is heard, unless it waits for that already."""
        if not (self._waiting and self._waiting[-1] == again):
            self._waiting.append(again)
            self._news.set()

    async def run(self) -> None:
        """Follow the place until cancelled."""
        found = await patiently(lambda: self.ears.cursor(self.place))
        self.cursor = int(found) if found else self.begins
        if not found:
            await patiently(partial(self._hear, (), self.cursor))
        while True:
            if not self._waiting:
                await rung(self._news, None)
                continue
            first = self._waiting[0]
            await (self._read(first) if isinstance(first, Again) else self._hear_some())

    async def _read(self, again: Again) -> None:
        await again.there.wait()
        reached, thoroughly = None, again.thoroughly or self.gap
        since = self.now() if again.thoroughly else max(self.cursor, self._newest)
        try:
            reached = await self.reader.read(self.place, self.cursor, thoroughly=thoroughly, since=since)
            self._wait = FIRST_WAIT
        except Exception:  # noqa: BLE001 - whatever ails Discord, what people say now is heard meanwhile
            _log.exception("discord_not_read", place=self.place.id, wait=self._wait)
            asyncio.get_running_loop().call_later(self._wait, self.read_again, again)
            self._wait = min(2 * self._wait, LONGEST_WAIT)
        self.gap = reached is None
        self.cursor = self.cursor if reached is None else max(reached, self.cursor)
        self._waiting.popleft()

    async def _hear_some(self) -> None:
        """Bring what waits, up to where the place is to be read again."""
        some: list[Happened] = []
        for one in self._waiting:
            if isinstance(one, Again) or len(some) == MOST:
                break
            some.append(one)
        heard: list[Heard] = []
        for one in some:
            heard += await _asked(one.ask) if one.ask else [one.heard] if one.heard else []
        newest = max(self._newest, *(one.id for one in some))
        cursor = self.cursor if self.gap else max(self.cursor, newest)
        if heard or cursor != self.cursor:
            await patiently(partial(self._hear, heard, cursor))
        self.cursor, self._newest = cursor, newest
        for _ in some:
            self._waiting.popleft()

    async def _hear(self, heard: Sequence[Heard], cursor: int) -> None:
        await self.ears.hear(self.place, heard, str(cursor))


async def _asked(ask: Ask) -> Sequence[Heard]:
    """What is heard of it; if Discord does not say, nothing, and the next reading finds it."""
    try:
        return await ask()
    except Exception:  # noqa: BLE001 - whatever ails Discord, what came after it is heard
        _log.exception("discord_not_asked")
        return ()
