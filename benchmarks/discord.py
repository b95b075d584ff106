"""Discord: 500 chats at one second under its limits, words from its gateway into the database, and memory."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
import statistics
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import text as sql

from benchmarks.ingest import talk
from benchmarks.rooms import QUESTIONS, fresh_store
from bot.core import drafting
from bot.core.model import Chat, Place, Series
from bot.core.running import advance
from bot.storage.places.servers import Channel as Known
from bot.storage.store import Tx
from tests.support.fake_discord.places import Channel
from tests.support.fake_discord.server import Asked, FakeDiscord
from tests.support.fake_discord.shapes import Guild

HOUSE: Final = Path(__file__).parents[1]
CHATS: Final = 500
A_SECOND: Final = 50
"""Requests that Discord takes of one bot in a second."""
LEAD: Final = timedelta(seconds=75)
"""How long before its question a chat is written down: all are, and the bot looks through 500 servers."""
OPENING: Final = timedelta(minutes=6)
CHANNELS: Final = 20
"""Channels of a server."""
WORDS: Final = 5_000
AT_ONCE: Final = 100
AT_REST: Final = 4.0
PATIENCE: Final = 240.0
_POST, _THREAD, _PIN = (
    r"/channels/\d+/messages",
    r"/channels/\d+/messages/\d+/threads",
    r".*/messages/pins/\d+",
)
_BARE: Final = """
import os, discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL
Route.BASE = os.environ["EDCHAT_DISCORD_API_URL"]
DiscordWebSocket.DEFAULT_GATEWAY = URL(os.environ["EDCHAT_DISCORD_GATEWAY_URL"])
intents = discord.Intents.default()
intents.message_content = True
discord.Client(intents=intents).run(os.environ["EDCHAT_DISCORD_TOKEN"], log_handler=None)
"""
"""The least that is on Discord at all: discord.py as it comes."""


async def measure(folder: Path) -> dict[str, float]:
    """Everything about Discord; the bot is a process of its own each time, as it is shipped."""
    return await _at_one_second(folder / "chats") | await _memory(folder / "memory")


async def _at_one_second(folder: Path) -> dict[str, float]:
    """How 500 chats' first questions go out, and then how fast words come in."""
    async with FakeDiscord(limits=True, validate=False) as fake:
        guilds = [fake.guild(f"School {k}") for k in range(CHATS)]
        asks_at = await _chats(folder, fake, guilds)
        async with _running(fake, folder, [sys.executable, "-m", "bot", "run"]):
            await _until(lambda: len(_went(fake, "PUT", _PIN)) >= CHATS)
            found = _drained(fake, folder, asks_at)
            return found | await _heard(fake, folder, guilds)


async def _chats(folder: Path, fake: FakeDiscord, guilds: Sequence[Guild]) -> datetime:
    """Write down an open chat for each server, whose first question is due at one and the same instant."""
    asks_at = datetime.now(UTC) + LEAD
    async with fresh_store(folder) as store:
        for first in range(0, len(guilds), AT_ONCE):
            async with store.begin() as tx:
                for guild in guilds[first : first + AT_ONCE]:
                    await _chat(tx, guild, fake.world.channel_named(guild, "general"), asks_at)
                await tx.connection.execute(sql("DELETE FROM outbox"))  # the welcome is said by now
    return asks_at


async def _chat(tx: Tx, guild: Guild, channel: Channel, asks_at: datetime) -> None:
    community = await tx.keep_server("discord", str(guild.id), guild.name, "UTC", "en")
    await tx.keep_channels("discord", community, [Known(str(channel.id), channel.name)])
    place: Place | None = await tx.place_called("discord", str(channel.id))
    assert place is not None
    opens, before_it = asks_at - OPENING, asks_at - timedelta(seconds=1)
    series = await tx.add_series(Series(0, community, "#edchat"), place.id, (), opens)
    chat = await tx.add_chat(Chat(0, series.id, "UTC", opens, opens + series.length))
    state = await tx.running(chat.id)
    await tx.change(state, drafting.plan(state, "Talk", QUESTIONS, opens - OPENING), opens - OPENING)
    for now in (opens, before_it):
        state = await tx.running(chat.id)
        await tx.change(state, advance(state, now), now)


def _drained(fake: FakeDiscord, folder: Path, asks_at: datetime) -> dict[str, float]:
    posts, threads = _went(fake, "POST", _POST), _went(fake, "POST", _THREAD)
    pins = _went(fake, "PUT", _PIN)
    [(failed,)] = _rows(folder, "SELECT count(*) FROM outbox WHERE state = 'failed'")
    last = max(one.when for one in posts[:CHATS])
    taken = (last - asks_at).total_seconds()
    overtook = sum(one.when < last for one in threads) + sum(one.when < threads[-1].when for one in pins)
    return {
        "500 chats on Discord, drained / (N / 50 s)": taken / (CHATS / A_SECOND),
        "500 chats on Discord, failed": float(failed + CHATS - min(CHATS, len(posts))),
        "500 chats on Discord, refused as too many": float(fake.limits.said_too_many),
        "500 chats on Discord, threads and pins too early, share": overtook / (len(threads) + len(pins)),
        "500 chats on Discord, questions out after s": taken,
        "500 chats on Discord, threads out after s": (threads[-1].when - asks_at).total_seconds(),
        "500 chats on Discord, pins out after s": (pins[-1].when - asks_at).total_seconds(),
    }


async def _heard(fake: FakeDiscord, folder: Path, guilds: Sequence[Guild]) -> dict[str, float]:
    """How fast what people write on Discord stands in the database, filed."""
    rooms = [fake.world.channel_named(guild, "general") for guild in guilds]
    people = [fake.person(f"Person {k}", guild) for k, guild in enumerate(guilds)]
    loop = asyncio.get_running_loop()
    began = loop.time()
    for k, said in enumerate(talk(0, WORDS)):
        people[k % CHATS].says(rooms[k % CHATS], said.text)
        if k % AT_ONCE == 0:
            await asyncio.sleep(0)
    await _until(lambda: _rows(folder, "SELECT count(*) FROM message")[0][0] >= WORDS)
    return {"gateway to database, messages a second": WORDS / (loop.time() - began)}


async def _memory(folder: Path) -> dict[str, float]:
    """Resident memory of a bot at rest, in one server and in many, and of discord.py alone.

    What a bot holds beside discord.py is nearly all code: SQLAlchemy (19 MiB), its own (25), pydantic, which
    reads the settings (7), and the pages' server, templates and cleaning (8). So about 2.6 is the floor of a
    bot with pages and a database; data at rest are 5 MiB. The house was set up before, as it mostly was:
    Alembic (8 MiB) is loaded only by a start that brings a database up.
    """
    bot = [sys.executable, "-m", "bot", "run"]
    bare = await _at_rest(folder / "bare", [sys.executable, "-c", _BARE], 1)
    one = await _at_rest(folder / "one", bot, 1)
    many = await _at_rest(folder / "many", bot, CHATS)
    return {
        "idle bot / bare discord.py": one / bare,
        "bare discord.py, MiB": bare / 1024,
        "idle bot on Discord, MiB": one / 1024,
        "an idle server, KiB": (many - one) / (CHATS - 1),
    }


async def _at_rest(folder: Path, command: Sequence[str], guilds: int) -> float:
    """Kibibytes that a process holds when it has been logged in for a while."""
    async with fresh_store(folder):
        pass
    async with FakeDiscord(validate=False) as fake:
        for k in range(guilds):
            guild = fake.guild(f"School {k}")
            for name in range(1, CHANNELS):
                fake.world.make_channel(guild, f"room {name}")
        async with _running(fake, folder, command) as process:
            await fake.gateway.ready(60)
            held: list[float] = []
            for _ in range(3):
                await asyncio.sleep(AT_REST)
                held.append(_resident(process.pid))
            return statistics.median(held)


@asynccontextmanager
async def _running(
    fake: FakeDiscord, folder: Path, command: Sequence[str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    own = {
        "EDCHAT_DATA_DIR": str(folder),
        "EDCHAT_WEB_PORT": "0",
        "EDCHAT_LOG_LEVEL": "error",
        "EDCHAT_DISCORD_TOKEN": fake.token,
        "EDCHAT_DISCORD_API_URL": fake.api_url,
        "EDCHAT_DISCORD_GATEWAY_URL": fake.gateway_url,
        "PYTHONPATH": str(HOUSE),
    }
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **own}, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def _until(so: Callable[[], bool]) -> None:
    """Wait until something is so; TimeoutError when it is not for long."""
    async with asyncio.timeout(PATIENCE):
        while not so():  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.1)


def _went(fake: FakeDiscord, method: str, path: str) -> list[Asked]:
    """The requests that Discord took, in the order in which it did."""
    return [
        one
        for one in fake.requests
        if one.method == method and one.status < 300 and re.fullmatch(path, one.path)
    ]


def _rows(folder: Path, query: str) -> list[tuple[int, ...]]:
    file = next(folder.glob("*.sqlite*"))
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return float(status.partition("VmRSS:")[2].split()[0])
