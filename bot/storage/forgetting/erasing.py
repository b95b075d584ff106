"""Forgetting: people, single messages, chats and whole communities, each noted outside the database first."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update

from bot.core.erasure import Erased, Erasure
from bot.core.model import Chat, Person
from bot.core.names import names_of
from bot.storage.archive.addresses import BROWSER
from bot.storage.forgetting.unnaming import Unnaming
from bot.storage.forgetting.unsaying import chats_of, held_in, places_of
from bot.storage.heard.refiling import erasure_of
from bot.storage.schema import tables as t

_AT_ONCE = 500


class Erasing(Unnaming):
    """What is asked when somebody or something is to be gone."""

    async def forget(self, person: Person, community_id: int, now: datetime) -> int:
        """Erase a person's words, filings, links and name here; gives how many messages were erased."""
        await self._note(Erased.PERSON, person, community_id, now)
        person = await self.by_all_names(person, community_id)
        erased = 0
        async for rows in self.own_messages(person.id, community_id):
            ids = [row.id for row in rows]
            erased += sum(row.deleted_at is None for row in rows)
            await self.erase(ids, now)
            await self._do(update(t.message).where(t.message.c.id.in_(ids)).values(person_id=None))
        await self.forget_in_rooms(person.id, community_id, now, await self.mask_of(person, community_id))
        await self.mask_posts(person, community_id, now)
        await self.unname(person, community_id, now)
        await self.unname_notes(person, community_id, now)
        await self._forget_doings(person.id, community_id, now)
        await self._forget_membership(person.id, community_id)
        await self._forget_name(person, community_id)
        gone = {"pseudonym": None, "excluded_at": None, "forgotten_at": now}
        await self.set_consent(person.id, community_id, now, **gone)
        return erased

    async def exclude(self, person: Person, community_id: int, now: datetime) -> None:
        """Leave somebody out from now on: hide what they said, and their name where others said it."""
        await self._note(Erased.EXCLUDED, person, community_id, now)
        person = await self.by_all_names(person, community_id)
        elsewhere = await self._hosted_from_here(person.id, community_id)
        self.stale |= elsewhere
        await self._name_lead(person, "", t.chat.c.id.in_(elsewhere))
        await self.set_consent(person.id, community_id, now, excluded_at=now)
        await self.hide_own(person.id, community_id, now)
        mine = and_(t.message.c.person_id == person.id, t.message.c.place_id.in_(places_of(community_id)))
        where_said = select(t.message.c.chat_id, t.message.c.place_id).where(mine).distinct()
        await self.let_replies_go(await self._rows(where_said), now)
        await self.unname(person, community_id, now)

    async def rename(self, person: Person, community_id: int, pseudonym: str | None, now: datetime) -> None:
        """Let readers see another name, on every page and where others said the former one; or one's own."""
        person = await self.by_all_names(person, community_id)
        agreed = await self.consent(person.id, community_id)
        if agreed is not None and agreed.pseudonym:
            await self.note_former_name(person.id, community_id, agreed.pseudonym)
        await self.set_consent(person.id, community_id, now, pseudonym=pseudonym)
        self.stale_communities.add(community_id)
        self.stale |= await self._chats_with(person.id, community_id)
        elsewhere = await self._hosted_from_here(person.id, community_id)
        self.stale |= {*await self.hosted_by(person.id, community_id), *elsewhere}
        theirs = or_(t.chat.c.id.in_(chats_of(community_id)), t.chat.c.id.in_(elsewhere))
        await self._name_lead(person, pseudonym or person.name, theirs)
        if pseudonym:
            await self.unname(person, community_id, now, instead=pseudonym)

    async def _chats_with(self, person_id: int, community_id: int) -> set[int]:
        theirs = or_(
            t.message.c.chat_id.in_(chats_of(community_id)), t.message.c.place_id.in_(places_of(community_id))
        )
        spoke = and_(t.message.c.person_id == person_id, t.message.c.chat_id.is_not(None), theirs)
        rows = await self._rows(select(t.message.c.chat_id).where(spoke).distinct())
        return {row.chat_id for row in rows}

    async def include(self, person: Person, community_id: int, now: datetime) -> None:
        """Let somebody's new words be kept again."""
        await self._note(Erased.INCLUDED, person, community_id, now)
        await self.set_consent(person.id, community_id, now, excluded_at=None, forgotten_at=None)

    async def erase_chat(self, chat: Chat, now: datetime) -> int:
        """Erase everybody's words in a chat; gives how many messages were erased.

        Its questions stay, with its hosts alone.
        """
        series = await self.series(chat.series_id)
        community = await self.community(series.community_id)
        whose = Erasure(Erased.CHAT, now, community.id, community.slug)
        self.erasures.append(replace(whose, chat_id=chat.id, starts_at=chat.starts_at))
        self.stale.add(chat.id)
        mine = and_(t.message.c.chat_id == chat.id, t.message.c.deleted_at.is_(None))
        erased = 0
        while rows := await self._rows(select(t.message).where(mine).limit(_AT_ONCE)):
            await self._erase_everywhere(rows, now)
            erased += len(rows)
        await self._do(
            update(t.message).where(t.message.c.chat_id == chat.id).values(person_id=None, hidden_why=None)
        )
        await self._silence_hosts_panel(chat.id, now)
        empty = {"lead": "", "steered_by": "", "published_at": None}
        await self._do(update(t.chat).where(t.chat.c.id == chat.id).values(**empty))
        await self._do(delete(t.former_address).where(t.former_address.c.chat_id == chat.id))
        return erased

    async def erase_message(self, platform: str, place: str, native_id: str, now: datetime) -> bool:
        """Erase one message by the ids of its network, in our own rooms too."""
        query = select(t.message).join(t.place).where(*_at(platform, place), t.message.c.deleted_at.is_(None))
        row = await self._row(query.where(t.message.c.platform_message_id == native_id))
        if row is not None:
            await self._erase_everywhere([row], now)
            return True
        standing = await self._in_room(platform, place, [native_id])
        await self._erase_in_room(standing, now)
        return bool(standing)

    async def erase_for_good(self, row: Any, now: datetime) -> None:
        """Erase one message everywhere, and note it so that no old copy brings it back."""
        await self.erase_all_for_good([row], now)

    async def erase_all_for_good(self, rows: Sequence[Any], now: datetime) -> None:
        """The same of many: one by one, each would look through all that the bot said."""
        places = {place_id: await self.place(place_id) for place_id in {row.place_id for row in rows}}
        for row in rows:
            place = places[row.place_id]
            self.erasures.append(erasure_of(Erased.MESSAGE, place, row.platform_message_id, now))
        for first in range(0, len(rows), _AT_ONCE):
            await self._erase_everywhere(rows[first : first + _AT_ONCE], now)

    async def _erase_everywhere(self, rows: Sequence[Any], now: datetime) -> None:
        await self.erase([row.id for row in rows], now)
        for place_id in {row.place_id for row in rows}:
            place = await self.place(place_id)
            ids = [row.platform_message_id for row in rows if row.place_id == place_id]
            await self._erase_in_room(await self._in_room(place.platform, place.native_id, ids), now)

    async def _in_room(self, platform: str, place: str, native_ids: Sequence[str]) -> Sequence[Any]:
        """What stands in our own rooms of messages with these ids."""
        if platform != BROWSER:
            return ()
        numbers = [int(one) for one in native_ids if one.isdecimal()]
        said = and_(t.room_message.c.id.in_(numbers), t.room_message.c.deleted_at.is_(None))
        return await self._rows(select(t.room_message).join(t.place).where(said, *_at(platform, place)))

    async def _silence_hosts_panel(self, chat_id: int, now: datetime) -> None:
        """Empty what the hosts' room was told of a chat: it names people."""
        told = t.outbox.c.key.startswith(f"c{chat_id}.hosts.")
        rows = await self._rows(select(t.outbox, t.place.c.platform).join(t.place).where(told))
        for row in rows:
            await self._empty_post(row, now)

    async def _forget_doings(self, person_id: int, community_id: int, now: datetime) -> None:
        """Let go of what somebody filed, typed and reported."""
        here = select(t.message.c.id).where(t.message.c.place_id.in_(places_of(community_id)))
        filed = and_(t.filing.c.by_person_id == person_id, t.filing.c.message_id.in_(here))
        await self._do(update(t.filing).where(filed).values(by_person_id=None))
        await self.forget_sorter(person_id, t.message.c.id.in_(here))
        await self.forget_reporter(person_id, community_id, now)

    async def _forget_membership(self, person_id: int, community_id: int) -> None:
        """Let somebody's links go, and their membership unless hosts hold something against them."""
        mine = and_(t.secret.c.person_id == person_id, t.secret.c.community_id == community_id)
        await self._do(delete(t.secret).where(mine))
        seat = and_(t.desk_seat.c.person_id == person_id, t.desk_seat.c.community_id == community_id)
        await self._do(delete(t.desk_seat).where(seat))
        m = t.member.c
        member = and_(m.person_id == person_id, m.community_id == community_id)
        clean = and_(m.held_at.is_(None), m.held_nameless.is_(None), t.NOT_BANNED)
        await self._do(delete(t.member).where(member, clean))

    async def _forget_name(self, person: Person, community_id: int) -> None:
        elsewhere = await self._hosted_from_here(person.id, community_id)
        theirs = or_(t.chat.c.id.in_(chats_of(community_id)), t.chat.c.id.in_(elsewhere))
        await self._name_lead(person, "", theirs)
        hosted = {*await self.hosted_by(person.id, community_id), *elsewhere}
        self.stale |= hosted
        host = t.chat_host.c.person_id == person.id
        await self._do(delete(t.chat_host).where(host, t.chat_host.c.chat_id.in_(hosted)))
        wished = t.reminder.c.person_id == person.id
        its, here = t.reminder.c.chat_id.in_(chats_of(community_id)), places_of(community_id)
        await self._do(delete(t.reminder).where(wished, or_(its, t.reminder.c.place_id.in_(here))))
        elsewhere_too = await self._known_elsewhere(person.id, community_id)
        await self.forget_former_names(person.id, community_id, everywhere=not elsewhere_too)
        if not elsewhere_too:
            await self._do(update(t.person).where(t.person.c.id == person.id).values(name=""))

    async def unname_among_others(self, community_id: int, now: datetime) -> None:
        """Take words and names that go with a community out of what others keep of chats held together."""
        said = and_(
            t.message.c.place_id.in_(places_of(community_id)),
            t.message.c.chat_id.not_in(chats_of(community_id)),
        )
        await self._stop_quoting(await self._rows(select(t.message).where(said)), now)
        there = t.chat_host.c.chat_id.in_(held_in(community_id))
        guests = and_(there, t.chat_host.c.chat_id.not_in(chats_of(community_id)))
        spoke = select(t.message.c.person_id.label("id")).where(said, t.message.c.person_id.is_not(None))
        for row in await self._rows(spoke.union(select(t.chat_host.c.person_id).where(guests))):
            if not await self._known_elsewhere(row.id, community_id):
                known = await self.person_by_id(row.id, community_id)
                person = await self.by_all_names(known, community_id)
                await self.mask_posts(person, community_id, now)
                await self.unname(person, community_id, now)
                await self._forget_name(person, community_id)

    async def _hosted_from_here(self, person_id: int, community_id: int) -> set[int]:
        """Chats of others, held here too, for which somebody is guest host whom their owners do not know."""
        s, p = t.series.c, t.place.c
        spoke = exists().where(
            t.message.c.person_id == person_id, t.message.c.place_id == p.id, p.community_id == s.community_id
        )
        joined = exists().where(t.member.c.person_id == person_id, t.member.c.community_id == s.community_id)
        hosts = t.chat_host.join(t.chat, t.chat.c.id == t.chat_host.c.chat_id).join(t.series)
        mine = and_(t.chat_host.c.person_id == person_id, t.chat.c.id.in_(held_in(community_id)))
        query = select(t.chat.c.id).select_from(hosts).where(mine, s.community_id != community_id)
        return {row.id for row in await self._rows(query.where(~spoke, ~joined))}

    async def _name_lead(self, person: Person, instead: str, chats: ColumnElement[bool]) -> None:
        """Let the chats that somebody led or steered, among these, name them so."""
        for column in (t.chat.c.lead, t.chat.c.steered_by):
            named = and_(column.in_(names_of(person)), chats)
            self.stale |= {row.id for row in await self._rows(select(t.chat.c.id).where(named))}
            await self._do(update(t.chat).where(named).values({column: instead}))

    async def _known_elsewhere(self, person_id: int, community_id: int) -> bool:
        said = select(t.message.c.id).where(
            t.message.c.person_id == person_id, t.message.c.place_id.not_in(places_of(community_id))
        )
        joined = select(t.member.c.person_id).where(
            t.member.c.person_id == person_id, t.member.c.community_id != community_id
        )
        hosts = select(t.community_host.c.person_id).where(
            t.community_host.c.person_id == person_id, t.community_host.c.community_id != community_id
        )
        return bool(await self._value(select(or_(said.exists(), joined.exists(), hosts.exists()))))

    async def _note(self, what: Erased, person: Person, community_id: int, now: datetime) -> None:
        community = await self.community(community_id)
        who = Erasure(what, now, community_id, community.slug, person.platform)
        self.erasures.append(replace(who, native_id=person.native_id))
        self.stale_communities.add(community_id)
        self.scrubs = True


def _at(platform: str, place: str) -> tuple[Any, Any]:
    return t.place.c.platform == platform, t.place.c.native_id == place
