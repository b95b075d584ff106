"""Chats, their questions and their steps: found, loaded whole for a change, and saved after it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.archive.chat_page import least_open
from bot.core.model import Chat, ChatState, Place, Question, QuestionState, Visibility
from bot.core.which import Which
from bot.storage.chats.plans import Plans, place_of
from bot.storage.places.openness import OPENNESS
from bot.storage.schema import tables as t

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
        row = await self._row(_CHAT, this=chat_id)
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
        # What hosts plan is their own community's, though a guest's chat may come sooner.
        first = (_own(place_id).desc(),) if which is Which.UNPLANNED else ()
        for wanted, order in _MEANT[which]:
            held = _opened_in(place_id) if wanted is _PAST else _held_in(place_id)
            query = select(t.chat).where(held, wanted).order_by(*first, order).limit(1)
            if row := await self._row(query):
                return chat_of(row)
        return None

    async def own_chat_ahead(self, place: Place) -> Chat | None:
        """The next chat in a place that its own community holds."""
        query = select(t.chat).where(_held_in(place.id), _COMING[0], _own(place.id))
        row = await self._row(query.order_by(_SOONEST).limit(1))
        return chat_of(row) if row else None

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
        return tuple(question_of(row) for row in await self._rows(_QUESTIONS, chat=chat_id))

    async def places(self, chat: Chat) -> tuple[Place, ...]:
        """Where a chat is held, and nobody wants quiet: where it opened, else where its series is at home."""
        if rows := await self._rows(_OPENED, chat=chat.id, series=chat.series_id):
            return tuple(place_of(row) for row in rows if not row.quiet)
        return () if chat.rehearsal else await self._steered_places(chat.series_id)

    async def _steered_places(self, series_id: int) -> tuple[Place, ...]:
        """Where a weekly chat is at home; nowhere once its own community has no place left to steer in."""
        places, owners = await self.places_of_series(series_id), (await self.series(series_id)).community_id
        return places if any(one.community_id == owners for one in places) else ()

    async def busy(self, chat: Chat) -> Chat | None:
        """Another chat that is live in one of this chat's own community's places: the others go without."""
        own = (await self.series(chat.series_id)).community_id
        return await self._live_in([p.id for p in await self.places(chat) if p.community_id == own], chat)

    async def live_beside(self, chat: Chat, place: Place) -> Chat | None:
        """Another chat that is live in a place."""
        return await self._live_in([place.id], chat)

    async def _live_in(self, place_ids: Sequence[int], but: Chat) -> Chat | None:
        query = (
            select(t.chat)
            .join(t.chat_place)
            .where(t.chat_place.c.place_id.in_(place_ids), t.chat_place.c.live, t.chat.c.id != but.id)
        )
        row = await self._row(query)
        return chat_of(row) if row else None

    async def hold_in(self, chat: Chat, place: Place, now: datetime) -> None:
        """Note that a chat is held in one place alone, as a rehearsal is."""
        await self._do(t.chat_place.insert().values(chat_id=chat.id, place_id=place.id, opened_at=now))

    async def occupy(self, chat: Chat, now: datetime) -> tuple[tuple[Place, Chat], ...]:
        """Note that a chat is live in its places; gives those that another chat has and keeps tonight."""
        mine = t.chat_place.c.chat_id == chat.id
        known = {row.place_id for row in await self._rows(select(t.chat_place.c.place_id).where(mine))}
        here = and_(mine, t.chat_place.c.left_at.is_(None))
        await self._do(update(t.chat_place).where(here).values(live=True))
        without = []
        for place in [place for place in await self.places(chat) if place.id not in known]:
            if (other := await self.live_beside(chat, place)) is not None:
                without.append((place, other))
            else:
                await self.come_in(chat, place, now)
        return tuple(without)

    async def come_in(self, chat: Chat, place: Place, now: datetime) -> None:
        """Note that a chat is live in a place, and who people there were told may read it."""
        series = await self.series(chat.series_id)
        openness = await self._value(select(OPENNESS).where(t.place.c.id == place.id))
        told = least_open(series.visibility, chat.told or series.visibility, Visibility(openness))
        here = {"chat_id": chat.id, "place_id": place.id}
        row = insert(t.chat_place).values(**here, live=True, opened_at=now, told=told)
        again = {"live": True, "left_at": None, "told": told}
        await self._do(row.on_conflict_do_update(index_elements=["chat_id", "place_id"], set_=again))

    async def go_out(self, chat: Chat, place: Place, now: datetime | None) -> None:
        """Let the next chat into a place; with a moment, this one hears nothing there from then on."""
        mine = t.chat_place.c.chat_id == chat.id, t.chat_place.c.place_id == place.id
        gone = {"live": False} | ({"left_at": now} if now else {})
        await self._do(update(t.chat_place).where(*mine).values(**gone))

    async def told_in(self, chat: Chat, place: Place) -> Visibility | None:
        """Who people in a place were told may read a chat."""
        told = await self._value(_TOLD, chat=chat.id, place=place.id)
        return Visibility(told) if told else chat.told

    async def vacate(self, chat: Chat) -> None:
        """Let the next chat into this chat's places."""
        await self._do(update(t.chat_place).where(t.chat_place.c.chat_id == chat.id).values(live=False))


def _opened() -> Select[Any]:
    """The places in which a chat opened, each with whether somebody wants quiet there."""
    muted = and_(
        t.series_place.c.series_id == bindparam("series"),
        t.series_place.c.place_id == t.place.c.id,
        t.series_place.c.muted,
    )
    gone = t.chat_place.c.left_at.is_not(None), t.place.c.left_at.is_not(None)
    quiet = or_(*gone, exists().where(muted)).label("quiet")
    opened = select(t.place, quiet).join(t.chat_place).where(t.chat_place.c.chat_id == bindparam("chat"))
    return opened.order_by(t.place.c.id)


_OPENED = _opened()
_TOLD = select(t.chat_place.c.told).where(
    t.chat_place.c.chat_id == bindparam("chat"), t.chat_place.c.place_id == bindparam("place")
)
_CHAT = select(t.chat).where(t.chat.c.id == bindparam("this"))
_QUESTIONS = (
    select(t.question).where(t.question.c.chat_id == bindparam("chat")).order_by(t.question.c.position)
)
_AHEAD = t.chat.c.state.in_(AHEAD)
_PAST = t.chat.c.state.in_(LATE)
_EMPTY = ~exists().where(t.question.c.chat_id == t.chat.c.id)
_SOONEST, _LATEST = t.chat.c.starts_at, t.chat.c.starts_at.desc()
_IN_HOUR = (t.chat.c.state.in_(LIVE), _LATEST)
_COMING = (and_(_AHEAD, t.chat.c.rehearsal.is_(False)), _SOONEST)
_UNPLANNED = (and_(_AHEAD, _EMPTY, t.chat.c.rehearsal.is_(False)), _SOONEST)
_MEANT: dict[Which, tuple[tuple[ColumnElement[bool], ColumnElement[Any]], ...]] = {
    Which.LIVE: (_IN_HOUR, _COMING),
    Which.AHEAD: (_COMING,),
    Which.UNPLANNED: (_UNPLANNED, _COMING),
    Which.RECENT: (_IN_HOUR, (_PAST, _LATEST)),
}


def _own(place_id: int) -> ColumnElement[bool]:
    """Whether a chat is of the community that a place belongs to."""
    s, p = t.series.c, t.place.c
    return exists().where(s.id == t.chat.c.series_id, p.community_id == s.community_id, p.id == place_id)


def _opened_in(place_id: int) -> ColumnElement[bool]:
    """Whether a chat was held in a place itself, which its weekly chat may have joined only later."""
    return exists().where(
        t.chat_place.c.chat_id == t.chat.c.id,
        t.chat_place.c.place_id == place_id,
        t.chat_place.c.left_at.is_(None),
    )


def _held_in(place_id: int) -> ColumnElement[bool]:
    at_home = exists().where(
        t.series_place.c.series_id == t.chat.c.series_id,
        t.series_place.c.place_id == place_id,
        t.series_place.c.accepted_at.is_not(None),
    )
    return or_(_opened_in(place_id), and_(at_home, t.chat.c.rehearsal.is_(False)))


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
