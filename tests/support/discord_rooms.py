"""The same evening and the same planning on Discord: what people do goes over sockets, as does the answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.commands import Asker, Reply
from bot.core.hearing import Author, Said
from bot.core.model import Place, Role
from bot.inbox import Inbox
from bot.scheduler import Scheduler
from bot.storage.store import Store
from tests.support.discord_talk import DiscordTalk, discord_talk
from tests.support.evening import NO_CHAT, Evening, Opened
from tests.support.noting_tree import NotingTree
from tests.support.on_networks import EveningOnNetwork, PlanningOnNetwork
from tests.support.planning_room import PlanningRoom
from tests.support.set_clock import SetClock


@dataclass(slots=True, kw_only=True)
class EveningOnDiscord(EveningOnNetwork):
    """What is said goes through a little Discord, and what the bot posts comes to stand there."""

    talk: DiscordTalk

    def native(self, who: str) -> str:
        """The native id of somebody."""
        return self.talk.author(who, who.title()).native_id

    def press(self, name: str) -> str:
        """The native id of an asking to which a test gave this one."""
        return self.talk.asked[name]

    async def asks(
        self,
        who: str,
        line: str,
        power: Role = Role.ANYONE,
        place: Place | None = None,
        id_: str | None = None,
    ) -> Reply:
        """Somebody brings a command as Discord's own program does, or types it where that cannot."""
        here, author = place or self.place, Author(who, who.title(), power)
        reply = await self.talk.asks(author, line, here, id_)
        if reply is None:
            person = await self.talk.known(author, here)
            asked = self.talk.asked.get(id_ or "", id_)
            reply = await self.tree.answer(Asker(person, here, power, asked), line)
        for offer in reply.offers:
            self.tree.check(offer)
        return reply


@asynccontextmanager
async def evening_on_discord(opened: Opened) -> AsyncIterator[Evening]:
    """An evening without a chat yet, on a little Discord."""
    async with discord_talk(opened.store, opened.clock, opened.tree, opened.inbox) as talk:
        parts = (opened.store, opened.clock, opened.tree, opened.inbox, opened.scheduler)
        yield EveningOnDiscord(*parts, talk.place, talk.hosts, NO_CHAT, talk=talk)


@dataclass(slots=True, kw_only=True)
class PlanningOnDiscord(PlanningOnNetwork):
    """Hosts plan by slash commands, forms and buttons, and what the bot posts comes to stand there."""

    talk: DiscordTalk

    async def say(
        self, line: str, who: str = "Ana", power: Role = Role.HOST, place: Place | None = None
    ) -> Reply:
        """Bring a command as Discord's own program does, or type it where that cannot."""
        reply = await self.talk.asks(Author(who, who, power), line, place or self.place)
        if reply is None:
            return await PlanningRoom.say(self, line, who, power, place)
        for offer in reply.offers:
            self.tree.check(offer)
        return reply


@asynccontextmanager
async def planning_on_discord(store: Store, clock: SetClock, tree: NotingTree) -> AsyncIterator[PlanningRoom]:
    """An empty community on a little Discord."""
    inbox = Inbox(store, clock, {Said: tree.hearers(Said)})
    async with discord_talk(store, clock, tree, inbox) as talk:
        parts = (store, clock, tree, Scheduler(store, clock, {}), inbox)
        yield PlanningOnDiscord(*parts, talk.place, talk.hosts, talk=talk)
