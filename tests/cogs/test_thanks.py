"""Thanks at the wrap-up, by talking: by the names that readers see, and nobody who wants none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.hearing import Deleted
from bot.core.model import Role
from bot.core.sentences.chat import MOST_THANKED
from cogs import every_cog
from tests.support.evening import Evening, evening


@pytest.fixture
async def room(tmp_path: Path, rooms: str) -> AsyncIterator[Evening]:
    async with evening(tmp_path, *every_cog(), rooms=rooms) as opened:
        await opened.until(7)
        yield opened


async def thanks(room: Evening) -> list[str]:
    """The line of the wrap-up that thanks for answers."""
    await room.until(58)
    lines = room.posts[room.place.id, "wrap"].splitlines()
    return [line for line in lines if line.startswith("Thank you for your answers")]


async def test_who_answered_is_thanked_once_in_the_order_of_first_answers(room: Evening) -> None:
    await room.says("cy", "A1: maps")
    await room.says("ana", "A1: novels")
    await room.says("cy", "A1: and atlases")
    await room.says("ben", "good evening")
    assert await thanks(room) == ["Thank you for your answers, Cy and Ana."]


async def test_readers_names_count_and_who_is_left_out_or_gave_none_is_not_named(room: Evening) -> None:
    await room.says("ana", "A1: novels")
    await room.asks("ana", "privacy name Reader 12")
    await room.says("ben", "A1: poems")
    await room.asks("ben", "privacy exclude")
    await room.says("dee", "A1: plays")
    await room.asks("dee", "privacy forget sure=yes")
    await room.says("eve", "A1: essays")
    async with room.store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE message SET anonymous = 1 WHERE text LIKE '%essays'")
    gone = await room.says("fay", "A1: letters")
    await room.hear(Deleted(gone, room.clock.at))
    assert await thanks(room) == ["Thank you for your answers, Reader 12."]


async def test_hosts_are_thanked_for_hosting_alone_and_without_answers_nobody_is(room: Evening) -> None:
    await room.says("mod", "A1: everything", power=Role.HOST)
    assert await thanks(room) == []


async def test_of_many_some_are_named_and_the_others_counted(room: Evening) -> None:
    for number in range(MOST_THANKED + 3):
        await room.says(f"p{number:02}", "A1: me")
    [line] = await thanks(room)
    assert line.endswith(f"P{MOST_THANKED - 1:02} and 3 others.")
