"""Serves the pages in the bot's own loop; the bot owns the signals, and ends the server with itself."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from bot.core import sentences
from bot.core.model import Refused
from bot.web.site import Site
from bot.web.watchdog import PatientProtocol

GRACE: Final = 3
"""Seconds in which an ending bot lets pages under way finish."""


class _Server(uvicorn.Server):
    """A server that leaves the signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signals: the bot ends this server."""
        yield


def listener(host: str, port: int) -> socket.socket:
    """A socket that listens there; a port that is taken is refused with what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, or the loop would let the system hold small pieces back for 40 ms.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as fault:
        made.close()
        raise Refused(sentences.port_taken(host, port, fault.strerror or str(fault))) from None
    made.listen(2048)
    made.setblocking(False)
    return made


def address(bound: socket.socket, base_url: str | None) -> str:
    """How readers reach the pages: as the settings say, else where the socket listens."""
    if base_url:
        return base_url
    host, port = bound.getsockname()[:2]
    here = ip_address(host)
    if here.is_unspecified:
        host = "::1" if here.version == 6 else "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


async def serve(app: ASGIApp, site: Site, bound: socket.socket) -> None:
    """Serve until cancelled; live pages are let go at once, others may finish."""
    server = _Server(
        uvicorn.Config(
            app,
            http=type("Protocol", (PatientProtocol,), {"site": site}),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=GRACE,
        )
    )
    serving = asyncio.ensure_future(server.serve(sockets=[bound]))
    try:
        await asyncio.shield(serving)
    finally:
        site.ending = True
        site.bells.ring_all()
        server.should_exit = True
        await asyncio.wait({serving}, timeout=GRACE + 1)
