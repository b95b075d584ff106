"""Which rows and columns a bundle carries: what people made, no secrets, nothing that is a machine's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Select, Table, and_, case, func, or_, select, true, union

from bot.core.actions import Action
from bot.storage.outgoing.keeping import SENT
from bot.storage.schema import tables as t
from bot.storage.schema.columns import metadata

LEFT: Final = frozenset(
    {
        *("installation", "fault"),  # this machine's
        *("secret", "desk_seat"),  # what opens doors, and who holds it
        *("cursor", "handled_command", "room_event"),  # how far the bot heard
        "shared_link",  # read from the words again when they are rendered
    }
)
"""Tables that stay behind."""
KEPT_BACK: Final = {
    "community": {"version"},
    "place": {"join_secret", "lacking", "slow"},
    "series": {"link_secret", "version"},
    "chat": {"version"},
    "message": {"body_html", "render_version"},
    "outbox": {"key", "depends_on", "not_after", "first_attempt_at", "attempts"},
    "room_message": {"key", "only_for", "offers", "html"},
}
"""Columns that stay behind: secrets, counters, keys of this installation, and HTML, which is made anew."""
_ONLY: Final = {
    "outbox": and_(t.outbox.c.action == Action.POST, t.outbox.c.state == SENT),
    "room_message": t.room_message.c.only_for.is_(None),
}
"""Of some tables only these rows: what was said to all, and nothing that is still to be sent."""
_LET_GO: Final = {"message": {"chat_id", "thread_question_id"}}
"""Columns that go empty where what they name is another community's: a guest's words leave with the guest."""
_SECRET: Final = re.compile(r"(/(?:in|l|join)/|[?&]key=)[\w-]{16,}")


def carried_tables() -> tuple[Table, ...]:
    """The tables of a bundle, each after those that it names."""
    return tuple(table for table in metadata.sorted_tables if table.name not in LEFT)


def carried_columns(table: Table) -> tuple[Column[Any], ...]:
    """The columns of a table that a bundle carries."""
    return tuple(one for one in table.columns if one.name not in KEPT_BACK.get(table.name, ()))


def target(column: Column[Any]) -> Table | None:
    """The table whose rows a column names."""
    return next((one.column.table for one in column.foreign_keys), None)


def carried_rows(table: Table, community_id: int | None) -> Select[Any]:
    """The rows of a table that a bundle carries, of one community or of all, in the order of their keys."""
    columns = [_within(table, one, community_id) for one in carried_columns(table)]
    return select(*columns).where(_scope(table, community_id)).order_by(*table.primary_key.columns)


def without_secrets(text: str) -> str:
    """Words without the links in them that open something."""
    return _SECRET.sub(r"\1…", text)


def _within(table: Table, column: Column[Any], community_id: int | None) -> ColumnElement[Any]:
    """A column; where it may name a row that stays behind, it names none then."""
    other = target(column)
    if other is not None and community_id is not None and column.name in _LET_GO.get(table.name, ()):
        inside = select(other.c.id).where(_scope(other, community_id))
        return case((column.in_(inside), column)).label(column.name)
    if column.name == "payload":
        return func.json_object(
            "text", func.coalesce(column["text"].as_string(), ""), type_=column.type
        ).label(column.name)
    if other is not table or table.name not in _ONLY:
        return column
    one = table.alias()
    kept = select(one.c.id).where(one.c.id == column, one.c.only_for.is_(None)).exists()
    return case((kept, column)).label(column.name)


def _scope(table: Table, community_id: int | None) -> ColumnElement[bool]:
    only = _ONLY.get(table.name, true())
    if table is t.community:
        return true() if community_id is None else t.community.c.id == community_id
    if table is t.person:
        return true() if community_id is None else t.person.c.id.in_(_everybody(community_id))
    return and_(only, *_named_within(table, community_id))


def _named_within(table: Table, community_id: int | None) -> Iterator[ColumnElement[bool]]:
    """That whatever a row names is in the bundle too; whoever is named there is."""
    for column in carried_columns(table):
        other = target(column)
        if other is None or other in (table, t.person) or _whole(other, community_id):
            continue
        if column.name in _LET_GO.get(table.name, ()):
            continue
        inside = column.in_(select(other.c.id).where(_scope(other, community_id)))
        yield or_(column.is_(None), inside) if column.nullable else inside


def _whole(table: Table, community_id: int | None) -> bool:
    return community_id is None and table.name not in _ONLY


def _everybody(community_id: int) -> Select[Any]:
    """The ids of all whom rows of a community name."""
    named = [
        select(column.label("id")).where(_scope(table, community_id), column.is_not(None))
        for table in carried_tables()
        for column in carried_columns(table)
        if target(column) is t.person
    ]
    return select(union(*named).subquery().c.id)
