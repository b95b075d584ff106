"""Who asked to be reminded of which chat."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.actions import Action
from bot.core.model import Person, Place
from bot.core.reminding import Word
from bot.storage.chats.plans import Plans
from bot.storage.outgoing.talking import Talking
from bot.storage.people import People
from bot.storage.schema import tables as t


class Reminding(Talking, Plans, People):
    """What is asked of reminders."""

    async def remind(self, chat_id: int, person_id: int, place: Place, now: datetime) -> None:
        """Note that somebody asks to be reminded in this place."""
        row = insert(t.reminder).values(chat_id=chat_id, person_id=person_id, place_id=place.id, asked_at=now)
        await self._do(row.on_conflict_do_nothing())

    async def remind_no_more(self, chat_id: int, person_id: int) -> None:
        """Let go of somebody's wish."""
        mine = (t.reminder.c.chat_id == chat_id, t.reminder.c.person_id == person_id)
        await self._do(delete(t.reminder).where(*mine))

    async def remind_nobody(self, chat_id: int) -> None:
        """Let go of the wishes of a chat of which there is nothing left to tell."""
        await self._do(delete(t.reminder).where(t.reminder.c.chat_id == chat_id))

    async def tell_reminded(self, chat_id: int, word: Word, now: datetime) -> None:
        """Queue a word for each who asked to be reminded of a chat; after its last one nobody is any more."""
        for place, person in await self.reminded(chat_id):
            await self.whisper_of(place, person, word, chat_id, now)
        if word.last:
            await self.remind_nobody(chat_id)

    async def unreached(self, platform: str, native_id: str) -> tuple[int, ...]:
        """The private messages that did not reach somebody, and of which they do not know yet."""
        o = t.outbox.c
        theirs = o.payload["person"].as_string() == native_id, t.place.c.platform == platform
        failed = select(o.id).join(t.place).where(o.state == "failed", o.action == Action.WHISPER, *theirs)
        return tuple(row.id for row in await self._rows(failed))

    async def told_unreached(self, row_ids: Collection[int]) -> None:
        """Note that somebody was told of private messages that did not reach them."""
        change = update(t.outbox).where(t.outbox.c.id.in_(row_ids))
        await self._do(change.values(state="dropped", payload={}))

    async def reminded(self, chat_id: int) -> tuple[tuple[Place, Person], ...]:
        """Who asked to be reminded of a chat, and where; those who left everything behind are not."""
        rows = await self._rows(select(t.reminder).where(t.reminder.c.chat_id == chat_id))
        found = []
        for row in rows:
            place = await self.place(row.place_id)
            agreed = await self.consent(row.person_id, place.community_id)
            if agreed is None or agreed.forgotten_at is None:
                found.append((place, await self.person_by_id(row.person_id, place.community_id)))
        return tuple(found)
