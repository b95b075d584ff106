"""One homeserver for all tests, fresh people for each, and a bad day in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.synapse.people import People, Person, people_on
from tests.support.synapse.proxy import FaultProxy
from tests.support.synapse.server import Synapse, shared


@pytest.fixture(scope="session")
def homeserver() -> Synapse:
    """The homeserver, without rate limits; others talk to it too."""
    return shared()


@pytest.fixture(scope="session")
def strict_homeserver() -> Synapse:
    """One with the rate limits of its makers: a message in five seconds, after the first ten."""
    return shared(limited=True)


@pytest.fixture
async def people(homeserver: Synapse) -> AsyncIterator[People]:
    """Fresh people on the homeserver, made by a call with the name that others see."""
    async with people_on(homeserver.url) as made:
        yield made


@pytest.fixture
async def proxy(homeserver: Synapse) -> AsyncIterator[FaultProxy]:
    """A proxy in front of the homeserver, at which everything can go wrong."""
    async with FaultProxy(homeserver.url) as made:
        yield made


@pytest.fixture
async def bot(people: People) -> Person:
    """The bot's account."""
    return await people("EdChat")


@pytest.fixture
async def ana(people: People) -> Person:
    """Somebody who makes rooms."""
    return await people("Ana")


@pytest.fixture
async def room(ana: Person, bot: Person) -> str:
    """A room of Ana's in which the bot is."""
    made = await ana.makes_room("Hall")
    await bot.joins(made)
    return made


@pytest.fixture
def _by_proxy(bot: Person, room: str, proxy: FaultProxy) -> None:
    """Let the bot, which is in the room, come to the homeserver by the proxy from now on."""
    assert room
    bot.base = proxy.url
