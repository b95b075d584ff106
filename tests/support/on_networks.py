"""An evening, and planning, on a network reached over sockets: what people do goes there and comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from bot.commands import Asker
from bot.core.hearing import Author, Barred, Heard, Said
from bot.core.model import Person, Place, Role
from bot.outbox import Outbox
from bot.platform import Later
from bot.storage.outgoing.queued import Queued
from bot.storage.store import Store
from tests.support.evening import Evening
from tests.support.planning_room import PlanningRoom


class Talk(Protocol):
    """A community on a network, its people, and the bot that is there."""

    async def known(self, who: Author, place: Place) -> Person:
        """Give somebody as our books know them."""

    async def does(self, one: Heard, place: Place) -> str:
        """Let somebody do this; gives the id of what they said."""

    async def deliver(self, sent: Callable[[Queued], None]) -> None:
        """Let everything be sent that is due, and tell of it."""


async def send_all(store: Store, outbox: Outbox, sent: Callable[[Queued], None]) -> None:
    """Let everything be sent that is due, and tell of it; what has to wait lets the rest go first."""
    async with store.read() as tx:
        places = await tx.places_with_waiting()
    for place_id in places:
        waits: tuple[int, ...] = ()
        while row := await outbox.next_in(place_id, waits):
            try:
                await outbox.deliver(row)
                sent(row)
            except Later:
                waits = (*waits, row.id)


@dataclass(slots=True, kw_only=True)
class EveningOnNetwork(Evening):
    """What is said goes over the network, and what the bot posts comes to stand there."""

    talk: Talk

    async def says(self, who: str, words: str, power: Role = Role.ANYONE, **hangs: Any) -> str:
        """Somebody says something in the channel; gives its native id."""
        said = Said("", Author(who, who.title(), power), words, self.clock.at, **hangs)
        return await self.talk.does(said, self.place)

    async def hear(self, *heard: Heard, place: Place | None = None) -> None:
        """Let people do this, and the bot hear it."""
        for one in heard:
            if isinstance(one, Barred):
                await Evening.hear(self, one, place=place)
            else:
                await self.talk.does(one, place or self.place)

    async def _known(self, who: str, power: Role, place: Place) -> Person:
        return await self.talk.known(Author(who, who.title(), power), place)

    async def _deliver(self) -> None:
        """Let everything that waits be sent."""

        def sent(row: Queued) -> None:
            self.posts[row.place.id, row.subject] = row.text

        await self.talk.deliver(sent)


@dataclass(slots=True, kw_only=True)
class PlanningOnNetwork(PlanningRoom):
    """What hosts write is heard over the network, and what the bot posts comes to stand there."""

    talk: Talk

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
