"""An evening's chat in a room of the browser, with its list of erasures, and every byte kept of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.commands import Cog
from bot.core.hearing import Author
from bot.core.model import Person, Place, Role, Series
from bot.erasures import FILE, ErasureList
from bot.markup import render
from bot.storage.store import Store
from tests.support.evening import Evening, evening


@dataclass(slots=True)
class Parlour:
    """The evening, and the folder in which all of it is kept."""

    evening: Evening
    folder: Path
    cursor: int = 0

    @property
    def store(self) -> Store:
        """The database."""
        return self.evening.store

    @property
    def place(self) -> Place:
        """The room in which the chat is held."""
        return self.evening.place

    @property
    def listed(self) -> ErasureList:
        """What was erased."""
        return ErasureList(self.folder / FILE)

    async def joins(self, name: str) -> Person:
        """Somebody comes in."""
        async with self.store.begin() as tx:
            person = await tx.person("browser", Author(native_id(name), name), self.place.community_id)
            await tx.make_member(self.place.community_id, person.id, self.evening.clock.at)
        return person

    async def says(self, who: Person, words: str, power: Role = Role.ANYONE, **hangs: Any) -> int:
        """Somebody writes in the room, and the bot hears it; gives the message's id in the room."""
        async with self.store.begin() as tx:
            said = await tx.room_say(
                self.place, who, power, words, render(words), self.evening.clock.at, **hangs
            )
        await self.hears()
        return said

    async def hears(self) -> None:
        """The bot hears what happened in the room."""
        async with self.store.read() as tx:
            news = await tx.room_happenings(self.place, self.cursor, 500)
        self.cursor = news.last
        self.evening.heard = news.last
        await self.evening.hear(*news.heard, place=self.place)

    async def renders(self) -> None:
        """Everything heard is drawn for readers."""
        async with self.store.begin() as tx:
            await tx.connection.execute(
                text("UPDATE message SET body_html = text, render_version = 1, public_id = 'p' || id")
            )

    async def versions(self) -> tuple[int, int]:
        """The versions of the chat and of the community."""
        [row] = await self.evening.rows(
            "SELECT chat.version, community.version FROM chat, community WHERE chat.id = :id",
            id=self.evening.chat.id,
        )
        return tuple(row)

    def bytes(self) -> bytes:
        """Every byte of the database and what lies beside it."""
        return every_byte(self.folder)


@asynccontextmanager
async def parlour(folder: Path, *cogs: Cog, series: Series | None = None) -> AsyncIterator[Parlour]:
    """A chat with three questions in the browser, planned for the next evening."""
    async with evening(folder, *cogs, series=series) as opened:
        opened.store._erased = ErasureList(folder / FILE).add
        async with opened.store.begin() as tx:
            await tx.connection.execute(text("UPDATE place SET platform = 'browser', openness = 'public'"))
        opened.place = replace(opened.place, platform="browser")
        opened.hosts = replace(opened.hosts, platform="browser")
        yield Parlour(opened, folder)


def every_byte(folder: Path) -> bytes:
    """What is in the files of a folder."""
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file())


def native_id(name: str) -> str:
    """What the network calls somebody; it tells nobody their name."""
    return f"n{name.encode().hex()}"
