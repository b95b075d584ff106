"""SQLite's driver with few visits to its thread says and does what the plain one does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.engine import database_url, writer_engine
from bot.storage.one_visit import AT_ONCE

MANY = 2 * AT_ONCE + 7


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncConnection]:
    engine = writer_engine(database_url("", tmp_path))
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE word (id INTEGER PRIMARY KEY, said TEXT UNIQUE)"))
        yield connection
    await engine.dispose()


async def _fill(database: AsyncConnection, rows: int) -> None:
    await database.execute(
        text("INSERT INTO word (said) VALUES (:said)"), [{"said": str(k)} for k in range(rows)]
    )


@pytest.mark.parametrize("rows", [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, MANY])
async def test_all_rows_come_however_many_there_are(database: AsyncConnection, rows: int) -> None:
    if rows:
        await _fill(database, rows)
    found = await database.execute(text("SELECT id, said FROM word ORDER BY id"))
    assert list(found.keys()) == ["id", "said"]
    assert [tuple(row) for row in found] == [(k + 1, str(k)) for k in range(rows)]


async def test_a_stream_holds_no_more_than_it_must(database: AsyncConnection) -> None:
    await _fill(database, MANY)
    async with database.stream(text("SELECT id FROM word ORDER BY id")) as found:
        assert [row.id async for row in found] == list(range(1, MANY + 1))
    async with database.stream(text("SELECT id FROM word ORDER BY id")) as found:
        assert (await found.fetchone()) == (1,)
    await database.execute(text("DROP TABLE word"))  # the statement left half read is closed


async def test_how_many_rows_changed_and_which_id_was_given_is_known(database: AsyncConnection) -> None:
    await _fill(database, 5)
    assert (await database.execute(text("UPDATE word SET said = said || '!' WHERE id > 2"))).rowcount == 3
    driver: Any = (await database.get_raw_connection()).driver_connection
    async with driver.cursor() as cursor:
        assert (cursor.description, cursor.rowcount, cursor.lastrowid) == (None, -1, None)
        await cursor.execute("INSERT INTO word (said) VALUES (?)", ("new",))
        assert cursor.lastrowid == 6
        await cursor.execute("SELECT id FROM word WHERE id < ? ORDER BY id", (3,))
        assert (await cursor.fetchone(), await cursor.fetchone(), await cursor.fetchone()) == (
            (1,),
            (2,),
            None,
        )


async def test_a_refusal_of_the_database_is_told(database: AsyncConnection) -> None:
    await _fill(database, 1)
    with pytest.raises(IntegrityError):
        await _fill(database, 1)


async def test_a_statement_is_one_visit(database: AsyncConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    await _fill(database, 3)
    visits = 0
    execute: Any = aiosqlite.Connection._execute

    async def counted(connection: aiosqlite.Connection, *given: Any) -> Any:
        nonlocal visits
        visits += 1
        return await execute(connection, *given)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    assert len((await database.execute(text("SELECT id FROM word"))).all()) == 3
    assert visits == 1
