"""Evenings on which the bot is away or the clock jumps, each told from beginning to end."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.simulation.telling import (
    EIGHT,
    MINUTE,
    NOON,
    SIX,
    Evening,
    asked_at,
    down,
    state_of,
    until,
)
from tests.support.house import House, housed
from tests.support.networks import FEW
from tests.support.virtual_loop import run_virtual, running_virtual_loop


@pytest.mark.parametrize("evening", FEW, indirect=True)
def test_an_undisturbed_hour_asks_on_the_minute(evening: Evening) -> None:
    async def tell(house: House) -> None:
        chat = await house.add_chat(await house.add_series(), EIGHT, SIX)
        await until(EIGHT + timedelta(hours=2))
        at = asked_at(house)
        assert [at[f"Q{n}"] - EIGHT for n in range(1, 7)] == [timedelta(minutes=6 + 8 * n) for n in range(6)]
        assert state_of(house, chat) == "tail"

    evening(tell)


def test_b064_a_clock_set_two_hours_forward_asks_nothing_at_once(evening: Evening) -> None:
    async def tell(house: House) -> None:
        chat = await house.add_chat(await house.add_series(), EIGHT, SIX)
        await until(EIGHT + 10 * MINUTE)
        running_virtual_loop().step_wall_clock(timedelta(hours=2))
        await house.settled(120)
        assert house.asked() == ["Q1"]
        assert any("no time is left for Q2, Q3, Q4, Q5 and Q6" in text for text in house.posts(house.hosts))
        assert state_of(house, chat) == "tail"
        assert [text[:8] for text in house.posts()].count("That was") == 1

    evening(tell)


def test_b064_a_clock_set_twenty_minutes_forward_asks_one_and_spreads_the_rest(
    evening: Evening,
) -> None:
    async def tell(house: House) -> None:
        await house.add_chat(await house.add_series(), EIGHT, SIX)
        await until(EIGHT + 10 * MINUTE)
        running_virtual_loop().step_wall_clock(timedelta(minutes=20))
        await until(EIGHT + timedelta(hours=2))
        assert house.asked() == [f"Q{n}" for n in range(1, 7)]
        gaps = [b - a for a, b in pairwise(asked_at(house).values())]
        assert min(gaps) >= 4 * MINUTE

    evening(tell)


def test_b141_down_over_the_start_opens_late_with_a_note(evening: Evening) -> None:
    async def tell(house: House) -> None:
        await house.add_chat(await house.add_series(), EIGHT, SIX)
        await down(house, EIGHT - 2 * MINUTE, EIGHT + 4 * MINUTE)
        await until(EIGHT + timedelta(hours=2))
        assert any("4 minutes late" in text for text in house.posts())
        at = asked_at(house)
        assert list(at) == [f"Q{n}" for n in range(1, 7)]
        gaps = [b - a for a, b in pairwise(at.values())]
        assert 4 * MINUTE <= min(gaps) <= max(gaps) < 8 * MINUTE
        assert max(at.values()) < EIGHT + 54 * MINUTE

    evening(tell)


def test_b141_down_for_twenty_minutes_calls_the_chat_off(evening: Evening) -> None:
    async def tell(house: House) -> None:
        chat = await house.add_chat(await house.add_series(), EIGHT, SIX)
        await down(house, EIGHT - 2 * MINUTE, EIGHT + 18 * MINUTE)
        await until(EIGHT + timedelta(hours=2))
        assert state_of(house, chat) == "cancelled"
        assert house.asked() == []
        for place in (house.place, house.hosts):
            assert sum("is called off" in text for text in house.posts(place)) == 1

    evening(tell)


@pytest.mark.parametrize("evening", FEW, indirect=True)
def test_b142_down_across_two_questions_asks_the_next_once_and_shrinks_the_rest(
    evening: Evening,
) -> None:
    async def tell(house: House) -> None:
        await house.add_chat(await house.add_series(), EIGHT, SIX)
        await down(house, EIGHT + 10 * MINUTE, EIGHT + 25 * MINUTE)
        await until(EIGHT + timedelta(hours=2))
        at = asked_at(house)
        assert list(at) == [f"Q{n}" for n in range(1, 7)]
        assert timedelta() <= at["Q2"] - (EIGHT + 25 * MINUTE) < timedelta(seconds=5)
        assert min(b - a for a, b in pairwise(at.values())) >= 4 * MINUTE

    evening(tell)


def test_b142_what_does_not_fit_is_dropped_and_told(evening: Evening) -> None:
    async def tell(house: House) -> None:
        await house.add_chat(await house.add_series(), EIGHT, SIX)
        await down(house, EIGHT + 10 * MINUTE, EIGHT + 45 * MINUTE)
        await until(EIGHT + timedelta(hours=2))
        assert house.asked() == ["Q1", "Q2", "Q3"]
        assert any("no time is left for Q4, Q5 and Q6" in text for text in house.posts(house.hosts))

    evening(tell)


def test_b052_a_zone_that_vanished_is_told_and_nothing_is_lost(folder: Path) -> None:
    async def tell() -> None:
        async with housed(folder) as house:
            await house.add_series("#marschat")
            slot = (
                "INSERT INTO slot (series_id, zone, dtstart_local, rrule, exdates) VALUES (1, ?, ?, ?, '[]')"
            )
            house.write(slot, "Mars/Olympus", "2026-11-03 20:00:00.000000", "FREQ=WEEKLY")
            await house.fall()
            await house.get_up()
            await house.settled(60)
            assert [text for text in house.posts(house.hosts) if "Mars/Olympus" in text]
            assert house.rows("SELECT title, deleted_at FROM series") == [("#marschat", None)]
            assert house.up

    run_virtual(tell(), NOON)
