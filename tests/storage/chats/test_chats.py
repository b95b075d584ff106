"""Chats are found by what is asked of them, without reading every chat that a room has held."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.evening import START, Evening, add_chat, evening


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Evening]:
    async with evening(tmp_path) as opened:
        await opened.until(1)
        yield opened


async def test_what_is_ahead_near_or_on_a_day_is_read_and_nothing_older(room: Evening) -> None:
    async with room.store.read() as tx:
        series = await tx.series(room.chat.series_id)
    old = [await add_chat(room, series, START - timedelta(days=7 * week), texts=()) for week in (1, 2, 3)]
    async with room.store.begin() as tx:
        ids = ",".join(str(chat.id) for chat in old)
        await tx.connection.exec_driver_sql(f"UPDATE chat SET state = 'sealed' WHERE id IN ({ids})")
    async with room.store.read() as tx:
        place = room.place.id
        assert [chat.id for chat in await tx.coming_in(place)] == [room.chat.id]
        near = [chat.id for chat in await tx.chats_near(place, room.clock.at, 2)]
        assert near == [old[0].id, room.chat.id]
        there = await tx.chats_between(place, START - timedelta(days=15), START - timedelta(days=13))
        assert [chat.id for chat in there] == [old[1].id]
        assert (await tx.held_here(place, old[2].id), await tx.held_here(room.hosts.id, old[2].id)) == (
            True,
            False,
        )
