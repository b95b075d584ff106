"""A room in which commands are typed and replies read, over a real database file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.commands import Asker, Cog, CommandTree, Reply, Settle
from bot.core.hearing import Author
from bot.core.model import Chat, ChatState, Place, Question, Role, Series
from bot.storage.engine import database_url
from bot.storage.store import Store, Tx
from tests.support.empty import put_empty
from tests.support.inline_database import inline_database

NOW: Final = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
"""Saturday noon, when all is typed."""


@dataclass(frozen=True, slots=True)
class StoppedClock:
    """A clock that shows noon."""

    rate: float = 1.0

    def now(self) -> datetime:
        """Give noon."""
        return NOW

    def real(self) -> datetime:
        """Give noon."""
        return NOW

    def to_real(self, due: datetime) -> datetime:
        """Give the same instant."""
        return due


@dataclass(slots=True)
class Room:
    """One community with two rooms; ids of what was stored are found under its name."""

    store: Store
    tree: CommandTree
    place: Place
    hosts: Place
    ids: dict[str, int] = field(default_factory=dict)

    async def say(
        self,
        text: str,
        power: Role = Role.HOST,
        who: str = "ana",
        settle: Settle | None = None,
        id_: str | None = None,
    ) -> Reply:
        """Type a command as somebody and read the reply."""
        return await self.tree.answer(await self.asker(power, who, id_), text, settle)

    async def press(
        self, path: str, given: Mapping[str, str], lines: Sequence[str] = (), power: Role = Role.HOST
    ) -> Reply:
        """Give a command's parameters apart, as a form does."""
        return await self.tree.run(await self.asker(power), path, given, lines)

    async def asker(self, power: Role = Role.HOST, who: str = "ana", id_: str | None = None) -> Asker:
        """Somebody who stands in the room."""
        async with self.store.begin() as tx:
            person = await tx.person("terminal", Author(who, who.title()), self.place.community_id)
        return Asker(person, self.place, power, id_)

    async def plan(self, name: str, series: str, days: int, questions: int = 0, asked: int = 0) -> Chat:
        """Store a chat, so many days from now at eight in London; with questions asked it is in its hour."""
        at = NOW.replace(hour=20) + timedelta(days=days)
        chat = Chat(0, self.ids[series], "Europe/London", at, at + timedelta(hours=1), asked=asked)
        state = ChatState.OPEN if asked else ChatState.PLANNED
        async with self.store.begin() as tx:
            stored = await tx.add_chat(replace(chat, state=state))
            await ask(tx, stored, questions)
        self.ids[name] = stored.id
        return stored

    async def add_series(self, name: str, title: str, hashtag: str, place: Place | None = None) -> None:
        """Store a weekly chat without dates."""
        here = place or self.place
        async with self.store.begin() as tx:
            stored = await tx.add_series(Series(0, here.community_id, title, hashtag), here.id, (), NOW)
        self.ids[name] = stored.id


async def ask(tx: Tx, chat: Chat, questions: int) -> None:
    """Give a chat so many questions."""
    before = await tx.running(chat.id)
    asked = tuple(Question(0, number, f"Question {number}?") for number in range(1, questions + 1))
    await tx.save(before, replace(before, questions=asked), NOW)


@asynccontextmanager
async def room(folder: Path, *cogs: Cog) -> AsyncIterator[Room]:
    """Open an empty room."""
    url = database_url("", folder)
    put_empty(url)
    with inline_database():
        async with Store(url) as store:
            async with store.begin() as tx:
                community = await tx.add_community("Edhouse", "Europe/London")
                place = await tx.add_place(community.id, "terminal", "1", "edchat")
                hosts = await tx.add_place(community.id, "terminal", "2", "edchat-hosts")
            yield Room(store, CommandTree(store, StoppedClock(), *cogs), place, hosts)
