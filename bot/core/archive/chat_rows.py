"""A chat as a table: one line for each message, for spreadsheets (RFC 4180)."""

import csv
from collections.abc import Iterable, Sequence

from bot.core.archive.chat_document import Head, Line
from bot.core.plain import storable

BOM = "\ufeff"
"""Tells spreadsheets that the file is UTF-8; without it they garble every name with an accent."""

COLUMNS = (
    *("series", "day", "title", "id", "kind", "questions", "name", "by_host"),
    *("said_at", "edited_at", "text", "url", "where", "network", "community"),
)
HOST_COLUMNS = ("place", "platform_message_id", "filed", "hidden", "deleted_at")
"""What the table for hosts has besides."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def heading(for_hosts: bool) -> str:
    """The table's first line."""
    return BOM + table([COLUMNS + HOST_COLUMNS if for_hosts else COLUMNS])


def table_of(head: Head, lines: Iterable[Line], for_hosts: bool) -> str:
    """Messages as lines of the table."""
    return table([_known(row, line) if for_hosts else row for line in lines for row in [_row(head, line)]])


def table(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV; no cell is ever a formula."""
    written: list[str] = []
    writer = csv.writer(_Into(written), lineterminator="\r\n")
    writer.writerows([cell(value) for value in row] for row in rows)
    return "".join(written)


def cell(value: object) -> str:
    """A cell's text; what a spreadsheet would compute gets an apostrophe before it."""
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(_FORMULA) else storable(text, len(text))


class _Into:
    """Collects what a writer writes."""

    def __init__(self, written: list[str]) -> None:
        self.write = written.append


def _row(head: Head, line: Line) -> list[object]:
    about = [head.series, head.day, head.title, line.id, line.kind, " ".join(map(str, line.questions))]
    who = [line.author, "yes" if line.by_host else "no"]
    edited = line.edited_at.isoformat() if line.edited_at else ""
    where = [line.whence.place, line.whence.network, line.whence.community] if line.whence else [""] * 3
    return [*about, *who, line.said_at.isoformat(), edited, line.text, line.url(head), *where]


def _known(row: list[object], line: Line) -> list[object]:
    known = line.known
    filed = known.get("filed", ())
    how = " ".join(one["how"] for one in filed) if isinstance(filed, list) else ""
    hidden = "yes" if known.get("hidden") else "no"
    return [*row, known.get("place"), known.get("platform_message_id"), how, hidden, known.get("deleted_at")]
