"""The days of a slow chat: when its questions fall due on the clocks of its zone, and when it ends."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count, islice, takewhile

from bot.core.model import Chat, Series
from bot.core.times.clockface import instant, local

DAY = timedelta(days=1)
EVENING = time(21)
"""When a slow chat ends on its last day."""
LATEST = time(18)
"""A chat whose questions come later in the day than this ends at midnight instead."""
WRAPPING = timedelta(hours=3)
REST = timedelta(hours=3)
"""How long a question that came late is left alone before the next one."""
MOST_AT_ONCE = 20
"""Questions that one moment brings."""


def clock(chat: Chat) -> time:
    """The time of day at which a chat's questions come: that of its weekly date, also when it is moved."""
    at = chat.occurrence_local or local(chat.starts_at, chat.zone)
    return at.time().replace(fold=0, microsecond=0)


def later(at: datetime, days: int, zone: str) -> datetime:
    """The same time of day so many local days later, or earlier."""
    return instant(local(at, zone).replace(tzinfo=None) + days * DAY, zone)


def ends_at(series: Series, starts_at: datetime, zone: str, at: time) -> datetime:
    """The evening of the last day: its coming last weekday, if there is time left on that one."""
    start = local(starts_at, zone)
    last = start.date() + (series.days[-1] - start.weekday()) % 7 * DAY
    end = evening(last, zone, at)
    return end if starts_at < end - lead(at) else evening(last + 7 * DAY, zone, at)


def evening(day: date, zone: str, at: time) -> datetime:
    """When a chat whose questions come at this time of day ends on a day."""
    return instant(datetime.combine(*((day, EVENING) if at <= LATEST else (day + DAY, time()))), zone)


def lead(at: time) -> timedelta:
    """How long before the end the wrap-up comes: never before the last day's question."""
    left = DAY - timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
    return WRAPPING if at <= LATEST else left / 2


def times(chat: Chat, series: Series, first_at: datetime) -> Iterator[datetime]:
    """When questions fall due, the first at `first_at`, then one on each day that counts; without end.

    One that comes late in the night or morning leaves the day's own question its day.
    """
    yield first_at
    at, today = clock(chat), local(first_at, chat.zone).date()
    for day in (today + k * DAY for k in count(first_at == chat.starts_at)):
        own = instant(datetime.combine(day, at), chat.zone)
        if day.weekday() in series.days and own > first_at:
            yield max(own, first_at + REST)


def room(chat: Chat, series: Series, first_at: datetime, wrap_at: datetime) -> int:
    """How many questions still have a day before the wrap-up."""
    return sum(1 for _ in takewhile(lambda at: at < wrap_at, times(chat, series, first_at)))


def spread(chat: Chat, series: Series, first_at: datetime, many: int) -> tuple[datetime, ...]:
    """When so many questions fall due, the first at `first_at`."""
    return tuple(islice(times(chat, series, first_at), many))


def next_day(chat: Chat, series: Series, after: datetime, many: int = 1) -> datetime:
    """A chat's time of day on the next day that counts, or a later one."""
    return next(islice(times(chat, series, after), many, None))


def end_after(chat: Chat, last: datetime) -> datetime:
    """When a chat ends whose last question falls due then: never before it would have ended anyway."""
    return max(chat.ends_at, evening(local(last, chat.zone).date(), chat.zone, clock(chat)))


def counted(chat: Chat, series: Series) -> tuple[date, ...]:
    """The days of a chat: its first one, and each that counts until its end."""
    first, last = (
        local(at, chat.zone).date() for at in (chat.starts_at, chat.ends_at - timedelta(seconds=1))
    )
    rest = (first + k * DAY for k in range(1, (last - first).days + 1))
    return (first, *(day for day in rest if day.weekday() in series.days or not series.days))


def which_day(chat: Chat, series: Series, now: datetime) -> tuple[int, int]:
    """Which of a chat's days it is, of how many: (2, 6)."""
    every, today = counted(chat, series), local(now, chat.zone).date()
    return max(1, sum(day <= today for day in every)), len(every)
