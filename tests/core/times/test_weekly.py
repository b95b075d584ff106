"""What a weekly chat is made of, and when its place is free."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.core.model import Chat, ChatState, Refused, Series, StepKind, Visibility
from bot.core.state import Running
from bot.core.times import weekly
from bot.core.times.free_times import Clash, Span, clash
from bot.core.times.weekly import Times, Wishes

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SERIES = Series(1, 1, "Weekly EdChat")
NEW_YORK = "America/New_York"


def span(hour: float, hours: float = 1, title: str = "") -> Span:
    start = NOW + timedelta(hours=hour)
    return Span(start, start + timedelta(hours=hours), title)


def test_times_that_touch_do_not_meet() -> None:
    assert clash([span(1), span(3)], [span(2), span(0)]) is None


def test_two_that_meet_are_told_with_the_next_hour_that_is_free_for_all() -> None:
    mine, theirs = [span(0), span(48)], [span(0.5, title="Other"), span(49, title="Third")]
    assert clash(mine, theirs) == Clash(mine[0], theirs[0], free_after=2)


def test_a_long_one_that_began_long_before_is_seen() -> None:
    found = clash([span(10)], [span(0, hours=23, title="Long"), span(1)])
    assert found is not None
    assert (found.other.title, found.free_after) == ("Long", 13)


def test_a_day_without_a_free_hour() -> None:
    found = clash([span(0)], [span(0, hours=48)])
    assert found is not None
    assert found.free_after is None


def test_own_times_may_not_meet_either() -> None:
    found = clash([span(0.5), span(0)], [])
    assert found == Clash(span(0.5), span(0), own=True)


@pytest.mark.parametrize(("minutes", "part"), [(60, 6), (120, 6), (30, 3), (15, 1), (10, 1)])
def test_a_short_chat_has_a_short_opening(minutes: int, part: int) -> None:
    found = weekly.of_length(SERIES, minutes)
    assert (found.length, found.opening, found.wrapping) == (
        timedelta(minutes=minutes), timedelta(minutes=part), timedelta(minutes=part),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "tag"),
    [("#edchat", "#edchat"), ("EdChat", "#EdChat"), ("none", ""), ("", ""), ("été_21", "#été_21")],
)
def test_a_hashtag_has_its_sign(text: str, tag: str) -> None:
    assert weekly.hashtag(text) == tag


@pytest.mark.parametrize("text", ["#", "two words", "##x", "#a b", "a" * 51, "<b>"])
def test_a_hashtag_is_one_word(text: str) -> None:
    with pytest.raises(Refused, match="one word"):
        weekly.hashtag(text)


def test_two_times_stand_with_a_semicolon_between() -> None:
    found = weekly.rules("every Tue 12:00; every Tue 19:00 Europe/London;", NEW_YORK, NOW)
    assert [(rule.zone, rule.dtstart_local.hour) for rule in found] == [(NEW_YORK, 12), ("Europe/London", 19)]
    assert len(weekly.rules("FREQ=WEEKLY;BYDAY=TU;BYHOUR=20", NEW_YORK, NOW)) == 1
    with pytest.raises(Refused, match="at most 14"):
        weekly.rules("every Tue 12:00;" * 20, NEW_YORK, NOW)
    with pytest.raises(Refused):
        weekly.rules("", NEW_YORK, NOW)


def test_dates_come_in_order_and_the_nearest_is_found() -> None:
    rules = weekly.rules("every Tue 20:00; every Thu 20:00", NEW_YORK, NOW)
    days = [at.astimezone(UTC).day for at, _ in weekly.next_dates(rules, NOW)]
    assert days == [25, 27, 2, 4]
    assert weekly.nearest(NOW + timedelta(days=5), rules, NOW) == datetime(2026, 11, 27, 1, tzinfo=UTC)
    assert weekly.nearest(NOW, (), NOW) is None


def test_a_place_is_taken_for_a_year_or_by_a_date_beyond() -> None:
    assert len(weekly.spans(weekly.rules("every Tue 20:00", NEW_YORK, NOW), SERIES, NOW)) == 53
    once = weekly.rules("every Tue 20:00 from 1 Dec 2027, 1 times", NEW_YORK, NOW)
    assert [one.title for one in weekly.spans(once, SERIES, NOW)] == ["Weekly EdChat"]


def test_a_break_has_two_ends() -> None:
    today = NOW.date()
    assert weekly.days("22 Dec", today) == (date(2026, 12, 22), date(2026, 12, 22))
    assert weekly.days("22 Dec until 5 Jan", today) == (date(2026, 12, 22), date(2027, 1, 5))
    with pytest.raises(Refused, match="before it begins"):
        weekly.days("22 Dec until 1 Dec", today)
    (rule,) = weekly.rules("every Tue 20:00", NEW_YORK, NOW)
    found = weekly.days_left_out(rule, date(2026, 12, 22), date(2027, 1, 5), NOW)
    assert found == [date(2026, 12, 22), date(2026, 12, 29), date(2027, 1, 5)]


def test_what_is_not_wished_stays() -> None:
    wished = Wishes(
        title="New", hashtag="x", letters="f/a", welcome=" Hi! ", readers=Visibility.PUBLIC, minutes=30
    )
    found = wished.of(SERIES)
    assert (found.title, found.hashtag, found.letters, found.welcome) == ("New", "#x", "F/A", "Hi!")
    assert (found.visibility, found.length) == (Visibility.PUBLIC, timedelta(minutes=30))
    assert Wishes().of(found) == found
    assert Wishes(welcome="none", tail_days=3, publish_at_once=False).of(found).welcome == ""
    open_ = Wishes(anonymous_answers=True, search_engines=True, about=" For new teachers. ").of(SERIES)
    assert (open_.anonymous_answers, open_.indexable, open_.about) == (True, True, "For new teachers.")
    assert Wishes().of(open_) == open_
    for long in (Wishes(welcome="x" * 1_001), Wishes(about="x" * 1_001)):
        with pytest.raises(Refused, match="1,000 are the most"):
            long.of(SERIES)


def test_new_times_keep_what_was_left_out() -> None:
    (rule,) = weekly.rules("every Tue 20:00 except 1 Dec", NEW_YORK, NOW)
    (other,) = Times(when="every Thu 19:00").of([rule], "UTC", NOW)
    assert (other.zone, other.exdates) == (NEW_YORK, rule.exdates)
    (moved,) = Times(zone="Europe/London").of([rule], "UTC", NOW)
    assert (moved.zone, moved.dtstart_local) == ("Europe/London", rule.dtstart_local)
    assert [one.zone for one in Times(also="every Sat 9 am").of([rule], "UTC", NOW)] == [NEW_YORK, NEW_YORK]
    assert Times().of([], "UTC", NOW) == ()


@pytest.mark.parametrize(
    ("days", "state", "after", "announced"),
    [
        (1, ChatState.PLANNED, ChatState.PLANNED, True),
        (1, ChatState.ANNOUNCED, ChatState.ANNOUNCED, False),
        (-1, ChatState.PLANNED, ChatState.CANCELLED, False),
        (0, ChatState.ANNOUNCED, ChatState.CANCELLED, False),
    ],
)
def test_after_a_rest_what_went_by_is_let_go_in_silence(
    days: int, state: ChatState, after: ChatState, announced: bool
) -> None:
    start = NOW + timedelta(days=days)
    chat = Chat(1, 1, "UTC", start, start + timedelta(hours=1), state=state)
    change = weekly.after_a_rest(Running(chat, SERIES), NOW)
    assert change.effects == ()
    assert change.state.chat.state is after
    assert (StepKind.ANNOUNCE in [step.kind for step in change.state.steps]) is announced
