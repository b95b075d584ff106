"""Databases to measure on: one chat that is open, or very many that are planned."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core import drafting
from bot.core.model import Chat, Place, Series
from bot.core.running import advance
from bot.storage.engine import database_url
from bot.storage.migrate import migrate
from bot.storage.store import Store

START = datetime(2026, 11, 17, 20, tzinfo=UTC)
QUESTIONS = ("Why?", "What?", "Who?", "When?", "Where?")


class Lacking(Exception):
    """What is measured needs something that is not here; the message is the command that gets it."""


@asynccontextmanager
async def fresh_store(folder: Path) -> AsyncIterator[Store]:
    """An empty database in a folder."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    url = database_url("", folder)
    await asyncio.to_thread(migrate, url, START)
    async with Store(url) as store:
        yield store


@asynccontextmanager
async def open_chat(folder: Path) -> AsyncIterator[tuple[Store, Place]]:
    """A store with one chat whose five questions are all asked."""
    async with fresh_store(folder) as store:
        async with store.begin() as tx:
            community = await tx.add_community("School", "UTC")
            place = await tx.add_place(community.id, "terminal", "room", "room")
            series = await tx.add_series(Series(0, community.id, "#edchat"), place.id, (), START)
            chat = await tx.add_chat(Chat(0, series.id, "UTC", START, START + series.length))
            before = await tx.running(chat.id)
            await tx.change(before, drafting.plan(before, "Talk", QUESTIONS, START), START)
        for minute in range(0, 50, 2):
            now = START + timedelta(minutes=minute)
            async with store.begin() as tx:
                before = await tx.running(chat.id)
                await tx.change(before, advance(before, now), now)
        yield store, place
