"""An evening of the demo on a homeserver of our own, with the shipped bot as a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import aiohttp

from bot import control
from bot.app import CLOCK
from bot.clock import Clock, ScaledClock
from bot.core.model import Place, Refused
from bot.demo import words
from bot.demo.evening import weekly
from bot.demo.links import Links, links_to
from bot.demo.playing import EVE, Demo, Hours
from bot.demo.visitor import Visitor
from bot.settings import Settings
from bot.storage.engine import database_url
from bot.storage.store import Store
from bot.web.serving import listener
from tests.support.matrix_story import MatrixStory
from tests.support.synapse.people import PASSWORD, Json, Person

HOUSE: Final = Path(__file__).parents[2]
PATIENCE: Final = 30.0
ROOM: Final = "edchat"
_POWERS: Final = 50
_READER: Final = "Somebody at a desk"
_AT_ONCE: Final = 8
"""People who sign up at the same time."""
_QUIET: Final = 0.5
"""Seconds in which nothing may come that is too much."""
_QUESTION: Final = re.compile(r"[A-Z](\d+): ")
_ALL: Final = json.dumps({"room": {"timeline": {"limit": 1000}, "state": {"lazy_load_members": True}}})
_T = TypeVar("_T")


@dataclass
class Window:
    """What the moderator's client shows: all that happens in the room and in their private talks."""

    me: Person
    bot: str
    room: str
    story: MatrixStory | None = None
    seen: list[tuple[str, Json]] = field(default_factory=list)
    """What the bot said, with the room in which it did."""
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def look(self) -> None:
        """Look at what comes, and accept invitations to talk; until cancelled."""
        while True:
            rooms = (await self.me.syncs(10, filter=_ALL)).get("rooms", {})
            for room in rooms.get("invite", {}):
                await self.me.joins(room)
            for room, news in rooms.get("join", {}).items():
                for event in news["timeline"]["events"]:
                    self._see(room, event)
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()

    def _see(self, room: str, event: Json) -> None:
        if event["type"] == "m.room.message" and event["sender"] == self.bot:
            self.seen.append((room, event))
        if self.story is not None:
            self.story.happened(room, event)

    async def said(self, since: int = 0) -> AsyncIterator[tuple[str, Json]]:
        """What the bot says, from the so-manieth message on."""
        at = since
        while True:
            moved = self._moved
            while at < len(self.seen):
                yield self.seen[at]
                at += 1
            await moved.wait()

    async def answer(self, typed: str, since: int) -> str:
        """The bot's answer to a command: a reply in the room, or a word in private."""
        async with asyncio.timeout(PATIENCE):
            async for room, event in self.said(since):
                relation = event["content"].get("m.relates_to", {})
                if room != self.room or relation.get("m.in_reply_to", {}).get("event_id") == typed:
                    return str(event["content"]["body"])
        raise AssertionError


@dataclass
class Attendee:
    """Somebody at the demo, who does on Matrix what the people of the demo do."""

    person: Person
    window: Window

    async def say(
        self, room: str, text: str, *, thread: str = "", reply: str = "", by_form: bool = False
    ) -> str:
        """Say something and give its id; who would answer by a form does so in a thread."""
        return await self.person.says(room, text, thread=thread or None, reply_to=reply or None)

    async def types(self, room: str, command: str) -> str:
        """Type a command and read its answer."""
        since = len(self.window.seen)
        return await self.window.answer(await self.person.says(room, f"!edchat {command}"), since)

    async def edit(self, room: str, message: str, text: str) -> None:
        """Change one's own words."""
        await self.person.edits(room, message, text)

    async def delete(self, room: str, message: str) -> None:
        """Take one's own words back."""
        await self.person.redacts(room, message)

    async def react(self, room: str, message: str, number: int) -> None:
        """Put a digit on a message."""
        await self.person.digits(room, message, number)

    async def questions(self, room: str) -> AsyncIterator[tuple[int, str]]:
        """The questions that the bot asks in the room from now on, each with its post."""
        async for here, event in self.window.said(len(self.window.seen)):
            asked = _QUESTION.match(event["content"].get("body", ""))
            if here == room and asked and "m.relates_to" not in event["content"]:
                yield int(asked[1]), event["event_id"]

    async def close(self) -> None:
        """Put the phone away."""


@dataclass(frozen=True, slots=True)
class Away:
    """The bot in another process: what it keeps, its time, and the process."""

    store: Store
    clock: Clock
    process: asyncio.subprocess.Process

    async def beside(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Do something while the bot runs; its end is the end of that."""
        ended, working = asyncio.create_task(self.process.wait()), asyncio.create_task(work)
        try:
            await asyncio.wait({ended, working}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise Refused(f"The bot ended by itself ({ended.result()}).")
            return working.result()
        finally:
            ended.cancel()
            working.cancel()
            await asyncio.wait({ended, working})


class MatrixEvening(Hours[Away]):
    """One demo on a homeserver; its moderator plans it by typed commands."""

    look, lead = 0.1, 10.0

    def __init__(
        self,
        demo: Demo,
        settings: Settings,
        homeserver: str,
        session: aiohttp.ClientSession,
        story: MatrixStory | None,
    ) -> None:
        super().__init__(demo, settings)
        self._homeserver, self._session, self._story = homeserver, session, story
        self._people, self._room = demo.people, ""
        self._account = Person(homeserver, session)
        self._looking: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        """The day before, in real time: the bot is invited into a room, and the weekly chat set up."""
        ScaledClock(datetime.now(UTC), self.sample.starts_at - EVE, 1.0).write(self._clock_file)
        await self._account.register("edchat", "EdChat")
        async with self.running(0) as bot:
            await bot.beside(self._plan(bot))
        self._clock_file.unlink()

    @asynccontextmanager
    async def running(self, port: int | None = None) -> AsyncIterator[Away]:
        """The shipped bot on the evening's folder, with its pages at this port or, if free, the usual one."""
        clock = self.clock()
        with (self.settings.data_dir.parent / "log.txt").open("a") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run"),
                env=self._environment(_port(self.settings) if port is None else port),
                cwd=self.settings.data_dir,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        try:
            await self._up(process)
            async with Store(database_url("", self.settings.data_dir)) as store:
                yield Away(store, clock, process)
        finally:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            await process.wait()

    async def links(self, bot: Away) -> Links:
        """Where the chat's pages are, for readers and for hosts."""
        place = await self._place(bot)
        async with bot.store.read() as tx:
            community, base = await tx.community_of(place), await tx.installed("address")
        told = await control.ask(self.settings.data_dir, "link", community=community.slug) or {}
        return await links_to(bot.store, place, base or "", told["link"])

    async def close(self) -> None:
        """Let everybody go."""
        await super().close()
        if self._reader is not None:
            await self._reader.close()
        if self._looking is not None:
            self._looking.cancel()

    # -- the day before -------------------------------------------------------------------------------------

    async def _plan(self, bot: Away) -> None:
        names = words.names(self._people)
        moderator, *others = people = [Person(self._homeserver, self._session) for _ in names]
        await moderator.register(_local(names[0]), names[0])
        self._room = await moderator.makes_room(
            ROOM, power_level_content_override={"users": {self._account.user: _POWERS}}
        )
        if self._story is not None:
            self._story.names[moderator.user] = moderator.name
            self._story.rooms[self._room] = ROOM
        window = Window(moderator, self._account.user, self._room, self._story)
        self._visitors = attendees = [Attendee(one, window) for one in people]
        self._looking = asyncio.create_task(window.look())
        await moderator.invites(self._room, self._account.user)
        async with asyncio.timeout(PATIENCE):
            await anext(window.said())
        await self._come_in(others, names[1:])
        if self._story is not None:
            self._story.names |= {one.user: one.name for one in others}
        await self._write_plan(bot, attendees[0])

    async def _come_in(self, people: list[Person], names: tuple[str, ...]) -> None:
        at_once = asyncio.Semaphore(_AT_ONCE)

        async def comes(one: Person, name: str) -> None:
            async with at_once:
                await one.register(_local(name), name)
                await one.joins(self._room)

        await asyncio.gather(*map(comes, people, names))

    async def _write_plan(self, bot: Away, moderator: Attendee) -> None:
        sample = self.sample
        await moderator.types(self._room, weekly(sample))
        reply = await moderator.types(self._room, words.questions(sample.topic, sample.questions))
        await self._check_plan(bot, await self._place(bot), reply)

    # -- the hour -------------------------------------------------------------------------------------------

    async def _come(self, bot: Away, links: Links) -> None:
        """Let the moderator open the pages too, so that what is kept can be read."""
        self._reader = Visitor(_READER, links.base)
        await self._reader.join(links.host.removeprefix(links.base))

    async def _settle(self, bot: Away, links: Links) -> None:
        """Wait until all that was said is heard, and all that is queued is sent."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while self._ledger.compare(await self._read(links)).lost:  # noqa: ASYNC110 - asks the pages
                    await asyncio.sleep(0.1)
        await asyncio.sleep(_QUIET)
        await control.ask(self.settings.data_dir, "settle", place=links.room.native_id)

    # -- the bot --------------------------------------------------------------------------------------------

    async def _up(self, process: asyncio.subprocess.Process) -> None:
        async with asyncio.timeout(PATIENCE):
            while await control.ask(self.settings.data_dir, "status") is None:
                if process.returncode is not None:
                    log = (self.settings.data_dir.parent / "log.txt").read_text()
                    raise Refused(f"The bot does not start.\n{log[-2000:]}")
                await asyncio.sleep(0.05)

    async def _place(self, bot: Away) -> Place:
        async with bot.store.read() as tx:
            found = await tx.place_called("matrix", self._room)
        if found is None:
            raise Refused("The bot does not know its room.")
        return found

    def _environment(self, port: int) -> dict[str, str]:
        """The settings of this bot alone; it runs in its own folder, where no file holds others."""
        given = {
            "DATA_DIR": str(self.settings.data_dir),
            "COMMUNITY": self.settings.community,
            "LOG_LEVEL": "error",
            "WEB_HOST": self.settings.web_host,
            "WEB_PORT": str(port),
            "MATRIX_HOMESERVER": self._homeserver,
            "MATRIX_USER": self._account.user,
            "MATRIX_PASSWORD": PASSWORD,
        }
        around = {name: value for name, value in os.environ.items() if not name.startswith("EDCHAT_")}
        return {**around, "PYTHONPATH": str(HOUSE), **{f"EDCHAT_{name}": one for name, one in given.items()}}

    @property
    def _clock_file(self) -> Path:
        return self.settings.data_dir / CLOCK


def _port(settings: Settings) -> int:
    """The usual port, or any free one where that is taken."""
    with suppress(Refused), listener(settings.web_host, settings.web_port):
        return settings.web_port
    return 0


def _local(name: str) -> str:
    return name.casefold()
