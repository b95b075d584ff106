"""Chats as they are run: loaded whole for a change, saved after it, and found when something is due."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, or_, select, text, update
from sqlalchemy.dialects.sqlite import insert

from bot.core import runsheet
from bot.core.model import Chat, ChatState, Pace, Question, Series, Step, StepKind
from bot.core.state import Links, Running
from bot.storage.chats.chats import AHEAD, CHAT_FIELDS, LIVE
from bot.storage.chats.thanking import Thanking
from bot.storage.schema import tables as t

_LINKED = (*AHEAD, *LIVE)
"""States in which something may be said next that leads to the chat's page: hosts may end it any time."""


class Runs(Thanking):
    """What is asked of chats under way."""

    async def running(self, chat_id: int) -> Running:
        """A chat with all that a change of it needs."""
        chat = await self.chat(chat_id)
        if chat is None:
            raise LookupError(f"no chat {chat_id}")
        series = await self.series(chat.series_id)
        unsent, shown_at = await self._shown(chat)
        return Running(
            chat=chat,
            series=quickened(series) if chat.rehearsal else series,
            questions=await self.questions(chat_id),
            steps=await self._steps(chat_id),
            unsent=unsent,
            shown_at=shown_at,
            next_at=await self._after(chat),
            hosts=(chat.lead,) if chat.lead else (),
            answered=await self.thanked(chat),
            links=await self.links(chat, series) if chat.state in _LINKED else Links(),
            readers=await self.readers(chat, series) if chat.state.ahead else None,
            owners=await self.owners(chat, series) if chat.state in _LINKED else "",
        )

    async def _steps(self, chat_id: int) -> tuple[Step, ...]:
        rows = await self._rows(_STEPS, chat=chat_id)
        return runsheet.ordered(Step(s.due_at, StepKind(s.kind), s.ordinal) for s in rows)

    async def save(self, before: Running, after: Running, now: datetime) -> Running:
        """Store what a change made of a chat; new questions get their ids."""
        chat = after.chat
        values = {name: getattr(chat, name) for name in CHAT_FIELDS}
        values |= {"pace_seconds": int(chat.pace.total_seconds())}
        if chat.state.ahead and chat.starts_at != before.chat.starts_at:
            values["slug"] = None  # it gets the address of its new day
            await self._leave_address(before.chat, now)
        await self._do(_SAVE, this=chat.id, **values)
        await self._save_steps(before, after, now)
        return replace(after, questions=await self._save_questions(before, after))

    async def _leave_address(self, chat: Chat, now: datetime) -> None:
        """Remember where the page of a chat stood that is moved: links to it may be anywhere."""
        if chat.slug:
            row = insert(t.former_address).values(chat_id=chat.id, slug=chat.slug, left_at=now)
            await self._do(row.on_conflict_do_update(set_={"left_at": now}))

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

    async def _after(self, chat: Chat) -> datetime | None:
        found: datetime | None = await self._value(_AFTER, series=chat.series_id, now=chat.starts_at)
        return found

    async def _shown(self, chat: Chat) -> tuple[bool, datetime | None]:
        """Whether the last question was attempted nowhere yet, and when it first was seen."""
        if not chat.asked or not chat.state.live:
            return False, None
        found = await self._rows(_SHOWN, chat=chat.id, asked=chat.asked)
        waits = any(row.state == "waiting" for row in found)
        unsent = waits and all(row.first_attempt_at is None for row in found)
        return unsent, min((row.sent_at for row in found if row.sent_at), default=None)

    async def _save_steps(self, before: Running, after: Running, now: datetime) -> None:
        known = set(before.steps)
        for step in known - set(after.steps):
            state = "done" if _was_taken(step, after, now) else "dropped"
            this = {"chat": after.chat.id, "what": step.kind, "number": step.ordinal}
            await self._do(_STEP_ENDED, **this, state=state)
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
        await self._let_go(gone)
        if _numbers(before) != _numbers(after):
            await self._do(update(t.question).where(mine).values(position=-t.question.c.position))
        old = set() if _numbers(before) != _numbers(after) else set(before.questions)
        return tuple(
            [q if q in old else await self._save_question(after.chat.id, q) for q in after.questions]
        )

    async def _let_go(self, question_ids: Sequence[int]) -> None:
        """Delete questions that were never asked, or were taken back, with what points at them."""
        if not question_ids:
            return
        at_them = (t.outbox.c.question_id, t.message.c.thread_question_id)
        for column in at_them:
            change = update(column.table).where(column.in_(question_ids))
            await self._do(change.values({column: None}))
        await self._do(delete(t.filing).where(t.filing.c.question_id.in_(question_ids)))
        await self._do(delete(t.question).where(t.question.c.id.in_(question_ids)))

    async def _save_question(self, chat_id: int, question: Question) -> Question:
        names = ("position", "text", "state", "asked_at", "final")
        values = {name: getattr(question, name) for name in names}
        if question.id:
            await self._do(_SAVE_QUESTION, this=question.id, **values)
            return question
        return replace(question, id=await self._add(t.question, chat_id=chat_id, **values))


_SHOWN = (
    select(t.outbox.c.state, t.outbox.c.first_attempt_at, t.outbox.c.sent_at)
    .join(t.question)
    .where(t.outbox.c.chat_id == bindparam("chat"), t.question.c.position == bindparam("asked"))
    .where(t.outbox.c.action == "post", t.outbox.c.state != "withdrawn")
)
_AFTER = select(func.min(t.chat.c.starts_at)).where(
    t.chat.c.series_id == bindparam("series"),
    t.chat.c.starts_at > bindparam("now"),
    t.chat.c.state.in_(AHEAD),
    t.chat.c.rehearsal.is_(False),
)
_STEPS = select(t.step).where(t.step.c.chat_id == bindparam("chat"), t.step.c.state == "planned")
_SAVE = update(t.chat).where(t.chat.c.id == bindparam("this")).values(version=t.chat.c.version + 1)
_SAVE_QUESTION = update(t.question).where(t.question.c.id == bindparam("this"))
_STEP_ENDED = update(t.step).where(
    t.step.c.chat_id == bindparam("chat"),
    t.step.c.kind == bindparam("what"),
    t.step.c.ordinal == bindparam("number"),
)
_PUT_STEP = insert(t.step).on_conflict_do_update(
    index_elements=["chat_id", "kind", "ordinal"],
    set_={"due_at": text("excluded.due_at"), "state": text("excluded.state")},
)


def _was_taken(step: Step, after: Running, now: datetime) -> bool:
    if step.kind is StepKind.ASK:
        return any(q.position == step.ordinal and q.asked_at for q in after.questions)
    return step.due_at <= now and after.chat.state is not ChatState.CANCELLED


def _numbers(running: Running) -> dict[int, int]:
    return {q.id: q.position for q in running.questions}


def quickened(series: Series) -> Series:
    """A series whose lengths are a sixtieth, for a rehearsal; a slow one is played like an hour."""
    lengths = {name: getattr(series, name) / 60 for name in ("length", "opening", "wrapping")}
    return replace(series, **lengths, tail=timedelta(hours=1), asks=Pace.HOUR)
