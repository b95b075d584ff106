"""A term at a glance: every date of a community's weekly chats, from some weeks ago to twelve ahead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from bot.core.model import Chat, ChatState, Series
from bot.core.times.clockface import local
from bot.core.times.occurrences import WEEKS, Recurrence, instant, occurrences
from bot.core.times.zones import known_zone

BEFORE, AHEAD = timedelta(weeks=6), timedelta(weeks=12)
"""How far a term reaches back, and how far ahead."""


class Standing(StrEnum):
    """How a date stands."""

    EMPTY = "empty"
    PLANNED = "planned"
    ANNOUNCED = "announced"
    LIVE = "live"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    LATER = "later"
    RESTING = "resting"
    PUBLISHED = "published"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Known:
    """A chat of our books with how many questions and answers it has."""

    chat: Chat
    series: Series
    questions: int = 0
    answers: int = 0


@dataclass(frozen=True, slots=True)
class Date:
    """One date of a weekly chat; one that is skipped or lies far ahead is no chat of our books."""

    at: datetime
    zone: str
    series: Series
    standing: Standing
    known: Known | None = None

    @property
    def chat(self) -> Chat | None:
        """The chat that is or was held then."""
        return self.known.chat if self.known else None

    @property
    def plannable(self) -> date:
        """From which day on, whatever the hour, there is a chat of it to plan."""
        return (local(self.at, self.zone) - timedelta(weeks=WEEKS, days=-1)).date()


@dataclass(frozen=True, slots=True)
class Week:
    """The dates of one week, which begins on a Monday."""

    monday: date
    dates: tuple[Date, ...]
    now: bool = False


def term(
    known: Sequence[Known],
    rules: Sequence[tuple[Series, Recurrence]],
    now: datetime,
    zone: str,
    *,
    chats_alone: bool = False,
) -> tuple[Week, ...]:
    """The weeks of a term in which there is something; guests see chats alone, not dates without one."""
    held = [_date(one) for one in known]
    others = () if chats_alone else _without_chat(known, rules, now)
    every = sorted((*held, *others), key=lambda one: one.at)
    today = local(now, zone).date()
    weeks = groupby(every, key=lambda one: monday(local(one.at, zone).date()))
    return tuple(Week(day, tuple(dates), day == monday(today)) for day, dates in weeks)


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _date(one: Known) -> Date:
    return Date(one.chat.starts_at, one.chat.zone, one.series, _standing(one), one)


def _standing(one: Known) -> Standing:
    chat = one.chat
    if chat.state is ChatState.CANCELLED:
        return Standing.CANCELLED
    if chat.state.live:
        return Standing.LIVE
    if chat.state.over:
        return Standing.PUBLISHED if chat.published_at is not None else Standing.KEPT
    if one.series.paused:
        return Standing.RESTING
    if not one.questions:
        return Standing.EMPTY
    return Standing.ANNOUNCED if chat.state is ChatState.ANNOUNCED else Standing.PLANNED


def _without_chat(
    known: Sequence[Known], rules: Iterable[tuple[Series, Recurrence]], now: datetime
) -> tuple[Date, ...]:
    """Dates that are left out, and those for which no chat was made yet."""
    stood: set[tuple[int, datetime | None]] = {(one.series.id, one.chat.occurrence_local) for one in known}
    held = {(one.series.id, one.chat.starts_at) for one in known}
    found: list[Date] = []
    for series, rule in rules:
        if not known_zone(rule.zone):
            continue
        skipped = {day for day in rule.exdates if now.date() <= day <= (now + AHEAD).date()}
        clock = rule.dtstart_local.time()
        out = {datetime.combine(day, clock) for day in skipped}
        found += [
            Date(instant(at, rule.zone), rule.zone, series, Standing.SKIPPED)
            for at in out
            if (series.id, at) not in stood
        ]
        later = Standing.RESTING if series.paused else Standing.LATER
        found += [
            Date(one.at, rule.zone, series, later)
            for one in occurrences(rule, now, now + AHEAD)
            if (series.id, one.local) not in stood and (series.id, one.at) not in held
        ]
    return tuple(found)
