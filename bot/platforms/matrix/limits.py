"""A homeserver's limits, learned from its own "not now": what matters most goes first."""

from __future__ import annotations

import asyncio
import heapq
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import structlog

from bot.core.actions import Urgency
from bot.platform import Later

BURST: Final = 10.0
"""How many may go at once after a pause; a Synapse as it is installed takes as many."""
LONGEST_PACE: Final = 10.0
"""Seconds between two of them at the most, however long the server asks to wait now."""
KEPT_BACK: Final = 3.0
"""What is left for a question, its pin and its topic by all that is less urgent."""
POST_WAITS, REST_WAITS = 4.0, 1.0
"""Seconds that one waits for its turn before it is put off: behind it, its place's next post waits."""
HEAD_START: Final = 0.5
"""Seconds by which a post is back before the server takes something again."""
FORGET_AFTER: Final = 600.0
"""Seconds after its last "not now" in which a server may have been told to allow more."""
_SHORTEST: Final = 0.001

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(order=True, slots=True)
class _Waiting:
    """Somebody in the queue: how urgent, whose turn among equals, and the bell that calls them."""

    urgency: int
    number: int
    granted: asyncio.Future[None] = field(compare=False)

    @property
    def needs(self) -> float:
        """How much must be there for this one to go."""
        return 1.0 if self.urgency <= Urgency.EDIT else 1.0 + KEPT_BACK


class Limits:
    """One for a homeserver and all lives there; until it says "not now", nothing is held back."""

    def __init__(self) -> None:
        self.pace = 0.0
        """Seconds between two messages, as learned; 0 while nothing is known."""
        self._told_at = self._opens_at = self._seen = 0.0
        self._level = BURST
        self._waiting: list[_Waiting] = []
        self._bell: asyncio.TimerHandle | None = None
        self._numbers = count()

    def number(self) -> int:
        """Give the next number for a turn."""
        return next(self._numbers)

    async def let_through(self, urgency: Urgency, number: int) -> None:
        """Wait until a request may be made; Later when that takes too long."""
        self._fill()
        one = _Waiting(urgency, number, asyncio.get_running_loop().create_future())
        if not self.pace:
            return
        if not self._waiting and self._may(one):
            self._level -= 1
            return
        within = POST_WAITS if urgency is Urgency.POST else REST_WAITS
        if (rest := self._opens_at - self._now()) > within:
            raise self.later(rest, urgency)
        heapq.heappush(self._waiting, one)
        self._arm()
        try:
            async with asyncio.timeout(within):
                await one.granted
        except TimeoutError:
            if one.granted.done() and not one.granted.cancelled():
                return  # called in the very moment
            raise Later(0.0 if urgency is Urgency.POST else REST_WAITS) from None

    def refused(self, seconds: float) -> None:
        """Learn from the server that it takes nothing for so many seconds."""
        now = self._now()
        self.pace = min(LONGEST_PACE, max(self.pace, seconds, _SHORTEST))
        self._told_at, self._opens_at = now, max(self._opens_at, now + seconds)
        self._seen, self._level = self._opens_at, 1.0
        _log.info("matrix_not_now", seconds=seconds, pace=self.pace)
        self._arm()

    def later(self, seconds: float, urgency: Urgency) -> Later:
        """When to come again: a post a little before the door opens, so that it stands first there."""
        return Later(max(0.0, seconds - HEAD_START) if urgency is Urgency.POST else seconds)

    def _fill(self) -> None:
        now = self._now()
        if self.pace and now - self._told_at > FORGET_AFTER:
            self.pace = 0.0
        if self.pace and now > self._seen:
            self._level = min(BURST, self._level + (now - self._seen) / self.pace)
            self._seen = now

    def _may(self, one: _Waiting) -> bool:
        return not self.pace or (self._now() >= self._opens_at and self._level >= one.needs)

    def _serve(self) -> None:
        self._bell = None
        self._fill()
        while self._waiting and (self._waiting[0].granted.done() or self._may(self._waiting[0])):
            one = heapq.heappop(self._waiting)
            if not one.granted.done():
                one.granted.set_result(None)
                self._level -= 1
        self._arm()

    def _arm(self) -> None:
        if self._bell is not None:
            self._bell.cancel()
            self._bell = None
        if self._waiting:
            lacking = max(0.0, self._waiting[0].needs - self._level)
            at = max(self._opens_at, self._seen) + lacking * self.pace
            loop = asyncio.get_running_loop()
            self._bell = loop.call_later(max(_SHORTEST, at - self._now()), self._serve)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
