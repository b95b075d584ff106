"""Recurrences as RFC 5545 rules: one normal form in and out, and no rule that could hang the bot."""

from __future__ import annotations

import time as stopwatch
from datetime import date, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core.model import Refused
from bot.core.times.recurrence import Recurrence, in_words, parse_recurrence, rfc5545, upcoming
from tests.support.recurring import NEW_YORK, NOW, days, parsed


def test_an_interval_keeps_the_phase_of_a_start_gone_by() -> None:
    rule = parsed("DTSTART:20260108T190000 RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TH")
    assert (rule.dtstart_local.date() - date(2026, 1, 8)).days % 14 == 0
    assert rule.dtstart_local > datetime.fromisoformat("2026-11-21")


def test_a_count_keeps_the_start_gone_by() -> None:
    rule = parsed("DTSTART:20261103T200000 RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=5")
    assert rule.dtstart_local == datetime.fromisoformat("2026-11-03T20:00")
    assert days(rule) == ["24 Nov", "01 Dec"]


def test_once_is_a_start_without_a_rule() -> None:
    rule = parsed("DTSTART;TZID=Europe/Berlin:20261201T200000")
    assert rule == Recurrence("Europe/Berlin", datetime.fromisoformat("2026-12-01T20:00"), "")
    assert rfc5545(rule) == "DTSTART;TZID=Europe/Berlin:20261201T200000"


def test_rules_are_written_as_calendars_read_them() -> None:
    rule = parsed("Tuesdays 8 pm until 30 Jun 2027 except 2026-12-22 and 2026-12-29")
    assert rfc5545(rule).splitlines() == [
        "DTSTART;TZID=America/New_York:20261124T200000",
        "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20270701T035959Z",
        "EXDATE;TZID=America/New_York:20261222T200000,20261229T200000",
    ]
    assert parse_recurrence(rfc5545(rule), "UTC", NOW) == rule


@pytest.mark.parametrize(
    ("text", "rrule", "zone", "first"),
    [
        ("RRULE:FREQ=WEEKLY;BYDAY=TU;BYHOUR=20", "FREQ=WEEKLY;BYDAY=TU", NEW_YORK, "2026-11-24T20:00"),
        ("freq=weekly;byday=tu;byhour=20;byminute=30", "FREQ=WEEKLY;BYDAY=TU", NEW_YORK, "2026-11-24T20:30"),
        ("DTSTART:20261201T200000\nRRULE:FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=TU", NEW_YORK, "2026-12-01T20:00"),
        ("DTSTART:20261201T200000Z RRULE:FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=TU", "UTC", "2026-12-01T20:00"),
        (
            "DTSTART;TZID=europe/berlin:20261202T200000 RRULE:FREQ=WEEKLY;BYDAY=TU",
            "FREQ=WEEKLY;BYDAY=TU",
            "Europe/Berlin",
            "2026-12-08T20:00",
        ),
        (
            "DTSTART:20261201T200000 RRULE:FREQ=MONTHLY",
            "FREQ=MONTHLY;BYMONTHDAY=1",
            NEW_YORK,
            "2026-12-01T20:00",
        ),
        (
            "DTSTART:20261201T200000 RRULE:FREQ=YEARLY",
            "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=1",
            NEW_YORK,
            "2026-12-01T20:00",
        ),
        (
            "DTSTART:20261201T200000 RRULE:FREQ=WEEKLY;INTERVAL=1;WKST=SU;UNTIL=20270101",
            "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270101T235959;WKST=SU",
            NEW_YORK,
            "2026-12-01T20:00",
        ),
        ("DTSTART;VALUE=DATE:20261201 RRULE:FREQ=DAILY;BYHOUR=7", "FREQ=DAILY", NEW_YORK, "2026-12-01T07:00"),
    ],
)
def test_rules_are_taken_in_one_normal_form(text: str, rrule: str, zone: str, first: str) -> None:
    rule = parsed(text)
    assert (rule.rrule, rule.zone, rule.dtstart_local) == (rrule, zone, datetime.fromisoformat(first))


START = "DTSTART:20261201T200000 RRULE:"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("FREQ=HOURLY", "at most once a day"),
        ("FREQ=SECONDLY;INTERVAL=1", "at most once a day"),
        ("FREQ=OFTEN", "FREQ=OFTEN does not fit"),
        ("INTERVAL=2", "FREQ= does not fit"),
        ("FREQ=WEEKLY;INTERVAL=0", "Every 0 weeks is not possible; choose 1 to 52"),
        ("FREQ=WEEKLY;INTERVAL=53", "choose 1 to 52"),
        ("FREQ=DAILY;INTERVAL=365", "choose 1 to 364"),
        ("FREQ=MONTHLY;INTERVAL=13", "choose 1 to 12"),
        ("FREQ=WEEKLY;INTERVAL=" + "9" * 400, "choose 1 to 52"),
        ("FREQ=WEEKLY;BYEASTER=0", "BYEASTER=0"),
        ("FREQ=YEARLY;BYYEARDAY=366", "BYYEARDAY"),
        ("FREQ=YEARLY;BYWEEKNO=53", "BYWEEKNO"),
        ("FREQ=WEEKLY;FREQ=DAILY", "FREQ stands there twice"),
        ("FREQ=WEEKLY;BYDAY=", "BYDAY="),
        ("FREQ=WEEKLY;BYDAY=1TU", "BYDAY=1TU does not fit"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY=XX does not fit"),
        ("FREQ=MONTHLY;BYDAY=6TU", "BYDAY=6TU does not fit"),
        ("FREQ=MONTHLY;BYDAY=MO,1TU", "BYDAY=MO,1TU does not fit"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "BYMONTHDAY=3 does not fit"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY=0 does not fit"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY=32 does not fit"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "BYMONTHDAY=13 does not fit"),
        ("FREQ=MONTHLY;BYDAY=1FR;BYSETPOS=1", "BYSETPOS=1 does not fit"),
        ("FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=1", "BYSETPOS=1 does not fit"),
        ("FREQ=YEARLY;BYDAY=1TU", "FREQ=YEARLY does not fit"),
        ("FREQ=YEARLY;BYMONTH=13", "BYMONTH=13 does not fit"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=WE", "BYDAY=WE does not fit"),
        ("FREQ=DAILY;INTERVAL=2;BYMONTH=2", "BYMONTH=2 does not fit"),
        ("FREQ=WEEKLY;COUNT=0", "COUNT=0 does not fit"),
        ("FREQ=WEEKLY;COUNT=100000", "COUNT=100000 does not fit"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20270101", "COUNT=2 does not fit"),
        ("FREQ=WEEKLY;UNTIL=20270230", "UNTIL=20270230 does not fit"),
        ("FREQ=WEEKLY;UNTIL=soon", "UNTIL=SOON does not fit"),
        ("FREQ=WEEKLY;UNTIL=00010101T000000Z", "UNTIL=00010101T000000Z does not fit"),
        ("FREQ=WEEKLY;UNTIL=99991231", "UNTIL=99991231 does not fit"),
        ("FREQ=WEEKLY;WKST=1", "WKST=1 does not fit"),
        ("FREQ=WEEKLY;BYHOUR=8,20", "two times"),
        ("FREQ=WEEKLY;BYHOUR=24", "BYHOUR=24 does not fit"),
        ("FREQ=WEEKLY;BYHOUR=x", "BYHOUR=X does not fit"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never gives a date"),
        ("FREQ=MONTHLY;BYMONTH=2,4,6;BYMONTHDAY=31", "never gives a date"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTH=11", "never gives a date"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=6", "never gives a date"),
        ("FREQ=WEEKLY;BYDAY=TU;UNTIL=20261101", "never gives a date"),
        ("FREQ=YEARLY;BYMONTH=2;BYDAY=5SU", "within two years"),
    ],
)
def test_bad_rules_are_refused_at_once_with_the_part(text: str, hint: str) -> None:
    began = stopwatch.process_time()
    with pytest.raises(Refused, match=hint):
        parsed(START + text)
    assert stopwatch.process_time() - began < 1


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", "needs its start"),
        ("DTSTART:20261201 RRULE:FREQ=WEEKLY", "needs its start"),
        ("DTSTART:20261301T200000 RRULE:FREQ=WEEKLY", "DTSTART=20261301T200000 does not fit"),
        ("DTSTART:19000101T200000 RRULE:FREQ=DAILY", "in the past"),
        ("DTSTART:20200101T200000", "in the past"),
        ("DTSTART:20300101T200000", "within two years"),
        ("DTSTART:20300101T200000 RRULE:FREQ=WEEKLY", "within two years"),
        ("DTSTART;TZID=EST:20261201T200000 RRULE:FREQ=WEEKLY", "America/New_York"),
        ("DTSTART;TZID=../../etc/passwd:20261201T200000", "no time zone called"),
        ("DTSTART:20261201T200000 RDATE:20261202T200000", "RDATE"),
        ("RRULE:FREQ=WEEKLY;BYHOUR=8 RRULE:FREQ=DAILY;BYHOUR=8", "RRULE stands there twice"),
        ("DTSTART:20261201T200000 EXDATE:tomorrow", "EXDATE=TOMORROW does not fit"),
        ("FREQ=DAILY;COUNT=1;BYHOUR=8 EXDATE:20261122T080000", "never gives a date"),
    ],
)
def test_bad_rule_texts_are_refused(text: str, hint: str) -> None:
    with pytest.raises(Refused, match=hint):
        parsed(text)


PARTS = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])},
    optional={
        "INTERVAL": st.integers(-1, 60).map(str),
        "BYMONTH": st.lists(st.integers(0, 13), min_size=1, max_size=3).map(
            lambda all_: ",".join(map(str, all_))
        ),
        "BYMONTHDAY": st.lists(st.integers(-32, 32), min_size=1, max_size=3).map(
            lambda all_: ",".join(map(str, all_))
        ),
        "BYDAY": st.lists(
            st.from_regex(r"(-?[1-6])?(MO|TU|WE|TH|FR|SA|SU)", fullmatch=True), min_size=1, max_size=3
        ).map(",".join),
        "BYSETPOS": st.integers(-31, 31).map(str),
        "COUNT": st.integers(0, 2000).map(str),
        "WKST": st.sampled_from(["SU", "MO", "XX"]),
    },
)


@given(PARTS)
def test_no_rule_whatever_makes_the_bot_search_for_long(parts: dict[str, str]) -> None:
    began = stopwatch.process_time()
    try:
        rule = parsed(START + ";".join(f"{name}={value}" for name, value in parts.items()))
        assume("COUNT" not in parts)
        assert len(upcoming(rule, NOW)) >= 4
        told = in_words(rule)
    except Refused as refusal:
        told = str(refusal)
    assert told
    assert stopwatch.process_time() - began < 1
