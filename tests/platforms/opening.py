"""The database of a bot that ran before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.storage.engine import database_url
from bot.storage.store import Store
from tests.support.house import prepare


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Store]:
    """Open the database of a bot that ran before."""
    prepare(folder, "browser")
    async with Store(database_url("", folder)) as store:
        yield store
