"""The machine's clock is set back in the middle of a chat: nothing is said twice, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.house import House, housed
from tests.support.inline_database import inline_database
from tests.support.virtual_loop import run_virtual, running_virtual_loop

EIGHT = datetime(2026, 11, 3, 20, tzinfo=UTC)
BEFORE = EIGHT - timedelta(minutes=30)
MINUTE = timedelta(minutes=1)

Told = Callable[[House], Awaitable[None]]
Tell = Callable[[Told], None]


@pytest.fixture
def told(tmp_path: Path) -> Tell:
    """Tell what happens in an evening of four questions."""

    async def tell_in(tell: Told) -> None:
        with inline_database():
            async with housed(tmp_path) as house:
                await house.add_chat(await house.add_series(), EIGHT)
                await tell(house)

    return lambda tell: run_virtual(tell_in(tell), BEFORE)


def set_clock(by: timedelta) -> None:
    """Set the machine's clock, as a time server does that found it wrong."""
    running_virtual_loop().step_wall_clock(by)


async def pass_time(length: timedelta) -> None:
    await asyncio.sleep(length.total_seconds())


async def until(at: datetime) -> None:
    await pass_time(at - running_virtual_loop().wall)


def said_twice(house: House) -> list[str]:
    return [text for text, count in Counter(house.posts()).items() if count > 1]


async def says(house: House, text: str) -> None:
    await house.person("Ana").say(text)
    await house.settled()


def stored(house: House) -> set[str]:
    return {text for (text,) in house.rows("SELECT text FROM message")}


@pytest.mark.parametrize(
    "back",
    [
        timedelta(seconds=2),
        *(pytest.param(back, marks=pytest.mark.slow) for back in (MINUTE, 10 * MINUTE)),
        timedelta(hours=3),
    ],
)
@pytest.mark.parametrize("asked", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_clock_set_back_says_nothing_twice_and_goes_on_where_it_was(
    back: timedelta, asked: int, told: Tell
) -> None:
    async def tell(house: House) -> None:
        await until(EIGHT + 3 * MINUTE)
        while len(house.asked()) < asked:
            await pass_time(MINUTE / 2)
        before = house.asked()
        await says(house, "A1: before the clock was set")
        set_clock(-back)
        in_the_hour = running_virtual_loop().wall >= EIGHT
        await says(house, "A1: after the clock was set")
        assert house.asked() == before
        await until(EIGHT + timedelta(hours=2))
        assert house.asked() == ["Q1", "Q2", "Q3", "Q4"]
        assert said_twice(house) == []
        assert "A1: before the clock was set" in stored(house)
        # What is said while the clock shows a time before the chat is no word of the chat.
        assert ("A1: after the clock was set" in stored(house)) is in_the_hour

    told(tell)


@pytest.mark.parametrize("when", [timedelta(milliseconds=400), timedelta(0), -timedelta(milliseconds=400)])
def test_a_clock_set_back_around_the_very_instant_of_a_question_asks_it_once(
    when: timedelta, told: Tell
) -> None:
    async def tell(house: House) -> None:
        [(due,)] = house.rows("SELECT min(due_at) FROM step WHERE kind = 'ask'")
        at = datetime.fromisoformat(due).replace(tzinfo=UTC)
        await until(at - when)
        set_clock(timedelta(seconds=-90))
        await until(at - timedelta(seconds=2))
        await until(EIGHT + timedelta(hours=2))
        assert house.asked() == ["Q1", "Q2", "Q3", "Q4"]
        assert said_twice(house) == []

    told(tell)


def test_a_clock_that_was_wrong_for_a_moment_holds_nothing_up(told: Tell) -> None:
    async def tell(house: House) -> None:
        [(due,)] = house.rows("SELECT min(due_at) FROM step WHERE kind = 'ask'")
        at = datetime.fromisoformat(due).replace(tzinfo=UTC)
        await until(at - timedelta(milliseconds=400))
        set_clock(timedelta(hours=-2))
        await pass_time(timedelta(seconds=1))
        set_clock(timedelta(hours=2))
        await pass_time(timedelta(seconds=40))
        assert house.asked() == ["Q1"]

    told(tell)
