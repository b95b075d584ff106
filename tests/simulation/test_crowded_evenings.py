"""Evenings with slow networks, several places and two chats, each told from beginning to end."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from bot.clock import Clock
from bot.platform import Platform
from tests.simulation.telling import (
    EIGHT,
    MINUTE,
    SIX,
    Evening,
    asked_at,
    down,
    network,
    state_of,
    until,
)
from tests.support.faulty import Faults, Faulty
from tests.support.house import House


def test_one_place_held_up_for_five_minutes_delays_nobody_else(evening: Evening) -> None:
    async def tell(house: House) -> None:
        lounge = await house.add_place("lounge")
        await house.add_chat(await house.add_series("#edchat", house.place, lounge), EIGHT, SIX)
        await until(EIGHT + 13 * MINUTE)
        network(house).hold_up(lounge.native_id, EIGHT + 18 * MINUTE)
        await until(EIGHT + timedelta(hours=2))
        here, there = asked_at(house), asked_at(house, lounge)
        assert [here[f"Q{n}"] - EIGHT for n in range(1, 7)] == [
            timedelta(minutes=6 + 8 * n) for n in range(6)
        ]
        assert there["Q2"] - EIGHT >= 18 * MINUTE
        assert [there[q] == here[q] for q in here] == [True, False, True, True, True, True]

    evening(tell)


def test_a_network_that_shows_nobody_anything_is_a_pause(evening: Evening) -> None:
    async def tell(house: House) -> None:
        await house.add_chat(await house.add_series(), EIGHT, SIX)
        await until(EIGHT + 13 * MINUTE)
        network(house).hold_up(house.place.native_id, EIGHT + 33 * MINUTE)
        await until(EIGHT + timedelta(hours=2))
        at = asked_at(house)
        assert list(at)[:3] == ["Q1", "Q2", "Q3"]
        assert at["Q2"] - EIGHT >= 33 * MINUTE
        assert min(b - a for a, b in pairwise(at.values())) >= 4 * MINUTE - timedelta(seconds=1)

    evening(tell)


def test_two_chats_in_one_place_take_turns(evening: Evening) -> None:
    async def tell(house: House) -> None:
        first = await house.add_chat(await house.add_series(), EIGHT, SIX)
        second = await house.add_chat(
            await house.add_series("#spark"), EIGHT + 50 * MINUTE, ["Spark?"], "Spark"
        )
        await until(EIGHT + 58 * MINUTE)
        assert (state_of(house, first), state_of(house, second)) == ("wrapping", "announced")
        await house.person("Ana").say("still the first chat")
        await until(EIGHT + 62 * MINUTE)
        assert (state_of(house, first), state_of(house, second)) == ("tail", "open")
        assert house.rows("SELECT chat_id, text FROM message") == [(first, "still the first chat")]
        await until(EIGHT + 130 * MINUTE)
        assert house.asked() == [f"Q{n}" for n in range(1, 7)] + ["Q1"]

    evening(tell)


def test_a_chat_whose_place_stays_taken_is_called_off(evening: Evening) -> None:
    async def tell(house: House) -> None:
        await house.add_chat(await house.add_series(), EIGHT, SIX)
        second = await house.add_chat(
            await house.add_series("#spark"), EIGHT + 20 * MINUTE, ["Spark?"], "Spark"
        )
        await until(EIGHT + 34 * MINUTE)
        assert state_of(house, second) == "announced"
        await until(EIGHT + 36 * MINUTE)
        assert state_of(house, second) == "cancelled"

    evening(tell)


def test_extend_takes_back_a_question_nobody_was_shown(evening: Evening) -> None:
    async def tell(house: House) -> None:
        chat = await house.add_chat(await house.add_series(), EIGHT, SIX)
        await until(EIGHT + 13.5 * MINUTE)
        network(house).hold_up(house.place.native_id, EIGHT + 15 * MINUTE)
        await house.host("Mo").types("!edchat chat skip 6")
        await until(EIGHT + 14.2 * MINUTE)
        assert (await house.running(chat)).chat.asked == 2
        await house.host("Mo").types("!edchat chat extend 5")
        await until(EIGHT + 14.4 * MINUTE)
        assert (await house.running(chat)).chat.asked == 1
        await until(EIGHT + timedelta(hours=2))
        at = asked_at(house)
        assert house.asked() == ["Q1", "Q2", "Q3", "Q4", "Q5"]
        assert 19 * MINUTE <= at["Q2"] - EIGHT <= 20 * MINUTE
        assert house.network.topic() != "Q2: Question 2?"

    evening(tell)


def test_after_the_first_attempt_a_question_is_already_going_out(evening: Evening) -> None:
    async def tell(house: House) -> None:
        chat = await house.add_chat(await house.add_series(), EIGHT, SIX)
        await until(EIGHT + 13.5 * MINUTE)
        await house.types("!edchat chat now")  # its buttons tell after which question they were drawn
        network(house).hold_up(house.place.native_id, EIGHT + 16 * MINUTE)
        await until(EIGHT + 14.2 * MINUTE)
        await house.host("Mo").types(f"!edchat chat extend 5 chat={chat} after=1")
        await until(EIGHT + 17 * MINUTE)
        replies = [seen.text for seen in house.network.whispers("mo")]
        assert any("Q2 is already going out" in reply for reply in replies), replies
        assert (await house.running(chat)).chat.asked == 2
        assert house.asked() == ["Q1", "Q2"]

    evening(tell)


def test_a_post_that_arrived_unnoticed_is_not_called_undone(evening: Evening) -> None:
    async def tell(house: House) -> None:
        lounge = await house.add_place("lounge")
        await house.add_chat(await house.add_series("#edchat", house.place, lounge), EIGHT, SIX)
        await until(EIGHT + 13 * MINUTE)
        house.wrap = deaf  # from the next start on
        await house.fall()
        await house.get_up()
        await until(EIGHT + 15 * MINUTE)
        assert house.asked() == ["Q1", "Q2"]
        house.wrap = Faulty
        await down(house, EIGHT + 15 * MINUTE, EIGHT + 90 * MINUTE)
        await house.settled(60)
        q2 = "SELECT state FROM outbox WHERE subject = 'q2' AND place_id = ?"
        assert house.rows(q2, house.place.id) == [("sent",)]
        assert not any("could not be posted" in text for text in house.posts(house.hosts))

    evening(tell)


def deaf(platform: Platform, clock: Clock) -> Platform:
    """A network that does what it is told and never says so."""
    return Faulty(platform, clock, Faults(after=1.0))
