"""Reminders on every network while the bot falls and gets up: who asked is told once, and in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot import failpoints
from bot.core import steering
from tests.simulation.telling import EIGHT, MINUTE, SIX, Evening, down, until
from tests.support.house import House, PowerCut
from tests.support.networks import FEW, IN_TURN

TEN_BEFORE = EIGHT - 10 * MINUTE


def reminders(house: House, who: str) -> list[str]:
    """What somebody was told for their own eyes of when a chat starts."""
    return [seen.text for seen in house.network.whispers(who) if " starts at " in seen.text]


async def asked(house: House, *people: str) -> int:
    """A chat at eight of which these people want to be reminded."""
    chat = await house.add_chat(await house.add_series(), EIGHT, SIX)
    for who in people:
        await house.person(who).types("!edchat chat remind")
        await house.settled()
        [said] = [seen.text for seen in house.network.whispers(who)]
        assert said.startswith("I will remind you ten minutes before Homework")
    return chat


@pytest.mark.parametrize("evening", FEW, indirect=True)
def test_who_asked_is_reminded_once_though_the_bot_is_down_when_it_is_due(evening: Evening) -> None:
    async def tell(house: House) -> None:
        await asked(house, "Ana", "Ben")
        await down(house, TEN_BEFORE - MINUTE, TEN_BEFORE + 3 * MINUTE)
        await until(EIGHT - MINUTE)
        assert [len(reminders(house, who)) for who in ("Ana", "Ben", "Cy")] == [1, 1, 0]
        await until(EIGHT + 10 * MINUTE)
        assert [len(reminders(house, who)) for who in ("Ana", "Ben", "Cy")] == [1, 1, 0]

    evening(tell)


@pytest.mark.parametrize("evening", IN_TURN, indirect=True)
@pytest.mark.parametrize(
    "name", ["step.before_commit", "step.committed", "outbox.claimed", "outbox.sent", "outbox.confirmed"]
)
def test_wherever_it_falls_who_asked_is_reminded_once(evening: Evening, name: str) -> None:
    async def tell(house: House) -> None:
        await asked(house, "Ana")
        await until(TEN_BEFORE - 5 * timedelta(seconds=1))
        failpoints.arm(_once(name, house))
        try:
            await until(TEN_BEFORE + MINUTE)
        finally:
            failpoints.arm(None)
        assert not house.up, "it did not fall"
        await house.fall()
        await house.get_up()
        await until(EIGHT + 10 * MINUTE)
        assert len(reminders(house, "Ana")) == 1
        assert house.asked() == ["Q1"]

    evening(tell)


@pytest.mark.parametrize("evening", FEW, indirect=True)
def test_who_asked_hears_of_another_time_and_of_a_chat_that_is_called_off(evening: Evening) -> None:
    async def tell(house: House) -> None:
        chat = await asked(house, "Ana")
        now = house.clock.now()
        await house.steer(chat, lambda state, at: steering.move(state, now + timedelta(minutes=30), at))
        await house.settled()
        await house.steer(chat, lambda state, at: steering.cancel(state, "A storm", at))
        await asyncio.sleep(3)
        told = [seen.text for seen in house.network.whispers("Ana")][1:]
        assert [text.split(" ")[1] for text in told] == ["moves", "on"]
        assert "is cancelled: A storm." in told[1]
        await until(EIGHT + MINUTE)
        assert not reminders(house, "Ana")

    evening(tell)


def _once(name: str, house: House) -> Callable[[str], None]:
    """Let the bot fall the first time that it passes a failpoint."""
    left = [name]

    def passed(here: str) -> None:
        if here in left:
            left.clear()
            house.stop()
            raise PowerCut

    return passed
