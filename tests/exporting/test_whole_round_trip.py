"""A bundle in which every table has a row and every column a value: it comes out again as it went in."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import JSON, Boolean, Column, Integer, Table

from bot.exporting.bundle import export_bundle, import_bundle
from bot.storage.bundle.carried import carried_columns, carried_tables, target
from bot.storage.schema.columns import Instant, WallClock
from tests.exporting.houses import data_in, folder_of, rows_in, settings_of
from tests.support.whole_house import whole_house

MOMENT: Final = "2026-11-10 20:00:00.000000"
EMPTY: Final = frozenset({None, "", 0, "[]", "{}"})


class Filler:
    """Puts something into whatever is empty."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def fill(self, table: Table) -> None:
        """A row where there is none, and a value in each column that no row has one in."""
        if not self._asked(f"SELECT 1 FROM {table.name} LIMIT 1"):
            given = {one.name: self._value(one) for one in table.columns if one.name != "id"}
            marks = ", ".join("?" * len(given))
            self._asked(f"INSERT INTO {table.name} ({', '.join(given)}) VALUES ({marks})", *given.values())
        for column in carried_columns(table):
            known = {value for (value,) in self._asked(f"SELECT {column.name} FROM {table.name}")}
            if known <= EMPTY:
                # Where only one row may have it, one has.
                self._asked(f"UPDATE OR IGNORE {table.name} SET {column.name} = ?", self._value(column))

    def _value(self, column: Column[Any]) -> object:
        of = target(column)
        if of is not None:
            return self._asked(f"SELECT id FROM {of.name} ORDER BY id LIMIT 1")[0][0]
        if isinstance(column.type, Instant | WallClock):
            return MOMENT
        if isinstance(column.type, JSON):
            return json.dumps(["photo.png"])
        if isinstance(column.type, Boolean | Integer):
            return 1
        return "2026-11-09" if column.name == "slug" else f"some {column.name}"

    def _asked(self, statement: str, *given: object) -> list[Any]:
        return self._database.execute(statement, given).fetchall()


async def test_every_table_and_every_column_comes_out_as_it_went_in(tmp_path: Path) -> None:
    bundle, again, there = tmp_path / "all.zip", tmp_path / "again.zip", settings_of(tmp_path / "there")
    async with whole_house(tmp_path / "data") as house:
        store = house.pages.web.store
        with closing(sqlite3.connect(str(store.url.database), isolation_level=None)) as database:
            for table in carried_tables():
                Filler(database).fill(table)
        await export_bundle(settings_of(folder_of(store)), bundle, None)
    await import_bundle(there, bundle)
    await export_bundle(there, again, None)
    rows = rows_in(bundle)
    empty = {
        f"{table.name}.{column.name}"
        for table in carried_tables()
        for column in carried_columns(table)
        if not any(one[column.name] not in (None, "", False, 0) for one in rows[table.name])
    }
    assert empty == set()
    before, after = data_in(bundle), data_in(again)
    assert [name for name in before if before[name] != after[name]] == []
