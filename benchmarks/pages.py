"""How fast a chat's page is read: kept, made anew, beside a static file, and beside datasette."""

from __future__ import annotations

import asyncio
import gc
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from statistics import fmean, median

from benchmarks.lag import lag
from benchmarks.readers import asked, at
from bot.web.cache import Cached, Load, PageCache
from bot.web.site import static
from tests.support.reading_room import ReadingRoom, reading_room

ANSWERS = 360
HUGE = 10_000
READERS = 16
SECONDS = 3.0
ROUNDS = 10
A_ROUND = 1.0
"""Seconds of a round in which few pages are made: in less, chance decides."""
ROWS = """
    CREATE VIEW answer AS
    SELECT message.chat_id, question.position, message.said_at, person.name, place.name AS room,
        message.body_html
    FROM message
    JOIN filing ON filing.message_id = message.id JOIN question ON question.id = filing.question_id
    JOIN person ON person.id = message.person_id JOIN place ON place.id = message.place_id
"""


class _Forgetful(PageCache):
    """Keeps nothing, and makes each page for one reader alone."""

    async def page(self, key: Hashable, version: Hashable, load: Load) -> Cached:
        return await self._make(key, version, load)

    def _keep(self, key: Hashable, version: Hashable, made: Cached) -> None:
        pass


async def measure(folder: Path) -> dict[str, float]:
    """Requests a second and their ratios, the loop's lag meanwhile, and how long the page is."""
    await asyncio.to_thread(folder.mkdir, parents=True)
    async with reading_room(folder, answers=ANSWERS) as room, _settled():
        kept = await _kept(room)
        room.site.pages.close()
        room.site.pages = _Forgetful()
        async with lag() as late:
            crowd = await asked(_port(room), _anew(room), READERS, SECONDS)
        beside = await _beside(room, folder / "rows.sqlite")
    async with reading_room(folder / "huge", answers=HUGE) as room, _settled():
        room.site.pages.close()
        room.site.pages = _Forgetful()
        first = await asked(_port(room), _anew(room), 1, ROUNDS * A_ROUND)
    return (
        kept
        | beside
        | {"first part of 10,000 answers p95 ms": first["p95 ms"]}
        | {
            "uncached page, 16 readers, a second": crowd["a second"],
            "loop lag p50 ms, 16 readers": at(late, 50),
            "loop lag p99 ms, 16 readers": at(late, 99),
        }
    )


@asynccontextmanager
async def _settled() -> AsyncIterator[None]:
    """What is loaded by now is no longer looked through for waste: a bot that runs begins with that."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def _anew(room: ReadingRoom) -> str:
    """The address of the page as no stranger asks for it: what is kept for strangers is not for this one."""
    return f"{room.held}?for=me"


async def _beside(room: ReadingRoom, file: Path) -> dict[str, float]:
    """A page made anew for one reader alone, then it and the same rows as datasette shows them, in turn."""
    await room.store.backup(file)
    with closing(sqlite3.connect(file)) as copy:
        copy.execute(ROWS)
    pages, rows = [], []
    alone = await asked(_port(room), _anew(room), 1, SECONDS)
    async with _datasette(file) as port:
        for _ in range(ROUNDS):
            pages.append(await asked(_port(room), _anew(room), 1, A_ROUND))
            shown = f"/{file.stem}/answer?chat_id={room.archive.held}"
            rows.append(await asked(port, shown, 1, A_ROUND))
    page, row = (max(one["a second"] for one in found) for found in (pages, rows))
    return {
        "uncached page a second": alone["a second"],
        "uncached page a second, best round": page,
        "uncached page, one reader, p99 ms": alone["p99 ms"],
        "datasette a second, best round": row,
        "datasette kB": rows[0]["bytes"] / 1000,
        "uncached page / datasette": median(
            one["a second"] / other["a second"] for one, other in zip(pages, rows, strict=True)
        ),
    }


async def _kept(room: ReadingRoom) -> dict[str, float]:
    """A page that is kept, and a small file of the same server, in turn."""
    pages, files = [], []
    for _ in range(ROUNDS):
        pages.append(await asked(_port(room), room.held, READERS, SECONDS / ROUNDS))
        files.append(await asked(_port(room), static("icon.svg"), READERS, SECONDS / ROUNDS))
    page, file = (max(one["a second"] for one in found) for found in (pages, files))
    return {
        "cached page a second": fmean(one["a second"] for one in pages),
        "cached page a second, best round": page,
        "static file a second, best round": file,
        "cached page / static file": page / file,
        "page of 360 answers, kB packed": pages[0]["bytes"] / 1000,
        "page of 360 answers, kB": len(await room.get(room.held)) / 1000,
    }


def _port(room: ReadingRoom) -> int:
    return int(room.base.rpartition(":")[2])


@asynccontextmanager
async def _datasette(file: Path) -> AsyncIterator[int]:
    """Datasette on a free port, which shows the answers of a chat as an HTML table on one page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = ("default_page_size", "400"), ("max_returned_rows", "1000")
    written = [word for setting in settings for word in ("--setting", *setting)]
    program = [sys.executable, "-m", "datasette", "serve", str(file), "--port", str(port), *written]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*program, stdout=quiet, stderr=quiet)
    try:
        await _listening(port)
        yield port
    finally:
        process.terminate()
        await process.wait()


async def _listening(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise TimeoutError("datasette does not listen")
