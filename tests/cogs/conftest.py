"""What is typed and said is tried on every network by one fixture."""

from __future__ import annotations

import pytest


@pytest.fixture(params=("terminal", "browser"))
def rooms(request: pytest.FixtureRequest) -> str:
    """The network of the rooms, each in turn."""
    return str(request.param)
