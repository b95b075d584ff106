"""An evening on Matrix: a room with a chat at eight, people who talk, and the shipped bot as a process."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from bot.clock import ScaledClock
from bot.core import drafting
from bot.core.model import Chat, Series
from bot.storage.engine import database_url
from bot.storage.store import Store
from tests.faults.matrix.checking import complaints, storing
from tests.faults.matrix.ledger import PEOPLE, Room
from tests.support import started
from tests.support.fake_discord.faults import Rule
from tests.support.house import prepare
from tests.support.looking import rows
from tests.support.matrix_network import MatrixNetwork, on_matrix
from tests.support.synapse.proxy import FaultProxy
from tests.support.synapse.server import Synapse

START: Final = datetime(2026, 11, 3, 19, 58, tzinfo=UTC)
EIGHT: Final = datetime(2026, 11, 3, 20, tzinfo=UTC)
PATIENCE: Final = 90.0
SETTLES: Final = 60.0
"""Seconds within which something more is said or stored, receipts too, while anything is missing."""
PAUSE: Final = 0.06
"""Seconds between two bursts, for each message that there may be in one."""
SENDING: Final = r".*/send/m\.room\.message/.*"


@dataclass
class Evening:
    """A data folder, the clock on its wall, a room on a homeserver, the proxy before it, and the process."""

    folder: Path
    proxy: FaultProxy
    clock: ScaledClock
    ends: datetime
    questions: int
    room: Room
    most: int
    """Messages in one burst."""
    process: started.Started | None = None

    # -- the bot --------------------------------------------------------------------------------------------

    @property
    def net(self) -> MatrixNetwork:
        """The homeserver as people see it, who have no proxy before it."""
        return self.room.net

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the bot."""
        with (self.folder / "log.txt").open("a") as log:
            self.process = started.start("run", env=self.environment(), stderr=log)

    def environment(self) -> dict[str, str]:
        """Give the settings of a bot that is behind the proxy, and nothing of this machine's."""
        given = {"EDCHAT_DATA_DIR": str(self.folder), "EDCHAT_LOG_LEVEL": "warning", "EDCHAT_WEB_PORT": "0"}
        given |= {"EDCHAT_MATRIX_HOMESERVER": self.proxy.url, "EDCHAT_MATRIX_USER": self.net.me.user}
        given |= {"EDCHAT_MATRIX_TOKEN": self.net.me.token}
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), **given}

    def kill(self) -> None:
        """Leave what a power cut leaves."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def log(self) -> str:
        """Give the last that the process wrote about itself."""
        return (self.folder / "log.txt").read_text()[-6000:]

    def on_question(self, number: int, times: int = 1) -> Rule:
        """Begin a rule for the requests that post a question."""

        def posts_it(body: Any) -> bool:
            return isinstance(body, dict) and str(body.get("body", "")).startswith(f"Q{number}: ")

        return self.proxy.faults.on("PUT", SENDING, times=times, where=posts_it)

    # -- the evening ----------------------------------------------------------------------------------------

    async def until(self, so: Callable[[], object], what: str, within: float = PATIENCE) -> None:
        """Wait until something is so."""
        deadline = asyncio.get_running_loop().time() + within
        while not so():
            assert asyncio.get_running_loop().time() < deadline, f"never: {what}\n{self.log()}"
            await asyncio.sleep(0.05)

    async def talk(self, until: Callable[[], object], what: str, within: float = PATIENCE) -> None:
        """Let people talk in bursts until something is so."""
        deadline = asyncio.get_running_loop().time() + within
        while not until():
            assert asyncio.get_running_loop().time() < deadline, f"never: {what}\n{self.log()}"
            if self.clock.now() < self.ends - timedelta(minutes=2):
                await self.room.burst(self.most)
            await asyncio.sleep(PAUSE * self.most)

    async def talk_for(self, seconds: float) -> None:
        """Let people talk for some real time."""
        loop = asyncio.get_running_loop()
        enough = loop.time() + seconds
        await self.talk(lambda: loop.time() >= enough, "time passes")

    async def asked(self, number: int) -> None:
        """Let people talk until a question stands in the room."""
        await self.talk(lambda: number in self.room.asked(), f"Q{number} is asked", 2 * PATIENCE)

    async def ended(self) -> list[str]:
        """Let the host end the hour once all was asked and heard, and say what is not as it should be."""
        await self.asked(self.questions)
        found = await self.missing()
        await self.room.host.say("!edchat chat end sure=yes")
        found += await self._settled(lambda: complaints(self.room, self.rows, self.questions))
        return [*found, self.log()] if found else []

    async def missing(self) -> list[str]:
        """Say which words are not in our books as they stand, once there was time to hear them."""
        return await self._settled(lambda: storing(self.room, self.rows))

    async def _settled(self, look: Callable[[], list[str]]) -> list[str]:
        loop = asyncio.get_running_loop()
        left, since = look(), loop.time()
        while left and loop.time() < since + SETTLES:
            await asyncio.sleep(0.3)
            before, left = left, look()
            since = loop.time() if len(left) < len(before) else since
        await asyncio.sleep(0.5)  # nothing may come that is too much
        return look()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Give what the database holds, seen from outside the bot."""
        return rows(self.folder / "edchat.sqlite", query, *values)


@asynccontextmanager
async def evening(
    folder: Path,
    rate: float,
    *,
    seed: int = 0,
    minutes: int = 60,
    questions: int = 4,
    most: int = 6,
    server: Synapse | None = None,
) -> AsyncIterator[Evening]:
    """An evening from two minutes to eight on, `rate` times as fast as ours, in a room on a homeserver."""
    prepare(folder, "browser")
    async with AsyncExitStack() as open_:
        store = await open_.enter_async_context(Store(database_url("", folder), readers=0))
        clock = ScaledClock(datetime.now(UTC), START, rate)
        net = await open_.enter_async_context(on_matrix(store, clock, server=server))
        proxy = await open_.enter_async_context(FaultProxy(net.base))
        for name in PEOPLE:
            await net.comes(await net.member(name), net.place.native_id, hosting=False)
        await net.comes(await net.member("Mo"), net.place.native_id, hosting=True)
        await _planned(store, net, timedelta(minutes=minutes), questions)
        clock = ScaledClock(datetime.now(UTC), START, rate)
        clock.write(folder / "clock.json")
        ends = EIGHT + timedelta(minutes=minutes)
        made = Evening(folder, proxy, clock, ends, questions, Room(net, Random(seed)), most)
        try:
            yield made
        finally:
            made.kill()


async def _planned(store: Store, net: MatrixNetwork, length: timedelta, questions: int) -> None:
    store.clock = net.clock.now
    store.keeps = frozenset({net.name})
    now, texts = net.clock.now(), [f"Question {number}?" for number in range(1, questions + 1)]
    async with store.begin() as tx:
        series = Series(0, net.place.community_id, "#edchat", length=length)
        kept = await tx.add_series(series, net.place.id, (), now)
        chat = await tx.add_chat(Chat(0, kept.id, "Europe/London", EIGHT, EIGHT + length))
        before = await tx.running(chat.id)
        await tx.change(before, drafting.plan(before, "Homework", texts, now), now)
