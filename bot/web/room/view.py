"""What a room shows to one person: the question that is on, its threads, the talk, what hosts can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from bot.core import sentences
from bot.core.archive.chat_page import least_open
from bot.core.model import Community, Offer, Person, Place, Question, Role, Series, Visibility
from bot.core.rooms import bar as room_bar
from bot.core.rooms import sheets as room_sheets
from bot.core.rooms.bar import Bar
from bot.core.rooms.sheets import Stands
from bot.core.sentences import bar as bar_sentences
from bot.core.sentences import sharing
from bot.core.sentences.chat import letter
from bot.core.state import Running
from bot.core.times import clockface
from bot.core.tongue import _, marked
from bot.storage.rooms.reading import RoomFiling
from bot.storage.rooms.views import RoomMessage

TALK = room_sheets.TALK
"""The key of the tab that is no question's: the conversation."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a room, and in which role; `hosting` counts guests who host the chat that is on."""

    person: Person
    power: Role
    hosting: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """What a room is about now: its chat, and the message on which each asked question's thread hangs.

    From the hosts' room a way leads to the other `rooms`.
    """

    community: Community
    place: Place
    state: Running | None
    roots: Mapping[int, int]
    now: datetime
    rate: float
    openness: Visibility = Visibility.MEMBERS
    rooms: tuple[Place, ...] = ()

    @property
    def asked(self) -> tuple[tuple[Question, int], ...]:
        """The questions that were asked here, with the messages that asked them."""
        questions = room_bar.threads(self.state.questions) if self.state else ()
        return tuple((one, self.roots[one.id]) for one in questions if one.id in self.roots)

    @property
    def series(self) -> Series | None:
        """The weekly chat that the room is about."""
        return self.state.series if self.state else None

    @property
    def guest(self) -> bool:
        """Whether the chat is another community's, which this room only joined."""
        return self.series is not None and self.series.community_id != self.community.id

    @property
    def letter(self) -> str:
        """What questions are called, as in Q."""
        return letter(self.state.series, 0) if self.state else "Q"

    @property
    def current(self) -> int | None:
        """The message that asked the question which is on, or which was on last."""
        found = [root for one, root in self.asked if one.position == self._number]
        return found[0] if found else None

    @property
    def settled(self) -> bool:
        """Whether the question that is on stands in the room already, so that it can be answered."""
        return not self._number or self.current is not None

    @property
    def _number(self) -> int:
        return room_bar.bar(self.state, self.now).number if self.state else 0


@dataclass(frozen=True, slots=True)
class RoomContext:
    """What every message of a room is drawn with: the same for all viewers of one kind."""

    at: str
    base: str
    zone: str
    host: bool
    letter: str
    chat_id: int | None
    asked: tuple[tuple[int, str], ...]
    language: str
    sanctions: tuple[tuple[str, str], ...] = (("hold", marked("Hold back")), ("ban", marked("Ban")))

    def clock(self, at: datetime) -> str:
        """A moment as the clock on the community's wall shows it."""
        return clockface.clock_words(clockface.local(at, self.zone).time())


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as one kind of viewer sees it."""

    message: RoomMessage
    stands: Stands = Stands()  # noqa: RUF009 - it is frozen
    own: bool = False
    filed: tuple[str, ...] = ()
    picked: bool = False
    hidden: bool = False
    answers_to: str = ""
    answers_at: Stands = Stands()  # noqa: RUF009 - it is frozen
    report: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A question's thread or the conversation, as one may turn to it."""

    key: str
    label: str
    text: str
    thread: int | None = None
    on: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """What hosts can do now; `shut_out` are their marks: whom they hold back or let in no more."""

    offers: tuple[Offer, ...]
    unsorted: tuple[Offer, ...]
    hint: str
    shut_out: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Top:
    """What stands above the talk and changes with the chat."""

    bar: Bar
    tabs: tuple[Tab, ...]
    readers: str
    now: datetime
    rate: float
    answer: int | None = None
    panel: Panel | None = None
    rooms: tuple[tuple[str, str], ...] = ()


def address(place: Place) -> str:
    """Where a room is found."""
    return f"/room/{quote(place.native_id)}/"


def context(stage: Stage, base: str, *, host: bool) -> RoomContext:
    """What the messages of this room are drawn with; `base` is where the community's pages begin."""
    return RoomContext(
        base=base,
        at=address(stage.place),
        zone=stage.state.chat.zone if stage.state else stage.community.zone,
        host=host,
        letter=stage.letter,
        chat_id=stage.state.chat.id if stage.state else None,
        asked=tuple((one.position, f"{stage.letter}{one.position}") for one, _ in stage.asked),
        language=stage.community.language,
    )


def top(stage: Stage, panel: Panel | None, *, hosts_room: bool) -> Top:
    """What stands above the talk."""
    bar = room_bar.bar(stage.state, stage.now)
    tabs = tuple(
        Tab(str(root), f"{stage.letter}{one.position}", one.text, root, one.position == bar.number)
        for one, root in stage.asked
    )
    return Top(
        bar=bar,
        tabs=(*tabs, Tab(TALK, _(bar_sentences.TALK), "")),
        readers=_(bar_sentences.ONLY_HOSTS_READ) if hosts_room else readers(stage),
        now=stage.now,
        rate=stage.rate,
        answer=stage.current,
        panel=panel,
        rooms=tuple((one.name, address(one)) for one in stage.rooms),
    )


def lasting(one: Top | None) -> tuple[object, ...]:
    """What a page's script cannot know by itself: the time that passes it counts down alone."""
    return (replace(one.bar, left=""), one.tabs, one.readers, one.answer, one.panel, one.rooms) if one else ()


def readers(stage: Stage) -> str:
    """Who may read afterwards what is said in this chat."""
    if stage.state is None:
        return _(bar_sentences.NOTHING_ON)
    told = stage.state.chat.told or stage.openness
    if stage.guest and stage.state.owners:
        readers = least_open(stage.state.series.visibility, stage.openness, told)
        return sharing.read_there(readers, stage.state.owners)
    return sentences.readers([least_open(stage.state.series.visibility, stage.openness, told)])


def shown(
    stage: Stage,
    message: RoomMessage,
    filing: RoomFiling | None,
    names: Mapping[int, str],
    where: Mapping[int, Stands],
    *,
    own: bool,
) -> Shown:
    """One message with what became of it, and `where` it stands; `names` are those it may reply to."""
    return Shown(
        message=message,
        stands=where[message.id],
        own=own,
        filed=tuple(f"{stage.letter}{number}" for number in filing.numbers) if filing else (),
        picked=filing.picked if filing else False,
        hidden=filing.hidden if filing else False,
        answers_to=names.get(message.reply_to_id or 0, ""),
        answers_at=where.get(message.reply_to_id or 0, Stands()),
        report="" if own else _report(stage, message, filing),
    )


def _report(stage: Stage, message: RoomMessage, filing: RoomFiling | None) -> str:
    """Where somebody else's words are reported that everybody here sees, in a room that is not the hosts'.

    Words of a chat are reported where they stand for readers, below where the community's pages begin.
    """
    said = message.person_id is not None or message.anonymous
    veiled = message.held or message.only_for is not None or (filing is not None and filing.hidden)
    if not said or veiled or stage.place.id == stage.community.hosts_place_id:
        return ""
    if filing is not None and filing.public_id is not None:
        return f"a/{filing.public_id}/report"
    return f"{address(stage.place)}m/{message.id}/report"


def writers(messages: Sequence[RoomMessage]) -> dict[int, str]:
    """Which of these messages people said, and who."""
    return {one.id: one.name or _("somebody") for one in messages if one.name or one.anonymous}
