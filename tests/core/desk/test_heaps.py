"""The heaps in which hosts find what was said: which there are, what an address names, what is guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.desk.heaps import Heap, Word, guessed, heap_named, piles
from bot.core.filing import MessageKind
from bot.core.model import Question, QuestionState

START = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
FIRST = Question(11, 1, "What?", QuestionState.ASKED, START + timedelta(minutes=6))
SECOND = Question(12, 2, "Why?", QuestionState.ASKED, START + timedelta(minutes=14))
WAITING = Question(13, 3, "Who?")
QUESTIONS = (FIRST, SECOND, WAITING)


def word(number: int, minutes: int) -> Word:
    at = START + timedelta(minutes=minutes)
    return Word(number, 1, "Ana", "", "we read", at, "edchat", MessageKind.CONVERSATION)


def test_an_address_names_a_heap_or_a_question_that_was_asked() -> None:
    assert [heap_named(str(one), QUESTIONS) for one in Heap] == [*Heap]
    assert (heap_named("q1", QUESTIONS), heap_named("q2", QUESTIONS)) == (FIRST, SECOND)


@pytest.mark.parametrize("said", ["", "q3", "q4", "q0", "q", "q01", "q1 ", "Q1", "q²", "q99999", "Unsorted"])
def test_any_other_address_names_none(said: str) -> None:
    assert heap_named(said, QUESTIONS) is None


def test_to_sort_comes_first_and_heaps_beside_the_questions_only_where_something_lies() -> None:
    found = piles(QUESTIONS, {"unsorted": 0, "hidden": 2, "comments": 0}, {12: 5})
    assert [(one.key, one.count) for one in found] == [("unsorted", 0), ("q1", 0), ("q2", 5), ("hidden", 2)]


def test_the_question_that_was_out_is_guessed_and_none_before_the_first() -> None:
    found = guessed([word(1, 5), word(2, 7), word(3, 14)], QUESTIONS, frozenset({3}))
    assert [(one.guess, one.likely) for one in found] == [(None, False), (1, False), (2, True)]
