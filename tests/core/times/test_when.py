"""Clock times, dates and moments as people type them."""

from __future__ import annotations

import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Refused
from bot.core.sentences import clock_words, day_words
from bot.core.times.when import echo, parse_date, parse_time, parse_when, split_time
from tests.support.bad_inputs import case

NEW_YORK = "America/New_York"
NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)  # Saturday, 5 pm in New York
TODAY = NOW.date()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("19:30", time(19, 30)),
        ("7:30 pm", time(19, 30)),
        ("7.30pm", time(19, 30)),
        ("7 p.m.", time(19)),
        ("at 8 PM", time(20)),
        ("12 pm", time(12)),
        ("noon", time(12)),
        ("12:00 noon", time(12)),
        ("0730", time(7, 30)),
        ("20h", time(20)),
        ("20h15", time(20, 15)),
        ("00:00", time(0)),
    ],
)
def test_times_as_people_write_them(text: str, at: time) -> None:
    assert parse_time(text) == at


@pytest.mark.parametrize(
    ("name", "at"), [("B004", time(19)), ("B005", time(0)), ("B010", time(19, 30)), ("B012", time(19, 30))]
)
def test_odd_but_clear_times_are_accepted(name: str, at: time) -> None:
    assert parse_time(case(name).input) == at


def test_b004_a_moment_is_echoed_with_its_zone() -> None:
    at = parse_when(case("B004").input, NEW_YORK, NOW)
    assert echo(at, NEW_YORK) == "Sat 21 Nov 2026, 7:00 pm ET (America/New_York)"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("B002", "use 00:00 and the next day"),
        ("B003", "Write 07:00 or 19:00"),
        ("B008", "write it like 8 pm"),
        ("B011", "write it like 8 pm"),
        ("B014", "NUL"),
        ("B015", "'03:91'"),
        ("B018", "write it like 8 pm"),
        ("B019", "write it like 8 pm"),
        ("B021", "write it like 8 pm"),
        ("B022", "10,000 characters long"),
    ],
)
def test_bad_times_are_refused_with_a_hint(name: str, hint: str) -> None:
    with pytest.raises(Refused, match=hint):
        parse_time(case(name).input)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("12", "Write 00:00 or 12:00"),
        ("midnight", "Midnight belongs to two days"),
        ("24:30", "use 00:00 and the next day"),
        ("13 pm", "write it like"),
        ("0 am", "write it like"),
        ("20", "write it like"),
        ("930", "write it like"),
        ("٢٠:٠٠", "write it like"),
        ("", "write it like"),
    ],
)
def test_doubtful_times_are_asked_back(text: str, hint: str) -> None:
    with pytest.raises(Refused, match=hint):
        parse_time(text)


def test_b022_is_refused_at_once() -> None:
    began = stopwatch.process_time()
    for parse in (
        parse_time,
        lambda text: parse_date(text, TODAY),
        lambda text: parse_when(text, "UTC", NOW),
    ):
        with pytest.raises(Refused, match="characters long"):
            parse(case("B022").input)
    assert stopwatch.process_time() - began < 1


@given(st.times().map(lambda at: at.replace(second=0, microsecond=0)))
def test_a_clock_that_the_bot_says_it_also_reads(at: time) -> None:
    assert parse_time(clock_words(at)) == at
    assert parse_time(f"{at:%H:%M}") == at
    assert split_time(f"every Tuesday, {clock_words(at)} Berlin") == ("every Tuesday", at, "Berlin")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("1 Dec 2026", date(2026, 12, 1)),
        ("1st of December", date(2026, 12, 1)),
        ("December 1, 2026", date(2026, 12, 1)),
        ("Tue 1 Dec 2026", date(2026, 12, 1)),
        ("1.12.2026", date(2026, 12, 1)),
        ("25/12/2026", date(2026, 12, 25)),
        ("12/25/2026", date(2026, 12, 25)),
        ("05/05/2027", date(2027, 5, 5)),
        ("3 March", date(2027, 3, 3)),
        ("29 Feb", date(2028, 2, 29)),
        ("today", TODAY),
        ("tomorrow", date(2026, 11, 22)),
        ("saturday", TODAY),
        ("next saturday", date(2026, 11, 28)),
        ("on Tuesday", date(2026, 11, 24)),
    ],
)
def test_dates_as_people_write_them(text: str, day: date) -> None:
    assert parse_date(text, TODAY) == day


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("B023", "no such day as 2025-02-29"),
        ("B025", "no such day as 31/02/2026"),
        ("B027", "in the past"),
        ("B031", "no such day"),
        ("B033", "write it like 2026-12-01"),
        ("B035", "write it like 2026-12-01"),
    ],
)
def test_bad_dates_are_refused_with_a_hint(name: str, hint: str) -> None:
    with pytest.raises(Refused, match=hint):
        parse_date(case(name).input, TODAY)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("03/04/2027", "write 2027-04-03 or 2027-03-04"),
        ("Mon 1 Dec 2026", "1 Dec 2026 is a Tuesday"),
        ("31 April", "no such day"),
        ("yesterday", "in the past"),
        ("1 Dec 2036", "within two years"),
        ("1 Foo 2027", "write it like"),
        ("13/13/2026", "no such day"),
        ("", "write it like"),
    ],
)
def test_doubtful_dates_are_refused(text: str, hint: str) -> None:
    with pytest.raises(Refused, match=hint):
        parse_date(text, TODAY)


@given(st.dates(min_value=TODAY, max_value=TODAY + timedelta(days=730)))
def test_a_day_that_the_bot_says_it_also_reads(day: date) -> None:
    assert parse_date(day_words(day), TODAY) == day
    assert parse_date(day.isoformat(), TODAY) == day


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2026-12-01 20:00", "2026-12-01T20:00-05:00"),
        ("2026-12-01T20:00", "2026-12-01T20:00-05:00"),
        ("tomorrow 8 pm", "2026-11-22T20:00-05:00"),
        ("tomorrow at 8 pm", "2026-11-22T20:00-05:00"),
        ("8 pm tomorrow", "2026-11-22T20:00-05:00"),
        ("tuesday 20:00", "2026-11-24T20:00-05:00"),
        ("saturday 4 pm", "2026-11-28T16:00-05:00"),
        ("saturday 6 pm", "2026-11-21T18:00-05:00"),
        ("4 pm", "2026-11-22T16:00-05:00"),
        ("18:00", "2026-11-21T18:00-05:00"),
        ("18:00 Berlin", "2026-11-22T18:00+01:00"),
        ("2026-12-01 20:00 London", "2026-12-01T20:00+00:00"),
        ("tomorrow 1930", "2026-11-22T19:30-05:00"),
        ("2027-03-14 02:30", "2027-03-14T03:30-04:00"),
        ("2027-03-03T20:00+01:00", "2027-03-03T20:00+01:00"),
        ("2027-03-03 20:00:00z", "2027-03-03T20:00+00:00"),
    ],
)
def test_moments_as_people_write_them(text: str, local: str) -> None:
    at = parse_when(text, NEW_YORK, NOW)
    assert (at, at.tzinfo) == (datetime.fromisoformat(local), UTC)


def test_b018_now_is_in_a_minute() -> None:
    assert parse_when(case("B018").input, NEW_YORK, NOW) == NOW + timedelta(seconds=60)


def test_b020_an_instant_is_shown_in_the_series_zone() -> None:
    at = parse_when(case("B020").input, "Europe/Berlin", datetime(2026, 2, 1, tzinfo=UTC))
    assert echo(at, "Europe/Berlin") == "Tue 3 Mar 2026, 9:00 pm (Europe/Berlin)"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (case("B028").input, "in the past"),
        (case("B019").input, "Write it like 8 pm"),
        ("today 9:00", "in the past"),
        ("2026-03-03T20:00Z", "in the past"),
        ("2036-03-03T20:00Z", "within two years"),
        ("2027-02-30T20:00Z", "no such day"),
        ("9999-12-31T23:59-12:00", "no such day"),
        ("tomorrow 8 pm 9 pm", "two times"),
        ("tomorrow", "Write it like 8 pm"),
        ("8 pm banana", "as a date"),
        ("tomorrow 8 pm EST", "America/New_York"),
    ],
)
def test_bad_moments_are_refused_with_a_hint(text: str, hint: str) -> None:
    with pytest.raises(Refused, match=hint):
        parse_when(text, NEW_YORK, NOW)


@given(
    st.integers(min_value=1, max_value=700 * 1440),
    st.sampled_from([NEW_YORK, "Europe/Berlin", "Asia/Kathmandu"]),
)
def test_a_moment_that_the_bot_says_it_also_reads(minutes: int, zone: str) -> None:
    at = NOW + timedelta(minutes=minutes)
    again = parse_when(echo(at, zone), "UTC", NOW)
    assert echo(again, zone) == echo(at, zone)


@given(st.text(max_size=90))
def test_any_text_is_read_or_kindly_refused(text: str) -> None:
    try:
        at = parse_when(text, NEW_YORK, NOW)
    except Refused:
        return
    assert at > NOW
