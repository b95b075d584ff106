"""What a plan's form asks for, and what it does not ask for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.desk import plan_form
from bot.core.desk.marks import mark, need_unchanged
from bot.core.desk.plan_form import Wish
from bot.core.model import Question, QuestionState, Refused

LIST = tuple(Question(k, k, text) for k, text in enumerate(("Why?", "How?", "When?"), 1))


def fields(act: str = "save", order: tuple[int, ...] = (1, 2, 3), **changed: str) -> dict[str, str]:
    """A form as it is sent; changed fields are written with underscores."""
    texts = {f"text.{k}": LIST[k - 1].text for k in order}
    seen = {f"seen.{q.position}": str(mark((q,))) for q in LIST}
    new = {name.replace("_", ".") if name[-1].isdigit() else name: text for name, text in changed.items()}
    return {"topic": "Homework", "topic_was": "Homework", **texts, **seen, "act": act} | new


def asked(given: dict[str, str], now: tuple[Question, ...] = LIST) -> list[Wish]:
    """All that a form asks for, when the questions stand so."""
    filled = plan_form.read(given)
    return [*plan_form.wordings(filled), *plan_form.rearranging(filled, now)]


def whole(questions: tuple[Question, ...] = LIST) -> str:
    """The mark of a list."""
    return str(mark(questions))


def test_a_form_that_nobody_touched_asks_for_nothing() -> None:
    assert asked(fields()) == []


def test_the_first_questions_of_a_chat_are_asked_for_at_once_and_further_ones_one_by_one() -> None:
    given = {"topic": "", "topic_was": "", "new": "Why?\r\nHow?", "act": "add"}
    assert asked(given, ()) == [Wish("chat plan", {"questions": "Why?\nHow?"}, "new")]
    assert asked(given | {"new": "Why?"}, ()) == [Wish("question add", {"text": "Why?"}, "new")]
    further = [Wish("question add", {"text": text}, "new") for text in ("Why?", "How?")]
    assert asked(fields(new="Why?\r\nHow?")) == further


def test_line_ends_of_browsers_change_nothing() -> None:
    two = (Question(1, 1, "Why?\nAnd since when?"),)
    given = {"text.1": "Why?\r\nAnd since when?", "seen.1": str(mark(two)), "act": "save"}
    assert asked(given, two) == []


def test_other_words_are_asked_for_with_the_mark_of_those_that_were_shown() -> None:
    seen = str(mark(LIST[1:2]))
    given = {"number": "2", "text": "Where?", "seen": seen}
    assert asked(fields(text_2="Where?")) == [Wish("question edit", given, "text.2")]


@pytest.mark.parametrize(
    ("act", "order"),
    [("up.3", "1 3 2"), ("down.1", "2 1 3"), ("up.1", ""), ("down.3", ""), ("up.9", ""), ("up.x", "")],
)
def test_a_button_moves_one_question_and_none_beyond_the_ends(act: str, order: str) -> None:
    wanted = [Wish("question reorder", {"order": order, "seen": whole()})] if order else []
    assert asked(fields(act)) == wanted


def test_the_order_of_the_fields_is_the_order_that_is_asked_for() -> None:
    given = {"order": "3 1 2", "seen": whole()}
    assert asked(fields(order=(3, 1, 2))) == [Wish("question reorder", given)]


def test_questions_that_were_asked_stay_where_they_are() -> None:
    out = (Question(1, 1, "Why?", QuestionState.ASKED), *LIST[1:])
    given = {"order": "3 2", "seen": whole(out)}
    assert asked(fields("up.3"), out) == [Wish("question reorder", given)]


def test_what_is_removed_is_not_reworded_before() -> None:
    given = {"number": "2", "seen": whole()}
    assert asked(fields("remove.2", text_2="Half a")) == [Wish("question remove", given)]


def test_what_was_moved_and_is_removed_goes_by_its_number_in_the_new_order() -> None:
    moved = tuple(replace(LIST[k - 1], position=place) for place, k in enumerate((3, 1, 2), 1))
    reorder = Wish("question reorder", {"order": "3 1 2", "seen": whole()})
    remove = Wish("question remove", {"number": "2", "seen": whole(moved)})
    assert asked(fields("remove.1", order=(3, 1, 2))) == [reorder, remove]


def test_a_list_that_is_another_by_now_gets_a_mark_that_fits_nothing() -> None:
    other = (LIST[0], Question(2, 2, "Who?"), LIST[2])
    longer = (*LIST, Question(4, 4, "Who?"))
    for now in (other, longer, LIST[:2]):
        [wish] = asked(fields("down.1"), now)
        assert wish.given["seen"] == "0"


def test_ones_own_other_words_are_no_change_of_somebody_else() -> None:
    now = (LIST[0], Question(2, 2, "Where?"), LIST[2])
    edit, order = asked(fields("down.1", text_2="Where?"), now)
    assert (edit.path, order.given["seen"]) == ("question edit", whole(now))


def test_one_more_comes_last_and_needs_no_mark() -> None:
    assert asked(fields("add", new=" Who? ")) == [Wish("question add", {"text": "Who?"}, "new")]


def test_a_topic_is_asked_for_where_it_is_another_one() -> None:
    assert asked(fields(topic="Reading")) == [Wish("chat plan", {"topic": "Reading"}, "topic")]
    assert asked(fields(topic="")) == []


def test_a_topic_that_somebody_else_changed_meanwhile_is_theirs() -> None:
    mine = plan_form.read(fields(topic="Reading"))
    for topic in ("Homework", "Reading"):
        plan_form.need_same_topic(mine, topic)
    with pytest.raises(Refused):
        plan_form.need_same_topic(mine, "Marking")
    plan_form.need_same_topic(plan_form.read(fields()), "Marking")


def test_marks_tell_words_places_and_orders_apart_and_fit_a_command() -> None:
    lists = [LIST, LIST[:2], (), (Question(0, 1, "Why? "),), (Question(0, 2, "Why?"),), LIST[:1]]
    marks = [mark(one) for one in lists]
    assert len(set(marks)) == len(lists)
    assert max(marks) < 10**9
    need_unchanged(LIST, None)
    need_unchanged(LIST, mark(LIST))
    with pytest.raises(Refused):
        need_unchanged(LIST[:2], mark(LIST))


def test_what_is_pasted_is_one_question_a_line_without_its_numbers_and_labels() -> None:
    pasted = "1. What worked?\r\n- What did not?\r\n\r\nQ3: And now?\r\n"
    texts = ("What worked?", "What did not?", "And now?")
    assert asked(fields("add", new=pasted)) == [Wish("question add", {"text": text}, "new") for text in texts]


def test_a_pasted_line_that_is_no_question_is_refused_before_anything_is_asked_for() -> None:
    with pytest.raises(Refused, match="2,000"):
        plan_form.read(fields("add", new=f"What worked?\n{'x' * 2_001}"))
