"""On which sheets of a room's page a message stands."""

from __future__ import annotations

import pytest

from bot.core.rooms.sheets import TALK, Hung, Stands, in_order, stands

Q1, Q2 = 10, 20
KNOWN = {
    1: Hung(),  # talk
    2: Hung(filed=(Q1,)),  # a labelled answer of the conversation
    3: Hung(thread=Q1, filed=(Q1,)),  # an answer of the thread
    4: Hung(thread=Q1, filed=(Q2,)),  # refiled
    5: Hung(reply_to=3),  # a comment, said on the sheet
    6: Hung(reply_to=5),  # an answer to the comment
    7: Hung(reply_to=2),  # a comment on the labelled answer
    8: Hung(reply_to=4),  # a comment on what was refiled
    9: Hung(reply_to=1),  # talk about talk
    11: Hung(reply_to=3, filed=(Q2,)),  # a comment that is an answer
    12: Hung(thread=Q1),  # said in the thread and filed nowhere
    13: Hung(reply_to=99),  # on something that is gone
    14: Hung(filed=(Q1, Q2)),  # an answer to two questions
}


@pytest.mark.parametrize(
    ("message", "where"),
    [
        (1, Stands()),
        (2, Stands(TALK, ("10", TALK))),
        (3, Stands("10", ("10",))),
        (4, Stands("10", ("20",))),
        (5, Stands("10", ("10",), 3)),
        (6, Stands("10", ("10",), 3)),
        (7, Stands(TALK, ("10", TALK), 2)),
        (8, Stands("10", ("20",), 4)),
        (9, Stands()),
        (11, Stands("10", ("20",))),
        (12, Stands("10", ("10",))),
        (13, Stands()),
        (14, Stands(TALK, ("10", "20", TALK))),
    ],
)
def test_a_message_stands_where_it_was_said_or_filed_and_a_comment_where_its_answer_stands(
    message: int, where: Stands
) -> None:
    assert stands(message, KNOWN) == where


def test_comments_stand_below_their_answers_and_the_conversation_in_turn() -> None:
    found = {one: stands(one, KNOWN) for one in KNOWN}
    assert in_order(found, "10") == [2, 7, 3, 5, 6, 12, 14]
    assert in_order(found, "20") == [4, 8, 11, 14]
    assert in_order(found, TALK) == [1, 2, 7, 9, 13, 14]


def test_messages_that_reply_to_each_other_in_a_ring_stand_in_the_conversation() -> None:
    ring = {1: Hung(reply_to=2), 2: Hung(reply_to=1)}
    assert stands(1, ring).sheets == (TALK,)


def test_nothing_is_called_the_same_on_two_sheets() -> None:
    for one in KNOWN:
        where = stands(one, KNOWN)
        marks = [where.mark(one, sheet) for sheet in ("10", TALK) if sheet in where.sheets]
        assert len(set(marks)) == len(marks)
