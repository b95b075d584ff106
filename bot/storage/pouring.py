"""Many rows into one table at a stroke: statement and conversions are worked out once, not for each row."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, Table
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
        await connection.exec_driver_sql(self._sql, self._converted(rows))

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
