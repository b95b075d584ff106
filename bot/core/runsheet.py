"""The run sheet: when each step of a chat falls due, and how questions share the time that is left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core import days
from bot.core.model import Chat, Pace, Question, Series, Step, StepKind

FULL = timedelta(minutes=8)
"""The most that a question gets unless a host says otherwise (median of real chats: 7.8 minutes)."""
SHORTEST = timedelta(minutes=1)
NUDGE_DAYS = (3, 1)
ANNOUNCE_DAYS = 1
REMIND_BEFORE = timedelta(minutes=10)
DIGEST_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Fit:
    """Times for the questions, and how far the last one runs past the wrap-up."""

    times: tuple[datetime, ...]
    over: timedelta


def pace(series: Series, count: int) -> timedelta:
    """Time for one question: 8 minutes, or an equal share of what opening and wrap-up leave; else a day."""
    if series.slow:
        return days.DAY
    room = series.length - series.opening - series.wrapping
    return min(full_pace(series), room / count) if count else full_pace(series)


def full_pace(series: Series) -> timedelta:
    """Eight minutes, or a sixtieth of them in a rehearsal (whose whole length is a sixtieth)."""
    return min(FULL, series.length)


def most_questions(chat: Chat, series: Series) -> int:
    """How many questions fit when each gets at least a minute, or a day."""
    if series.slow:
        return room_left(chat, series, chat.starts_at)
    return int((series.length - series.opening - series.wrapping) / SHORTEST)


def ends_at(chat: Chat, series: Series, starts_at: datetime) -> datetime:
    """When a chat ends that starts then."""
    if series.slow:
        return days.ends_at(series, starts_at, chat.zone, days.clock(chat))
    return starts_at + series.length


def fit(first_at: datetime, count: int, wrap_at: datetime, full: timedelta) -> Fit:
    """Share the time from `first_at` to the wrap-up: at most `full` each, at least half of it."""
    if not count:
        return Fit((), timedelta())
    gap = max(full / 2, min(full, (wrap_at - first_at) / count))
    return Fit(
        tuple(first_at + gap * k for k in range(count)),
        max(timedelta(), first_at + gap * count - wrap_at),
    )


def room_left(chat: Chat, series: Series, first_at: datetime) -> int:
    """How many questions still fit before the wrap-up at half their minutes, or with a day for each."""
    wrap = wrap_at(chat, series)
    if series.asks is Pace.ALL:
        return days.MOST_AT_ONCE if first_at < wrap else 0
    if series.slow:
        return days.room(chat, series, first_at, wrap)
    return max(0, int((wrap - first_at) / (chat.pace / 2)))


def wrap_at(chat: Chat, series: Series) -> datetime:
    """When the wrap-up is due."""
    return chat.ends_at - (days.lead(days.clock(chat)) if series.slow else series.wrapping)


def whole(chat: Chat, series: Series, questions: Iterable[Question], now: datetime) -> tuple[Step, ...]:
    """Every step of a chat that has not begun; what is already past is left out."""
    start = chat.starts_at
    before = () if chat.rehearsal else _before(chat, series, now)
    gathering = () if series.slow else (Step(start + series.opening / 6, StepKind.INTRO),)
    asks = asks_from(chat, series, questions, start if series.slow else start + series.opening)
    return ordered((*before, Step(start, StepKind.OPEN), *gathering, *asks, *ending(chat, series)))


def asks_from(
    chat: Chat, series: Series, questions: Iterable[Question], first_at: datetime
) -> tuple[Step, ...]:
    """One step for each question that still waits."""
    waiting = [q for q in questions if q.waiting]
    times = _times(chat, series, first_at, len(waiting))
    return tuple(Step(at, StepKind.ASK, q.position) for at, q in zip(times, waiting, strict=True))


def ending(chat: Chat, series: Series) -> tuple[Step, ...]:
    """Wrap-up, close, publication, the digest of links, and the end of the tail."""
    ends = chat.ends_at
    seal = days.later(ends, series.tail.days, chat.zone) if series.slow else ends + series.tail
    publish = (Step(ends, StepKind.PUBLISH),) if series.publish_at_once else ()
    return (
        Step(wrap_at(chat, series), StepKind.WRAP),
        Step(ends, StepKind.CLOSE),
        *publish,
        *digesting(chat, series, seal),
        Step(seal, StepKind.SEAL),
    )


def digesting(chat: Chat, series: Series, seal: datetime) -> tuple[Step, ...]:
    """The digest of links, a day after the end or with the end of the tail, where hosts want it."""
    due = min(chat.ends_at + DIGEST_AFTER, seal)
    return (Step(due, StepKind.DIGEST),) if series.digest and not chat.rehearsal else ()


def ordered(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Steps in the order in which they are taken."""
    return tuple(sorted(steps, key=lambda step: step.turn))


def _times(chat: Chat, series: Series, first_at: datetime, many: int) -> tuple[datetime, ...]:
    if series.asks is Pace.ALL:
        return (first_at,) * many
    if series.slow:
        return days.spread(chat, series, first_at, many)
    return fit(first_at, many, wrap_at(chat, series), chat.pace).times


def _earlier(chat: Chat, series: Series, many: int) -> datetime:
    """So many days before the start; the days of a slow chat are local ones."""
    if series.slow:
        return days.later(chat.starts_at, -many, chat.zone)
    return chat.starts_at - timedelta(days=many)


def _before(chat: Chat, series: Series, now: datetime) -> tuple[Step, ...]:
    start = chat.starts_at
    nudges = (Step(_earlier(chat, series, many), StepKind.NUDGE, many) for many in NUDGE_DAYS)
    announce = Step(max(now, _earlier(chat, series, ANNOUNCE_DAYS)), StepKind.ANNOUNCE)
    remind = Step(start - REMIND_BEFORE, StepKind.REMIND)
    return tuple(step for step in (*nudges, announce, remind) if now <= step.due_at < start)
