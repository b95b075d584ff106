"""A chat as data: what its files say of it, of its questions and of each message."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.archive.completeness import Completeness
from bot.core.archive.parts import to_copied_question, to_question
from bot.core.audience import Audience, Reads
from bot.core.filing import MessageKind
from bot.core.model import ChatState, QuestionState
from bot.core.plain import slug, storable
from bot.core.sentences import THROUGH
from bot.core.times import clockface
from bot.core.tongue import _

FORMAT = "edchat-chat"
VERSION = 1

_LONGEST_FILE = 120
_NATIVE = re.compile(r"<(?:@[!&]?|#)[0-9]{5,25}>")
_WEB = re.compile(r"https?://[^\s\x00-\x1f\x7f<>\"]*[^\s\x00-\x1f\x7f<>\".,;:!?)\]}'*_]")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a chat, as its files give it."""

    number: int
    text: str
    state: str
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Whence:
    """Where something was said: a place by name, on which network, in whose community."""

    place: str
    network: str
    community: str

    def as_row(self) -> dict[str, object]:
        """The values that the JSON file has of it."""
        return {"place": self.place, "network": self.network, "community": self.community}


@dataclass(frozen=True, slots=True)
class Head:
    """What a chat's files begin with; `url` is its page's, `day` its word in addresses."""

    url: str
    community: str
    community_slug: str
    series: str
    series_slug: str
    hashtag: str
    day: str
    topic: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    state: str
    lead: str
    published_at: datetime | None
    questions: tuple[Asked, ...]
    letter: str = "Q"
    places: tuple[Whence, ...] = ()
    completeness: Completeness = field(default_factory=Completeness)
    many: bool = False
    """Whether its page may be in parts, so that addresses of questions lead on into theirs."""
    copied: bool = False
    """Whether its page is a file, as in an exported archive."""

    @property
    def takes_days(self) -> bool:
        """Whether it went on for days instead of an hour."""
        return self.ends_at - self.starts_at > timedelta(hours=25)

    @property
    def title(self) -> str:
        """What the chat is about, else what its series is called."""
        return self.topic or self.series

    def as_row(self, audience: Audience) -> dict[str, object]:
        """The values that the JSON file begins with."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "readers": audience.reads,
            "url": self.url,
            "community": {"slug": self.community_slug, "name": self.community},
            "series": {"slug": self.series_slug, "title": self.series, "hashtag": self.hashtag},
            "day": self.day,
            "title": self.title,
            "topic": self.topic,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "zone": self.zone,
            "state": self.state,
            "hosts": [self.lead] if self.lead else [],
            "published_at": self.published_at,
            "places": [one.as_row() for one in self.places],
            "completeness": self.completeness.as_row(),
            "questions": [self._question(one) for one in self.questions],
        }

    def _question(self, one: Asked) -> dict[str, object]:
        about = {"number": one.number, "label": self.label(one), "text": one.text, "state": one.state}
        to = to_copied_question if self.copied else to_question
        return {**about, "asked_at": one.asked_at, "url": self.url + to(one.number, many=self.many)}

    def address(self, public_id: str) -> str:
        """A message's permalink; in a copy of the archive where it stands, if the chat's page is but one."""
        if self.copied and not self.many:
            return f"{self.url}#a-{public_id}"
        return f"{self.url.rstrip('/').rsplit('/', 2)[0]}/a/{public_id}"

    def label(self, one: Asked) -> str:
        """What a question is called, as in Q3."""
        return f"{self.letter}{one.number}"


@dataclass(frozen=True, slots=True)
class Line:
    """One message as its readers may have it; `known` is what only hosts are told, `gone` has no words."""

    id: str | None
    kind: MessageKind
    questions: tuple[int, ...]
    author: str | None
    by_host: bool
    said_at: datetime
    edited_at: datetime | None
    text: str
    reply_to: str | None = None
    gone: bool = False
    whence: Whence | None = None
    picked: bool = False
    known: Mapping[str, object] = field(default_factory=dict)

    def url(self, head: Head) -> str | None:
        """What leads to the message on its chat's page; what is not shown there has no address."""
        shown = self.kind is not MessageKind.CONVERSATION and not self.gone
        return head.address(self.id) if self.id and shown else None

    def as_row(self, head: Head) -> dict[str, object]:
        """The message as the JSON file gives it."""
        return {
            "id": self.id,
            "url": self.url(head),
            "kind": self.kind,
            "questions": list(self.questions),
            "reply_to": self.reply_to,
            "author": {"name": storable(self.author, len(self.author))} if self.author else None,
            "by_host": self.by_host,
            "picked": self.picked,
            "said_at": self.said_at,
            "edited_at": self.edited_at,
            "text": storable(self.text, len(self.text)),
            "where": self.whence.as_row() if self.whence else None,
            **self.known,
        }


def shown_questions(questions: tuple[Asked, ...], audience: Audience, state: ChatState) -> tuple[Asked, ...]:
    """The questions these readers may know of: hosts all, others what was asked or is announced."""
    if audience.reads is Reads.HOSTS:
        return questions
    announced = state is ChatState.ANNOUNCED
    return tuple(q for q in questions if q.asked_at or (announced and q.state == QuestionState.DRAFTED))


def without_native_ids(text: str) -> str:
    """Words without the ids that a network writes for people and rooms."""
    return _NATIVE.sub(lambda found: "#room" if found[0][1] == "#" else "@somebody", text)


def pieces(text: str) -> list[tuple[str, bool]]:
    """Text in parts: what is a web address and what is not."""
    parts, end = [], 0
    for found in _WEB.finditer(text):
        parts += [(text[end : found.start()], False), (found[0], True)]
        end = found.end()
    return [part for part in (*parts, (text[end:], False)) if part[0]]


def file_name(day: str, title: str, ending: str) -> str:
    """A name that every disk takes: date and title in plain letters, at most 120 bytes."""
    letters = unicodedata.normalize("NFKD", slug(title)).encode("ascii", "ignore").decode()
    words = "-".join(re.findall("[a-z0-9]+", f"{day}-{letters}".casefold())) or "chat"
    return words[: _LONGEST_FILE - len(ending) - 1].rstrip("-") + f".{ending}"


def when(head: Head) -> str:
    """When the chat is, in the words of its zone: its beginning, or all of its days."""
    if not head.takes_days:
        return clockface.moment(head.starts_at, head.zone)
    last = clockface.local(head.ends_at - timedelta(seconds=1), head.zone)
    first = clockface.day(head.starts_at, head.zone)
    return _(THROUGH).format(first=first, last=clockface.day_words(last))
