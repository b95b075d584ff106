"""The bot's own rooms: what the bot posts and changes there, and how somebody is forgotten there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, or_, select, update

from bot.core.actions import Action
from bot.core.masking import Mask
from bot.core.model import Offer, Person, Place, Refused
from bot.core.sentences import room as room_sentences
from bot.storage.archive.addresses import BROWSER
from bot.storage.rooms.hearing import Happenings, RoomHearing
from bot.storage.rooms.views import (
    ALL,
    EventKind,
    RoomEvent,
    RoomMessage,
    RoomStanding,
    RoomViews,
    Threads,
    offers_of,
)
from bot.storage.rooms.words import RoomWords
from bot.storage.schema import tables as t

__all__ = [
    "ALL",
    "BROWSER",
    "EventKind",
    "Happenings",
    "RoomEvent",
    "RoomMessage",
    "RoomStanding",
    "Rooms",
    "Threads",
]

_M, _E = t.room_message.c, t.room_event.c


class Rooms(RoomViews, RoomWords, RoomHearing):
    """What is asked of the bot's own rooms."""

    async def room_post(  # noqa: PLR0913 - as much as a post can carry
        self,
        place: Place,
        key: str,
        text: str,
        html: str,
        offers: Sequence[Offer],
        now: datetime,
        *,
        thread: int | None = None,
        only_for: str | None = None,
    ) -> int:
        """Post as the bot, once under a key, for all or for one person's eyes; gives the message's id."""
        if (posted := await self.room_posted(key)) is not None:
            return posted
        if thread is not None:
            await self._target(place.id, thread)
        row = {"place_id": place.id, "key": _bots(key), "text": text, "html": html, "said_at": now}
        row |= {"offers": stored_offers(offers), "thread_id": thread, "only_for": only_for}
        message_id = await self._add(t.room_message, **row)
        await self._happened(place.id, EventKind.POSTED, now, message_id=message_id)
        return message_id

    async def room_posted(self, key: str) -> int | None:
        """What the bot posted under a key, or None."""
        found: int | None = await self._value(select(_M.id).where(_M.key == _bots(key)))
        return found

    async def room_change(
        self,
        place: Place,
        action: Action,
        now: datetime,
        *,
        target: int | None = None,
        text: str = "",
        html: str = "",
        offers: Sequence[Offer] = (),
    ) -> None:
        """Bring about a thread, pin, topic, edit or receipt; Refused where its message is gone."""
        if action is Action.TOPIC:
            await self._set_up(place, {"topic": text}, now)
        elif action is Action.PIN and target is None:
            await self._set_up(place, {"pinned": None}, now)
        else:
            row = await self._target(place.id, target)
            if action is Action.PIN:
                await self._set_up(place, {"pinned": str(target)}, now)
            else:
                await self._set_in(row, _wished(action, text, html, offers), now)

    async def forget_in_rooms(
        self, person_id: int, community_id: int, now: datetime, mask: Mask | None = None
    ) -> None:
        """Erase what somebody said and did in this community's rooms, and what the bot said of them there.

        It is to be asked before their name is let go: else nobody knows what to look for, unless a `mask`
        does.
        """
        person = await self._known_as(person_id, community_id)
        if person is None:
            return
        here = select(t.place.c.id).where(t.place.c.community_id == community_id)
        mine = and_(_M.place_id.in_(here), or_(_M.person_id == person_id, _M.only_for == person.native_id))
        standing = await self._rows(select(t.room_message).where(mine, _M.deleted_at.is_(None)))
        await self._erase_in_room(standing, now)
        await self._take_marks_off(person_id, here, now)
        did = update(t.room_event).where(_E.person_id == person_id, _E.place_id.in_(here))
        await self._do(did.values(person_id=None, text=None))
        whispered = case((_M.only_for.is_not(None), ""), else_=None)
        change = update(t.room_message).where(mine)
        await self._do(change.values(person_id=None, key=None, only_for=whispered))
        await self.mask_in_rooms(mask or Mask(person), _M.place_id.in_(here), now)

    async def _known_as(self, person_id: int, community_id: int) -> Person | None:
        said = and_(t.consent.c.person_id == t.person.c.id, t.consent.c.community_id == community_id)
        query = select(t.person, t.consent.c.pseudonym).outerjoin(t.consent, said)
        row = await self._row(query.where(t.person.c.id == person_id))
        return Person(row.id, row.platform, row.native_id, row.name, row.pseudonym) if row else None

    async def _take_marks_off(self, person_id: int, here: Any, now: datetime) -> None:
        r = t.room_reaction.c
        there = select(_M.id).where(_M.place_id.in_(here))
        marks = and_(r.person_id == person_id, r.message_id.in_(there))
        marked = select(_M.id, _M.place_id).where(_M.id.in_(select(r.message_id).where(marks)))
        rows = await self._rows(marked)
        await self._do(delete(t.room_reaction).where(marks))
        for row in rows:
            await self._happened(row.place_id, EventKind.CHANGED, now, message_id=row.id)

    async def mask_in_rooms(self, mask: Mask, which: ColumnElement[bool], now: datetime) -> None:
        """Take a name out of some of what the bot said for all and for others."""
        bots = and_(which, _M.person_id.is_(None), _M.deleted_at.is_(None))
        for row in await self._rows(select(t.room_message).where(bots)):
            offers = [one for one in offers_of(row.offers) if not mask.finds_on(one.label, one.line)]
            values = {
                "text": mask.words(row.text),
                "html": mask.html(row.html),
                "offers": stored_offers(offers),
            }
            name = row.thread_name and mask.words(row.thread_name)
            await self._set_in(row, {**values, "thread_name": name}, now)

    async def _target(self, place_id: int, target: int | None) -> Row[Any]:
        """The bot's target, which still stands in its room."""
        stands = _M.id == target, _M.place_id == place_id, _M.deleted_at.is_(None)
        row = await self._row(select(t.room_message).where(*stands))
        if row is None:
            raise Refused(room_sentences.NOT_IN_ROOM)
        return row

    async def _set_up(self, place: Place, values: dict[str, Any], now: datetime) -> None:
        """Change the room itself, and tell of it if that made a difference."""
        here = select(t.place).where(t.place.c.id == place.id)
        if _differs(await self._row(here), values):
            await self._do(update(t.place).where(t.place.c.id == place.id).values(**values))
            await self._happened(place.id, EventKind.CHANGED, now)

    async def _set_in(self, row: Row[Any], values: dict[str, Any], now: datetime) -> None:
        """Change a message, and tell of it if that made a difference."""
        if _differs(row, values):
            await self._do(update(t.room_message).where(_M.id == row.id).values(**values))
            await self._happened(row.place_id, EventKind.CHANGED, now, message_id=row.id)


def _wished(action: Action, text: str, html: str, offers: Sequence[Offer]) -> dict[str, Any]:
    """What a wish makes of its message."""
    if action is Action.THREAD:
        return {"thread_name": text}
    if action is Action.RECEIPT:
        return {"receipts": text}
    return {"text": text, "html": html, "offers": stored_offers(offers)}


def _differs(row: Row[Any] | None, values: dict[str, Any]) -> bool:
    return row is not None and any(getattr(row, name) != value for name, value in values.items())


def stored_offers(offers: Sequence[Offer]) -> list[list[Any]] | None:
    """Offers as they are stored."""
    return [
        [one.label, one.line, one.form, *([one.words, dict(one.values)] if one.words else [])]
        for one in offers
    ] or None


def _bots(key: str) -> str:
    return f"bot.{key}"
