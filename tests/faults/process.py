"""The shipped bot as a process on its own faster clock, and an evening that people talk through."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import ScaledClock
from bot.core.hearing import Author, Said
from bot.core.model import Role
from bot.platforms.terminal.lines import Posted
from bot.platforms.terminal.room import Room
from tests.support import started
from tests.support.house import House, prepare

EIGHT = datetime(2026, 11, 3, 20, tzinfo=UTC)
TO_START = 4.0
"""Seconds that the bot has before eight: what it is late by counts, and a busy machine is no wrong answer."""
PATIENCE = 120.0
QUESTIONS = [f"Question {number}?" for number in range(1, 5)]


@dataclass(slots=True)
class Evening:
    """A data folder with a chat at eight, the clock on its wall, and the process that runs there."""

    folder: Path
    clock: ScaledClock
    said: dict[str, str] = field(default_factory=dict)
    process: started.Started | None = None

    @property
    def house(self) -> House:
        """The same folder, to be looked at from outside."""
        return House(self.folder, clock=self.clock)

    @property
    def room(self) -> Room:
        """The room in which the chat happens."""
        return self.house.room()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def start(self, failpoint: str = "", **more: str) -> None:
        """Start the bot, with `more` settings; with a failpoint it kills itself there."""
        extra = {"EDCHAT_DATA_DIR": str(self.folder), "EDCHAT_LOG_LEVEL": "warning", "EDCHAT_WEB_PORT": "0"}
        extra |= {"EDCHAT_FAILPOINT": failpoint} if failpoint else {}
        extra |= more
        with (self.folder / "log.txt").open("a") as log:
            self.process = started.start("run", env=os.environ | extra, stderr=log)

    def hurry(self, rate: float) -> None:
        """Stop the bot, and go on with a faster clock."""
        self.kill()
        self.clock = ScaledClock(datetime.now(UTC), self.clock.now(), rate)
        self.clock.write(self.folder / "clock.json")
        self.start()

    def kill(self) -> None:
        """Leave what a power cut leaves."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> float:
        """Ask the process to end, as a container is asked, and give the seconds that took."""
        assert self.process is not None
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(15) == 0
        return time.monotonic() - begin

    def limit_files(self, size: int) -> None:
        """Let no file of the process grow beyond this: what a full disk does."""
        assert self.process is not None
        _, hard = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, hard))

    def say(self, who: str, text: str) -> None:
        """Somebody says something, whether the bot listens or not."""
        person = self.house.at_prompt(who)
        self.said[person.room.say(person.author, text, self.clock.now())] = text

    def talk_until(self, moment: datetime) -> None:
        """Let people talk until chat time reaches a moment, or the process ends."""
        while self.clock.now() < moment and self.alive:
            self.say("Ana", f"A{1 + len(self.said) % 4}: number {len(self.said)}")
            time.sleep(0.08)

    def talk_for(self, seconds: float) -> None:
        """Let people talk for some real time."""
        self.talk_until(self.clock.now() + timedelta(seconds=seconds * self.clock.rate))

    def wait_for_end(self) -> None:
        """Let people talk and type until the process has killed itself."""
        assert self.process is not None
        begin = time.monotonic()
        while self.alive:
            assert time.monotonic() < begin + PATIENCE, f"it lives on\n{self.log()}"
            self.talk_for(0.2)
            self.types("chat now")
        assert self.process.returncode == -signal.SIGKILL, self.log()

    def ask(self, questions: int) -> None:
        """Let people talk and a host go on until so many questions are asked."""
        end = time.monotonic() + PATIENCE
        while len(asked := self.house.asked()) < questions:
            assert time.monotonic() < end, f"only {asked} were asked\n{self.log()}"
            self.types(f"chat next after={len(asked)}")
            self.talk_for(0.3)

    def types(self, line: str) -> None:
        """A host types a command."""
        self.room.say(Author("mo", "Mo", Role.HOST), f"!edchat {line}", self.clock.now())

    def said_in_the_hour(self) -> dict[str, str]:
        """What people said between the chat's start and its end, by the room's own account."""
        ((begin, end),) = self.house.rows("SELECT starts_at, ends_at FROM chat")
        said = [event for event in self.room.read(None).events if isinstance(event, Said)]
        return {e.id: e.text for e in said if begin <= as_stored(e.at) <= end and e.text[0] != "!"}

    def wait_until_all_is_heard(self) -> None:
        """Wait until the bot has heard everything that people did."""
        end = time.monotonic() + PATIENCE
        while not self._all_heard():
            assert time.monotonic() < end, self.log()
            time.sleep(0.05)

    def _all_heard(self) -> bool:
        found = self.house.rows("SELECT position FROM cursor WHERE place_id = 1")
        return bool(found) and all(isinstance(e, Posted) for e in self.room.read(found[0][0]).events)

    def stored(self) -> dict[str, str]:
        """What people said, as the database has it."""
        query = "SELECT platform_message_id, text FROM message WHERE place_id = 1"
        return dict(self.house.rows(query))

    def wait(self, what: str, *values: object, within: float = PATIENCE) -> None:
        """Wait until a query finds something."""
        end = time.monotonic() + within
        while not self.house.rows(what, *values):
            assert time.monotonic() < end, f"never came true: {what}\n{self.log()}"
            time.sleep(0.05)

    def wait_until_it_answers(self) -> None:
        """Wait until the bot has its socket, and with it the folder."""
        end = time.monotonic() + PATIENCE
        while not (self.folder / "edchat.sock").exists():
            assert time.monotonic() < end, self.log()
            time.sleep(0.05)

    def log_lines(self) -> list[str]:
        """What the process wrote about itself, line by line."""
        return (self.folder / "log.txt").read_text().splitlines()

    def log(self) -> str:
        """The end of what the process wrote about itself."""
        return (self.folder / "log.txt").read_text()[-3000:]


def as_stored(moment: datetime) -> str:
    """Write a moment as the database keeps it."""
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


@contextmanager
def evening(folder: Path, rate: float, minutes: int = 60, questions: int = 4) -> Iterator[Evening]:
    """An evening from a little before eight on, `rate` times as fast as ours."""
    prepare(folder)
    started.ready()
    begins = EIGHT - timedelta(seconds=TO_START * rate)
    asyncio.run(_planned(folder, ScaledClock(datetime.now(UTC), begins, rate), minutes, questions))
    clock = ScaledClock(datetime.now(UTC), begins, rate)
    clock.write(folder / "clock.json")
    made = Evening(folder, clock)
    try:
        yield made
    finally:
        made.kill()


async def _planned(folder: Path, clock: ScaledClock, minutes: int, questions: int) -> None:
    house = House(folder, clock=clock)
    await house.get_up()
    series = await house.add_series(length=timedelta(minutes=minutes))
    await house.add_chat(series, EIGHT, QUESTIONS[:questions])
    await house.fall()
