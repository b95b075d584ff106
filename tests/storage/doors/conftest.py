"""A community in the browser, for what opens its doors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.web_house import WebHouse, web_house


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[WebHouse]:
    """A house with pages."""
    async with web_house(tmp_path) as house:
        yield house
