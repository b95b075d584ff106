"""The same evening in the bot's own rooms: people write there as a POST does, and the bot reads events."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bot.core.hearing import Author, Barred, CaughtUp, Deleted, Edited, Heard, Missed, Reacted, Said
from bot.core.model import Person, Place, Refused, Role
from bot.markup import render
from bot.outbox import _outgoing
from bot.platforms.local import Local, _Follower
from bot.storage.store import Tx
from tests.support.ears import SweptAtOnce
from tests.support.evening import Evening


@dataclass(slots=True)
class BrowserEvening(Evening):
    """What is said goes through the tables of the rooms, and what the bot posts comes to stand there."""

    followers: dict[int, _Follower] = field(default_factory=dict)

    async def says(self, who: str, words: str, power: Role = Role.ANYONE, **hangs: Any) -> str:
        """Somebody says something in the channel; gives its native id."""
        said = Said("", Author(who, who.title(), power), words, self.clock.at, **hangs)
        async with self.store.begin() as tx:
            native_id = await self._done(tx, said, self.place)
        await self._listen(self.place)
        return native_id

    async def hear(self, *heard: Heard, place: Place | None = None) -> None:
        """Let people do this, and the bot hear it; what a room refuses does not happen."""
        here = place or self.place
        for one in heard:
            with suppress(Refused):
                async with self.store.begin() as tx:
                    await self._done(tx, one, here)
        await self._listen(here)

    async def _done(self, tx: Tx, one: Heard, place: Place) -> str:
        if isinstance(one, Said):
            return await self._said(tx, one, place)
        if isinstance(one, Barred | Missed | CaughtUp):
            raise TypeError("nobody can bar the bot from its own rooms")
        message_id = int(one.id) if one.id.isdecimal() else 0
        if isinstance(one, Deleted):
            shown = await tx.room_message(message_id, viewer="", host=True)
            writer = await tx.person_by_id(shown.person_id or 0, place.community_id) if shown else None
            await tx.room_delete(message_id, writer or Person(0, "", "", ""), one.at)
            return one.id
        person = await self._person(tx, one.author, place)
        if isinstance(one, Edited):
            await tx.room_edit(message_id, person, one.text, render(one.text), one.at)
        elif isinstance(one, Reacted):
            await tx.room_react(message_id, person, one.number, one.at, removed=one.removed)
        return one.id

    async def _said(self, tx: Tx, one: Said, place: Place) -> str:
        person = await self._person(tx, one.author, place)
        words = (one.author.power, one.text, render(one.text), one.at)
        thread, reply_to = (int(hook) if hook else None for hook in (one.thread, one.reply_to))
        hangs: dict[str, Any] = {"thread": thread, "reply_to": reply_to}
        hangs |= {"by_form": one.by_form, "anonymous": one.anonymous}
        return str(await tx.room_say(place, person, *words, **hangs))

    async def _person(self, tx: Tx, author: Author, place: Place) -> Person:
        person = await tx.person(place.platform, author, place.community_id)
        if author.power >= Role.HOST:
            await tx.make_community_host(place.community_id, person.id)
        return person

    async def _listen(self, place: Place) -> None:
        ears = SweptAtOnce(self.inbox)
        follower = self.followers.setdefault(place.id, _Follower(self.store, place, ears))
        while await follower._hear_some():
            pass

    async def _deliver(self) -> None:
        """Let everything that waits be sent into the rooms."""
        network = Local(self.store, self.clock, look=None)
        self.store.committed.remove(network._committed)
        async with self.store.read() as tx:
            places = await tx.places_with_waiting()
        for place_id in places:
            while await self._sent(network, place_id):
                pass

    async def _sent(self, network: Local, place_id: int) -> bool:
        async with self.store.begin() as tx:
            row = await tx.waiting_in(place_id)
            if row is None:
                return False
            await tx.claim(row, self.clock.at)
        native_id = await network.send(_outgoing(row, f"evening-{row.id}", row.text))
        async with self.store.begin() as tx:
            await tx.confirm(row, native_id, self.clock.at)
        self.posts[place_id, row.subject] = row.text
        return True
