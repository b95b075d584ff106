"""Server-sent events: what happens in a room, for those who have its page open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Final

from anyio import CancelScope
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from bot.core.sentences import bar as bar_sentences
from bot.core.tongue import _
from bot.web.guard import SESSIONS
from bot.web.numbers import numbered
from bot.web.reader import tokens
from bot.web.room.door import Door, ShutOut, enter
from bot.web.room.feed import Feed
from bot.web.room.frames import Frame
from bot.web.room.guests import LOOK_AGAIN
from bot.web.site import Page, Site, speak_as

HEARTBEAT: Final = 15.0
"""Seconds after which a page that hears nothing is told that the connection lives."""
MOST_TABS: Final = 12
"""Pages of one room that one person may have open."""
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def events(site: Site, request: Request) -> Response:
    """Follow a room from an event on, as the browser remembers it, else as its page was made."""
    async with site.store.read() as tx:
        try:
            door = await enter(site, request, tx)
        except ShutOut as no:
            return no.answer
    feed = feed_of(site, door)
    if feed.crowd.people[door.viewer.person.id] >= MOST_TABS:
        return PlainTextResponse(_(bar_sentences.TOO_MANY_TABS), 429)
    after = _after(request)
    stream = _Stream(site, request, door, feed).told(after)
    return StreamingResponse(stream, headers=_HEADERS, media_type="text/event-stream")


def feed_of(site: Site, door: Door) -> Feed:
    """The feed of a room, one for all who look at it."""
    key = ("room", door.place.id)
    if key not in site.shared:
        site.shared[key] = Feed(site, door.community, door.place, hosts_room=door.hosts_room)
    feed: Feed = site.shared[key]
    return feed


class _Stream:
    """What one page is told, until it closes, its session ends or the bot stops."""

    def __init__(self, site: Site, request: Request, door: Door, feed: Feed) -> None:
        self._site, self._door, self._feed = site, door, feed
        self._sessions = tokens(request, SESSIONS)
        self._turn = 0
        self._state = -1
        self._unsure = False

    async def told(self, after: int) -> AsyncIterator[str]:
        """Everything since an event, then everything new."""
        self._feed = feed_of(self._site, self._door)  # the one before may have closed meanwhile
        viewer, crowd = self._door.viewer, self._feed.crowd
        ear = crowd.come(viewer)
        self._feed.guests.come(self._sessions)
        if viewer.hosting and crowd.hosts == 1:
            self._feed.ring()  # nobody needed the panel until now
        try:
            yield "retry: 2000\n\n"
            async for piece in self._from(after, ear):
                yield piece
        finally:
            crowd.leave(viewer, ear)
            self._feed.guests.leave(self._sessions)
            if crowd.empty:
                self._site.shared.pop(("room", self._door.place.id), None)
                self._feed.close()

    async def _from(self, after: int, ear: asyncio.Event) -> AsyncIterator[str]:
        with CancelScope(shield=True):  # who leaves while we read would break the connection we read by
            missed = await self._feed.begin(after)
        self._turn = self._feed.turn
        if missed is None:
            yield _event("reload", "", None)
            return
        for piece in self._pieces(missed):
            yield piece
        while not self._site.ending:
            ear.clear()
            with CancelScope(shield=True):
                stays = await self._feed.guests.may_stay(self._sessions)
            if not stays:
                yield _event("bye", "", None)
                return
            if news := "".join(self._news()):
                yield news
            if not await self._rung(ear):
                yield ": still here\n\n"

    def _news(self) -> Iterable[str]:
        news = self._feed.news(self._turn)
        self._turn = news.turn
        speak_as([self._feed.community])  # hosts may have chosen another language since this page came
        if news.lost:
            yield _event("reload", "", None)
            return
        yield from self._pieces(news.frames)
        if news.state != self._state:
            self._state = news.state
            yield _event("state", self._feed.top(host=self._door.viewer.hosting), None)

    def _pieces(self, frames: Iterable[Frame]) -> Iterable[str]:
        for frame in frames:
            kind = frame.for_viewer(self._door.viewer)
            if kind is not None:
                yield _event(frame.name, self._feed.drawn(frame, kind), frame.event_id)
            elif frame.veiled:  # it may have stood on this page until now
                yield _event("deleted", str(frame.message_id), frame.event_id)

    async def _rung(self, ear: asyncio.Event) -> bool:
        """Wait for the bell; False when it was quiet for long."""
        patience = LOOK_AGAIN if self._unsure else HEARTBEAT
        try:
            async with asyncio.timeout(patience):
                await ear.wait()
        except TimeoutError:
            return patience < HEARTBEAT
        self._unsure = True
        return True


def _event(name: str, data: str, event_id: int | None) -> str:
    number = f"id: {event_id}\n" if event_id is not None else ""
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {name}\n{number}{lines}\n"


def _after(request: Request) -> int:
    said = request.headers.get("last-event-id") or request.query_params.get("after", "0")
    return numbered(said) or 0


PAGES = (Page("/room/{place}/events", events),)
