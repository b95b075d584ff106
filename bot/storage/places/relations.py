"""What edits and signs were about, who said what, and rooms of a network: found, moved, read again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BindParameter, bindparam, exists, func, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.hearing import Reacted
from bot.core.model import Place
from bot.storage.chats.chats import LATE
from bot.storage.chats.plans import place_of
from bot.storage.heard.pouring import Draw
from bot.storage.places.servers import KnownChannel, Servers, channel_of
from bot.storage.queries import among, listed
from bot.storage.schema import tables as t

HEARD: Final = "heard "
"""Begins the id under which it is noted that a sign was heard; its event's own id follows."""


@dataclass(frozen=True, slots=True)
class Relation:
    """An edit of the message `about`, or a sign of this `number` on it."""

    native_id: str
    about: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """A chat that is over in a place where nobody has looked again for what was missed."""

    chat_id: int
    place: Place
    starts_at: datetime


_NATIVE_IDS: BindParameter[str] = bindparam("native_ids")
_SENDERS = Draw(
    select(t.message.c.platform_message_id, t.person.c.native_id)
    .join(t.person)
    .where(t.message.c.place_id == bindparam("place"), among(t.message.c.platform_message_id, _NATIVE_IDS))
)
_KEPT = Draw(
    select(t.relation.c.native_id, t.relation.c.about, t.relation.c.number).where(
        t.relation.c.place_id == bindparam("place"), among(t.relation.c.native_id, _NATIVE_IDS)
    )
)

_COMMAND = t.handled_command.c
_CALLED_ANEW = (
    update(t.handled_command)
    .where(_COMMAND.place_id == bindparam("place"))
    .values(native_id=func.replace(_COMMAND.native_id, bindparam("old"), bindparam("new")))
)
"""Commands keep the names by which they are known again."""


class Relations(Servers):
    """What is asked of relations between messages, and of rooms whose ids change."""

    async def keep_relations(self, place_id: int, relations: Iterable[Relation]) -> None:
        """Note what edits and signs are about; what was noted before stays as it is."""
        rows = [
            {"place_id": place_id, "native_id": one.native_id, "about": one.about, "number": one.number}
            for one in relations
        ]
        await self._do(insert(t.relation).on_conflict_do_nothing(), rows)

    async def new_signs(self, place_id: int, signs: Sequence[Reacted]) -> list[Reacted]:
        """The digits put or taken off that were not heard before; from now on they were.

        Where the network gives a deed no id, it is always new.
        """
        wanted = {f"{HEARD}{one.event}": one for one in signs if one.event}
        known = await self.relations(place_id, wanted)
        new = {native_id: one for native_id, one in wanted.items() if native_id not in known}
        await self.keep_relations(place_id, (Relation(key, one.id, one.number) for key, one in new.items()))
        return [one for one in signs if not one.event or f"{HEARD}{one.event}" in new]

    async def relations(self, place_id: int, native_ids: Iterable[str]) -> dict[str, Relation]:
        """What these edits and signs were about."""
        rows = await _KEPT.rows(self.connection, place=place_id, native_ids=listed(native_ids))
        return {native_id: Relation(native_id, about, number) for native_id, about, number in rows}

    async def senders(self, place_id: int, native_ids: Iterable[str]) -> dict[str, str]:
        """Who said these messages, as their network knows them; those that nobody kept are left out."""
        rows = await _SENDERS.rows(self.connection, place=place_id, native_ids=listed(native_ids))
        return dict(rows)

    async def rooms_called(self, platform: str, native_ids: Iterable[str]) -> dict[str, KnownChannel]:
        """The places that are in these rooms now, left or not."""
        query = select(t.place).where(t.place.c.platform == platform, among(t.place.c.native_id, _NATIVE_IDS))
        rows = await self._rows(query, native_ids=listed(native_ids))
        return {row.native_id: channel_of(row) for row in rows}

    async def places_called(self, platform: str, native_ids: Sequence[str]) -> dict[str, Place]:
        """The places to which what happens in these rooms belongs, also after a room was replaced."""
        here = {"native_ids": listed(native_ids)}
        mine = t.place.c.platform == platform, t.place.c.left_at.is_(None)
        now = await self._rows(select(t.place).where(*mine, among(t.place.c.native_id, _NATIVE_IDS)), **here)
        old = t.former_room.c
        before = select(t.place, old.native_id.label("former")).join(
            t.former_room, old.place_id == t.place.c.id
        )
        rows = await self._rows(before.where(*mine, among(old.native_id, _NATIVE_IDS)), **here)
        return {row.former: place_of(row) for row in rows} | {row.native_id: place_of(row) for row in now}

    async def move_room(self, place: Place, native_id: str) -> None:
        """Let a place go on in the room that replaces its own; so does a community that was that room."""
        row = insert(t.former_room).values(
            platform=place.platform, native_id=place.native_id, place_id=place.id, replaced_by=native_id
        )
        await self._do(row.on_conflict_do_nothing())
        await self._do(
            update(t.place).where(t.place.c.id == place.id).values(native_id=native_id, left_at=None)
        )
        await self._do(_CALLED_ANEW, place=place.id, old=f"{place.native_id}:", new=f"{native_id}:")
        c = t.community.c
        mine = c.id == place.community_id, c.platform == place.platform, c.native_id == place.native_id
        await self._do(update(t.community).where(*mine).values(native_id=native_id))
        self.stale_communities.add(place.community_id)

    async def come_back(self, community_id: int) -> None:
        """Note that the bot is in a community again."""
        mine = t.community.c.id == community_id, t.community.c.left_at.is_not(None)
        if await self._do(update(t.community).where(*mine).values(left_at=None)):
            self.stale_communities.add(community_id)

    async def places_left_behind(self, community_id: int) -> bool:
        """Whether the bot is in no place of a community any more."""
        here = exists().where(t.place.c.community_id == community_id, t.place.c.left_at.is_(None))
        return not await self._value(select(here))

    async def spans_to_read(self, platform: str) -> tuple[Span, ...]:
        """The chats that ended on a network and were not read once more there."""
        over = t.chat.c.state.in_(LATE), t.chat_place.c.read_again_at.is_(None)
        query = (
            select(t.place, t.chat.c.id.label("chat_id"), t.chat.c.starts_at)
            .select_from(t.chat_place.join(t.chat).join(t.place, t.place.c.id == t.chat_place.c.place_id))
            .where(*over, t.place.c.platform == platform, t.place.c.left_at.is_(None))
        )
        return tuple(Span(row.chat_id, place_of(row), row.starts_at) for row in await self._rows(query))

    async def note_read(self, span: Span, now: datetime) -> None:
        """Note that a chat was read once more in a place."""
        c = t.chat_place.c
        change = update(t.chat_place).where(c.chat_id == span.chat_id, c.place_id == span.place.id)
        await self._do(change.values(read_again_at=now))
