"""What every test stands on: nothing of its machine, one Chromium and one homeserver for all who need it."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator, Generator
from itertools import accumulate
from typing import TYPE_CHECKING
from zlib import crc32

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from tests.support import compiled
from tests.support.chromium import CHROMIUM, PATIENCE
from tests.support.synapse.server import end_shared, log_of_shared

if TYPE_CHECKING:
    from playwright.async_api import Browser

# Two shared cores: a slow machine is no wrong answer. Derandomised, so that a red run is red again.
settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")
compiled.share()


DEAR = 12
"""How many tests cost as much as one simulation."""
NOT_LATER = 0.6
"""The part of a run after which no test begins that waits for minutes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each worker its share of those that wait for minutes, none of them late."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    # The longest stand side by side in their files: in that order all workers would wait at once.
    waiting = sorted((item for item in items if "faults" in item.path.parts), key=_anyhow)
    dearest = [item for item in items if "simulation" in item.path.parts]
    rest = [item for item in items if not {"faults", "simulation"} & {*item.path.parts}]
    items.clear()
    for worker in range(workers):
        share = rest[len(rest) * worker // workers : len(rest) * (worker + 1) // workers]
        dear, waits = dearest[worker::workers], waiting[worker::workers]
        costs = [DEAR] * len(dear) + [1] * len(share)
        begins = [cost / sum(costs) for cost in accumulate(costs, initial=0)]
        timed = [*zip(begins, [*dear, *share], strict=False)]
        timed += [((n + worker / workers) / len(waits) * NOT_LATER, item) for n, item in enumerate(waits)]
        items += [item for _, item in sorted(timed, key=lambda one: one[0])]


def _anyhow(item: pytest.Item) -> int:
    """A test's place in an order that is the same in every process and says nothing."""
    return crc32(item.nodeid.encode())


def pytest_collection_finish() -> None:
    """Look for what may go only among what tests make: what was imported stays, and is much."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_sessionfinish() -> None:
    """End the homeserver with the last test that could use it."""
    end_shared()


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
