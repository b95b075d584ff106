"""A school on a little Discord: its guild, #general, ann, and a bot that has declared its commands."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fake_discord.bots import Bot, logged_in
from tests.fake_discord.school_commands import declare
from tests.support.fake_discord.people import Someone
from tests.support.fake_discord.places import Channel
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Guild


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as made:
        yield made
        assert made.violations == []


@pytest.fixture
def school(fake: FakeDiscord) -> Guild:
    return fake.guild("School")


@pytest.fixture
def general(fake: FakeDiscord, school: Guild) -> Channel:
    return fake.world.channel_named(school, "general")


@pytest.fixture
def ann(fake: FakeDiscord, school: Guild) -> Someone:
    return fake.person("ann", school)


@pytest.fixture
async def bot(fake: FakeDiscord, school: Guild, ann: Someone) -> AsyncIterator[Bot]:
    async with logged_in(fake) as made:
        declare(made)
        await made.tree.sync()
        yield made
