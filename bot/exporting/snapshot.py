"""A copy of the database as it is at one moment, brought up to date, for exports that take long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import kept_clock, listed, written_url
from bot.erasures import EXPORTING, catch_up
from bot.exporting.document import need
from bot.rendering import Renderer
from bot.settings import Settings
from bot.storage.engine import database_url
from bot.storage.migrate import migrate
from bot.storage.store import Store


@asynccontextmanager
async def snapshot(settings: Settings) -> AsyncIterator[Store]:
    """A store of its own that holds what the bot's held when this began, and nothing that was forgotten.

    The bot may run and write meanwhile; the copy goes away at the end.
    """
    clock = kept_clock(settings.data_dir)
    source = database_url(written_url(settings), settings.data_dir)
    need(Path(str(source.database)), None)
    with TemporaryDirectory(prefix=EXPORTING, dir=Path(str(source.database)).parent) as folder:
        async with Store(source) as here:
            await here.backup(Path(folder) / "copy.sqlite")
        url = source.set(database=str(Path(folder) / "copy.sqlite"))
        await asyncio.to_thread(migrate, url, clock.real(), keep=False)
        async with Store(url) as store:
            await catch_up(store, listed(settings), clock.now())
            await drawn(store)
            yield store


async def drawn(store: Store) -> None:
    """Have everything rendered that the bot had no time for yet."""
    renderer = Renderer(store)
    await renderer.outdate()
    while await renderer.render_some():
        pass
