"""People who come with a fresh browser profile each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from tests.journeys.visitors import Visitors, visitors


@pytest_asyncio.fixture(loop_scope="session")
async def come(chromium: Browser) -> AsyncIterator[Visitors]:
    """Lets people come; when they leave, none of them may have met a fault."""
    async with visitors(chromium) as people:
        yield people
