"""What is typed or piped in: its lines, and which of them make up one message."""

from __future__ import annotations

import asyncio
import codecs
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Final

from bot.platforms.terminal.typed import begins

_CHUNK: Final = 65_536
_PAUSE: Final = "\n"
"""Stands for a while without a line; no line holds its own end."""


class Keyboard:
    """The lines that arrive at a file descriptor, be it a terminal, a pipe or a file."""

    def __init__(self, descriptor: int) -> None:
        """Begin to read; a thread does it, since files cannot be waited for in any other way."""
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        # A daemon, on the bare descriptor: a read that never returns must not hold up the end.
        threading.Thread(target=self._read, daemon=True).start()

    async def messages(self, patience: float, asks_for_lines: Callable[[str], bool]) -> AsyncIterator[str]:
        """Give message by message: a line, and those that follow it within `patience` and begin none.

        When a line came alone and `asks_for_lines` says so, they may take their time until an empty one.
        """
        waiting: list[str] = []
        asked = False
        while (line := await self._line(patience if waiting and not asked else None)) is not None:
            if line == _PAUSE and len(waiting) == 1 and asks_for_lines(waiting[0]):
                asked = True
                continue
            if waiting and (line == _PAUSE or begins(line) or (asked and not line.strip())):
                yield "\n".join(waiting).strip()
                waiting, asked = [], False
            if waiting or line.strip():
                waiting.append(line)
        if waiting:
            yield "\n".join(waiting).strip()

    async def _line(self, patience: float | None) -> str | None:
        try:
            async with asyncio.timeout(patience):
                return await self._lines.get()
        except TimeoutError:
            return _PAUSE

    def _read(self) -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody waits for this any more
            for line in _lines(self._descriptor):
                self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
            self._loop.call_soon_threadsafe(self._lines.put_nowait, None)


def _lines(descriptor: int) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = ""
    for chunk in _chunks(descriptor):
        *whole, rest = (rest + decoder.decode(chunk)).split("\n")
        yield from (line.rstrip("\r") for line in whole)
    if rest:
        yield rest


def _chunks(descriptor: int) -> Iterator[bytes]:
    with suppress(OSError):  # how a terminal that was closed ends
        while chunk := os.read(descriptor, _CHUNK):
            yield chunk
