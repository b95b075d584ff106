"""What lists of held chats ask: how much there is to read in each, minute by minute, and a picked answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import ceil
from typing import Any

from sqlalchemy import Float, Select, cast, func, select

from bot.core.archive.chat_page import SOMEBODY, Held, Listed
from bot.core.audience import Audience
from bot.core.filing import MessageKind
from bot.core.model import ChatState, QuestionState
from bot.core.sentences.chat import letter
from bot.core.tongue import _
from bot.storage.archive.readable import listed_chats, listed_messages
from bot.storage.archive.reading import Reading
from bot.storage.archive.rows import listed_of
from bot.storage.archive.statements import KINDS, SERIES, WORDS_OF_CHATS, chats_of, of_series
from bot.storage.schema import tables as t
from bot.storage.shown_names import shown_name

OVER = (ChatState.CLOSED, ChatState.TAIL, ChatState.SEALED)
_A_MINUTE = 1440.0
_MOST_BARS = 600


@dataclass(frozen=True, slots=True)
class Picked:
    """An answer that a host picked, with the chat and the question it belongs to."""

    html: str
    name: str
    public_id: str
    number: int
    listed: Listed


class Browsing(Reading):
    """What is asked by lists of chats that were held."""

    async def fresh(self, audience: Audience, most: int) -> tuple[Held, ...]:
        """The chats held last, the newest first."""
        return await self.held(audience, most=most)

    async def held(
        self,
        audience: Audience,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        series_id: int | None = None,
        most: int = 500,
    ) -> tuple[Held, ...]:
        """The chats that were held in a span of time, the newest first, with how much there is to read."""
        at = t.chat.c.starts_at
        query = of_series(chats_of(listed_chats(audience)).where(t.chat.c.state.in_(OVER)), series_id)
        query = query.where(at >= since) if since else query
        query = query.where(at < until) if until else query
        rows = await self._rows(query.order_by(at.desc(), t.chat.c.id.desc()).limit(most))
        return await self._counted(audience, [listed_of(row) for row in rows])

    async def count_held(self, audience: Audience, series_id: int | None = None) -> int:
        """How many chats there are to read."""
        query = select(func.count()).select_from(t.chat.join(t.series))
        query = query.where(listed_chats(audience), t.chat.c.state.in_(OVER))
        return int(await self._value(of_series(query, series_id)))

    async def picked(self, audience: Audience) -> Picked | None:
        """The answer that was picked last."""
        row = await self._row(_picked(audience))
        if row is None:
            return None
        name = _(SOMEBODY) if row.anonymous else row.name or _(SOMEBODY)
        return Picked(row.body_html, name, row.public_id, row.position, listed_of(row))

    async def _counted(self, audience: Audience, chats: Sequence[Listed]) -> tuple[Held, ...]:
        ids = [one.chat.id for one in chats]
        read = {row.chat_id: row for row in await self._rows(_counts(audience, ids))}
        minutes: dict[int, dict[int, int]] = {}
        for row in await self._rows(_minutes(audience, ids)):
            minutes.setdefault(row.chat_id, {})[row.minute] = row.answers
        asked: dict[int, list[tuple[str, datetime]]] = {}
        letters = {one.chat.id: letter(one.series) for one in chats}
        for row in await self._rows(_asked(ids)):
            asked.setdefault(row.chat_id, []).append((f"{letters[row.chat_id]}{row.position}", row.asked_at))
        return tuple(
            Held(
                one.chat,
                one.series,
                questions=len(asked.get(one.chat.id, ())),
                answers=read[one.chat.id].answers if one.chat.id in read else 0,
                people=read[one.chat.id].people if one.chat.id in read else 0,
                minutes=_filled(one, minutes.get(one.chat.id, {})),
                asked=tuple(asked.get(one.chat.id, ())),
            )
            for one in chats
        )


def _filled(one: Listed, minutes: dict[int, int]) -> tuple[int, ...]:
    whole = max(1, round((one.chat.ends_at - one.chat.starts_at).total_seconds() / 60))
    each = ceil(whole / _MOST_BARS)
    bars = [0] * ceil(whole / each)
    for minute, answers in minutes.items():
        if 0 <= minute < whole:
            bars[int(minute) // each] += answers
    return tuple(bars)


def _asked(chat_ids: Sequence[int]) -> Select[Any]:
    q = t.question.c
    return (
        select(q.chat_id, q.position, q.asked_at)
        .where(q.chat_id.in_(chat_ids), q.asked_at.is_not(None), q.state == QuestionState.ASKED)
        .order_by(q.chat_id, q.position)
    )


def _read(audience: Audience, *columns: Any) -> Select[Any]:
    return select(*columns).select_from(WORDS_OF_CHATS).where(listed_messages(audience))


def _counts(audience: Audience, chat_ids: Sequence[int]) -> Select[Any]:
    m = t.message.c
    answers = func.count(m.id.distinct()).filter(m.kind == MessageKind.ANSWER).label("answers")
    people = func.count(m.person_id.distinct()).label("people")
    query = _read(audience, m.chat_id, answers, people).where(m.chat_id.in_(chat_ids), m.kind.in_(KINDS))
    return query.group_by(m.chat_id)


def _minutes(audience: Audience, chat_ids: Sequence[int]) -> Select[Any]:
    m = t.message.c
    since = func.julianday(m.said_at, type_=Float) - func.julianday(t.chat.c.starts_at, type_=Float)
    minute = func.floor(cast(since, Float) * _A_MINUTE + 1e-6).label("minute")
    query = _read(audience, m.chat_id, minute, func.count().label("answers"))
    return query.where(m.chat_id.in_(chat_ids), m.kind == MessageKind.ANSWER).group_by(m.chat_id, minute)


@lru_cache(maxsize=64)
def _picked(audience: Audience) -> Select[Any]:
    m = t.message.c
    name = shown_name().label("name")
    filed = WORDS_OF_CHATS.join(t.filing, t.filing.c.message_id == m.id).join(
        t.question, t.question.c.id == t.filing.c.question_id
    )
    return (
        select(t.chat, *SERIES, m.body_html, m.anonymous, m.public_id, name, t.question.c.position)
        .select_from(filed.outerjoin(t.person, t.person.c.id == m.person_id))
        .where(listed_messages(audience), listed_chats(audience), t.chat.c.state.in_(OVER))
        .where(m.picked_at.is_not(None))
        .order_by(m.picked_at.desc(), m.id)
        .limit(1)
    )
