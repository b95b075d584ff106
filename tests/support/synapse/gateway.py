"""Lets tests use a real homeserver on a time of their own: long polls wait here, and events bear our time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from aiohttp import hdrs, web

from bot.clock import Clock
from tests.support.synapse.proxy import PER_HOP, FaultProxy
from tests.support.virtual_loop import VirtualLoop

_SYNC: Final = "/sync"
_NEXT: Final = "next_batch"
_MOMENT: Final = 0.001
"""Less than this is no time at all, as clocks round."""
_EMPTY: Final = frozenset({_NEXT, "device_one_time_keys_count", "device_unused_fallback_key_types"})
"""What an answer holds that tells nothing new."""


@dataclass(kw_only=True)
class Gateway(FaultProxy):
    """A proxy by which all go who change something, so that it knows when there is news.

    The server is in another process, in real time. A long poll is no longer asked of it than it takes to
    say what there is; it waits here, where the time of the tests passes, until somebody changes something.
    While the server thinks, the time of a virtual loop stands still.
    """

    clock: Clock
    changes: int = 0
    times: dict[str, int] = field(default_factory=dict)
    """When events were sent, in milliseconds of our time, by their ids."""
    _waiting: dict[str, int] = field(default_factory=dict)
    _unread: dict[tuple[str, str], int] = field(default_factory=dict)
    _busy: int = 0
    _held: bool = False
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    def told(self, token: str) -> bool:
        """Tell whether this device has heard all that happened, and waits for more."""
        return self._waiting.get(token) == self.changes and not self._busy

    async def passed_on(self, request: web.Request) -> web.StreamResponse:
        """Ask the homeserver, and give its answer as of our time."""
        if request.path.endswith(_SYNC):
            return await self._synced(request)
        self._busy += 1
        try:
            return await self._asked(request, str(request.rel_url))
        finally:
            self._busy -= 1
            if request.method != hdrs.METH_GET:
                self._changed()

    def touched(self) -> None:
        """Note that somebody changed something without us."""
        self._changed()

    def hold(self, *, held: bool = True) -> None:
        """Tell nobody what is new, as a homeserver that is slow; or all of it at once."""
        self._held = held
        self._move()

    def _changed(self) -> None:
        self.changes += 1
        self._move()

    def _move(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    async def _synced(self, request: web.Request) -> web.Response:
        loop, token = asyncio.get_running_loop(), _token(request)
        since = None if "full_state" in request.query else request.query.get("since")
        until = loop.time() + int(request.query.get("timeout", "0")) / 1000
        while True:
            while self._held and since is not None:
                await self._moved.wait()
            at = self.changes
            if since is None or self._unread.get((token, since)) != at:
                answer = await self._asked(request, str(request.rel_url.update_query(timeout="0")))
                told = json.loads(answer.body) if isinstance(answer.body, bytes) else {}
                if since is None or answer.status != 200 or told.keys() - _EMPTY:
                    self._unread[token, told.get(_NEXT, "")] = at
                    return answer
                self._unread[token, since] = at
            left = until - loop.time()
            if left < _MOMENT:
                return web.json_response({_NEXT: since})
            await self._wait(token, at, left)

    async def _wait(self, token: str, at: int, seconds: float) -> None:
        if self.changes != at:
            return
        self._waiting[token] = at
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._moved.wait()
        finally:
            self._waiting.pop(token, None)

    async def _asked(self, request: web.Request, path: str) -> web.Response:
        body = await request.read()
        headers = {name: one for name, one in request.headers.items() if name.lower() not in PER_HOP}
        with _abroad():
            asked = self.session.request(
                request.method, self.address(path), data=body, headers=headers, allow_redirects=False
            )
            try:
                async with asked as told:
                    read = await told.read()
                    said = {name: one for name, one in told.headers.items() if name.lower() not in PER_HOP}
            except aiohttp.ClientConnectionError:
                return web.Response(status=502, text="<html>bad gateway</html>", content_type="text/html")
        return web.Response(body=self._dated(read), status=told.status, headers=said)

    def _dated(self, read: bytes) -> bytes:
        """Give an answer with the times at which its events came by here."""
        if b'"event_id"' not in read:
            return read
        now = int(self.clock.real().timestamp() * 1000)
        return json.dumps(self._walked(json.loads(read), now)).encode()

    def _walked(self, one: Any, now: int) -> Any:
        if isinstance(one, list):
            return [self._walked(part, now) for part in one]
        if not isinstance(one, dict):
            return one
        known = one.get("event_id")
        told = {name: self._walked(part, now) for name, part in one.items()}
        if isinstance(known, str) and (len(one) == 1 or "origin_server_ts" in one):
            at = self.times.setdefault(known, now)
            return told | ({"origin_server_ts": at} if "origin_server_ts" in one else {})
        return told


@contextmanager
def _abroad() -> Iterator[None]:
    """Let virtual time stand still meanwhile."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualLoop):
        yield
        return
    loop.abroad += 1
    try:
        yield
    finally:
        loop.abroad -= 1


def _token(request: web.Request) -> str:
    return request.headers.get(hdrs.AUTHORIZATION, "").removeprefix("Bearer ")
