"""Runs the contract against every chat network there is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from bot.clock import SystemClock
from tests.platforms.contract import Speaking
from tests.platforms.contract_hearing import Hearing
from tests.support.networks import Network, TerminalNetwork


def terminal(folder: Path) -> Network:
    """Give a terminal network in a folder."""
    return TerminalNetwork(folder / "rooms", SystemClock())


NETWORKS: Final[tuple[Callable[[Path], Network], ...]] = (terminal,)


@pytest.fixture(params=NETWORKS, ids=lambda made: made.__name__)
def net(request: pytest.FixtureRequest, tmp_path: Path) -> Network:
    """Give each network in turn."""
    network: Network = request.param(tmp_path)
    return network


class TestSpeaking(Speaking):
    """Every network speaks."""


class TestHearing(Hearing):
    """Every network hears."""
