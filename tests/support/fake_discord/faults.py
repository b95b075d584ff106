"""What goes wrong at Discord on request: statuses, resets, silence, rate limits, scripted or by lot."""

from __future__ import annotations

import asyncio
import json
import random as lots
import re
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

from tests.support.fake_discord.rest import read_body

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Effect = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]
Where = Callable[[Any], bool]
Scope = Literal["user", "shared", "global"]

API: Final = "/api/v10"
KINDS: Final = ("status", "reset", "store_then_reset")
_MESSAGES: Final = {401: "401: Unauthorized", 403: "Missing Access", 404: "404: Not Found"}
_CODES: Final = {403: 50001}


def answer(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    """Give JSON with the exact content type without which discord.py takes it for text."""
    said = {hdrs.CONTENT_TYPE: "application/json", **(headers or {})}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=said)


def reset(request: web.Request) -> web.Response:
    """Break the connection with a TCP reset; the answer given back goes nowhere."""
    transport = request.transport
    if transport is not None:
        wire = transport.get_extra_info("socket")
        if wire is not None:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response(status=500)


@dataclass(slots=True)
class Rule:
    """One thing that goes wrong: choose what by one of its methods, which give it back to look at `hits`."""

    faults: Faults
    methods: tuple[str, ...]
    path: re.Pattern[str]
    times: int | None
    after: int
    where: Where | None = None
    lot: Callable[[], bool] | None = None
    hits: int = 0
    seen: int = 0
    effect: Effect | None = field(default=None, repr=False)

    async def strikes(self, request: web.Request) -> bool:
        """Tell whether this request is one that goes wrong, and count it."""
        if self.over or not self._concerns(request):
            return False
        if self.where is not None and not self.where(await _said(request)):
            return False
        self.seen += 1
        if self.seen <= self.after or (self.lot is not None and not self.lot()):
            return False
        self.hits += 1
        return True

    @property
    def over(self) -> bool:
        """Whether it has gone wrong as often as it was to."""
        return self.times is not None and self.hits >= self.times

    def stop(self) -> None:
        """Let it go right from now on."""
        self.times = self.hits

    def status(self, status: int, code: int | None = None, message: str | None = None) -> Rule:
        """Answer with a status and do nothing: 5xx as a page of the proxy, 4xx in Discord's words."""
        told = {
            "message": message or _MESSAGES.get(status, str(status)),
            "code": code or _CODES.get(status, 0),
        }

        async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
            if status >= 500 and code is None:
                return web.Response(status=status, text="<html>upstream</html>", content_type="text/html")
            return answer(status, told)

        return self._is(effect)

    def reset(self) -> Rule:
        """Break the connection before anything is done."""

        async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
            return reset(request)

        return self._is(effect)

    def store_then_reset(self) -> Rule:
        """Do what was asked and break the connection instead of saying so."""

        async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
            await handler(request)
            return reset(request)

        return self._is(effect)

    def store_then_status(self, status: int) -> Rule:
        """Do what was asked and answer with a status as if it had failed."""

        async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
            await handler(request)
            return web.Response(status=status, text="<html>upstream</html>", content_type="text/html")

        return self._is(effect)

    def hang(self, seconds: float, *, stored: bool = False) -> Rule:
        """Say nothing for a while; `stored` does what was asked first, else it is not done if they leave."""

        async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
            if stored:
                done = await handler(request)
                await self.faults.pause(seconds)
                return done
            await self.faults.pause(seconds)
            gone = request.transport is None or request.transport.is_closing()
            return web.Response(status=500) if gone else await handler(request)

        return self._is(effect)

    def rate_limit(self, retry_after: float, scope: Scope = "user", *, via: bool = True) -> Rule:
        """Say 429; without `via` it is the page of the proxy in front, as for an address that is banned."""

        async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not via:
                waits = {hdrs.RETRY_AFTER: str(int(retry_after) + 1)}
                return web.Response(status=429, text="error code: 1015", headers=waits)
            return too_many(retry_after, scope)

        return self._is(effect)

    def does(self, effect: Effect) -> Rule:
        """Go wrong in a way of your own: `effect(request, handler)` gives the answer."""
        return self._is(effect)

    def _concerns(self, request: web.Request) -> bool:
        if self.effect is None or not {"*", request.method} & set(self.methods) or request.path == "/gw":
            return False
        return self.path.fullmatch(request.path.removeprefix(API)) is not None

    def _is(self, effect: Effect) -> Rule:
        self.effect = effect
        return self


def too_many(retry_after: float, scope: Scope, headers: dict[str, str] | None = None) -> web.Response:
    """Give a 429 as Discord gives it."""
    said = {
        "Via": "1.1 google",
        hdrs.RETRY_AFTER: str(int(retry_after) + 1),
        "X-RateLimit-Scope": scope,
        **({"X-RateLimit-Global": "true"} if scope == "global" else {}),
        **(headers or {}),
    }
    what = {
        "message": "You are being rate limited.",
        "retry_after": retry_after,
        "global": scope == "global",
    }
    return answer(429, what, said)


class Faults:
    """All that is to go wrong, first told first; `fired` is what did."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.fired: list[tuple[str, str]] = []
        self._released = asyncio.Event()

    @property
    def middleware(self) -> Middleware:
        """What stands between the wire and the handlers."""

        @web.middleware
        async def faulty(request: web.Request, handler: Handler) -> web.StreamResponse:
            for rule in self.rules:
                if rule.effect is not None and await rule.strikes(request):
                    self.fired.append((request.method, request.path.removeprefix(API)))
                    return await rule.effect(request, handler)
            return await handler(request)

        return faulty

    def on(
        self,
        method: str,
        path: str,
        *,
        times: int | None = 1,
        after: int = 0,
        where: Where | None = None,
    ) -> Rule:
        """Begin a rule for requests by method ("*" is any) and path behind /api/v10, as a whole pattern.

        `after` lets so many pass first, `times` is how often (None: always), `where` reads the JSON body.
        """
        rule = Rule(self, (method,), re.compile(path), times, after, where)
        self.rules.append(rule)
        return rule

    def random(
        self,
        seed: int,
        rate: float,
        methods: Sequence[str] = ("POST",),
        kinds: Sequence[str] = KINDS,
        path: str = r"/channels/\d+/messages",
    ) -> Rule:
        """Let a share of requests go wrong, drawn by lot from `kinds`.

        Kinds: "status" (503), "reset", "store_then_reset", "store_then_status" (503), "rate_limit" (0.2 s).
        """
        draw = lots.Random(seed)
        effects = [self._kind(kind) for kind in kinds]

        async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await draw.choice(effects)(request, handler)

        def lot() -> bool:
            return draw.random() < rate

        rule = Rule(self, tuple(methods), re.compile(path), None, 0, lot=lot)
        self.rules.append(rule)
        return rule.does(effect)

    @contextmanager
    def down(self) -> Iterator[Rule]:
        """Let REST be unreachable for a while."""
        rule = self.on("*", ".*", times=None).reset()
        try:
            yield rule
        finally:
            rule.stop()

    def clear(self) -> None:
        """Let everything go right from now on, and let go of whoever was kept waiting."""
        self.rules.clear()
        self._released.set()
        self._released = asyncio.Event()

    async def pause(self, seconds: float) -> None:
        """Wait, but not longer than until everything is cleared."""
        try:
            await asyncio.wait_for(self._released.wait(), seconds)
        except TimeoutError:
            return

    def _kind(self, kind: str) -> Effect:
        bare = Rule(self, (), re.compile(""), 0, 0)
        made: dict[str, Callable[[], Rule]] = {
            "status": lambda: bare.status(503),
            "reset": bare.reset,
            "store_then_reset": bare.store_then_reset,
            "store_then_status": lambda: bare.store_then_status(503),
            "rate_limit": lambda: bare.rate_limit(0.2),
        }
        effect = made[kind]().effect
        assert effect is not None
        return effect


async def _said(request: web.Request) -> Any:
    return read_body(request.headers.get(hdrs.CONTENT_TYPE, ""), await request.read())[0]
