"""Which chat people mean when they name none."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from bot.core.model import Chat


class Which(StrEnum):
    """LIVE: under way or next; AHEAD: next; UNPLANNED: next without questions; RECENT: takes answers.

    HOSTED: of a guest host one of theirs; hosts of the place need none.
    """

    LIVE = "live"
    HOSTED = "hosted"
    AHEAD = "ahead"
    UNPLANNED = "unplanned"
    RECENT = "recent"


def hosted(here: Chat | None, theirs: Collection[Chat], now: datetime) -> Chat | None:
    """The chat that a guest host means: `here` if it is theirs, else the next of theirs, else their last."""
    if here is not None and here.id in {chat.id for chat in theirs}:
        return here
    ahead = [chat for chat in theirs if chat.ends_at > now]
    if ahead:
        return min(ahead, key=lambda chat: (chat.starts_at, chat.id))
    return max(theirs, key=lambda chat: (chat.starts_at, chat.id), default=here)


def could_be_meant(here: Chat | None, found: Collection[Chat]) -> tuple[Chat, ...]:
    """Which of the chats `found` in all places spoken of are meant, `here` being the one of this very place.

    A rehearsal gives way to a real chat in its hour: whoever steers with people waiting means theirs.
    """
    live = tuple(chat for chat in found if chat.state.live)
    real = tuple(chat for chat in live if not chat.rehearsal)
    if here and not (here.rehearsal and real):
        return (here,)
    first = min(found, key=lambda chat: chat.starts_at, default=None)
    return real or live or ((first,) if first else ())
