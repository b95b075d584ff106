"""What every test stands on: nothing of the machine it runs on, and one Chromium for all who need it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from tests.support import compiled
from tests.support.chromium import CHROMIUM, PATIENCE

if TYPE_CHECKING:
    from playwright.async_api import Browser

# Two shared cores: a slow machine is no wrong answer. Derandomised, so that a red run is red again.
settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")
compiled.share()


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("EDCHAT_")]:
        monkeypatch.delenv(name)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser; starting it takes longer than most of what is done in it."""
    if not CHROMIUM:
        pytest.skip("no Chromium is installed here: apt-get install chromium-headless-shell")
    from playwright.async_api import async_playwright, expect

    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()
