"""What steering does to the days of a slow chat: questions keep their time of day, whatever is moved."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from bot.core import days, runsheet, sentences
from bot.core.model import Pace, Refused, StepKind
from bot.core.running import reschedule
from bot.core.state import Running

LONGEST = timedelta(days=15)
"""A fortnight, and the evening of its last day."""
PAUSE_LIMIT = timedelta(days=7)
_ENDING = (StepKind.WRAP, StepKind.CLOSE, StepKind.PUBLISH, StepKind.SEAL)


def with_end(state: Running, ends_at: datetime) -> Running:
    """The same with another end; steps of it that were taken do not come back."""
    left = {step.kind for step in state.steps}
    state = state.with_chat(ends_at=ends_at)
    steps = (step for step in runsheet.ending(state.chat, state.series) if step.kind in left)
    return state.without(*_ENDING).plus(*steps)


def begun_early(early: Running, planned_end: datetime) -> Running:
    """A chat begun before its time keeps its planned end where its questions need those days."""
    if len(early.waiting) <= runsheet.most_questions(early.chat, early.series):
        return early
    return _within(early.with_chat(ends_at=planned_end))


def extended(state: Running, many: int, now: datetime) -> Running:
    """The present question has so many days more; later ones follow, and the end if they must."""
    due = state.when(StepKind.ASK)
    if due is None:
        last = days.next_day(state.chat, state.series, state.chat.ends_at - timedelta(seconds=1), many)
        return _within(with_end(state, days.end_after(state.chat, last)))
    return _within(laid_out(state, days.next_day(state.chat, state.series, max(now, due), many)))


def laid_out(state: Running, first_at: datetime) -> Running:
    """Every waiting question has its day from `first_at` on, and the end moves if they need more."""
    state = reschedule(state, first_at)
    last = max((step.due_at for step in state.steps if step.kind is StepKind.ASK), default=first_at)
    if last < state.wrap_at:
        return state
    return with_end(state, days.end_after(state.chat, last))


def resumed(state: Running, now: datetime) -> Running:
    """Go on after a pause: what fell due in it comes on the next day that counts, the rest after that."""
    due = state.when(StepKind.ASK)
    if due is not None and due <= now:
        state = laid_out(state, days.next_day(state.chat, state.series, now))
    if state.wrap_at <= now:
        state = with_end(state, now + (state.chat.ends_at - state.wrap_at))
    return state


def after_one_by_hand(state: Running) -> Running:
    """A question was asked by hand: those that still wait keep the days they had."""
    times = [step.due_at for step in state.steps if step.kind is StepKind.ASK]
    kept = times[-len(state.waiting) :] if state.waiting else []
    return reschedule(state, kept[0]) if kept else state.without(StepKind.ASK)


def relaid(state: Running, now: datetime) -> Running:
    """The list of waiting questions changed: each has a day from the next one's on, or it is refused."""
    first_at = state.when(StepKind.ASK) or days.next_day(state.chat, state.series, now)
    if len(state.waiting) > runsheet.room_left(state.chat, state.series, first_at):
        raise Refused(sentences.NO_DAY_LEFT)
    return reschedule(state, first_at)


def whole_days(minutes: int) -> int:
    """How many days a host gives a question of a slow chat, in whole ones."""
    many, rest = divmod(minutes, round(days.DAY / timedelta(minutes=1)))
    if rest or not many:
        raise Refused(sentences.DAYS_NOT_MINUTES)
    return many


def too_many(state: Running, count: int) -> Refused:
    """The refusal of more questions than a chat has time for."""
    most = runsheet.most_questions(state.chat, state.series)
    if state.series.asks is Pace.ALL:
        return Refused(partial(sentences.too_many_at_once, count, most))
    return Refused(partial(sentences.too_few_days, count, most))


def _within(state: Running) -> Running:
    if state.chat.ends_at - state.chat.starts_at > LONGEST:
        raise Refused(sentences.TOO_MANY_DAYS)
    return state
