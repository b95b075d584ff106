"""What is under way when the bot stops: finished where that is quick, else given up; nothing runs on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.commands import Asker, CommandTree, Reply, Settle
from bot.platforms.discord import Discord, desk
from bot.storage.store import Store
from cogs import every_cog
from tests.platforms.discord.living import Living, settings
from tests.platforms.opening import opened
from tests.support.ears import NotingEars
from tests.support.fake_discord.answers import Answer
from tests.support.fake_discord.server import FakeDiscord


class SlowTree(CommandTree):
    """Commands that take so many seconds, and say when they are at it and how often they ended."""

    seconds = 0.3

    def __init__(self, store: Store, *_: object) -> None:
        super().__init__(store, SystemClock(), *every_cog())
        self.at_it, self.ended = asyncio.Event(), 0

    async def run(
        self,
        asker: Asker,
        path: str,
        given: Mapping[str, str],
        lines: Sequence[str] = (),
        settle: Settle | None = None,
    ) -> Reply:
        """Run a command whose parameters were given apart, slowly."""
        self.at_it.set()
        await asyncio.sleep(self.seconds)
        reply = await super().run(asker, path, given, lines, settle)
        self.ended += 1
        return reply


@asynccontextmanager
async def stopped_while_asked(
    fake: FakeDiscord, store: Store, tree: SlowTree
) -> AsyncIterator[asyncio.Task[Answer]]:
    """A bot that is told to stop while somebody's command is under way; it has stopped when this begins."""
    guild = fake.guild("School")
    platform = Discord(settings(fake), store, SystemClock(), settle=0.05, first_wait=0.02)
    platform.mount(tree)
    running = asyncio.create_task(platform.listen(NotingEars()))
    await Living(fake, store, platform).place(guild)
    eve = fake.person("Eve", guild)
    asking = asyncio.create_task(eve.slash(fake.world.channel_named(guild, "general"), "series list"))
    await tree.at_it.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    yield asking
    asking.cancel()
    with suppress(asyncio.CancelledError, TimeoutError):
        await asking


def invokers() -> list[str]:
    """The library's tasks that carry somebody's command out."""
    return [task.get_name() for task in asyncio.all_tasks() if task.get_name() == "CommandTree-invoker"]


async def test_a_command_under_way_is_finished_and_answered_before_the_bot_has_stopped(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    async with opened(tmp_path) as store:
        tree = SlowTree(store)
        async with stopped_while_asked(fake, store, tree) as asking:
            assert (tree.ended, invokers()) == (1, [])
            assert (await asking).text.startswith("There is no weekly chat here yet")


async def test_a_command_that_takes_too_long_is_given_up_and_touches_no_closed_store(
    fake: FakeDiscord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "LAST_ANSWERS", 0.05)
    async with opened(tmp_path) as store:
        tree = SlowTree(store)
        async with stopped_while_asked(fake, store, tree):
            assert invokers() == []
    await asyncio.sleep(tree.seconds * 2)
    assert tree.ended == 0
