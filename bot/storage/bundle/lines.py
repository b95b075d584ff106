"""Rows as lines of JSON, and lines as rows again: nothing but what a column can hold gets through."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, Boolean, Column, Integer, Row, Table

from bot.core import plain
from bot.storage.archive.addresses import RESERVED
from bot.storage.bundle.carried import carried_columns, carried_rows
from bot.storage.json_stream import Hide
from bot.storage.schema.columns import Instant, WallClock, metadata
from bot.storage.store import Tx

AT_ONCE: Final = 500
"""Rows that are read or written at a time."""
LONGEST_LINE: Final = 4 * 1024 * 1024
"""More bytes than the longest row has."""
LONGEST_TEXT: Final = 1_000_000
_MOST_NUMBER: Final = 2**53
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(-\d{1,4})?")


class Odd(Exception):
    """A line that no export writes."""


class Unknown(Exception):
    """A column that this version does not know."""


async def lines_of(
    tx: Tx, table: Table, community_id: int | None, hide: Hide
) -> AsyncIterator[Sequence[bytes]]:
    """A table's rows as lines, some hundred at a time; `hide` takes out of words what opens something."""
    names = [column.name for column in carried_columns(table)]
    async with tx.connection.stream(carried_rows(table, community_id)) as found:
        async for rows in found.partitions(AT_ONCE):
            yield [_line(names, row, hide) for row in rows]


def row_of(name: str, line: bytes) -> dict[str, Any]:
    """What a line says, as a row of the table of this name; Odd where no export writes such a line."""
    table = metadata.tables[name]
    if len(line) > LONGEST_LINE:
        raise Odd
    try:
        said = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Odd from None
    if not isinstance(said, dict):
        raise Odd
    known = {column.name: column for column in carried_columns(table)}
    said = _as_kept_now(name, said)
    if not said.keys() <= known.keys():
        raise Unknown
    if any(name not in said for name, column in known.items() if _needed(column)):
        raise Odd
    row = {name: _value(known[name], value) for name, value in said.items()}
    if any(not sound for sound in _sound(table, row)):
        raise Odd
    return row


def _as_kept_now(table: str, said: dict[str, Any]) -> dict[str, Any]:
    """A line of an older bundle as rows are kept now: marks of hosts on somebody are apart since 0020."""
    if table != "member" or "nameless" not in said:
        return said
    row = {column: value for column, value in said.items() if column != "nameless"}
    if not isinstance(said["nameless"], bool):
        raise Odd
    for mark in ("held", "banned"):
        nameless = said["nameless"] and row.get(f"{mark}_at") is not None
        row[f"{mark}_nameless"] = secrets.token_hex(8) if nameless else None
        row[f"{mark}_at"] = None if nameless else row.get(f"{mark}_at")
    return row


def _needed(column: Column[Any]) -> bool:
    return not column.nullable and column.server_default is None


def _line(names: Sequence[str], row: Row[Any], hide: Hide) -> bytes:
    said = {name: _plain(value, hide) for name, value in zip(names, row, strict=True)}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def _plain(value: object, hide: Hide) -> object:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, dict):
        return {name: _plain(one, hide) for name, one in value.items()}
    return value.isoformat() if isinstance(value, datetime) else value


def _value(column: Column[Any], said: Any) -> Any:
    if said is None:
        if not column.nullable:
            raise Odd
        return None
    if isinstance(column.type, Instant | WallClock):
        return _moment(said, aware=isinstance(column.type, Instant))
    if isinstance(column.type, JSON):
        return said
    if isinstance(column.type, Boolean):
        sound = isinstance(said, bool)
    elif isinstance(column.type, Integer):
        sound = type(said) is int and abs(said) <= _MOST_NUMBER
    else:
        sound = isinstance(said, str) and _is_text(said)
    if not sound:
        raise Odd
    return said


def _is_text(said: str) -> bool:
    return len(said) <= LONGEST_TEXT and plain.storable(said, len(said)) == said


def _moment(said: Any, *, aware: bool) -> datetime:
    try:
        found = datetime.fromisoformat(said)
    except (ValueError, TypeError):
        raise Odd from None
    if (found.tzinfo is not None) is not aware:
        raise Odd
    return found


def _sound(table: Table, row: Mapping[str, Any]) -> Iterator[bool]:
    """Whether words that become addresses are such as we give."""
    word = row.get("slug")
    if word is None:
        return
    if table.name in ("chat", "former_address"):
        yield bool(_DAY.fullmatch(word))
    else:
        yield plain.slug(word) == word and word not in RESERVED
