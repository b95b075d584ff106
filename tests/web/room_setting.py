"""A room with a chat under way, and the people in it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

from sqlalchemy import text as sql

from bot.core import drafting
from bot.core.model import Chat, Series, Visibility
from tests.support.web_house import Browser, Got, WebHouse, web_house

QUESTIONS = ("What worked?", "What did not?", "What will you try?")


@dataclass(slots=True)
class Room:
    """A running bot, its room in the browser, and the chat in it."""

    house: WebHouse
    chat_id: int
    at: str
    host: Browser

    async def says(self, who: Browser, text: str, thread: int | None = None, **more: str) -> Got:
        """Somebody sends the form at the bottom of a sheet."""
        fields = {"text": text, "thread": str(thread or "room"), **more}
        return await who.post(f"{self.at}say", fields, follow=False)

    async def presses(self, who: Browser, line: str) -> Got:
        """Somebody presses a button with a command."""
        return await who.post(f"{self.at}do", {"line": line})

    async def acts(self, who: Browser, message: int, act: str, **more: str) -> Got:
        """Somebody does something with one message."""
        return await who.post(f"{self.at}m/{message}/", {"act": act, **more}, follow=False)

    async def root(self, position: int) -> int:
        """The message that asked a question."""
        query = (
            "select coalesce(max(platform_message_id), '') <> '' from outbox join question on "
            "question.id = question_id where place_id = :place and position = :position"
        )
        await self.until(query, 1, place=self.house.place.id, position=position)
        async with self.house.store.read() as tx:
            state = await tx.running(self.chat_id)
            roots = await tx.room_questions(self.chat_id, self.house.place.id)
        return next(roots[q.id] for q in state.questions if q.position == position)

    async def rows(self, query: str, **values: Any) -> list[Any]:
        """What the database holds."""
        async with self.house.store.read() as tx:
            return list((await tx.connection.execute(sql(query), values)).all())

    async def until(self, query: str, wanted: object, **values: Any) -> None:
        """Wait until the first column of the first row is this."""
        for _ in range(1000):  # a slow machine is no wrong answer
            if (found := await self.rows(query, **values)) and found[0][0] == wanted:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{query} never was {wanted}")


def said(got: Got) -> int:
    """The id of the message that an answer leads to."""
    found = re.search(r"#m(\d+)", got.headers["Location"])
    assert found is not None
    return int(found[1])


def words(page: str) -> str:
    """What a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


@asynccontextmanager
async def open_room(folder: Path, *, asked: int = 1, **series: Any) -> AsyncIterator[Room]:
    """A room in which this many questions were asked."""
    async with web_house(folder, running=True) as house:
        now = house.site.clock.now()
        async with house.store.begin() as tx:
            made = Series(0, house.community.id, "#edchat", visibility=Visibility.PUBLIC, **series)
            weekly = await tx.add_series(made, house.place.id, (), now)
            starts = now + timedelta(minutes=5)
            chat = await tx.add_chat(Chat(0, weekly.id, "Europe/London", starts, starts + timedelta(hours=1)))
            state = await tx.running(chat.id)
            await tx.change(state, drafting.plan(state, "Homework", QUESTIONS, now), now)
        room = Room(house, chat.id, f"/room/{house.place.native_id}/", await house.host("Mo"))
        if asked:
            await room.presses(room.host, f"chat start chat={chat.id}")
        for number in range(asked):
            async with house.store.begin() as tx:  # nobody waits five seconds between two presses
                await tx.save(*_unsteered(await tx.running(chat.id)), now)
            await room.presses(room.host, f"chat next chat={chat.id} after={number}")
            await room.root(number + 1)
        yield room


def _unsteered(state: Any) -> tuple[Any, Any]:
    return state, state.with_chat(steered_by="", steered_at=None)
