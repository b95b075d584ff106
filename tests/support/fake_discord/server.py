"""The server: a Discord on 127.0.0.1 that a test starts, talks to and reads the log of."""

from __future__ import annotations

import json
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from aiohttp import web

from tests.support.fake_discord import (
    contract,
    rest_commands,
    rest_events,
    rest_guilds,
    rest_interactions,
    rest_messages,
    rest_reactions,
    rest_threads,
)
from tests.support.fake_discord import rest as desk
from tests.support.fake_discord.faults import API, Faults, answer
from tests.support.fake_discord.faults import Handler as Wire
from tests.support.fake_discord.gateway import Gateway
from tests.support.fake_discord.limits import Limits
from tests.support.fake_discord.people import Someone
from tests.support.fake_discord.rest import Call, Handler, ProblemError, Routes
from tests.support.fake_discord.shapes import BOT_NEEDS, Guild, Role
from tests.support.fake_discord.state import World
from tests.support.fake_discord.store import wall_clock

ROOMS: Final[tuple[Routes, ...]] = (
    rest_messages.routes,
    rest_reactions.routes,
    rest_threads.routes,
    rest_guilds.routes,
    rest_commands.routes,
    rest_interactions.routes,
    rest_events.routes,
)
SAID: Final = web.RequestKey("said", object)
"""Under this key a request carries its body as it was read."""
OPEN: Final = (f"{API}/interactions/", f"{API}/webhooks/", "/attachments/", "/gw")
"""What needs no token of the bot: a path that carries its own, or none."""


@dataclass(frozen=True)
class Asked:
    """One request as the log keeps it."""

    method: str
    path: str
    status: int
    when: datetime
    body: Any = None


class FakeDiscord:
    """A Discord of our own: `async with FakeDiscord() as fake`, then point the client at its addresses."""

    def __init__(
        self, now: Callable[[], datetime] = wall_clock, *, limits: bool = False, validate: bool = True
    ) -> None:
        self.world = World(now)
        self.gateway = Gateway(self.world)
        self.faults = Faults()
        self.limits = Limits(limits)
        self.validate = validate
        self.violations: list[str] = []
        self.requests: list[Asked] = []
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.world.token

    @property
    def api_url(self) -> str:
        """Where REST is."""
        return f"{self.world.base_url}{API}"

    @property
    def gateway_url(self) -> str:
        """Where the gateway is."""
        return self.world.base_url.replace("http", "ws", 1) + "/gw"

    def guild(self, name: str, bot_permissions: int | None = BOT_NEEDS) -> Guild:
        """Make a guild with #general and the bot in it; None keeps the bot out."""
        return self.world.make_guild(name, bot_permissions)

    def person(self, name: str, guild: Guild, roles: tuple[Role, ...] = ()) -> Someone:
        """Let somebody new into a guild."""
        user = self.world.user(name.lower().replace(" ", "."), name)
        self.world.join(guild, user, roles)
        return Someone(self, user, guild)

    def asked(self, method: str, ending: str) -> list[Asked]:
        """Give the logged requests of a method whose path ends so."""
        return [one for one in self.requests if one.method == method and one.path.endswith(ending)]

    async def __aenter__(self) -> Self:
        """Open a port."""
        await self._open(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let everybody go and close the port."""
        self.faults.clear()
        await self.gateway.stop()
        await self._close()

    @asynccontextmanager
    async def down(self) -> AsyncIterator[None]:
        """Be out of reach for a while: nobody listens at the port, and the world goes on."""
        self.gateway.drop(resumable=True)
        await self._close()
        try:
            yield
        finally:
            await self._open(self._port)

    async def _open(self, port: int) -> None:
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self._port = self._runner.addresses[0][1]
        self.world.base_url = f"http://127.0.0.1:{self._port}"

    async def _close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    # -- the way of a request -------------------------------------------------------------------------------

    def _application(self) -> web.Application:
        layers = [self._logged, self.faults.middleware, self._known, self.limits.middleware]
        application = web.Application(middlewares=layers, client_max_size=32 * 1024 * 1024)
        application.router.add_get("/gw", self.gateway.handle)
        application.router.add_get("/gw/", self.gateway.handle)
        application.router.add_get("/attachments/{rest:.*}", self._file)
        for room in ROOMS:
            for method, path, handler in room.table:
                application.router.add_route(method, API + _with_numbers(path), self._served(handler))
        application.router.add_route("*", API + "/{rest:.*}", self._served(_nothing))
        return application

    @web.middleware
    async def _logged(self, request: web.Request, handler: Wire) -> web.StreamResponse:
        if not request.path.startswith(API):
            return await handler(request)
        status = 0
        try:
            response = await handler(request)
            status = response.status
            return response
        finally:
            path = request.path.removeprefix(API)
            body = request.get(SAID)
            self.requests.append(Asked(request.method, path, status, self.world.now(), body))

    @web.middleware
    async def _known(self, request: web.Request, handler: Wire) -> web.StreamResponse:
        """Refuse whoever does not show the bot's token."""
        if request.path.startswith(OPEN) or request.headers.get("Authorization") == f"Bot {self.token}":
            return await handler(request)
        return answer(401, {"message": "401: Unauthorized", "code": 0})

    def _served(self, handler: Handler) -> Wire:
        async def serve(request: web.Request) -> web.StreamResponse:
            try:
                body, files = desk.read_body(request.headers.get("Content-Type", ""), await request.read())
            except ValueError:
                return answer(400, {"message": "The request body contains invalid JSON.", "code": 50109})
            request[SAID] = body
            path = request.path.removeprefix(API)
            wrong = contract.in_request(request.method, path, body) if self.validate else None
            if wrong is not None:
                self.violations.append(wrong)
            status, data = self._answered(handler, Call(request, self.world, body, files), wrong)
            return self._given(request, path, status, data)

        return serve

    def _answered(self, handler: Handler, call: Call, wrong: str | None) -> tuple[int, Any]:
        if wrong is not None and not wrong.endswith(contract.UNKNOWN):
            handler = _refused(wrong)
        try:
            return handler(call)
        except ProblemError as problem:
            if problem.status == 429:
                problem.body |= {"retry_after": self.world.old_edit_pause, "global": False}
            return problem.status, problem.body
        except Exception:  # noqa: BLE001 - a fault of ours, said where the test looks, not retried as a 500 is
            self.violations.append(f"{call.request.method} {call.request.path}: {traceback.format_exc()}")
            return 501, {"message": "our little Discord broke", "code": 0}

    def _given(self, request: web.Request, path: str, status: int, data: Any) -> web.StreamResponse:
        wrong = contract.in_response(request.method, path, status, data) if self.validate else None
        if wrong is not None:
            self.violations.append(wrong)
        if data is None:
            return web.Response(status=status)
        headers = {"Via": "1.1 google", "Retry-After": "1"} if status == 429 else {}
        return answer(status, json.loads(json.dumps(data)), headers)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """Give an uploaded file while its link lives: a day."""
        data = self.world.files.get(request.path)
        until = int(request.query.get("ex", "0"), 16)
        if data is None or until < self.world.now().timestamp():
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=data)


def _with_numbers(path: str) -> str:
    for name in ("channel", "guild", "user", "role", "event", "command", "overwrite", "interaction"):
        path = path.replace(f"{{{name}}}", rf"{{{name}:\d+}}")
    name = r"{message:\d+|@original}" if path.startswith("/webhooks") else r"{message:\d+}"
    return path.replace("{message}", name)


def _refused(wrong: str) -> Handler:
    def refuse(call: Call) -> tuple[int, Any]:
        raise ProblemError(50035, {"_errors": [{"code": "CONTRACT", "message": wrong}]})

    return refuse


def _nothing(call: Call) -> tuple[int, Any]:
    raise ProblemError(0)
