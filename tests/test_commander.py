"""Typed commands: each is carried out once, and one that fails is answered once and hinders no other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import commander
from bot.commander import Commander
from bot.commands import Cog, CommandTree, Context, Reply, command
from bot.core import sentences
from bot.core.hearing import Author, Commanded
from bot.core.model import Refused, Role
from bot.storage.engine import StorageFull
from bot.storage.store import Tx
from tests.support.command_room import NOW, Room, StoppedClock, room

ANA = Author("ana", "Ana", Role.HOST)


class Sometimes(Cog):
    """Commands that go wrong, and one that does not."""

    @command("go well")
    async def well(self, ctx: Context, tx: Tx) -> Reply:
        """Leave a mark."""
        await tx.install("well", "done")
        return Reply("Well done.")

    @command("go wrong")
    async def wrong(self, ctx: Context, tx: Tx) -> Reply:
        """Leave a mark, and fail."""
        await tx.install("wrong", "half done")
        raise ZeroDivisionError("with somebody's words")

    @command("go full")
    async def full(self, ctx: Context, tx: Tx) -> Reply:
        """Find the disk full."""
        raise StorageFull("The disk is full.")

    @command("go away")
    async def away(self, ctx: Context, tx: Tx) -> Reply:
        """Refuse."""
        raise Refused("Not today.")

    @command("go quietly", private=True)
    async def quietly(self, ctx: Context, tx: Tx, number: int) -> Reply:
        """Say something for the asker alone, or refuse."""
        if number > 1:
            raise Refused("Not so often.")
        return Reply("Psst.")


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path, Sometimes()) as opened:
        yield opened


async def typed(here: Room, *lines: str) -> None:
    async with here.store.begin() as tx:
        heard = [Commanded(f"m.{line}", ANA, line, NOW) for line in lines]
        await tx.store_commands(here.place, heard, NOW)


async def replies(here: Room) -> list[str]:
    async with here.store.read() as tx:
        rows = await tx.connection.exec_driver_sql("SELECT payload FROM outbox ORDER BY id")
        return [json.loads(row[0])["text"] for row in rows]


async def unhandled(here: Room) -> int:
    async with here.store.read() as tx:
        query = "SELECT count(*) FROM handled_command WHERE handled_at IS NULL OR text IS NOT NULL"
        return int((await tx.connection.exec_driver_sql(query)).scalar_one())


async def carried_out(here: Room) -> None:
    working = Commander(here.store, StoppedClock(), here.tree)
    while await working.carry_out_next():
        pass


async def test_a_command_that_raises_is_answered_once_and_marked_and_leaves_nothing(here: Room) -> None:
    await typed(here, "go wrong")
    with capture_logs() as logs:
        await carried_out(here)
        await carried_out(here)
    assert await replies(here) == [sentences.WENT_WRONG]
    assert await unhandled(here) == 0
    assert [(line["event"], line["command"]) for line in logs] == [("command failed", "go wrong")]
    async with here.store.read() as tx:
        assert await tx.installed("wrong") is None


async def test_the_next_command_is_carried_out_after_one_that_failed(here: Room) -> None:
    await typed(here, "go wrong", "go full", "go away", "go nowhere", "go well")
    with capture_logs():
        await carried_out(here)
    first, full, away, unknown, well = await replies(here)
    assert (first, full, away, well) == (
        sentences.WENT_WRONG, "The disk is full.", "Not today.", "Well done.",
    )  # fmt: skip
    assert "nowhere" in unknown
    assert await unhandled(here) == 0


async def test_a_command_heard_twice_is_carried_out_once(here: Room) -> None:
    await typed(here, "go well", "go well")
    await carried_out(here)
    await typed(here, "go well")
    await carried_out(here)
    assert await replies(here) == ["Well done."]


async def test_a_reply_that_cannot_be_stored_is_tried_again_and_comes_once(
    here: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commander, "AFTER_A_FAULT", 0.05)
    async with here.store.begin() as tx:
        await tx.connection.exec_driver_sql("ALTER TABLE outbox RENAME TO elsewhere")
    await typed(here, "go well")
    working = Commander(here.store, StoppedClock(), CommandTree(here.store, StoppedClock(), Sometimes()))
    with capture_logs() as logs:
        running = asyncio.create_task(working.run())
        async with asyncio.timeout(10):
            while "command_waits" not in {line["event"] for line in logs}:  # noqa: ASYNC110 - a log rings no bell
                await asyncio.sleep(0.01)
        assert not running.done()
        assert await unhandled(here) == 1
        async with here.store.begin() as tx:
            await tx.connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO outbox")
        async with asyncio.timeout(10):
            while await unhandled(here):  # noqa: ASYNC110 - asks the database
                await asyncio.sleep(0.05)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert await replies(here) == ["Well done."]


async def test_what_was_asked_aloud_may_be_answered_aloud_and_what_is_private_never(here: Room) -> None:
    lines = ("go well", "go away", "go nowhere", "go quietly 1", "go quietly 2", "go quietly x")
    await typed(here, *lines)
    await carried_out(here)
    async with here.store.read() as tx:
        rows = await tx.connection.exec_driver_sql("SELECT payload FROM outbox ORDER BY id")
        asked = [json.loads(row[0]).get("reply_to") for row in rows]
    assert asked == ["m.go well", "m.go away", "m.go nowhere", None, None, None]
