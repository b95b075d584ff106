"""A chat with very many answers is read in parts, and nothing is in none or in two of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.archive.chat_page import Answer, Answered, ChatPage
from bot.core.archive.orders import BY_PERSON, BY_TIME, ordered, ordered_part
from bot.core.archive.outline import outline_of
from bot.core.archive.parts import MOST, part_called, part_of
from bot.core.archive.repeats import again
from bot.core.audience import Audience
from bot.core.model import Chat, ChatState, Community, Question, QuestionState, Series

AT = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)
CHAT = Chat(1, 1, "UTC", AT, AT + timedelta(hours=1), state=ChatState.SEALED)


def answers(question: int, many: int, picked: int = -1) -> tuple[Answer, ...]:
    return tuple(
        Answer(1000 * question + n, f"{question}-{n}", "Ana", 1, "", "x", AT, picked=n == picked)
        for n in range(many)
    )


def page(*counts: int, picked: int = -1) -> ChatPage:
    asked = tuple(
        Answered(Question(n, n, f"Number {n}?", QuestionState.ASKED, AT), f"Q{n}", answers(n, many, picked))
        for n, many in enumerate(counts, 1)
    )
    series = Series(1, 1, "Chat")
    return ChatPage(CHAT, series, Community(1, "Edhouse", "UTC"), Audience(1), questions=asked)


def test_a_page_of_a_usual_chat_is_one_part_with_all_its_questions() -> None:
    usual = page(60, 0, 90)
    part = part_of(usual)
    assert part is not None
    assert [whole for whole, _ in part.shown] == [shown for _, shown in part.shown] == list(usual.questions)
    assert (part.of, part.to_question(3), part.to_answer("3-1")) == (1, "", "")
    assert part_of(usual, 2) is None


@pytest.mark.parametrize("counts", [(10_000,), (3, 0, 9_000, 0, 997), (MOST, MOST), (0, MOST + 1, 0)])
def test_b393_every_answer_of_a_huge_chat_is_in_one_part_that_is_small(counts: tuple[int, ...]) -> None:
    huge = page(*counts, picked=7)
    first = part_of(huge)
    assert first is not None
    parts = [part_of(huge, number) for number in range(1, first.of + 1)]
    assert part_of(huge, first.of + 1) is part_of(huge, 0) is None
    told: list[str] = []
    for part in parts:
        assert part is not None
        here = [one.public_id for _, shown in part.shown for one in shown.answers]
        assert 0 < len(here) <= MOST
        assert {part.to_answer(one) for one in here} == {""}
        told += here
    assert sorted(told) == sorted(one.public_id for asked in huge.questions for one in asked.answers)
    assert len(told) == len(set(told)) == sum(counts)
    heads = [whole.label for part in parts if part for whole, _ in part.shown]
    assert list(dict.fromkeys(heads)) == [asked.label for asked in huge.questions]


def test_what_hosts_picked_comes_first_and_links_name_the_part_where_something_stands() -> None:
    huge = page(MOST, 3, picked=2)
    first = part_of(huge)
    assert first is not None
    assert first.shown[0][1].answers[0].public_id == "1-2"
    assert (first.to_question(1), first.to_question(2), first.to_answer("2-0")) == ("", "?page=2", "?page=2")
    live = part_of(replace(huge, chat=replace(CHAT, state=ChatState.OPEN)))
    assert live is not None
    assert live.shown[0][1].answers[0].public_id == "1-0"


def test_a_part_is_also_called_by_the_question_that_begins_in_it() -> None:
    huge, usual = page(MOST, 3), page(3, 3)
    assert part_called(huge, "q2") == part_called(huge, "2")
    assert part_called(huge, "q1") == part_called(huge, "") == part_of(huge)
    assert part_called(usual, "q2") == part_of(usual)
    assert part_called(huge, "q3") is part_called(usual, "q3") is part_called(huge, "3") is None


@pytest.mark.parametrize("counts", [(3, 3), (3, 0, 9_000, 0, 997), (MOST, MOST), (0, MOST + 1, 0), (0,)])
def test_an_outline_knows_the_parts_of_a_page_and_where_its_answers_stand(counts: tuple[int, ...]) -> None:
    whole = page(*counts, picked=7)
    first, outline = part_of(whole), outline_of(whole)
    assert first is not None
    for word in ("1", "2", "3", "20", "21", "9999", "q1", "q2", "q3", "q99"):
        assert outline.holds(word) == (part_called(whole, word) is not None), word
        if not word.startswith("q"):
            there = ordered_part(whole, BY_TIME, int(word)) is not None
            assert outline.holds(word, ordered=True) == there, word
    ids = [one.public_id for asked in whole.questions for one in asked.answers]
    assert [outline.to_answer(one) for one in ids] == [first.to_answer(one) for one in ids]
    assert outline.to_answer("nowhere") == outline.to_answer("parts") == ""


@pytest.mark.parametrize("view", [BY_TIME, BY_PERSON])
def test_b393_other_orders_of_a_huge_chat_are_in_parts_too_that_lead_to_each_other(view: str) -> None:
    huge = page(MOST - 1, 2, 7)
    first, second = ordered_part(huge, view), ordered_part(huge, view, 2)
    assert first is not None
    assert second is not None
    assert ordered_part(huge, view, 3) is ordered_part(huge, view, 0) is None
    ids = [
        [said.one.public_id for group in part.groups for said in group.answers] for part in (first, second)
    ]
    assert [len(some) for some in ids] == [MOST, 8]
    assert len({*ids[0], *ids[1]}) == MOST + 8
    assert {group.heading for group in (*first.groups, *second.groups)} == {"" if view == BY_TIME else "Ana"}
    assert (first.to_answer(ids[0][0]), first.to_answer(ids[1][0])) == ("", f"?view={view}&page=2")
    assert second.to_answer(ids[0][0]) == f"?view={view}"


def test_a_chat_in_which_nothing_was_said_has_one_part_in_every_order() -> None:
    empty = ordered_part(page(0), BY_TIME)
    assert empty is not None
    assert (empty.groups, empty.of) == ((), 1)


def test_what_was_filed_under_several_questions_is_there_again_under_all_but_the_first() -> None:
    first, second, third = page(2, 2, 2).questions
    mixed = replace(second, answers=(*second.answers, first.answers[0]))
    last = replace(third, answers=(*third.answers, first.answers[0], second.answers[1]))
    assert again((first, mixed, last)) == {1: frozenset(), 2: {1000}, 3: {1000, 2001}}


@pytest.mark.parametrize("view", [BY_PERSON, BY_TIME])
def test_what_answers_two_questions_stands_once_and_names_both_with_its_comments(view: str) -> None:
    comment = Answer(2, "c", "Ana", 1, "", "y", AT + timedelta(minutes=1))
    both = Answer(1, "b", "Ana", 1, "", "x", AT, comments=(comment,))
    twice = replace(page(0, 0), questions=tuple(replace(q, answers=(both,)) for q in page(0, 0).questions))
    [group] = ordered(twice, view)
    assert [(said.under, said.on) for said in group.answers] == [
        ((("Q1", 1), ("Q2", 2)), None),
        ((("Q1", 1), ("Q2", 2)), both),
    ]
