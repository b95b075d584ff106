"""The list of questions: planned, added to, reworded, reordered and thinned out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core import drafting, sentences, steering
from bot.core.actions import Action
from bot.core.effects import Wish
from bot.core.model import Question, QuestionState, Refused, StepKind
from tests.support.pure_evening import EIGHT, MINUTE, PureEvening, planned


def at(minutes: float, questions: int = 4) -> PureEvening:
    """A chat so many minutes after eight."""
    evening = PureEvening(planned(questions))
    evening.until(EIGHT + minutes * MINUTE)
    return evening


def texts(evening: PureEvening) -> list[str]:
    """The questions in their order, as their first words."""
    return [f"{q.position} {q.text}" for q in evening.state.questions]


def test_planning_again_replaces_the_draft() -> None:
    evening = at(-30)
    assert not evening.act(drafting.plan, "Other", ["New?"], evening.now)
    assert texts(evening) == ["1 New?"]
    assert "already begun" in at(5).act(drafting.plan, "Other", ["New?"], EIGHT)


def test_a_question_is_added_at_the_end_or_before_one_that_waits() -> None:
    evening = at(7)
    evening.act(drafting.add, "Last?", evening.now)
    evening.act(drafting.add, "Soon?", evening.now, 1)
    assert texts(evening)[:2] == ["1 Question 1?", "2 Soon?"]
    assert texts(evening)[-1] == "6 Last?"
    evening.until(EIGHT + 15 * MINUTE)
    assert evening.posted == [1, 2]


def test_a_question_added_when_none_waits_gets_its_time_and_the_end_moves_if_it_must() -> None:
    evening = at(50)
    assert evening.posted == [1, 2, 3, 4]
    assert not evening.act(drafting.add, "One more?", evening.now)
    evening.until(EIGHT + 80 * MINUTE)
    assert evening.posted == [1, 2, 3, 4, 5]
    assert evening.state.chat.ends_at > EIGHT + 60 * MINUTE


def test_nothing_is_added_to_a_chat_that_wraps_up() -> None:
    assert "already begun" in at(55).act(drafting.add, "Late?", EIGHT + 55 * MINUTE)


def test_rewording_what_was_asked_changes_post_and_thread() -> None:
    evening = at(7)
    asked = drafting.edit(evening.state, 1, "Better?", evening.now)
    assert [(e.action, e.text) for e in asked.effects if isinstance(e, Wish)] == [
        (Action.EDIT, "Q1: Better?"),
        (Action.THREAD, "3 Nov Q1 Better?"),
    ]
    [edit, _] = asked.effects
    assert isinstance(edit, Wish)
    assert edit.offers == sentences.question_offers(evening.state.chat, evening.state.questions[0])
    assert drafting.edit(evening.state, 2, "Better?", evening.now).effects == ()


def test_a_sealed_chat_is_not_reworded() -> None:
    evening = at(7)
    evening.until(EIGHT + timedelta(days=10))
    with pytest.raises(Refused, match="ended"):
        drafting.edit(evening.state, 1, "Better?", evening.now)


def test_an_unknown_number_is_refused_with_those_there_are() -> None:
    assert "Q1 to Q4" in at(7).act(drafting.edit, 9, "Better?", EIGHT)
    evening = at(-30)
    for _ in range(4):
        evening.act(drafting.remove, 1, evening.now)
    assert "no questions yet" in evening.act(drafting.remove, 1, evening.now)


@pytest.mark.parametrize("order", [[4, 3, 2], [1, 4, 3, 2]])
def test_reordering_leaves_asked_questions_where_they_are(order: list[int]) -> None:
    evening = at(7)
    assert not evening.act(drafting.reorder, order, evening.now)
    assert texts(evening) == ["1 Question 1?", "2 Question 4?", "3 Question 3?", "4 Question 2?"]


@pytest.mark.parametrize("order", [[4, 3], [4, 3, 2, 9], [], [2, 2, 3, 4]])
def test_an_order_that_is_none_is_refused(order: list[int]) -> None:
    assert "once" in at(7).act(drafting.reorder, order, EIGHT + 7 * MINUTE)


def test_removing_closes_up_unless_the_question_was_asked() -> None:
    evening = at(7)
    evening.act(drafting.remove, 3, evening.now)
    assert texts(evening) == ["1 Question 1?", "2 Question 2?", "3 Question 4?"]
    evening.act(drafting.remove, 1, evening.now)
    assert evening.state.questions[0].state is QuestionState.REMOVED
    assert texts(evening)[1:] == ["2 Question 2?", "3 Question 4?"]


def test_before_the_start_the_whole_sheet_is_laid_out_again() -> None:
    evening = at(-30, questions=8)
    pace = evening.state.chat.pace
    evening.act(drafting.remove, 8, evening.now)
    assert evening.state.chat.pace > pace
    assert len([s for s in evening.state.steps if s.kind is StepKind.ASK]) == 7
    assert not evening.act(steering.start, "Mo", evening.now)


def moved(act: Callable[[PureEvening], object]) -> dict[int, int | None]:
    """Which numbers mean another question after hosts did something when Q1 was asked of four."""
    evening = at(7)
    numbered = tuple(replace(q, id=q.position) for q in evening.state.questions)
    evening.state = replace(evening.state, questions=numbered)
    act(evening)
    return drafting.renumbered(numbered, evening.state.questions)


def test_a_number_follows_the_question_that_people_read_under_it() -> None:
    assert moved(lambda e: e.act(drafting.reorder, (4, 2, 3), e.now)) == {2: 3, 3: 4, 4: 2}
    assert moved(lambda e: e.act(drafting.add, "New?", e.now, 3)) == {3: 4, 4: 5}
    assert moved(lambda e: e.act(drafting.remove, 3, e.now)) == {3: None, 4: 3}
    assert moved(lambda e: e.act(drafting.edit, 3, "Better?", e.now)) == {}
    assert moved(lambda e: e.until(EIGHT + 30 * MINUTE)) == {}


def test_a_list_pasted_anew_keeps_its_numbers_but_for_words_that_moved() -> None:
    before = [Question(7, 1, "A?"), Question(8, 2, "B?"), Question(9, 3, "C?"), Question(10, 4, "D?")]
    after = [Question(0, 1, "B?"), Question(0, 2, "A?"), Question(0, 3, "C, rather?")]
    assert drafting.renumbered(before, after) == {1: 2, 2: 1, 4: None}
