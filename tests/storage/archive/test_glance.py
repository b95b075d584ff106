"""Looking around in the database's thread: one snapshot for all that is asked, and none left behind."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bot.storage.archive.glance import visit
from bot.storage.engine import database_url
from bot.storage.migrate import migrate
from bot.storage.store import Store
from tests.support.archive_seed import NOW


def _communities(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT count(*) FROM community").fetchone()[0])


async def test_a_visit_and_other_questions_see_one_snapshot_which_ends_with_them(tmp_path: Path) -> None:
    url = database_url("", tmp_path)
    migrate(url, NOW)
    async with Store(url, readers=1) as store:
        async with store.read() as reader:
            assert await visit(reader.connection, _communities) == 0
            async with store.begin() as writer:
                await writer.add_house("Maths Chat", "UTC")
            assert await reader.communities() == ()
            assert await visit(reader.connection, _communities) == 0
        async with store.read() as reader:
            assert await visit(reader.connection, _communities) == 1


async def test_a_visit_sees_what_its_own_transaction_wrote(tmp_path: Path) -> None:
    url = database_url("", tmp_path)
    migrate(url, NOW)
    async with Store(url) as store, store.begin() as writer:
        await writer.add_house("Maths Chat", "UTC")
        assert await visit(writer.connection, _communities) == 1
