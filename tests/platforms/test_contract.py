"""Runs the contract against every chat network there is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.clock import SystemClock
from bot.core.model import Chat, ChatState, Series
from bot.storage.engine import database_url
from bot.storage.store import Store
from tests.platforms.contract import Speaking
from tests.platforms.contract_hearing import Hearing, HearingLong
from tests.support.browser_network import BrowserNetwork
from tests.support.discord_network import on_discord
from tests.support.house import prepare
from tests.support.matrix_network import on_matrix
from tests.support.networks import Network, TerminalNetwork


@asynccontextmanager
async def terminal(folder: Path) -> AsyncIterator[Network]:
    """Give a terminal network in a folder."""
    yield TerminalNetwork(folder / "rooms", SystemClock())


@asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[Network]:
    """Give the browser's rooms in a database."""
    prepare(folder, "browser")
    async with Store(database_url("", folder)) as store:
        yield BrowserNetwork(folder, SystemClock(), store)


@asynccontextmanager
async def discord(folder: Path) -> AsyncIterator[Network]:
    """Give a little Discord with the real client on it."""
    prepare(folder, "browser")
    async with Store(database_url("", folder)) as store, on_discord(store, SystemClock()) as network:
        yield network


@asynccontextmanager
async def matrix(folder: Path) -> AsyncIterator[Network]:
    """Give rooms on a real homeserver, in the first of which a chat is on: else nobody asks for old words."""
    prepare(folder, "browser")
    async with Store(database_url("", folder)) as store, on_matrix(store, SystemClock()) as network:
        now = SystemClock().now()
        async with store.begin() as tx:
            here = network.place
            series = await tx.add_series(Series(0, here.community_id, "#edchat"), here.id, (), now)
            await tx.add_chat(Chat(0, series.id, "UTC", now, now + timedelta(hours=1), state=ChatState.OPEN))
        yield network


NETWORKS: Final[tuple[Callable[[Path], AbstractAsyncContextManager[Network]], ...]] = (
    terminal,
    browser,
    discord,
    matrix,
)


IN_TURN: Final = (terminal, *(pytest.param(made, marks=pytest.mark.slow) for made in NETWORKS[1:]))


@pytest.fixture(params=NETWORKS, ids=lambda made: made.__name__)
async def net(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Network]:
    """Give each network in turn."""
    async with request.param(tmp_path) as network:
        yield network


class TestSpeaking(Speaking):
    """Every network speaks."""


class TestHearing(Hearing):
    """Every network hears."""


class TestHearingLong(HearingLong):
    """Every network hears all that it missed; saying so much takes ten seconds in a browser, or more."""

    @pytest.fixture(params=IN_TURN, ids=lambda made: made.__name__)
    async def net(self, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Network]:
        """Give each network in turn."""
        async with request.param(tmp_path) as network:
            yield network
