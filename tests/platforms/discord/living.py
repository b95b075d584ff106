"""The bot's half of Discord on a real database, with ears that note what it brings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import SecretStr
from sqlalchemy import select

from bot.clock import Clock, SystemClock
from bot.core.hearing import Barred
from bot.core.model import Community, Place, Series
from bot.platforms.discord import Discord
from bot.settings import DiscordSettings
from bot.storage.places.servers import KnownServer
from bot.storage.schema import tables as t
from bot.storage.store import Store
from tests.support.ears import NotingEars, listening
from tests.support.fake_discord.places import Channel
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Guild

_T = TypeVar("_T")


def settings(fake: FakeDiscord, *guilds: int, token: str | None = None) -> DiscordSettings:
    """Give the settings of a bot that is on our Discord."""
    addresses = {"api_url": fake.api_url, "gateway_url": fake.gateway_url}
    secret = SecretStr(token if token is not None else fake.token)
    return DiscordSettings(secret, frozenset(guilds), **addresses, zone="America/New_York")


@dataclass
class Living:
    """The bot while it lives on our Discord."""

    fake: FakeDiscord
    store: Store
    platform: Discord
    ears: NotingEars = field(default_factory=NotingEars)

    async def until(self, so: Callable[[], object], within: float = 8.0) -> None:
        """Wait until something is so; TimeoutError when it is not within so many seconds."""
        async with asyncio.timeout(within):
            while not so():  # noqa: ASYNC110 - the world tells nobody that it is as we want it
                await asyncio.sleep(0.01)

    async def server(self, guild: Guild, so: Callable[[KnownServer], object] = bool) -> KnownServer:
        """Wait until our books know a server, and say so of it; give what they say."""

        async def found() -> KnownServer | None:
            known = await self.known(guild)
            return known if known is not None and so(known) else None

        return await seen(found)

    async def known(self, guild: Guild) -> KnownServer | None:
        """Give what our books say of a server."""
        async with self.store.read() as tx:
            return (await tx.known_servers("discord", [str(guild.id)])).get(str(guild.id))

    async def community(self, guild: Guild) -> Community:
        """Give a server's community."""
        known = await self.server(guild)
        async with self.store.read() as tx:
            return await tx.community(known.community_id)

    async def place(self, guild: Guild, name: str = "general") -> Place:
        """Give the place of a channel."""

        def named(one: KnownServer) -> Place | None:
            return next((each.place for each in one.places.values() if each.place.name == name), None)

        place = named(await self.server(guild, named))
        assert place is not None
        return place

    async def use(self, guild: Guild, name: str = "general") -> Place:
        """Make a weekly chat at home in a channel."""
        place = await self.place(guild, name)
        async with self.store.begin() as tx:
            series = Series(0, place.community_id, "#edchat")
            await tx.add_series(series, place.id, (), SystemClock().now())
        return place

    async def posts(self, place: Place) -> list[str]:
        """Give what is queued to be said in a place."""
        async with self.store.read() as tx:
            query = select(t.outbox.c.payload).where(t.outbox.c.place_id == place.id)
            return [row.payload["text"] for row in (await tx.connection.execute(query)).all()]

    def barred(self, place: Place) -> list[Barred]:
        """Give what the ears heard of a place that cannot be used, or can again."""
        return [one for one in self.ears.heard(place.native_id) if isinstance(one, Barred)]

    def rooms(self, guild: Guild) -> list[Channel]:
        """Give a guild's channels."""
        return [one for one in self.fake.world.channels.values() if one.guild_id == guild.id]


async def seen(look: Callable[[], Awaitable[_T | None]], within: float = 8.0) -> _T:
    """Look again and again until there is something to see; TimeoutError when there is not."""
    async with asyncio.timeout(within):
        while True:
            found = await look()
            if found:
                return found
            await asyncio.sleep(0.02)


@asynccontextmanager
async def living(
    fake: FakeDiscord, store: Store, given: DiscordSettings | None = None, clock: Clock | None = None
) -> AsyncIterator[Living]:
    """Let the bot live on our Discord; with a good token it is ready when this begins."""
    time = clock or SystemClock()
    platform = Discord(given or settings(fake), store, time, settle=0.05, first_wait=0.02)
    life = Living(fake, store, platform)
    async with listening(platform, life.ears):
        yield life


def ready(platform: Discord) -> bool:
    """Tell whether something could be sent now."""
    return platform._client is not None and platform._client.is_ready()
