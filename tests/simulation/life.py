"""A random history from a seed: people talk, hosts steer, networks fail, clocks jump, the bot falls over."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Final

from structlog.processors import format_exc_info
from structlog.testing import capture_logs

from bot import failpoints
from bot.clock import Clock
from bot.core.model import Place
from bot.failpoints import FAILPOINTS
from bot.platform import Platform
from tests.simulation.invariants import check
from tests.simulation.invariants_on_discord import check_on_discord
from tests.support.discord_network import INVOKER
from tests.support.faulty import Faults, Faulty
from tests.support.house import House, PowerCut, prepare, swift_folder
from tests.support.inline_database import inline_database
from tests.support.networks import Someone
from tests.support.virtual_loop import run_virtual, running_virtual_loop

START: Final = datetime(2026, 11, 3, 19, 50, tzinfo=UTC)
PEOPLE: Final = ("Ana", "Ben", "Cy", "Dee")
HOSTS: Final = ("Mo", "Nia")
COMMANDS: Final = (
    *("chat next", "chat next", "chat extend 3", "chat extend 6", "chat pause", "chat resume", "chat resume"),
    *(
        "chat skip",
        "chat ask And why is that?",
        "question edit 1 What worked well?",
        "question edit 2 What broke?",
    ),
    *(
        "question add What else?",
        "question remove 3",
        "question reorder 3 2",
        "chat start",
        "chat end sure=yes",
        "chat now",
    ),
    *("chat cancel sure=yes", "chat preview", "chat skip 2", "chat nonsense"),
)
_NUMBERED: Final = re.compile(r"Q\d+")
"""By what a question's thread is known, on whatever network."""
WORDS: Final = (
    "A{n}: we tried it {k}",
    "a{n} yes {k}",
    "I agree {k}",
    "this is A{n}",
    "A{n}/A1: both {k}",
    "hello {k}",
)


@dataclass(slots=True)
class Life:
    """A history under way; `told` is what somebody must be able to read when it goes wrong."""

    seed: int
    house: House
    luck: Random
    steps_clock: bool
    place: Place
    other: Place
    told: list[str] = field(default_factory=list)
    said: list[tuple[Someone, int, str]] = field(default_factory=list)
    down_until: datetime | None = None

    def tell(self, what: str) -> None:
        """Note what happens now."""
        self.told.append(f"{self.house.clock.now():%H:%M:%S} {what}")

    async def live(self, minutes: int) -> None:
        """Let things happen until the time is over."""
        loop = asyncio.get_running_loop()
        end = loop.time() + minutes * 60
        while loop.time() < end:
            await asyncio.sleep(self.luck.choice((1, 5, 20, 60, 90)))
            await self.mind_the_bot()
            await self.luck.choices(_HAPPENINGS, _SHARES)[0](self)

    async def mind_the_bot(self) -> None:
        """Start the bot again some time after it fell."""
        if self.house.up:
            return
        fault = await self.house.fell()
        if fault is not None and not _only_power_cuts(fault):
            raise fault
        del fault  # with it goes what was being read when the bot fell, which holds the database
        if self.down_until is None:
            self.down_until = self.house.clock.now() + timedelta(
                seconds=self.luck.choice((0, 0, 10, 100, 400, 1200))
            )
            self.tell(f"down until {self.down_until:%H:%M:%S}")
        if self.house.clock.now() >= self.down_until:
            await self.get_up()

    async def get_up(self) -> None:
        """Start the bot, unless it runs."""
        if not self.house.up:
            await self.house.fall()
            await self.house.get_up()
            self.down_until = None
            self.tell("up")

    async def talk(self) -> None:
        """Somebody says something, in the room, in a thread or as a reply."""
        place = self.luck.choice((self.place, self.place, self.other))
        person = self.house.person(self.luck.choice(PEOPLE), place)
        n, k = self.luck.randint(1, 5), len(self.said)
        text = self.luck.choice(WORDS).format(n=n, k=k)
        threads = sorted(self.house.network.threads(place).values())
        said_here = [message for _, where, message in self.said if where == place.id]
        kind = self.luck.random()
        if threads and kind < 0.2 and (name := _NUMBERED.search(self.luck.choice(threads))):
            person = person.in_thread(name[0])
        reply = self.luck.choice(said_here) if said_here and kind > 0.8 else None
        message = await (person.reply(reply, text) if reply else person.say(text))
        self.said.append((person, place.id, message))

    async def reconsider(self) -> None:
        """Somebody edits, deletes or puts a digit on something."""
        if not self.said:
            return
        person, _, message = choice = self.luck.choice(self.said)
        kind = self.luck.random()
        if kind < 0.4:
            await person.edit(message, f"A{self.luck.randint(1, 4)}: rather this {len(self.told)}")
        elif kind < 0.6:
            self.said.remove(choice)
            await person.delete(message)
        else:
            await person.react(message, self.luck.randint(1, 4))

    async def steer(self) -> None:
        """A host types a command."""
        line = self.luck.choice(COMMANDS)
        who = self.luck.choice(HOSTS)
        self.tell(f"{who} types {line}")
        await self.house.host(who, self.place).types(f"!edchat {line}")

    async def cut_power(self) -> None:
        """The bot falls at some failpoint, or between two."""
        if not self.house.up:
            return
        if self.luck.random() < 0.3:
            self.tell("stopped")
            await self.house.fall()
            return
        name, left = self.luck.choice(sorted(FAILPOINTS)), self.luck.randint(1, 3)
        self.tell(f"falls at {name}:{left}")
        failpoints.arm(_Trap(name, left, self.house))

    async def hold_up(self) -> None:
        """The network keeps one room waiting."""
        place, seconds = self.luck.choice((self.place, self.other)), self.luck.choice((20, 90, 300))
        if self.house.up:
            network = self.house.app.platforms[self.house.rooms]
            assert isinstance(network, Faulty)
            self.tell(f"{place.name} held up for {seconds} s")
            network.hold_up(place.native_id, self.house.clock.now() + timedelta(seconds=seconds))

    async def step_clock(self) -> None:
        """A time server sets the clock, forward or back."""
        if self.steps_clock:
            seconds = self.luck.choice((-2, 3, 40, 700, 3600, -600, -30))
            self.tell(f"clock stepped by {seconds} s")
            running_virtual_loop().step_wall_clock(timedelta(seconds=seconds))

    async def calm_down(self) -> None:
        """Everything works again, and hosts finish what they paused."""
        failpoints.arm(None)
        for line in ("chat resume", "chat resume", "chat now", "chat end", "chat end sure=yes", "chat now"):
            await self.get_up()
            await asyncio.sleep(330)
            await self.house.host("Mo", self.place).types(f"!edchat {line}")
        await asyncio.sleep(1000)


_HAPPENINGS: Final[tuple[Callable[[Life], Awaitable[None]], ...]] = (
    *(Life.talk, Life.reconsider, Life.steer, Life.cut_power, Life.hold_up, Life.step_clock),
)
_SHARES: Final = (40, 12, 20, 6, 3, 2)


@dataclass(slots=True)
class _Trap:
    name: str
    left: int
    house: House

    def __call__(self, name: str) -> None:
        self.left -= name == self.name
        if self.left == 0:
            if _aside():  # where nobody would notice that it falls
                self.house.stop()
            raise PowerCut(name)


def _aside() -> bool:
    """Whether this is a task of Discord's library, which carries out commands by itself."""
    task = asyncio.current_task()
    return task is not None and task.get_name() == INVOKER


def _only_power_cuts(fault: BaseException) -> bool:
    if isinstance(fault, BaseExceptionGroup):
        return all(_only_power_cuts(one) for one in fault.exceptions)
    return isinstance(fault, PowerCut)


def history(seed: int) -> str:
    """Live one history, check that it came out well, and give its event log."""
    return _lived(seed, _home())


def history_on_discord(seed: int) -> None:
    """Live one history on a little Discord: what is heard and sent goes over sockets, which bring chance."""
    _lived(seed, House(swift_folder(), rooms="discord"))


def _lived(seed: int, home: House) -> str:
    try:
        with capture_logs(processors=[format_exc_info]) as logged:
            log = run_virtual(_history(seed, home), START)
    finally:
        failpoints.arm(None)
        shutil.rmtree(home.folder)
    faults = [entry for entry in logged if entry["log_level"] == "error"]
    assert not faults, f"seed {seed}: {faults[0]}"
    return log


@cache
def _home() -> House:
    """Where all histories of a process happen, one after the other."""
    return House(swift_folder())


async def _history(seed: int, house: House) -> str:
    luck = Random(seed)
    prepare(house.folder, house.rooms)
    house.wrap = lambda platform, clock: _bad_day(platform, clock, luck)
    with inline_database():
        async with house.on_its_network():
            await _told(seed, house, luck)
    return _log(house)


async def _told(seed: int, house: House, luck: Random) -> None:
    await house.get_up()
    life = await _begun(seed, house, luck)
    try:
        await life.live(minutes=luck.randint(8, 16))
        await life.calm_down()
        await (check_on_discord if house.discord else check)(house)
    except BaseException as error:
        error.add_note("\n".join([f"seed {seed}", *life.told]))
        raise
    finally:
        await house.fall()


def _bad_day(platform: Platform, clock: Clock, luck: Random) -> Platform:
    bad = luck.random() < 0.3
    return Faulty(
        platform, clock, Faults(0.05, 0.05, 0.05, 0.01) if bad else Faults(), luck.randrange(1 << 30)
    )


async def _begun(seed: int, house: House, luck: Random) -> Life:
    other = await house.add_place("lounge")
    steps = luck.random() < 0.25 and house.discord is None  # Discord has a clock of its own
    house.longest_sleep = timedelta(seconds=30) if steps else None
    length = timedelta(minutes=luck.choice((10, 15, 20)))
    both = luck.random() < 0.5
    shape = {"length": length, "opening": timedelta(minutes=2), "wrapping": timedelta(minutes=2)}
    series = await house.add_series("#edchat", house.place, *((other,) if both else ()), **shape)
    at = START + timedelta(minutes=luck.choice((2, 4, 6)))
    await house.add_chat(series, at, [f"Question {n}?" for n in range(1, luck.randint(2, 6))])
    if luck.random() < 0.4:
        second = await house.add_series("#sparkchat", other, *((house.place,) if both else ()), **shape)
        await house.add_chat(
            second, at + timedelta(minutes=luck.choice((5, 12, 22))), ["Spark one?", "Spark two?"]
        )
    return Life(seed, house, luck, steps, house.place, other)


def _log(house: House) -> str:
    """Everything that can be told of a history: the rooms line by line, and the tables row by row."""
    rooms = [file.read_text(encoding="utf-8") for file in sorted((house.folder / "rooms").glob("*.jsonl"))]
    with closing(sqlite3.connect(house.folder / "edchat.sqlite")) as database:
        return "\n".join([*rooms, *_rows(database)])


def _rows(database: sqlite3.Connection) -> Iterator[str]:
    named = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    for (name,) in database.execute(named).fetchall():
        columns = [column for _, column, *_ in database.execute(f"PRAGMA table_info({name})")]
        told = ", ".join(column for column in columns if column != "public_id")
        rows = database.execute(f"SELECT {told} FROM {name}")
        yield from (f"{name}: {row}" for row in sorted(rows, key=str))
