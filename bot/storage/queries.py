"""The few ways in which every named query runs."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CursorResult,
    Executable,
    Insert,
    Row,
    Table,
    Update,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.actions import Action
from bot.core.erasure import Erasure


def wall_clock() -> datetime:
    """What the machine's clock says."""
    return datetime.now(UTC)


def first_key(result: CursorResult[Any]) -> int:
    """The id that an insert gave its row."""
    key = result.inserted_primary_key
    if key is None:
        raise LookupError("the insert gave no id")
    return int(key[0])


def listed(values: Iterable[str]) -> str:
    """Many values as one, for `among`."""
    return json.dumps(list(values))


def among(column: ColumnElement[str], values: BindParameter[str]) -> ColumnElement[bool]:
    """Whether a text column is one of the `listed` values; the statement is the same however many."""
    return column.in_(select(func.json_each(values).table_valued("value").c.value))


class Queries:
    """A transaction's connection, and how queries are put to it.

    What every step of a chat asks is made once, with `bindparam` where it differs: making a statement
    takes twice as long as running it.

    Pages of `stale` chats and communities show something else from this transaction on;
    in the rooms that were `rooms_rung` something happened. `erasures` are noted outside the database
    before it forgets; one that `scrubs` took words away whose bytes are to go too.
    Messages to `recollect` were filed or worded anew. Networks that have cards and calendars are those it
    `keeps` in step; those whose answers it `collects` show them in their question's thread. What a network is
    `unable` to do is not wished for there, nor are instants where networks are `untimed`.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.stale: set[int] = set()
        self.stale_communities: set[int] = set()
        self.rooms_rung: set[int] = set()
        self.erasures: list[Erasure] = []
        self.scrubs = False
        self.recollect: set[int] = set()
        self.keeps: frozenset[str] = frozenset()
        self.collects: frozenset[str] = frozenset()
        self.unable: Mapping[str, frozenset[Action]] = {}
        self.untimed: frozenset[str] = frozenset()
        self.clock: Callable[[], datetime] = wall_clock

    async def _rows(self, query: Executable, **values: object) -> Sequence[Row[Any]]:
        return (await self.connection.execute(query, values or None)).all()

    async def _row(self, query: Executable, **values: object) -> Row[Any] | None:
        return (await self.connection.execute(query, values or None)).first()

    async def _value(self, query: Executable, **values: object) -> Any:
        return (await self.connection.execute(query, values or None)).scalar()

    async def _add(self, table: Table, **values: object) -> int:
        """Insert one row and give back its id."""
        result = await self.connection.execute(table.insert().values(**values))
        return first_key(result)

    async def _do(
        self,
        change: Insert | Update | Executable,
        rows: Sequence[dict[str, Any]] | None = None,
        /,
        **values: Any,
    ) -> int:
        """Run a change and give back how many rows it touched."""
        if rows is not None and not rows:
            return 0
        return int((await self.connection.execute(change, rows or values or None)).rowcount)
