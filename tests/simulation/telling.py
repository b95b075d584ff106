"""How an evening is told: when what happens, and what the rooms and the database show of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from bot.core.model import Place
from tests.support.faulty import Faulty
from tests.support.house import House
from tests.support.virtual_loop import running_virtual_loop

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
EIGHT = NOON.replace(hour=20)
SIX = [f"Question {number}?" for number in range(1, 7)]
MINUTE = timedelta(minutes=1)

Told = Callable[[House], Awaitable[None]]
Evening = Callable[[Told], None]
"""Tells an evening in a running house, from noon on."""


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
