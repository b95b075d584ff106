"""The dates that recurrences give: skips, steps, and both changes of the clocks."""

from __future__ import annotations

import time as stopwatch
from datetime import date, datetime, timedelta

import pytest

from bot.core.model import Refused
from bot.core.times.recurrence import Recurrence, notes, occurrences, upcoming
from bot.core.times.when import echo
from tests.support.bad_inputs import case
from tests.support.recurring import NEW_YORK, NOW, days, parsed, utc


def test_holidays_are_skipped() -> None:
    rule = parsed("second Monday 18:00 except 2026-12-14, 8 Feb 2027")
    assert rule.exdates == {date(2026, 12, 14), date(2027, 2, 8)}
    assert days(rule, 3) == ["11 Jan", "08 Mar", "12 Apr"]


def test_every_two_weeks_stays_in_step_across_a_53_week_year() -> None:
    rule = parsed("every 2 weeks on Thu 19:00 from 2026-12-17")
    assert days(rule) == ["17 Dec", "31 Dec", "14 Jan", "28 Jan"]
    later = occurrences(rule, utc("2032-12-20"), utc("2033-02-01"))
    assert {(found.local.date() - date(2026, 12, 17)).days % 14 for found in later} == {0}
    assert len(later) == 3


def test_upcoming_is_eight_weeks_and_at_least_four() -> None:
    assert len(upcoming(parsed("Tuesdays 8 pm"), NOW)) == 8
    assert len(upcoming(parsed("every day noon"), NOW)) == 56
    assert days(parsed("5th Tuesday 20:00")) == ["29 Dec", "30 Mar", "29 Jun", "31 Aug"]
    assert len(upcoming(parsed("DTSTART:20261201T200000"), NOW)) == 1


def test_occurrences_hold_the_first_bound_and_not_the_last() -> None:
    rule = parsed("Tuesdays 8 pm")
    first, second = (found.at for found in upcoming(rule, NOW)[:2])
    assert [found.at for found in occurrences(rule, first, second)] == [first]
    assert occurrences(rule, second, first) == ()


def test_an_old_series_costs_no_more_than_a_new_one() -> None:
    old = Recurrence("UTC", datetime.fromisoformat("0001-01-01T12:00"), "FREQ=DAILY;INTERVAL=3")
    began = stopwatch.process_time()
    assert len(upcoming(old, NOW)) == 19
    assert stopwatch.process_time() - began < 1


def test_b024_a_weekly_chat_may_start_on_a_leap_day() -> None:
    rule = parsed(f"{case('B024').input} 20:00")
    assert days(rule) == ["29 Feb", "07 Mar", "14 Mar", "21 Mar"]


def test_b034_months_without_a_fifth_tuesday_are_skipped_and_said() -> None:
    rule = parsed("monthly 5th Tuesday 20:00")
    assert notes(rule) == ("Months without a 5th Tuesday are skipped.",)
    assert notes(parsed("31st 20:00")) == ("Months without a 31st are skipped.",)
    assert notes(parsed("4th Tuesday 20:00")) == notes(parsed("28th 20:00")) == ()


def test_b055_a_time_that_is_jumped_over_comes_once_an_hour_later_and_is_announced() -> None:
    rule = parsed("Sundays 02:30", utc("2026-03-01T12:00"))
    found = occurrences(rule, utc("2026-03-08"), utc("2026-03-15"))
    assert [(one.at, one.shifted) for one in found] == [(utc("2026-03-08T07:30"), "gap")]
    assert echo(found[0].at, NEW_YORK).startswith("Sun 8 Mar 2026, 3:30 am")
    gap = "The clocks go forward on Sun 8 Mar 2026: 2:30 am does not exist, so that chat starts at 3:30 am."
    assert notes(rule, found) == (gap,)
    assert gap in notes(rule)


def test_a_time_that_comes_twice_means_the_first_and_is_announced() -> None:
    rule = parsed("Sundays 01:30", utc("2026-10-26T12:00"))
    found = occurrences(rule, utc("2026-11-01"), utc("2026-11-08"))
    assert [(one.at, one.shifted) for one in found] == [(utc("2026-11-01T05:30"), "overlap")]
    overlap = "The clocks go back on Sun 1 Nov 2026: 1:30 am comes twice, and the chat starts at the first."
    assert notes(rule, found) == (overlap,)


def test_b057_midnight_after_the_change_is_not_lost() -> None:
    rule = parsed("Mondays 00:00", utc("2026-03-01T12:00"))
    assert [one.at for one in occurrences(rule, utc("2026-03-09"), utc("2026-03-16"))] == [
        utc("2026-03-09T04:00")
    ]


def test_b058_london_keeps_its_hour() -> None:
    rule = parsed("Tuesdays 20:00 London", utc("2026-03-20"))
    found = [one.at for one in occurrences(rule, utc("2026-03-24"), utc("2026-04-01"))]
    assert found == [utc("2026-03-24T20:00"), utc("2026-03-31T19:00")]


@pytest.mark.parametrize(
    ("name", "zone"),
    [("B059", "Australia/Sydney"), ("B060", "Africa/Casablanca"), ("B062", "Australia/Lord_Howe")],
)
def test_the_wall_clock_of_a_zone_stays(name: str, zone: str) -> None:
    assert zone.split("/")[1].replace("_", " ") in case(name).input.replace("_", " ")
    rule = parsed(f"Tuesdays 20:00 {zone}")
    shown = {echo(one.at, zone).split(", ")[1] for one in occurrences(rule, NOW, NOW + timedelta(days=1000))}
    assert shown == {f"8:00 pm ({zone})"}


def test_b060_casablanca_steps_back_for_ramadan() -> None:
    rule = parsed("Tuesdays 20:00 Casablanca", utc("2027-01-25"))
    hours = [one.at.hour for one in occurrences(rule, utc("2027-02-01"), utc("2027-03-20"))]
    assert hours == [19, 20, 20, 20, 20, 20, 19]


def test_b059_each_reader_sees_their_own_clock() -> None:
    rule = parsed("Tuesdays 20:00 Sydney", utc("2026-01-01"))
    found = occurrences(rule, utc("2026-03-31"), utc("2026-04-08"))
    assert [echo(one.at, NEW_YORK).split(" ET")[0] for one in found] == [
        "Tue 31 Mar 2026, 5:00 am",
        "Tue 7 Apr 2026, 6:00 am",
    ]


def test_a_zone_that_has_gone_is_refused_not_crashed_over() -> None:
    with pytest.raises(Refused, match="no longer known"):
        upcoming(Recurrence("US/Pacific-New", datetime.fromisoformat("2026-12-01T20:00"), "FREQ=DAILY"), NOW)
