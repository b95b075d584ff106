"""Lets discord.py be imported once, without its warning that Python 3.13 drops a sound module."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Iterator

import pytest

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Guild


@pytest.fixture(autouse=True)
def _found_where_it_was() -> Iterator[None]:
    """Put the library's addresses back: the bot redirects the whole process."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    """Give a little Discord that takes nothing which the real one would refuse."""
    async with FakeDiscord() as made:
        yield made
        assert made.violations == []


@pytest.fixture
def school(fake: FakeDiscord) -> Guild:
    """Give a server with a channel."""
    return fake.guild("School")
