"""How open places and chats are to readers: what was said of them, and what their network lets people see."""

from typing import Final

from sqlalchemy import ColumnElement, and_, case, exists, or_

from bot.core.model import Visibility
from bot.storage.schema import tables as t

OPENNESS: Final[ColumnElement[str]] = case(
    (and_(t.place.c.shut, t.place.c.openness == Visibility.PUBLIC), Visibility.LINK.value),
    else_=t.place.c.openness,
)
"""Words said where not everybody on the network may look are public nowhere, whatever was chosen."""


def shut_away() -> ColumnElement[bool]:
    """Whether a chat is held only where not everybody may look; then it is no more public than its words.

    For a query over `chat`: where it opened counts, and before that where its weekly chat is at home.
    """
    opened = t.chat_place.c.chat_id == t.chat.c.id
    at_home = and_(
        t.series_place.c.series_id == t.chat.c.series_id, t.series_place.c.accepted_at.is_not(None)
    )
    there = t.place.c.id == t.chat_place.c.place_id, t.place.c.id == t.series_place.c.place_id
    return or_(
        and_(_any(opened), ~_any(opened, there[0], _SEEN_BY_ALL)),
        and_(~_any(opened), _any(at_home), ~_any(at_home, there[1], _SEEN_BY_ALL)),
    )


_SEEN_BY_ALL: Final = t.place.c.shut.is_(False)


def _any(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(*conditions).correlate(t.chat)
