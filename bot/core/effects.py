"""What a change of a chat asks to be said and done; the outbox makes rows of it for every place."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.model import Action, Offer


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


Effect = Say | Wish | Tell | Withdraw
