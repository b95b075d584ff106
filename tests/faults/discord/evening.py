"""An evening on Discord: servers with a chat at eight, people who talk, and the shipped bot as a process."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any, Final

from bot.clock import ScaledClock
from bot.core import drafting
from bot.core.model import Chat, Series
from bot.storage.engine import database_url
from bot.storage.places.servers import Channel as Known
from bot.storage.store import Store, Tx
from tests.faults.discord.checking import complaints, storing
from tests.faults.discord.ledger import Room
from tests.support import started
from tests.support.fake_discord.faults import Where
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Can
from tests.support.house import prepare
from tests.support.looking import rows

EIGHT: Final = datetime(2026, 11, 3, 20, tzinfo=UTC)
TO_START: Final = 4.0
"""Seconds that the bot has before eight: what it is late by counts, and a busy machine is no wrong answer."""
PATIENCE: Final = 180.0
SETTLES: Final = 90.0
"""Seconds within which everything is said and stored, on a machine that does other things as well."""
PEOPLE: Final = ("Ana", "Ben", "Cem")


@dataclass
class Evening:
    """A data folder, the clock on its wall, a Discord with rooms in it, and the process that runs there."""

    folder: Path
    fake: FakeDiscord
    clock: ScaledClock
    ends: datetime
    questions: int
    rooms: dict[str, Room]
    process: started.Started | None = None

    def __post_init__(self) -> None:
        """Let the rooms take turns."""
        self._turns = cycle(self.rooms.values())

    # -- the bot --------------------------------------------------------------------------------------------

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def start(self, failpoint: str = "") -> None:
        """Start the bot; with a failpoint it kills itself there."""
        with (self.folder / "log.txt").open("a") as log:
            self.process = started.start("run", env=self.environment(failpoint), stderr=log)

    def environment(self, failpoint: str = "") -> dict[str, str]:
        """Give the settings of a bot that is on our Discord, and nothing of this machine's."""
        given = {"EDCHAT_DATA_DIR": str(self.folder), "EDCHAT_LOG_LEVEL": "warning", "EDCHAT_WEB_PORT": "0"}
        given |= {"EDCHAT_DISCORD_TOKEN": self.fake.token, "EDCHAT_DISCORD_API_URL": self.fake.api_url}
        given |= {"EDCHAT_DISCORD_GATEWAY_URL": self.fake.gateway_url}
        given |= {"EDCHAT_FAILPOINT": failpoint} if failpoint else {}
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), **given}

    def kill(self) -> None:
        """Leave what a power cut leaves."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    async def stop(self) -> None:
        """Ask the bot to end, as a container is asked."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        await self.until(lambda: not self.alive, "it ends", 20)
        assert self.process.returncode == 0, self.log()

    async def killed_itself(self) -> None:
        """Let people talk, and type, until the process is dead of its failpoint."""
        while self.alive:
            await self.talk_for(0.5)
            for room in self.rooms.values():
                room.types("chat now")
        assert self.process is not None
        assert self.process.returncode == -signal.SIGKILL, self.log()

    def log(self) -> str:
        """Give the last that the process wrote about itself."""
        return (self.folder / "log.txt").read_text()[-6000:]

    # -- the evening ----------------------------------------------------------------------------------------

    async def until(self, so: Callable[[], object], what: str, within: float = PATIENCE) -> None:
        """Wait until something is so."""
        deadline = asyncio.get_running_loop().time() + within
        while not so():
            assert asyncio.get_running_loop().time() < deadline, f"never: {what}\n{self.log()}"
            await asyncio.sleep(0.02)

    async def talk(
        self, until: Callable[[], object], what: str, pause: float = 0.15, within: float = PATIENCE
    ) -> None:
        """Let people talk in one room after the other until something is so."""
        deadline = asyncio.get_running_loop().time() + within
        while not until():
            assert asyncio.get_running_loop().time() < deadline, f"never: {what}\n{self.log()}"
            self.act()
            await asyncio.sleep(pause)

    def act(self) -> None:
        """Let somebody do something in one room after the other, once the bot has said its welcome there.

        Not in the first millisecond: Discord's ids tell no shorter time, and it may be many of the evening's.
        """
        room = next(self._turns)
        begun = EIGHT + timedelta(seconds=1)
        if room.ours(room.channel) and begun < self.clock.now() < self.ends - timedelta(minutes=2):
            room.act()

    async def talk_for(self, seconds: float) -> None:
        """Let people talk for some real time."""
        loop = asyncio.get_running_loop()
        enough = loop.time() + seconds
        await self.talk(lambda: loop.time() >= enough, "time passes", within=2 * seconds + PATIENCE)

    async def asked(self, number: int, *names: str) -> None:
        """Let people talk until a question stands in rooms, all of them unless they are named."""
        rooms = [self.rooms[name] for name in names] or list(self.rooms.values())
        await self.talk(lambda: all(number in room.asked() for room in rooms), f"Q{number} is asked")

    def welcomed(self) -> bool:
        """Tell whether the chat is open in every room."""
        return all(room.ours(room.channel) for room in self.rooms.values())

    def threaded(self) -> bool:
        """Tell whether every question has its thread, the last one its pin, and each thread told of the next.

        Once the hour is over nobody needs to be told any more, and what waits for its next try is let go.
        """
        rooms, world = self.rooms.values(), self.fake.world
        pinned = all(room.questions()[-1][1].pinned_at for room in rooms)
        told = all(count or not due for room in rooms for count, due in map(room.told_of, room.asked()))
        every = [post.id for room in rooms for _, post in room.questions()]
        return pinned and told and all(map(world.channels.get, every))

    async def ended(self) -> None:
        """Let the hosts end the hour once everything was asked and heard, and see that all is there once."""
        await self.asked(self.questions)
        await self.talk(self.threaded, "every question has its thread")
        found = await self.missing()
        assert found == [], "\n".join([*found, self.log()])
        for room in self.rooms.values():
            room.host.says(room.channel, "!edchat chat end sure=yes")
        found = await self.complaints()
        assert found == [], "\n".join([*found, self.log()])

    async def complaints(self) -> list[str]:
        """Say what is not as it should be, now that the hour is over and there was time for everything."""
        return await self._settled(lambda room: complaints(room, self.rows, self.questions))

    async def missing(self, *names: str) -> list[str]:
        """Say which words are not in our books as they stand, once there was time to hear them."""
        return await self._settled(lambda room: storing(room, self.rows), *names)

    async def _settled(self, look: Callable[[Room], list[str]], *names: str) -> list[str]:
        rooms = [self.rooms[name] for name in names] or list(self.rooms.values())

        def found() -> list[str]:
            return [*self.fake.violations, *(one for room in rooms for one in look(room))]

        deadline = asyncio.get_running_loop().time() + SETTLES
        while found() and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.2)
        await asyncio.sleep(0.5)  # nothing may come that is too much
        return found()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Give what the database holds, seen from outside the bot."""
        return rows(self.folder / "edchat.sqlite", query, *values)


def post_in(room: Room, *heads: str) -> tuple[str, Where]:
    """Choose the requests that post what begins so in a room's channel: a path and a look at the body."""

    def begins(body: Any) -> bool:
        return isinstance(body, dict) and str(body.get("content", "")).startswith(heads)

    return rf"/channels/{room.channel.id}/messages", begins


@asynccontextmanager
async def evening(
    folder: Path, *names: str, rate: float, minutes: int = 60, questions: int = 4
) -> AsyncIterator[Evening]:
    """An evening from a little before eight on, `rate` times as fast as ours, in servers of these names."""
    prepare(folder, "browser")
    await asyncio.to_thread(started.ready)
    begins = EIGHT - timedelta(seconds=TO_START * rate)
    async with FakeDiscord() as discord:
        clock = ScaledClock(datetime.now(UTC), begins, rate)
        rooms = {name: _room(discord, name) for name in names or ("School",)}
        made = Evening(folder, discord, clock, EIGHT + timedelta(minutes=minutes), questions, rooms)
        await _planned(made, timedelta(minutes=minutes))
        made.clock = ScaledClock(datetime.now(UTC), begins, rate)
        made.clock.write(folder / "clock.json")
        try:
            yield made
        finally:
            made.kill()


def _room(fake: FakeDiscord, name: str) -> Room:
    guild = fake.guild(name)
    channels = fake.world.channel_named(guild, "general"), fake.world.make_channel(guild, "hosts")
    people = [fake.person(f"{one} {name}", guild) for one in PEOPLE]
    host = fake.person(f"Mo {name}", guild, (fake.world.make_role(guild, "host", int(Can.MANAGE_EVENTS)),))
    return Room(name, fake, guild, *channels, people, host, Random(name))


async def _planned(told: Evening, length: timedelta) -> None:
    async with Store(database_url("", told.folder), readers=0) as store:
        store.clock = told.clock.now
        store.keeps = store.collects = frozenset({"discord"})
        for room in told.rooms.values():
            async with store.begin() as tx:
                await _plan(tx, room, told, length)


async def _plan(tx: Tx, room: Room, told: Evening, length: timedelta) -> None:
    now = told.clock.now()
    community = await tx.keep_server("discord", str(room.guild.id), room.guild.name, "Europe/London", "en")
    known = [Known(str(one.id), one.name) for one in (room.channel, room.hosts)]
    await tx.keep_channels("discord", community, known)
    home, hosts = [await tx.place_called("discord", one.native_id) for one in known]
    assert home is not None
    assert hosts is not None
    await tx.make_hosts_room(hosts.id)
    series = await tx.add_series(Series(0, community, "#edchat", length=length), home.id, (), now)
    chat = await tx.add_chat(Chat(0, series.id, "Europe/London", EIGHT, EIGHT + length))
    before = await tx.running(chat.id)
    await tx.change(before, drafting.plan(before, "Homework", _texts(told.questions), now), now)


def _texts(count: int) -> Sequence[str]:
    return [f"Question {number}?" for number in range(1, count + 1)]
