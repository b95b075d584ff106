"""What a chat network must be able to do for the bot."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.core.actions import Action
from bot.core.effects import Entry, Link, Moment
from bot.core.hearing import Heard
from bot.core.model import Offer, Place


class Ability(StrEnum):
    """What a platform can do beyond posting."""

    THREADS = "threads"
    PINS = "pins"
    TOPICS = "topics"
    EDITS = "edits"
    RECEIPTS = "receipts"
    WHISPERS = "whispers"
    CARDS = "cards"
    ENTRIES = "entries"
    COLLECTING = "collecting"
    MOMENTS = "moments"
    PRIVATE_ROOMS = "private rooms"


ROOM_ABILITIES = frozenset(
    {
        *(Ability.THREADS, Ability.PINS, Ability.TOPICS),
        *(Ability.EDITS, Ability.RECEIPTS, Ability.WHISPERS),
    }
)
"""What a room of the bot's own needs; the rest a page shows by itself."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One thing to do in a place; sending it twice under the same `key` does it once.

    `target` is the native id of the message that is threaded, pinned, edited or reacted to, or in whose
    thread a post goes; of a card or an entry it is the one to keep in step, and `thread` the message in whose
    thread a card stands, in the room itself where there is none and the card is `alone`; `about` is one that
    the text points to. `person` is the native id of the one a
    whisper or a private room is for; `reply_to` is what they asked aloud, so that a network without words for
    one person alone may answer it as openly. `ping` is the native id of the only role that a post calls, and
    `language` the one in which the text is, where that is not English.
    """

    key: str
    place: Place
    action: Action
    text: str = ""
    offers: tuple[Offer, ...] = ()
    target: str | None = None
    person: str | None = None
    thread: str | None = None
    entry: Entry | None = None
    about: str | None = None
    moments: tuple[Moment, ...] = ()
    link: Link | None = None
    reply_to: str | None = None
    ping: str = ""
    alone: bool = False
    language: str = "en"
    first_attempt_at: datetime | None = None


class Later(Exception):
    """The network asks to try again after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"try again in {seconds:g} s")
        self.seconds = seconds


class Impossible(Exception):
    """The network will never accept this here; the message says why in plain words."""


class Absent(Exception):
    """Somebody is not in that place any more, so that nobody can say what they may do there."""


class Ears(Protocol):
    """Where a platform brings what it hears."""

    async def hear(self, place: Place, heard: Sequence[Heard], cursor: str) -> None:
        """Store what was heard with the cursor, in one transaction; returns once it is committed."""

    async def cursor(self, place: Place) -> str | None:
        """Where listening in this place stopped, or None at the very beginning."""

    def places(self, platform: str) -> Awaitable[tuple[Place, ...]]:
        """The places of one platform that the bot listens to."""


class Platform(Protocol):
    """A chat network. No method may be called inside a write transaction."""

    name: str
    abilities: frozenset[Ability]
    text_limit: int

    async def listen(self, ears: Ears) -> None:
        """Hear everything since each place's cursor, then everything new, until cancelled."""

    async def send(self, out: Outgoing) -> str:
        """Do one thing and give back the native id of what came of it; raises Later or Impossible."""

    async def find(self, out: Outgoing) -> str | None:
        """Give the native id of what was sent under this key before, or None; nothing is sent."""
