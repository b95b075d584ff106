"""People who talk to the bot on a real homeserver under a clock that is set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from bot.clock import Clock
from bot.core.actions import Action
from bot.core.hearing import Author, Deleted, Edited, Heard, Reacted, Said
from bot.core.model import Person, Place, Role
from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.platforms.matrix import Matrix
from bot.storage.outgoing.queued import Queued
from bot.storage.store import Store
from tests.support.ears import SweptAtOnce
from tests.support.matrix_network import MatrixNetwork, on_matrix
from tests.support.noting_tree import NotingTree
from tests.support.on_networks import send_all
from tests.support.synapse.gateway import Gateway
from tests.support.synapse.people import Person as Account

PATIENCE: Final = 10.0


@dataclass
class MatrixTalk:
    """A community with #edchat and #edchat-hosts, its people, and the bot that is there."""

    net: MatrixNetwork
    gateway: Gateway
    platform: Matrix
    outbox: Outbox

    @property
    def place(self) -> Place:
        """The room in which chats happen."""
        return self.net.place

    @property
    def hosts(self) -> Place:
        """The room in which hosts meet."""
        return self.net.other

    # -- people ---------------------------------------------------------------------------------------------

    async def known(self, who: Author, place: Place) -> Person:
        """Give somebody as our books know them."""
        author = Author(self.net.mxid(who.name), who.name, who.power)
        async with self.net.store.begin() as tx:
            return await tx.person(Matrix.name, author, place.community_id)

    async def does(self, one: Heard, place: Place) -> str:
        """Let somebody do this; gives the id of what they said."""
        if not isinstance(one, Said) and not one.id.startswith("$"):
            return one.id
        native_id = await self._done(one, place)
        await self.heard()
        return native_id

    async def _done(self, one: Heard, place: Place) -> str:
        if isinstance(one, Said):
            who = await self._who(one.author, place)
            return await who.says(place.native_id, one.text, thread=one.thread, reply_to=one.reply_to)
        if isinstance(one, Deleted):
            await self.net.school.redacts(place.native_id, one.id)
        elif isinstance(one, Edited):
            await (await self._who(one.author, place)).edits(place.native_id, one.id, one.text)
        elif isinstance(one, Reacted):
            await self._reacts(one, place)
        else:
            raise TypeError(f"people do no {type(one).__name__}")
        return one.id

    async def _reacts(self, one: Reacted, place: Place) -> None:
        await self._who(one.author, place)
        who = self.net.person(one.author.name, place)
        await (who.unreact if one.removed else who.react)(one.id, one.number)

    async def _who(self, author: Author, place: Place) -> Account:
        one = await self.net.member(author.name)
        await self.net.comes(one, place.native_id, hosting=author.power >= Role.HOST)
        return one

    # -- what the bot does ----------------------------------------------------------------------------------

    async def deliver(self, sent: Callable[[Queued], None]) -> None:
        """Let everything be sent that is due, and tell of it."""
        rooms: list[int] = []

        def noted(row: Queued) -> None:
            rooms.extend([row.id] if row.action is Action.ROOM else [])
            sent(row)

        await send_all(self.net.store, self.outbox, noted)
        async with self.net.store.read() as tx:
            waits = await tx.places_with_waiting()
        if rooms or waits:  # of what else it did itself it is told with what people do next
            await self.heard()

    async def heard(self) -> None:
        """Let the bot hear all that happened; in between it is told nothing."""
        self.gateway.hold(held=False)
        async with asyncio.timeout(PATIENCE):
            while not self.gateway.told(self.net.me.token):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.002)
        self.gateway.hold()


@asynccontextmanager
async def matrix_talk(
    store: Store, clock: Clock, tree: NotingTree, inbox: Inbox
) -> AsyncIterator[MatrixTalk]:
    """Let the bot be on a homeserver, in a community it knows."""
    names = ("Edhouse", "edchat", "edchat-hosts")
    async with on_matrix(store, clock, on_our_time=True, names=names, spaced=False) as net:
        assert net.gateway is not None
        platform = net.bot()
        platform.mount(tree)
        store.clock = clock.now
        talk = MatrixTalk(net, net.gateway, platform, Outbox(store, clock, {Matrix.name: platform}, "talk"))
        living = asyncio.create_task(platform.listen(SweptAtOnce(inbox)))
        try:
            await talk.heard()
            yield talk
        finally:
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)
