"""The bot's ears on a real homeserver, with a real database: notes of what they hear, or an inbox."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import aiohttp
from sqlalchemy import select, update

from bot.clock import Clock, SystemClock
from bot.core.hearing import Barred, Commanded, Deleted, Edited, Heard, Reacted, Said
from bot.core.model import Chat, ChatState, Place, Series
from bot.inbox import Hearer, Inbox
from bot.networks import MatrixSettings
from bot.platform import Ears
from bot.platforms.matrix.calling import Calling
from bot.platforms.matrix.hearing import Listener
from bot.platforms.matrix.homeserver import Homeserver
from bot.platforms.matrix.rooms import Rooms
from bot.storage.places.servers import KnownChannel
from bot.storage.schema import tables as t
from bot.storage.store import Store
from tests.support.ears import NotingEars
from tests.support.synapse.people import Person

_T = TypeVar("_T")
_H = TypeVar("_H", Barred, Commanded, Deleted, Edited, Reacted, Said)
PATHS: Final = ("chat next", "chat plan", "help")
WITHIN: Final = 20.0
"""Seconds within which a busy machine has done whatever is waited for."""


async def seen(look: Callable[[], Awaitable[_T | None]], within: float = WITHIN) -> _T:
    """Look again and again until there is something to see; TimeoutError when there is not."""
    async with asyncio.timeout(within):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(0.02)


async def until(so: Callable[[], object], within: float = WITHIN) -> None:
    """Wait until something is so; TimeoutError when it is not within so many seconds."""
    async with asyncio.timeout(within):
        while not so():  # noqa: ASYNC110 - the world tells nobody that it is as we want it
            await asyncio.sleep(0.01)


@dataclass
class Life:
    """The bot while it listens."""

    bot: Person
    store: Store
    ears: Any
    rooms: Rooms
    listener: Listener
    task: asyncio.Task[None] = field(repr=False)

    async def known(self, room: str) -> KnownChannel | None:
        """Give what our books say of a room."""
        async with self.store.read() as tx:
            return (await tx.rooms_called("matrix", [room])).get(room)

    async def channel(self, room: str, so: Callable[[KnownChannel], object] = bool) -> KnownChannel:
        """Wait until our books know a room, and say so of it."""

        async def found() -> KnownChannel | None:
            known = await self.known(room)
            return known if known is not None and so(known) else None

        return await seen(found)

    async def place(self, room: str) -> Place:
        """Wait until a room is a place in which the bot is."""
        return (await self.channel(room, lambda one: not one.left)).place

    async def use(self, room: str) -> Place:
        """Make a weekly chat at home in a room."""
        place = await self.place(room)
        async with self.store.begin() as tx:
            series = Series(0, place.community_id, "#edchat")
            await tx.add_series(series, place.id, (), SystemClock().now())
        return place

    def heard(self, kind: type[_H], room: str | None = None) -> list[_H]:
        """Give what noting ears heard of one kind."""
        assert isinstance(self.ears, NotingEars)
        return [one for one in self.ears.heard(room) if isinstance(one, kind)]

    async def hears(self, kind: type[_H], count: int = 1) -> list[_H]:
        """Wait until noting ears heard so many of one kind, and give them."""
        await until(lambda: len(self.heard(kind)) >= count)
        return self.heard(kind)

    async def posts(self, place: Place) -> list[str]:
        """Give what is queued to be said in a place."""
        async with self.store.read() as tx:
            query = select(t.outbox.c.payload).where(t.outbox.c.place_id == place.id)
            return [row.payload["text"] for row in (await tx.connection.execute(query)).all()]

    async def kept(self) -> str | None:
        """Give how far everything was heard, as our books have it."""
        async with self.store.read() as tx:
            return await tx.installed(f"matrix.since.{self.bot.user}")

    async def is_through(self, friend: Person, room: str) -> None:
        """Wait until everything was heard that was said so far; only for rooms that are places."""
        mark = f"mark {uuid.uuid4().hex}"
        await friend.says(room, mark)
        await until(lambda: any(one.text == mark for one in self.heard(Said)))

    async def has_noted(self, friend: Person, room: str) -> None:
        """Wait until it is noted, too, how far everything was heard: whatever is noted later tells of it."""
        await self.is_through(friend, room)
        noted = await self.kept()
        while await self.kept() == noted:
            await self.is_through(friend, room)


def settings(bot: Person, *inviters: str) -> MatrixSettings:
    """Give the settings of a bot on this homeserver."""
    return MatrixSettings(bot.base, bot.user, inviters=frozenset(inviters), zone="America/New_York")


@asynccontextmanager
async def living(
    bot: Person,
    store: Store,
    ears: Ears | None = None,
    *,
    given: MatrixSettings | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Life]:
    """Let the bot listen meanwhile; what ends it by itself is raised here."""
    heard, rooms, time = ears or NotingEars(), Rooms(), clock or SystemClock()
    async with aiohttp.ClientSession() as session:
        home = Homeserver(session, bot.base, token=bot.token, user=bot.user, device=bot.device)
        listener = Listener(home, store, heard, time, given or settings(bot), rooms, Calling(bot.user, PATHS))
        task = asyncio.create_task(listener.run())
        life = Life(bot, store, heard, rooms, listener, task)
        try:
            await until(lambda: task.done() or rooms.told.is_set())
            yield life
            if task.done():
                task.result()
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task


@asynccontextmanager
async def at_once(life: Life, ana: Person, room: str) -> AsyncIterator[None]:
    """Let the bot be told in one answer of all that is done meanwhile."""
    life.ears.open.clear()
    await ana.says(room, "something that takes long to store")
    await until(lambda: life.ears.offered and isinstance(life.ears.offered[-1][-1], Said))
    yield
    life.ears.open.set()


async def open_chat(store: Store, place: Place, since: datetime | None = None) -> int:
    """Begin a chat whose first question was asked then, or a minute ago; gives its id."""
    now = SystemClock().now()
    begun = since or now - timedelta(minutes=1)
    async with store.begin() as tx:
        series = await tx.add_series(Series(0, place.community_id, "#edchat"), place.id, (), now)
        made = Chat(0, series.id, "UTC", begun, begun + timedelta(hours=1), state=ChatState.OPEN)
        chat = await tx.add_chat(made)
        values: dict[str, Any] = {"state": ChatState.OPEN, "asked": 1}
        await tx.connection.execute(update(t.chat).where(t.chat.c.id == chat.id).values(**values))
        asked = {"position": 1, "text": "What worked?", "state": "asked", "asked_at": begun}
        await tx.connection.execute(t.question.insert().values(chat_id=chat.id, **asked))
        await tx.come_in(chat, place, begun)
    return chat.id


@asynccontextmanager
async def inbox(
    store: Store, clock: Clock | None = None, hearers: Mapping[type[Heard], list[Hearer]] | None = None
) -> AsyncIterator[Inbox]:
    """Give ears that store what they hear."""
    made = Inbox(store, clock or SystemClock(), hearers or {})
    task = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def in_its_hour(bot: Person, store: Store, room: str) -> AsyncIterator[tuple[Life, Place]]:
    """Let the bot store what it hears in a room where a chat is open."""
    async with inbox(store) as ears, living(bot, store, ears) as life:
        place = await life.place(room)
        await open_chat(store, place)
        yield life, place
