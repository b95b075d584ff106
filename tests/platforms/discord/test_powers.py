"""What Discord says of somebody's power when it is asked again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.model import Role
from bot.platform import Absent
from bot.platforms.discord import powers
from bot.platforms.discord.powers import Powers
from tests.platforms.discord.asked import Asked, asked
from tests.support.fake_discord.server import FakeDiscord


@pytest.fixture
async def here(fake: FakeDiscord, tmp_path: Path) -> AsyncIterator[Asked]:
    async with asked(fake, tmp_path) as made:
        yield made


async def test_who_loses_the_role_loses_their_power_within_seconds(
    here: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(powers, "BELIEVED", 0.2)
    asks, place, world = Powers(here.store), await here.place(), here.fake.world
    ana, ben = str(here.ana.user.id), str(here.ben.user.id)
    assert await asks.of(here.client, place, ana) is Role.HOST
    assert await asks.of(here.client, place, ben) is Role.ANYONE
    world.change_member(here.guild, here.guild.members[here.ana.user.id], roles=[])
    assert await asks.of(here.client, place, ana) is Role.HOST, "believed for a moment"
    await asyncio.sleep(0.25)
    assert await asks.of(here.client, place, ana) is Role.ANYONE


async def test_the_hosts_role_counts_and_who_is_not_on_the_server_is_absent(here: Asked) -> None:
    place, world = await here.place(), here.fake.world
    helpers = world.make_role(here.guild, "Chat hosts")
    cleo = here.fake.person("Cleo", here.guild, (helpers,))
    async with here.store.begin() as tx:
        await tx.set_host_role(place.community_id, str(helpers.id))
    asks = Powers(here.store)
    assert await asks.of(here.client, place, str(cleo.user.id)) is Role.HOST
    with pytest.raises(Absent):
        await asks.of(here.client, place, "999")


async def test_a_channel_that_is_not_there_says_nothing(here: Asked) -> None:
    asks, place = Powers(here.store), await here.place()
    await here.client.close()
    assert await asks.of(here.client, place, str(here.ana.user.id)) is None
