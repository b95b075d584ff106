"""The gateway: who is connected, who comes back, and how a test cuts them off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final
from uuid import uuid4

from aiohttp import web

from tests.support.fake_discord import wire as ops
from tests.support.fake_discord.sessions import Session, fault_of
from tests.support.fake_discord.shapes import Json
from tests.support.fake_discord.state import World
from tests.support.fake_discord.wire import Wire

_FORGETS: Final = frozenset({1000, 1001, *range(4003, 4008), *range(4009, 4015)})


class Gateway:
    """The websocket half of Discord; `log` is what clients sent, by name, as "IDENTIFY" or "RESUME"."""

    heartbeat_interval = 41_250

    def __init__(self, world: World) -> None:
        self.world = world
        self.sessions: dict[str, Session] = {}
        self.wires: set[Wire] = set()
        self.log: list[str] = []
        self.handshakes = 0
        self._refusals = 0
        self._failing = 0
        self._silent = False
        self._there = asyncio.Event()
        self._there.set()
        world.listeners.append(self._hear)

    # -- what tests do to it --------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether somebody is logged in right now."""
        return any(session.wire is not None for session in self.sessions.values())

    async def ready(self, within: float = 5.0) -> None:
        """Wait until somebody is logged in; TimeoutError when nobody is within so many seconds."""
        async with asyncio.timeout(within):
            while not self.connected:  # noqa: ASYNC110 - logins announce themselves to nobody
                await asyncio.sleep(0.005)

    def drop(self, *, resumable: bool = True) -> None:
        """Break every connection off without a word; unless resumable, what comes meanwhile is lost."""
        for session in self.sessions.values():
            session.wire = None
        if not resumable:
            self.sessions.clear()
        for wire in self.wires:
            wire.abort()

    @contextmanager
    def away(self, *, resumable: bool = True) -> Iterator[None]:
        """Cut the bot off while the world goes on; handshakes wait until this is over."""
        self._there.clear()
        self.drop(resumable=resumable)
        try:
            yield
        finally:
            self._there.set()

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Lose every event for good while connections stand, as Discord does when it is ill."""
        self._silent = True
        try:
            yield
        finally:
            self._silent = False

    def refuse_resume(self, times: int = 1) -> None:
        """Answer the next RESUMEs with "invalid session"; what was missed is never told."""
        self._refusals = times

    def fail_handshakes(self, times: int) -> None:
        """Answer the next handshakes with 503."""
        self._failing = times

    def reconnect(self) -> None:
        """Ask everybody to come back over a new connection (op 7)."""
        self._each(lambda wire: wire.put(ops.RECONNECT))

    def invalidate(self, *, resumable: bool) -> None:
        """Declare every login invalid (op 9)."""
        if not resumable:
            self.sessions.clear()
        self._each(lambda wire: wire.put(ops.INVALID_SESSION, resumable))

    def close(self, code: int) -> None:
        """Close every connection with a code; most codes end the login too."""
        if code in _FORGETS:
            self.sessions.clear()
        self._each(lambda wire: wire.close(code))

    def malformed(self, event: str = "MESSAGE_CREATE", data: object = None) -> None:
        """Send an event that no client can read."""
        for session in self.sessions.values():
            session.tell(event, {"id": "no number"} if data is None else data)

    def ask_heartbeat(self) -> None:
        """Ask for a heartbeat (op 1); a client under a virtual clock must be asked every 30 s."""
        self._each(lambda wire: wire.put(ops.HEARTBEAT))

    async def stop(self) -> None:
        """Let everybody go, for the end of the server."""
        self._failing = 1_000_000
        self._there.set()
        self.drop(resumable=False)
        await asyncio.gather(*(wire.end() for wire in [*self.wires]))

    # -- what clients do with it ----------------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Speak with one client until it goes: the handler of /gw."""
        await self._there.wait()
        self.handshakes += 1
        if self._failing:
            self._failing -= 1
            return web.Response(status=503)
        wire = Wire(request)
        await wire.open()
        self.wires.add(wire)
        wire.put(ops.HELLO, {"heartbeat_interval": self.heartbeat_interval, "_trace": ["here"]})
        try:
            while (said := await wire.read()) is not None:
                self._answer(wire, request, said)
        finally:
            await self._left(wire)
        return wire.socket

    def _answer(self, wire: Wire, request: web.Request, said: Json) -> None:
        op, data = said.get("op"), said.get("d")
        self.log.append(ops.NAMES.get(op, f"op {op}") if isinstance(op, int) else "rubbish")
        if op == ops.HEARTBEAT:
            wire.put(ops.ACK)
        elif op in {ops.IDENTIFY, ops.RESUME} and isinstance(data, dict):
            self._log_in(wire, request, data, resume=op == ops.RESUME)
        elif op == ops.REQUEST_MEMBERS and isinstance(data, dict):
            self._chunk(wire, data)
        elif op not in {ops.PRESENCE, ops.VOICE}:
            wire.close(4001 if isinstance(op, int) else 4002)

    def _log_in(self, wire: Wire, request: web.Request, said: Json, *, resume: bool) -> None:
        if self._session_on(wire) is not None:
            wire.close(4005)
        elif resume:
            self._resume(wire, said)
        elif fault := fault_of(self.world, said):
            wire.close(fault)
        else:
            number, of = said.get("shard", (0, 1))
            session = Session(uuid4().hex, self.world, said["intents"], (number, of), wire)
            self.sessions[session.id] = session
            session.greet(f"ws://{request.host}/gw")

    def _resume(self, wire: Wire, said: Json) -> None:
        session = self.sessions.get(said.get("session_id") or "")
        if self._refusals:
            self._refusals -= 1
            self.sessions.pop(said.get("session_id") or "", None)
            session = None
        if said.get("token") != self.world.token:
            wire.close(4004)
        elif session is None:
            wire.put(ops.INVALID_SESSION, data=False)
        elif (said.get("seq") or 0) > session.sequence:
            wire.close(4007)
        else:
            session.take_up(wire, said.get("seq") or 0)

    def _chunk(self, wire: Wire, said: Json) -> None:
        session = self._session_on(wire)
        if session is None:
            wire.close(4003)
            return
        for chunk in session.chunks(said):
            session.tell("GUILD_MEMBERS_CHUNK", chunk)

    async def _left(self, wire: Wire) -> None:
        self.wires.discard(wire)
        session = self._session_on(wire)
        if session is not None:
            session.wire = None
            if wire.farewell in {1000, 1001}:
                self.sessions.pop(session.id, None)
        await wire.end()

    def _session_on(self, wire: Wire) -> Session | None:
        return next((one for one in self.sessions.values() if one.wire is wire), None)

    def _each(self, act: Callable[[Wire], None]) -> None:
        for wire in [*self.wires]:
            act(wire)

    def _hear(self, event: str, data: Json, guild_id: int | None) -> None:
        if not self._silent:
            for session in self.sessions.values():
                session.hear(event, data, guild_id)
