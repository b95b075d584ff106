"""A prepared database, and a transaction of it, for whoever asks storage by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.engine import database_url
from bot.storage.store import Store, Tx
from tests.support.house import prepare


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    prepare(tmp_path, "browser")
    async with Store(database_url("", tmp_path)) as made:
        yield made


@pytest.fixture
async def tx(store: Store) -> AsyncIterator[Tx]:
    async with store.begin() as made:
        yield made
