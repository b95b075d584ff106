"""A night has one copy, whatever the clocks do; one that was missed is made at once; few are kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.backups import (
    AT,
    copies,
    copy_name,
    due,
    made_after,
    next_night,
    night,
    outlived,
    set_aside,
    stale,
    surplus,
)

ZONES = (
    "UTC", "Europe/London", "America/New_York", "Europe/Athens", "Asia/Kathmandu", "Pacific/Apia",
    "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Kiritimati", "Africa/Casablanca",
)  # fmt: skip
ATHENS = ZoneInfo("Europe/Athens")  # there the clocks go forward over 3:30, and back over it
DAY = timedelta(days=1)

moments = st.datetimes(datetime(2009, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@given(moments, st.sampled_from(ZONES))
def test_a_night_lasts_until_the_next_one(now: datetime, zone: str) -> None:
    there = ZoneInfo(zone)
    then = next_night(now, there)
    assert now < then <= now + 2 * DAY
    last = night(now, there)
    assert night(then - timedelta(microseconds=1), there) == last
    assert night(then, there) > last


@given(moments, st.sampled_from(ZONES))
def test_a_night_is_at_half_past_three_unless_no_clock_shows_that(now: datetime, zone: str) -> None:
    there = ZoneInfo(zone)
    at = next_night(now, there).astimezone(there)
    exists = datetime.combine(at.date(), AT, there)
    if exists.astimezone(UTC).astimezone(there).time() == AT:
        assert at.time() == AT
    else:
        assert at.time() > AT


@given(
    moments,
    st.sampled_from(ZONES),
    st.lists(st.floats(min_value=0.001, max_value=60), min_size=1, max_size=40),
)
def test_whenever_the_bot_is_awake_each_night_is_copied_once(
    begin: datetime, zone: str, naps: list[float]
) -> None:
    there, now, names, made = ZoneInfo(zone), begin, set[str](), list[str]()
    for hours in naps:
        if due(names, now, there):
            names.add(copy_name(night(now, there)))
            made.append(copy_name(night(now, there)))
        assert not due(names, now, there)
        assert not stale(names, now, there)
        now += timedelta(hours=hours)
    assert made == sorted(set(made))


@pytest.mark.parametrize(
    ("zone", "day"), [(zone, day) for zone in ZONES for day in ("2026-03-26", "2026-10-22")]
)
def test_a_bot_that_is_never_down_makes_as_many_copies_as_there_are_nights(zone: str, day: str) -> None:
    there, now = ZoneInfo(zone), datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC)
    names: set[str] = set()
    instants = []
    for _ in range(8):
        assert due(names, now, there)
        names.add(copy_name(night(now, there)))
        instants.append(now)
        now = next_night(now, there)
    assert len(names) == 8
    gaps = [after - before for before, after in pairwise(instants[1:])]
    assert all(timedelta(hours=22) <= gap <= timedelta(hours=26) for gap in gaps)


def test_where_the_clock_leaps_over_the_hour_the_copy_is_made_after_the_leap() -> None:
    eve = datetime(2026, 3, 28, 12, tzinfo=ATHENS)
    assert next_night(eve, ATHENS) == datetime(2026, 3, 29, 4, 30, tzinfo=ATHENS)


def test_where_the_hour_comes_twice_there_is_one_copy() -> None:
    eve = datetime(2026, 10, 24, 12, tzinfo=ATHENS)
    first = next_night(eve, ATHENS)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_night(first, ATHENS) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_copy_that_was_missed_belongs_to_its_night() -> None:
    names = {copy_name(date(2026, 11, 20))}
    late = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert due(names, late, UTC)
    assert copy_name(night(late, UTC)) == "edchat-2026-11-22.sqlite"
    assert due({"edchat-2026-11-22.sqlite"}, datetime(2026, 11, 23, 3, 30, tzinfo=UTC), UTC)


def test_the_very_first_copy_is_made_at_once() -> None:
    assert due(set(), datetime(2026, 11, 23, 12, tzinfo=UTC), UTC)


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 3, 1)), unique=True), st.integers(1, 9))
def test_the_newest_are_kept_and_nothing_else_is_touched(nights: list[date], keep: int) -> None:
    strange = [
        "edchat-2026-1-1.sqlite",
        "edchat-mine.sqlite",
        "edchat-2026-01-01.sqlite-wal",
        "x",
        "unfinished",
    ]
    names = [copy_name(one) for one in nights]
    made = copy_name(date(2026, 3, 2))
    gone = surplus([*strange, *names, made], keep, made)
    left = sorted({*names, made} - set(gone))
    assert set(gone) <= set(names)
    assert left == sorted({*names, made})[-keep:]


def test_the_copy_just_made_stays_even_beside_copies_of_a_wrong_clock() -> None:
    made = "edchat-2026-11-22.sqlite"
    future = [f"edchat-2036-01-0{day}.sqlite" for day in range(1, 9)]
    assert made not in surplus([made, *future], 3, made)
    assert len(surplus([made, *future], 3, made)) == 6


@pytest.mark.parametrize(("days", "old"), [(0, False), (1, False), (2, True), (30, True)])
def test_copies_are_old_when_a_whole_night_was_missed(days: int, old: bool) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert stale([copy_name(now.date() - days * DAY), "edchat-x.sqlite"], now, UTC) is old
    assert not stale([], now, UTC)


def test_copies_are_told_oldest_first() -> None:
    assert copies(["edchat-2026-02-01.sqlite", "a", "edchat-2026-01-31.sqlite"]) == [
        "edchat-2026-01-31.sqlite",
        "edchat-2026-02-01.sqlite",
    ]


def test_what_was_set_aside_is_known_by_its_name_and_goes_after_thirty_days() -> None:
    names = [
        "edchat-before-0003-20261020-120000.sqlite",
        "edchat-before-restore-20261020-120000-000007.sqlite",
        "edchat-before-restore-20261020-120000-000007.sqlite-wal",
        "edchat-before-restore-20269920-120000.sqlite",
        "edchat-before-exams.sqlite",
        "edchat-2026-10-20.sqlite",
    ]
    at = datetime(2026, 10, 20, 12, tzinfo=UTC)
    assert [set_aside(name) for name in names] == [at, at, None, None, None, None]
    assert outlived(names, at + timedelta(days=30)) == []
    assert outlived(names, at + timedelta(days=30, seconds=1)) == names[:2]


def test_a_copy_is_never_taken_to_be_younger_than_it_is() -> None:
    assert made_after("edchat-2026-10-20.sqlite") == datetime(2026, 10, 19, tzinfo=UTC)
    aside = datetime(2026, 10, 20, 12, tzinfo=UTC)
    assert made_after("edchat-before-0003-20261020-120000.sqlite") == aside
    assert made_after("elsewhere.sqlite") < datetime(1900, 1, 1, tzinfo=UTC)
