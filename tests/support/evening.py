"""An evening's chat to talk in: real store, scheduler, inbox and commands, under a clock that is set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from bot.commands import Asker, Cog, Reply
from bot.core import steering
from bot.core.hearing import Author, Barred, Deleted, Edited, Heard, Reacted, Said
from bot.core.model import Chat, Person, Place, Question, Role, Series, StepKind
from bot.core.state import Change
from bot.inbox import Inbox
from bot.scheduler import Scheduler
from bot.storage.engine import database_url
from bot.storage.store import Store
from tests.support.empty import put_empty
from tests.support.inline_database import inline_at_home
from tests.support.noting_tree import NotingTree
from tests.support.set_clock import SetClock

START: Final = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
"""When the chat begins; the day before, everything is planned."""
QUESTIONS: Final = ("What do you read?", "What do they read?", "Where do you read?")
NO_CHAT: Final = Chat(0, 0, "", START, START)
"""What an evening has before its chat is planned."""
HEARD: Final = (Said, Edited, Deleted, Reacted, Barred)


@dataclass(slots=True)
class Evening:
    """One community with a channel and a hosts' room; `posts` are the bot's, texts by (place id, subject)."""

    store: Store
    clock: SetClock
    tree: NotingTree
    inbox: Inbox
    scheduler: Scheduler
    place: Place
    hosts: Place
    chat: Chat
    posts: dict[tuple[int, str], str] = field(default_factory=dict)
    heard: int = 0

    async def until(self, minutes: float) -> None:
        """Let time pass to so many minutes after the start; every step is taken when it is due."""
        end = START + timedelta(minutes=minutes)
        for _ in range(100):
            due = await self._next_due(end)
            if due is None:
                break
            self.clock.at = max(self.clock.at, due)
            await self.scheduler.take_due()
            await self._deliver()
        else:
            raise AssertionError("a step is due and is not taken")
        self.clock.at = end

    async def says(self, who: str, words: str, power: Role = Role.ANYONE, **hangs: Any) -> str:
        """Somebody says something in the channel; gives its native id."""
        self.heard += 1
        native_id = f"m.{self.heard}"
        await self.hear(Said(native_id, Author(who, who.title(), power), words, self.clock.at, **hangs))
        return native_id

    def native(self, who: str) -> str:
        """The native id of somebody."""
        return who

    def press(self, name: str) -> str:
        """The native id of an asking to which a test gave this one."""
        return name

    async def post(self, subject: str) -> str:
        """The native id of what the bot posted in the channel."""
        query = "SELECT platform_message_id AS id FROM outbox WHERE place_id = :place AND subject = :subject"
        [*_, last] = await self.rows(f"{query} ORDER BY id", place=self.place.id, subject=subject)
        return str(last.id)

    async def hear(self, *heard: Heard, place: Place | None = None) -> None:
        """Bring happenings to the inbox, and let it sweep."""
        bringing = asyncio.create_task(self.inbox.hear(place or self.place, heard, str(self.heard)))
        await asyncio.sleep(0)
        await self.inbox.sweep()
        await bringing

    async def reacts(
        self, who: str, on: str, digit: int, power: Role = Role.ANYONE, removed: bool = False
    ) -> None:
        """Somebody puts a digit on a message, or takes it off."""
        await self.hear(Reacted(on, Author(who, who.title(), power), digit, self.clock.at, removed))

    async def asks(
        self,
        who: str,
        line: str,
        power: Role = Role.ANYONE,
        place: Place | None = None,
        id_: str | None = None,
    ) -> Reply:
        """Somebody types a command; every offer of the reply is made sure to work."""
        here = place or self.place
        person = await self._known(who, power, here)
        reply = await self.tree.answer(Asker(person, here, power, id_), line)
        for offer in reply.offers:
            self.tree.check(offer)
        return reply

    async def filed(self, native_id: str) -> list[tuple[int, str]]:
        """Under which questions a message is filed, and how."""
        return [
            (row.position, row.how)
            for row in await self.rows(
                "SELECT q.position, f.how FROM filing f JOIN question q ON q.id = f.question_id"
                " JOIN message m ON m.id = f.message_id WHERE m.platform_message_id = :id ORDER BY 1",
                id=native_id,
            )
        ]

    async def message(self, native_id: str) -> Any:
        """A stored message's row; None when it was not stored."""
        found = await self.rows("SELECT * FROM message WHERE platform_message_id = :id", id=native_id)
        return found[0] if found else None

    async def rows(self, query: str, **values: object) -> Sequence[Any]:
        """Look behind the store's door."""
        async with self.store.read() as tx:
            return (await tx.connection.execute(text(query), values)).all()

    async def _known(self, who: str, power: Role, place: Place) -> Person:
        async with self.store.begin() as tx:
            return await tx.person(place.platform, Author(who, who.title()), place.community_id)

    async def _next_due(self, end: datetime) -> datetime | None:
        async with self.store.read() as tx:
            if await tx.due_chats(self.clock.at):
                return self.clock.at
            due = await tx.next_due(self.clock.at)
        return due if due and due <= end else None

    async def _deliver(self) -> None:
        """What a network does with the outbox."""
        async with self.store.begin() as tx:
            for place_id in await tx.places_with_waiting():
                while row := await tx.waiting_in(place_id):
                    await tx.claim(row, self.clock.at)
                    await tx.confirm(row, f"{row.subject}@{row.chat_id}.{place_id}", self.clock.at)
                    self.posts[place_id, row.subject] = row.text


@dataclass(frozen=True, slots=True)
class Opened:
    """What an evening is made of, whatever network it is on."""

    store: Store
    clock: SetClock
    tree: NotingTree
    inbox: Inbox
    scheduler: Scheduler


@asynccontextmanager
async def evening(
    folder: Path, *cogs: Cog, series: Series | None = None, rooms: str = "terminal"
) -> AsyncIterator[Evening]:
    """A chat with three questions, planned for the next evening; `rooms` is the network it is on."""
    clock, url = SetClock(START - timedelta(days=1)), database_url("", folder)
    put_empty(url)
    with inline_at_home(rooms):
        async with Store(url) as store:
            tree = NotingTree(store, clock, *cogs)
            inbox = Inbox(store, clock, {kind: tree.hearers(kind) for kind in HEARD})
            scheduler = Scheduler(store, clock, {kind: tree.steppers(kind) for kind in StepKind})
            async with _begun(rooms, Opened(store, clock, tree, inbox, scheduler)) as house:
                first = series or Series(0, house.place.community_id, "Thursday Chat", "#edchat")
                house.chat = await add_chat(house, first, START)
                yield house


@asynccontextmanager
async def _begun(rooms: str, opened: Opened) -> AsyncIterator[Evening]:
    """An evening in an empty community on this network."""
    from tests.support.browser_evening import BrowserEvening
    from tests.support.discord_rooms import evening_on_discord
    from tests.support.matrix_rooms import evening_on_matrix

    away = {"discord": evening_on_discord, "matrix": evening_on_matrix}
    if rooms in away:
        async with away[rooms](opened) as begun:
            yield begun
        return
    async with opened.store.begin() as tx:
        community = await tx.add_community("Edhouse", "Europe/London")
        place = await tx.add_place(community.id, rooms, "1", "edchat")
        hosts = await tx.add_place(community.id, rooms, "2", "edchat-hosts")
        await tx.make_hosts_room(hosts.id)
    begin = BrowserEvening if rooms == "browser" else Evening
    parts = (opened.store, opened.clock, opened.tree, opened.inbox, opened.scheduler)
    yield begin(*parts, place, hosts, NO_CHAT)


async def add_chat(
    house: Evening, series: Series, at: datetime, texts: Sequence[str] = QUESTIONS, rehearsal: bool = False
) -> Chat:
    """Plan one more chat of a series, which is stored if it is new."""
    async with house.store.begin() as tx:
        now = house.clock.at
        kept = series if series.id else await tx.add_series(series, house.place.id, (), now)
        wanted = Chat(0, kept.id, "Europe/London", at, at + kept.length, rehearsal=rehearsal)
        before = await tx.running((await tx.add_chat(wanted)).id)
        asked = tuple(Question(0, number, words) for number, words in enumerate(texts, 1))
        after = steering.replan(replace(before, questions=asked), now)
        return (await tx.change(before, Change(after), now)).chat
