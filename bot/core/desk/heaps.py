"""What hosts sort afterwards: a chat's messages in heaps, each with all that a host must see of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.core.filing import MessageKind
from bot.core.model import Chat, Question
from bot.core.unsorted import out_at

_OF_A_QUESTION: Final = re.compile(r"q([1-9]\d{0,3})", re.ASCII)


class Heap(StrEnum):
    """The heaps beside those of the questions."""

    UNSORTED = "unsorted"
    REPORTED = "reported"
    HIDDEN = "hidden"
    COMMENTS = "comments"
    HOSTS = "hosts"


@dataclass(frozen=True, slots=True)
class Reported:
    """What a reader found wrong with a message; who it was is nobody's business."""

    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Word:
    """One message on a host's desk.

    `numbers` are the questions it is under, `how` tells how it came there; `guess` is the question that was
    out when it was said, and it is `likely` where hosts are told that it may be an answer to that.
    """

    message_id: int
    chat_id: int
    name: str
    html: str
    text: str
    said_at: datetime
    place: str
    kind: MessageKind
    numbers: tuple[int, ...] = ()
    how: str = ""
    by_host: bool = False
    picked: bool = False
    hidden: bool = False
    hidden_why: str = ""
    edited: bool = False
    left_out: bool = False
    guess: int | None = None
    likely: bool = False
    reports: tuple[Reported, ...] = ()


@dataclass(frozen=True, slots=True)
class Pile:
    """How much lies in a heap; `question` is the one it belongs to, if it does."""

    key: str
    count: int
    question: Question | None = None


def heap_named(said: str, questions: Sequence[Question]) -> Heap | Question | None:
    """The heap, or the question whose answers they are, that an address names."""
    if said in {str(one) for one in Heap}:
        return Heap(said)
    number = _OF_A_QUESTION.fullmatch(said)
    position = int(number[1]) if number else 0
    return next((one for one in questions if one.position == position and one.asked_at), None)


def piles(
    questions: Sequence[Question], counts: Mapping[str, int], answers: Mapping[int, int]
) -> tuple[Pile, ...]:
    """The heaps in the order in which they are gone through; one that is empty by chance is left out."""
    of_questions = [
        Pile(f"q{one.position}", answers.get(one.id, 0), one) for one in questions if one.asked_at is not None
    ]
    rest = [Pile(str(heap), counts.get(str(heap), 0)) for heap in Heap if heap is not Heap.UNSORTED]
    unsorted = Pile(str(Heap.UNSORTED), counts.get(str(Heap.UNSORTED), 0))
    return (unsorted, *of_questions, *(one for one in rest if one.count))


def guessed(words: Iterable[Word], questions: Sequence[Question], likely: frozenset[int]) -> tuple[Word, ...]:
    """Messages that are filed nowhere, each with the question that was out when it was said."""
    asked = [question for question in questions if question.asked_at]
    made = []
    for word in words:
        found = out_at(asked, word.said_at)
        guess = found.position if found else None
        made.append(replace(word, guess=guess, likely=word.message_id in likely))
    return tuple(made)


def sortable(chat: Chat) -> bool:
    """Whether there is something to sort: people were heard for it."""
    return chat.state.live or chat.state.over
