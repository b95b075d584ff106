"""What a change of a chat asks to be said and done; the outbox makes rows of it for every place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.actions import Action
from bot.core.model import Offer, Visibility


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant that a text names in these words; some networks show it in each reader's own zone.

    One `below` stands in a line of its own under the text: only those networks show it, as how far off it is.
    """

    words: str
    at: datetime
    below: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One chat in a network's own calendar; `where` says where to go for it."""

    title: str
    about: str
    starts_at: datetime
    ends_at: datetime
    where: str
    live: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """An address that a text names, and what it is called where it can be pressed."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Variant:
    """What a post says instead in places of guests, or of no guests, whose words these read; None is any.

    What it says `inside` is for the rooms that its own links lead into.
    """

    text: str
    guests: bool
    readers: Visibility | None = None
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """Post once in every place of the chat.

    `question` is the number of the question it asks, `thread` the subject in whose thread it goes,
    `about` the subject it points to, `ping` the role that it calls in places of the chat's own community.
    """

    subject: str
    text: str
    not_after: datetime | None = None
    question: int | None = None
    offers: tuple[Offer, ...] = ()
    thread: str = ""
    about: str = ""
    moments: tuple[Moment, ...] = ()
    link: Link | None = None
    variants: tuple[Variant, ...] = ()
    ping: str = ""

    def said_in(self, *, guests: bool, readers: Visibility | None, inside: bool = False) -> str:
        """What it says in a place: of a guest community or not, where these people read afterwards."""
        return _varied(self, guests, readers, inside)


@dataclass(frozen=True, slots=True)
class Wish:
    """A state to converge to in every place, acting on the post of the subject `on`.

    What changes `instants` alone is for networks that show them in each reader's own zone.
    """

    subject: str
    action: Action
    text: str = ""
    on: str = ""
    offers: tuple[Offer, ...] = ()
    moments: tuple[Moment, ...] = ()
    instants: bool = False
    variants: tuple[Variant, ...] = ()

    def said_in(self, *, guests: bool, readers: Visibility | None, inside: bool = False) -> str:
        """What it says in a place, as a post does."""
        return _varied(self, guests, readers, inside)


def _varied(said: Say | Wish, guests: bool, readers: Visibility | None, inside: bool) -> str:
    theirs = (v for v in said.variants if v.guests == guests and v.readers in (None, readers))
    return next((v.text for v in theirs if inside or not v.inside), said.text)


@dataclass(frozen=True, slots=True)
class Tell:
    """A word for the hosts alone."""

    subject: str
    text: str
    offers: tuple[Offer, ...] = ()
    moments: tuple[Moment, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take back what nobody was shown yet: of one subject, or all of the chat."""

    subject: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A post kept in step with its text: made once, edited after, gone when the text is empty.

    It stands in the hosts' room, or in the thread of the subject `thread`; `about` is the native id of the
    message it points to. Words that stand `alone` are nowhere else: they go into the room itself where their
    thread is never made.
    """

    subject: str
    text: str
    offers: tuple[Offer, ...] = ()
    hosts: bool = False
    thread: str = ""
    about: str = ""
    moments: tuple[Moment, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Enter:
    """Keep the chat in each network's own calendar as this entry says, or not at all."""

    entry: Entry | None


def for_guests(effect: Card | Enter, page: str) -> Card | Enter:
    """The same for a place of another community: its calendar leads to the page, never into a room."""
    if isinstance(effect, Enter) and effect.entry is not None:
        return Enter(replace(effect.entry, where=page))
    return effect


Effect = Say | Wish | Tell | Withdraw | Card | Enter
