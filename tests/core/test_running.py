"""One chat as a state machine: whatever happens in whatever order, the rules of the hour hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import drafting, sentences, steering
from bot.core.actions import Action
from bot.core.effects import Say, Tell, Wish, Withdraw
from bot.core.model import ChatState, QuestionState, Step, StepKind
from bot.core.running import advance, ask, catch_up
from tests.support.pure_evening import EIGHT, MINUTE, SECOND, PureEvening, planned

Happening = Callable[[PureEvening], object]

minutes = st.integers(1, 40)
numbers = st.integers(1, 7)
afters = st.one_of(st.none(), st.integers(0, 6))


def passing(length: float) -> Happening:
    return lambda evening: evening.until(evening.now + length * MINUTE)


def outage(length: int) -> Happening:
    return lambda evening: evening.outage(length)


def host(do: Callable[..., object], *args: object) -> Happening:
    return lambda evening: evening.act(do, *args, evening.now)  # type: ignore[arg-type]


def hosts_after(do: Callable[..., object], after: int | None, *args: object) -> Happening:
    return lambda evening: evening.act(do, "Mo", *args, evening.now, after)  # type: ignore[arg-type]


happenings = st.one_of(
    st.builds(passing, st.floats(0.01, 15)),
    st.builds(passing, st.floats(0.01, 15)),
    st.builds(outage, minutes),
    st.builds(hosts_after, st.just(steering.next_question), afters),
    st.builds(hosts_after, st.just(steering.extend), afters, minutes),
    st.builds(hosts_after, st.just(steering.pause), afters),
    st.builds(host, st.just(steering.resume), st.just("Nia")),
    st.builds(host, st.just(steering.ask_extra), st.just("Mo"), st.just("And why?")),
    st.builds(lambda n: lambda e: e.act(steering.skip, "Mo", e.now, n), st.one_of(st.none(), numbers)),
    st.builds(lambda n: lambda e: e.act(drafting.add, "One more?", e.now, n), st.one_of(st.none(), numbers)),
    st.builds(host, st.just(drafting.edit), numbers, st.just("Rather this?")),
    st.builds(host, st.just(drafting.remove), numbers),
    st.builds(host, st.just(drafting.reorder), st.permutations([1, 2, 3, 4])),
    st.builds(host, st.just(steering.start), st.just("Mo")),
    st.builds(host, st.just(steering.end), st.just("Mo")),
    st.builds(lambda _: PureEvening.nobody_saw, st.none()),
)


@settings(max_examples=300)
@given(questions=st.integers(1, 7), early=st.booleans(), life=st.lists(happenings, max_size=25))
def test_whatever_happens_the_rules_of_the_hour_hold(
    questions: int, early: bool, life: list[Happening]
) -> None:
    evening = PureEvening(planned(questions))
    evening.until(EIGHT - (20 if early else 0) * MINUTE)
    for happening in life:
        happening(evening)
    if evening.state.chat.paused_at:
        evening.act(steering.resume, "Mo", evening.now)
    evening.until(evening.now + timedelta(days=20))
    assert evening.state.chat.state in (ChatState.SEALED, ChatState.CANCELLED)


@given(lengths=st.lists(minutes, min_size=1, max_size=3), at=st.integers(7, 50))
def test_extend_never_shortens_a_question_below_half_and_never_moves_the_end_back(
    lengths: list[int], at: int
) -> None:
    evening = PureEvening(planned(6))
    evening.until(EIGHT + at * MINUTE)
    for length in lengths:
        before, ends_at = evening.asks, evening.state.chat.ends_at
        if evening.act(steering.extend, "Mo", length, evening.now):
            continue
        assert evening.state.chat.ends_at >= ends_at
        assert not before or evening.asks[0] == before[0] + length * MINUTE
        assert all(b - a >= 4 * MINUTE for a, b in zip(evening.asks, evening.asks[1:], strict=False))
        assert not evening.asks or evening.state.wrap_at - evening.asks[-1] >= 4 * MINUTE - SECOND


@given(at=st.integers(1, 53), length=st.integers(1, 300))
def test_a_pause_moves_all_that_is_left_by_as_long_as_it_lasted(at: int, length: int) -> None:
    evening = PureEvening(planned(4))
    evening.until(EIGHT + at * MINUTE)
    before = {(s.kind, s.ordinal): s.due_at for s in evening.state.steps}
    evening.act(steering.pause, "Mo", evening.now)
    evening.until(evening.now + length * MINUTE)
    evening.act(steering.resume, "Mo", evening.now)
    assert {(s.kind, s.ordinal): s.due_at - length * MINUTE for s in evening.state.steps} == before
    assert evening.state.chat.ends_at == EIGHT + (60 + length) * MINUTE


@given(at=st.integers(6, 52), length=st.integers(2, 200))
def test_an_outage_keeps_the_end_and_asks_at_most_one_question(at: int, length: int) -> None:
    evening = PureEvening(planned(6))
    evening.until(EIGHT + at * MINUTE)
    asked = list(evening.posted)
    change = evening.outage(length)
    assert len(evening.posted) - len(asked) <= 1
    told = [effect for effect in change.effects if isinstance(effect, Tell)]
    assert bool(evening.dropped()) == bool(told)
    evening.until(EIGHT + 10 * 60 * MINUTE)
    assert evening.state.chat.state is ChatState.TAIL
    assert evening.state.chat.ends_at == max(EIGHT + 60 * MINUTE, EIGHT + (at + length) * MINUTE)


def head(subject: str) -> str:
    """What a subject is about, without the state of the chat in which it was said."""
    return re.sub(r"\.\d+$", "", subject)


def test_an_undisturbed_chat_says_all_it_should_in_order() -> None:
    evening = PureEvening(planned(2))
    evening.until(EIGHT + timedelta(days=8))
    said = [(head(say.subject), say.thread) for say in evening.said]
    assert said == [
        ("announce", ""),
        ("remind", ""),
        ("open", ""),
        ("intro", ""),
        ("q1", ""),
        ("q2", ""),
        ("q2.line", "q1"),
        ("wrap", ""),
        ("close", ""),
    ]
    wishes = [w.action for change in evening.changes for w in change.effects if isinstance(w, Wish)]
    assert wishes == [Action.THREAD, Action.PIN, Action.TOPIC] * 2 + [Action.TOPIC]
    assert evening.state.chat.state is ChatState.SEALED


def test_a_rehearsal_says_nothing_in_threads_as_the_hosts_room_may_be_one_itself() -> None:
    evening = PureEvening(planned(2).with_chat(rehearsal=True))
    evening.until(EIGHT + timedelta(hours=2))
    assert [say.subject for say in evening.said if say.thread] == []


def test_the_welcome_is_the_series_own_and_the_wrap_up_thanks_and_looks_ahead() -> None:
    evening = PureEvening(planned(2, welcome="Bring a friend."))
    evening.state = replace(evening.state, hosts=("Mo", "Nia"), next_at=EIGHT + timedelta(days=7))
    evening.until(EIGHT + 70 * MINUTE)
    texts = {head(say.subject): say.text for say in evening.said}
    assert "Bring a friend." in texts["open"]
    assert "Thank you for hosting, Mo and Nia." in texts["wrap"]
    assert "We meet again on Tue 10 Nov 2026, 8:00 pm GMT." in texts["wrap"]


def test_nobody_planned_is_nudged_twice_and_called_off_kindly() -> None:
    empty = replace(planned(1), questions=())
    empty = steering.replan(empty, EIGHT - timedelta(days=5))
    evening = PureEvening(empty, now=EIGHT - timedelta(days=5))
    evening.until(EIGHT + MINUTE)
    told = [head(e.subject) for c in evening.changes for e in c.effects if isinstance(e, Tell)]
    assert told == ["nudge3", "nudge1", "cancelled"]
    assert [say.text for say in evening.said] == [sentences.called_off_unplanned(empty.chat, empty.series)]


def test_after_weeks_away_hosts_hear_of_what_they_planned_alone_and_rooms_of_nothing() -> None:
    weeks, since = EIGHT + timedelta(days=20), EIGHT - timedelta(days=5)
    empty = steering.replan(replace(planned(1), questions=()), since)
    assert [e for e in advance(empty, weeks).effects if isinstance(e, Say | Tell)] == []
    late = advance(steering.replan(planned(2), since), weeks)
    said = [e for e in late.effects if isinstance(e, Say | Tell)]
    assert [(type(e), e.subject) for e in said] == [(Tell, "cancelled")]


def test_of_two_nudges_that_an_outage_left_the_later_one_is_given() -> None:
    empty = steering.replan(replace(planned(1), questions=()), EIGHT - timedelta(days=5))
    told = advance(empty, EIGHT - timedelta(hours=12)).effects
    assert [head(e.subject) for e in told if isinstance(e, Tell)] == ["nudge1"]


def test_planned_chats_are_not_nudged() -> None:
    state = steering.replan(planned(2), EIGHT - timedelta(days=5))
    evening = PureEvening(state, now=EIGHT - timedelta(days=5))
    evening.until(EIGHT - timedelta(hours=12))
    assert [say.subject for say in evening.said] == ["announce"]


@pytest.mark.parametrize(("late", "opens"), [(0.5, True), (4, True), (15, True), (15.1, False), (200, False)])
def test_a_chat_opens_up_to_a_quarter_of_an_hour_late(late: float, opens: bool) -> None:
    evening = PureEvening(planned(4))
    evening.until(EIGHT - SECOND)
    evening.outage(late + 1 / 60)
    assert evening.state.chat.state is (ChatState.OPEN if opens else ChatState.CANCELLED)
    assert any("We start" in say.text for say in evening.said) == (opens and late > 1)


def test_a_short_chat_with_no_time_left_is_not_opened_empty() -> None:
    evening = PureEvening(planned(3, minutes=15))
    evening.until(EIGHT - SECOND)
    evening.outage(12)
    assert evening.state.chat.state is ChatState.CANCELLED


def test_what_was_due_before_the_start_is_not_said_after_it() -> None:
    evening = PureEvening(steering.replan(planned(3), EIGHT - timedelta(days=3)))
    evening.now = EIGHT - timedelta(days=2)
    evening.outage(2 * 24 * 60 + 3)
    assert [say.subject for say in evening.said] == ["open", "intro"]


def test_after_an_outage_over_the_end_the_chat_is_closed_without_a_wrap_up() -> None:
    evening = PureEvening(planned(3))
    evening.until(EIGHT + 15 * MINUTE)
    change = evening.outage(120)
    assert [e.subject for e in change.effects if isinstance(e, Say)] == ["close"]
    assert evening.dropped() == [3]


def test_a_question_shown_late_keeps_half_its_minutes() -> None:
    evening = PureEvening(planned(4))
    evening.until(EIGHT + 13 * MINUTE)
    shown = evening.now + 0.5 * MINUTE
    evening.state = replace(evening.state, shown_at=shown)
    change = catch_up(evening.state, EIGHT + 14 * MINUTE)
    due = [step.due_at for step in change.state.steps if step.kind is StepKind.ASK]
    assert due[0] == shown + 4 * MINUTE


def test_a_question_shown_in_time_changes_nothing() -> None:
    evening = PureEvening(planned(4))
    evening.until(EIGHT + 13 * MINUTE)
    evening.state = replace(evening.state, shown_at=EIGHT + 6 * MINUTE)
    assert catch_up(evening.state, EIGHT + 14 * MINUTE).state == evening.state


def test_asking_what_does_not_wait_changes_nothing() -> None:
    state = planned(2)
    assert ask(state, 9, EIGHT).state == state
    assert ask(state, 9, EIGHT).effects == ()


def test_a_pause_of_a_whole_day_ends_the_chat() -> None:
    evening = PureEvening(planned(4))
    evening.until(EIGHT + 10 * MINUTE)
    evening.act(steering.pause, "Mo", evening.now)
    evening.until(evening.now + timedelta(days=1, minutes=1))
    assert evening.state.chat.state in (ChatState.CLOSED, ChatState.TAIL)
    assert evening.said[-1].text == sentences.PAUSED_TOO_LONG


def test_a_series_that_publishes_by_hand_stays_closed_until_its_seal() -> None:
    evening = PureEvening(planned(2, publish_at_once=False))
    evening.until(EIGHT + 90 * MINUTE)
    closed = evening.state.chat.state
    evening.until(EIGHT + timedelta(days=8))
    assert (closed, evening.state.chat.state) == (ChatState.CLOSED, ChatState.SEALED)


def test_calling_off_takes_back_what_nobody_was_shown() -> None:
    change = steering.cancel(planned(2), "Half-term.", EIGHT - 30 * MINUTE)
    assert isinstance(change.effects[0], Withdraw)
    assert change.state.steps == ()
    assert not advance(change.state, EIGHT + MINUTE).effects


def test_a_skipped_or_removed_question_is_not_asked() -> None:
    evening = PureEvening(planned(4))
    evening.until(EIGHT + 7 * MINUTE)
    evening.act(steering.skip, "Mo", evening.now, 2)
    evening.act(drafting.remove, 3, evening.now)
    evening.until(EIGHT + 70 * MINUTE)
    assert evening.posted == [1, 3]
    states = [q.state for q in evening.state.questions]
    assert states == [QuestionState.ASKED, QuestionState.SKIPPED, QuestionState.ASKED]


def test_steps_are_taken_in_their_turn() -> None:
    state = planned(1)
    assert Step(EIGHT, StepKind.OPEN).turn < Step(EIGHT, StepKind.INTRO).turn < Step(EIGHT, StepKind.ASK).turn
    assert state.steps == tuple(sorted(state.steps, key=lambda step: step.turn))
