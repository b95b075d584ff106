"""What is typed and said is tried on every network by one fixture."""

from __future__ import annotations

import pytest

from tests.support.networks import IN_TURN


@pytest.fixture(params=IN_TURN)
def rooms(request: pytest.FixtureRequest) -> str:
    """The network of the rooms, each in turn."""
    return str(request.param)
