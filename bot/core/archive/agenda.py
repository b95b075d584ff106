"""Chats to come as an agenda: day by day in one zone, and chats that were held month by month."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.core.archive.chat_page import Listed
from bot.core.archive.page_words import long_day
from bot.core.model import ChatState
from bot.core.times.clockface import clock_words, day, local, time
from bot.core.times.zones import known_zone
from bot.core.tongue import _, spoken


@dataclass(frozen=True, slots=True)
class Entry:
    """One chat of an agenda; `there` is its own clock's time where that differs."""

    listed: Listed
    at: str
    there: str

    @property
    def live(self) -> bool:
        """Whether it is in its hour."""
        return self.listed.chat.state.live

    @property
    def until(self) -> str:
        """The last day of a chat that takes days, as in Sat 28 Nov; else nothing."""
        chat = self.listed.chat
        return day(chat.ends_at, chat.zone) if chat.takes_days else ""

    @property
    def called_off(self) -> bool:
        """Whether it will not be held."""
        return self.listed.chat.state is ChatState.CANCELLED


@dataclass(frozen=True, slots=True)
class Day:
    """One day of an agenda."""

    day: date
    words: str
    near: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month with how many chats were held in it."""

    year: int
    month: int
    chats: int = 0

    @property
    def words(self) -> str:
        """As in November 2026."""
        return spoken().month(date(self.year, self.month, 1))

    @property
    def address(self) -> str:
        """Its path within its community."""
        return f"archive/{self.year:04}/{self.month:02}/"

    def span(self, zone: str) -> tuple[datetime, datetime]:
        """From its first moment to the first of the next month, on the clocks of a zone."""
        there = ZoneInfo(zone) if known_zone(zone) else UTC
        after = (self.year + self.month // 12, self.month % 12 + 1)
        return datetime(self.year, self.month, 1, tzinfo=there), datetime(*after, 1, tzinfo=there)


def agenda(chats: Iterable[Listed], zone: str, now: datetime) -> tuple[Day, ...]:
    """Chats in time order, day by day as a zone counts days."""
    today = local(now, zone).date()
    days = groupby(chats, key=lambda one: local(one.chat.starts_at, zone).date())
    return tuple(
        Day(day, long_day(day), _near(day, today), tuple(_entry(one, zone) for one in some))
        for day, some in days
    )


def months(counts: Mapping[tuple[int, int], int]) -> tuple[Month, ...]:
    """The months in which chats were held, the newest first."""
    return tuple(Month(*month, counts[month]) for month in sorted(counts, reverse=True))


def years(every: Iterable[Month]) -> tuple[tuple[int, tuple[Month, ...]], ...]:
    """The same, year by year."""
    return tuple((year, tuple(some)) for year, some in groupby(every, key=lambda one: one.year))


def beside(every: tuple[Month, ...], one: Month) -> tuple[Month | None, Month | None]:
    """The months with chats before and after one of them."""
    place = every.index(one)
    return every[place + 1] if place + 1 < len(every) else None, every[place - 1] if place else None


def _entry(one: Listed, zone: str) -> Entry:
    at, chat = one.chat.starts_at, one.chat
    here, there = local(at, zone), local(at, chat.zone)
    same = here.utcoffset() == there.utcoffset()
    return Entry(one, clock_words(here.time()), "" if same else time(at, chat.zone))


def _near(day: date, today: date) -> str:
    return {0: _("Today"), 1: _("Tomorrow")}.get((day - today).days, "")
