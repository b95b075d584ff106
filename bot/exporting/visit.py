"""Asks the pages' application for one page within this process, as a stranger's browser would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Take = Callable[[bytes], object]
"""Takes the next piece of an answer."""


@dataclass(slots=True)
class Answer:
    """What came back, without its body."""

    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The kind of file it is, without its encoding."""
        return self.headers.get("content-type", "").partition(";")[0].strip()


async def visit(app: ASGIApp, address: str, take: Take) -> Answer:
    """Ask for an address and hand its body over piece by piece."""
    answer, asked = Answer(), False

    async def receive() -> Message:
        nonlocal asked
        kind = "http.disconnect" if asked else "http.request"
        asked = True
        return {"type": kind, "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
        else:
            take(message.get("body", b""))

    # A task of its own, as on a server: what one page sets for itself, as its language, is no other page's.
    await asyncio.create_task(_asked(app, _scope(address), receive, send))
    return answer


async def _asked(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


def _scope(address: str) -> Scope:
    """What a server would say of such a request."""
    parts = urlsplit(address)
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 0),
        "root_path": "",
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": [(b"host", b"127.0.0.1")],
    }
