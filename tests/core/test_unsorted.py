"""What hosts are offered to file: likely answers, nobody's introduction, at most five."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.core.model import Question, QuestionState
from bot.core.unsorted import Talk, suggestions

START = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
FIRST = Question(11, 1, "What?", QuestionState.ASKED, START + timedelta(minutes=6))
SECOND = Question(12, 2, "Why?", QuestionState.ASKED, START + timedelta(minutes=14))
WAITING = Question(13, 3, "Who?")
QUESTIONS = (FIRST, SECOND, WAITING)


def talk(number: int, minutes: int, text: str = "we read", person: int = 1) -> Talk:
    return Talk(number, person, "Ana", text, START + timedelta(minutes=minutes))


def test_a_message_is_suggested_for_the_question_that_was_out() -> None:
    found = suggestions([talk(1, 7), talk(2, 14), talk(3, 40)], QUESTIONS, ())
    assert [(one.talk.message_id, one.question.position) for one in found] == [(1, 1), (2, 2), (3, 2)]


def test_introductions_are_left_alone() -> None:
    assert suggestions([talk(1, 5)], QUESTIONS, ()) == ()
    assert suggestions([talk(1, 5)], (), ()) == ()


def test_five_at_most_the_longest_and_in_the_order_said() -> None:
    said = [talk(number, 7, "x" * length) for number, length in enumerate((9, 1, 8, 2, 7, 3, 6), 1)]
    assert [one.talk.message_id for one in suggestions(said, QUESTIONS, ())] == [1, 3, 5, 6, 7]


def test_people_without_an_answer_come_first() -> None:
    said = [talk(number, 7, "x" * 50) for number in range(1, 6)] + [talk(6, 7, "short", person=2)]
    assert 6 in [one.talk.message_id for one in suggestions(said, QUESTIONS, {(1, 11)})]
    assert 6 not in [one.talk.message_id for one in suggestions(said, QUESTIONS, {(2, 11)})]
