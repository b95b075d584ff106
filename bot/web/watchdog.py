"""Connections that may not dawdle: a request that is not whole in time, or grows too long, ends."""

from __future__ import annotations

import asyncio
import re
import sys
from http import HTTPStatus
from typing import ClassVar, Final

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from bot.core import sentences
from bot.core.tongue import _, speaking
from bot.web.guard import ALLOWED, safety_headers
from bot.web.site import Site
from bot.web.tongues import tongue_wanted
from bot.web.turning_away import told

MOST_HEADER_BYTES: Final = 32 * 1024
"""How long the head of a request may be: its first line, its headers and its cookies."""
_LOOKED_AT: Final = 8 * 1024
"""So much of a head is looked through for how to tell somebody why it was not read."""
_LANGUAGE: Final = re.compile(rb"(?im)^accept-language:([^\r\n]*)")
_ACCEPT: Final = re.compile(rb"(?im)^accept:([^\r\n]*)")


class PatientProtocol(HttpToolsProtocol):
    """One connection: it waits 15 s for a whole request, and a minute for somebody who takes no answer in."""

    patience: ClassVar[float] = 15.0
    """Seconds from a request's first byte, or from the greeting, to its last byte."""
    stuck: ClassVar[float] = 60.0
    """Seconds in which nothing of an answer is taken in."""

    site: ClassVar[Site]
    """Whose look a page has that says why somebody is turned away."""

    _late: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _head: int = 0
    _in_head: bool = True
    _begun: bytes = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._expect_nothing()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, while the request is neither late nor too long."""
        if self.transport.is_closing():
            return
        if not self._answering:
            self._expect()
        self._head += len(data) if self._in_head else 0
        if self._in_head and len(self._begun) < _LOOKED_AT:
            self._begun += data[:_LOOKED_AT]
        if self._in_head and self._head > MOST_HEADER_BYTES + len(data):
            self._turn_away(431, sentences.WEB_HEADERS_LONG)
            return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Note that a request has begun."""
        self._expect()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that a request's head is whole."""
        self._head, self._in_head, self._begun = 0, False, b""
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that a request is whole."""
        self._in_head = True
        self._expect_nothing()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Begin to wait for somebody to take in what was written."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(self.stuck, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing."""
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Turn away what cannot be read; a method that nobody knows is one that pages do not have."""
        unknown = isinstance(sys.exc_info()[1], httptools.HttpParserInvalidMethodError)
        if unknown:
            self._turn_away(405, sentences.WEB_METHOD_WRONG, (b"allow", ALLOWED))
        else:
            self._turn_away(400, sentences.WEB_UNREADABLE)

    @property
    def _answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # uvicorn says it is never None, and begins with it
        return cycle is not None and not cycle.response_complete

    def _expect(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self.patience, self._give_up)

    def _expect_nothing(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        self._late = None
        self.transport.close()

    def _turn_away(self, status: int, sentence: str, *more: tuple[bytes, bytes]) -> None:
        """Answer in one sentence and hang up; what an answer under way has written stays whole."""
        if not self._answering:
            wanted, accepted = (_said(name, self._begun) for name in (_LANGUAGE, _ACCEPT))
            with speaking(tongue_wanted(wanted)):
                said = told(self.site, status, _(sentence), accepted)
            headers = (
                *said.headers, *safety_headers(b"no-referrer", secure=self.site.secure), *more,
                (b"connection", b"close"),
            )  # fmt: skip
            head = b"".join(b"%s: %s\r\n" % pair for pair in headers)
            line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
            self.transport.write(line + head + b"\r\n" + said.body)
        self.transport.close()


def _said(header: re.Pattern[bytes], head: bytes) -> str:
    """What the head of a request says, which nobody could read or which is not whole."""
    found = header.search(head)
    return found[1].decode("latin-1") if found else ""
