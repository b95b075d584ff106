"""The term at a glance: which dates stand there, and how."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from bot.core.desk.term import AHEAD, Known, Standing, term
from bot.core.model import Chat, ChatState, Series
from bot.core.times.occurrences import upcoming
from bot.core.times.recurrence import Recurrence, instant


def wall(said: str) -> datetime:
    """What a clock on the wall shows."""
    return datetime.fromisoformat(said)


ZONE = "America/New_York"
NOW = datetime(2026, 10, 25, 12, tzinfo=UTC)
TUESDAYS = Recurrence(ZONE, wall("2026-09-01T20:00"), "FREQ=WEEKLY;BYDAY=TU")
SERIES = Series(1, 1, "Maths")


def known(local: datetime, state: ChatState = ChatState.PLANNED, questions: int = 0, **more: Any) -> Known:
    """A chat of our books."""
    at = instant(local, ZONE)
    chat = Chat(1, 1, ZONE, at, at + timedelta(hours=1), 1, local, state=state, **more)
    return Known(chat, SERIES, questions)


def stands(*chats: Known, rule: Recurrence = TUESDAYS, series: Series = SERIES) -> dict[str, Standing]:
    """How each date stands, by its local day."""
    weeks = term(chats, [(series, rule)], NOW, ZONE)
    dates = [one for week in weeks for one in week.dates]
    assert [one.at for one in dates] == sorted(one.at for one in dates)
    return {f"{(one.at - timedelta(hours=5)):%m-%d}": one.standing for one in dates}


@pytest.mark.parametrize(
    ("state", "questions", "more", "how"),
    [
        (ChatState.PLANNED, 0, {}, Standing.EMPTY),
        (ChatState.PLANNED, 3, {}, Standing.PLANNED),
        (ChatState.ANNOUNCED, 3, {}, Standing.ANNOUNCED),
        (ChatState.OPEN, 3, {}, Standing.LIVE),
        (ChatState.CANCELLED, 3, {}, Standing.CANCELLED),
        (ChatState.TAIL, 3, {}, Standing.KEPT),
        (ChatState.SEALED, 3, {"published_at": NOW}, Standing.PUBLISHED),
    ],
)
def test_a_chat_stands_as_its_state_says(
    state: ChatState, questions: int, more: dict[str, Any], how: Standing
) -> None:
    assert stands(known(wall("2026-10-27T20:00"), state, questions, **more))["10-27"] is how


def test_dates_without_a_chat_come_later_for_twelve_weeks_across_the_change_of_clocks() -> None:
    found = stands(known(wall("2026-10-27T20:00")))
    assert found["11-03"] is Standing.LATER
    assert len(found) == AHEAD // timedelta(weeks=1)


def test_a_date_that_comes_later_says_from_when_it_can_be_planned() -> None:
    made = [known(one.local) for one in upcoming(TUESDAYS, NOW)]
    weeks = term(made, [(SERIES, TUESDAYS)], NOW, ZONE)
    later = [one for week in weeks for one in week.dates if one.standing is Standing.LATER]
    assert [one.plannable for one in later] == [NOW.date() + timedelta(days=3 + 7 * k) for k in range(4)]
    morning = instant(datetime.combine(later[0].plannable, time()), ZONE)
    assert later[0].at in [one.at for one in upcoming(TUESDAYS, morning)]


def test_a_skipped_date_is_named_once_and_a_moved_chat_stands_where_it_is_held() -> None:
    rule = replace(TUESDAYS, exdates=frozenset({date(2026, 11, 10), date(2026, 9, 8)}))
    moved = known(wall("2026-11-03T20:00"), questions=2)
    moved = replace(moved, chat=replace(moved.chat, starts_at=instant(wall("2026-11-05T19:00"), ZONE)))
    found = stands(moved, rule=rule)
    assert found["11-10"] is Standing.SKIPPED
    assert "09-08" not in found
    assert "11-03" not in found
    assert found["11-05"] is Standing.PLANNED


def test_a_weekly_chat_that_rests_has_resting_dates() -> None:
    resting = replace(SERIES, paused=True)
    one = replace(known(wall("2026-10-27T20:00")), series=resting)
    assert set(stands(one, series=resting).values()) == {Standing.RESTING}


def test_weeks_begin_on_monday_and_this_one_is_marked() -> None:
    weeks = term([known(wall("2026-10-20T20:00"))], [(SERIES, TUESDAYS)], NOW, ZONE)
    assert [week.monday.weekday() for week in weeks] == [0] * len(weeks)
    assert [week.monday for week in weeks if week.now] == [date(2026, 10, 19)]


def test_a_zone_that_is_unknown_and_guests_have_chats_alone() -> None:
    lost = replace(TUESDAYS, zone="Nowhere/Else")
    one = known(wall("2026-10-27T20:00"))
    assert len(stands(one, rule=lost)) == 1
    weeks = term([one], [(SERIES, TUESDAYS)], NOW, ZONE, chats_alone=True)
    assert sum(len(week.dates) for week in weeks) == 1
