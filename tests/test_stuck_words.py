"""Words that cannot be stored, or not be shown: the bot is not well until they can."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot import rendering
from bot.core.hearing import Author, Said
from bot.core.wellness import FAILING, reason
from bot.health.metrics import STILL, Metrics
from bot.health.vitals import Vitals
from bot.inbox import Inbox
from bot.rendering import Renderer
from tests.support.evening import Evening, evening

ANA = Author("123", "Ana")


@dataclass(slots=True)
class Watched:
    """An evening, and whether its bot is well."""

    room: Evening
    metrics: Metrics
    vitals: Vitals

    async def wrong(self) -> str:
        """Why the bot is not well."""
        return reason(await self.vitals.faults())

    async def say(self, native_id: str) -> None:
        """Somebody says something, which may fail to be stored."""
        with suppress(Exception):
            await self.room.hear(Said(native_id, ANA, "A1: as <@123> says", self.room.clock.at))

    async def change(self, query: str) -> None:
        """Change the tables beneath the bot."""
        async with self.room.store.begin() as tx:
            await tx.connection.exec_driver_sql(query)

    def five_minutes_pass(self) -> None:
        """What fails has failed for five minutes."""
        before = FAILING.total_seconds()
        for place, one in self.metrics.stuck.unstored.items():
            self.metrics.stuck.unstored[place] = replace(one, since=one.since - before)
        if drawing := self.metrics.stuck.unrendered:
            self.metrics.stuck.unrendered = replace(drawing, since=drawing.since - before)


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    async with evening(tmp_path) as room:
        await room.until(7)
        metrics = Metrics()
        room.inbox = Inbox(room.store, room.clock, {}, metrics=metrics)
        yield Watched(room, metrics, Vitals(room.store, room.clock, metrics))


async def test_a_place_of_which_nothing_can_be_stored_for_five_minutes_is_named_until_it_can(
    watched: Watched,
) -> None:
    await watched.change("ALTER TABLE filing RENAME TO elsewhere")
    await watched.say("a")
    assert await watched.wrong() == ""
    watched.five_minutes_pass()
    await watched.say("a")
    place = watched.room.place
    assert f"What is said in {place.name} ({place.platform}) cannot be stored" in await watched.wrong()
    await watched.change("ALTER TABLE elsewhere RENAME TO filing")
    await watched.say("a")
    assert await watched.wrong() == ""


async def test_a_place_that_failed_once_and_was_left_then_does_not_keep_the_bot_unwell(
    watched: Watched,
) -> None:
    await watched.change("ALTER TABLE filing RENAME TO elsewhere")
    await watched.say("a")
    watched.five_minutes_pass()
    [(place, failing)] = watched.metrics.stuck.unstored.items()
    watched.metrics.stuck.unstored[place] = replace(failing, last=failing.last - STILL - 1)
    assert await watched.wrong() == ""
    await watched.say("b")
    assert await watched.wrong() == ""


async def test_words_that_cannot_be_shown_for_five_minutes_are_told_of_until_they_can(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "AFTER_A_FAULT", 0.02)
    await watched.say("a")
    await watched.change("ALTER TABLE consent RENAME TO elsewhere")
    drawing = asyncio.create_task(Renderer(watched.room.store, metrics=watched.metrics).run())
    async with asyncio.timeout(10):
        while watched.metrics.stuck.unrendered is None:  # noqa: ASYNC110 - nothing rings
            await asyncio.sleep(0.02)
        watched.five_minutes_pass()
        while "cannot be shown" not in await watched.wrong():  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)
        await watched.change("ALTER TABLE elsewhere RENAME TO consent")
        while await watched.wrong():  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)
    assert (await watched.room.message("a")).body_html.endswith("@Ana</span> says</p>\n")
    drawing.cancel()
    with suppress(asyncio.CancelledError):
        await drawing
