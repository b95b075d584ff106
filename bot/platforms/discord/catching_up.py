"""What was said while the bot was away: read in its order, stored page by page, and passed over nowhere."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeGuard

import discord

from bot.clock import Clock
from bot.core.hearing import CaughtUp, Heard, Missed, Stretch
from bot.core.model import Place
from bot.platform import Ears
from bot.platforms.discord.authors import Authors, Room
from bot.platforms.discord.client import Client
from bot.platforms.discord.looking_again import LookingAgain
from bot.platforms.discord.translating import Translator, by_people, newest, says_something
from bot.platforms.patience import patiently
from bot.storage.heard.remembered import Remembered
from bot.storage.store import Store

PAGE: Final = 100
"""Messages that are stored at once, as many as Discord gives at once."""
MARGIN: Final = timedelta(seconds=10)
"""So much is read again: ids of different channels come a little out of order."""
UNHEARD: Final = timedelta(hours=1)
"""What is older than this before every chat is not read: it belongs to none."""
FEW: Final = 2
"""Places that are read at the same time, and as many more where a chat listens: these wait for no others."""


@dataclass(frozen=True, slots=True)
class Books:
    """What our books say of a place that is to be read."""

    since: datetime
    remembered: tuple[Remembered, ...]
    posted: tuple[str, ...]
    attended: bool
    missed: tuple[Stretch, ...]


class CatchingUp:
    """Reads a place again after an absence; `is_place` says whether a thread is a place of its own."""

    def __init__(
        self,
        client: Client,
        store: Store,
        ears: Ears,
        clock: Clock,
        authors: Authors,
        is_place: Callable[[int], bool],
    ) -> None:
        self._client, self._store, self._ears, self._clock = client, store, ears, clock
        self._authors, self._is_place = authors, is_place
        self._translator = Translator(clock)
        self._turns = {attended: asyncio.Semaphore(FEW) for attended in (True, False)}

    async def read(self, place: Place, cursor: int, *, thoroughly: bool, since: int) -> int | None:
        """Hear everything since the cursor and give the new one; None where the bot may not read."""
        books = await self._books(place)
        async with self._turns[books.attended]:
            room = self._client.get_channel(int(place.native_id))
            try:
                if self._client.reads and _readable(room):
                    reached = await self._read(place, room, books, cursor, thoroughly=thoroughly)
                    await self._caught_up(place, books, reached)
                    return reached
            except (discord.Forbidden, discord.NotFound):
                pass
            except Exception:
                if not books.missed:
                    await self._missed(place, room, since, cursor)
                raise
            await self._missed(place, room, since, cursor)
            return None

    async def _missed(self, place: Place, room: object, since: int, cursor: int) -> None:
        """Note what is missing: what was said since, and where nothing is told to us, all that is said."""
        now, began = self._clock.now(), self._translator.at(discord.utils.snowflake_time(since))
        stretch = Stretch(min(began, now), now if self._client.reads and _visible(room) else None)
        await self._hear(place, (Missed(f"{place.native_id}.{since}", stretch, now),), cursor)

    async def _caught_up(self, place: Place, books: Books, cursor: int) -> None:
        if books.missed:
            now, since = self._clock.now(), self._translator.at(books.since)
            await self._hear(place, (CaughtUp(f"{place.native_id}.{cursor}", since, now),), cursor)

    async def _read(self, place: Place, room: Room, books: Books, cursor: int, *, thoroughly: bool) -> int:
        listed = await self._threads(room, books, cursor)
        rooms = [room, *listed.threads]
        reached = newest((one.last_message_id for one in rooms), cursor)
        unread = [one for one in rooms if thoroughly or (one.last_message_id or 0) > cursor]
        if unread:
            since = max(discord.utils.snowflake_time(cursor) - MARGIN, books.since)
            reached = await self._hear_new(place, room, unread, since, cursor, reached)
        if books.attended:
            await self._hear_changes(place, room, listed, reached)
        return reached

    async def _books(self, place: Place) -> Books:
        now = self._clock.now()
        async with self._store.read() as tx:
            attended = await tx.attended(place.id, now)
            remembered, posted = await tx.remembered(place.id), await tx.questions_posted(place.id)
            missed = await tx.missed(place.id)
        since = min((one.chat.starts_at for one in attended), default=now) - UNHEARD
        return Books(self._clock.to_real(since), remembered, posted, bool(attended), missed)

    # -- what is new ------------------------------------------------------------------------------

    async def _hear_new(
        self, place: Place, room: Room, unread: Sequence[Room], since: datetime, cursor: int, reached: int
    ) -> int:
        """Store page by page under the old cursor, and only the last one under the new cursor.

        Whoever dies in between begins again where it began; what is stored already stays as it is.
        """
        after = discord.Object(discord.utils.time_snowflake(since))
        page: list[discord.Message] = []
        async for message in _in_order(
            [one.history(limit=None, after=after, oldest_first=True) for one in unread]
        ):
            if len(page) == PAGE:
                await self._hear(place, await self._heard(place, room, page), cursor)
                page = []
            page.append(message)
            reached = max(reached, message.id)
        await self._hear(place, await self._heard(place, room, page), reached)
        return reached

    async def _heard(self, place: Place, room: Room, page: Sequence[discord.Message]) -> list[Heard]:
        said = [one for one in page if by_people(one) and says_something(one)]
        authors = await self._authors.writers(place, room, said)
        own = isinstance(room, discord.Thread)
        return [self._translator.heard_as(one, authors[one.id], own=own) for one in said]

    # -- what is not as it was --------------------------------------------------------------------

    async def _hear_changes(self, place: Place, room: Room, listed: Threads, cursor: int) -> None:
        books = await self._books(place)
        look = LookingAgain(place, room, listed.threads, self._authors, self._translator, whole=listed.whole)
        changes = await look.changes(books.remembered, books.posted)
        if changes:
            await self._hear(place, changes, cursor)

    async def _hear(self, place: Place, heard: Sequence[Heard], cursor: int) -> None:
        await patiently(partial(self._ears.hear, place, heard, str(cursor)))

    # -- threads ----------------------------------------------------------------------------------

    async def _threads(self, room: Room, books: Books, cursor: int) -> Threads:
        """The threads of a place: those awake, and where a chat listens those that sleep as well."""
        if isinstance(room, discord.Thread):
            return Threads((), whole=True)
        awake = {one.id: one for one in room.threads if self._counts(one)}
        if not books.attended:
            return Threads(tuple(awake.values()), whole=True)
        since = min(discord.utils.snowflake_time(cursor) - MARGIN, _first_said(books))
        try:
            async for one in room.archived_threads(limit=None):
                if one.archive_timestamp < since:
                    break
                if self._counts(one):
                    awake.setdefault(one.id, one)
        except discord.NotFound:  # a server without such lists has no more threads than it told
            pass
        except discord.Forbidden:
            return Threads(tuple(awake.values()), whole=False)
        return Threads(tuple(awake.values()), whole=True)

    def _counts(self, thread: discord.Thread) -> bool:
        return not thread.is_private() and not self._is_place(thread.id)


@dataclass(frozen=True, slots=True)
class Threads:
    """The threads of a place; `whole` unless Discord would not list those that sleep."""

    threads: tuple[discord.Thread, ...]
    whole: bool


def _visible(room: object) -> TypeGuard[Room]:
    if not isinstance(room, discord.TextChannel | discord.Thread):
        return False
    return room.permissions_for(room.guild.me).view_channel


def _readable(room: object) -> TypeGuard[Room]:
    return _visible(room) and room.permissions_for(room.guild.me).read_message_history


def _first_said(books: Books) -> datetime:
    ids = [int(one.native_id) for one in books.remembered if one.native_id.isdecimal()]
    return min(map(discord.utils.snowflake_time, ids), default=books.since)


async def _in_order(histories: Iterable[AsyncIterator[discord.Message]]) -> AsyncIterator[discord.Message]:
    """Messages of several rooms, the oldest first."""
    heads: list[tuple[int, int, discord.Message, AsyncIterator[discord.Message]]] = []
    for number, history in enumerate(histories):
        if (first := await anext(history, None)) is not None:
            heads.append((first.id, number, first, history))
    heapq.heapify(heads)
    while heads:
        _, number, message, history = heads[0]
        yield message
        following = await anext(history, None)
        if following is None:
            heapq.heappop(heads)
        else:
            heapq.heapreplace(heads, (following.id, number, following, history))
