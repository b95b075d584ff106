"""A network with moods, and a desk at which things are queued for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.core.effects import Effect
from bot.core.model import Place
from bot.platform import ROOM_ABILITIES, Ability, Ears, Outgoing, Platform
from bot.platforms.terminal.lines import Posted
from tests.support.house import House


@dataclass(slots=True)
class Moody:
    """A network that greets each sending with its next mood, and with none left does as it is told.

    A mood is what it raises, "lost" for an answer that never comes though the thing was done, or "silent"
    for no answer and nothing done. `moods` of a room are its own.
    """

    inner: Platform
    clock: Clock
    abilities: frozenset[Ability] = ROOM_ABILITIES
    text_limit: int = 10_000
    name: str = "terminal"
    moods: dict[str, list[Exception | str]] = field(default_factory=dict)
    tried: list[Outgoing] = field(default_factory=list)

    async def listen(self, ears: Ears) -> None:
        """Hear as the platform inside does."""
        await self.inner.listen(ears)

    async def find(self, out: Outgoing) -> str | None:
        """Look as the platform inside does."""
        return await self.inner.find(out)

    async def send(self, out: Outgoing) -> str:
        """Send in the mood of the moment."""
        self.tried.append(out)
        moods = self.moods.get(out.place.native_id)
        mood = moods.pop(0) if moods else ""
        if isinstance(mood, Exception):
            raise mood
        if mood == "silent":
            await asyncio.Event().wait()
        sent = await self.inner.send(out)
        if mood == "lost":
            await asyncio.Event().wait()
        return sent


@dataclass(slots=True)
class Desk:
    """A house with a planned chat, in whose name things are queued."""

    house: House
    chat_id: int

    @property
    def network(self) -> Moody:
        """The network that can be put in a mood."""
        platform = self.house.app.platforms["terminal"]
        assert isinstance(platform, Moody)
        return platform

    async def queue(self, *effects: Effect) -> None:
        """Queue effects of the chat in all its places, in one transaction."""
        now = self.house.clock.now()
        async with self.house.store.begin() as tx:
            await tx.perform(await tx.running(self.chat_id), effects, now)

    def moods(self, *moods: Exception | str, place: Place | None = None) -> None:
        """Put the network in these moods, one a sending."""
        self.network.moods[(place or self.house.place).native_id] = list(moods)

    def states(self, subject: str) -> list[str]:
        """What became of the rows of a subject."""
        found = self.house.rows("SELECT state FROM outbox WHERE subject = ? ORDER BY id", subject)
        return [state for (state,) in found]

    def lines(self, place: Place | None = None) -> list[Posted]:
        """What the bot did in a room, line by line."""
        events = self.house.room(place).read(None).events
        return [event for event in events if isinstance(event, Posted)]
