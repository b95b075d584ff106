"""What goes next in each place: the rows of the outbox that may be tried now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, and_, bindparam, func, or_, select

from bot.core.actions import Action
from bot.core.effects import Entry, Link, Moment
from bot.core.model import Offer, Place
from bot.storage.outgoing.keeping import SENT, WAITING, entry_of, kept_id, kept_turn, moments_of
from bot.storage.schema import tables as t

_IN_ORDER: Final = (Action.POST,)


@dataclass(frozen=True, slots=True)
class Queued:
    """One row of the outbox, ready to be tried."""

    id: int
    place: Place
    action: Action
    subject: str
    text: str
    offers: tuple[Offer, ...]
    target: str | None
    person: str | None
    thread: str | None
    entry: Entry | None
    about: str | None
    moments: tuple[Moment, ...]
    link: Link | None
    reply_to: str | None
    ping: str
    alone: bool
    language: str
    chat_id: int | None
    due_at: datetime
    not_after: datetime | None
    first_attempt_at: datetime | None


def _queued() -> Select[Any]:
    """Rows that wait and whose forerunner, if any, was sent."""
    before = t.outbox.alias("before")
    ready = and_(t.outbox.c.state == WAITING, or_(t.outbox.c.depends_on.is_(None), before.c.state == SENT))
    joined = t.outbox.outerjoin(before, before.c.id == t.outbox.c.depends_on).join(
        t.place, t.place.c.id == t.outbox.c.place_id
    )
    columns = [c for c in t.outbox.c if c.name != "place_id"]
    named = (
        t.place.c.id.label("place_id"),
        t.place.c.community_id,
        t.place.c.platform,
        t.place.c.native_id,
        t.place.c.name,
    )
    return (
        select(
            *columns,
            *named,
            before.c.platform_message_id.label("on_native_id"),
            kept_id().label("kept_native_id"),
        )
        .select_from(joined)
        .where(ready, kept_turn())
    )


def _first_of_each() -> Select[Any]:
    """The row of each of these `places` that goes first, `but` those that rest; posts keep their order."""
    o, first = t.outbox.c, t.outbox.alias("first")
    earlier = and_(first.c.place_id == o.place_id, first.c.state == WAITING, first.c.action.in_(_IN_ORDER))
    post = select(func.min(first.c.id)).where(earlier).correlate(t.outbox).scalar_subquery()
    in_turn = or_(o.action.not_in(_IN_ORDER), o.id == post)
    here = and_(o.place_id.in_(_each("places")), o.id.not_in(_each("but")))
    turn = func.row_number().over(partition_by=o.place_id, order_by=(o.urgency, o.id))
    ready = _queued().where(here, in_turn).add_columns(turn.label("turn")).subquery()
    return select(ready).where(ready.c.turn == 1)


def _each(name: str) -> Select[Any]:
    return select(func.json_each(bindparam(name)).table_valued("value").c.value)


NEXT: Final = _first_of_each()
"""Made once: it is asked before each sending, and making it takes longer than running it."""


def queued_of(row: Row[Any]) -> Queued:
    """A row of the outbox from what `NEXT` found."""
    payload, action = row.payload, Action(row.action)
    said = {name: payload.get(name) for name in ("person", "about", "reply_to")}
    return Queued(
        id=row.id,
        place=Place(row.place_id, row.community_id, row.platform, row.native_id, row.name),
        action=action,
        subject=row.subject,
        text=payload.get("text", ""),
        offers=tuple(Offer(*offer) for offer in payload.get("offers", ())),
        target=(row.kept_native_id if action.kept else row.on_native_id) or payload.get("target"),
        thread=row.on_native_id if action.kept else None,
        entry=entry_of(payload.get("entry")),
        moments=moments_of(payload.get("moments", ())),
        link=Link(*payload["link"]) if payload.get("link") else None,
        ping=payload.get("ping", ""),
        alone=payload.get("alone", False),
        language=payload.get("language", "en"),
        chat_id=row.chat_id,
        due_at=row.due_at,
        not_after=row.not_after,
        first_attempt_at=row.first_attempt_at,
        **said,
    )
