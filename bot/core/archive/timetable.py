"""Two weeks as a school timetable: what is on each day, on the clocks of one zone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.archive.chat_page import Listed
from bot.core.model import ChatState
from bot.core.times.clockface import local
from bot.core.tongue import _

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Day:
    """One day; `skipped` names the weekly chats that leave it out."""

    on: date
    chats: tuple[Listed, ...] = ()
    skipped: tuple[str, ...] = ()
    today: bool = False

    @property
    def off(self) -> bool:
        """Whether something would be on, and is not."""
        return not self.empty and all(one.chat.state is ChatState.CANCELLED for one in self.chats)

    @property
    def empty(self) -> bool:
        """Whether nothing is on."""
        return not self.chats and not self.skipped


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday."""

    name: str
    days: tuple[Day, ...]


def first_monday(today: date, coming: date | None) -> date:
    """The Monday that a timetable begins with: this week's, or the next when nothing is left in this one."""
    day = coming if coming and today < coming < today + WEEK else today
    return day - timedelta(days=day.weekday())


def window(monday: date, zone: str, weeks: int = 2) -> tuple[datetime, datetime]:
    """From when to when a timetable goes."""
    midnight = datetime.combine(monday, time(), ZoneInfo(zone))
    return midnight, datetime.combine(monday + weeks * WEEK, time(), ZoneInfo(zone))


def timetable(
    monday: date, today: date, zone: str, chats: Sequence[Listed], skipped: Mapping[date, Iterable[str]]
) -> tuple[Week, ...]:
    """Two weeks of days with what is on them."""
    on: dict[date, list[Listed]] = {}
    for one in chats:
        for day in _days(one, zone):
            on.setdefault(day, []).append(one)
    this = today - timedelta(days=today.weekday())
    return tuple(_week(monday + k * WEEK, this, today, on, skipped) for k in range(2))


def _days(one: Listed, zone: str) -> Iterator[date]:
    """The day on which a chat begins, and every day until it ends if it takes days."""
    first = local(one.chat.starts_at, zone).date()
    last = local(one.chat.ends_at - timedelta(seconds=1), zone).date()
    going_on = one.chat.takes_days and one.chat.state is not ChatState.CANCELLED
    return (first + k * timedelta(days=1) for k in range((last - first).days + 1 if going_on else 1))


def _week(
    monday: date,
    this: date,
    today: date,
    on: Mapping[date, Sequence[Listed]],
    skipped: Mapping[date, Iterable[str]],
) -> Week:
    days = (monday + timedelta(days=k) for k in range(7))
    return Week(
        _name((monday - this).days // 7),
        tuple(Day(d, tuple(on.get(d, ())), tuple(skipped.get(d, ())), d == today) for d in days),
    )


def _name(weeks: int) -> str:
    return (_("This week"), _("Next week"), _("The week after"))[min(max(weeks, 0), 2)]
