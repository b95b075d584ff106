"""A slow chat: a question a day at the same time of day, or all at once, and days to answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import whenever
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import days, drafting, runsheet, sentences, steering
from bot.core.actions import Action
from bot.core.effects import Card, Moment, Say, Tell, Wish
from bot.core.keeping import entry, kept_in_step
from bot.core.model import ChatState, Pace, Refused, StepKind
from bot.core.rooms.bar import bar
from bot.core.rooms.panel import panel
from bot.core.running import advance
from bot.core.sentences.keeping import panel as panel_words
from bot.core.times.weekdays import parse_days
from tests.support.pure_week import DAY, HOUR, MONDAY, NEW_YORK, PureWeek, at, begun, on, week

DAYS = ["Mon 09:00", "Tue 09:00", "Wed 09:00", "Thu 09:00", "Fri 09:00", "Sat 09:00"]
FORWARD = datetime(2027, 3, 8, 9)  # noqa: DTZ001 - a clock on a wall
"""The clocks of New York go forward on the Sunday of that week, back on that of the next."""
BACK = datetime(2027, 11, 1, 9)  # noqa: DTZ001 - a clock on a wall


def test_a_question_comes_each_day_at_nine_and_the_chat_ends_on_saturday_evening() -> None:
    slow = begun()
    assert slow.walls() == DAYS
    assert slow.state.chat.ends_at == on(5, "21:00")
    assert slow.state.wrap_at == on(5, "18:00")


def test_the_week_is_announced_opened_asked_wrapped_closed_and_sealed() -> None:
    slow = begun()
    slow.until(on(20))
    assert slow.posted == [1, 2, 3, 4, 5, 6]
    kinds = ["announce", "remind", "open", "q1", "q2", "q3", "q4", "q5", "q6", "wrap", "close"]
    heard = [say.subject.partition(".")[0] for say in slow.said if not say.thread]
    assert heard == kinds
    assert slow.state.chat.state is ChatState.SEALED


def test_nobody_is_asked_to_gather_when_the_first_question_comes_with_the_welcome() -> None:
    slow = begun().at(0, "09:00")
    assert [say.subject for say in slow.said][-2:] == ["open", "q1"]
    welcome = next(say for say in slow.said if say.subject == "open")
    assert (
        "A question comes at 9:00 am ET, Mon to Sat; every one stays open until Sat 28 Nov." in welcome.text
    )


@pytest.mark.parametrize("wall", [FORWARD, BACK], ids=["forward", "back"])
def test_days_before_and_after_are_local_ones_across_a_change_of_the_clocks(wall: datetime) -> None:
    before = week(6, wall=wall)
    due = {step.kind: step.due_at for step in before.steps}
    local = {kind: moment.astimezone(ZoneInfo(NEW_YORK)) for kind, moment in due.items()}
    assert f"{local[StepKind.ANNOUNCE]:%a %H:%M}" == "Sun 09:00"
    assert f"{local[StepKind.SEAL]:%a %H:%M}" == "Sat 21:00"
    assert local[StepKind.SEAL].date() == wall.date() + 12 * DAY
    assert due[StepKind.SEAL] - due[StepKind.CLOSE] != 7 * DAY


_ZONES = [
    *("America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo"),
    *("Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"),
]
"""Some with changes of the clocks at odd hours and by odd spans, some on either side of the date line."""


@given(
    zone=st.sampled_from(_ZONES),
    first=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    clock=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    counted=st.sets(st.integers(0, 6), min_size=1).map(lambda found: tuple(sorted(found))),
)
@settings(max_examples=300, deadline=None)
def test_every_question_keeps_its_time_of_day_whatever_the_clocks_do(
    zone: str, first: date, clock: time, counted: tuple[int, ...]
) -> None:
    state = week(1, wall=datetime.combine(first, clock), zone=zone, days=counted)
    most = runsheet.most_questions(state.chat, state.series)
    times = days.spread(state.chat, state.series, state.chat.starts_at, most)
    for found, expected in zip(times[1:], _whenever(first, clock, zone, counted), strict=False):
        assert found == expected
    assert list(times) == sorted(set(times))
    assert times[-1] < state.wrap_at < state.chat.ends_at
    assert state.chat.ends_at - state.chat.starts_at < 8 * DAY


def _whenever(first: date, clock: time, zone: str, counted: tuple[int, ...]) -> list[datetime]:
    """The same days worked out by another library."""
    later = (first + k * DAY for k in range(1, 15))
    walls = (
        whenever.PlainDateTime(day.year, day.month, day.day, clock.hour, clock.minute)
        for day in later
        if day.weekday() in counted
    )
    found = (wall.assume_tz(zone, disambiguation="compatible").to_instant() for wall in walls)
    return [datetime.fromtimestamp(one.timestamp(), UTC) for one in found]


# --- Outages ---------------------------------------------------------------------------------


def test_what_falls_due_in_an_outage_is_asked_once_when_back_and_the_others_keep_their_days() -> None:
    slow = begun().at(0, "20:00")
    slow.away(1, "15:30")
    assert slow.posted == [1, 2]
    assert slow.walls() == ["Wed 09:00", "Thu 09:00", "Fri 09:00", "Sat 09:00"]


def test_after_days_away_one_question_goes_and_the_rest_follow_day_by_day() -> None:
    slow = begun(4).at(0, "20:00")
    slow.away(2, "15:30")
    assert slow.posted == [1, 2]
    assert slow.walls() == ["Thu 09:00", "Fri 09:00"]


def test_what_has_no_day_left_after_an_outage_is_dropped_and_told_to_the_hosts() -> None:
    slow = begun().at(0, "20:00")
    change = slow.outage((on(3, "12:00") - slow.now) / timedelta(minutes=1))
    assert slow.posted == [1, 2]
    assert slow.dropped() == [5, 6]
    told = [effect.text for effect in change.effects if isinstance(effect, Tell)]
    assert told == [sentences.dropped(slow.state.series, [q for q in slow.state.questions if q.position > 4])]


def test_a_question_that_comes_late_is_left_alone_for_some_hours() -> None:
    slow = begun().at(1, "08:00")
    slow.away(2, "08:55")
    assert slow.posted == [1, 2]
    assert slow.walls()[:2] == ["Wed 11:55", "Thu 09:00"]


def test_a_slow_chat_opens_even_a_day_late() -> None:
    slow = begun().at(-1, "12:00")
    slow.away(1, "14:00")
    assert slow.state.chat.state is ChatState.OPEN
    assert slow.posted == [1]
    assert slow.walls() == ["Wed 09:00", "Thu 09:00", "Fri 09:00", "Sat 09:00"]
    assert slow.dropped() == [6]
    assert "We start" not in next(say.text for say in slow.said if say.subject == "open")


def test_a_slow_chat_that_was_slept_through_is_called_off() -> None:
    slow = begun().at(-1, "12:00")
    slow.away(6, "14:00")
    assert slow.state.chat.state is ChatState.CANCELLED
    assert slow.posted == []


def test_a_restart_over_the_end_says_only_good_bye() -> None:
    slow = begun().at(5, "10:00")
    slow.away(6, "10:00")
    assert slow.posted == [1, 2, 3, 4, 5, 6]
    assert slow.said[-1].subject == "close"
    assert "wrap" not in [say.subject for say in slow.said]


# --- Hosts -----------------------------------------------------------------------------------


def test_more_time_is_a_day_more() -> None:
    slow = begun(4).at(1, "12:00")
    assert not slow.act(steering.extend, "Mo", 1440, slow.now)
    assert slow.walls() == ["Thu 09:00", "Fri 09:00"]
    assert slow.state.chat.ends_at == on(5, "21:00")


def test_more_days_than_are_left_move_the_end() -> None:
    slow = begun(6).at(1, "12:00")
    assert not slow.act(steering.extend, "Mo", 1440, slow.now)
    assert slow.walls() == ["Thu 09:00", "Fri 09:00", "Sat 09:00", "Mon 09:00"]
    assert slow.state.chat.ends_at == on(7, "21:00")
    assert slow.state.wrap_at == on(7, "18:00")


def test_minutes_are_no_time_for_a_slow_question() -> None:
    slow = begun().at(1, "12:00")
    assert slow.act(steering.extend, "Mo", 30, slow.now) == sentences.DAYS_NOT_MINUTES


def test_a_chat_lasts_a_fortnight_at_most() -> None:
    slow = begun().at(1, "12:00")
    assert slow.act(steering.extend, "Mo", 12 * 1440, slow.now) == sentences.TOO_MANY_DAYS


def test_the_next_question_by_hand_leaves_the_days_of_the_others() -> None:
    slow = begun().at(1, "12:00")
    assert not slow.act(steering.next_question, "Mo", slow.now)
    assert slow.posted == [1, 2, 3]
    assert slow.walls() == ["Thu 09:00", "Fri 09:00", "Sat 09:00"]


def test_an_extra_question_takes_nobodys_day() -> None:
    slow = begun().at(1, "12:00")
    assert not slow.act(steering.ask_extra, "Mo", "And you?", slow.now)
    assert slow.posted == [1, 2, 3]
    assert slow.walls() == ["Wed 09:00", "Thu 09:00", "Fri 09:00", "Sat 09:00"]
    slow.until(on(6))
    assert slow.posted == [1, 2, 3, 4, 5, 6, 7]


def test_when_one_is_left_out_the_others_move_up() -> None:
    slow = begun().at(1, "12:00")
    assert not slow.act(steering.skip, "Mo", slow.now)
    assert slow.walls() == ["Wed 09:00", "Thu 09:00", "Fri 09:00"]
    assert slow.said[-1].text == "We leave out Q3."


def test_when_all_are_asked_nothing_is_wrapped_up_early() -> None:
    slow = begun(2).at(1, "12:00")
    refused = slow.act(steering.next_question, "Mo", slow.now)
    assert refused == (
        "All questions are asked; answers are open until Sat 28 Nov, 9:00 pm ET. "
        "`chat ask` asks one more, `chat end` ends it now."
    )
    offered = [one.label for one in sentences.steering_offers(slow.state.chat, slow.state.questions)]
    assert offered == ["One more day", "Pause", "End"]
    assert "Next question" not in [one.label for one in panel(slow.state)]
    assert not slow.act(steering.ask_extra, "Mo", "And you?", slow.now)
    slow.until(on(6))
    assert [say.subject for say in slow.said][-2:] == ["wrap", "close"]


def test_one_that_is_begun_days_early_keeps_its_end_where_the_questions_need_it() -> None:
    slow = begun(6).at(-2, "10:00")
    assert not slow.act(steering.start, "Mo", slow.now)
    assert slow.state.chat.ends_at == on(5, "21:00")
    slow.until(on(-2, "10:01"))
    assert slow.posted == [1]
    assert slow.walls() == DAYS[:5]


def test_a_slow_chat_of_one_day_has_days_as_well() -> None:
    slow = begun(1, days=(0,)).at(0, "12:00")
    assert slow.state.chat.ends_at == on(0, "21:00")
    assert bar(slow.state, slow.now).left == "day 1 of 1"
    more = {one.label: one.line for one in sentences.steering_offers(slow.state.chat, slow.state.questions)}
    assert more["One more day"] == 'chat extend "1 day" chat=1 after=1'
    assert not slow.act(steering.extend, "Mo", 1440, slow.now)
    assert slow.state.chat.ends_at == on(7, "21:00")


def test_one_that_was_ended_on_its_first_day_stays_a_chat_of_days() -> None:
    slow = begun().at(0, "15:00")
    assert not slow.act(steering.end, "Mo", slow.now)
    slow.until(on(0, "16:00"))
    assert slow.state.chat.takes_days
    assert "its days are over" in bar(slow.state, slow.now).text


def test_a_pause_names_who_made_it_and_who_resumes_reads_when_the_next_comes() -> None:
    slow = begun().at(1, "12:00")
    slow.act(steering.next_question, "Ana", slow.now)
    slow.act(steering.pause, "Mo", slow.now)
    state = slow.state
    said = sentences.where_we_are(state.chat, state.series, state.questions, state.steps, slow.now)
    assert "Mo paused the chat." in said
    slow.at(1, "20:00").act(steering.resume, "Ana", on(1, "20:00"))
    assert slow.said[-1].text == (
        "We go on, thanks to Ana. The next question comes on Thu 26 Nov, 9:00 am ET. "
        "The chat now ends on Sat 28 Nov, 9:00 pm ET."
    )
    assert [one.at for one in slow.said[-1].moments] == [on(3), on(5, "21:00")]


def test_a_pause_within_a_day_changes_nothing() -> None:
    slow = begun().at(1, "12:00")
    slow.act(steering.pause, "Mo", slow.now)
    slow.at(1, "20:00").act(steering.resume, "Mo", on(1, "20:00"))
    assert slow.walls() == ["Wed 09:00", "Thu 09:00", "Fri 09:00", "Sat 09:00"]
    assert slow.state.chat.ends_at == on(5, "21:00")


def test_after_a_pause_of_days_the_questions_keep_their_time_and_the_end_moves() -> None:
    slow = begun().at(1, "12:00")
    slow.act(steering.pause, "Mo", slow.now)
    slow.at(3, "20:00").act(steering.resume, "Mo", on(3, "20:00"))
    assert slow.walls() == ["Fri 09:00", "Sat 09:00", "Mon 09:00", "Tue 09:00"]
    assert slow.state.chat.ends_at == on(8, "21:00")
    assert slow.said[-1].text.endswith("The chat now ends on Tue 1 Dec, 9:00 pm ET.")


def test_who_resumes_after_the_end_has_some_hours_to_say_good_bye() -> None:
    slow = begun().at(5, "12:00")
    slow.act(steering.pause, "Mo", slow.now)
    slow.at(6, "12:00").act(steering.resume, "Mo", on(6, "12:00"))
    slow.until(on(6, "16:00"))
    assert [say.subject for say in slow.said][-2:] == ["wrap", "close"]
    assert slow.state.chat.ends_at == on(6, "15:00")


def test_a_pause_of_a_week_ends_it() -> None:
    slow = begun().at(1, "12:00")
    slow.act(steering.pause, "Mo", slow.now)
    slow.until(on(8, "12:01"))
    assert slow.state.chat.state.over
    assert slow.said[-1].text == sentences.PAUSED_A_WEEK


def test_it_ends_when_hosts_say_so() -> None:
    slow = begun().at(2, "12:00")
    assert not slow.act(steering.end, "Mo", slow.now)
    slow.until(on(2, "13:00"))
    assert slow.state.chat.state.over
    assert slow.posted == [1, 2, 3]


def test_moved_to_tuesday_it_still_ends_on_saturday() -> None:
    slow = begun(5).at(-1, "12:00")
    assert not slow.act(steering.move, on(1, "14:00"), slow.now)
    assert slow.walls() == ["Tue 14:00", *DAYS[2:]]
    assert slow.state.chat.ends_at == on(5, "21:00")


def test_moved_to_where_too_few_days_are_left_it_is_refused() -> None:
    slow = begun(6).at(-1, "12:00")
    assert slow.act(steering.move, on(2, "09:00"), slow.now) == sentences.too_few_days(6, 4)


def test_begun_on_sunday_by_hand_the_others_come_at_their_time() -> None:
    slow = begun(6).at(-1, "17:00")
    assert not slow.act(steering.start, "Mo", slow.now)
    slow.until(on(-1, "17:01"))
    assert slow.posted == [1]
    assert slow.walls() == DAYS[:5]


def test_more_questions_than_days_are_refused() -> None:
    slow = begun(6).at(-1, "12:00")
    assert slow.act(drafting.add, "One more?", slow.now) == sentences.too_few_days(7, 6)
    slow.at(1, "12:00")
    assert slow.act(drafting.add, "One more?", slow.now) == sentences.NO_DAY_LEFT


def test_a_question_added_on_the_way_gets_the_next_free_day() -> None:
    slow = begun(3).at(1, "12:00")
    assert not slow.act(drafting.add, "One more?", slow.now)
    assert slow.walls() == ["Wed 09:00", "Thu 09:00"]
    slow.at(4, "12:00")
    assert not slow.act(drafting.add, "And one?", slow.now)
    assert slow.walls() == ["Sat 09:00"]


# --- All at once -----------------------------------------------------------------------------


def test_all_questions_come_with_the_welcome_and_the_first_stays_pinned() -> None:
    slow = begun(4, asks=Pace.ALL).at(0, "09:00")
    assert slow.posted == [1, 2, 3, 4]
    effects = [effect for change in slow.changes for effect in change.effects]
    pins = [one.on for one in effects if isinstance(one, Wish) and one.action is Action.PIN]
    assert pins == ["q1"]
    assert not [say for say in effects if isinstance(say, Say) and say.thread]
    slow.until(on(6))
    assert slow.state.chat.ends_at == on(5, "21:00")


def test_all_at_once_they_come_after_an_outage_too() -> None:
    slow = begun(4, asks=Pace.ALL).at(-1, "12:00")
    slow.now = on(0, "15:00")
    change = advance(slow.state, slow.now)
    asked = [effect.question for effect in change.effects if isinstance(effect, Say) and effect.question]
    assert asked == [1, 2, 3, 4]


def test_too_many_at_once_are_refused() -> None:
    with pytest.raises(Refused, match="21 questions are too many"):
        week(21, asks=Pace.ALL)


# --- Words -----------------------------------------------------------------------------------


def test_the_run_sheet_names_days() -> None:
    state = week(2)
    sheet = sentences.run_sheet(state.chat, state.series, state.questions, state.steps)
    assert sheet == [
        "Mon 23 Nov, 9:00 am ET welcome",
        "Mon 23 Nov, 9:00 am ET Q1: Question 1?",
        "Tue 24 Nov, 9:00 am ET Q2: Question 2?",
        "Sat 28 Nov, 6:00 pm ET wrap-up",
        "Sat 28 Nov, 9:00 pm ET end",
        "Announcement Sun 22 Nov 2026, 9:00 am ET.",
        "Reminder Mon 23 Nov 2026, 8:50 am ET.",
    ]
    assert sentences.when(state.chat, state.series) == (
        "Mon 23 Nov 2026, 9:00 am ET, until Sat 28 Nov: a question a day at 9:00 am ET."
    )


def test_on_the_way_one_reads_which_day_it_is_never_minutes() -> None:
    slow = begun().at(1, "12:00")
    assert bar(slow.state, slow.now).left == "day 2 of 6"
    assert bar(slow.state, slow.now).due is None
    state = slow.state
    said = sentences.where_we_are(state.chat, state.series, state.questions, state.steps, slow.now)
    assert said.splitlines()[:2] == [
        "Q2: Question 2?",
        "Day 2 of 6. Next question: Wed 25 Nov, 9:00 am ET.",
    ]


def test_the_hosts_panel_names_days_and_gives_days() -> None:
    slow = begun().at(1, "12:00")
    assert panel_words(slow.state, "on Wed 25 Nov, 9:00 am ET").splitlines() == [
        "**Homework**: Q2 is on.",
        "Next on Wed 25 Nov, 9:00 am ET: Q3: Question 3?",
    ]
    pressed = {offer.label: offer.line for offer in panel(slow.state)}
    assert pressed["+1 day"] == 'chat extend "1 day" chat=1 after=2'
    assert "+2 min" not in pressed


def test_the_panel_is_told_anew_when_a_day_is_given() -> None:
    slow = begun(4).at(1, "12:00")
    before = slow.state
    slow.act(steering.extend, "Mo", 1440, slow.now)
    [card] = [one for one in kept_in_step(before, slow.state) if isinstance(one, Card)]
    assert "Next on Thu 26 Nov, 9:00 am ET: Q3" in card.text
    [entered] = [one for one in kept_in_step(before, slow.state) if isinstance(one, Wish)]
    assert entered.moments == (Moment("Next question", on(3), below=True),)


def test_networks_enter_it_in_their_calendars_for_all_its_days() -> None:
    found = entry(begun().state)
    assert found is not None
    assert (found.starts_at, found.ends_at) == (on(0), on(5, "21:00"))


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Mon-Sat", (0, 1, 2, 3, 4, 5)),
        ("Monday to Friday", (0, 1, 2, 3, 4)),
        ("weekdays", (0, 1, 2, 3, 4)),
        ("every day", (0, 1, 2, 3, 4, 5, 6)),
        ("Mon, Wed and Fri", (0, 2, 4)),
        ("Thu–Tue", (3, 4, 5, 6, 0, 1)),
        ("Sat", (5,)),
    ],
)
def test_days_are_read_as_people_write_them(said: str, read: tuple[int, ...]) -> None:
    assert parse_days(said) == read


@pytest.mark.parametrize("said", ["", "Mon-", "Mon-Tue-Wed", "someday", "Mon, Mon", "9", "-"])
def test_what_names_no_days_is_asked_back(said: str) -> None:
    with pytest.raises(Refused, match=r"days|twice"):
        parse_days(said)


# --- Whatever happens ------------------------------------------------------------------------

_ACTS = st.sampled_from(["extend", "next", "ask", "skip", "pause", "resume", "add", "wait", "away", "nap"])


_WEEKS = [
    *((wall, NEW_YORK) for wall in (MONDAY, FORWARD, BACK)),
    *((datetime(2026, 9, 21, 9), zone) for zone in ("Pacific/Auckland", "Pacific/Chatham")),  # noqa: DTZ001 - a clock on a wall
    *((datetime(2026, 3, 30, 9), zone) for zone in ("Australia/Lord_Howe", "Pacific/Kiritimati")),  # noqa: DTZ001 - a clock on a wall
]
"""Weeks with and without a change of the clocks, some beside the date line."""


@given(
    acts=st.lists(st.tuples(_ACTS, st.integers(1, 60)), max_size=14),
    week=st.sampled_from(_WEEKS),
)
@settings(max_examples=150, deadline=None)
def test_whatever_hosts_do_nothing_is_asked_twice_nor_in_a_burst(
    acts: list[tuple[str, int]], week: tuple[datetime, str]
) -> None:
    wall, zone = week
    slow = begun(wall=wall, zone=zone)
    slow.until(slow.state.chat.starts_at + HOUR)
    for act, hours in acts:
        _do(slow, act, hours)
        ends = [step.due_at for step in slow.state.steps if step.kind is StepKind.CLOSE]
        assert ends in ([], [slow.state.chat.ends_at])
        if slow.state.chat.state.live and not slow.state.chat.paused_at:
            gaps = zip(slow.asks, slow.asks[1:], strict=False)
            assert all(after - before >= 3 * HOUR for before, after in gaps)
            assert all(moment < slow.state.wrap_at for moment in slow.asks)
            assert {moment.astimezone(ZoneInfo(zone)).time() for moment in slow.asks[2:]} <= {time(9)}
    if slow.state.chat.paused_at:
        slow.act(steering.resume, "Mo", slow.now)
    slow.until(slow.now + 40 * DAY)
    assert slow.state.chat.state is ChatState.SEALED


def _do(slow: PureWeek, act: str, hours: int) -> None:
    now = slow.now
    match act:
        case "extend":
            slow.act(steering.extend, "Mo", 1440, now)
        case "next" | "skip" | "pause" | "resume":
            named = {"next": steering.next_question, "skip": steering.skip}
            slow.act({**named, "pause": steering.pause, "resume": steering.resume}[act], "Mo", now)
        case "ask":
            slow.act(steering.ask_extra, "Mo", "And you?", now)
        case "add":
            slow.act(drafting.add, "One more?", now)
        case "away" if not slow.state.chat.paused_at:
            slow.outage(hours * 60)
        case _:
            slow.until(now + hours * HOUR)


def test_the_week_of_the_tests_is_the_one_they_name() -> None:
    assert at(MONDAY).utcoffset() == timedelta(hours=-5)
    assert at(FORWARD, NEW_YORK).utcoffset() != at(FORWARD + 7 * DAY, NEW_YORK).utcoffset()
