"""One gateway connection: what is written to it, in order, compressed as the client asked."""

from __future__ import annotations

import asyncio
import json
import zlib
from contextlib import suppress
from typing import Any, Final

from aiohttp import WSMsgType, web

Json = dict[str, Any]

DISPATCH: Final = 0
HEARTBEAT: Final = 1
IDENTIFY: Final = 2
PRESENCE: Final = 3
VOICE: Final = 4
RESUME: Final = 6
RECONNECT: Final = 7
REQUEST_MEMBERS: Final = 8
INVALID_SESSION: Final = 9
HELLO: Final = 10
ACK: Final = 11

NAMES: Final = {
    HEARTBEAT: "HEARTBEAT",
    IDENTIFY: "IDENTIFY",
    PRESENCE: "PRESENCE_UPDATE",
    VOICE: "VOICE_STATE_UPDATE",
    RESUME: "RESUME",
    REQUEST_MEMBERS: "REQUEST_GUILD_MEMBERS",
}


class Wire:
    """A websocket with a queue before it; `farewell` is the code with which the client closed, if it did."""

    def __init__(self, request: web.Request) -> None:
        self.socket = web.WebSocketResponse(max_msg_size=0, timeout=0.2)
        self.farewell: int | None = None
        self._request = request
        zipped = request.query.get("compress") == "zlib-stream"
        self._zip = zlib.compressobj() if zipped else None
        self._queue: asyncio.Queue[str | int] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Shake hands and begin to write."""
        await self.socket.prepare(self._request)
        self._writer = asyncio.create_task(self._write())

    def put(self, op: int, data: Any = None, sequence: int | None = None, event: str | None = None) -> None:
        """Send a payload after all that was put before it."""
        self.put_raw(json.dumps({"op": op, "d": data, "s": sequence, "t": event}))

    def put_raw(self, payload: str) -> None:
        """Send what is written already."""
        self._queue.put_nowait(payload)

    def close(self, code: int) -> None:
        """Close with a code after all that was put before it."""
        self._queue.put_nowait(code)

    def abort(self) -> None:
        """Break off without a word."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def read(self) -> Json | None:
        """Give the next payload, {} for one that is none, None when the client has gone."""
        heard = await self.socket.receive()
        if heard.type is WSMsgType.CLOSE:
            self.farewell = heard.data
        if heard.type is not WSMsgType.TEXT:
            return None
        with suppress(ValueError):
            said = json.loads(heard.data)
            if isinstance(said, dict):
                return said
        return {}

    async def end(self) -> None:
        """Write nothing more."""
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)

    async def _write(self) -> None:
        with suppress(ConnectionError):
            while not self.socket.closed:
                put = await self._queue.get()
                if isinstance(put, int):
                    await self.socket.close(code=put)
                    return
                await self._send(put)

    async def _send(self, payload: str) -> None:
        if self._zip is None:
            await self.socket.send_str(payload)
            return
        await self.socket.send_bytes(
            self._zip.compress(payload.encode()) + self._zip.flush(zlib.Z_SYNC_FLUSH)
        )
