"""The few statements of every sweep of messages: worked out once, and run without a detour."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import aiosqlite
from sqlalchemy import Dialect, Insert, Select, Table
from sqlalchemy.ext.asyncio import AsyncConnection

Convert = Callable[[Any], Any]


class Pour:
    """The insertion of rows that all have the same columns, at about twice the speed of the general way."""

    def __init__(self, table: Table, *columns: str) -> None:
        self._table, self.columns = table, columns
        self._sql = ""
        self._converts: tuple[tuple[int, Convert], ...] = ()

    async def into(self, connection: AsyncConnection, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows whose values stand in the order of the columns."""
        if not rows:
            return
        if not self._sql:
            self._prepare(connection.dialect)
        # The cursor is left to itself: closing it would be one more visit to the database's thread.
        await (await driver_of(connection)).executemany(self._sql, self._converted(rows))

    def _prepare(self, dialect: Dialect) -> None:
        insert = self._table.insert().values(dict.fromkeys(self.columns))
        self._sql = str(insert.compile(dialect=dialect, column_keys=self.columns))
        types = [self._table.c[name].type.dialect_impl(dialect) for name in self.columns]
        found = ((k, kind.bind_processor(dialect)) for k, kind in enumerate(types))
        self._converts = tuple((k, convert) for k, convert in found if convert is not None)

    def _converted(self, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        columns = list(zip(*rows, strict=True))
        for k, convert in self._converts:
            columns[k] = _each(columns[k], convert)
        return list(zip(*columns, strict=True))


def _each(values: tuple[Any, ...], convert: Convert) -> tuple[Any, ...]:
    """The values converted, each distinct one once: moments of one sweep are mostly the same."""
    if all(value is None for value in values):
        return values
    try:
        known: Mapping[Any, Any] = {value: convert(value) for value in set(values) if value is not None}
    except TypeError:
        return tuple(None if value is None else convert(value) for value in values)
    return tuple([known.get(value) for value in values])


class Draw:
    """A statement of plain values that is compiled once and run in one visit to the database's thread."""

    def __init__(self, statement: Select[Any] | Insert) -> None:
        self._statement = statement
        self._sql = ""
        self._fixed: Mapping[str, Any] = {}
        self._order: Sequence[str] = ()

    async def rows(self, connection: AsyncConnection, **values: Any) -> list[Any]:
        """The rows that come of it for these values of its parameters."""
        if not self._sql:
            compiled = self._statement.compile(dialect=connection.dialect)
            self._sql, self._fixed = str(compiled), compiled.params
            self._order = getattr(compiled, "positiontup", None) or ()
        given = {**self._fixed, **values}
        driver = await driver_of(connection)
        return list(await driver.execute_fetchall(self._sql, [given[name] for name in self._order]))


async def driver_of(connection: AsyncConnection) -> aiosqlite.Connection:
    """The connection of the driver itself."""
    found = (await connection.get_raw_connection()).driver_connection
    if not isinstance(found, aiosqlite.Connection):
        raise TypeError(f"a sweep needs SQLite, not {found!r}")
    return found
