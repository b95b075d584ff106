"""What tests of every network begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.store import Store
from tests.platforms.opening import opened


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """The database of a bot that was installed, and knows no place of a network yet."""
    async with opened(tmp_path) as made:
        yield made
