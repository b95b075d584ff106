"""The same evening and the same planning on Matrix: words go over a homeserver, as do the posts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.commands import Asker, Reply
from bot.core.hearing import Author, Barred, Heard, Said
from bot.core.model import Place, Role
from bot.inbox import Inbox
from bot.scheduler import Scheduler
from bot.storage.outgoing.queued import Queued
from bot.storage.store import Store
from tests.support.evening import NO_CHAT, Evening, Opened
from tests.support.matrix_talk import MatrixTalk, matrix_talk
from tests.support.noting_tree import NotingTree
from tests.support.planning_room import PlanningRoom, SetClock


@dataclass(slots=True, kw_only=True)
class EveningOnMatrix(Evening):
    """What is said goes through a homeserver, and what the bot posts comes to stand there."""

    talk: MatrixTalk

    def native(self, who: str) -> str:
        """The native id of somebody."""
        return self.talk.net.mxid(who)

    async def says(self, who: str, words: str, power: Role = Role.ANYONE, **hangs: Any) -> str:
        """Somebody says something in the room; gives its native id."""
        said = Said("", Author(who, who.title(), power), words, self.clock.at, **hangs)
        return await self.talk.does(said, self.place)

    async def hear(self, *heard: Heard, place: Place | None = None) -> None:
        """Let people do this, and the bot hear it."""
        for one in heard:
            if isinstance(one, Barred):
                await Evening.hear(self, one, place=place)
            else:
                await self.talk.does(one, place or self.place)

    async def asks(
        self,
        who: str,
        line: str,
        power: Role = Role.ANYONE,
        place: Place | None = None,
        id_: str | None = None,
    ) -> Reply:
        """Somebody types a command; every offer of the reply is made sure to work."""
        here = place or self.place
        person = await self.talk.known(Author(who, who.title(), power), here)
        reply = await self.tree.answer(Asker(person, here, power, id_), line)
        for offer in reply.offers:
            self.tree.check(offer)
        return reply

    async def _deliver(self) -> None:
        """Let everything that waits be sent."""

        def sent(row: Queued) -> None:
            self.posts[row.place.id, row.subject] = row.text

        await self.talk.deliver(sent)


@asynccontextmanager
async def evening_on_matrix(opened: Opened) -> AsyncIterator[Evening]:
    """An evening without a chat yet, on a homeserver."""
    async with matrix_talk(opened.store, opened.clock, opened.tree, opened.inbox) as talk:
        parts = (opened.store, opened.clock, opened.tree, opened.inbox, opened.scheduler)
        yield EveningOnMatrix(*parts, talk.place, talk.hosts, NO_CHAT, talk=talk)


@dataclass(slots=True, kw_only=True)
class PlanningOnMatrix(PlanningRoom):
    """Hosts plan by typed lines, what they write is heard, and what the bot posts comes to stand there."""

    talk: MatrixTalk

    async def asker(self, who: str, power: Role = Role.HOST, place: Place | None = None) -> Asker:
        """Somebody who stands in a room."""
        here = place or self.place
        return Asker(await self.talk.known(Author(who, who, power), here), here, power)

    async def hear(
        self, words: str, id_: str, who: str = "Ana", power: Role = Role.HOST, reply_to: str | None = None
    ) -> None:
        """Let somebody write in the room; what was written once is not written again."""
        if id_ not in self.ids:
            hook = self.ids.get(reply_to or "")
            said = Said("", Author(who, who, power), words, self.clock.at, reply_to=hook)
            self.ids[id_] = await self.talk.does(said, self.place)

    async def deliver(self) -> None:
        """Let everything that waits be sent."""
        await self.talk.deliver(lambda _row: None)


@asynccontextmanager
async def planning_on_matrix(store: Store, clock: SetClock, tree: NotingTree) -> AsyncIterator[PlanningRoom]:
    """An empty community on a homeserver."""
    inbox = Inbox(store, clock, {Said: tree.hearers(Said)})
    async with matrix_talk(store, clock, tree, inbox) as talk:
        parts = (store, clock, tree, Scheduler(store, clock, {}), inbox)
        yield PlanningOnMatrix(*parts, talk.place, talk.hosts, talk=talk)
