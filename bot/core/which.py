"""Which chat people mean when they name none."""

from collections.abc import Collection
from enum import StrEnum

from bot.core.model import Chat


class Which(StrEnum):
    """LIVE: under way or next; AHEAD: next; UNPLANNED: next without questions; RECENT: takes answers."""

    LIVE = "live"
    AHEAD = "ahead"
    UNPLANNED = "unplanned"
    RECENT = "recent"


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
