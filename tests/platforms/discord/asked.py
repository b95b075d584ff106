"""The commands on our little Discord: a server with a host and a participant, and the real client between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.clock import Clock
from bot.commands import CommandTree
from bot.core.model import Chat, ChatState, Place, Question, QuestionState, Series
from bot.platforms.discord.client import Client
from bot.platforms.discord.desk import Desk
from bot.platforms.discord.mounting import mount
from bot.platforms.discord.redirect import redirect
from bot.storage.places.servers import Channel as Found
from bot.storage.store import Store
from cogs import every_cog
from tests.platforms.opening import opened
from tests.support.command_room import NOW, StoppedClock
from tests.support.fake_discord.people import Someone
from tests.support.fake_discord.places import Channel
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Can, Guild

QUESTIONS: Final = ("What worked?", "What did not?", "What will you try?")


@dataclass(slots=True)
class Asked:
    """A server whose people ask the bot: `ana` hosts, `ben` takes part."""

    fake: FakeDiscord
    store: Store
    tree: CommandTree
    client: Client
    desk: Desk
    guild: Guild
    general: Channel
    staff: Channel
    ana: Someone
    ben: Someone

    async def place(self, channel: Channel | None = None) -> Place:
        """Give the place of a channel."""
        async with self.store.read() as tx:
            found = await tx.place_called("discord", str((channel or self.general).id))
        assert found is not None
        return found

    async def weekly(self, title: str = "Weekly EdChat") -> Series:
        """Make a weekly chat at home in #general."""
        place = await self.place()
        async with self.store.begin() as tx:
            return await tx.add_series(Series(0, place.community_id, title, "#edchat"), place.id, (), NOW)

    async def chat(self, series: Series, *, asked: int = 0, topic: str = "Homework") -> Chat:
        """Give it a chat with three questions, of which some are asked; then it is in its hour."""
        at = NOW - timedelta(minutes=10) if asked else NOW + timedelta(days=3)
        state = ChatState.OPEN if asked else ChatState.PLANNED
        chat = Chat(0, series.id, "Europe/London", at, at + timedelta(hours=1), topic=topic, state=state)
        async with self.store.begin() as tx:
            stored = await tx.add_chat(replace(chat, asked=asked))
            before = await tx.running(stored.id)
            drafted = [Question(0, n, text) for n, text in enumerate(QUESTIONS, 1)]
            out = [replace(q, state=QuestionState.ASKED, asked_at=at) for q in drafted[:asked]]
            await tx.save(before, replace(before, questions=(*out, *drafted[asked:])), NOW)
            if asked:
                await tx.occupy(stored, at)
        return stored

    async def questions(self, chat: Chat) -> list[str]:
        """Give the questions that a chat has now."""
        async with self.store.read() as tx:
            return [question.text for question in await tx.questions(chat.id)]


@asynccontextmanager
async def asked(
    fake: FakeDiscord, folder: Path, clock: Clock | None = None, tree: type[CommandTree] = CommandTree
) -> AsyncIterator[Asked]:
    """Let the bot's front desk live on our Discord; its commands are known there when this begins."""
    guild = fake.guild("School")
    general, staff = fake.world.channel_named(guild, "general"), fake.world.make_channel(guild, "staff-room")
    hosting = fake.world.make_role(guild, "Moderators", int(Can.MANAGE_EVENTS))
    ana, ben = fake.person("Ana", guild, (hosting,)), fake.person("Ben", guild)
    async with opened(folder) as store:
        async with store.begin() as tx:
            community = await tx.keep_server("discord", str(guild.id), "School", "Europe/London", "en")
            for channel in (general, staff):
                await tx.keep_channels("discord", community, [Found(str(channel.id), channel.name)])
        front = tree(store, clock or StoppedClock(), *every_cog())
        async with at_the_desk(fake, front, store) as (client, desk):
            yield Asked(fake, store, front, client, desk, guild, general, staff, ana, ben)


@asynccontextmanager
async def at_the_desk(
    fake: FakeDiscord, tree: CommandTree, store: Store
) -> AsyncIterator[tuple[Client, Desk]]:
    """One life of the client with nothing but the commands mounted."""
    redirect(fake.api_url, fake.gateway_url)
    async with Client(settle=0.02) as client:
        desk = mount(client, tree, store)
        client.parts, client.on_login = (desk,), (desk.sync,)
        running = [asyncio.create_task(client.start(fake.token)), asyncio.create_task(desk.run())]
        async with asyncio.timeout(8):
            while not client.is_ready():  # noqa: ASYNC110 - the client tells nobody
                await asyncio.sleep(0.005)
        try:
            yield client, desk
        finally:
            await client.close()
            running[1].cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*running)
