"""The store: one writer, many readers, and transactions whose queries have names."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import URL, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import sentences
from bot.core.actions import Action
from bot.core.archive.chat_page import ChatPage, Listed
from bot.core.audience import Audience
from bot.core.drafting import renumbered
from bot.core.effects import Enter, Tell
from bot.core.erasure import Erasure
from bot.core.keeping import entry, kept_in_step, timed
from bot.core.model import ChatState, Community, Refused, Series, Visibility
from bot.core.reminding import Word, news
from bot.core.sentences.sharing import not_held_tonight
from bot.core.state import Change, Running
from bot.storage.archive.addresses import BROWSER, Addresses
from bot.storage.archive.browsing import Browsing
from bot.storage.archive.changes import Changes
from bot.storage.archive.glance import visit
from bot.storage.archive.heaps import Heaps
from bot.storage.archive.index_care import tidied
from bot.storage.archive.onlooking import Onlooker
from bot.storage.archive.page import read_order, read_page
from bot.storage.books import Books
from bot.storage.caring import Caring
from bot.storage.chats.digests import Digests
from bot.storage.chats.plans import Slot
from bot.storage.chats.reminding import Reminding
from bot.storage.doors.blotting import Blotting
from bot.storage.doors.seats import Seats
from bot.storage.engine import StorageFull, named, reader_engine, writer_engine
from bot.storage.forgetting.again import ForgettingAgain
from bot.storage.forgetting.scrubbing import scrubbed
from bot.storage.heard.holding import Holding
from bot.storage.heard.remembered import Remembering
from bot.storage.outgoing.collecting import Copies
from bot.storage.places.relations import Relations
from bot.storage.places.sharing import Sharing
from bot.storage.places.whereabouts import Whereabouts
from bot.storage.queries import wall_clock
from bot.storage.rooms.reading import RoomReading

KNOWS = "erased"
"""Under this name a database keeps how far it knows what is noted elsewhere of erasures."""
_writing: ContextVar[bool] = ContextVar("writing", default=False)


def in_transaction() -> bool:
    """Whether this task holds the write transaction: no network call may be made then."""
    return _writing.get()


class Tx(
    Blotting,
    Digests,
    Copies,
    Reminding,
    Holding,
    Sharing,
    Remembering,
    ForgettingAgain,
    Relations,
    Whereabouts,
    Addresses,
    Browsing,
    Heaps,
    RoomReading,
    Seats,
    Caring,
    Books,
):
    """One transaction; its methods are the questions and changes the bot knows."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self.replanned = False

    async def change(self, before: Running, change: Change, now: datetime) -> Running:
        """Store what a chat became, with all that follows from it."""
        self.replanned = True
        self.stale.add(before.chat.id)
        after = await self.save(before, change.state, now)
        await self._live_or_not(before, after, now)
        if moved := renumbered(before.questions, change.state.questions):
            await self.move_held(after.chat.id, moved)
        for question in after.questions:
            if question.asked_at == now:
                await self.attach_held(after.chat.id, question, now)
        await self.perform(after, (*timed(change.effects, after), *kept_in_step(before, after)), now)
        if word := news(before, after, change.effects, now):
            await self.tell_reminded(after.chat.id, word, now)
        return after

    async def materialise(self, series: Series, slot: Slot, now: datetime) -> tuple[int, ...]:
        """Make a chat of every coming occurrence that is none yet, with its entry in calendars."""
        await self.open_doors(series)
        made = await super().materialise(series, slot, now)
        for chat_id in made if self.keeps else ():
            state = await self.running(chat_id)
            await self.perform(state, (Enter(entry(state)),), now)
        return made

    async def open_doors(self, series: Series) -> None:
        """Make the links that announcements name: into rooms, and to what holders of a link may read."""
        places = await self.places_of_series(series.id)
        for place in places:
            if place.platform == BROWSER and place.community_id == series.community_id:
                await self.join_secret(place.id)
        for_holders = series.visibility is Visibility.PUBLIC and await self.all_shut(places)
        if series.visibility is Visibility.LINK or for_holders:
            await self.link_secret(series.id)

    async def knows(self, mark: str | None) -> None:
        """Note how far this database knows what is noted elsewhere of erasures."""
        if mark is not None:
            await self.install(KNOWS, mark)

    async def drop_chat(self, chat_id: int) -> None:
        """Take away a chat that nobody planned, with its steps, its entries and what was not said of it."""
        chat = await self.chat(chat_id)
        if chat is not None:
            text = sentences.not_held_then(chat, await self.series(chat.series_id))
            await self.tell_reminded(chat_id, Word("cancelled", text, last=True), self.clock())
        await self.drop_entries(chat_id, self.clock())
        await super().drop_chat(chat_id)

    async def finish(self) -> None:
        """Do what every change has in common, before it is committed."""
        if self.replanned:
            await self.give_addresses()
            self.stale_communities |= await self.community_ids()
        await self.collect(self.clock())
        await self.renew_digests(self.clock())
        await self.freshen()

    async def _live_or_not(self, before: Running, after: Running, now: datetime) -> None:
        chat, was = after.chat, before.chat.state
        if chat.state.live and not was.live:
            for place, other in await self.occupy(chat, now):
                text = not_held_tonight(place, (await self.series(other.series_id)).title)
                await self.perform(after, (Tell(f"without.{place.id}", text),), now)
        if was.live and not chat.state.live:
            await self.vacate(chat)
        if chat.state is ChatState.CANCELLED is not was:
            await self.forget_talk(chat.id)
        if chat.state is ChatState.SEALED is not was:
            await self.seal(after, now)


Noted = Callable[[Sequence[Erasure], str | None], str | None]
"""Notes erasures outside the database; takes how far that one knew of such notes, gives how far it does."""


class Store:
    """Opens transactions on one database; `erased` notes elsewhere what it forgets, before it does."""

    def __init__(self, url: URL, *, readers: int = 4, erased: Noted | None = None) -> None:
        self.url = url
        self._erased = erased
        self._writer = writer_engine(url)
        self._reader = reader_engine(url, readers) if readers else None
        self._turn = asyncio.Lock()
        self.changes = Changes(url)
        self._onlooker = Onlooker(url)
        self.committed: list[Callable[[Tx], None]] = []
        self.keeps: frozenset[str] = frozenset()
        """Networks with cards and calendars of their own."""
        self.collects: frozenset[str] = frozenset()
        """Networks on which an answer given elsewhere is shown in its question's thread."""
        self.unable: Mapping[str, frozenset[Action]] = {}
        """What each network cannot do; there it is not wished for."""
        self.untimed: frozenset[str] = frozenset()
        """Networks that do not show instants in each reader's own zone."""
        self.clock: Callable[[], datetime] = wall_clock

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        """A write transaction, alone with the database; commits at the end, rolls back on any exception."""
        async with self._alone() as tx:
            yield tx
        for tell in self.committed:
            tell(tx)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[Tx]:
        async with self._turn:
            token = _writing.set(True)
            try:
                async with self._writer.begin() as connection:
                    tx = Tx(connection)
                    tx.keeps, tx.collects, tx.clock = self.keeps, self.collects, self.clock
                    tx.unable, tx.untimed = self.unable, self.untimed
                    yield tx
                    await tx.finish()
                    if self._erased and tx.erasures:  # first the list, or an old copy would bring it back
                        known = await tx.installed(KNOWS)
                        await tx.knows(await asyncio.to_thread(self._erased, tuple(tx.erasures), known))
            except OperationalError as fault:
                raise named(fault) from fault
            finally:
                _writing.reset(token)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A snapshot to read from, beside any writing."""
        if self._reader is None:
            async with self._alone() as tx:
                yield tx
            return
        async with self._reader.connect() as connection:
            yield Tx(connection)

    def chat_page(self, chat_id: int, audience: Audience) -> ChatPage | None:
        """Everything the page of a chat says, for a worker who makes it off the loop."""
        return self._onlooker.look(lambda database: read_page(database, chat_id, audience))

    def chat_order(self, listed: Listed, community: Community, audience: Audience) -> ChatPage:
        """The order of a chat's page and nothing of its words, likewise."""
        return self._onlooker.look(lambda database: read_order(database, listed, community, audience))

    async def scrub(self) -> bool:
        """Let erased bytes leave the file and its log; False while an old snapshot is still being read."""
        tidy = False
        while not tidy:  # piece by piece: others write in between
            async with self._turn, self._writer.begin() as connection:
                tidy = await visit(connection, tidied)
        async with self._turn, self._writer.connect() as connection:
            return await scrubbed(connection)

    async def check(self) -> None:
        """Refuse to start on a damaged database."""
        try:
            async with self.read() as tx:
                found = (await tx.connection.execute(text("PRAGMA quick_check(1)"))).scalar_one()
        except DatabaseError as fault:
            raise named(fault) from fault
        if found != "ok":
            raise Refused(sentences.DATABASE_DAMAGED)

    async def backup(self, target: Path) -> None:
        """Write a whole, consistent copy of the database to a new file."""
        await asyncio.to_thread(_copy, str(self.url.database), target)

    async def close(self) -> None:
        """Let go of every connection."""
        self.changes.close()
        self._onlooker.close()
        await self._writer.dispose()
        if self._reader is not None:
            await self._reader.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _copy(source: str, target: Path) -> None:
    if target.exists():
        raise Refused(sentences.file_exists(str(target)))
    if not target.parent.is_dir():
        raise Refused(sentences.no_folder(str(target.parent)))
    partial = target.with_name(target.name + ".partial")
    try:
        partial.unlink(missing_ok=True)
        partial.touch(0o600)
        with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(partial)) as there:
            here.backup(there)
        partial.rename(target)
    except sqlite3.DatabaseError as fault:
        raise named(fault) from fault
    except OSError as fault:
        raise StorageFull(sentences.storage_full(fault.strerror or str(fault))) from None
    finally:
        partial.unlink(missing_ok=True)
