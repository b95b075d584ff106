"""A copy made while a thousand messages a second come in, put back: whole, and it forgets again."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import listed
from bot.core.hearing import Author, Said
from bot.core.model import Place
from bot.hosting import care
from bot.inbox import Inbox
from bot.settings import Settings
from tests.support.house import House, housed, settings
from tests.support.talking import everything

AT_ONCE = 50
EVERY = AT_ONCE / 1_000
"""Seconds between two bundles: a thousand messages a second."""
OLD = 5_000
"""Messages that are there before, so that a copy takes a while."""
FORGOTTEN = set(range(7, 1_000_000, 40))
"""The messages of the person who is forgotten after the copy."""


@dataclass
class Network:
    """A network on which people talk without end; what was acknowledged it never brings again."""

    inbox: Inbox
    place: Place
    brought: int = 0
    acknowledged: set[int] = field(default_factory=set)
    talking: bool = True

    async def talk(self) -> None:
        """Bring a bundle every so often, whether or not those before are stored."""
        async with asyncio.TaskGroup() as group:
            while self.talking:
                group.create_task(self.bring(AT_ONCE))
                await asyncio.sleep(EVERY)

    async def bring(self, count: int) -> None:
        """Bring some messages with the cursor after them."""
        numbers = range(self.brought + 1, self.brought + count + 1)
        self.brought += count
        await self.inbox.hear(self.place, [said(number) for number in numbers], str(numbers[-1]))
        self.acknowledged |= set(numbers)


def said(number: int) -> Said:
    return Said(
        id=f"n{number}",
        at=datetime.now(UTC),
        author=Author(f"p{number % 40}", f"Person {number % 40}"),
        text=f"A1: this is number {number}, and it goes on for a while as people do",
    )


async def open_chat(house: House) -> Network:
    """A chat that is on, in a place of its own network."""
    async with house.store.begin() as tx:
        place = await tx.add_place(1, "elsewhere", "there", "There")
    series = await house.add_series("#edchat", place)
    chat = await house.add_chat(series, house.clock.now() + timedelta(seconds=1))
    async with asyncio.timeout(20):
        while not (await house.running(chat)).chat.state.live:  # noqa: ASYNC110 - asks the database
            await asyncio.sleep(0.05)
    await asyncio.sleep(1)  # a chat is live a moment before it starts, and hears what is said from then on
    return Network(house.app.inbox, place)


async def forget(house: House, native_id: str) -> None:
    async with house.store.begin() as tx:
        person = await tx.met("elsewhere", native_id, 1)
        assert person is not None
        await tx.forget(person, 1, house.clock.now())


def whole(file: Path) -> tuple[dict[int, str], int]:
    """The messages of a database that is in order, and how far it says to have heard."""
    with closing(sqlite3.connect(file)) as there:
        assert there.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert there.execute("PRAGMA foreign_key_check").fetchall() == []
        found = there.execute("SELECT platform_message_id, text FROM message WHERE text <> ''").fetchall()
        ((cursor,),) = there.execute("SELECT position FROM cursor WHERE account = 'elsewhere'").fetchall()
    return {int(native_id[1:]): text for native_id, text in found}, int(cursor)


async def test_a_copy_made_while_people_talk_is_whole_and_forgets_again(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy.sqlite"
    ours = settings_of(data)
    async with housed(data, rooms="browser", readers=4) as house:
        house.store._erased = listed(ours).add
        network = await open_chat(house)
        for _ in range(OLD // 500):
            await network.bring(500)
        talking = asyncio.create_task(network.talk())
        await asyncio.sleep(0.5)
        before, brought = set(network.acknowledged), network.brought
        await house.store.backup(copy)
        await asyncio.sleep(0.3)
        network.talking = False
        await talking
        assert len(network.acknowledged) == network.brought > brought >= OLD + AT_ONCE
        await forget(house, "p7")
    await care.restore(ours, copy)
    restored, cursor = whole(data / "edchat.sqlite")
    assert before - FORGOTTEN <= restored.keys()
    assert restored.keys() == set(range(1, cursor + 1)) - FORGOTTEN
    assert all(text == said(number).text for number, text in restored.items())
    assert b"this is number 7," in copy.read_bytes()
    assert b"this is number 7," not in everything(data)


def settings_of(data: Path) -> Settings:
    data.mkdir()
    return settings(data, "browser")
