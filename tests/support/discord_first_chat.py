"""A school's first chat on our little Discord, from the invitation to the archive, with the shipped bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import text

from bot.app import App, opened
from bot.core.model import Place
from bot.hosting.reaching import with_pages
from bot.settings import load
from tests.fake_discord.bots import pointed_at
from tests.support.discord_evening import settings_on
from tests.support.fake_discord.people import Someone
from tests.support.fake_discord.places import PRIVATE_THREAD, PUBLIC_THREAD, Channel, Message
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import BOT_NEEDS, Can, Guild

SATURDAY: Final = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
"""Ten in the morning in New York, when the moderator begins."""
ADDRESS: Final = "https://edchat.example"
_QUIET: Final = 0.15


@dataclass(slots=True)
class LeapingClock:
    """The machine's clock, so far ahead as a test has leapt by now."""

    ahead: timedelta
    rate: float = 1.0

    def now(self) -> datetime:
        """Give chat time."""
        return self.real() + self.ahead

    def real(self) -> datetime:
        """Give the machine's time."""
        return datetime.now(UTC)

    def to_real(self, due: datetime) -> datetime:
        """Give when it would be if nobody leapt any more."""
        return due - self.ahead

    def leap(self, to: datetime) -> None:
        """Let it be this instant, unless it was already."""
        self.ahead += max(timedelta(), to - self.now())


@dataclass
class FirstChat:
    """The bot while it runs, and a server that has not met it yet."""

    fake: FakeDiscord
    app: App
    clock: LeapingClock
    guild: Guild
    channel: Channel
    maya: Someone

    # -- time -----------------------------------------------------------------------------------------------

    async def at(self, moment: datetime) -> None:
        """Let time go by: every step is taken when it falls due, and all that it says is sent."""
        await self.settled()
        while self.clock.now() < moment:
            async with self.app.store.read() as tx:
                due = await tx.next_due(self.clock.now())
            self.clock.leap(min(moment, max(due or moment, self.clock.now())))
            await self.app.scheduler.take_due()
            await self.settled()

    async def settled(self) -> None:
        """Wait until all is heard and said, and nothing more was asked of Discord for a moment."""
        before: object = None
        async with asyncio.timeout(20):
            while before != (now := (len(self.fake.requests), await self._rest())) or not now[1]:
                before = now
                await asyncio.sleep(_QUIET)

    async def _rest(self) -> bool:
        world, place = self.fake.world, await self.place()
        rooms = [self.channel, *self.threads()]
        standing = [one for room in rooms for one in world.messages[room.id].values()]
        said = max((one.id for one in standing if one.author is not world.bot), default=0)
        cursor = int(await self.app.inbox.cursor(place) or 0) if place is not None else 0
        return await self.app.idle() and cursor >= said

    # -- what there is --------------------------------------------------------------------------------------

    async def place(self) -> Place | None:
        """The channel's place in the bot's books."""
        async with self.app.store.read() as tx:
            return await tx.place_called("discord", str(self.channel.id))

    @property
    def general(self) -> Channel:
        """The channel that every server begins with."""
        return self.fake.world.channel_named(self.guild, "general")

    async def greeted(self) -> None:
        """Wait for the bot's first words."""
        async with asyncio.timeout(8):
            while not self.standing(self.general):  # noqa: ASYNC110 - the world tells nobody
                await asyncio.sleep(0.02)
        await self.settled()

    def threads(self) -> list[Channel]:
        """The questions' threads, oldest first."""
        every = self.fake.world.channels.values()
        return [one for one in every if one.parent_id == self.channel.id and one.type == PUBLIC_THREAD]

    def thread(self, question: int) -> Channel:
        """The thread of a question."""
        return next(one for one in self.threads() if f"Q{question}" in one.name)

    def hosts(self) -> Channel:
        """The hosts' private thread."""
        every = self.fake.world.channels.values()
        return next(one for one in every if one.type == PRIVATE_THREAD)

    def standing(self, channel: Channel | None = None) -> list[Message]:
        """What stands in the channel, or elsewhere."""
        return [*self.fake.world.messages[(channel or self.channel).id].values()]

    def post(self, begins: str, channel: Channel | None = None) -> Message:
        """The newest message that begins so."""
        found = [one for one in self.standing(channel) if one.content.startswith(begins)]
        assert found, [one.content for one in self.standing(channel)]
        return found[-1]

    async def filed(self, message: Message) -> str | None:
        """Under which questions a message is filed, and how."""
        query = (
            "SELECT group_concat(q.position || ' ' || f.how) FROM filing f"
            " JOIN question q ON q.id = f.question_id JOIN message m ON m.id = f.message_id"
            " WHERE m.platform_message_id = :id"
        )
        async with self.app.store.read() as tx:
            found = (await tx.connection.execute(text(query), {"id": str(message.id)})).scalar()
        return str(found) if found else None

    async def has(self, message: Message, filed: str | None) -> None:
        """Wait until a message is filed so."""
        async with asyncio.timeout(8):
            while await self.filed(message) != filed:  # noqa: ASYNC110 - asks the database
                await asyncio.sleep(0.02)

    def give_pins(self) -> None:
        """Tick the permission that was missing."""
        self.fake.world.set_bot_permissions(self.guild, BOT_NEEDS)


@asynccontextmanager
async def first_chat(folder: Path) -> AsyncIterator[FirstChat]:
    """Let the bot run, and a school be there that has not invited it yet."""
    clock = LeapingClock(SATURDAY - datetime.now(UTC))
    async with FakeDiscord() as fake, AsyncExitStack() as stack:
        stack.enter_context(pointed_at(fake))
        guild = fake.guild("Riverside School", None)
        channel = fake.world.make_channel(guild, "edchat")
        moderating = fake.world.make_role(guild, "Moderators", int(Can.MANAGE_EVENTS))
        maya = fake.person("Maya", guild, (moderating,))
        own = {"data_dir": folder, "web_port": 0, "web_base_url": ADDRESS}
        settings = settings_on(fake, load(folder / "none").model_copy(update=own))
        async with opened(settings, clock) as app:
            await with_pages(app, settings)
            running = asyncio.create_task(app.run())
            try:
                await asyncio.wait([running], timeout=0.01)
                if running.done():
                    running.result()
                await fake.gateway.ready()
                yield FirstChat(fake, app, clock, guild, channel, maya)
            finally:
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running
        assert fake.violations == []
