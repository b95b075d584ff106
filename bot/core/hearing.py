"""What a platform hears people do, before anything is made of it."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.model import Role


@dataclass(frozen=True, slots=True)
class Author:
    """Who did something, as their platform knows them; `power` is their native power in that place."""

    native_id: str
    name: str
    power: Role = Role.ANYONE


@dataclass(frozen=True, slots=True)
class Said:
    """A new message; `thread` and `reply_to` are native ids of the messages it hangs on.

    An answer given `by_form` stands in its question's thread; an `anonymous` one is shown without a name
    where the weekly chat allows that.
    """

    id: str
    author: Author
    text: str
    at: datetime
    thread: str | None = None
    reply_to: str | None = None
    attachments: tuple[str, ...] = ()
    by_form: bool = False
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Edited:
    """A message's text changed; it may never have been heard before.

    `said_at` is when it was written, where the network tells: words from before a chat are none of its own.
    """

    id: str
    author: Author
    text: str
    at: datetime
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message was taken back; `said_at` is when it was written, where the network tells."""

    id: str
    at: datetime
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reacted:
    """A digit was put on a message (or taken off again): a wish to file it under that question.

    `event` is the native id of that deed itself, where the network gives one: heard again it does nothing.
    """

    id: str
    author: Author
    number: int
    at: datetime
    removed: bool = False
    event: str = ""


@dataclass(frozen=True, slots=True)
class Commanded:
    """A typed command, without its "!edchat"."""

    id: str
    author: Author
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Barred:
    """The bot cannot run a chat in this place any more; `lacking` says what is missing, a sentence each.

    Nothing lacking means that it can again; `gone` that the place itself is no more; that a chat `goes_on`
    that it is less comfortable only.
    """

    id: str
    lacking: tuple[str, ...]
    at: datetime
    gone: bool = False
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time; without `until` it goes on."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """What was said in this place in some stretch of time could not be heard."""

    id: str
    stretch: Stretch
    at: datetime


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """All that was said in this place from `since` on has been heard, though it was missed at first."""

    id: str
    since: datetime
    at: datetime


Heard = Said | Edited | Deleted | Reacted | Commanded | Barred | Missed | CaughtUp
