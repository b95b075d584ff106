"""A bot that is ready to speak in #general of a school, and what people see of it there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bot.core.actions import Action
from bot.core.model import Place
from bot.platform import Outgoing
from bot.platforms.discord.limits import Limits
from bot.platforms.discord.refusals import Refusals
from bot.storage.store import Store
from tests.platforms.discord.living import Living, living, ready
from tests.platforms.opening import opened
from tests.support.fake_discord.places import Channel, Message
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Guild

POSTS = r"/channels/\d+/messages"
THREADS = r"/channels/\d+/messages/\d+/threads"


@dataclass
class Speaking:
    """The bot, its place, and the world around it."""

    fake: FakeDiscord
    guild: Guild
    life: Living
    place: Place
    keys: Any = field(default_factory=count)

    @property
    def channel(self) -> Channel:
        """#general."""
        return self.fake.world.channel_named(self.guild, "general")

    @property
    def limits(self) -> Limits:
        """What stands between the bot and Discord."""
        return self.life.platform._sender.limits

    @property
    def refusals(self) -> Refusals:
        """What the bot does not ask for again."""
        return self.life.platform._sender.refusals

    @property
    def store(self) -> Store:
        """The bot's books."""
        return self.life.store

    def out(self, action: Action, text: str = "", **more: Any) -> Outgoing:
        """Make something to do, under a key of its own unless one is given."""
        key = more.pop("key", None) or f"a1b2c3-{next(self.keys)}"
        place = more.pop("place", self.place)
        return Outgoing(key, place, action, text, **more)

    async def does(self, action: Action, text: str = "", **more: Any) -> str:
        """Do something and give what came of it."""
        return await self.life.platform.send(self.out(action, text, **more))

    async def posts(self, text: str, **more: Any) -> str:
        """Post something."""
        return await self.does(Action.POST, text, **more)

    def standing(self, channel: Channel | str | None = None) -> list[Message]:
        """Give what stands in #general, or elsewhere."""
        here = self.fake.world.channels[int(channel)] if isinstance(channel, str) else channel
        return [*self.fake.world.messages[(here or self.channel).id].values()]

    def texts(self, channel: Channel | str | None = None) -> list[str]:
        """Give the words that stand there."""
        return [message.content for message in self.standing(channel)]

    def message(self, native_id: str) -> Message:
        """Give a message by its id, wherever it stands."""
        found = [here[int(native_id)] for here in self.fake.world.messages.values() if int(native_id) in here]
        assert found, f"there is no message {native_id}"
        return found[0]

    def asked(self, method: str, path: str = "") -> list[str]:
        """Give the paths of the requests of a method that contain this."""
        return [one.path for one in self.fake.requests if one.method == method and path in one.path]

    def refused(self) -> int:
        """Count the requests that Discord calls invalid."""
        return sum(one.status in (401, 403, 429) for one in self.fake.requests)

    def ago(self, **how_long: float) -> datetime:
        """Give an instant before now."""
        return self.life.platform._clock.now() - timedelta(**how_long)


@asynccontextmanager
async def speaking(
    fake: FakeDiscord, folder: Path, permissions: int | None = None
) -> AsyncIterator[Speaking]:
    """Let the bot be ready in a school."""
    guild = fake.guild("School") if permissions is None else fake.guild("School", permissions)
    async with opened(folder) as store, living(fake, store) as life:
        await life.until(lambda: ready(life.platform))
        yield Speaking(fake, guild, life, await life.place(guild))
