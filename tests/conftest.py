"""What every test stands on: nothing of its machine, one Chromium and one homeserver for all who need it."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import AsyncIterator, Generator, Iterator
from itertools import islice
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
import structlog
from hypothesis import HealthCheck, settings

from tests.support import compiled, one_run
from tests.support.chromium import CHROMIUM, PATIENCE
from tests.support.synapse.server import log_of_shared

if TYPE_CHECKING:
    from playwright.async_api import Browser

# Two shared cores: a slow machine is no wrong answer. Derandomised, so that a red run is red again.
settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")
compiled.share()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let two workers begin with what waits for minutes, and the others with what computes longest."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    waiters = min(2, workers // 2)
    if not waiters:
        return
    # Whoever waits asks little of a processor: dealt out to all, all would wait at once now and then.
    waiting = [item for item in items if "faults" in item.path.parts]
    computing = [item for item in items if "simulation" in item.path.parts]
    rest = iter([item for item in items if not {"faults", "simulation"} & {*item.path.parts}])
    ends = [len(items) * worker // workers for worker in range(1, workers + 1)]
    items.clear()
    for begun, end in zip(_dealt(waiting, waiters) + _dealt(computing, workers - waiters), ends, strict=True):
        items += [*begun, *islice(rest, max(0, end - len(items) - len(begun)))]
    items += rest


def _dealt(items: list[pytest.Item], hands: int) -> list[list[pytest.Item]]:
    return [items[hand::hands] for hand in range(hands)]


def pytest_collection_finish() -> None:
    """Look for what may go only among what tests make: what was imported stays, and is much."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_configure() -> None:
    """Let all workers of a run find what they share: a homeserver, empty databases."""
    one_run.folder()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a test that failed show what the homeserver wrote about itself, where there is one."""
    report = yield
    if report.failed and (told := log_of_shared()):
        report.sections.append(("the homeserver's log", told))
    return report


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("EDCHAT_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_log_of_an_earlier_test() -> Iterator[None]:
    """Set back what a command's own way of logging changed: it writes where that test looked."""
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
        logging.captureWarnings(False)
        root = logging.getLogger()
        root.setLevel(logging.WARNING)
        root.handlers[:] = [handler for handler in root.handlers if not handler.__module__.startswith("bot.")]


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
