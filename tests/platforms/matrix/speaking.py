"""A bot that is ready to speak in a room of a homeserver, and what people see of it there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from pydantic import SecretStr

from bot.clock import Clock, SystemClock
from bot.core.actions import Action
from bot.core.model import Place
from bot.networks import MatrixSettings, server_of
from bot.platform import Outgoing
from bot.platforms.matrix import Matrix
from bot.platforms.matrix.homeserver import MatrixRefused
from bot.storage.places.servers import Channel
from bot.storage.store import Store
from tests.platforms.opening import opened
from tests.support.ears import NotingEars, listening
from tests.support.synapse.people import People, Person

_T = TypeVar("_T")
SENDS = r"/_matrix/client/v3/rooms/.*/send/m.room.message/.*"
STATES = r"/_matrix/client/v3/rooms/.*/state/.*"
REACTS = r"/_matrix/client/v3/rooms/.*/send/m.reaction/.*"


def settings(bot: Person, base: str = "", *, password: str = "", token: str | None = None) -> MatrixSettings:
    """Give the settings of a bot with this account, by its token unless there is a password."""
    secret = None if password else SecretStr(bot.token if token is None else token)
    hidden = SecretStr(password) if password else None
    inviters = frozenset({server_of(bot.user)})
    return MatrixSettings(base or bot.base, bot.user, secret, hidden, inviters)


@dataclass
class Speaking:
    """The bot, its place, and Dana who made the room."""

    platform: Matrix
    store: Store
    clock: Clock
    bot: Person
    dana: Person
    place: Place
    people: People
    keys: Any = field(default_factory=count)

    @property
    def room(self) -> str:
        """The room's id."""
        return self.place.native_id

    def out(self, action: Action, text: str = "", **more: Any) -> Outgoing:
        """Make something to do, under a key of its own unless one is given."""
        key = more.pop("key", None) or f"a1b2c3-{next(self.keys)}"
        return Outgoing(key, more.pop("place", self.place), action, text, **more)

    async def does(self, action: Action, text: str = "", **more: Any) -> str:
        """Do something and give what came of it."""
        return await self.platform.send(self.out(action, text, **more))

    async def posts(self, text: str, **more: Any) -> str:
        """Post something."""
        return await self.does(Action.POST, text, **more)

    async def person(self, name: str) -> Person:
        """Give somebody who is in the room."""
        one = await self.people(name)
        await one.joins(self.room)
        return one

    async def said(self, room: str = "") -> list[dict[str, Any]]:
        """Give what the bot said in a room, without edits; what was taken back is left out."""
        events = await self.dana.events(room or self.room, "m.room.message")
        ours = [one for one in events if one["sender"] == self.bot.user and "body" in one["content"]]
        return [one for one in ours if "m.new_content" not in one["content"]]

    async def bodies(self, room: str = "") -> list[str]:
        """Give the words that the bot said in a room."""
        return [one["content"]["body"] for one in await self.said(room)]

    async def content(self, event: str, room: str = "") -> dict[str, Any]:
        """Give what a message says."""
        found = await self.dana.event(room or self.room, event)
        content: dict[str, Any] = found["content"]
        return content

    async def signs(self, event: str) -> list[str]:
        """Give the bot's signs on a message that stand there."""
        events = await self.dana.events(self.room, "m.reaction")
        relations = [
            one["content"].get("m.relates_to") or {} for one in events if one["sender"] == self.bot.user
        ]
        return [one["key"] for one in relations if one.get("event_id") == event]

    def ago(self, **how_long: float) -> datetime:
        """Give an instant before now."""
        return self.clock.now() - timedelta(**how_long)


async def until(so: Callable[[], Awaitable[_T]], within: float = 8.0) -> _T:
    """Look again and again until there is something to see; TimeoutError when there is not."""
    async with asyncio.timeout(within):
        while True:
            found = await so()
            if found:
                return found
            await asyncio.sleep(0.02)


async def insisted(room: Speaking, out: Outgoing) -> str:
    """Do something as the outbox does: again and again under the same key, whatever the network does."""
    for _ in range(5):
        with suppress(aiohttp.ClientError, MatrixRefused, TimeoutError):
            return await room.platform.send(out)
    raise AssertionError("it was never done")


async def ready(platform: Matrix) -> bool:
    """Tell whether something could be sent now."""
    return platform._current is not None


async def place_of(store: Store, room: str) -> Place:
    """Give the place of a room."""
    async with store.begin() as tx:
        community = await tx.keep_server("matrix", room, "Lakeside", "Europe/London", "en")
        await tx.keep_channels("matrix", community, [Channel(room, "Lakeside")])
        found = await tx.place_called("matrix", room)
    assert found is not None
    return found


@asynccontextmanager
async def speaking(
    people: People, folder: Path, base: str = "", *, version: str | None = None
) -> AsyncIterator[Speaking]:
    """Let the bot be ready in a room where it may do all that it needs."""
    bot, dana = await people("EdChat"), await people("Dana")
    room = await dana.makes_room("Lakeside", version=version)
    await bot.joins(room)
    await dana.gives_power(room, bot.user, 50)
    clock = SystemClock()
    async with opened(folder) as store:
        place = await place_of(store, room)
        platform = Matrix(settings(bot, base), store, clock, first_wait=0.02)
        async with listening(platform, NotingEars(place)):
            await until(lambda: ready(platform))
            yield Speaking(platform, store, clock, bot, dana, place, people)
