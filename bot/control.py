"""A socket file in the data folder through which `edchat` talks to the bot that runs there."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import structlog

from bot.core import sentences
from bot.core.model import Refused
from bot.storage.engine import StorageFull

log = structlog.get_logger()

Request = Mapping[str, Any]
Handler = Callable[[Request], Awaitable[dict[str, Any]]]
"""Answers one request: {"do": "say", ...} in, {"text": ...} out; Refused becomes {"refused": ...}."""

LONGEST_REQUEST = 1 << 20
PATIENCE = 10.0
"""Seconds in which somebody who connected has to ask."""
_LONGEST_ADDRESS = 100


@asynccontextmanager
async def served(folder: Path, handlers: Mapping[str, Handler]) -> AsyncIterator[None]:
    """Answer requests for as long as the block lasts; only this user may ask."""
    (folder / "edchat.sock").unlink(missing_ok=True)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, TimeoutError):  # whoever asked went away, or never asked
            async with asyncio.timeout(PATIENCE):
                line = await _line(reader)
            if line:
                writer.write(json.dumps(await _answered(line, handlers)).encode() + b"\n")
                await writer.drain()
        writer.close()

    with _address(folder) as address:
        before = os.umask(0o177)
        try:
            server = await asyncio.start_unix_server(answer, address, limit=LONGEST_REQUEST)
        finally:
            os.umask(before)
    async with server:
        yield
    with suppress(OSError):  # on a disk that became read-only it stays: nobody answers there
        (folder / "edchat.sock").unlink()


async def ask(folder: Path, do: str, **what: Any) -> dict[str, Any] | None:
    """Ask the bot that runs on a data folder; None when none does. Raises Refused when it refuses."""
    try:
        with _address(folder) as address:
            reader, writer = await asyncio.open_unix_connection(address, limit=LONGEST_REQUEST)
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    line = b""
    try:
        with suppress(ConnectionError):  # it ended while it was asked
            writer.write(json.dumps({"do": do, **what}).encode() + b"\n")
            line = await reader.readline()
    finally:
        writer.close()
    if not line.endswith(b"\n"):
        raise Refused(sentences.NO_ANSWER)
    answer: dict[str, Any] = json.loads(line)
    if "refused" in answer:
        raise Refused(answer["refused"])
    return answer


async def _line(reader: asyncio.StreamReader) -> bytes:
    """The request, as far as it came; one that is too long is none, and is refused as such."""
    try:
        return await reader.readline()
    except ValueError:
        return b"?"


def _request(line: bytes) -> Request:
    """What was asked; Refused where nobody can make sense of it."""
    try:
        request: Request = json.loads(line)
        return {**request, "do": str(request["do"])}
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Refused(sentences.NO_ANSWER) from None


async def _answered(line: bytes, handlers: Mapping[str, Handler]) -> dict[str, Any]:
    try:
        request = _request(line)
        handler = handlers.get(request["do"])
        return await handler(request) if handler else {"refused": sentences.NO_ANSWER}
    except (Refused, StorageFull) as no:
        return {"refused": str(no)}
    except Exception:
        log.exception("request_failed")
        return {"refused": sentences.WENT_WRONG}


@contextmanager
def _address(folder: Path) -> Iterator[str]:
    """The socket's path, or a short way to it where the path is longer than sockets allow."""
    path = str(folder / "edchat.sock")
    if len(path.encode()) < _LONGEST_ADDRESS:
        yield path
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{descriptor}/edchat.sock"
    finally:
        os.close(descriptor)
