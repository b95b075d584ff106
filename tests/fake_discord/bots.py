"""A bot made of unmodified discord.py, pointed at the little Discord of a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import discord
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from tests.support.fake_discord.server import FakeDiscord


def wanted() -> discord.Intents:
    """Give the intents of an education bot."""
    intents = discord.Intents.default()
    intents.message_content = True
    return intents


class Bot(discord.Client):
    """A client that notes what it hears; its commands hang on `tree`."""

    def __init__(self, intents: discord.Intents | None = None, **options: Any) -> None:
        super().__init__(intents=intents or wanted(), guild_ready_timeout=0.05, **options)
        self.tree: app_commands.CommandTree[Bot] = app_commands.CommandTree(self)
        self.heard: list[str] = []
        self.happened: list[str] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Log in again at once: there is no limit here to wait for."""

    async def on_socket_event_type(self, event: str) -> None:
        """Note every event's name."""
        self.happened.append(event)

    async def on_message(self, message: discord.Message) -> None:
        """Note what people write."""
        if message.author != self.user and message.type is discord.MessageType.default:
            self.heard.append(message.content)

    async def until(self, so: Callable[[], object], within: float = 5.0) -> None:
        """Wait until something is so; TimeoutError when it is not within so many seconds."""
        async with asyncio.timeout(within):
            while not so():  # noqa: ASYNC110 - the client tells nobody what it has taken in
                await asyncio.sleep(0.005)

    def room(self, number: int) -> discord.TextChannel:
        """Give a text channel that it knows."""
        found = self.get_channel(number)
        assert isinstance(found, discord.TextChannel)
        return found


@contextmanager
def pointed_at(fake: FakeDiscord) -> Iterator[None]:
    """Let discord.py take the little Discord for the real one, until the end."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = fake.api_url, URL(fake.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@asynccontextmanager
async def logged_in(fake: FakeDiscord, bot: Bot | None = None) -> AsyncIterator[Bot]:
    """Let a bot log in and be ready; it logs out at the end."""
    made = bot or Bot()
    with pointed_at(fake):
        async with made:
            running = asyncio.create_task(made.start(fake.token))
            try:
                await made.until(lambda: running.done() or made.is_ready())
                if running.done():
                    await running
                yield made
            finally:
                await made.close()
                await asyncio.gather(running, return_exceptions=True)
