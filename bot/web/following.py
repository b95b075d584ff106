"""Following a chat live: what is new is made once for all who read with the same eyes, and handed to each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

import structlog
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.core.archive.chat_page import ChatPage
from bot.core.audience import Audience
from bot.web.site import Site

PAUSE: Final = 0.25
"""Seconds between two looks at a busy chat, at least."""
BREATHS: Final = 5
"""A look may take this part of the time: after a long one the pause is longer."""
LONGEST_PAUSE: Final = 0.5
"""Seconds between two looks at most, however long they take: nobody waits a second for an answer."""
AT_ONCE: Final = 25
"""Readers woken before the loop goes on to something else."""
HEARTBEAT: Final = 20.0
SLOWEST: Final = 15.0
"""Seconds in which a reader must take what is sent; who does not is let go, and comes back by themselves."""
LONGEST: Final = 600.0
"""Seconds after which a reader comes back."""
ASK_AGAIN: Final = 15.0
"""Seconds after which, before anything is told, a reader is asked again who they are."""
_HEADERS: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
)

log = structlog.get_logger()

Pieces = dict[str, str]
"""What a live page is made of: HTML by the id of its element, in the order in which it is put there."""


@dataclass(frozen=True, slots=True)
class Look:
    """What there is to see at one version of a chat; `over` is where to go on when there is no more."""

    version: int
    pieces: Mapping[str, str]
    over: str = ""


Making = Callable[[ChatPage], Look]
Still = Callable[[], Awaitable[bool]]
"""Asks whether a reader still is who they were when they came."""


def event(name: str, data: str, version: int | None = None) -> bytes:
    """One server-sent event."""
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    number = f"id: {version}\n" if version is not None else ""
    return f"event: {name}\n{lines}{number}\n".encode()


class Following:
    """One chat followed with one kind of eyes.

    It knows at which version each piece changed last, and so what a reader who saw any earlier version lacks;
    pieces that went are known since it began to look, and who left before gets everything anew.
    """

    def __init__(self, site: Site, chat_id: int, audience: Audience, make: Making, away: str) -> None:
        self._site, self._chat_id, self._audience = site, chat_id, audience
        self._make, self._away = make, away
        self._look: Look | None = None
        self._began = 0
        self._changed: dict[str, int] = {}
        self._readers: set[asyncio.Event] = set()
        self._news: dict[int, bytes] = {}
        self._task: asyncio.Task[None] | None = None
        self._bell: asyncio.Event | None = None
        self._begun = self._looked = 0
        self._failing = False

    @property
    def over(self) -> bool:
        """Whether there is nothing more to come."""
        return self._look is not None and bool(self._look.over)

    @property
    def version(self) -> int:
        """The version of the chat that was looked at last."""
        return self._look.version if self._look else -1

    @property
    def looking(self) -> bool:
        """Whether there may be news; after a fault it begins again with the next reader."""
        return self._task is not None

    @property
    def looks(self) -> int:
        """How often it began to look."""
        return self._begun

    def news(self, seen: int, came: int = -1) -> bytes:
        """What somebody lacks who saw a version and came at this look; made once for all who saw the same.

        A version that never was here is of a database that has since been restored, unless it is so new
        that nobody has looked at it yet.
        """
        if self._look is None or seen == self.version or (seen > self.version and self._looked <= came):
            return b""
        if seen not in self._news:
            self._news[seen] = b"".join(self._events(self._look, seen))
        return self._news[seen]

    @contextmanager
    def reader(self, seen: int = -1) -> Iterator[asyncio.Event]:
        """Be a reader: an event that is set when there is news; the first reader starts the looking."""
        woken = asyncio.Event()
        self._readers.add(woken)
        if self._task is None:
            self._task = asyncio.create_task(self._go(), name=f"live {self._chat_id}")
        elif seen > self.version and self._bell is not None:
            self._bell.set()
        woken.set()
        try:
            yield woken
        finally:
            self._readers.discard(woken)
            if not self._readers and self._task is not None:
                self._task.cancel()
                self._task = None  # who comes before it has ended gets a new one

    async def look(self) -> None:
        """See what there is now, and what changed since."""
        self._begun += 1
        async with self._site.store.read() as tx:
            page = await tx.chat_page(self._chat_id, self._audience)
        before = self._look
        if page is None:
            self._look = Look(self.version + 1, {}, self._away)
        elif before is None or page.chat.version != before.version:
            self._look = await self._site.pages.aside(lambda: self._make(page))
        if self._look is not before:
            self._note(before)
        self._looked = self._begun

    def _note(self, before: Look | None) -> None:
        now, was = self._look, before.pieces if before else {}
        if now is None:
            return
        if before is None:
            self._began = now.version
        for key in [*now.pieces, *(key for key in was if key not in now.pieces)]:
            if now.pieces.get(key) != was.get(key):
                self._changed[key] = now.version
        self._news.clear()

    def _events(self, look: Look, seen: int) -> list[bytes]:
        if look.over:
            return [event("closed", look.over, look.version)]
        anew = not self._began <= seen <= look.version
        new = [key for key in look.pieces if anew or self._changed[key] > seen]
        gone = [] if anew else [k for k, at in self._changed.items() if at > seen and k not in look.pieces]
        told = [event("anew", "")] if anew else []
        told += [event("gone", key) for key in gone]
        told += [event("put", look.pieces[key]) for key in new]
        return [*told, event("seen", str(look.version), look.version)]

    async def _go(self) -> None:
        try:
            await self._look_on()
        except Exception:
            if not self._failing:
                log.exception("live_view_stopped", chat=self._chat_id)
            self._failing = True
        finally:
            if self._task is asyncio.current_task():
                self._task = None
            await self._wake()

    async def _look_on(self) -> None:
        loop = asyncio.get_running_loop()
        with self._site.bells.at(("chat", self._chat_id)) as self._bell:
            while not self.over and not self._site.ending:
                self._bell.clear()
                began = loop.time()
                await self.look()
                self._failing = False
                pause = min(LONGEST_PAUSE, max(PAUSE, (loop.time() - began) * BREATHS))
                await self._wake()
                await asyncio.sleep(pause)
                await self._bell.wait()

    async def _wake(self) -> None:
        for number, woken in enumerate(list(self._readers), 1):
            woken.set()
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)


class LiveEvents(Response):
    """What one reader is sent until they leave, may read no more, do not keep up, or the chat is over."""

    def __init__(self, site: Site, following: Following, seen: int, still: Still) -> None:
        super().__init__()
        self._site, self._following, self._seen, self._still = site, following, seen, still
        self._came = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what is new as it comes."""
        await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
        self._came = self._following.looks
        with self._following.reader(self._seen) as woken:
            leaving = asyncio.ensure_future(_left(receive))
            leaving.add_done_callback(lambda _: woken.set())
            try:
                with suppress(TimeoutError, OSError):
                    await self._follow(woken, leaving, send)
            finally:
                leaving.cancel()
        with suppress(OSError):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _follow(self, woken: asyncio.Event, leaving: asyncio.Future[None], send: Send) -> None:
        loop = asyncio.get_running_loop()
        asked = loop.time()
        until = asked + LONGEST
        said = b": welcome\n\n"
        while not leaving.done() and loop.time() < until and not self._site.ending:
            woken.clear()
            if loop.time() - asked >= ASK_AGAIN:
                if not await self._still():
                    return
                asked = loop.time()
            if news := self._following.news(self._seen, self._came):
                said, self._seen = news, self._following.version
            if said:
                async with asyncio.timeout(SLOWEST):
                    await send({"type": "http.response.body", "body": said, "more_body": True})
            if self._following.over or not self._following.looking:
                return
            said = await _quiet(woken)


async def _quiet(woken: asyncio.Event) -> bytes:
    """Wait for news; what to say when there was none for a while."""
    with suppress(TimeoutError):
        async with asyncio.timeout(HEARTBEAT):
            await woken.wait()
        return b""
    return b": still here\n\n"


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
