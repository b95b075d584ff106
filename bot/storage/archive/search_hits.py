"""What is told of entries that search found: the words around it, whose they are, and where they stand."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Integer, bindparam, func, select

from bot.core.archive.chat_page import SOMEBODY
from bot.core.archive.parts import MOST, to_question
from bot.core.archive.search_results import FoundIn, Hit, Piece, Sort, words_of
from bot.core.audience import Audience
from bot.core.tongue import _
from bot.core.veils import masked
from bot.storage.archive.glance import Glance
from bot.storage.archive.readable import listed_chats, listed_messages
from bot.storage.archive.resources import stands_under
from bot.storage.archive.rows import listed_of
from bot.storage.archive.statements import WORDS_OF_CHATS, chats_of
from bot.storage.archive.word_index import MESSAGE, QUESTION, TOPIC, Entry
from bot.storage.schema import tables as t
from bot.storage.shown_names import writers_name

Look = Callable[[str], tuple[Piece, ...]]
"""Gives the words around what was looked for."""


def told(
    database: sqlite3.Connection,
    audience: Audience,
    look: Look,
    chats: Mapping[int, Sequence[Entry]],
    each: int,
) -> tuple[FoundIn, ...]:
    """The first few entries of each chat as these readers see them; what they may not read is left out."""
    shown = [entry for some in chats.values() for entry in some[:each]]
    hits = _hits(database, audience, look, shown)
    chosen = _each(_listed(audience), database, (one.chat for one in shown))
    listed = {number: listed_of(row) for number, row in chosen.items()}
    found = []
    for chat, some in chats.items():
        these = [hits[entry] for entry in sorted(some[:each], key=_in_order) if entry in hits]
        if these and chat in listed:
            found.append(FoundIn(listed[chat], tuple(these), len(some) > each))
    return tuple(found)


def _in_order(entry: Entry) -> tuple[int, int]:
    return -entry.kind, entry.id


def _hits(
    database: sqlite3.Connection, audience: Audience, look: Look, some: Sequence[Entry]
) -> dict[Entry, Hit]:
    told: dict[Entry, Hit] = {}
    for kind, statement, hit in (
        (MESSAGE, _messages(audience), _said),
        (QUESTION, _questions(audience), _asked),
        (TOPIC, _listed(audience), _about),
    ):
        these = [one for one in some if one.kind == kind]
        rows = _each(statement, database, (one.id for one in these))
        told |= {one: hit(rows[one.id], look) for one in these if one.id in rows}
    return told


def _said(row: Any, look: Look) -> Hit:
    pieces = look(words_of(row.body_html))
    name = row.name or _(SOMEBODY)
    return Hit(Sort(row.kind), pieces, "", row.public_id, name, row.number, row.said_at)


def _asked(row: Any, look: Look) -> Hit:
    pieces = look(" ".join(masked(row.text).split()))
    mark = to_question(row.position, many=row.words > MOST)
    return Hit(Sort.QUESTION, pieces, mark, number=row.position)


def _about(row: Any, look: Look) -> Hit:
    return Hit(Sort.TOPIC, look(row.topic))


def _each(statement: Glance, database: sqlite3.Connection, ids: Iterable[int]) -> dict[int, Any]:
    """Rows by id, one by one: for several at once, SQLite would rather look through all chats."""
    return {number: row for number in set(ids) for row in statement.seen(database, own=number)}


def _own(column: Column[int]) -> ColumnElement[bool]:
    return column == bindparam("own", type_=Integer())


@lru_cache(maxsize=64)
def _messages(audience: Audience) -> Glance:
    m = t.message.c
    columns = (
        m.id,
        m.public_id,
        m.kind,
        m.body_html,
        m.said_at,
        writers_name().label("name"),
        stands_under(),
    )
    joined = WORDS_OF_CHATS.outerjoin(t.person, t.person.c.id == m.person_id)
    return Glance(select(*columns).select_from(joined).where(_own(m.id), listed_messages(audience)))


@lru_cache(maxsize=64)
def _questions(audience: Audience) -> Glance:
    joined = t.question.join(t.chat, t.chat.c.id == t.question.c.chat_id)
    joined = joined.join(t.series, t.series.c.id == t.chat.c.series_id)
    words = select(func.count()).where(t.message.c.chat_id == t.chat.c.id).correlate(t.chat)
    columns = t.question.c.id, t.question.c.position, t.question.c.text
    found = select(*columns, words.scalar_subquery().label("words")).select_from(joined)
    return Glance(found.where(_own(t.question.c.id), listed_chats(audience)))


@lru_cache(maxsize=64)
def _listed(audience: Audience) -> Glance:
    return Glance(chats_of(listed_chats(audience)).where(_own(t.chat.c.id)))
