"""What the page of one chat holds: questions with their answers, who took part, and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import filterfalse
from operator import attrgetter
from typing import NamedTuple

from bot.core.archive.folding import alphabetical
from bot.core.audience import Audience, Reads
from bot.core.hearing import Stretch
from bot.core.model import Chat, Community, Question, Series, Visibility
from bot.core.tongue import marked

SOMEBODY = marked("Somebody")
"""The name of who answered without one."""
_PERSON, _PICKED = attrgetter("person"), attrgetter("picked")
_WRITER = attrgetter("person", "name", "anonymous")


class Answer(NamedTuple):
    """An answer or a comment as readers see it.

    `person` only tells people apart, `place` is empty where a chat had but one, `orphan` is a comment on an
    answer that these readers do not see, and `how` says how an answer found its question.
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
    how: str = ""
    comments: tuple[Answer, ...] = ()

    @property
    def with_comments(self) -> tuple[Answer, ...]:
        """The answer and what hangs on it, in order."""
        return (self, *self.comments)


@dataclass(frozen=True)
class Answered:
    """A question as it was asked, with its answers in order; `label` is like Q3."""

    question: Question
    label: str
    answers: tuple[Answer, ...] = ()

    @cached_property
    def words(self) -> tuple[Answer, ...]:
        """The answers, each with what hangs on it."""
        said: list[Answer] = []
        for one in self.answers:
            said.append(one)
            said.extend(one.comments)
        return tuple(said)

    @cached_property
    def answerers(self) -> int:
        """How many people answered."""
        return len(set(map(_PERSON, self.answers)))

    @cached_property
    def parted(self) -> tuple[tuple[Answer, ...], tuple[Answer, ...]]:
        """What hosts picked, and the rest; where they picked nothing, all of it and no rest."""
        picked = tuple(filter(_PICKED, self.answers))
        return (picked, tuple(filterfalse(_PICKED, self.answers))) if picked else (self.answers, ())


@dataclass(frozen=True, slots=True)
class Where:
    """A place of the chat; `room` is its word in addresses where it is one of the browser's.

    Its `community` is named where that is a guest of the chat's own one; `left_at` is when the bot had to
    leave it, `went_at` when it went out of the chat of its own will; `missed` is when it was not heard. Into
    a room that is `by_link` strangers come by its own link alone.
    """

    place_id: int
    name: str
    network: str
    room: str = ""
    left_at: datetime | None = None
    community: str = ""
    went_at: datetime | None = None
    missed: tuple[Stretch, ...] = ()
    by_link: bool = False


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
    `seals_at` when that ends or ended, `kept_out` how many people keep their answers to themselves, `unseen`
    answers being made ready, `apart` the places whose words did not come along when the chat came here.
    """

    community: Community
    audience: Audience
    hosts: tuple[str, ...] = ()
    places: tuple[Where, ...] = ()
    questions: tuple[Answered, ...] = ()
    ahead: tuple[Question, ...] = ()
    turn_ends: datetime | None = None
    late_until: datetime | None = None
    seals_at: datetime | None = None
    kept_out: int = 0
    unseen: int = 0
    apart: tuple[str, ...] = ()
    before: Listed | None = None
    after: Listed | None = None
    removed: frozenset[str] = frozenset()

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """Every answer once, in order of questions."""
        seen = {answer.message_id: answer for one in self.questions for answer in one.answers}
        return tuple(seen.values())

    @cached_property
    def words(self) -> tuple[Answer, ...]:
        """Every answer and every comment once."""
        seen = {one.message_id: one for asked in self.questions for one in asked.words}
        return tuple(seen.values())

    @cached_property
    def _writers(self) -> frozenset[tuple[int | None, str, bool]]:
        """Who took part, under which name, and whether without one."""
        return frozenset(map(_WRITER, self.words))

    @property
    def people(self) -> tuple[str, ...]:
        """Who took part under a name, alphabetically."""
        names = {(person, name) for person, name, anonymous in self._writers if not anonymous}
        return tuple(sorted((name for _, name in names), key=alphabetical))

    @property
    def count_people(self) -> int:
        """How many people took part."""
        return len({person for person, _, _ in self._writers})

    @property
    def room(self) -> str:
        """The word of the community's own browser room that these readers may go into; empty for none."""
        own = (place for place in self.places if not place.community and place.left_at is None)
        stranger = self.audience.reads is Reads.PUBLIC
        return next((place.room for place in own if place.room and not (stranger and place.by_link)), "")

    @property
    def current(self) -> Answered | None:
        """The question that is being answered."""
        return self.questions[-1] if self.chat.state.live and self.questions else None


def least_open(*asked: Visibility) -> Visibility:
    """The least open of several."""
    order = list(Visibility)
    return min(asked, key=order.index)
