"""Discord's limits: so many requests a second, what matters most first, and none when it shuts us out."""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import aiohttp
import discord
import structlog
from discord.http import HTTPClient, Ratelimit, Route

from bot.core.actions import Urgency
from bot.platform import Later

RATE: Final = 45.0
"""Requests a second; Discord takes 50 of one bot."""
BURST: Final = 3
"""How many may go at once after a pause: with the rate, fewer than 50 in any second."""
MANY: Final = 5
"""Posts in a second that are a rush: at the top of the hour questions go before threads in all servers."""
LONGEST_PAUSE: Final = 8.0
"""Seconds that a rate limit of one route may hold a request; a longer one is told to whoever asked."""
FIRST_SHUT, LONGEST_SHUT = 60.0, 600.0
"""Seconds without requests after Discord's door-keeper itself refused one."""
_TOO_MANY, _UNAUTHORISED = 429, 401
_APART: Final = ("/interactions/", "/webhooks/")
"""Answers to people; Discord does not count them."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(slots=True)
class Turn:
    """How urgent an action's requests are, its `number` among equals, and how long its first one waits."""

    urgency: Urgency
    number: int
    patience: float


_PATIENCE_LATER: Final = 5.0
"""Seconds that an action's later requests wait: what is begun had better be done."""
_SHORTEST: Final = 0.001
"""Seconds between two looks at who may pass; what all but fills the bucket would come in no time at all."""
_CLEARED_EVERY: Final = 5.0
"""Seconds between two looks at which routes' limits are not in use any more."""
_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


@contextmanager
def taking(turn: Turn) -> Iterator[None]:
    """Let every request made meanwhile have this turn."""
    token = _turn.set(turn)
    try:
        yield
    finally:
        _turn.reset(token)


@dataclass
class Bucket:
    """Lets so many pass a second; of those who wait, the most urgent and then the earliest first."""

    rate: float = RATE
    burst: float = BURST
    _level: float = field(init=False)
    _seen: float | None = None
    _waiting: list[tuple[int, int, int, asyncio.Future[None]]] = field(default_factory=list)
    _bell: asyncio.TimerHandle | None = None
    _arrivals: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self._level = self.burst

    async def take(self, urgency: int, number: int, within: float | None) -> None:
        """Wait for one's turn; TimeoutError when it does not come in time."""
        self._fill()
        if not self._waiting and self._level >= 1:
            self._level -= 1
            return
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (urgency, number, next(self._arrivals), granted))
        self._arm()
        try:
            async with asyncio.timeout(within):
                await granted
        except TimeoutError:
            if granted.cancelled():
                raise  # else it was its turn in the very moment: what was taken for it is used

    def _fill(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._seen is not None:
            self._level = min(self.burst, self._level + (now - self._seen) * self.rate)
        self._seen = now

    def _serve(self) -> None:
        self._bell = None
        self._fill()
        while self._waiting and (self._level >= 1 or self._waiting[0][-1].done()):
            granted = heapq.heappop(self._waiting)[-1]
            if not granted.done():
                granted.set_result(None)
                self._level -= 1
        self._arm()

    def _arm(self) -> None:
        loop = asyncio.get_running_loop()
        if self._waiting and self._bell is None:
            self._bell = loop.call_later(max(_SHORTEST, (1 - self._level) / self.rate), self._serve)


class Rush:
    """Whether so many questions go out just now that whatever else is wished for had better wait."""

    def __init__(self) -> None:
        self._posts: deque[float] = deque(maxlen=MANY)

    def note(self) -> None:
        """Note that a post is under way."""
        self._posts.append(asyncio.get_running_loop().time())

    @property
    def on(self) -> bool:
        """Whether many posts were under way within a second."""
        return len(self._posts) == MANY and asyncio.get_running_loop().time() - self._posts[0] < 1


class Limits:
    """One for all places and all lives of the client: what stands between us and Discord."""

    def __init__(self, bucket: Bucket | None = None) -> None:
        self.bucket, self.rush = bucket or Bucket(), Rush()
        self._shut_until = 0.0
        self._shut_for = FIRST_SHUT
        self._numbers = count()

    def number(self) -> int:
        """Give the next number for a turn."""
        return next(self._numbers)

    async def let_through(self) -> None:
        """Wait until a request may be made; Later when that takes too long, or nothing may be asked now."""
        rest = self._shut_until - asyncio.get_running_loop().time()
        if rest > 0:
            raise Later(rest)
        turn = _turn.get()
        if turn is None:
            await self.bucket.take(Urgency.EDIT, self.number(), None)
            return
        try:
            await self.bucket.take(turn.urgency, turn.number, turn.patience)
        except TimeoutError:
            raise Later(0.0 if turn.urgency is Urgency.POST else 1.0) from None
        turn.patience = _PATIENCE_LATER

    def shut(self, asked: float) -> float:
        """Make no request for a while: the door-keeper refused one; gives the seconds."""
        seconds = min(LONGEST_SHUT, max(asked, self._shut_for))
        self._shut_for = min(LONGEST_SHUT, 2 * self._shut_for)
        self._shut_until = asyncio.get_running_loop().time() + seconds
        _log.error("discord_shut_out", seconds=seconds)
        return seconds

    def hold(self, seconds: float) -> None:
        """Make no request while Discord takes none of the whole bot; a short while the library waits out."""
        if seconds > LONGEST_PAUSE:
            until = asyncio.get_running_loop().time() + seconds
            self._shut_until = max(self._shut_until, until)
            _log.warning("discord_takes_nothing", seconds=seconds)

    def went_well(self) -> None:
        """Note that Discord answers."""
        self._shut_for = FIRST_SHUT


def keep(http: HTTPClient, limits: Limits) -> None:
    """Let every request of a client pass these limits, answers to people excepted."""
    http.request = _Gate(http, limits).request  # type: ignore[method-assign] # no request goes past it
    http.get_ratelimit = _paced(http)  # type: ignore[method-assign] # the library has no other handle
    http.max_ratelimit_timeout = LONGEST_PAUSE
    if http.http_trace is not None:
        http.http_trace.on_request_end.append(_listening_for_all(limits))


def _listening_for_all(limits: Limits) -> Any:
    """Hear in an answer that a limit is the whole bot's, of which the library tells only who asked."""

    async def hear(_session: Any, _context: Any, ended: aiohttp.TraceRequestEndParams) -> None:
        headers = ended.response.headers
        if ended.response.status == _TOO_MANY and headers.get("X-RateLimit-Global") and headers.get("Via"):
            limits.hold(_seconds(headers.get("Retry-After")))

    return hear


class _Gate:
    """Stands before the requests of one life of the client."""

    def __init__(self, http: HTTPClient, limits: Limits) -> None:
        self._http, self._limits, self._plain = http, limits, http.request
        self._token_refused = False

    async def request(self, route: Route, **given: Any) -> Any:
        """Make a request when it is its turn; none any more once the token was refused."""
        if route.path.startswith(_APART):
            return await self._plain(route, **given)
        if self._token_refused:
            raise Later(LONGEST_SHUT)
        await self._limits.let_through()
        try:
            answer = await self._plain(route, **given)
        except discord.HTTPException as no:
            self._note(no)
            raise
        except asyncio.CancelledError:
            _let_others_go_on(self._http)
            raise
        self._limits.went_well()
        return answer

    def _note(self, no: discord.HTTPException) -> None:
        self._token_refused = no.status == _UNAUTHORISED
        if no.status == _TOO_MANY and not no.response.headers.get("Via"):
            raise Later(self._limits.shut(_seconds(no.response.headers.get("Retry-After")))) from no


def _let_others_go_on(http: HTTPClient) -> None:
    """Undo what a request leaves behind that was given up while it slept for a limit of the whole bot."""
    every = http._global_over  # noqa: SLF001 - else nothing is ever sent again
    if every is not discord.utils.MISSING and not every.is_set():
        asyncio.get_running_loop().call_later(LONGEST_PAUSE, every.set)


class _Paced(Ratelimit):
    """A route's limit that lets a request pass while some are left, however far off its renewal is."""

    __slots__ = ()

    async def acquire(self) -> None:
        if self.remaining > 0 and not self.is_expired():
            self._last_request = self._loop.time()
            self.remaining -= 1
            self.outgoing += 1
        else:
            await super().acquire()


def _paced(http: HTTPClient) -> Any:
    known = http._buckets  # noqa: SLF001 - the library looks for them there
    cleared = 0.0

    def get(key: str) -> Ratelimit:
        nonlocal cleared
        if key not in known:
            known[key] = _Paced(http.max_ratelimit_timeout)
            now = asyncio.get_running_loop().time()
            if now - cleared > _CLEARED_EVERY:  # the library looks through all of them for each new one
                cleared = now
                http._try_clear_expired_ratelimits()  # noqa: SLF001 - as the library does
        return known[key]

    return get


def _seconds(written: str | None) -> float:
    return float(written) if written and written.isdecimal() else 0.0
