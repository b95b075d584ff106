"""Where evenings and years take place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.telling import (
    NOON,
    Evening,
    Told,
)
from tests.support.faulty import Faulty
from tests.support.house import housed, swift_folder
from tests.support.inline_database import inline_database
from tests.support.virtual_loop import run_virtual


@pytest.fixture
def folder() -> Iterator[Path]:
    """A new data folder in memory, gone afterwards."""
    made = swift_folder()
    yield made
    shutil.rmtree(made)


@pytest.fixture(params=("terminal", "browser"))
def evening(request: pytest.FixtureRequest, folder: Path) -> Evening:
    """Tell an evening in a running house, from noon on, on each network in turn."""

    async def told(tell: Told) -> None:
        with inline_database():
            async with housed(folder, wrap=Faulty, rooms=request.param) as house:
                await tell(house)

    return lambda tell: run_virtual(told(tell), NOON)
