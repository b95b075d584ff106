"""The weekly digest: when there is one, of which days, and when it is planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.core.archive.resource_entries import weeks_before
from bot.core.digest import Period, period, planned
from bot.core.model import Chat, ChatState, Series, Step, StepKind
from bot.core.state import Running

AT = datetime(2026, 11, 3, 20, tzinfo=UTC)
END = AT + timedelta(hours=1)
NOW = END + timedelta(days=1)
CHAT = Chat(1, 1, "UTC", AT, END, state=ChatState.TAIL)
SERIES = Series(1, 1, "Tuesday", digest=True)


def test_the_first_is_of_its_chat_and_each_later_one_of_all_since_the_last() -> None:
    assert period(CHAT, None, NOW) == Period(AT, NOW)
    last = NOW - timedelta(days=7)
    assert period(CHAT, last, NOW) == Period(last, NOW)
    assert period(CHAT, NOW - timedelta(days=60), NOW) == Period(NOW - timedelta(days=60), NOW)


@pytest.mark.parametrize(("days", "posted"), [(1, False), (5.9, False), (6, True), (7, True)])
def test_there_is_one_in_a_week(days: float, posted: bool) -> None:
    assert (period(CHAT, NOW - timedelta(days=days), NOW) is not None) is posted


@pytest.mark.parametrize("state", [ChatState.PLANNED, ChatState.OPEN, ChatState.CANCELLED])
def test_there_is_none_of_a_chat_that_is_not_over(state: ChatState) -> None:
    assert period(replace(CHAT, state=state), None, NOW) is None


def test_it_may_hold_what_is_said_late_and_nothing_of_later_chats() -> None:
    week = Period(AT, NOW)
    assert week.may_hold(AT, END)
    assert week.may_hold(AT - timedelta(days=7), END - timedelta(days=7))
    assert not week.may_hold(NOW + timedelta(days=6), NOW + timedelta(days=7))
    assert not week.may_hold(AT - timedelta(days=90), END - timedelta(days=90))


def digest_steps(series: Series, now: datetime, chat: Chat = CHAT) -> list[Step]:
    return [one for one in planned(Running(chat, series), now).steps if one.kind is StepKind.DIGEST]


def test_it_is_planned_a_day_after_the_end_or_with_the_end_of_the_tail() -> None:
    assert digest_steps(SERIES, END) == [Step(NOW, StepKind.DIGEST)]
    short = replace(SERIES, tail=timedelta())
    assert digest_steps(short, AT) == [Step(END, StepKind.DIGEST)]


def test_it_is_not_planned_where_nobody_wants_it_where_it_is_too_late_or_in_a_rehearsal() -> None:
    assert digest_steps(replace(SERIES, digest=False), END) == []
    assert digest_steps(SERIES, NOW) == []
    assert digest_steps(SERIES, END, replace(CHAT, rehearsal=True)) == []


def test_at_the_end_of_the_tail_it_comes_before_the_seal() -> None:
    steps = Running(CHAT, SERIES).plus(Step(NOW, StepKind.SEAL), Step(NOW, StepKind.DIGEST)).steps
    assert [one.kind for one in steps] == [StepKind.DIGEST, StepKind.SEAL]


def test_weeks_go_from_monday_to_monday_on_the_clocks_of_a_zone() -> None:
    now = datetime(2026, 11, 11, 12, tzinfo=UTC)
    first, second, _ = weeks_before(now, "America/New_York", 3)
    assert (first.monday, first.number) == (date(2026, 11, 2), "2026-W45")
    assert first.words == "Mon 2 Nov 2026 to Sun 8 Nov 2026"
    assert (first.since.hour, second.since.hour) == (5, 4)  # the clocks changed on 1 November
    assert second.until == first.since
    assert first.until - first.since == timedelta(days=7)
    assert second.until - second.since == timedelta(days=7, hours=1)


def test_a_week_of_two_years_has_one_number() -> None:
    [week] = weeks_before(datetime(2027, 1, 5, tzinfo=UTC), "UTC", 1)
    assert week.number == "2026-W53"
