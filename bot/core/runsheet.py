"""The run sheet: when each step of a chat falls due, and how questions share the time that is left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.model import Chat, Question, Series, Step, StepKind

FULL = timedelta(minutes=8)
"""The most that a question gets unless a host says otherwise (median of real chats: 7.8 minutes)."""
SHORTEST = timedelta(minutes=1)
NUDGE_DAYS = (3, 1)
ANNOUNCE_BEFORE = timedelta(days=1)
REMIND_BEFORE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Fit:
    """Times for the questions, and how far the last one runs past the wrap-up."""

    times: tuple[datetime, ...]
    over: timedelta


def pace(series: Series, count: int) -> timedelta:
    """Minutes for one question: 8, or an equal share of what opening and wrap-up leave."""
    room = series.length - series.opening - series.wrapping
    return min(full_pace(series), room / count) if count else full_pace(series)


def full_pace(series: Series) -> timedelta:
    """Eight minutes, or a sixtieth of them in a rehearsal (whose whole length is a sixtieth)."""
    return min(FULL, series.length)


def most_questions(series: Series) -> int:
    """How many questions fit when each gets at least a minute."""
    return int((series.length - series.opening - series.wrapping) / SHORTEST)


def fit(first_at: datetime, count: int, wrap_at: datetime, full: timedelta) -> Fit:
    """Share the time from `first_at` to the wrap-up: at most `full` each, at least half of it."""
    if not count:
        return Fit((), timedelta())
    gap = max(full / 2, min(full, (wrap_at - first_at) / count))
    return Fit(
        tuple(first_at + gap * k for k in range(count)),
        max(timedelta(), first_at + gap * count - wrap_at),
    )


def room_for(first_at: datetime, wrap_at: datetime, full: timedelta) -> int:
    """How many questions still fit before the wrap-up at half their minutes."""
    return max(0, int((wrap_at - first_at) / (full / 2)))


def wrap_at(chat: Chat, series: Series) -> datetime:
    """When the wrap-up is due."""
    return chat.ends_at - series.wrapping


def whole(chat: Chat, series: Series, questions: Iterable[Question], now: datetime) -> tuple[Step, ...]:
    """Every step of a chat that has not begun; what is already past is left out."""
    start = chat.starts_at
    before = () if chat.rehearsal else _before(start, now)
    asks = asks_from(start + series.opening, questions, wrap_at(chat, series), chat.pace)
    opening = (Step(start, StepKind.OPEN), Step(start + series.opening / 6, StepKind.INTRO))
    return ordered((*before, *opening, *asks, *ending(chat, series)))


def asks_from(
    first_at: datetime, questions: Iterable[Question], wrap: datetime, full: timedelta
) -> tuple[Step, ...]:
    """One step for each question that still waits."""
    waiting = [q for q in questions if q.waiting]
    times = fit(first_at, len(waiting), wrap, full).times
    return tuple(Step(at, StepKind.ASK, q.position) for at, q in zip(times, waiting, strict=True))


def ending(chat: Chat, series: Series) -> tuple[Step, ...]:
    """Wrap-up, close, publication and the end of the tail."""
    publish = (Step(chat.ends_at, StepKind.PUBLISH),) if series.publish_at_once else ()
    return (
        Step(wrap_at(chat, series), StepKind.WRAP),
        Step(chat.ends_at, StepKind.CLOSE),
        *publish,
        Step(chat.ends_at + series.tail, StepKind.SEAL),
    )


def ordered(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Steps in the order in which they are taken."""
    return tuple(sorted(steps, key=lambda step: step.turn))


def _before(start: datetime, now: datetime) -> tuple[Step, ...]:
    nudges = (Step(start - timedelta(days=days), StepKind.NUDGE, days) for days in NUDGE_DAYS)
    announce = Step(max(now, start - ANNOUNCE_BEFORE), StepKind.ANNOUNCE)
    remind = Step(start - REMIND_BEFORE, StepKind.REMIND)
    return tuple(step for step in (*nudges, announce, remind) if now <= step.due_at < start)
