"""Erasing again from a database that is older than the erasure: a copy that was brought back."""

from datetime import datetime

from sqlalchemy import or_, select

from bot.core.erasure import Erased, Erasure
from bot.storage.forgetting.retention import Retention
from bot.storage.forgetting.unsaying import places_of
from bot.storage.schema import tables as t


class ForgettingAgain(Retention):
    """What is asked when an old copy of the database was brought back."""

    async def erase_again(self, erasure: Erasure, now: datetime) -> bool:
        """Do again what was noted; False where this database knows it, or knows nothing of the sort."""
        what = erasure.what
        if what is Erased.MESSAGE:
            return not await self._said_later(erasure) and await self.erase_message(
                erasure.platform, erasure.place, erasure.native_id, erasure.at
            )
        if what in (Erased.HIDDEN, Erased.SHOWN):
            return await self._hide_again(erasure)
        if not await self._same_community(erasure):
            return False
        if what is Erased.COMMUNITY:
            if await self._lived_on(erasure):
                return False
            await self.erase_community(erasure.community_id, now)
            return True
        return await (self._chat_again(erasure) if what is Erased.CHAT else self._person_again(erasure))

    async def _same_community(self, erasure: Erasure) -> bool:
        """Whether the community of that id is the one that was meant: an id may be given again."""
        query = select(t.community.c.slug).where(t.community.c.id == erasure.community_id)
        row = await self._row(query)
        return row is not None and (not row.slug or not erasure.slug or row.slug == erasure.slug)

    async def _lived_on(self, erasure: Erasure) -> bool:
        """Whether something happened there since: then it is another one, of the same name and number."""
        places = places_of(erasure.community_id)
        said = select(t.message.c.id).where(
            t.message.c.place_id.in_(places), t.message.c.heard_at > erasure.at
        )
        came = select(t.member.c.person_id).where(
            t.member.c.community_id == erasure.community_id, t.member.c.joined_at > erasure.at
        )
        return bool(await self._value(select(or_(said.exists(), came.exists()))))

    async def _said_later(self, erasure: Erasure) -> bool:
        """Whether this message is a later one: in our own rooms a number may be given again."""
        place = t.place.c.platform == erasure.platform, t.place.c.native_id == erasure.place
        query = select(t.message.c.heard_at).join(t.place).where(*place)
        heard = await self._value(query.where(t.message.c.platform_message_id == erasure.native_id))
        return heard is not None and heard > erasure.at

    async def _person_again(self, erasure: Erasure) -> bool:
        """Repeat somebody's decision; one that this database was told later, or at the same time, stands."""
        here = erasure.community_id
        person = await self.met(erasure.platform, erasure.native_id, here)
        if person is None:
            return False
        agreed = await self.consent(person.id, here)
        if agreed is not None and agreed.changed_at >= erasure.at:
            return False
        if erasure.what is Erased.PERSON:
            await self.forget(person, here, erasure.at)
        elif erasure.what is Erased.EXCLUDED:
            await self.exclude(person, here, erasure.at)
        else:
            await self.include(person, here, erasure.at)
        return True

    async def _chat_again(self, erasure: Erasure) -> bool:
        chat = await self.chat(erasure.chat_id)
        if chat is None or chat.starts_at != erasure.starts_at:
            return False
        return await self.erase_chat(chat, erasure.at) > 0

    async def _hide_again(self, erasure: Erasure) -> bool:
        place = t.place.c.platform == erasure.platform, t.place.c.native_id == erasure.place
        query = select(t.message).join(t.place).where(*place)
        row = await self._row(query.where(t.message.c.platform_message_id == erasure.native_id))
        hides = erasure.what is Erased.HIDDEN
        if row is None or (row.hidden_at is not None) == hides:
            return False
        await (self.hide(row.id, erasure.at) if hides else self.show(row.id, erasure.at))
        return True
