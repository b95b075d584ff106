"""Answers under their questions and comments below their answers, put together from what was said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from bot.core.archive.chat_page import Answer, Answered
from bot.core.filing import MessageKind
from bot.core.model import Question, QuestionState, Series
from bot.core.sentences.chat import letter

_CLIMB = 20
_NUMBER, _SAID_AT = attrgetter("message_id"), attrgetter("said_at")
_ANSWER, _COMMENT = MessageKind.ANSWER, MessageKind.COMMENT

Native = tuple[int, str]
"""A message's place and its native id there."""


class Told(NamedTuple):
    """One message before it found its place on the page; `questions` are the ids it is filed under.

    Where these are several, `ways` say how it found each of them.
    """

    answer: Answer
    kind: MessageKind
    native: Native
    reply_to: str | None = None
    questions: tuple[int, ...] = ()
    ways: tuple[str, ...] = ()

    @property
    def parent(self) -> Native | None:
        """What it replies to."""
        return (self.native[0], self.reply_to) if self.reply_to else None


_Filed = tuple[tuple[int, ...], Answer]


def answered(
    series: Series,
    questions: Iterable[Question],
    told: Sequence[Told],
    lost: Mapping[Native, tuple[int, ...]] | None = None,
) -> tuple[Answered, ...]:
    """The questions that were asked, with answers in time order and comments below them.

    `lost` are the questions of answers that these readers do not see, for the comments on them; none where
    an answer is gone for good, and then a comment stands under what was asked last before it.
    """
    questions = tuple(questions)
    by_native = {one.native: one for one in told}
    comments = tuple(one for one in told if one.kind is _COMMENT)
    orphans = _orphans(comments, by_native, lost or {}, questions)
    filed = _under_questions(chain(_threaded(told, _below(comments, by_native)), orphans))
    shown = (q for q in questions if q.asked_at and (q.state is QuestionState.ASKED or q.id in filed))
    return tuple(
        Answered(q, f"{letter(series)}{q.position}", tuple(_in_order(filed.get(q.id, ())))) for q in shown
    )


def unknown_parents(told: Sequence[Told]) -> tuple[Native, ...]:
    """What comments reply to that is not among what these readers see."""
    seen = {one.native for one in told}
    comments = (one.parent for one in told if one.kind is _COMMENT and one.parent)
    return tuple({parent: None for parent in comments if parent not in seen})


def _threaded(told: Iterable[Told], below: Mapping[Native, list[Answer]]) -> Iterator[_Filed]:
    """The answers, with what hangs `below` them."""
    for one in told:
        if one.kind is _ANSWER:
            comments = below.get(one.native)
            answer = one.answer._replace(comments=tuple(_in_order(comments))) if comments else one.answer
            if one.ways:
                for question, how in zip(one.questions, one.ways, strict=True):
                    yield (question,), answer._replace(how=how)
            else:
                yield one.questions, answer


def _below(comments: Iterable[Told], by_native: Mapping[Native, Told]) -> dict[Native, list[Answer]]:
    """The comments by what they hang on."""
    below: dict[Native, list[Answer]] = {}
    for one in comments:
        if answer := _top(one, by_native):
            below.setdefault(answer.native, []).append(one.answer)
    return below


def _top(comment: Told, by_native: Mapping[Native, Told]) -> Told | None:
    """The answer that a comment hangs on, also by way of other comments."""
    found: Told | None = comment
    for _ in range(_CLIMB):
        if found is None or found.kind is _ANSWER:
            return found
        found = by_native.get(found.parent) if found.parent else None
    return None


def _orphans(
    comments: Iterable[Told],
    by_native: Mapping[Native, Told],
    lost: Mapping[Native, tuple[int, ...]],
    questions: Sequence[Question],
) -> Iterator[_Filed]:
    """Comments whose answer is not shown, also by way of other comments, under that answer's questions."""
    for one in comments if lost else ():
        parent = _last_parent(one, by_native)
        if parent is not None and parent in lost:
            yield lost[parent] or _asked_before(one.answer, questions), one.answer._replace(orphan=True)


def _last_parent(comment: Told, by_native: Mapping[Native, Told]) -> Native | None:
    """What the first comment replies to that leads to this one; None where there is an answer on the way."""
    above = comment
    for _ in range(_CLIMB):
        further = by_native.get(above.parent) if above.parent else None
        if further is None or further.kind is _ANSWER:
            return above.parent if further is None else None
        above = further
    return None


def _asked_before(comment: Answer, questions: Sequence[Question]) -> tuple[int, ...]:
    """The question that was asked last when something was said, else the first one."""
    asked = sorted((q.asked_at, q.position, q.id) for q in questions if q.asked_at)
    before = [one for one in asked if one[0] <= comment.said_at] or asked[:1]
    return tuple(number for _, _, number in before[-1:])


def _under_questions(told: Iterable[_Filed]) -> dict[int, list[Answer]]:
    filed: dict[int, list[Answer]] = {}
    for questions, answer in told:
        for question_id in questions:
            filed.setdefault(question_id, []).append(answer)
    return filed


def _in_order(answers: Iterable[Answer]) -> list[Answer]:
    return sorted(sorted(answers, key=_NUMBER), key=_SAID_AT)  # faster than by both at once
