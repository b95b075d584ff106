"""What the account keeps of talks between two: nothing is written over that was not read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused
from bot.platforms.matrix.talks import keep_talk, rooms_of, talks
from tests.support.synapse.people import Person
from tests.support.synapse.proxy import FaultProxy, refused


@pytest.fixture
async def home(bot: Person, proxy: FaultProxy) -> AsyncIterator[Homeserver]:
    async with aiohttp.ClientSession() as session:
        yield Homeserver(session, proxy.url, token=bot.token, user=bot.user)


async def test_two_who_keep_something_at_once_take_nothing_from_each_other(home: Homeserver) -> None:
    assert await talks(home) == {}
    await asyncio.gather(*(keep_talk(home, f"@{name}:localhost", f"!{name}") for name in ("ana", "ben")))
    assert rooms_of(await talks(home)) == {"@ana:localhost": ("!ana",), "@ben:localhost": ("!ben",)}


async def test_what_cannot_be_read_just_now_is_not_taken_for_nothing(
    home: Homeserver, proxy: FaultProxy
) -> None:
    await keep_talk(home, "@ana:localhost", "!ana")
    proxy.faults.on("GET", ".*/account_data/.*").does(refused(500, "M_UNKNOWN"))
    with pytest.raises(MatrixRefused):
        await keep_talk(home, "@ben:localhost", "!ben")
    assert rooms_of(await talks(home)) == {"@ana:localhost": ("!ana",)}


async def test_the_newest_talk_stands_last(home: Homeserver) -> None:
    for room in ("!one", "!two", "!one"):
        await keep_talk(home, "@ana:localhost", room)
    assert rooms_of(await talks(home)) == {"@ana:localhost": ("!two", "!one")}
