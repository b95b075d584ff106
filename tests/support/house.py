"""The whole bot in a data folder of its own, with its rooms and people; it can fall over and get up."""

from __future__ import annotations

import asyncio
import gc
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

from sqlalchemy import update

from bot.app import App, found
from bot.clock import Clock, SystemClock
from bot.core import drafting
from bot.core.actions import Action
from bot.core.model import Chat, Place, Refused, Series
from bot.core.state import Change, Running
from bot.platform import Platform
from bot.platforms.local import Local
from bot.platforms.terminal import Posted, Room, Terminal
from bot.scheduler import LONGEST_SLEEP
from bot.settings import Settings, load
from bot.storage.engine import database_url
from bot.storage.migrate import migrate
from bot.storage.schema.tables import outbox, series_place
from bot.storage.store import Store
from tests.support import one_run
from tests.support.browser_network import BrowserNetwork
from tests.support.discord_network import DiscordNetwork, on_discord
from tests.support.looking import rows
from tests.support.matrix_network import MatrixNetwork, on_matrix
from tests.support.networks import Network, Someone, TerminalNetwork, TerminalPerson
from tests.support.one_run import once

LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
QUESTIONS: Final = ("What worked?", "What did not?", "What will you try?", "Who helps you?")

Wrap = Callable[[Platform, Clock], Platform]
"""Puts a bad day around the network."""


class PowerCut(BaseException):
    """The bot stops where it stands; nothing in it may catch this."""


def _as_it_is(platform: Platform, clock: Clock) -> Platform:
    return platform


@dataclass(slots=True)
class House:
    """A bot and its rooms; what it keeps in memory is gone with each `fall`, the folder and the rooms stay.

    With no `readers` one thread serves the database, and every run is the same. The store is opened anew
    each time, but it keeps its compiled statements: making them again takes longer than a whole evening.
    """

    folder: Path
    clock: Clock = field(default_factory=SystemClock)
    readers: int = 0
    rooms: str = "terminal"
    longest_sleep: timedelta | None = LONGEST_SLEEP
    wrap: Wrap = _as_it_is
    poll: float | None = None
    kept: Store | None = None
    discord: DiscordNetwork | None = None
    matrix: MatrixNetwork | None = None
    _app: App | None = None
    _running: asyncio.Task[None] | None = None
    _settings: Settings | None = None

    @property
    def app(self) -> App:
        """The bot that runs now."""
        assert self._app is not None, "the bot is down"
        return self._app

    @property
    def store(self) -> Store:
        """The database of the bot that runs now."""
        return self.app.store

    @property
    def up(self) -> bool:
        """Whether the bot runs."""
        return self._running is not None and not self._running.done()

    @property
    def network(self) -> Network:
        """The rooms as people see them, in a browser or at a prompt; `other` is the hosts' room."""
        if away := self.discord or self.matrix:
            return away
        if self.rooms == "browser":
            return BrowserNetwork(self.folder, self.clock, self._opened())
        hosts = Place(2, 1, "terminal", "hosts", "hosts")
        return TerminalNetwork(self.folder / "rooms", self.clock, other=hosts)

    def room(self, place: Place | None = None) -> Room:
        """The transcript of a room at the prompt, as other people open it."""
        assert isinstance(self.network, TerminalNetwork), "these rooms have no transcripts"
        return self.network.room(place)

    @property
    def place(self) -> Place:
        """The room in which chats happen."""
        return self.network.place

    @property
    def hosts(self) -> Place:
        """The hosts' room."""
        return self.network.other

    def person(self, name: str, place: Place | None = None) -> Someone:
        """Somebody without power."""
        return self.network.person(name, place)

    def at_prompt(self, name: str, place: Place | None = None) -> TerminalPerson:
        """Somebody without power, with the transcript they write into."""
        assert isinstance(self.network, TerminalNetwork), "these rooms have no transcripts"
        return self.network.person(name, place)

    def host(self, name: str, place: Place | None = None) -> Someone:
        """Somebody with the native power of a host."""
        return self.network.host(name, place)

    def posts(self, place: Place | None = None) -> tuple[str, ...]:
        """What the bot has posted for all in a room."""
        return tuple(post.text for post in self.network.posts(place))

    def posted(self, place: Place | None = None) -> list[tuple[str, datetime]]:
        """What the bot has posted for all in a room, outside threads, with the instants of the posts."""
        if isinstance(self.network, BrowserNetwork | DiscordNetwork | MatrixNetwork):
            return self.network.posted(place)
        posts = [event for event in self.room(place).read(None).events if isinstance(event, Posted)]
        return [(post.text, post.at) for post in posts if post.action is Action.POST and not post.target]

    def asked(self, place: Place | None = None) -> list[str]:
        """The questions that were posted in a room, each as its label: Q1, Q2."""
        heads = (text.partition(":")[0] for text in self.posts(place))
        return [head for head in heads if head[:1] == "Q" and head[1:].isdecimal()]

    async def get_up(self) -> None:
        """Start the bot on its folder."""
        assert not self.up
        store = self._reopened()
        await store.check()
        self._settings = self._settings or settings(self.folder, self.rooms)
        installation = await found(store, self._settings, self.clock)
        self._app = App(
            store, self.clock, [self.wrap(self._platform(), self.clock)], installation, self.longest_sleep
        )
        self._running = asyncio.create_task(self._app.run(), name="the bot")
        if self.discord is not None:
            self.discord.tree = self._app.tree
            await self.discord.logged_in(lambda: self.up)
        if self.matrix is not None:
            await self.matrix.logged_in(lambda: self.up)

    def _platform(self) -> Platform:
        if self.discord is not None:
            return self.discord.bot()
        if self.matrix is not None:
            return self.matrix.bot()
        if self.rooms == "browser":
            return Local(self._opened(), self.clock, self.poll)
        return Terminal(self.folder / "rooms", self.clock, self.poll)

    @asynccontextmanager
    async def on_its_network(self) -> AsyncIterator[None]:
        """Let there be a Discord or a homeserver, where the rooms are there."""
        if self.rooms == "discord":
            async with on_discord(self._opened(), self.clock) as self.discord:
                yield
        elif self.rooms == "matrix":
            async with on_matrix(self._opened(), self.clock, on_our_time=True) as self.matrix:
                yield
        else:
            yield

    def _opened(self) -> Store:
        if self.kept is None:
            self.kept = Store(database_url("", self.folder), readers=self.readers)
        return self.kept

    def _reopened(self) -> Store:
        store = self._opened()
        store.committed.clear()
        store._turn = asyncio.Lock()
        return store

    def stop(self) -> None:
        """Let the bot fall where it stands; what it leaves is cleared away by `fall`."""
        if self._running is not None:
            self._running.cancel()

    async def fall(self) -> None:
        """Stop the bot at once, wherever it stands, or clear away what fell by itself."""
        if self._running is None:
            return
        self._running.cancel()
        with suppress(asyncio.CancelledError, BaseExceptionGroup):
            await self._running
        if self.discord is not None:
            await self.discord.fell()
        await self.store.close()
        self._running = self._app = None
        if self.discord is not None:
            gc.collect()  # what was being read in a task of the library holds the database until it is gone

    async def fell(self) -> BaseException | None:
        """What ended the bot by itself, if something did."""
        if self._running is None or not self._running.done() or self._running.cancelled():
            return None
        return self._running.exception()

    async def settled(self, seconds: float = 2.0) -> None:
        """Let the bot hear, answer and send what there is."""
        await asyncio.sleep(seconds)

    async def types(self, line: str, who: str = "Mo", place: Place | None = None) -> str:
        """Let a host type a command, and read the answer."""
        before = len(self.network.whispers(who, place))
        await self.host(who, place).types(line)
        await self.settled()
        return "\n".join(seen.text for seen in self.network.whispers(who, place)[before:])

    async def steer(self, chat_id: int, act: Callable[..., Change], *args: object) -> Change | None:
        """Do what a host's command does to a chat, without the command; None when it is refused."""
        now = self.clock.now()
        try:
            async with self.store.begin() as tx:
                before = await tx.running(chat_id)
                change = act(before, *args, now)
                await tx.change(before, change, now)
        except Refused:
            return None
        return change

    async def running(self, chat_id: int) -> Running:
        """A chat as it stands."""
        async with self.store.read() as tx:
            return await tx.running(chat_id)

    async def add_place(self, name: str) -> Place:
        """One more room of the community."""
        native_id, community_id = name, 1
        if self.discord is not None:
            native_id, community_id = self.discord.open_channel(name), self.place.community_id
        if self.matrix is not None:
            native_id, community_id = await self.matrix.open_room(name), self.place.community_id
        async with self.store.begin() as tx:
            return await tx.add_place(community_id, self.rooms, native_id, name)

    async def add_series(self, title: str = "#edchat", *places: Place, **fields: Any) -> Series:
        """A series without dates, at home in these rooms (the first one unless told otherwise)."""
        async with self.store.begin() as tx:
            home, *others = places or (self.place,)
            started = Series(0, home.community_id, title, **fields)
            series = await tx.add_series(started, home.id, (), self.clock.now())
            for place in others:
                row = {"series_id": series.id, "place_id": place.id, "accepted_at": self.clock.now()}
                await tx.connection.execute(series_place.insert(), row)
            return series

    async def add_chat(
        self,
        series: Series,
        starts_at: datetime,
        questions: Sequence[str] = QUESTIONS,
        topic: str = "Homework",
    ) -> int:
        """A planned chat; gives its id."""
        ends_at, now = starts_at + series.length, self.clock.now()
        async with self.store.begin() as tx:
            chat = await tx.add_chat(Chat(0, series.id, "Europe/London", starts_at, ends_at))
            before = await tx.running(chat.id)
            await tx.change(before, drafting.plan(before, topic, questions, now), now)
        return chat.id

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database holds, seen from outside the bot."""
        return rows(self.folder / "edchat.sqlite", query, *values)

    def write(self, change: str, *values: object) -> None:
        """Change the database from outside the bot."""
        with sqlite3.connect(self.folder / "edchat.sqlite", timeout=30) as connection:
            connection.execute(change, values)
        connection.close()


@asynccontextmanager
async def housed(folder: Path, **options: Any) -> AsyncIterator[House]:
    """A running bot on a new folder; it is stopped at the end, and must not have ended by itself."""
    house = House(folder, **options)
    prepare(folder, house.rooms)
    async with house.on_its_network(), up(house):
        yield house


@asynccontextmanager
async def up(house: House) -> AsyncIterator[None]:
    """Let a bot run while this goes on; it must not have ended by itself."""
    await house.get_up()
    await house.settled(0.2)
    try:
        yield
        if fault := await house.fell():
            raise fault
    finally:
        await house.fall()


def swift_folder() -> Path:
    """A new folder of this run, in memory where the machine has one: a history is not about its disk."""
    return Path(mkdtemp(prefix="house-", dir=one_run.folder()))


def prepare(folder: Path, rooms: str = "terminal") -> None:
    """Make a folder the home of a bot that ran once and was stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    template = once(f"founded-{rooms}", lambda home: _template(home, rooms))
    shutil.copy(template / "edchat.sqlite", folder / "edchat.sqlite")


def settings(folder: Path, rooms: str = "terminal") -> Settings:
    """Settings of a bot in this folder, and nothing of this machine's."""
    file = folder / ".env"
    at_first = "browser" if rooms in ("discord", "matrix") else rooms
    file.write_text(f"EDCHAT_DATA_DIR={folder}\nEDCHAT_ROOMS={at_first}\n", encoding="utf-8")
    return load(file)


def _template(folder: Path, rooms: str) -> None:
    """Make a migrated, founded database, once for all: migrating takes longer than most tests."""
    migrate(database_url("", folder), datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
    with ThreadPoolExecutor(1) as aside:  # a test's own loop may be running here
        aside.submit(asyncio.run, _founded(folder, rooms)).result()


async def _founded(folder: Path, rooms: str) -> None:
    async with Store(database_url("", folder), readers=0) as store:
        await found(store, settings(folder, rooms), SystemClock())
        async with store.begin() as tx:  # whatever the clock said: its first words are due in every evening
            await tx.connection.execute(update(outbox).values(due_at=LONG_AGO))
