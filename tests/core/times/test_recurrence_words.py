"""Recurrences in words: what is sayable, how it is said back, what is asked again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Refused
from bot.core.times.recurrence import in_words, instant, parse_recurrence, rfc5545, upcoming
from tests.support.bad_inputs import case
from tests.support.recurring import NEW_YORK, NOW, parsed

SAYABLE = [
    ("every Tuesday 8 pm", "FREQ=WEEKLY;BYDAY=TU", "2026-11-24T20:00"),
    ("Tuesdays 8 pm", "FREQ=WEEKLY;BYDAY=TU", "2026-11-24T20:00"),
    ("8 pm on Tuesdays", "FREQ=WEEKLY;BYDAY=TU", "2026-11-24T20:00"),
    ("tues 1930", "FREQ=WEEKLY;BYDAY=TU", "2026-11-24T19:30"),
    ("every week on Tue at 20:00", "FREQ=WEEKLY;BYDAY=TU", "2026-11-24T20:00"),
    ("every Tuesday 8 pm from 2026-12-01", "FREQ=WEEKLY;BYDAY=TU", "2026-12-01T20:00"),
    ("every Tuesday from 2 Dec 8 pm", "FREQ=WEEKLY;BYDAY=TU", "2026-12-08T20:00"),
    ("weekly from 1 Dec 2026 8 pm", "FREQ=WEEKLY;BYDAY=TU", "2026-12-01T20:00"),
    ("every 2 weeks on Thu 19:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "2026-11-26T19:00"),
    ("every two weeks on Thursday 7 pm", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "2026-11-26T19:00"),
    ("every other Thursday 19:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "2026-11-26T19:00"),
    ("fortnightly on Thursdays 19:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "2026-11-26T19:00"),
    ("every 2nd week on Thursday 19:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "2026-11-26T19:00"),
    ("1st and 3rd Thursday 21:00", "FREQ=MONTHLY;BYDAY=1TH,3TH", "2026-12-03T21:00"),
    ("first & third Thursdays, 9 pm", "FREQ=MONTHLY;BYDAY=1TH,3TH", "2026-12-03T21:00"),
    ("1st Monday and 3rd Thursday 21:00", "FREQ=MONTHLY;BYDAY=1MO,3TH", "2026-12-07T21:00"),
    ("last Friday 16:00", "FREQ=MONTHLY;BYDAY=-1FR", "2026-11-27T16:00"),
    ("2nd last Friday of the month 16:00", "FREQ=MONTHLY;BYDAY=-2FR", "2026-12-18T16:00"),
    ("2nd Monday 18:00", "FREQ=MONTHLY;BYDAY=2MO", "2026-12-14T18:00"),
    ("every second Monday of the month 18:00", "FREQ=MONTHLY;BYDAY=2MO", "2026-12-14T18:00"),
    ("every 2 months on the 1st Monday 18:00", "FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO", "2026-12-07T18:00"),
    ("weekdays 05:30", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-23T05:30"),
    ("every weekday 5:30 am", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-23T05:30"),
    ("weekends noon", "FREQ=WEEKLY;BYDAY=SA,SU", "2026-11-22T12:00"),
    ("every day 12:00", "FREQ=DAILY", "2026-11-22T12:00"),
    ("daily at noon", "FREQ=DAILY", "2026-11-22T12:00"),
    ("every 3 days 12:00", "FREQ=DAILY;INTERVAL=3", "2026-11-22T12:00"),
    ("Mon and Wed 19:00", "FREQ=WEEKLY;BYDAY=MO,WE", "2026-11-23T19:00"),
    ("Mon, Wed & Fri 19:00", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "2026-11-23T19:00"),
    ("Mon-Sat 08:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA", "2026-11-23T08:00"),
    ("Fri to Mon 08:00", "FREQ=WEEKLY;BYDAY=MO,FR,SA,SU", "2026-11-22T08:00"),
    ("daily Mon–Fri 08:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-23T08:00"),
    ("every month on the 15th 18:00", "FREQ=MONTHLY;BYMONTHDAY=15", "2026-12-15T18:00"),
    ("monthly from 15 Dec 18:00", "FREQ=MONTHLY;BYMONTHDAY=15", "2026-12-15T18:00"),
    ("1st and 15th 18:00", "FREQ=MONTHLY;BYMONTHDAY=1,15", "2026-12-01T18:00"),
    ("last day of the month 18:00", "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-11-30T18:00"),
    ("Tuesdays 8 pm until 30 Jun 2027", "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270630T235959", "2026-11-24T20:00"),
    ("Tuesdays 8 pm, 10 times", "FREQ=WEEKLY;BYDAY=TU;COUNT=10", "2026-11-24T20:00"),
]


@pytest.mark.parametrize(("words", "rrule", "first"), SAYABLE)
def test_every_kind_is_sayable_in_words(words: str, rrule: str, first: str) -> None:
    rule = parsed(words)
    assert (rule.rrule, rule.zone, rule.exdates) == (rrule, NEW_YORK, frozenset())
    assert rule.dtstart_local == datetime.fromisoformat(first)


@pytest.mark.parametrize("words", [words for words, _, _ in SAYABLE])
def test_words_and_rules_read_back_as_the_same_rule(words: str) -> None:
    rule = parsed(words)
    assert parse_recurrence(rfc5545(rule), "UTC", NOW) == rule
    just_before = instant(rule.dtstart_local, rule.zone) - timedelta(minutes=1)
    assert parse_recurrence(in_words(rule), "UTC", just_before) == rule


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Tuesdays 8 pm", "every Tuesday, 8:00 pm New York (ET)"),
        ("Tuesdays 8 pm Berlin", "every Tuesday, 8:00 pm Berlin"),
        ("weekdays 05:30", "every weekday, 5:30 am New York (ET)"),
        ("Mon-Sat 8 am UK", "every Monday to Saturday, 8:00 am London (UK)"),
        ("every 2 weeks on Thu 19:00", "every 2 weeks on Thursday, 7:00 pm New York (ET)"),
        ("every 3 days 12:00", "every 3 days, 12:00 pm New York (ET)"),
        ("1st, 3rd Thu 21:00", "on the 1st and 3rd Thursday of every month, 9:00 pm New York (ET)"),
        ("every 2 months on the 1st 9 am", "on the 1st of every 2 months, 9:00 am New York (ET)"),
        (
            "2nd Monday 18:00 except 2026-12-14 and 11 Jan 2027",
            (
                "on the 2nd Monday of every month, 6:00 pm New York (ET), "
                "except Mon 14 Dec 2026 and Mon 11 Jan 2027"
            ),
        ),
        ("DTSTART:20261201T200000", "once, on Tue 1 Dec 2026, 8:00 pm New York (ET)"),
        (
            "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=5;BYHOUR=9",
            "on the 5th of October every year, 9:00 am New York (ET)",
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYHOUR=9",
            "on the last weekday of every month, 9:00 am New York (ET)",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU;BYHOUR=9",
            "every Tuesday, every 2 months, 9:00 am New York (ET)",
        ),
        ("FREQ=MONTHLY;BYDAY=TU;BYHOUR=9", "every Tuesday, 9:00 am New York (ET)"),
        ("FREQ=DAILY;BYDAY=MO,WE;BYHOUR=9", "every Monday and Wednesday, 9:00 am New York (ET)"),
        (
            "FREQ=WEEKLY;BYDAY=TU;BYMONTH=9,10;BYHOUR=9",
            "every Tuesday, only in September and October, 9:00 am New York (ET)",
        ),
    ],
)
def test_a_rule_is_said_for_people(words: str, said: str) -> None:
    assert in_words(parsed(words)) == said


@pytest.mark.parametrize(
    "words", ["Tuesdays 8 pm London", "Tuesdays 8 pm Europe/London", "8 pm UK every Tuesday"]
)
def test_a_zone_in_the_words_wins(words: str) -> None:
    assert parsed(words).zone == "Europe/London"


def test_two_slots_on_one_day_are_two_rules() -> None:
    with pytest.raises(Refused, match="two times"):
        parsed("Tuesdays 12:00 and 19:00")


def test_today_counts_while_its_time_is_ahead() -> None:
    assert parsed("Saturdays 6 pm").dtstart_local == datetime.fromisoformat("2026-11-21T18:00")
    assert parsed("Saturdays 4 pm").dtstart_local == datetime.fromisoformat("2026-11-28T16:00")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (case("B018").input, "At what time"),
        (f"{case('B066').input} on Tue 20:00", "Every 0 weeks is not possible; choose 1 to 52"),
        (f"{case('B067').input} on Tue 20:00", "Every -1 weeks is not possible; choose 1 to 52"),
        (f"{case('B068').input} on Tue 20:00", "Every 53 weeks is not possible; choose 1 to 52"),
        (case("B069").input, "At what time"),
        ("every week 20:00", "On which day"),
        (f"{case('B069').input} 20:00", "cannot read"),
        (case("B070").input, "Crontab lines are not read"),
        ("every Tuesday 8 pm from 2036-12-02", "within two years"),
        ("every hour 20:00", "at most once a day"),
        ("every 10 minutes 20:00", "at most once a day"),
        ("every second Thursday 18:00", "every 2 weeks on Thursday, or the 2nd Thursday of the month"),
        ("Tuesdays 8", "Write 08:00 or 20:00"),
        ("Tuesdays", "At what time"),
        ("20:00", "On which day"),
        ("Tuesdays 8 pm banana", "no time zone called 'banana'"),
        ("Tuesdays 8 pm EST", "America/New_York"),
        ("Taco Tuesdays 8 pm", "cannot read 'Taco Tuesdays'"),
        ("Tuesday and 15th 8 pm", "cannot read"),
        ("every month on Tuesday 8 pm", "cannot read"),
        ("every 2 3 weeks on Tue 8 pm", "cannot read"),
        ("Tuesdays 7 - 8 pm", "cannot read"),
        ("last day 8 pm", "cannot read"),
        ("Tuesdays 8 pm, 10 weeks", "cannot read"),
        ("each second Thursday 18:00", "every 2 weeks on Thursday, or the 2nd"),
        ("every day except Sunday 8 pm", "cannot read 'except Sunday'"),
        ("every day every week 8 pm", "cannot read"),
        ("every 3 days on Tuesday 8 pm", "cannot read"),
        ("last weekday of the month 8 pm", "cannot read"),
        ("every month 8 pm", "On which day"),
        ("32nd 8 pm", "BYMONTHDAY=32 does not fit"),
        ("6th Tuesday 8 pm", "BYDAY=6TU does not fit"),
        ("Tuesdays 8 pm except holidays", "as a date"),
        ("Tuesdays 8 pm except", "as a date"),
        ("Tuesdays 8 pm from today from tomorrow", "stands there twice"),
        ("Tuesdays 8 pm until tomorrow", "never gives a date"),
        ("x" * 601, "601 characters"),
    ],
)
def test_bad_words_are_refused_with_a_hint(words: str, hint: str) -> None:
    with pytest.raises(Refused, match=hint):
        parsed(words)


def test_b068_fifty_two_weeks_are_the_most() -> None:
    assert parsed("every 52 weeks on Tue 20:00").rrule == "FREQ=WEEKLY;INTERVAL=52;BYDAY=TU"


VOCABULARY = [
    *(
        "every",
        "Tuesday",
        "tuesdays",
        "Thu",
        "2",
        "weeks",
        "week",
        "month",
        "day",
        "1st",
        "last",
        "other",
        "and",
    ),
    *(
        "-",
        "to",
        "8 pm",
        "19:30",
        "7",
        "London",
        "Eastern",
        "from",
        "until",
        "except",
        "2026-12-01",
        "10 times",
        "on",
    ),
    *(
        "FREQ=WEEKLY",
        "RRULE:FREQ=MONTHLY;",
        "BYDAY=TU",
        "DTSTART:20261201T200000",
        "weekdays",
        "monthly",
        ",",
    ),
]


@given(st.lists(st.one_of(st.sampled_from(VOCABULARY), st.text(max_size=4)), max_size=9).map(" ".join))
def test_any_words_give_a_rule_or_a_kind_refusal(words: str) -> None:
    try:
        rule = parsed(words)
    except Refused:
        return
    assert upcoming(rule, NOW)[0].at >= NOW
    assert parse_recurrence(rfc5545(rule), "UTC", NOW) == rule
