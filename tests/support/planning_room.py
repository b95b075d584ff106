"""A community of two rooms where hosts plan: commands are typed, the clock is set by hand."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from bot.commands import Asker, Cog, CommandTree, Reply
from bot.core.hearing import Author, Said
from bot.core.model import Chat, Place, Question, Role, Series
from bot.core.state import Running
from bot.inbox import Inbox
from bot.scheduler import Scheduler
from bot.storage.archive.addresses import BROWSER
from bot.storage.engine import database_url
from bot.storage.store import Store, Tx
from cogs.chats import Chats
from cogs.questions import Questions
from cogs.series import Series as WeeklyChats
from cogs.slow import Slow
from tests.support.empty import put_empty
from tests.support.inline_database import inline_at_home
from tests.support.noting_tree import NotingTree
from tests.support.set_clock import SetClock

TUESDAY: Final = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
"""The next Tuesday, 8 pm in New York."""


@dataclass(slots=True)
class PlanningRoom:
    """The room #edchat of one community, and its hosts' room.

    `ids` are the native ids of messages by what tests call them: in a browser the network gives them.
    """

    store: Store
    clock: SetClock
    tree: CommandTree
    scheduler: Scheduler
    inbox: Inbox
    place: Place
    hosts: Place
    ids: dict[str, str] = field(default_factory=dict)
    heard: int = 0

    async def say(
        self, line: str, who: str = "Ana", power: Role = Role.HOST, place: Place | None = None
    ) -> Reply:
        """Type a command, check that each button of the reply works, and give the reply."""
        reply = await self.tree.answer(await self.asker(who, power, place), line)
        for offer in reply.offers:
            self.tree.check(offer)
        return reply

    async def asker(self, who: str, power: Role = Role.HOST, place: Place | None = None) -> Asker:
        """Somebody who stands in a room."""
        async with self.store.begin() as tx:
            person = await tx.person(self.place.platform, Author(who, who), self.place.community_id)
        return Asker(person, place or self.place, power)

    async def hear(
        self, words: str, id_: str, who: str = "Ana", power: Role = Role.HOST, reply_to: str | None = None
    ) -> None:
        """Let somebody write in the room."""
        author, hook = Author(who, who, power), self.ids.get(reply_to or "")
        async with self.store.begin() as tx:
            if self.place.platform == BROWSER:
                self.ids[id_] = await self._written(tx, author, words, id_, hook)
                heard = (await tx.room_happenings(self.place, self.heard, 500)).heard
                self.heard = await tx.room_last_event(self.place.id)
            else:
                self.ids[id_] = id_
                heard = (Said(id_, author, words, self.clock.at, reply_to=hook),)
            for said in heard:
                if isinstance(said, Said):
                    await self._hear(tx, said)

    async def _written(self, tx: Tx, author: Author, words: str, once: str, hook: str | None) -> str:
        """What somebody wrote in the browser; the same form twice is one message."""
        person = await tx.person(BROWSER, author, self.place.community_id)
        what = (author.power, words, "", self.clock.at)
        reply_to = int(hook) if hook else None
        return str(await tx.room_say(self.place, person, *what, reply_to=reply_to, once=once))

    async def _hear(self, tx: Tx, said: Said) -> None:
        found = await tx.attended(self.place.id, self.clock.at)
        batch = await tx.store_said(self.place, [said], found, self.clock.at)
        for hearer in self.tree.hearers(Said):
            await hearer(tx, self.place, said, batch.ids.get(said.id), self.clock.at)

    async def at(self, moment: datetime) -> None:
        """Let time go by to this moment: every step is taken when it falls due, every post arrives."""
        while self.clock.at < moment:
            await self.deliver()
            async with self.store.read() as tx:
                due = await tx.next_due(self.clock.at)
            self.clock.at = min(moment, due or moment)
            await self.scheduler.take_due()
        await self.deliver()

    async def deliver(self) -> None:
        """Let everything that waits be sent."""
        async with self.store.begin() as tx:
            for place in (self.place, self.hosts):
                while row := await tx.waiting_in(place.id):
                    await tx.claim(row, self.clock.at)
                    await tx.confirm(row, f"sent {row.id}", self.clock.at)

    async def later(self, **by: float) -> None:
        """Let so much time go by."""
        await self.at(self.clock.at + timedelta(**by))

    async def chats(self) -> list[Chat]:
        """Every chat of the room, in time order."""
        async with self.store.read() as tx:
            return list(await tx.chats_near(self.place.id, self.clock.at, 1_000))

    async def series(self) -> Series:
        """The only series of the room."""
        async with self.store.read() as tx:
            return (await tx.series_here(self.place.id))[0]

    async def running(self, chat_id: int) -> Running:
        """One chat with questions and steps."""
        async with self.store.read() as tx:
            return await tx.running(chat_id)

    async def questions(self, chat_id: int) -> tuple[Question, ...]:
        """A chat's questions."""
        async with self.store.read() as tx:
            return await tx.questions(chat_id)

    async def posts(self, chat_id: int | None = None, place: Place | None = None) -> list[str]:
        """What was posted or waits to be posted in a room, in order."""
        where = {"place": (place or self.place).id}
        rows = await self.rows(
            "SELECT payload, chat_id FROM outbox WHERE action = 'post' AND place_id = :place"
            " AND state IN ('waiting', 'sent') ORDER BY id",
            **where,
        )
        found = [(re.search(r'"text": "((?:[^"\\]|\\.)*)"', row[0]), row[1]) for row in rows]
        return [
            match[1].encode().decode("unicode_escape")
            for match, of in found
            if match and chat_id in (None, of)
        ]

    async def rows(self, query: str, **values: object) -> list[Any]:
        """Read straight from the database."""
        async with self.store.read() as tx:
            return list((await tx.connection.execute(text(query), values)).all())

    async def planned(self, *questions: str, topic: str = "Homework") -> Chat:
        """A weekly chat on Tuesdays with the next one planned."""
        await self.say('series create Weekly EdChat when="every Tuesday 8 pm" zone="New York"')
        lines = questions or ("Why?", "How?", "What now?", "Who?")
        await self.say("\n".join([f"chat plan {topic}", *lines]))
        return (await self.chats())[0]

    async def opened(self, *questions: str) -> Chat:
        """A chat in its hour, with nothing asked yet."""
        chat = await self.planned(*questions)
        await self.at(chat.starts_at)
        return chat


@asynccontextmanager
async def planning_room(folder: Path, rooms: str = "terminal", *cogs: Cog) -> AsyncIterator[PlanningRoom]:
    """Open an empty community in London; `rooms` is the network it is on."""
    url, clock = database_url("", folder), SetClock()
    put_empty(url)
    with inline_at_home(rooms):
        async with Store(url) as store:
            tree = NotingTree(store, clock, WeeklyChats(), Slow(), Chats(), Questions(), *cogs)
            async with _begun(rooms, store, clock, tree) as house:
                yield house


@asynccontextmanager
async def _begun(rooms: str, store: Store, clock: SetClock, tree: NotingTree) -> AsyncIterator[PlanningRoom]:
    """An empty community on this network."""
    from tests.support.discord_rooms import planning_on_discord
    from tests.support.matrix_rooms import planning_on_matrix

    away = {"discord": planning_on_discord, "matrix": planning_on_matrix}
    if rooms in away:
        async with away[rooms](store, clock, tree) as begun:
            yield begun
        return
    async with store.begin() as tx:
        community = await tx.add_community("Edhouse", "Europe/London")
        place = await tx.add_place(community.id, rooms, "1", "edchat")
        hosts = await tx.add_place(community.id, rooms, "2", "edchat-hosts")
        await tx.make_hosts_room(hosts.id)
    scheduler, inbox = Scheduler(store, clock, {}), Inbox(store, clock, {})
    yield PlanningRoom(store, clock, tree, scheduler, inbox, place, hosts)
