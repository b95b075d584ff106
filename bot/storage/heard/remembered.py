"""What a network is compared with after an absence: the words that stand, and the questions' own posts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, literal, select

from bot.core.model import How
from bot.storage.chats.chats import LATE, LIVE
from bot.storage.heard.inbound import BY_FORM
from bot.storage.heard.refiling import BY_PEOPLE, NO_ANSWER
from bot.storage.outgoing.keeping import SENT
from bot.storage.queries import Queries
from bot.storage.schema import tables as t

QUESTION_GONE = "question.gone."
"""Begins the key under which hosts are told that a question's message was taken away."""


@dataclass(frozen=True, slots=True)
class Put:
    """A digit that somebody put on a message, which files it."""

    person: str
    number: int


@dataclass(frozen=True, slots=True)
class Remembered:
    """A message as it was heard last; `thread` is its question's post, `settled` that a person filed it."""

    native_id: str
    text: str
    edited_at: datetime | None
    thread: str | None = None
    settled: bool = False
    put: tuple[Put, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's post in a place."""

    chat_id: int
    position: int


class Remembering(Queries):
    """What is asked before a network is read again."""

    async def remembered(self, place_id: int) -> tuple[Remembered, ...]:
        """The words that stand in a place, of chats that are in their hour or still hear answers."""
        m, post = t.message.c, t.outbox.alias("post")
        thread = and_(post.c.question_id == m.thread_question_id, post.c.place_id == m.place_id, _sent(post))
        mine = and_(m.place_id == place_id, m.deleted_at.is_(None), t.chat.c.state.in_(LIVE + LATE))
        query = (
            select(m.id, m.platform_message_id, m.text, m.edited_at, m.why)
            .add_columns(post.c.platform_message_id.label("post"))
            .select_from(t.message.join(t.chat).outerjoin(post, thread))
            .where(mine, ~m.platform_message_id.startswith(BY_FORM))
        )
        rows = await self._rows(query.order_by(m.id))
        filed = await self._filed_by_people_in(mine)
        return tuple(_remembered(row, filed[row.id]) for row in rows)

    async def digits_on(self, place_id: int, native_id: str) -> tuple[Put, ...]:
        """The digits that file a message now."""
        m = t.message.c
        filed = await self._filed_by_people_in(
            and_(m.place_id == place_id, m.platform_message_id == native_id)
        )
        return tuple(put for rows in filed.values() for row in rows if (put := _put(row)))

    async def questions_posted(self, place_id: int) -> tuple[str, ...]:
        """The native ids of the questions that stand in a place, of chats that are live or still hear."""
        o, told = t.outbox.c, t.outbox.alias("told")
        gone = exists().where(
            told.c.key == literal(f"{QUESTION_GONE}{place_id}.").concat(o.platform_message_id)
        )
        query = select(o.platform_message_id).join(t.chat, t.chat.c.id == o.chat_id)
        query = query.where(o.place_id == place_id, _sent(t.outbox), t.chat.c.state.in_(LIVE + LATE), ~gone)
        return tuple(row.platform_message_id for row in await self._rows(query.order_by(t.outbox.c.id)))

    async def question_posted(self, place_id: int, native_id: str) -> Asked | None:
        """The question whose post this is, if its chat is live or still hears."""
        o = t.outbox.c
        query = (
            select(o.chat_id, t.question.c.position)
            .join(t.question, t.question.c.id == o.question_id)
            .join(t.chat, t.chat.c.id == o.chat_id)
            .where(o.place_id == place_id, o.platform_message_id == native_id, _sent(t.outbox))
        )
        row = await self._row(query.where(t.chat.c.state.in_(LIVE + LATE)))
        return Asked(row.chat_id, row.position) if row else None

    async def host_roles(self, platform: str) -> dict[int, str]:
        """The roles whose members are hosts, by community; those without one are left out."""
        c = t.community.c
        rows = await self._rows(select(c.id, c.host_role).where(c.platform == platform, c.host_role != ""))
        return {row.id: row.host_role for row in rows}

    async def _filed_by_people_in(self, mine: ColumnElement[bool]) -> defaultdict[int, list[Row[Any]]]:
        query = (
            select(t.filing.c.message_id, t.filing.c.how, t.question.c.position, t.person.c.native_id)
            .select_from(
                t.filing.join(t.message, t.message.c.id == t.filing.c.message_id)
                .join(t.question, t.question.c.id == t.filing.c.question_id)
                .outerjoin(t.chat, t.chat.c.id == t.message.c.chat_id)
                .outerjoin(t.person, t.person.c.id == t.filing.c.by_person_id)
            )
            .where(mine, t.filing.c.how.in_(BY_PEOPLE))
        )
        found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
        for row in await self._rows(query):
            found[row.message_id].append(row)
        return found


def _sent(outbox: Any) -> ColumnElement[bool]:
    """Whether a row is a question's post that stands in its place."""
    o = outbox.c
    return and_(
        o.question_id.is_not(None),
        o.action == "post",
        o.state == SENT,
        o.platform_message_id.is_not(None),
    )


def _remembered(row: Row[Any], filed: Sequence[Row[Any]]) -> Remembered:
    put = tuple(one for each in filed if (one := _put(each)))
    return Remembered(
        row.platform_message_id,
        row.text or "",
        row.edited_at,
        row.post,
        settled=(bool(filed) and not put) or row.why == NO_ANSWER,
        put=put,
    )


def _put(row: Row[Any]) -> Put | None:
    if row.how != How.REACTION or row.native_id is None:
        return None
    return Put(row.native_id, row.position)
