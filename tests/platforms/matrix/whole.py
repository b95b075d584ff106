"""A bot that runs whole on a homeserver, and somebody who talks with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.app import opened
from bot.clock import Clock, SystemClock
from bot.settings import Settings
from bot.storage.store import Store
from tests.platforms.matrix.speaking import until
from tests.platforms.matrix.test_checking import of_bot
from tests.support.house import prepare
from tests.support.synapse.people import People, Person


def given(folder: Path, bot: Person, **more: str) -> Settings:
    """Give the settings of a bot with this account, in a data folder that is ready."""
    prepare(folder / "data", "browser")
    return of_bot(folder, bot, **more)


@dataclass(frozen=True, slots=True)
class Whole:
    """A bot that runs whole, and Dana in a room with it."""

    bot: Person
    dana: Person
    room: str
    store: Store = field(repr=False)

    async def said(self, room: str = "", by: Person | None = None) -> list[dict[str, Any]]:
        """Give what the bot said, as somebody sees it who is there."""
        events = await (by or self.dana).events(room or self.room, "m.room.message")
        return [one for one in events if one["sender"] == self.bot.user and "body" in one["content"]]

    async def says(self, words: str, room: str = "", by: Person | None = None) -> dict[str, Any]:
        """Wait until the bot says something with these words in it, and give that."""

        async def found() -> Iterable[dict[str, Any]]:
            return [one for one in await self.said(room, by) if words in one["content"]["body"]]

        return list(await until(found, 20))[-1]

    async def answers(self, to: str, room: str = "") -> list[dict[str, Any]]:
        """Give the bot's replies to a message."""
        said = await self.said(room)
        hooks = [(one, one["content"].get("m.relates_to") or {}) for one in said]
        return [one for one, hook in hooks if (hook.get("m.in_reply_to") or {}).get("event_id") == to]

    async def answer(self, to: str, room: str = "") -> tuple[str, str]:
        """Give the bot's first reply to a message, once it is there."""
        found = await until(lambda: self.answers(to, room), 20)
        return found[0]["event_id"], found[0]["content"]["body"]

    async def types(self, line: str, room: str = "") -> tuple[str, str]:
        """Let Dana type a command; give the reply."""
        return await self.answer(await self.dana.says(room or self.room, f"!edchat {line}"), room)

    async def let_in(self, who: Person | None = None) -> str:
        """Let somebody accept the bot's next invitation, and give the room."""
        one = who or self.dana

        async def invited() -> Any:
            told = await one.ask("GET", "v3/sync", timeout=0)
            return (told.get("rooms") or {}).get("invite")

        return await one.joins(next(iter(await until(invited, 20))))


@asynccontextmanager
async def whole(
    folder: Path, bot: Person, people: People, clock: Clock | None = None
) -> AsyncIterator[Whole]:
    """Let the bot run, and have Dana invite it into a room."""
    dana = await people("Dana")
    room = await dana.makes_room("Lakeside", invited=(bot.user,))
    async with opened(given(folder, bot), clock or SystemClock()) as app:
        made = Whole(bot, dana, room, app.store)
        running = asyncio.create_task(app.run())
        try:
            await until(made.said, 20)
            yield made
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
