"""A socket file in the data folder through which `edchat` talks to the bot that runs there."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
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
_LONGEST_ADDRESS = 100


@asynccontextmanager
async def served(folder: Path, handlers: Mapping[str, Handler]) -> AsyncIterator[None]:
    """Answer requests for as long as the block lasts; only this user may ask."""
    (folder / "edchat.sock").unlink(missing_ok=True)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(json.dumps(await _answered(reader, handlers)).encode() + b"\n")
            await writer.drain()
        finally:
            writer.close()

    with _address(folder) as address:
        before = os.umask(0o177)
        try:
            server = await asyncio.start_unix_server(answer, address, limit=LONGEST_REQUEST)
        finally:
            os.umask(before)
    async with server:
        yield
    (folder / "edchat.sock").unlink(missing_ok=True)


async def ask(folder: Path, do: str, **what: Any) -> dict[str, Any] | None:
    """Ask the bot that runs on a data folder; None when none does. Raises Refused when it refuses."""
    try:
        with _address(folder) as address:
            reader, writer = await asyncio.open_unix_connection(address, limit=LONGEST_REQUEST)
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    try:
        writer.write(json.dumps({"do": do, **what}).encode() + b"\n")
        line = await reader.readline()
    finally:
        writer.close()
    if not line:
        raise Refused(sentences.NO_ANSWER)
    answer: dict[str, Any] = json.loads(line)
    if "refused" in answer:
        raise Refused(answer["refused"])
    return answer


async def _answered(reader: asyncio.StreamReader, handlers: Mapping[str, Handler]) -> dict[str, Any]:
    try:
        request = json.loads(await reader.readline())
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
