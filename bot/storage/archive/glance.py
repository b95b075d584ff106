"""Queries that pages ask again and again: compiled once, many run in one visit to the database's thread."""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from sqlalchemy import Select
from sqlalchemy.dialects.sqlite.aiosqlite import dialect
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.heard.pouring import driver_of

Convert = Callable[[Any], Any]
Found = TypeVar("Found")
_NAMED: Any = namedtuple  # noqa: PYI024 - the fields are the statement's, known when it runs
_SQLITE: Final = dialect()
_AT_ONCE: Final = 500


class Glance:
    """A select whose rows are plain tuples with names; several times faster than the general way."""

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._sql = ""
        self._fixed: Mapping[str, Any] = {}
        self._order: Sequence[str] = ()
        self._row: Callable[[Iterable[Any]], Any] = tuple
        self._reads: tuple[tuple[int, Convert], ...] = ()
        self._writes: dict[str, Convert] = {}

    async def rows(self, connection: AsyncConnection, **values: Any) -> list[Any]:
        """The rows for these values of its parameters."""
        return await visit(connection, partial(self.seen, **values))

    def seen(self, database: sqlite3.Connection, **values: Any) -> list[Any]:
        """The same for who is in the database's thread."""
        found = [*self.plain(database, **values)]  # first: what makes a row of it is known by then
        return [*map(self._row, found)]

    def plain(self, database: sqlite3.Connection, **values: Any) -> Iterator[tuple[Any, ...]]:
        """The same without names, for who knows the order of the statement's columns."""
        if not self._sql:
            self._prepare(values)
        for name, convert in self._writes.items():
            values[name] = convert(values[name])
        given = {**self._fixed, **values}
        return self._converted(database.execute(self._sql, [given[name] for name in self._order]))

    def _prepare(self, values: Mapping[str, Any]) -> None:
        compiled: Any = self._statement.compile(dialect=_SQLITE)
        expanded = compiled.construct_expanded_state(values)
        writes = {n: compiled.binds[n].type.dialect_impl(_SQLITE).bind_processor(_SQLITE) for n in values}
        self._writes = {name: convert for name, convert in writes.items() if convert}
        columns = list(self._statement.selected_columns)
        reads = [c.type.dialect_impl(_SQLITE).result_processor(_SQLITE, None) for c in columns]
        self._reads = tuple((k, read) for k, read in enumerate(reads) if read)
        self._row = _NAMED("Seen", [c.key for c in columns])._make
        self._fixed, self._order = expanded.parameters, expanded.positiontup or ()
        self._sql = expanded.statement

    def _converted(self, found: sqlite3.Cursor) -> Iterator[Any]:
        while rows := found.fetchmany(_AT_ONCE):  # those of a huge chat take longer all at once
            columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
            for k, read in self._reads:
                columns[k] = map(read, columns[k])
            yield from zip(*columns, strict=True)


async def visit(connection: AsyncConnection, look: Callable[[sqlite3.Connection], Found]) -> Found:
    """What somebody finds who looks around in the database's thread; all is seen in one snapshot."""

    def looked() -> Found:
        database: sqlite3.Connection = driver._conn  # noqa: SLF001 - as the line below
        if not database.in_transaction:
            database.execute("BEGIN")
        return look(database)

    driver: Any = await driver_of(connection)
    found: Found = await driver._execute(looked)  # noqa: SLF001 - the driver's own way runs one statement a visit
    return found
