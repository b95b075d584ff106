"""What hosts do to a chat under way, act by act: who wins, what moves, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core import drafting, sentences, steering
from bot.core.effects import Say, Withdraw
from bot.core.model import ChatState, Refused, StepKind
from bot.core.state import Links, Running
from tests.support.pure_evening import EIGHT, MINUTE, SECOND, PureEvening, planned


def at(minutes: float, questions: int = 6) -> PureEvening:
    """A chat so many minutes after eight."""
    evening = PureEvening(planned(questions))
    evening.until(EIGHT + minutes * MINUTE)
    return evening


def test_start_moves_the_whole_run_sheet_along() -> None:
    evening = at(-20)
    begun = evening.now
    evening.act(steering.start, "Mo", evening.now)
    evening.until(evening.now + 20 * MINUTE)
    assert evening.posted == [1, 2]
    assert evening.state.chat.ends_at == begun + 60 * MINUTE
    assert evening.state.chat.lead == "Mo"
    assert [say.subject for say in evening.said][-4:-2] == ["intro", "q1"]


def test_start_needs_questions_and_a_chat_that_has_not_begun() -> None:
    empty = replace(planned(1), questions=())
    with pytest.raises(Refused, match="no questions yet"):
        steering.start(empty, "Mo", EIGHT)
    with pytest.raises(Refused, match="already begun"):
        steering.start(at(10).state, "Mo", EIGHT + 10 * MINUTE)


def test_announced_by_hand_it_is_not_announced_again_whatever_changes() -> None:
    monday_before = EIGHT - 8 * 24 * 60 * MINUTE
    evening = PureEvening(Running(planned(3).chat, planned(3).series), monday_before)
    evening.act(drafting.plan, "Homework", ["Why?", "How?"], evening.now)
    assert evening.said == []
    assert not evening.act(steering.announce, evening.now)
    assert not evening.act(steering.announce, evening.now)
    assert not evening.act(drafting.add, "And now?", evening.now)
    evening.until(EIGHT + MINUTE)
    assert [say.subject for say in evening.said].count("announce") == 1
    assert evening.state.chat.state is ChatState.OPEN


def test_the_announcement_names_what_leads_there() -> None:
    links = Links("https://a.example/join/x", "https://a.example/p/", "https://a.example/p/event.ics")
    state = replace(planned(1), links=links)
    [said] = steering.announce(state, EIGHT - 60 * MINUTE).effects
    assert isinstance(said, Say)
    assert said.text.splitlines()[-3:] == [
        "Join in your browser: https://a.example/join/x",
        "Its page: https://a.example/p/",
        "For your calendar: https://a.example/p/event.ics",
    ]


def test_only_a_coming_chat_with_questions_is_announced() -> None:
    empty = replace(planned(1), questions=())
    with pytest.raises(Refused, match="no questions yet"):
        steering.announce(empty, EIGHT - MINUTE)
    with pytest.raises(Refused, match="already begun"):
        steering.announce(at(10).state, EIGHT + 10 * MINUTE)
    with pytest.raises(Refused, match="starts this very moment"):
        steering.announce(planned(1), EIGHT)


def test_two_hosts_at_once_advance_once() -> None:
    evening = at(7)
    assert not evening.act(steering.next_question, "Mo", evening.now)
    evening.until(evening.now + 4 * SECOND)
    assert "Mo was just faster (Q2 is on)" in evening.act(steering.next_question, "Nia", evening.now)
    assert not evening.act(steering.next_question, "Mo", evening.now + SECOND)
    evening.until(evening.now + 6 * SECOND)
    assert not evening.act(steering.next_question, "Nia", evening.now)
    assert evening.posted == [1, 2, 3, 4]


def test_an_old_button_changes_nothing() -> None:
    evening = at(7)
    assert not evening.act(steering.next_question, "Mo", evening.now, 1)
    assert "Q2 is already going out" in evening.act(steering.next_question, "Nia", evening.now, 1)
    assert "No question is out yet" in at(1).act(steering.next_question, "Mo", EIGHT + MINUTE, 3)


def test_next_after_the_last_question_wraps_up_and_then_is_refused() -> None:
    evening = at(7, questions=1)
    assert not evening.act(steering.next_question, "Mo", evening.now)
    evening.until(evening.now + 10 * SECOND)
    assert evening.state.chat.state is ChatState.WRAPPING
    assert evening.act(steering.next_question, "Mo", evening.now) == sentences.ALREADY_WRAPPING


def test_a_question_that_is_on_its_way_is_not_overtaken() -> None:
    evening = at(14)
    early = evening.now - SECOND  # it was taken with a head start, and its minute is still to come
    assert "Q2 is already going out" in evening.act(steering.next_question, "Mo", early)


def test_a_question_nobody_was_shown_yet_is_not_overtaken_either() -> None:
    evening = at(14)
    evening.nobody_saw()
    assert "Q2 is already going out" in evening.act(steering.next_question, "Mo", evening.now)
    assert "Q2 is already going out" in evening.act(steering.ask_extra, "Mo", "And?", evening.now)
    assert evening.posted == [1, 2]


def test_extend_is_for_one_of_two_hosts_who_press_together() -> None:
    evening = at(7)
    assert not evening.act(steering.extend, "Mo", 3, evening.now, 1)
    assert "Mo was just faster" in evening.act(steering.extend, "Nia", 3, evening.now + SECOND, 1)


def test_a_chat_lasts_six_hours_at_most() -> None:
    evening = at(7)
    assert evening.act(steering.extend, "Mo", 400, evening.now) == sentences.TOO_LONG_A_CHAT


def test_extend_in_the_wrap_up_moves_the_end_alone() -> None:
    evening = at(55)
    assert not evening.act(steering.extend, "Mo", 5, evening.now)
    assert evening.state.chat.ends_at == EIGHT + 65 * MINUTE
    evening.until(EIGHT + 64 * MINUTE)
    assert evening.state.chat.state is ChatState.WRAPPING


@pytest.mark.parametrize("act", [steering.next_question, steering.pause])
def test_while_paused_only_resume_goes_on(act: object) -> None:
    evening = at(10)
    evening.act(steering.pause, "Mo", evening.now)
    assert evening.act(act, "Mo", evening.now) == sentences.PAUSED_RESUME_FIRST  # type: ignore[arg-type]
    evening.until(EIGHT + 30 * MINUTE)
    assert evening.posted == [1]
    assert not evening.act(steering.resume, "Mo", evening.now)
    evening.until(EIGHT + 35 * MINUTE)
    assert evening.posted == [1, 2]


def test_resume_needs_a_pause() -> None:
    assert at(10).act(steering.resume, "Mo", EIGHT + 10 * MINUTE) == sentences.NOT_PAUSED
    assert "has not started" in at(-20).act(steering.resume, "Mo", EIGHT - 20 * MINUTE)


def test_skip_takes_the_next_unless_told_which_and_says_so_in_the_hour() -> None:
    evening = at(7, questions=3)
    evening.act(steering.skip, "Mo", evening.now)
    evening.act(steering.skip, "Mo", evening.now, 3)
    assert evening.act(steering.skip, "Mo", evening.now) == sentences.NOTHING_LEFT_TO_SKIP
    assert [say.text for say in evening.said][-2:] == ["We leave out Q2 tonight.", "We leave out Q3 tonight."]
    assert "is not waiting" in at(7).act(steering.skip, "Mo", EIGHT + 7 * MINUTE, 1)


def test_skip_before_the_start_says_nothing_yet() -> None:
    evening = at(-20)
    before = len(evening.said)
    assert not evening.act(steering.skip, "Mo", evening.now, 2)
    evening.until(EIGHT - 15 * MINUTE)
    assert len(evening.said) == before


def test_an_extra_question_takes_the_next_number_and_the_rest_share_what_is_left() -> None:
    evening = at(40)
    evening.act(steering.ask_extra, "Mo", "And why?", evening.now)
    assert evening.posted[-1] == 6
    assert [q.text for q in evening.state.questions][5:] == ["And why?", "Question 6?"]
    assert "this chat has ended" in evening_over().act(steering.ask_extra, "Mo", "Late?", EIGHT).lower()


def evening_over() -> PureEvening:
    """An hour that is over."""
    return at(70)


def test_end_closes_at_once_and_takes_back_what_nobody_saw() -> None:
    evening = at(14)
    evening.nobody_saw()
    evening.act(steering.end, "Mo", evening.now)
    assert evening.posted == [1]
    assert "ended" in evening.act(steering.next_question, "Mo", evening.now)
    evening.until(evening.now + SECOND)
    assert evening.state.chat.state is ChatState.TAIL
    assert "ended" in evening.act(steering.end, "Mo", evening.now)


def test_cancel_is_for_a_chat_that_has_not_begun() -> None:
    assert at(10).act(steering.cancel, "", EIGHT) == sentences.RUNNING_USE_END
    assert "ended" in evening_over().act(steering.cancel, "", EIGHT)
    evening = at(-20)
    assert not evening.act(steering.cancel, "Half-term", evening.now)
    assert evening.said[-1].text.endswith("is cancelled: Half-term.")


def test_move_tells_those_who_read_the_announcement() -> None:
    evening = at(-20)
    assert not evening.act(steering.move, EIGHT + timedelta(days=1), evening.now)
    assert "moves from" in evening.said[-1].text
    assert evening.state.when(StepKind.OPEN) == EIGHT + timedelta(days=1)
    assert evening.state.when(StepKind.ANNOUNCE) is None
    quiet = steering.move(planned(2), EIGHT + timedelta(days=9), EIGHT - timedelta(hours=8))
    assert quiet.effects == (Withdraw(),)


def test_taking_back_makes_the_question_wait_again_from_now() -> None:
    evening = at(14)
    evening.nobody_saw()
    change = steering.take_back(evening.state, evening.now)
    assert change.effects == (Withdraw("q2"),)
    assert change.state.chat.asked == 1
    assert change.state.when(StepKind.ASK) == evening.now
    assert steering.take_back(at(14).state, evening.now).effects == ()


def test_more_questions_than_minutes_are_refused() -> None:
    with pytest.raises(Refused, match="do not fit"):
        planned(49)
    rehearsed: Running = planned(2).with_chat(rehearsal=True)
    assert steering.replan(rehearsed, EIGHT).chat.pace > timedelta()


def test_what_a_host_says_is_said_once_for_each_state() -> None:
    evening = at(10)
    said = steering.pause(evening.state, "Mo", evening.now).effects[-1]
    assert isinstance(said, Say)
    assert said.subject == f"paused.{evening.state.chat.version}"
