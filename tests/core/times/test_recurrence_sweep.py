"""Our dates against an independent oracle, plain calendar walking and another library's clocks: 0 wrong."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whenever import PlainDateTime

from bot.core.model import Refused
from bot.core.times.recurrence import Recurrence, occurrences, parse_recurrence, rfc5545
from bot.core.times.rules import DAYS

ZONES = (
    "America/New_York",
    "Europe/London",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "America/Sao_Paulo",
)
SUNDAY = 6
START = date(2026, 1, 1)
ONE_YEAR = date(2027, 1, 15)
TEN_YEARS = date(2036, 1, 15)


def true_instant(day: date, at: time, zone: str) -> float:
    """The moment of a wall clock as the other library sees it."""
    wall = PlainDateTime(day.year, day.month, day.day, at.hour, at.minute)
    return wall.assume_tz(zone, disambiguation="compatible").to_instant().timestamp()


def walked(start: date, end: date, fits: Callable[[date], bool]) -> Iterator[date]:
    """Every day that fits, found by walking the calendar a day at a time."""
    for number in range((end - start).days):
        day = start + timedelta(days=number)
        if fits(day):
            yield day


def wrong_weeks(zone: str, weekday: int, hour: int, end: date) -> list[str]:
    """What is wrong in one weekly series until `end`; empty when nothing is."""
    first = START + timedelta(days=(weekday - START.weekday()) % 7)
    rule = Recurrence(zone, datetime.combine(first, time(hour)), f"FREQ=WEEKLY;BYDAY={DAYS[weekday]}")
    bounds = (
        datetime.combine(day, time(), UTC) for day in (START - timedelta(days=7), end + timedelta(days=7))
    )
    ours = {found.local.date(): found.at.timestamp() for found in occurrences(rule, *bounds)}
    theirs = {
        day: true_instant(day, time(hour), zone)
        for day in walked(first, end, lambda d: d.weekday() == weekday)
    }
    within = {day: at for day, at in ours.items() if day < end}
    return [
        f"{zone} {day} {hour}:00"
        for day in within.keys() | theirs.keys()
        if within.get(day) != theirs.get(day)
    ]


@pytest.mark.parametrize("zone", ZONES)
def test_every_weekday_and_hour_of_a_year_is_right(zone: str) -> None:
    assert [
        bad for day in range(7) for hour in range(24) for bad in wrong_weeks(zone, day, hour, ONE_YEAR)
    ] == []


@pytest.mark.parametrize("zone", ZONES)
def test_ten_years_of_changing_nights_are_right(zone: str) -> None:
    assert [bad for hour in range(4) for bad in wrong_weeks(zone, SUNDAY, hour, TEN_YEARS)] == []


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES)
def test_every_weekday_and_hour_of_ten_years_is_right(zone: str) -> None:
    assert [
        bad for day in range(7) for hour in range(24) for bad in wrong_weeks(zone, day, hour, TEN_YEARS)
    ] == []


def test_the_oracle_can_tell_wrong_from_right() -> None:
    late = true_instant(date(2026, 3, 8), time(2, 30), "America/New_York")
    assert late == datetime(2026, 3, 8, 7, 30, tzinfo=UTC).timestamp()
    assert late != true_instant(date(2026, 3, 8), time(2, 30), "America/Chicago")


@dataclass(frozen=True, slots=True)
class Made:
    """A made-up rule, twice: as RFC 5545 text, and as a test on a single day."""

    rrule: str
    fits: Callable[[date, date], bool]


def months_apart(start: date, day: date) -> int:
    return (day.year - start.year) * 12 + day.month - start.month


def weeks_apart(start: date, day: date) -> int:
    mondays = [one - timedelta(days=one.weekday()) for one in (start, day)]
    return (mondays[1] - mondays[0]).days // 7


def places(day: date) -> set[str]:
    """A day's place among its weekdays in the month, from the front and from the back: 2TU, -4TU."""
    left = monthrange(day.year, day.month)[1] - day.day
    return {f"{(day.day - 1) // 7 + 1}{DAYS[day.weekday()]}", f"-{left // 7 + 1}{DAYS[day.weekday()]}"}


def month_days(day: date) -> set[int]:
    return {day.day, day.day - monthrange(day.year, day.month)[1] - 1}


@st.composite
def weekly(draw: st.DrawFn) -> Made:
    step, days = draw(st.integers(1, 52)), draw(st.sets(st.integers(0, 6), min_size=1))
    names = ",".join(DAYS[day] for day in sorted(days))
    return Made(
        f"FREQ=WEEKLY;INTERVAL={step};BYDAY={names}",
        lambda start, day: day.weekday() in days and weeks_apart(start, day) % step == 0,
    )


@st.composite
def daily(draw: st.DrawFn) -> Made:
    step = draw(st.integers(1, 60))
    return Made(f"FREQ=DAILY;INTERVAL={step}", lambda start, day: (day - start).days % step == 0)


@st.composite
def by_place(draw: st.DrawFn) -> Made:
    place = st.builds("{}{}".format, st.sampled_from([1, 2, 3, 4, 5, -1, -2]), st.sampled_from(DAYS))
    step, chosen = draw(st.integers(1, 6)), draw(st.sets(place, min_size=1, max_size=3))
    return Made(
        f"FREQ=MONTHLY;INTERVAL={step};BYDAY={','.join(sorted(chosen))}",
        lambda start, day: bool(places(day) & chosen) and months_apart(start, day) % step == 0,
    )


@st.composite
def by_month_day(draw: st.DrawFn) -> Made:
    number = st.one_of(st.integers(1, 31), st.integers(-5, -1))
    step, chosen = draw(st.integers(1, 6)), draw(st.sets(number, min_size=1, max_size=3))
    return Made(
        f"FREQ=MONTHLY;INTERVAL={step};BYMONTHDAY={','.join(map(str, sorted(chosen)))}",
        lambda start, day: bool(month_days(day) & chosen) and months_apart(start, day) % step == 0,
    )


MADE = st.one_of(weekly(), daily(), by_place(), by_month_day())
STARTS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


def expected(
    made: Made, start: date, at: time, zone: str, skipped: frozenset[date], end: date
) -> list[float]:
    days = walked(start, end, lambda day: made.fits(start, day) and day not in skipped)
    return [true_instant(day, at, zone) for day in days]


@given(
    made=MADE,
    start=STARTS,
    at=CLOCKS,
    zone=st.sampled_from((*ZONES, "Pacific/Apia", "America/St_Johns")),
    skips=st.sets(st.integers(0, 900), max_size=30),
    window=st.tuples(st.integers(0, 900), st.integers(1, 500)),
)
def test_made_up_rules_are_right(
    made: Made, start: date, at: time, zone: str, skips: set[int], window: tuple[int, int]
) -> None:
    skipped = frozenset(start + timedelta(days=number) for number in skips)
    after = datetime.combine(start + timedelta(days=window[0]), at, UTC)
    until = after + timedelta(days=window[1])
    rule = Recurrence(zone, datetime.combine(start, at), made.rrule, skipped)
    truth = expected(made, start, at, zone, skipped, until.date() + timedelta(days=3))
    ours = [found.at.timestamp() for found in occurrences(rule, after, until)]
    assert ours == [moment for moment in truth if after.timestamp() <= moment < until.timestamp()]


@given(
    made=MADE,
    start=STARTS,
    at=CLOCKS,
    zone=st.sampled_from(ZONES),
    skips=st.sets(st.integers(0, 90), max_size=8),
)
def test_made_up_rules_stay_right_when_they_are_typed(
    made: Made, start: date, at: time, zone: str, skips: set[int]
) -> None:
    now = datetime.combine(start + timedelta(days=40), time(12), UTC)
    skipped = frozenset(start + timedelta(days=number) for number in skips)
    text = rfc5545(Recurrence(zone, datetime.combine(start, at), made.rrule, skipped))
    truth = [
        moment
        for moment in expected(made, start, at, zone, skipped, start + timedelta(days=1200))
        if moment >= now.timestamp()
    ]
    try:
        rule = parse_recurrence(text, "UTC", now)
    except Refused:
        assert not truth or truth[0] - now.timestamp() > 730 * 86_400
        return
    ours = [found.at.timestamp() for found in occurrences(rule, now, now + timedelta(days=1000))]
    assert ours == [moment for moment in truth if moment < now.timestamp() + 1000 * 86_400]
    assert made.fits(start, rule.dtstart_local.date())
