"""Chats, their questions and their steps: found, loaded whole for a change, and saved after it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, exists, func, or_, select, text, update
from sqlalchemy.dialects.sqlite import insert

from bot.core import runsheet
from bot.core.model import Chat, ChatState, Place, Question, QuestionState, Series, Step, StepKind
from bot.core.running import Running
from bot.core.which import Which
from bot.storage import tables as t
from bot.storage.plans import Plans, place_of

AHEAD = (ChatState.PLANNED, ChatState.ANNOUNCED)
LIVE = (ChatState.OPEN, ChatState.WRAPPING)
LATE = (ChatState.CLOSED, ChatState.TAIL)
_CHAT_FIELDS = (
    "starts_at",
    "ends_at",
    "topic",
    "state",
    "asked",
    "paused_at",
    "steered_by",
    "steered_at",
    "lead",
)


class Chats(Plans):
    """What is asked of chats."""

    async def chat(self, chat_id: int) -> Chat | None:
        """One chat."""
        row = await self._row(select(t.chat).where(t.chat.c.id == chat_id))
        return chat_of(row) if row else None

    async def chats_of_place(self, place_id: int) -> tuple[Chat, ...]:
        """Every chat held in a place, in time order."""
        query = select(t.chat).where(_held_in(place_id)).order_by(t.chat.c.starts_at)
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
            **{name: getattr(chat, name) for name in _CHAT_FIELDS},
        }
        return replace(chat, id=await self._add(t.chat, **values))

    async def questions(self, chat_id: int) -> tuple[Question, ...]:
        """A chat's questions in order."""
        query = select(t.question).where(t.question.c.chat_id == chat_id).order_by(t.question.c.position)
        return tuple(question_of(row) for row in await self._rows(query))

    async def question_at(self, chat_id: int, position: int) -> Question | None:
        """The question with this number."""
        query = select(t.question).where(t.question.c.chat_id == chat_id, t.question.c.position == position)
        row = await self._row(query)
        return question_of(row) if row else None

    async def running(self, chat_id: int) -> Running:
        """A chat with all that a change of it needs."""
        chat = await self.chat(chat_id)
        if chat is None:
            raise LookupError(f"no chat {chat_id}")
        series = await self.series(chat.series_id)
        steps = select(t.step).where(t.step.c.chat_id == chat_id, t.step.c.state == "planned")
        unsent, shown_at = await self._shown(chat)
        return Running(
            chat=chat,
            series=quickened(series) if chat.rehearsal else series,
            questions=await self.questions(chat_id),
            steps=runsheet.ordered(
                Step(s.due_at, StepKind(s.kind), s.ordinal) for s in await self._rows(steps)
            ),
            unsent=unsent,
            shown_at=shown_at,
            next_at=await self._after(chat),
            hosts=(chat.lead,) if chat.lead else (),
        )

    async def save(self, before: Running, after: Running, now: datetime) -> Running:
        """Store what a change made of a chat; new questions get their ids."""
        chat = after.chat
        values = {name: getattr(chat, name) for name in _CHAT_FIELDS}
        values |= {"pace_seconds": int(chat.pace.total_seconds()), "version": before.chat.version + 1}
        await self._do(update(t.chat).where(t.chat.c.id == chat.id).values(**values))
        await self._save_steps(before, after, now)
        return replace(after, questions=await self._save_questions(before, after))

    async def due_chats(self, now: datetime) -> tuple[int, ...]:
        """The chats with a step that is due, the longest waiting first."""
        query = (
            select(t.step.c.chat_id)
            .where(t.step.c.state == "planned", t.step.c.due_at <= now)
            .join(t.chat, t.chat.c.id == t.step.c.chat_id)
            .join(t.series, t.series.c.id == t.chat.c.series_id)
            .where(or_(t.chat.c.paused_at.is_(None), t.step.c.kind == StepKind.PAUSE_LIMIT))
            .where(or_(t.series.c.paused.is_(False), t.chat.c.state.not_in(AHEAD)))
            .group_by(t.step.c.chat_id)
            .order_by(func.min(t.step.c.due_at))
        )
        return tuple(row.chat_id for row in await self._rows(query))

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next step that is not due yet falls due."""
        query = (
            select(t.step.c.due_at)
            .where(t.step.c.state == "planned", t.step.c.due_at > now)
            .order_by(t.step.c.due_at)
            .limit(1)
        )
        found: datetime | None = await self._value(query)
        return found

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

    async def _after(self, chat: Chat) -> datetime | None:
        query = select(func.min(t.chat.c.starts_at)).where(
            t.chat.c.series_id == chat.series_id,
            t.chat.c.starts_at > chat.starts_at,
            t.chat.c.state.in_(AHEAD),
            t.chat.c.rehearsal.is_(False),
        )
        found: datetime | None = await self._value(query)
        return found

    async def _shown(self, chat: Chat) -> tuple[bool, datetime | None]:
        """Whether the last question was attempted nowhere yet, and when it first was seen."""
        if not chat.asked or not chat.state.live:
            return False, None
        o = t.outbox.c
        mine = and_(o.chat_id == chat.id, t.question.c.position == chat.asked, o.action == "post")
        rows = select(o.first_attempt_at, o.sent_at).join(t.question).where(mine, o.state != "withdrawn")
        found = await self._rows(rows)
        unsent = bool(found) and all(row.first_attempt_at is None for row in found)
        return unsent, min((row.sent_at for row in found if row.sent_at), default=None)

    async def _save_steps(self, before: Running, after: Running, now: datetime) -> None:
        mine = t.step.c.chat_id == after.chat.id
        known = set(before.steps)
        for step in known - set(after.steps):
            state = "done" if _was_taken(step, after, now) else "dropped"
            await self._do(update(t.step).where(mine, _is(step)).values(state=state))
        rows = [
            {
                "chat_id": after.chat.id,
                "kind": s.kind,
                "ordinal": s.ordinal,
                "due_at": s.due_at,
                "state": "planned",
            }
            for s in after.steps
            if s not in known
        ]
        await self._do(_PUT_STEP, rows)

    async def _save_questions(self, before: Running, after: Running) -> tuple[Question, ...]:
        if before.questions == after.questions:
            return after.questions
        mine = t.question.c.chat_id == after.chat.id
        kept = {q.id for q in after.questions}
        gone = [q.id for q in before.questions if q.id not in kept]
        await self._do(update(t.outbox).where(t.outbox.c.question_id.in_(gone)).values(question_id=None))
        await self._do(delete(t.question).where(mine, t.question.c.id.in_(gone)))
        if _numbers(before) != _numbers(after):
            await self._do(update(t.question).where(mine).values(position=-t.question.c.position))
        old = set() if _numbers(before) != _numbers(after) else set(before.questions)
        return tuple(
            [q if q in old else await self._save_question(after.chat.id, q) for q in after.questions]
        )

    async def _save_question(self, chat_id: int, question: Question) -> Question:
        names = ("position", "text", "state", "asked_at", "final")
        values = {name: getattr(question, name) for name in names}
        if question.id:
            await self._do(update(t.question).where(t.question.c.id == question.id).values(**values))
            return question
        return replace(question, id=await self._add(t.question, chat_id=chat_id, **values))


_PUT_STEP = insert(t.step).on_conflict_do_update(
    index_elements=["chat_id", "kind", "ordinal"],
    set_={"due_at": text("excluded.due_at"), "state": text("excluded.state")},
)

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


def _is(step: Step) -> ColumnElement[bool]:
    return and_(t.step.c.kind == step.kind, t.step.c.ordinal == step.ordinal)


def _was_taken(step: Step, after: Running, now: datetime) -> bool:
    if step.kind is StepKind.ASK:
        return any(q.position == step.ordinal and q.asked_at for q in after.questions)
    return step.due_at <= now and after.chat.state is not ChatState.CANCELLED


def _numbers(running: Running) -> dict[int, int]:
    return {q.id: q.position for q in running.questions}


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
        **{name: getattr(row, name) for name in _CHAT_FIELDS if name != "state"},
    )


def question_of(row: Row[Any]) -> Question:
    """A question from its row."""
    state = QuestionState(row.state)
    return Question(row.id, row.position, row.text, state, row.asked_at, row.final)


def quickened(series: Series) -> Series:
    """A series whose lengths are a sixtieth, for a rehearsal."""
    lengths = {name: getattr(series, name) / 60 for name in ("length", "opening", "wrapping")}
    return replace(series, **lengths, tail=timedelta(hours=1))
