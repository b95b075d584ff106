"""What stands in front of a homeserver on a bad day: it passes everything on, but for what is to go wrong."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware
from yarl import URL

from tests.support.fake_discord.faults import Effect, Faults, Handler, answer, reset

PER_HOP: Final = frozenset(
    {"transfer-encoding", "connection", "content-length", "content-encoding", "host", "keep-alive"}
)
LARGEST: Final = 2**26
_BRIEFLY: Final = 0.01
"""Whoever polls for news at the end of a test would be waited for as long; aiohttp takes 0 for ever."""


@dataclass(slots=True)
class Asked:
    """One request that came at a moment of the loop's time; status 0 is a broken connection, or no answer."""

    method: str
    path: str
    at: float
    status: int = 0


@dataclass
class FaultProxy:
    """A reverse proxy; `faults.on("PUT", ".*/send/.*").status(503)` and the like say what goes wrong.

    Paths are whole patterns of what is asked for, unquoted, from /_matrix on. `down` refuses everything.
    """

    upstream: str
    faults: Faults = field(default_factory=Faults)
    requests: list[Asked] = field(default_factory=list)
    url: str = field(default="", init=False)
    down: bool = False

    async def __aenter__(self) -> Self:
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120))
        app = web.Application(client_max_size=LARGEST, middlewares=[self._noting, self.faults.middleware])
        app.router.add_route("*", "/{path:.*}", self.passed_on)
        self._runner = web.AppRunner(app, shutdown_timeout=_BRIEFLY)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.faults.clear()
        await self._runner.cleanup()
        await self.session.close()

    def asked(self, method: str = "", part: str = "") -> list[Asked]:
        """Give the requests by this method whose path has this part, oldest first."""
        return [one for one in self.requests if method in ("", one.method) and part in one.path]

    def address(self, path: str) -> URL:
        """Give where the homeserver has this path, which is quoted already."""
        return URL(self.upstream + path, encoded=True)

    async def passed_on(self, request: web.Request) -> web.StreamResponse:
        """Ask the homeserver, and give its answer."""
        body = await request.read()
        headers = {name: one for name, one in request.headers.items() if name.lower() not in PER_HOP}
        asked = self.session.request(
            request.method,
            self.upstream + request.raw_path,
            data=body,
            headers=headers,
            allow_redirects=False,
        )
        try:
            async with asked as told:
                said = {name: one for name, one in told.headers.items() if name.lower() not in PER_HOP}
                return web.Response(body=await told.read(), status=told.status, headers=said)
        except aiohttp.ClientConnectionError:
            return web.Response(status=502, text="<html>bad gateway</html>", content_type="text/html")

    @property
    def _noting(self) -> Middleware:
        @web.middleware
        async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
            asked = Asked(request.method, request.path, asyncio.get_running_loop().time())
            self.requests.append(asked)
            told = reset(request) if self.down else await handler(request)
            asked.status = 0 if request.transport is None or request.transport.is_closing() else told.status
            return told

        return note


def too_many(seconds: float, *, told: bool = True) -> Effect:
    """Answer that there was too much; `told` says for how long to wait, as the makers' server does."""

    async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
        wait = {"retry_after_ms": int(seconds * 1000)} if told else {}
        said: dict[str, str] = {hdrs.RETRY_AFTER: str(math.ceil(seconds))} if told else {}
        return answer(429, {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", **wait}, said)

    return effect


def refused(status: int, code: str, text: str = "No.") -> Effect:
    """Answer as the homeserver does when it does not want to."""

    async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
        return answer(status, {"errcode": code, "error": text})

    return effect


def late(seconds: float) -> Effect:
    """Do what was asked, after a while."""

    async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await handler(request)

    return effect


def changed(change: Callable[[Any], object]) -> Effect:
    """Answer as the homeserver does, but for some change of its JSON."""

    async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
        told = await handler(request)
        assert isinstance(told, web.Response)
        assert isinstance(told.body, bytes)
        body = json.loads(told.body)
        change(body)
        return web.json_response(body, status=told.status)

    return effect
