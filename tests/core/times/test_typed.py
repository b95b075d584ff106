"""Dates, times and lengths typed in German on a German page: read like English, which is read as ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Refused
from bot.core.sentences import DATE_FAR, DATE_PAST
from bot.core.times.minutes import SLOW_MINUTES, parse_minutes
from bot.core.times.recurrence import in_words, instant, parse_recurrence
from bot.core.times.weekdays import parse_days
from bot.core.times.weekly import days
from bot.core.times.when import HORIZON, echo, parse_date, parse_when
from bot.core.tongue import ENGLISH, heard, in_english, speaking, spoken
from bot.web.tongues import tongue_of
from tests.core.times.test_recurrence_words import SAYABLE
from tests.support.bad_inputs import cases
from tests.support.recurring import NEW_YORK, parsed

GERMAN: Final = tongue_of("de")
NOW: Final = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)  # Saturday, 5 pm in New York
TODAY: Final = NOW.date()
MONTHS: Final = {
    "January": "Januar Jan. Jan Jänner",
    "February": "Februar Feb. Feb",
    "March": "März Mär Maerz",
    "April": "April Apr. Apr",
    "May": "Mai",
    "June": "Juni Jun",
    "July": "Juli Jul",
    "August": "August Aug. Aug",
    "September": "September Sept. Sep",
    "October": "Oktober Okt. Okt",
    "November": "November Nov. Nov",
    "December": "Dezember Dez. Dez",
}
WEEKDAYS: Final = {
    "Monday": "Montag Mo. Mo montags",
    "Tuesday": "Dienstag Di. Di dienstags",
    "Wednesday": "Mittwoch Mi. Mi mittwochs",
    "Thursday": "Donnerstag Do. Do donnerstags",
    "Friday": "Freitag Fr. Fr freitags",
    "Saturday": "Samstag Sa. Sa samstags Sonnabend",
    "Sunday": "Sonntag So. So sonntags",
}


def both(german: dict[str, str]) -> st.SearchStrategy[tuple[str, str]]:
    return st.sampled_from([(one, english) for english, many in german.items() for one in many.split()])


MONTH, WEEKDAY = both(MONTHS), both(WEEKDAYS)
CLOCK: Final = st.sampled_from(
    [
        ("{h} Uhr", "{h}:00"),
        ("{h:02} Uhr", "{h}:00"),
        ("um {h}uhr", "{h}:00"),
        ("{h}:{m:02} Uhr", "{h}:{m:02}"),
        ("{h}.{m:02} Uhr", "{h}:{m:02}"),
        ("{h} Uhr {m:02}", "{h}:{m:02}"),
        ("um {h}:{m:02}", "{h}:{m:02}"),
    ]
)
AT: Final = st.builds(
    lambda form, h, m: tuple(one.format(h=h, m=m) for one in form),
    CLOCK,
    st.integers(0, 23),
    st.integers(0, 59),
)


def german(read: Callable[..., Any], words: str, *about: Any) -> Any:
    with speaking(GERMAN):
        return outcome(read, words, *about)


def outcome(read: Callable[..., Any], words: str, *about: Any) -> Any:
    """What is read, or which sentence refuses it, whatever it repeats."""
    try:
        return read(words, *about)
    except Refused as no:
        return no.sentence


@given(MONTH, st.integers(1, 31), st.sampled_from(["{d}. {m}", "am {d}. {m}", "{d}.{m}", "{d} {m}"]))
def test_every_name_of_a_month_is_read_as_the_english_one(
    month: tuple[str, str], day: int, form: str
) -> None:
    said, english = (form.format(d=day, m=month[0]), f"{day} {month[1]}")
    assert german(parse_date, said, TODAY) == outcome(parse_date, english, TODAY)
    assert german(parse_date, f"{said} 2027", TODAY) == outcome(parse_date, f"{english} 2027", TODAY)


@given(WEEKDAY, AT, st.sampled_from(["{day} {at}", "{at} {day}", "am {day}, {at}", "nächsten {day} {at}"]))
def test_every_day_and_clock_time_is_read_as_the_english_one(
    day: tuple[str, str], at: tuple[str, str], form: str
) -> None:
    english = f"{'next ' * form.startswith('nächsten')}{day[1]} {at[1]}"
    said = form.format(day=day[0], at=at[0])
    assert german(parse_when, said, NEW_YORK, NOW) == parse_when(english, NEW_YORK, NOW)


@given(WEEKDAY, AT, st.sampled_from(["jeden {day} {at}", "{at} jeden {day}", "alle 2 Wochen am {day} {at}"]))
def test_every_weekly_chat_is_read_as_the_english_one(
    day: tuple[str, str], at: tuple[str, str], form: str
) -> None:
    english = f"{'every 2 weeks on' if form.startswith('alle') else 'every'} {day[1]} {at[1]}"
    with speaking(GERMAN):
        assert parsed(form.format(day=day[0], at=at[0])) == parsed(english)


@given(st.dates(TODAY, TODAY + HORIZON))
def test_what_pages_say_of_a_day_is_read_again(day: date) -> None:
    for said in (GERMAN.sure_day(day), GERMAN.long_day(day), f"{day.day}.{day.month}.{day.year}"):
        assert german(parse_date, said, TODAY) == day
    near = TODAY + timedelta(days=(day - TODAY).days % 300)
    for said in (GERMAN.week_day(near), GERMAN.short_day(near), f"{near.day}.{near.month}."):
        assert german(parse_date, said, TODAY) == near


@pytest.mark.parametrize("words", [words for words, _, _ in SAYABLE])
def test_what_pages_say_of_a_weekly_chat_is_read_again(words: str) -> None:
    rule = parsed(words)
    just_before = instant(rule.dtstart_local, rule.zone) - timedelta(minutes=1)
    with speaking(GERMAN):
        assert parse_recurrence(in_words(rule), "UTC", just_before) == rule


def test_what_pages_say_of_a_moment_is_read_again() -> None:
    at = NOW + timedelta(days=3)
    with speaking(GERMAN):
        assert parse_when(echo(at, NEW_YORK), "UTC", NOW) == at


@pytest.mark.parametrize(
    "words", [words for words, _, _ in SAYABLE] + [one.input for one in cases().values()]
)
def test_english_is_read_on_a_german_page_as_ever(words: str) -> None:
    for read, *about in (
        (parse_recurrence, NEW_YORK, NOW),
        (parse_when, NEW_YORK, NOW),
        (parse_date, TODAY),
        (parse_days,),
        (parse_minutes,),
        (days, TODAY),
    ):
        assert german(read, words, *about) == outcome(read, words, *about), words


@pytest.mark.parametrize(
    ("said", "english"),
    [
        ("2. Dez 19 Uhr", "2 Dec 19:00"),
        ("2.12. um 19 Uhr", "2 Dec 19:00"),
        ("1.12.2026 20 Uhr", "1 Dec 2026 20:00"),
        ("morgen 19 Uhr", "tomorrow 19:00"),
        ("morgen früh um 8 Uhr", "tomorrow 8 am"),
        ("übermorgen 19.30 Uhr", "in 2 days 19:30"),
        ("in 2 Wochen 19 Uhr", "in 2 weeks 19:00"),
        ("heute in einer Woche 19 Uhr", "in a week 19:00"),
        ("heute Abend 8 Uhr", "today 8 pm"),
        ("Dienstagabend um 8.15 Uhr", "Tuesday 8:15 pm"),
        ("Dienstag 3 Uhr nachmittags", "Tuesday 3 pm"),
        ("12 Uhr mittags am Dienstag", "Tuesday noon"),
        ("12:00 am Dienstag", "Tuesday noon"),
        ("Dienstag, den 24. November 2026, 20 Uhr", "Tuesday 24 November 2026 20:00"),
        ("Donnerstag 20 Uhr Berlin", "Thursday 20:00 Berlin"),
        ("jetzt", "now"),
        ("Dienstag 8", "Tuesday 8"),
        ("Dienstagabend um 8", "Tuesday at 8"),
        ("Dienstag, 2. Dez. 20 Uhr", "Tuesday 2 Dec 20:00"),
        ("Dienstag 24 Uhr", "Tuesday 24:00"),
        ("gestern 19 Uhr", "yesterday 19:00"),
        ("Dienstag 20:00 Mordor", "Tuesday 20:00 Mordor"),
        ("zum 2.13. 20 Uhr", "at 2.13. 20:00"),
    ],
)
def test_moments_as_people_type_them_in_german(said: str, english: str) -> None:
    assert german(parse_when, said, NEW_YORK, NOW) == outcome(parse_when, english, NEW_YORK, NOW)


@pytest.mark.parametrize("said", ["12:30 am today", "12:30 am Saturday 21 Nov", "12:15 am 1 Dec 2030"])
def test_english_that_is_over_or_far_is_not_read_once_more_as_german(said: str) -> None:
    assert german(parse_when, said, NEW_YORK, NOW - timedelta(hours=8)) in (DATE_PAST, DATE_FAR)


@pytest.mark.parametrize(
    ("said", "english"),
    [
        ("8 Uhr am Abend", "8 pm"),
        ("Dienstagabend, 8 Uhr", "Tuesday 8 pm"),
        ("3. Dez., abends, 7.15 Uhr", "3 Dec 7:15 pm"),
        ("3. Dez. um 7 Uhr, nachmittags", "3 Dec 7 pm"),
        ("20 Uhr am Dienstagabend", "Tuesday 20:00"),
        ("Dienstagabend, den 1. Dezember, 20 Uhr", "Tuesday 1 Dec 20:00"),
        ("8 Uhr am Morgen des 3. Dezember", "3 Dec 8:00"),
        ("um 12h15 am Donnerstag", "Thursday 12:15"),
    ],
)
def test_an_evening_is_never_a_morning(said: str, english: str) -> None:
    assert german(parse_when, said, NEW_YORK, NOW) == parse_when(english, NEW_YORK, NOW)


@pytest.mark.parametrize(
    "said",
    [
        "um 8 Uhr am Dienstagabend",
        "am Abend des 3. Dez. um 8 Uhr",
        "Dienstag abends um 08 Uhr",
        "3. Dez. abends (7 Uhr)",
        "abends am 13.10. um 8 Uhr",
        "Dienstagabend 0 Uhr",
        "Dienstag 12 Uhr abends",
        "um 12.30 am Dienstag",
        "um 12 am Dienstag",
        "Dienstagabend um 08:00",
        "heute in 2 Wochen abends 12:30",
    ],
)
def test_what_may_be_another_half_of_the_day_is_refused(said: str) -> None:
    with speaking(GERMAN), pytest.raises(Refused):
        parse_when(said, NEW_YORK, NOW)


@pytest.mark.parametrize(
    "said",
    [
        "dienstags 19–20 Uhr",
        "dienstags 19 - 20 Uhr",
        "dienstags 19 und 20 Uhr",
        "dienstags 19 Uhr 10 Wochen",
        "dienstags 19 Uhr, fünf Wochen",
        "abends dienstags 8 Uhr",
        "um 12.30 am Dienstag",
        "täglich außer sonntags 19 Uhr",
    ],
)
def test_weekly_chats_that_would_come_at_other_times_are_refused(said: str) -> None:
    with speaking(GERMAN), pytest.raises(Refused):
        parse_recurrence(said, NEW_YORK, NOW)


@pytest.mark.parametrize(
    ("said", "english"),
    [
        ("am 1. und 3. Donnerstag 21 Uhr", "1st and 3rd Thursday 21:00"),
        ("jeden ersten Montag im Monat 18 Uhr", "first Monday of the month 18:00"),
        ("am letzten Tag des Monats 18 Uhr", "last day of the month 18:00"),
        ("jeden Monat am 15. 18 Uhr", "every month on the 15th 18:00"),
        ("werktags 5:30", "weekdays 05:30"),
        ("täglich 12 Uhr mittags", "daily at noon"),
        ("Montag bis Freitag 8 Uhr", "Mon-Fri 08:00"),
        ("jede zweite Woche donnerstags 19 Uhr", "every 2nd week on Thursday 19:00"),
        ("14-tägig dienstags 20 Uhr", "fortnightly on Tuesdays 20:00"),
        ("dienstags 20 Uhr, 10-mal", "Tuesdays 8 pm, 10 times"),
        ("dienstags 20 Uhr bis 30. Juni 2027", "Tuesdays 8 pm until 30 Jun 2027"),
        ("dienstags 20 Uhr ab 2. Dezember", "Tuesdays 8 pm from 2 Dec"),
        ("dienstags 20 Uhr außer 22.12.", "Tuesdays 8 pm except 22 Dec"),
        ("jeden zweiten Dienstag 20 Uhr", "every second Tuesday 20:00"),
        ("20 Uhr", "20:00"),
        ("stündlich ab 20 Uhr", "hourly from 20:00"),
    ],
)
def test_weekly_chats_as_people_type_them_in_german(said: str, english: str) -> None:
    assert german(parse_recurrence, said, NEW_YORK, NOW) == outcome(parse_recurrence, english, NEW_YORK, NOW)


@pytest.mark.parametrize(
    ("read", "said", "english"),
    [
        (days, "22. Dez bis 5. Jan", "22 Dec until 5 Jan"),
        (days, "vom 22.12. bis zum 5.1.", "22 Dec until 5 Jan"),
        (days, "heute bis Donnerstag", "today until Thursday"),
        (parse_days, "Mo, Mi und Fr", "Mon, Wed and Fri"),
        (parse_days, "von Montag bis Samstag", "Mon-Sat"),
        (parse_days, "jeden Tag", "every day"),
        (parse_days, "Mo, Montag", "Mon, Mon"),
        (parse_minutes, "90 Minuten", "90 minutes"),
        (parse_minutes, "1 Std. 30 Min.", "1 h 30 min"),
        (parse_minutes, "2 Tage", "2 days"),
    ],
)
def test_breaks_days_and_lengths_as_people_type_them_in_german(
    read: Callable[..., Any], said: str, english: str
) -> None:
    about = (TODAY,) if read is days else (1, SLOW_MINUTES) if read is parse_minutes else ()
    assert german(read, said, *about) == outcome(read, english, *about)


@pytest.mark.parametrize(
    ("read", "said", "told"),
    [
        (parse_when, "neulich 19 Uhr", "'neulich' kann ich nicht als Datum lesen; schreib es wie"),
        (parse_when, "Freitag in 2 Wochen 19 Uhr", "'Freitag in 2 Wochen 19 Uhr' kann ich nicht"),
        (parse_recurrence, "jeden Quark 20 Uhr", "'jeden Quark 20 Uhr' nicht als wöchentlichen Chat"),
        (parse_recurrence, "alle 53 Wochen am Di 20 Uhr", "Alle 53 Wochen geht nicht; wähl 1 bis 52."),
    ],
)
def test_what_is_refused_repeats_what_was_typed(read: Callable[..., Any], said: str, told: str) -> None:
    with speaking(GERMAN), pytest.raises(Refused) as no:
        read(said, NEW_YORK, NOW)
    with speaking(GERMAN):
        assert told in no.value.said()


@pytest.mark.parametrize(
    ("read", "sentence"),
    [
        (parse_date, "2026-12-01, 1. Dez. 2026 oder morgen"),
        (parse_when, "morgen 19:30 oder morgen 20 Uhr"),
        (parse_recurrence, "jeden Dienstag 20 Uhr oder alle 2 Wochen am Do 19 Uhr"),
        (parse_recurrence, "am 1. und 3. Donnerstag 21 Uhr oder werktags 5:30"),
        (parse_recurrence, "jeden Donnerstag 19 Uhr oder jeden Do 12:00 Europe/London"),
        (parse_when, "24. Nov. 20 Uhr oder 3. Dez. 19 Uhr"),
        (days, "22. Dez. bis 5. Jan."),
        (parse_days, "Mo-Sa oder werktags"),
        (parse_minutes, "8 min, 1 h 30 oder 90 Minuten"),
    ],
)
def test_examples_that_german_pages_give_can_be_typed(read: Callable[..., Any], sentence: str) -> None:
    about = {parse_date: (TODAY,), days: (TODAY,), parse_days: (), parse_minutes: ()}
    with speaking(GERMAN):
        for said in sentence.replace(" oder ", ", ").split(", "):
            assert read(said, *about.get(read, (NEW_YORK, NOW)))


def test_german_is_read_where_german_is_spoken_alone() -> None:
    for tongue in (ENGLISH, tongue_of("fr")):
        with speaking(tongue), pytest.raises(Refused):
            parse_when("morgen 19 Uhr", NEW_YORK, NOW)


async def test_what_is_done_in_english_still_reads_the_language_of_whoever_asked() -> None:
    @in_english
    async def outer() -> tuple[str, str, date]:
        return await inner()

    @in_english
    async def inner() -> tuple[str, str, date]:
        return spoken().code, heard().code, parse_date("morgen", TODAY)

    with speaking(GERMAN):
        assert await outer() == ("en", "de", TODAY + timedelta(days=1))
        assert heard() is GERMAN
    assert heard() is ENGLISH


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_or_refused(said: str) -> None:
    for read in (parse_when, parse_recurrence):
        german(read, said, NEW_YORK, NOW)
    for one in (parse_date, days):
        german(one, said, TODAY)
