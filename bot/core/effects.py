"""What a change of a chat asks to be said and done; the outbox makes rows of it for every place."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.model import Action, Entry, Offer


@dataclass(frozen=True, slots=True)
class Say:
    """Post once in every place of the chat.

    `question` is the number of the question it asks, `thread` the subject in whose thread it goes.
    """

    subject: str
    text: str
    not_after: datetime | None = None
    question: int | None = None
    offers: tuple[Offer, ...] = ()
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A state to converge to in every place, acting on the post of the subject `on`."""

    subject: str
    action: Action
    text: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True)
class Tell:
    """A word for the hosts alone."""

    subject: str
    text: str
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take back what nobody was shown yet: of one subject, or all of the chat."""

    subject: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A post kept in step with its text: made once, edited after, gone when the text is empty.

    It stands in the hosts' room, or in the thread of the subject `thread`.
    """

    subject: str
    text: str
    offers: tuple[Offer, ...] = ()
    hosts: bool = False
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Enter:
    """Keep the chat in each network's own calendar as this entry says, or not at all."""

    entry: Entry | None


Effect = Say | Wish | Tell | Withdraw | Card | Enter
