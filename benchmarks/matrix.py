"""Matrix: words from a real homeserver into the database, beside somebody who merely reads them there."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import aiohttp

from benchmarks.ingest import talk
from benchmarks.rooms import QUESTIONS, Lacking, fresh_store
from bot.core import drafting
from bot.core.model import Chat, Place, Series
from bot.core.running import advance
from bot.platforms.matrix.filling import PAGE
from bot.platforms.matrix.hearing import SINCE
from bot.storage.places.servers import Channel as Known
from bot.storage.store import Store
from tests.support.house import swift_folder
from tests.support.synapse.people import Person, part
from tests.support.synapse.server import PYTHON, Synapse

HOUSE: Final = Path(__file__).parents[1]
WORDS: Final = 10_000
"""Messages said while the bot is down."""
ONES: Final = 100
"""Messages said one by one while it listens."""
PEOPLE: Final = 6
"""A homeserver thinks of each of them with every message."""
HOST: Final = 50
BEFORE: Final = timedelta(minutes=6)
"""How long the chat has been on."""
LENGTH: Final = timedelta(hours=4)
PATIENCE: Final = 120.0
PAUSE: Final = 0.05
_LOOK: Final = 0.001
_FILTER: Final = json.dumps({"lazy_load_members": True})


async def measure(folder: Path) -> dict[str, float]:
    """How soon words are stored, and how fast what was said in the bot's absence; each beside bare paging."""
    if not PYTHON.exists():
        raise Lacking(f"make {PYTHON.parents[1].name}/.ready")
    async with _room(folder) as room:
        async with room.running():
            soon = await _soon(room)
        begins = (await room.bot.syncs())["next_batch"]
        await room.say_many(talk_of(WORDS))
        await _paged(room, begins)  # so that both find the homeserver as warm
        began = time.perf_counter()
        assert await _paged(room, begins) >= WORDS
        bare = WORDS / (time.perf_counter() - began)
        async with room.running():
            ours = await _caught_up(room)
    return soon | {
        "Matrix: caught up / bare /messages": ours / bare,
        "Matrix: caught up, messages a second": ours,
        "Matrix: bare /messages, messages a second": bare,
    }


def talk_of(count: int) -> list[str]:
    """What people say, a third of it labelled, as in real chats."""
    return [said.text for said in talk(0, count)]


@dataclass
class Room:
    """A room with a chat in it, the people there, and the folder of the bot that hosts it."""

    folder: Path
    native_id: str
    bot: Person
    people: Sequence[Person]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The bot as it is shipped."""
        own = {"DATA_DIR": str(self.folder), "WEB_PORT": "0", "LOG_LEVEL": "error"}
        own |= {"MATRIX_HOMESERVER": self.bot.base, "MATRIX_USER": self.bot.user}
        own |= {"MATRIX_TOKEN": self.bot.token}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            env={
                **os.environ,
                **{f"EDCHAT_{name}": one for name, one in own.items()},
                "PYTHONPATH": str(HOUSE),
            },
            stdout=asyncio.subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()

    async def say_many(self, words: Sequence[str]) -> None:
        """Let everybody say their share, all at the same time."""

        async def says(one: Person, share: Sequence[str]) -> None:
            for text in share:
                await one.says(self.native_id, text)

        await asyncio.gather(*(says(one, words[k::PEOPLE]) for k, one in enumerate(self.people)))

    def rows(self, query: str, *values: object) -> list[tuple[int, ...]]:
        """What the bot's database holds."""
        connection = sqlite3.connect(f"file:{self.folder / 'edchat.sqlite'}?mode=ro", uri=True)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    async def stored(self, event: str) -> None:
        """Wait until a message is in the database."""
        await self.until("SELECT 1 FROM message WHERE platform_message_id = ?", event)

    async def until(self, found: str, *values: object) -> None:
        """Wait until a query finds something."""
        async with asyncio.timeout(PATIENCE):
            while not self.rows(found, *values):  # noqa: ASYNC110 - another process does it
                await asyncio.sleep(_LOOK)


async def _soon(room: Room) -> dict[str, float]:
    """Milliseconds from when the homeserver has a message until our database has it, or a page of one."""
    someone = room.people[0]
    await room.until(f"SELECT 1 FROM installation WHERE name LIKE '{SINCE}%'")  # nothing before it

    async def pages(event: str) -> None:
        told = await someone.page(room.native_id, "b", limit=1, filter=_FILTER)
        assert [one["event_id"] for one in told["chunk"]] == [event]

    ours, bare = [], []
    for text in talk_of(ONES):
        ours.append(await _timed(room.stored, await someone.says(room.native_id, text)))
        await asyncio.sleep(PAUSE)  # receipts come to stand there too
        bare.append(await _timed(pages, await someone.says(room.native_id, "Good point!")))
        await asyncio.sleep(PAUSE)
    stored, paged = statistics.median(ours), statistics.median(bare)
    return {
        "Matrix: said to stored / bare /messages": stored / paged,
        "Matrix: said to stored, p50 ms": stored * 1000,
        "Matrix: said to stored, p99 ms": statistics.quantiles(ours, n=100)[98] * 1000,
        "Matrix: bare /messages of one, p50 ms": paged * 1000,
    }


async def _timed(do: Callable[[str], Awaitable[None]], event: str) -> float:
    began = time.perf_counter()
    await do(event)
    return time.perf_counter() - began


async def _paged(room: Room, start: str) -> int:
    """Read what was said since a point, page after page, and keep nothing; gives how much it was."""
    path, count, since = f"v3/rooms/{part(room.native_id)}/messages", 0, start
    while True:
        told = await room.bot.ask("GET", path, dir="f", limit=PAGE, filter=_FILTER, from_=since)
        count += len(told["chunk"])
        if not told["chunk"] or "end" not in told:
            return count
        since = told["end"]


async def _caught_up(room: Room) -> float:
    """How many messages a second come into the database, from the first sweep to the last."""
    [(before,)] = room.rows("SELECT count(*) FROM message")
    first, began = before, time.perf_counter()
    async with asyncio.timeout(PATIENCE):
        while True:
            [(now,)] = room.rows("SELECT max(id) FROM message")
            if now != first == before:
                first, began = now, time.perf_counter()
            if now >= before + WORDS:
                return (now - first) / (time.perf_counter() - began)
            await asyncio.sleep(10 * _LOOK)


@asynccontextmanager
async def _room(folder: Path) -> AsyncIterator[Room]:
    """A homeserver with one room, in which a chat is on."""
    server = Synapse(swift_folder())  # its disk is not what is measured
    async with AsyncExitStack() as open_:
        open_.callback(shutil.rmtree, server.folder, ignore_errors=True)
        await asyncio.to_thread(server.start)
        open_.push_async_callback(asyncio.to_thread, server.stop)
        session = await open_.enter_async_context(aiohttp.ClientSession())
        bot, *people = [Person(server.url, session) for _ in range(PEOPLE + 1)]
        for k, one in enumerate((bot, *people)):
            await one.register(f"person-{k}", f"Person {k}")
        powers = {"users": {bot.user: HOST}}
        native_id = await people[0].makes_room("edchat", power_level_content_override=powers)
        for one in (bot, *people[1:]):
            await one.joins(native_id)
        async with fresh_store(folder / "bot") as store:
            await _chat(store, native_id)
        yield Room(folder / "bot", native_id, bot, people)


async def _chat(store: Store, room: str) -> None:
    """Write down that a chat has been on in the room for some minutes."""
    now = datetime.now(UTC)
    opens = now - BEFORE
    async with store.begin() as tx:
        community = await tx.keep_server("matrix", room, "School", "UTC", "en")
        await tx.keep_channels("matrix", community, [Known(room, "edchat")])
        place: Place | None = await tx.place_called("matrix", room)
        assert place is not None
        series = await tx.add_series(Series(0, community, "#edchat", length=LENGTH), place.id, (), opens)
        chat = await tx.add_chat(Chat(0, series.id, "UTC", opens, opens + series.length))
        state = await tx.running(chat.id)
        await tx.change(state, drafting.plan(state, "Talk", QUESTIONS, opens - BEFORE), opens - BEFORE)
        state = await tx.running(chat.id)
        await tx.change(state, advance(state, opens), opens)
