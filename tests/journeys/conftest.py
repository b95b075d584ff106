"""One Chromium for all journeys, and people who come with a fresh profile each."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.journeys.visitors import PATIENCE, Visitors, visitors


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("no Chromium is installed here: apt-get install chromium")
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def come(chromium: Browser) -> AsyncIterator[Visitors]:
    """Lets people come; when they leave, none of them may have met a fault."""
    async with visitors(chromium) as people:
        yield people
