"""How fast a chat's page is read: kept, made anew, beside a static file, and beside datasette."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from benchmarks.lag import lag
from benchmarks.readers import asked, at
from bot.web.cache import Cached, Load, PageCache, finished
from bot.web.site import static
from tests.support.reading_room import ReadingRoom, reading_room

ANSWERS = 360
READERS = 16
SECONDS = 3.0
ROWS = """
    SELECT question.position, message.said_at, person.name, place.name AS room, message.body_html
    FROM message
    JOIN filing ON filing.message_id = message.id JOIN question ON question.id = filing.question_id
    JOIN person ON person.id = message.person_id JOIN place ON place.id = message.place_id
    WHERE message.chat_id = {chat} ORDER BY question.position, message.said_at
"""


class _Forgetful(PageCache):
    """Keeps nothing, and makes each page for one reader alone."""

    async def page(self, key: Hashable, version: Hashable, load: Load) -> Cached:
        make = await load()
        return await self.aside(lambda: finished(make()))


async def measure(folder: Path) -> dict[str, float]:
    """Requests a second and their ratios, the loop's lag meanwhile, and how long the page is."""
    await asyncio.to_thread(folder.mkdir, parents=True)
    async with reading_room(folder, answers=ANSWERS) as room:
        kept = await _kept(room)
        room.site.pages, keeping = _Forgetful(), room.site.pages
        anew = f"{room.held}?for=me"  # not a bare path, which the server would remember for strangers
        alone = await asked(_port(room), anew, 1, SECONDS)
        async with lag() as late:
            crowd = await asked(_port(room), anew, READERS, SECONDS)
        room.site.pages.close()
        room.site.pages = keeping
        await room.store.backup(folder / "rows.sqlite")
        chat = room.archive.held
    async with _datasette(folder / "rows.sqlite", chat) as (port, path):
        beside = await asked(port, path, 1, SECONDS)
    return kept | {
        "uncached page a second": alone["a second"],
        "uncached page p99 ms": alone["p99 ms"],
        "uncached page, 16 readers, a second": crowd["a second"],
        "datasette a second": beside["a second"],
        "datasette kB": beside["bytes"] / 1000,
        "uncached page / datasette": alone["a second"] / beside["a second"],
        "loop lag p50 ms, 16 readers": at(late, 50),
        "loop lag p99 ms, 16 readers": at(late, 99),
    }


async def _kept(room: ReadingRoom) -> dict[str, float]:
    """A page that is kept, and a small file of the same server, in turn."""
    pages, files = [], []
    for _ in range(2):
        pages.append(await asked(_port(room), room.held, READERS, SECONDS / 2))
        files.append(await asked(_port(room), static("icon.svg"), READERS, SECONDS / 2))
    page, file = (max(one["a second"] for one in found) for found in (pages, files))
    return {
        "cached page a second": page,
        "static file a second": file,
        "cached page / static file": page / file,
        "page of 360 answers, kB packed": pages[0]["bytes"] / 1000,
        "page of 360 answers, kB": len(await room.get(room.held)) / 1000,
    }


def _port(room: ReadingRoom) -> int:
    return int(room.base.rpartition(":")[2])


@asynccontextmanager
async def _datasette(file: Path, chat: int) -> AsyncIterator[tuple[int, str]]:
    """Datasette, showing the same answers as an HTML table on one page."""
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
        yield port, f"/{file.stem}?sql={quote(' '.join(ROWS.format(chat=chat).split()))}"
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
