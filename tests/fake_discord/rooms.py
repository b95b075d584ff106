"""One little Discord with one guild, one channel, a clock a test moves, and the real discord.py in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import discord
import pytest

from tests.fake_discord.bots import Bot, logged_in
from tests.support.fake_discord.places import Channel
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import ANYBODY, Guild


class Hands:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)

    def go(self, **by: float) -> None:
        """Let time pass."""
        self.time += timedelta(**by)

    def __call__(self) -> datetime:
        return self.time


class Room:
    """A Discord, its one guild and #general, and the real client in it."""

    def __init__(self, fake: FakeDiscord, client: Bot, guild: Guild, hands: Hands) -> None:
        self.fake, self.client, self.hands = fake, client, hands
        self.world, self.guild = fake.world, guild
        self.channel: Channel = fake.world.channel_named(guild, "general")
        self.ann = fake.world.user("ann", "Ann")
        fake.world.join(guild, self.ann)

    @property
    def general(self) -> discord.TextChannel:
        """#general as the client knows it."""
        return self.client.room(self.channel.id)

    def allow(self, permissions: int) -> None:
        """Let the bot do this and no more, whatever others may."""
        self.world.set_role_permissions(self.guild, self.guild.everyone, permissions & ANYBODY)
        self.world.set_bot_permissions(self.guild, permissions)


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    hands = Hands()
    async with FakeDiscord(hands) as fake:
        guild = fake.guild("School")
        async with logged_in(fake) as client:
            yield Room(fake, client, guild, hands)
        assert fake.violations == []
