"""Two weeks as a school timetable."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.core.archive.chat_page import Listed
from bot.core.archive.timetable import first_monday, timetable, window
from bot.core.model import Chat, ChatState, Series

MONDAY = date(2026, 11, 23)
SERIES = Series(1, 1, "Weeknight Inquiry")


def chat(at: datetime, state: ChatState = ChatState.PLANNED) -> Listed:
    """A chat of an hour."""
    return Listed(Chat(1, 1, "America/New_York", at, at + timedelta(hours=1), state=state), SERIES)


def test_it_begins_with_the_monday_of_this_week() -> None:
    assert first_monday(date(2026, 11, 25), None) == MONDAY
    assert first_monday(MONDAY, date(2026, 11, 24)) == MONDAY


def test_a_week_with_nothing_left_in_it_is_passed_over() -> None:
    sunday = date(2026, 11, 22)
    assert first_monday(sunday, date(2026, 11, 24)) == MONDAY
    assert first_monday(sunday, sunday) == date(2026, 11, 16)
    assert first_monday(sunday, date(2026, 12, 24)) == date(2026, 11, 16)


def test_a_chat_stands_on_the_day_of_the_zone_it_is_read_in() -> None:
    at = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
    for zone, weekday in (("America/New_York", 1), ("Europe/Paris", 2)):
        weeks = timetable(MONDAY, MONDAY, zone, [chat(at)], {})
        assert [k for k, day in enumerate(weeks[0].days) if day.chats] == [weekday]


def test_days_that_are_left_out_say_of_which_weekly_chat() -> None:
    weeks = timetable(MONDAY, MONDAY, "UTC", [], {date(2026, 11, 26): ["Circle"]})
    thursday = weeks[0].days[3]
    assert thursday.skipped == ("Circle",)
    assert thursday.off
    assert not thursday.empty


def test_a_day_whose_only_chat_is_called_off_is_off_and_others_are_not() -> None:
    at = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    called_off = chat(at, ChatState.CANCELLED)
    assert timetable(MONDAY, MONDAY, "UTC", [called_off], {})[0].days[1].off
    assert not timetable(MONDAY, MONDAY, "UTC", [called_off, chat(at)], {})[0].days[1].off


def test_weeks_are_named_from_today_on() -> None:
    assert [week.name for week in timetable(MONDAY, MONDAY, "UTC", [], {})] == ["This week", "Next week"]
    later = timetable(MONDAY, date(2026, 11, 22), "UTC", [], {})
    assert [week.name for week in later] == ["Next week", "The week after"]


def test_the_window_is_two_weeks_of_local_days_also_across_a_change_of_clocks() -> None:
    since, until = window(date(2026, 10, 26), "America/New_York")
    assert until.astimezone(UTC) - since.astimezone(UTC) == timedelta(days=14, hours=1)
