"""The things an EdChat is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from bot.core.offers import Offer as Offer  # noqa: PLC0414 - one of the things named here
from bot.core.offers import offered as offered  # noqa: PLC0414 - as above
from bot.core.tongue import Words, filled


class Refused(Exception):
    """A kind one-sentence refusal that a teacher understands; nothing was changed.

    It is worded in the language that is spoken where it is raised, its holes filled with `values`. A sentence
    or a value that can be called is asked for its words, each time in the language of that moment.
    """

    def __init__(self, sentence: Words, /, **values: object) -> None:
        super().__init__(filled(sentence, values))
        self.sentence, self.values = sentence, values

    def said(self) -> str:
        """The same in the language that is spoken here."""
        return filled(self.sentence, self.values)


class Role(IntEnum):
    """What a person may do: everybody, those who run chats, the one who hosts the bot."""

    ANYONE = 0
    HOST = 1
    OWNER = 2


class Visibility(StrEnum):
    """Who may read a series afterwards; OFF is the least open."""

    OFF = "off"
    MEMBERS = "members"
    LINK = "link"
    PUBLIC = "public"


class Collecting(StrEnum):
    """How an answer given elsewhere is brought into its question's thread."""

    COPY = "copy"
    LINK = "link"
    OFF = "off"


class Pace(StrEnum):
    """How questions come: on a timer within the hour, or over days, one a day or all at once."""

    HOUR = "hour"
    DAILY = "daily"
    ALL = "all"


class ChatState(StrEnum):
    """Where one chat stands in its life."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    OPEN = "open"
    WRAPPING = "wrapping"
    CLOSED = "closed"
    TAIL = "tail"
    SEALED = "sealed"
    CANCELLED = "cancelled"

    @property
    def ahead(self) -> bool:
        """Not begun yet."""
        return self in (ChatState.PLANNED, ChatState.ANNOUNCED)

    @property
    def live(self) -> bool:
        """In its hour."""
        return self in (ChatState.OPEN, ChatState.WRAPPING)

    @property
    def over(self) -> bool:
        """After its hour, however long ago."""
        return self.hears_late_answers or self is ChatState.SEALED

    @property
    def hears_late_answers(self) -> bool:
        """After its hour, while answers still count."""
        return self in (ChatState.CLOSED, ChatState.TAIL)


class QuestionState(StrEnum):
    """What became of a question."""

    DRAFTED = "drafted"
    ASKED = "asked"
    SKIPPED = "skipped"
    REMOVED = "removed"
    DROPPED = "dropped"


class StepKind(StrEnum):
    """What falls due at an instant."""

    NUDGE = "nudge"
    ANNOUNCE = "announce"
    REMIND = "remind"
    OPEN = "open"
    INTRO = "intro"
    ASK = "ask"
    WRAP = "wrap"
    CLOSE = "close"
    PUBLISH = "publish"
    DIGEST = "digest"
    SEAL = "seal"
    PAUSE_LIMIT = "pause_limit"


class How(StrEnum):
    """How an answer found its question."""

    LABEL = "label"
    THREAD = "thread"
    REPLY = "reply"
    FORM = "form"
    REACTION = "reaction"
    MODERATOR = "moderator"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on one platform, which shows their `name`; readers see `pseudonym`, and saw `former` names."""

    id: int
    platform: str
    native_id: str
    name: str
    pseudonym: str | None = None
    former: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The name that readers see."""
        return self.pseudonym or self.name


@dataclass(frozen=True, slots=True)
class Community:
    """One server, space or house: it owns its series and is exported, moved and deleted alone.

    `slug` is its word in addresses.
    """

    id: int
    name: str
    zone: str
    language: str = "en"
    hosts_place_id: int | None = None
    slug: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A channel or room where chats happen."""

    id: int
    community_id: int
    platform: str
    native_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Series:
    """The recurring chat; times are lengths, `letters` are like "Q/A".

    `days` are the weekdays (0 is Monday) of a slow one, in their order: it ends with the last of them.
    """

    id: int
    community_id: int
    title: str
    hashtag: str = ""
    letters: str = "Q/A"
    length: timedelta = timedelta(minutes=60)
    opening: timedelta = timedelta(minutes=6)
    wrapping: timedelta = timedelta(minutes=6)
    tail: timedelta = timedelta(days=7)
    visibility: Visibility = Visibility.MEMBERS
    publish_at_once: bool = True
    welcome: str = ""
    paused: bool = False
    anonymous_answers: bool = False
    slug: str = ""
    about: str = ""
    indexable: bool = False
    collecting: Collecting = Collecting.COPY
    ping: str = ""
    digest: bool = False
    asks: Pace = Pace.HOUR
    days: tuple[int, ...] = ()

    @property
    def slow(self) -> bool:
        """Whether its chats go on for days."""
        return self.asks is not Pace.HOUR


@dataclass(frozen=True, slots=True)
class Chat:
    """One dated run of a series; `occurrence_local` never changes, `starts_at` may move.

    `slug` is its word in addresses, `told` what people were told of its readers when it opened.
    """

    id: int
    series_id: int
    zone: str
    starts_at: datetime
    ends_at: datetime
    slot_id: int | None = None
    occurrence_local: datetime | None = None
    topic: str = ""
    state: ChatState = ChatState.PLANNED
    asked: int = 0
    pace: timedelta = timedelta(minutes=8)
    paused_at: datetime | None = None
    steered_by: str = ""
    steered_at: datetime | None = None
    lead: str = ""
    rehearsal: bool = False
    version: int = 0
    slug: str | None = None
    told: Visibility | None = None
    published_at: datetime | None = None

    @property
    def takes_days(self) -> bool:
        """Whether its questions have days; one that nobody planned yet is told by its length alone."""
        return self.pace >= timedelta(days=1) or self.ends_at - self.starts_at > timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class Question:
    """One of a chat's questions; `position` is its number, 0 for `id` means not stored yet."""

    id: int
    position: int
    text: str
    state: QuestionState = QuestionState.DRAFTED
    asked_at: datetime | None = None
    final: bool = False

    @property
    def waiting(self) -> bool:
        """Still to be asked."""
        return self.state is QuestionState.DRAFTED


@dataclass(frozen=True, slots=True)
class Step:
    """Something due at an instant; `ordinal` is the question's position or the days of a nudge."""

    due_at: datetime
    kind: StepKind
    ordinal: int = 0

    @property
    def turn(self) -> tuple[datetime, int, int]:
        """Sorts steps into the order in which they are taken."""
        return (self.due_at, _KINDS.index(self.kind), self.ordinal)


_KINDS = tuple(StepKind)
