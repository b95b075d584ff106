"""Looking on from a worker: one snapshot a look, none left behind, and never a hand on anything."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot.core.audience import Audience
from bot.core.model import Visibility
from bot.storage.archive.onlooking import Onlooker
from bot.storage.engine import database_url
from bot.storage.migrate import migrate
from bot.storage.store import Store
from tests.support.archive_seed import NOW, sow


def _communities(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT count(*) FROM community").fetchone()[0])


async def test_a_look_sees_one_snapshot_while_others_write_and_the_next_look_sees_more(
    tmp_path: Path,
) -> None:
    url = database_url("", tmp_path)
    migrate(url, NOW)
    onlooker, loop = Onlooker(url), asyncio.get_running_loop()
    async with Store(url) as store:

        async def add(name: str) -> None:
            async with store.begin() as tx:
                await tx.add_house(name, "UTC")

        def twice(database: sqlite3.Connection) -> tuple[int, int]:
            before = _communities(database)
            asyncio.run_coroutine_threadsafe(add("Maths Chat"), loop).result(10)
            return before, _communities(database)

        assert await asyncio.to_thread(onlooker.look, twice) == (0, 0)
        assert await asyncio.to_thread(onlooker.look, _communities) == 1
        assert await store.scrub(), "a look was left behind"
    onlooker.close()


def test_a_look_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    url = database_url("", tmp_path)
    migrate(url, NOW)
    onlooker = Onlooker(url)
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        onlooker.look(lambda database: database.execute("SELECT * FROM nowhere"))
    assert onlooker.look(_communities) == 0
    onlooker.close()
    assert onlooker.look(_communities) == 0
    onlooker.close()


def test_who_looks_on_cannot_write(tmp_path: Path) -> None:
    url = database_url("", tmp_path)
    migrate(url, NOW)
    onlooker = Onlooker(url)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        onlooker.look(lambda database: database.execute("DELETE FROM community"))
    onlooker.close()


@pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.MEMBERS])
async def test_a_worker_reads_of_a_chat_what_a_transaction_does(
    tmp_path: Path, visibility: Visibility
) -> None:
    url = database_url("", tmp_path)
    migrate(url, NOW)
    async with Store(url) as store:
        archive = await sow(store, answers=20, now=NOW, visibility=visibility)
        audience = Audience(archive.community.id)
        seen = await asyncio.to_thread(store.chat_page, archive.held, audience)
        async with store.read() as tx:
            assert await tx.chat_page(archive.held, audience) == seen
    assert (seen is None) is (visibility is Visibility.MEMBERS)
