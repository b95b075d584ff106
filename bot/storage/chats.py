"""Chats, their questions and their steps: found, loaded whole for a change, and saved after it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, or_, select, update

from bot.core.model import Chat, ChatState, Place, Question, QuestionState, Visibility
from bot.core.which import Which
from bot.storage import tables as t
from bot.storage.plans import Plans, place_of

AHEAD = (ChatState.PLANNED, ChatState.ANNOUNCED)
LIVE = (ChatState.OPEN, ChatState.WRAPPING)
LATE = (ChatState.CLOSED, ChatState.TAIL)
CHAT_FIELDS = (
    "starts_at",
    "ends_at",
    "topic",
    "state",
    "asked",
    "paused_at",
    "steered_by",
    "steered_at",
    "lead",
    "told",
)


class Chats(Plans):
    """What is asked of chats."""

    async def chat(self, chat_id: int) -> Chat | None:
        """One chat."""
        row = await self._row(select(t.chat).where(t.chat.c.id == chat_id))
        return chat_of(row) if row else None

    async def coming_in(self, place_id: int) -> tuple[Chat, ...]:
        """The chats held in a place that are ahead or in their hour, in time order."""
        return await self._chats(_held_in(place_id), t.chat.c.state.in_(AHEAD + LIVE))

    async def chats_between(self, place_id: int, since: datetime, until: datetime) -> tuple[Chat, ...]:
        """The chats held in a place that begin in some time, in time order."""
        began = t.chat.c.starts_at >= since, t.chat.c.starts_at < until
        return await self._chats(_held_in(place_id), *began)

    async def chats_near(self, place_id: int, now: datetime, most: int) -> tuple[Chat, ...]:
        """The chats held in a place that began last and that begin next, so many of each, in time order."""
        last = select(t.chat).where(_held_in(place_id), t.chat.c.starts_at <= now).order_by(_LATEST)
        next_ = select(t.chat).where(_held_in(place_id), t.chat.c.starts_at > now).order_by(_SOONEST)
        before, after = [await self._rows(query.limit(most)) for query in (last, next_)]
        return tuple(chat_of(row) for row in (*reversed(before), *after))

    async def held_here(self, place_id: int, chat_id: int) -> bool:
        """Whether a chat is held in a place."""
        return bool(await self._chats(_held_in(place_id), t.chat.c.id == chat_id))

    async def _chats(self, *which: ColumnElement[bool]) -> tuple[Chat, ...]:
        query = select(t.chat).where(*which).order_by(t.chat.c.starts_at)
        return tuple(chat_of(row) for row in await self._rows(query))

    async def chat_here(self, place_id: int, which: Which) -> Chat | None:
        """The chat people in a place mean."""
        for wanted, order in _MEANT[which]:
            query = select(t.chat).where(_held_in(place_id), wanted).order_by(order).limit(1)
            if row := await self._row(query):
                return chat_of(row)
        return None

    async def live_chats(self) -> tuple[Chat, ...]:
        """Every chat that is in its hour."""
        query = select(t.chat).where(t.chat.c.state.in_(LIVE)).order_by(t.chat.c.starts_at)
        return tuple(chat_of(row) for row in await self._rows(query))

    async def coming_chats(self, most: int) -> tuple[Chat, ...]:
        """The next chats to begin."""
        query = select(t.chat).where(_AHEAD).order_by(t.chat.c.starts_at).limit(most)
        return tuple(chat_of(row) for row in await self._rows(query))

    async def add_chat(self, chat: Chat) -> Chat:
        """Store a chat nobody has planned yet."""
        values = {
            "series_id": chat.series_id,
            "slot_id": chat.slot_id,
            "occurrence_local": chat.occurrence_local,
            "zone": chat.zone,
            "pace_seconds": int(chat.pace.total_seconds()),
            "rehearsal": chat.rehearsal,
            **{name: getattr(chat, name) for name in CHAT_FIELDS},
        }
        return replace(chat, id=await self._add(t.chat, **values))

    async def questions(self, chat_id: int) -> tuple[Question, ...]:
        """A chat's questions in order."""
        query = select(t.question).where(t.question.c.chat_id == chat_id).order_by(t.question.c.position)
        return tuple(question_of(row) for row in await self._rows(query))

    async def places(self, chat: Chat) -> tuple[Place, ...]:
        """Where a chat is held: where it opened, else where its series is at home."""
        opened = select(t.place).join(t.chat_place).where(t.chat_place.c.chat_id == chat.id)
        if rows := await self._rows(opened.order_by(t.place.c.id)):
            return tuple(place_of(row) for row in rows)
        return () if chat.rehearsal else await self.places_of_series(chat.series_id)

    async def busy(self, chat: Chat) -> Chat | None:
        """Another chat that is live in one of this chat's places."""
        places = [place.id for place in await self.places(chat)]
        query = (
            select(t.chat)
            .join(t.chat_place)
            .where(t.chat_place.c.place_id.in_(places), t.chat_place.c.live, t.chat.c.id != chat.id)
        )
        row = await self._row(query)
        return chat_of(row) if row else None

    async def hold_in(self, chat: Chat, place: Place, now: datetime) -> None:
        """Note that a chat is held in one place alone, as a rehearsal is."""
        await self._do(t.chat_place.insert().values(chat_id=chat.id, place_id=place.id, opened_at=now))

    async def occupy(self, chat: Chat, now: datetime) -> None:
        """Note that a chat is live in its places; the index lets no second one in."""
        places = await self.places(chat)
        have = select(t.chat_place.c.place_id).where(t.chat_place.c.chat_id == chat.id)
        known = {row.place_id for row in await self._rows(have)}
        rows = [
            {"chat_id": chat.id, "place_id": p.id, "live": True, "opened_at": now}
            for p in places
            if p.id not in known
        ]
        await self._do(update(t.chat_place).where(t.chat_place.c.chat_id == chat.id).values(live=True))
        await self._do(t.chat_place.insert(), rows)

    async def vacate(self, chat: Chat) -> None:
        """Let the next chat into this chat's places."""
        await self._do(update(t.chat_place).where(t.chat_place.c.chat_id == chat.id).values(live=False))


_AHEAD = t.chat.c.state.in_(AHEAD)
_EMPTY = ~exists().where(t.question.c.chat_id == t.chat.c.id)
_SOONEST, _LATEST = t.chat.c.starts_at, t.chat.c.starts_at.desc()
_IN_HOUR = (t.chat.c.state.in_(LIVE), _LATEST)
_COMING = (and_(_AHEAD, t.chat.c.rehearsal.is_(False)), _SOONEST)
_MEANT: dict[Which, tuple[tuple[ColumnElement[bool], ColumnElement[Any]], ...]] = {
    Which.LIVE: (_IN_HOUR, _COMING),
    Which.AHEAD: (_COMING,),
    Which.UNPLANNED: ((and_(_AHEAD, _EMPTY, t.chat.c.rehearsal.is_(False)), _SOONEST), _COMING),
    Which.RECENT: (_IN_HOUR, (t.chat.c.state.in_(LATE), _LATEST)),
}


def _held_in(place_id: int) -> ColumnElement[bool]:
    opened = exists().where(t.chat_place.c.chat_id == t.chat.c.id, t.chat_place.c.place_id == place_id)
    at_home = exists().where(
        t.series_place.c.series_id == t.chat.c.series_id,
        t.series_place.c.place_id == place_id,
        t.series_place.c.accepted_at.is_not(None),
    )
    return or_(opened, and_(at_home, t.chat.c.rehearsal.is_(False)))


def chat_of(row: Row[Any]) -> Chat:
    """A chat from its row."""
    return Chat(
        id=row.id,
        series_id=row.series_id,
        slot_id=row.slot_id,
        occurrence_local=row.occurrence_local,
        zone=row.zone,
        state=ChatState(row.state),
        pace=timedelta(seconds=row.pace_seconds),
        rehearsal=row.rehearsal,
        version=row.version,
        slug=row.slug,
        told=Visibility(row.told) if row.told else None,
        published_at=row.published_at,
        **{name: getattr(row, name) for name in CHAT_FIELDS if name not in ("state", "told")},
    )


def question_of(row: Row[Any]) -> Question:
    """A question from its row."""
    state = QuestionState(row.state)
    return Question(row.id, row.position, row.text, state, row.asked_at, row.final)
