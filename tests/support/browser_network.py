"""The browser rooms as people see them: they act as a POST does, and see what stands in the database."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.core.hearing import Author
from bot.core.model import Offer, Person, Place, Role
from bot.markup import render
from bot.platforms.local import Local
from bot.storage.store import Store, Tx
from tests.support.networks import Seen, until_so

_EDCHAT = Place(1, 1, "browser", "edchat", "edchat")
_HOSTS = Place(2, 1, "browser", "hosts", "hosts")
_ALL = "deleted_at IS NULL AND held_at IS NULL AND only_for IS NULL"


@dataclass(frozen=True, slots=True)
class BrowserPerson:
    """Somebody who has a room open in a browser; a host is one in the books of the community."""

    net: BrowserNetwork
    place: Place
    author: Author
    thread: str | None = None

    async def say(self, text: str) -> str:
        """Write a message and give its id."""
        return await self._say(text)

    async def types(self, line: str) -> str:
        """Type a command: here it is a message like any other."""
        return await self._say(line)

    async def reply(self, message: str, text: str) -> str:
        """Reply to a message and give the reply's id."""
        return await self._say(text, reply_to=int(message))

    async def answer(self, question: str, text: str, *, anonymous: bool = False) -> str:
        """Give an answer by the form of a question's post."""
        return await self._say(text, thread=int(question), by_form=True, anonymous=anonymous)

    async def edit(self, message: str, text: str) -> None:
        """Change an own message."""
        async with self._at_the_desk() as (tx, person):
            await tx.room_edit(int(message), person, text, render(text), self.net.clock.now())

    async def delete(self, message: str) -> None:
        """Take an own message back."""
        async with self._at_the_desk() as (tx, person):
            await tx.room_delete(int(message), person, self.net.clock.now())

    async def react(self, message: str, number: int) -> None:
        """Put a digit on a message."""
        async with self._at_the_desk() as (tx, person):
            await tx.room_react(int(message), person, number, self.net.clock.now())

    async def unreact(self, message: str, number: int) -> None:
        """Take a digit off again."""
        async with self._at_the_desk() as (tx, person):
            await tx.room_react(int(message), person, number, self.net.clock.now(), removed=True)

    def in_thread(self, name: str) -> BrowserPerson:
        """Give the same person in the newest thread whose name begins so."""
        return replace(self, thread=name)

    async def _say(self, text: str, *, thread: int | None = None, **what: Any) -> str:
        thread = thread or self._thread()
        async with self._at_the_desk() as (tx, person):
            said = (self.place, person, self.author.power, text, render(text), self.net.clock.now())
            return str(await tx.room_say(*said, thread=thread, **what))

    @asynccontextmanager
    async def _at_the_desk(self) -> AsyncIterator[tuple[Tx, Person]]:
        async with self.net.store.begin() as tx:
            person = await tx.person(self.place.platform, self.author, self.place.community_id)
            if self.author.power >= Role.HOST:
                await tx.make_community_host(self.place.community_id, person.id)
            yield tx, person

    def _thread(self) -> int | None:
        if self.thread is None:
            return None
        head = re.compile(rf"\W*{re.escape(self.thread)}\b", re.IGNORECASE)
        threads = self.net.threads(self.place)
        found = [int(hook) for hook, name in threads.items() if head.match(name)]
        assert found, f"there is no thread {self.thread}"
        return found[-1]


@dataclass(slots=True)
class BrowserNetwork:
    """Two rooms in the database of a folder, which was prepared for them."""

    folder: Path
    clock: Clock
    store: Store
    look: float | None = None
    name: str = "browser"
    place: Place = _EDCHAT
    other: Place = _HOSTS

    def platform(self) -> Local:
        """Start the bot's side anew."""
        return Local(self.store, self.clock, self.look)

    def person(self, name: str, place: Place | None = None) -> BrowserPerson:
        """Give somebody without power."""
        return BrowserPerson(self, place or self.place, Author(name.casefold(), name))

    def host(self, name: str, place: Place | None = None) -> BrowserPerson:
        """Give a host."""
        return BrowserPerson(self, place or self.place, Author(name.casefold(), name, Role.HOST))

    def posts(self, place: Place | None = None) -> tuple[Seen, ...]:
        """Give what the bot has posted for all."""
        return self._seen(f"{_ALL} AND person_id IS NULL", place)

    def messages(self, place: Place | None = None) -> tuple[Seen, ...]:
        """Give all that stands in a place for all to see."""
        return self._seen(_ALL, place)

    def whispers(self, name: str, place: Place | None = None) -> tuple[Seen, ...]:
        """Give what only this person sees."""
        return self._seen("deleted_at IS NULL AND only_for = ?", place, name.casefold())

    def threads(self, place: Place | None = None) -> dict[str, str]:
        """Give the names of the threads by the messages they hang on."""
        query = "SELECT id, thread_name FROM room_message WHERE place_id = ? AND thread_name IS NOT NULL"
        return {str(row["id"]): row["thread_name"] for row in self.rows(query, place)}

    def pinned(self, place: Place | None = None) -> str | None:
        """Give the pinned message."""
        pinned: str | None = self.rows("SELECT pinned FROM place WHERE id = ?", place)[0]["pinned"]
        return pinned

    def topic(self, place: Place | None = None) -> str:
        """Give a place's topic."""
        return str(self.rows("SELECT topic FROM place WHERE id = ?", place)[0]["topic"])

    async def until(self, predicate: Callable[[], bool], within: float = 10.0) -> None:
        """Wait until something is so."""
        await until_so(self, predicate, within)

    def posted(self, place: Place | None = None) -> list[tuple[str, datetime]]:
        """Give what the bot has posted for all outside threads, with the instants of the posts."""
        query = f"SELECT text, said_at FROM room_message WHERE place_id = ? AND {_ALL} AND person_id IS NULL"
        rows = self.rows(f"{query} AND thread_id IS NULL ORDER BY id", place)
        return [(row["text"], datetime.fromisoformat(row["said_at"]).replace(tzinfo=UTC)) for row in rows]

    def _seen(self, where: str, place: Place | None, *values: object) -> tuple[Seen, ...]:
        query = f"SELECT * FROM room_message WHERE place_id = ? AND {where} ORDER BY id"
        return tuple(_seen(row) for row in self.rows(query, place, *values))

    def rows(self, query: str, place: Place | None = None, *values: object) -> list[sqlite3.Row]:
        """Look behind the store's door; the first value of the query is the room's id."""
        file = self.folder / "edchat.sqlite"
        with closing(sqlite3.connect(file, timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(query, ((place or self.place).id, *values)).fetchall()


def _seen(row: sqlite3.Row) -> Seen:
    offers = tuple(Offer(*one) for one in json.loads(row["offers"] or "[]"))
    thread, reply_to = (str(row[name]) if row[name] else None for name in ("thread_id", "reply_to_id"))
    receipts = (row["receipts"],) if row["receipts"] else ()
    return Seen(str(row["id"]), row["text"], offers, thread, reply_to, receipts)
