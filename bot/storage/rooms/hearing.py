"""What the bot hears in its own rooms: the events after a cursor, with each message's present words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Integer, Row, and_, cast, delete, exists, func, or_, select, update

from bot.core.hearing import Author, Commanded, Deleted, Edited, Heard, Reacted, Said
from bot.core.model import Place, Role
from bot.storage.archive.addresses import BROWSER
from bot.storage.queries import Queries
from bot.storage.rooms.views import EventKind
from bot.storage.schema import tables as t

EVENTS_LAST: Final = timedelta(days=30)
"""How long it is known what happened in a room in which order; the messages themselves stay."""


@dataclass(frozen=True, slots=True)
class Happenings:
    """What people did, and the id of the last event of any kind; `commands` says whether some were typed."""

    heard: tuple[Heard, ...]
    last: int
    commands: bool = False


_E, _M = t.room_event.c, t.room_message.c
_BY_THE_BOT: Final = (EventKind.POSTED, EventKind.CHANGED, EventKind.FILED)
"""What the bot did itself, and so never hears."""
_IS_HOST = exists().where(
    t.community_host.c.person_id == _E.person_id, t.community_host.c.community_id == t.place.c.community_id
)
_HAPPENED = (
    select(
        *(_E.id, _E.kind, _E.number, _E.text.label("typed"), _E.at, t.person.c.native_id, t.person.c.name),
        *(_M.id.label("message_id"), _M.text, _M.thread_id, _M.reply_to_id, _M.by_form, _M.anonymous),
        *(_M.said_at, _M.deleted_at, _M.held_at, _M.by_host, _M.only_for, _IS_HOST.label("is_host")),
    )
    .join(t.place, t.place.c.id == _E.place_id)
    .outerjoin(t.room_message, _M.id == _E.message_id)
    .outerjoin(t.person, t.person.c.id == _E.person_id)
)


class RoomHearing(Queries):
    """What is asked of rooms by the bot's ears."""

    async def room_happenings(self, place: Place, after: int, most: int) -> Happenings:
        """The next events of a room as a platform hears them; what the bot did itself is passed over."""
        query = _HAPPENED.where(_E.place_id == place.id, _E.id > after).order_by(_E.id).limit(most)
        rows = await self._rows(query)
        heard = tuple(event for row in rows if (event := _heard(row)) is not None)
        typed = any(isinstance(event, Commanded) for event in heard)
        return Happenings(heard, rows[-1].id if rows else after, typed)

    async def room_heads(self) -> dict[int, int]:
        """The last event of each room that has one."""
        rows = await self._rows(select(_E.place_id, func.max(_E.id).label("last")).group_by(_E.place_id))
        return {row.place_id: row.last for row in rows}

    async def room_heard(self, place_id: int, last: int) -> None:
        """Let go of the words of commands that were heard: they are stored where they are carried out."""
        typed = _E.place_id == place_id, _E.id <= last, _E.text.is_not(None)
        await self._do(update(t.room_event).where(*typed).values(text=None))

    async def room_prune(self, now: datetime) -> int:
        """Let go of old events that were heard or never are; gives how many."""
        c = t.cursor.c
        passed = exists().where(
            c.account == BROWSER, c.place_id == _E.place_id, cast(c.position, Integer) >= _E.id
        )
        old = and_(_E.at < now - EVENTS_LAST, or_(passed, _E.kind.in_(_BY_THE_BOT)))
        return await self._do(delete(t.room_event).where(old))


def _heard(row: Row[Any]) -> Heard | None:
    """One event as it is heard; words taken back since are not heard, nor any that wait for the hosts."""
    kind = EventKind(row.kind)
    if kind is EventKind.COMMANDED:
        return _command(row)
    if kind is EventKind.DELETED:
        never_heard = row.held_at is not None or row.only_for is not None
        return None if never_heard else Deleted(str(row.message_id), row.at, row.said_at)
    if row.deleted_at is not None or row.held_at is not None or row.native_id is None:
        return None
    make = _MADE.get(kind)
    return make(row) if make else None


def _said(row: Row[Any]) -> Said:
    return Said(
        str(row.message_id),
        _author(row),
        row.text,
        row.said_at,
        str(row.thread_id) if row.thread_id else None,
        str(row.reply_to_id) if row.reply_to_id else None,
        by_form=row.by_form,
        anonymous=row.anonymous,
    )


def _edited(row: Row[Any]) -> Edited:
    return Edited(str(row.message_id), _author(row), row.text, row.at, row.said_at)


def _reacted(row: Row[Any]) -> Reacted:
    author = Author(row.native_id, row.name, Role.HOST if row.is_host else Role.ANYONE)
    return Reacted(str(row.message_id), author, row.number, row.at, row.kind == EventKind.UNREACTED)


def _command(row: Row[Any]) -> Commanded | None:
    if row.typed is None or row.native_id is None:
        return None
    author = Author(row.native_id, row.name, Role(row.number))
    return Commanded(str(row.message_id), author, row.typed, row.at)


def _author(row: Row[Any]) -> Author:
    """Who wrote a message, with the power they wrote it with."""
    return Author(row.native_id, row.name, Role.HOST if row.by_host else Role.ANYONE)


_MADE: Final[Mapping[EventKind, Callable[[Row[Any]], Heard]]] = {
    EventKind.SAID: _said,
    EventKind.EDITED: _edited,
    EventKind.REACTED: _reacted,
    EventKind.UNREACTED: _reacted,
}
