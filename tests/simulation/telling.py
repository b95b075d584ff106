"""How an evening is told: when what happens, and what the rooms and the database show of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core.model import Place
from tests.support.faulty import Faulty
from tests.support.house import House, housed
from tests.support.inline_database import inline_database
from tests.support.virtual_loop import run_virtual, running_virtual_loop

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
SEVEN = NOON.replace(hour=19)
EIGHT = NOON.replace(hour=20)
SIX = [f"Question {number}?" for number in range(1, 7)]
MINUTE = timedelta(minutes=1)

Told = Callable[[House], Awaitable[None]]
Evening = Callable[[Told], None]
"""Tells an evening in a running house, from seven on."""


def told_on(rooms: str, folder: Path) -> Evening:
    """Tell evenings in a house whose rooms are on this network."""

    async def told(tell: Told) -> None:
        with inline_database():
            async with housed(folder, wrap=Faulty, rooms=rooms) as house:
                await tell(house)

    return lambda tell: run_virtual(told(tell), SEVEN)


async def until(moment: datetime) -> None:
    """Wait until the wall clock shows a moment."""
    await asyncio.sleep((moment - running_virtual_loop().wall).total_seconds())


async def down(house: House, begin: datetime, end: datetime) -> None:
    """Leave the bot down between two moments."""
    await until(begin)
    await house.fall()
    await until(end)
    await house.get_up()


def asked_at(house: House, place: Place | None = None) -> dict[str, datetime]:
    """When each question was posted in a room."""
    heads = [(text.partition(":")[0], at) for text, at in house.posted(place)]
    return {head: at for head, at in heads if head in house.asked(place)}


def state_of(house: House, chat_id: int) -> str:
    """The state in which the database has a chat."""
    return str(house.rows("SELECT state FROM chat WHERE id = ?", chat_id)[0][0])


def network(house: House) -> Faulty:
    """The network, on which bad days can be ordered."""
    platform = house.app.platforms[house.rooms]
    assert isinstance(platform, Faulty)
    return platform
