"""Where evenings and years take place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.telling import Evening, told_on
from tests.support.house import swift_folder
from tests.support.networks import IN_TURN


@pytest.fixture
def folder() -> Iterator[Path]:
    """A new data folder in memory, gone afterwards."""
    made = swift_folder()
    yield made
    shutil.rmtree(made)


@pytest.fixture(params=IN_TURN)
def evening(request: pytest.FixtureRequest, folder: Path) -> Evening:
    """Tell an evening in a running house, from seven on, on each network in turn."""
    return told_on(request.param, folder)
