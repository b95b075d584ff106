"""A place that lags behind holds nobody back, and is spared what is over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.guests import Guests, with_guests


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Guests]:
    """A chat in its hour, held in two places; what was queued for the owners' place is sent."""
    async with with_guests(tmp_path) as opened:
        await opened.owner("chat plan Homework\nWhy?\nHow?\nWhat now?\nWho?")
        await opened.join()
        await opened.house.at((await opened.house.chats())[0].starts_at)
        await opened.deliver(opened.house.place, opened.room)
        yield opened


async def nobody(two: Guests) -> bool:
    async with two.house.store.read() as tx:
        return await tx.nobody_was_asked((await two.house.chats())[0].id)


async def states(two: Guests, subject: str) -> dict[int, str]:
    rows = await two.house.rows(
        "SELECT place_id, state FROM outbox WHERE subject = :subject ORDER BY id", subject=subject
    )
    return {row.place_id: row.state for row in rows}


async def test_a_question_that_waits_everywhere_was_seen_by_nobody(two: Guests) -> None:
    await two.owner("chat next")
    assert await nobody(two)
    await two.deliver(two.house.place)
    assert not await nobody(two)


async def test_what_a_muted_place_saw_before_does_not_count(two: Guests) -> None:
    await two.owner("chat next")
    await two.deliver(two.house.place, two.room)
    await two.guest("series mute")
    two.house.clock.at += timedelta(minutes=8)
    await two.owner("chat next")
    assert await nobody(two)


async def test_a_place_that_is_behind_gets_the_new_question_instead_of_the_old(two: Guests) -> None:
    await two.owner("chat next")
    await two.deliver(two.house.place)
    two.house.clock.at += timedelta(minutes=8)
    await two.owner("chat next")
    assert (await two.waiting(two.room))[-1] == "q2"
    assert await states(two, "q1") == {two.house.place.id: "sent", two.room.id: "withdrawn"}
    assert await states(two, "q1.thread") == {two.house.place.id: "sent", two.room.id: "withdrawn"}


async def test_a_place_that_is_a_moment_behind_gets_both(two: Guests) -> None:
    await two.owner("chat next")
    await two.deliver(two.house.place)
    two.house.clock.at += timedelta(seconds=20)
    await two.owner("chat next")
    assert "q1" in await two.waiting(two.room)
    assert "q2" in await two.waiting(two.room)


async def test_what_was_attempted_there_goes_no_more_unless_it_is_there_already(two: Guests) -> None:
    await two.owner("chat next")
    await two.deliver(two.house.place)
    async with two.house.store.begin() as tx:
        row = await tx.waiting_in(two.room.id)
        assert row is not None
        await tx.claim(row, two.house.clock.at)
    two.house.clock.at += timedelta(minutes=8)
    await two.owner("chat next")
    [row] = await two.house.rows(
        "SELECT state, not_after FROM outbox WHERE subject = 'q1' AND place_id = :p", p=two.room.id
    )
    assert row.state == "waiting"
    assert row.not_after.startswith(f"{two.house.clock.at:%Y-%m-%d %H:%M}")
