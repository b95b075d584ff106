"""Plays the demo on a homeserver of our own, a real Synapse: `make demo-matrix`."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.core.model import Refused
from bot.demo.showing import in_own_folder
from bot.hosting import commands as hosting
from bot.settings import load
from tests.support.matrix_evening import MatrixEvening
from tests.support.matrix_story import MatrixStory
from tests.support.synapse.configuring import NAME
from tests.support.synapse.server import PYTHON, Synapse
from tools.playing import Shown, main, say


async def watch(shown: Shown) -> None:
    """Play a demo in a folder of its own, which goes when all is right."""
    if not PYTHON.exists():
        raise Refused(f"No homeserver is installed here: make {PYTHON.parents[1].name}/.ready")
    settings = in_own_folder(load())
    folder, data = settings.data_dir, settings.data_dir / "data"
    data.mkdir()
    story = None if shown.given.json else MatrixStory(f"@edchat:{NAME}", say)
    async with _homeserver(folder / "homeserver") as url, aiohttp.ClientSession() as session:
        own = settings.model_copy(update={"data_dir": data})
        evening = MatrixEvening(shown.demo, own, url, session, story)
        try:
            await hosting.until_stopped(_play(evening, shown))
        finally:
            await evening.close()
    shown.judge(str(folder))
    shutil.rmtree(folder, ignore_errors=True)


async def _play(evening: MatrixEvening, shown: Shown) -> None:
    """The day before, and then the hour."""
    shown.begin()
    await evening.prepare()
    async with evening.running() as bot:
        await bot.beside(shown.hour(evening, bot, await evening.links(bot)))


@asynccontextmanager
async def _homeserver(folder: Path) -> AsyncIterator[str]:
    """A homeserver until the end; gives its address."""
    server = Synapse(folder)
    await asyncio.to_thread(server.start)
    try:
        yield server.url
    finally:
        await asyncio.to_thread(server.stop)


if __name__ == "__main__":
    main("make demo-matrix", __doc__, watch)
