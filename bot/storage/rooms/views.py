"""What stands in the bot's own rooms, as each person may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Row, and_, func, literal, or_, select

from bot.core.model import Offer
from bot.storage.queries import Queries
from bot.storage.schema import tables as t


class EventKind(StrEnum):
    """What happened in a room; CHANGED tells of a changed post, or without a message of the room itself.

    FILED tells that it was decided anew what became of a message, and so on which sheets it stands.
    """

    SAID = "said"
    EDITED = "edited"
    DELETED = "deleted"
    REACTED = "reacted"
    UNREACTED = "unreacted"
    COMMANDED = "commanded"
    POSTED = "posted"
    CHANGED = "changed"
    FILED = "filed"


class Threads(Enum):
    """Every thread of a room, and what stands in none."""

    ALL = "all"


ALL: Final = Threads.ALL


@dataclass(frozen=True, slots=True)
class RoomMessage:
    """One message as somebody sees it; `name` is "" for the bot's, and for anonymous words of others.

    Whose an anonymous message is nobody learns but its writer, who alone finds `person_id` in it. Parts of
    one long answer for one person's eyes have the same `reply`.
    """

    id: int
    place_id: int
    person_id: int | None
    name: str
    by_host: bool
    text: str
    html: str
    offers: tuple[Offer, ...]
    thread_id: int | None
    reply_to_id: int | None
    thread_name: str | None
    only_for: str | None
    receipts: tuple[str, ...]
    by_form: bool
    anonymous: bool
    said_at: datetime
    edited_at: datetime | None
    held: bool
    reactions: tuple[tuple[int, int], ...] = ()
    reply: str = ""


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """One thing that happened in a room; only a command that was not heard yet brings a text."""

    id: int
    kind: EventKind
    message_id: int | None
    person_id: int | None
    number: int | None
    text: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class RoomStanding:
    """A room's topic, its pinned message, and its threads: the messages they hang on, with their names."""

    topic: str
    pinned: int | None
    threads: tuple[tuple[int, str], ...]


_Reactions = Mapping[int, tuple[tuple[int, int], ...]]
_SPOKEN = (EventKind.SAID, EventKind.EDITED, EventKind.DELETED, EventKind.CHANGED)
_M = t.room_message.c
SHOWN = (
    select(t.room_message, t.person.c.native_id, t.person.c.name, t.consent.c.pseudonym)
    .join(t.place, t.place.c.id == _M.place_id)
    .outerjoin(t.person, t.person.c.id == _M.person_id)
    .outerjoin(
        t.consent,
        and_(t.consent.c.person_id == _M.person_id, t.consent.c.community_id == t.place.c.community_id),
    )
    .where(_M.deleted_at.is_(None))
)
"""The query for all that stands, whoever may see it."""


class RoomViews(Queries):
    """What is asked of rooms by those who look at them; a viewer is a native id, "" for a stranger."""

    async def room_messages(
        self,
        place_id: int,
        *,
        viewer: str,
        host: bool,
        thread: int | Literal[Threads.ALL] | None = ALL,
        before: int | None = None,
        most: int = 100,
    ) -> tuple[RoomMessage, ...]:
        """The newest messages that somebody may see, oldest first; `thread` None is what stands in none."""
        query = seen_by(viewer, host).where(_M.place_id == place_id)
        if thread is not ALL:
            query = query.where(_M.thread_id == thread if thread else _M.thread_id.is_(None))
        if before is not None:
            query = query.where(_M.id < before)
        rows = await self._rows(query.order_by(_M.id.desc()).limit(most))
        counts = await self._reactions([row.id for row in rows])
        return tuple(message_of(row, viewer, counts) for row in reversed(rows))

    async def room_message(self, message_id: int, *, viewer: str, host: bool) -> RoomMessage | None:
        """One message, if somebody may see it."""
        row = await self._row(seen_by(viewer, host).where(_M.id == message_id))
        return message_of(row, viewer, await self._reactions([row.id])) if row else None

    async def room_events(self, place_id: int, after: int, most: int = 500) -> tuple[RoomEvent, ...]:
        """What happened in a room after an event, oldest first."""
        e = t.room_event.c
        query = select(t.room_event, _M.anonymous).outerjoin(t.room_message, _M.id == e.message_id)
        query = query.where(e.place_id == place_id, e.id > after).order_by(e.id).limit(most)
        return tuple(_event_of(row) for row in await self._rows(query))

    async def room_last_event(self, place_id: int) -> int:
        """The id of the last event in a room, 0 before the first one."""
        e = t.room_event.c
        return int(await self._value(select(func.max(e.id)).where(e.place_id == place_id)) or 0)

    async def room_standing(self, place_id: int) -> RoomStanding:
        """A room's topic, pinned message and threads."""
        place = await self._row(select(t.place.c.topic, t.place.c.pinned).where(t.place.c.id == place_id))
        if place is None:
            raise LookupError(f"no place {place_id}")
        named = _M.place_id == place_id, _M.thread_name.is_not(None), _M.deleted_at.is_(None)
        threads = await self._rows(select(_M.id, _M.thread_name).where(*named).order_by(_M.id))
        pinned = int(place.pinned) if place.pinned else None
        return RoomStanding(place.topic, pinned, tuple((row.id, row.thread_name) for row in threads))

    async def _reactions(self, message_ids: Sequence[int]) -> _Reactions:
        r, found = t.room_reaction.c, dict[int, tuple[tuple[int, int], ...]]()
        counts = select(r.message_id, r.number, func.count().label("many")).order_by(r.number)
        for row in await self._rows(
            counts.where(r.message_id.in_(message_ids)).group_by(r.message_id, r.number)
        ):
            found[row.message_id] = (*found.get(row.message_id, ()), (row.number, row.many))
        return found


def offers_of(stored: Sequence[Sequence[Any]] | None) -> tuple[Offer, ...]:
    """Offers from how they are stored."""
    return tuple(Offer(*one) for one in stored or ())


def _event_of(row: Row[Any]) -> RoomEvent:
    person_id = None if row.anonymous and row.kind in _SPOKEN else row.person_id
    return RoomEvent(row.id, EventKind(row.kind), row.message_id, person_id, row.number, row.text, row.at)


def seen_by(viewer: str, host: bool) -> Any:
    """The query for what somebody may see."""
    let_in = or_(_M.held_at.is_(None), literal(host), t.person.c.native_id == viewer)
    return SHOWN.where(or_(_M.only_for.is_(None), _M.only_for == viewer), let_in)


def message_of(row: Row[Any], viewer: str, reactions: _Reactions) -> RoomMessage:
    """A message, as a row of `SHOWN`, as somebody sees it."""
    veiled = row.anonymous and row.native_id != viewer
    return RoomMessage(
        id=row.id,
        place_id=row.place_id,
        person_id=None if veiled else row.person_id,
        name="" if veiled else row.pseudonym or row.name or "",
        by_host=row.by_host and not veiled,
        text=row.text,
        html=row.html,
        offers=offers_of(row.offers),
        thread_id=row.thread_id,
        reply_to_id=row.reply_to_id,
        thread_name=row.thread_name,
        only_for=row.only_for,
        receipts=(row.receipts,) if row.receipts else (),
        by_form=row.by_form,
        anonymous=row.anonymous,
        said_at=row.said_at,
        edited_at=row.edited_at,
        held=row.held_at is not None,
        reactions=reactions.get(row.id, ()),
        reply=reply_of(row.key) if row.only_for and row.key else "",
    )


def goes_on(key: Any) -> ColumnElement[bool]:
    """Whether a message goes on the long post that stands under a key, as edchat-12.1 does on edchat-12."""
    return _M.key.between(key + ".", key + "/")


def reply_of(key: str) -> str:
    """What all parts of one long post have in common, from the key of any: the first has no number."""
    head, dash, tail = key.rpartition("-")
    return f"{head}{dash}{tail.partition('.')[0]}" if dash else key
