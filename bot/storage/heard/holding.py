"""Words that wait for a host: the hosts' room is told of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bot.core import sentences
from bot.core.grammar import command_text
from bot.core.model import Person, Place, Role
from bot.storage.heard.receipts import Receipts
from bot.storage.rooms.posts import Rooms
from bot.storage.schema import tables as t

MOST_TOLD = 5
"""Waiting messages of one person of which hosts are told; more of them wait in the room alone."""


class Holding(Receipts, Rooms):
    """What is asked of held words."""

    async def room_say(
        self, place: Place, person: Person, power: Role, text: str, html: str, now: datetime, **hangs: Any
    ) -> int:
        """Store a message or command as the room does, and tell hosts of one that waits for them."""
        said = await super().room_say(place, person, power, text, html, now, **hangs)
        if command_text(text) is None and await self._waits(said):
            nameless = bool(hangs.get("anonymous"))
            await self._tell_hosts(place, person, said, now, nameless=nameless)
        return said

    async def _waits(self, message_id: int) -> bool:
        row = t.room_message.c
        return await self._value(select(row.held_at).where(row.id == message_id)) is not None

    async def _tell_hosts(
        self, place: Place, person: Person, message_id: int, now: datetime, *, nameless: bool
    ) -> None:
        row = t.room_message.c
        waiting = row.person_id == person.id, row.held_at.is_not(None), row.deleted_at.is_(None)
        hosts = (await self.community(place.community_id)).hosts_place_id
        if hosts is None or await self._value(select(func.count()).where(*waiting)) > MOST_TOLD:
            return
        who = sentences.SOMEBODY.capitalize() if nameless else person.name
        told = sentences.held_back(who, place.name, message_id)
        await self.post(await self.place(hosts), *told, f"held.{message_id}", now)
