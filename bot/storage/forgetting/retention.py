"""What goes by itself: chats older than a community wants, and communities that removed the bot."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, or_, select, true

from bot.core.erasure import Erased, Erasure
from bot.core.model import Chat, ChatState, Visibility
from bot.core.retention import erased_before, gone_before, whispered_before
from bot.core.state import Running
from bot.storage.archive.publishing import Archives
from bot.storage.archive.statements import APART, NOTED_APART
from bot.storage.chats.chats import AHEAD, LIVE, chat_of
from bot.storage.forgetting.unheard import Unheard
from bot.storage.forgetting.unsaying import chats_of, places_of, together
from bot.storage.schema import tables as t

_APART_NOW = select(NOTED_APART).select_from(t.chat)
_SAID_THERE = and_(
    t.chat_place.c.chat_id == t.message.c.chat_id, t.chat_place.c.place_id == t.message.c.place_id
)


class Retention(Unheard, Archives):
    """What is asked when the house is kept."""

    async def keep_house(self, now: datetime) -> int:
        """Erase what is due to go; gives how many chats and communities went. To be asked once a day."""
        due = await self.due_to_go(now)
        for chat in due:
            await self.erase_chat(chat, now)
        await self._let_guests_words_go(now)
        await self._let_unread_words_go(true(), now)
        gone = await self._rows(select(t.community.c.id).where(t.community.c.left_at < gone_before(now)))
        for row in gone:
            await self.erase_community(row.id, now)
        await self._let_whispers_go(now)
        await self.let_unheard_words_go(now)
        await self.room_prune(now)
        return len(due) + len(gone)

    async def _let_guests_words_go(self, now: datetime) -> None:
        """Erase what was said too long ago in a community's places, though in another one's chats."""
        for row in await self._rows(select(t.community.c.id, t.community.c.retention_days)):
            if (before := erased_before(row.retention_days, now)) is None:
                continue
            theirs = and_(t.place.c.community_id == row.id, t.series.c.community_id != row.id)
            query = select(t.message).join(t.place).join(t.chat).join(t.series)
            due = and_(theirs, t.chat.c.ends_at < before, t.message.c.deleted_at.is_(None))
            alone = and_(t.place.c.community_id == row.id, t.message.c.chat_id.is_(None))
            old = and_(alone, t.message.c.said_at < before, t.message.c.deleted_at.is_(None))
            lonely = select(t.message).join(t.place).where(old)
            words = [*await self._rows(query.where(due)), *await self._rows(lonely)]
            await self.erase_all_for_good(words, now)

    async def _let_whispers_go(self, now: datetime) -> None:
        """Empty what was whispered long ago in our own rooms: it was read or never will be."""
        m = t.room_message.c
        old = and_(m.only_for.is_not(None), m.said_at < whispered_before(now), m.deleted_at.is_(None))
        await self._erase_in_room(await self._rows(select(t.room_message).where(old)), now)

    async def seal(self, after: Running, now: datetime) -> None:
        """Let go of what a sealed chat needs no more: earlier words, or all where none were to be kept."""
        await self.forget_revisions(after.chat.id)
        if Visibility.OFF in (after.series.visibility, after.chat.told):
            await self.erase_chat(after.chat, now)
        await self._let_unread_words_go(t.chat.c.id == after.chat.id, now)

    async def _let_unread_words_go(self, chats: ColumnElement[bool], now: datetime) -> None:
        """Erase what was said in the places of sealed chats where people were told that nobody reads it."""
        said = t.message.join(t.chat, t.chat.c.id == t.message.c.chat_id).join(t.chat_place, _SAID_THERE)
        told_off = and_(t.chat.c.state == ChatState.SEALED, t.chat_place.c.told == Visibility.OFF)
        query = select(t.message).select_from(said).where(chats, told_off, t.message.c.deleted_at.is_(None))
        await self.erase_all_for_good(await self._rows(query), now)

    async def due_to_go(self, now: datetime) -> tuple[Chat, ...]:
        """The chats with words that are kept no longer: too old, or said where none were to be."""
        found: list[Chat] = []
        for row in await self._rows(select(t.community.c.id, t.community.c.retention_days)):
            over = and_(t.chat.c.state.not_in((*AHEAD, *LIVE)), t.series.c.community_id == row.id)
            sealed = t.chat.c.state == ChatState.SEALED
            due: ColumnElement[bool] = and_(sealed, t.chat.c.told == Visibility.OFF)
            if (before := erased_before(row.retention_days, now)) is not None:
                due = or_(due, t.chat.c.ends_at < before)
            words = and_(t.message.c.chat_id == t.chat.c.id, t.message.c.deleted_at.is_(None))
            query = (
                select(t.chat).join(t.series).where(over, due, select(t.message.c.id).where(words).exists())
            )
            found += [chat_of(chat) for chat in await self._rows(query)]
        return tuple(found)

    async def erase_community(self, community_id: int, now: datetime) -> None:
        """Erase everything of a community, and everybody who is known by it alone."""
        community = await self.community(community_id)
        self.erasures.append(Erasure(Erased.COMMUNITY, now, community_id, community.slug))
        self.scrubs = self.replanned = True
        self.stale |= await self._shared_with(community_id)
        await self.unname_among_others(community_id, now)
        people = await self._people_of(community_id)
        for table, where in _everything_of(community_id):
            await self._do(delete(table).where(where))
        note = t.installation.c.name
        await self._do(
            delete(t.installation).where(note.startswith(APART, autoescape=True), note.not_in(_APART_NOW))
        )
        unknown = [person_id for person_id in people if not await self._known_at_all(person_id)]
        await self._do(delete(t.person).where(t.person.c.id.in_(unknown)))

    async def _shared_with(self, community_id: int) -> set[int]:
        """The chats of other communities that were held in this one's places too."""
        theirs = together(community_id).except_(chats_of(community_id))
        return {row.chat_id for row in await self._rows(theirs)}

    async def _people_of(self, community_id: int) -> set[int]:
        found: set[int] = set()
        for table, where in _everything_of(community_id):
            for column in _people_in(table):
                query = select(column.label("id")).where(where, column.is_not(None)).distinct()
                found |= {row.id for row in await self._rows(query)}
        return found

    async def _known_at_all(self, person_id: int) -> bool:
        for table in t.metadata.sorted_tables:
            for column in _people_in(table):
                if await self._row(select(column).where(column == person_id).limit(1)):
                    return True
        return False


def _people_in(table: Table) -> list[Any]:
    return [key.parent for key in table.foreign_keys if key.column.table is t.person]


def _everything_of(community_id: int) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Every table with its rows of one community, those first on which nothing else hangs."""
    places, chats = places_of(community_id), chats_of(community_id)
    series = select(t.series.c.id).where(t.series.c.community_id == community_id)
    yield from _words_of(places, chats)
    known = (t.secret, t.desk_seat, t.member, t.consent, t.community_host, t.former_name)
    for table in (*known, t.removed_link):
        yield table, table.c.community_id == community_id
    for table in (t.chat_place, t.reminder):
        yield table, or_(table.c.chat_id.in_(chats), table.c.place_id.in_(places))
    for table in (t.question, t.step, t.chat_host, t.digest, t.former_address):
        yield table, table.c.chat_id.in_(chats)
    for table in (t.chat, t.slot, t.series_place):
        yield table, table.c.series_id.in_(series)
    yield t.series_place, t.series_place.c.place_id.in_(places)
    yield t.series, t.series.c.community_id == community_id
    yield t.place, t.place.c.community_id == community_id
    yield t.community, t.community.c.id == community_id


def _words_of(places: Any, chats: Any) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """What was heard and said in places, and elsewhere in chats."""
    said = or_(t.message.c.place_id.in_(places), t.message.c.chat_id.in_(chats))
    messages = select(t.message.c.id).where(said)
    marked = select(t.room_message.c.id).where(t.room_message.c.place_id.in_(places))
    for table in (t.report, t.message_revision, t.filing, t.shared_link):
        yield table, table.c.message_id.in_(messages)
    yield t.room_event, t.room_event.c.place_id.in_(places)
    for table in (t.room_reaction, t.room_report):
        yield table, table.c.message_id.in_(marked)
    yield t.message, said
    yield t.outbox, or_(t.outbox.c.place_id.in_(places), t.outbox.c.chat_id.in_(chats))
    for table in (t.room_message, t.cursor, t.handled_command, t.relation, t.former_room, t.missed):
        yield table, table.c.place_id.in_(places)
