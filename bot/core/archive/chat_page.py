"""What the page of one chat holds: questions with their answers, comments below them, people and links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from bot.core.audience import Audience
from bot.core.filing import MessageKind
from bot.core.model import Chat, Community, Question, QuestionState, Series, Visibility

SOMEBODY = "Somebody"
"""The name of who answered without one."""
_CLIMB = 20
_ANSWER, _COMMENT = MessageKind.ANSWER, MessageKind.COMMENT


class Answer(NamedTuple):
    """An answer or a comment as readers see it.

    `person` only tells people apart, `place` is empty where a chat had but one, and `orphan` is a comment
    on an answer that these readers do not see.
    """

    message_id: int
    public_id: str
    name: str
    person: int | None
    place: str
    html: str
    said_at: datetime
    picked: bool = False
    by_host: bool = False
    anonymous: bool = False
    edited: bool = False
    hidden: bool = False
    orphan: bool = False
    comments: tuple[Answer, ...] = ()

    @property
    def with_comments(self) -> tuple[Answer, ...]:
        """The answer and what hangs on it, in order."""
        return (self, *self.comments)


Native = tuple[int, str]
"""A message's place and its native id there."""


class Told(NamedTuple):
    """One message before it found its place on the page; `questions` are the ids it is filed under."""

    answer: Answer
    kind: MessageKind
    native: Native
    reply_to: str | None = None
    questions: tuple[int, ...] = ()

    @property
    def parent(self) -> Native | None:
        """What it replies to."""
        return (self.native[0], self.reply_to) if self.reply_to else None


_Filed = tuple[tuple[int, ...], Answer]


@dataclass(frozen=True)
class Answered:
    """A question as it was asked, with its answers in order; `label` is like Q3."""

    question: Question
    label: str
    answers: tuple[Answer, ...] = ()

    @cached_property
    def people(self) -> int:
        """How many people answered or commented."""
        return len({one.person for answer in self.answers for one in answer.with_comments})

    @cached_property
    def answerers(self) -> int:
        """How many people answered."""
        return len({answer.person for answer in self.answers})


@dataclass(frozen=True, slots=True)
class Where:
    """A place of the chat; `room` is its word in addresses where it is one of the browser's.

    Its `community` is named where that is a guest of the chat's own one.
    """

    place_id: int
    name: str
    network: str
    room: str = ""
    left_at: datetime | None = None
    community: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A chat as lists show it."""

    chat: Chat
    series: Series

    @property
    def title(self) -> str:
        """What it is about, or which weekly chat it is."""
        return self.chat.topic or self.series.title

    @property
    def address(self) -> str:
        """Its path within its community."""
        return f"{self.series.slug}/{self.chat.slug}/"

    @property
    def open_to(self) -> Visibility:
        """Who may read it: the least open of its weekly chat and what people were told."""
        return least_open(self.series.visibility, self.chat.told or self.series.visibility)

    @property
    def indexable(self) -> bool:
        """Whether search engines may show it."""
        return self.series.indexable and self.open_to is Visibility.PUBLIC


@dataclass(frozen=True, slots=True)
class Held(Listed):
    """A chat that was held, with how much there is to read; `minutes` are answers in each minute."""

    questions: int = 0
    answers: int = 0
    people: int = 0
    minutes: tuple[int, ...] = ()
    asked: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True)
class ChatPage(Listed):
    """Everything the page of a chat says, for one audience.

    `turn_ends` is when the current question's time is up, `late_until` until when late answers count,
    `kept_out` how many people keep their answers to themselves, `unseen` answers being made ready.
    """

    community: Community
    audience: Audience
    hosts: tuple[str, ...] = ()
    places: tuple[Where, ...] = ()
    questions: tuple[Answered, ...] = ()
    ahead: tuple[Question, ...] = ()
    turn_ends: datetime | None = None
    late_until: datetime | None = None
    kept_out: int = 0
    unseen: int = 0
    before: Listed | None = None
    after: Listed | None = None

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """Every answer once, in order of questions."""
        seen = {answer.message_id: answer for one in self.questions for answer in one.answers}
        return tuple(seen.values())

    @cached_property
    def words(self) -> tuple[Answer, ...]:
        """Every answer and every comment once."""
        return tuple(one for answer in self.answers for one in answer.with_comments)

    @property
    def people(self) -> tuple[str, ...]:
        """Who took part under a name, alphabetically."""
        names = {one.person: one.name for one in self.words if not one.anonymous}
        return tuple(sorted(names.values(), key=lambda name: (name.casefold(), name)))

    @property
    def count_people(self) -> int:
        """How many people took part."""
        return len({one.person for one in self.words})

    @property
    def room(self) -> str:
        """The word of the browser room to join by; empty where there is none."""
        return next((place.room for place in self.places if place.room and place.left_at is None), "")

    @property
    def current(self) -> Answered | None:
        """The question that is being answered."""
        return self.questions[-1] if self.chat.state.live and self.questions else None


def least_open(*asked: Visibility) -> Visibility:
    """The least open of several."""
    order = list(Visibility)
    return min(asked, key=order.index)


def letter(series: Series) -> str:
    """The letter that questions of a weekly chat go by."""
    return series.letters.partition("/")[0] or "Q"


def answered(
    series: Series,
    questions: Iterable[Question],
    told: Sequence[Told],
    lost: Mapping[Native, tuple[int, ...]] | None = None,
) -> tuple[Answered, ...]:
    """The questions that were asked, with answers in time order and comments below them.

    `lost` are the questions of answers that these readers do not see, for the comments on them.
    """
    filed = _under_questions(chain(_threaded(told), _orphans(told, lost or {})))
    shown = (q for q in questions if q.asked_at and (q.state is QuestionState.ASKED or q.id in filed))
    return tuple(
        Answered(q, f"{letter(series)}{q.position}", tuple(_in_order(filed.get(q.id, ())))) for q in shown
    )


def unknown_parents(told: Sequence[Told]) -> tuple[Native, ...]:
    """What comments reply to that is not among what these readers see."""
    seen = {one.native for one in told}
    comments = (one.parent for one in told if one.kind is _COMMENT and one.parent)
    return tuple({parent: None for parent in comments if parent not in seen})


def _threaded(told: Sequence[Told]) -> Iterator[_Filed]:
    """The answers, with their comments."""
    below = _below(told)
    for one in told:
        if one.kind is _ANSWER:
            comments = below.get(one.native)
            answer = one.answer._replace(comments=tuple(_in_order(comments))) if comments else one.answer
            yield one.questions, answer


def _below(told: Sequence[Told]) -> dict[Native, list[Answer]]:
    """The comments by what they hang on."""
    by_native = {one.native: one for one in told}
    below: dict[Native, list[Answer]] = {}
    for one in told:
        if one.kind is _COMMENT and (answer := _top(one, by_native)):
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


def _orphans(told: Sequence[Told], lost: Mapping[Native, tuple[int, ...]]) -> Iterator[_Filed]:
    """Comments whose answer is not shown, under that answer's questions."""
    for one in told:
        if one.kind is _COMMENT and one.parent and one.parent in lost:
            yield lost[one.parent], one.answer._replace(orphan=True)


def _under_questions(told: Iterable[_Filed]) -> dict[int, list[Answer]]:
    filed: dict[int, list[Answer]] = {}
    for questions, answer in told:
        for question_id in questions:
            filed.setdefault(question_id, []).append(answer)
    return filed


def _in_order(answers: Iterable[Answer]) -> list[Answer]:
    return sorted(answers, key=attrgetter("said_at", "message_id"))
