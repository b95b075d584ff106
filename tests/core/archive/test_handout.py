"""A handout: which answers of a chat may go on it, and what becomes of wishes that cannot be met."""

from __future__ import annotations

from bot.core.archive.handout import MOST, choosable, handout, suggested, written_out
from tests.core.archive.test_chat_page import Q1, Q2, comment, ids, page, said


def test_an_answer_to_two_questions_is_offered_once_where_it_stands_first() -> None:
    offered = choosable(page(said(1, Q1.id, Q2.id), said(2, Q2.id)))
    assert [(one.label, ids(one.answers)) for one in offered] == [("Q1", [1]), ("Q2", [2])]


def test_what_is_hidden_and_comments_are_not_offered_and_neither_is_a_question_without_answers() -> None:
    offered = choosable(page(said(1, Q1.id), comment(2, 1), said(3, Q2.id, hidden=True)))
    assert [(one.label, ids(one.answers)) for one in offered] == [("Q1", [1])]


def test_what_hosts_picked_is_chosen_to_begin_with_up_to_what_a_sheet_holds() -> None:
    few = choosable(page(said(1, Q1.id), said(2, Q2.id, picked=True)))
    assert suggested(few) == {"id2"}
    many = choosable(page(*(said(number, Q1.id, picked=True) for number in range(1, MOST + 9))))
    assert len(suggested(many)) == MOST


def test_the_sheet_has_what_was_wanted_and_counts_what_is_not_to_be_had() -> None:
    offered = choosable(page(said(1, Q1.id), said(2, Q1.id), said(3, Q2.id)))
    made = handout(offered, ["id3", "id1", "id3", "nobody"])
    assert ids(made.answers) == [1, 3]
    assert (made.lost, made.over) == (1, 0)


def test_of_too_many_the_first_that_were_wanted_are_on_the_sheet() -> None:
    offered = choosable(page(*(said(number, Q1.id) for number in range(1, MOST + 4))))
    wanted = [f"id{number}" for number in range(MOST + 3, 0, -1)]
    made = handout(offered, ["nobody", *wanted])
    assert ids(made.answers) == list(range(4, MOST + 4))
    assert (made.lost, made.over) == (1, 3)


def test_a_link_with_words_of_its_own_has_its_address_beside_it_and_an_address_stays_one() -> None:
    named = '<a href="https://a.example/x?a=1&amp;b=2" rel="nofollow"><strong>the</strong> card</a>'
    bare = '<a href="https://b.example/y/" rel="nofollow">https://b.example/y</a>'
    mail = '<a href="mailto:me@c.example" rel="nofollow">me@c.example</a>'
    beside = ' <span class="at">https://a.example/x?a=1&amp;b=2</span>'
    assert written_out(f"<p>{named}, {bare} {mail}</p>") == f"<p>{named}{beside}, {bare} {mail}</p>"


def test_writing_out_addresses_takes_no_longer_than_there_are_words() -> None:
    for much in ('<a href="x">' * 40_000, '<a href="x">' + "<b>" * 40_000, '<a href="' * 40_000):
        assert written_out(much) == much
