"""SQLite's driver with one visit to its thread for each statement, where it makes four by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final, Self

import aiosqlite

AT_ONCE: Final = 1_000
"""Rows that come along with the statement that asks for them; of more, the others are asked for."""


def connect(file: str, **options: Any) -> Connection:
    """A connection to be awaited, as the driver's own is."""
    connection = Connection(partial(sqlite3.connect, file, **options), iter_chunk_size=AT_ONCE)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy has it: none is waited for at the end
    return connection


class Connection(aiosqlite.Connection):
    """The driver's connection with other cursors; opening, asking, fetching and closing are one job."""

    def cursor(self) -> Cursor:  # type: ignore[override] # nothing is opened, so nothing is waited for
        """A cursor that is opened when it is first asked something."""
        return Cursor(self)

    async def on_thread(self, job: Callable[..., Any], *given: Any) -> Any:
        """Do a job in the database's thread."""
        return await self._execute(job, *given)  # type: ignore[no-untyped-call] # the library has no types there

    @property
    def inside(self) -> sqlite3.Connection:
        """The connection in the thread."""
        return self._conn


class Cursor:
    """One statement at a time, with its rows."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cursor: sqlite3.Cursor | None = None
        self._open = False
        self._rows: list[Any] = []

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> Self:
        """Run a statement, and have its first rows."""
        await self._connection.on_thread(self._run, sql, parameters)
        return self

    async def executemany(self, sql: str, rows: Iterable[Iterable[Any]]) -> Self:
        """Run a statement for each of these."""
        await self._connection.on_thread(self._run_many, sql, rows)
        return self

    async def fetchall(self) -> Sequence[Any]:
        """All rows that were not fetched yet."""
        if self._open:
            await self._connection.on_thread(self._fetch, None)
        rows, self._rows = self._rows, []
        return rows

    async def fetchmany(self, size: int | None = None) -> Sequence[Any]:
        """So many of the rows that were not fetched yet."""
        wanted = size or self.arraysize
        if self._open and len(self._rows) < wanted:
            await self._connection.on_thread(self._fetch, max(AT_ONCE, wanted))
        rows, self._rows = self._rows[:wanted], self._rows[wanted:]
        return rows

    async def fetchone(self) -> Any:
        """The next row, or None."""
        return next(iter(await self.fetchmany(1)), None)

    async def close(self) -> None:
        """Let go of the statement, where rows of it were left unread."""
        if self._open and self._cursor is not None:
            self._open = False
            await self._connection.on_thread(self._cursor.close)

    @property
    def description(self) -> Any:
        """The columns of its rows; None where there are none."""
        return self._cursor.description if self._cursor else None

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return self._cursor.rowcount if self._cursor else -1

    @property
    def lastrowid(self) -> int | None:
        """The id of the row that was inserted."""
        return self._cursor.lastrowid if self._cursor else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # -- in the thread --------------------------------------------------------------------------------------

    def _run(self, sql: str, parameters: Any) -> None:
        self._cursor = self._connection.inside.execute(sql, parameters)
        self._rows, self._open = [], True
        self._fetch(AT_ONCE)

    def _run_many(self, sql: str, rows: Any) -> None:
        self._cursor = self._connection.inside.executemany(sql, rows)
        self._rows, self._open = [], True
        self._fetch(AT_ONCE)

    def _fetch(self, most: int | None) -> None:
        if self._cursor is None:
            return
        found = self._cursor.fetchall() if most is None else self._cursor.fetchmany(most)
        self._rows += found
        if most is None or len(found) < most:
            self._cursor.close()
            self._open = False
