"""One chat on three networks at once, each in a community of its own: one run sheet, one archive."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.model import Visibility
from tests.simulation.telling import EIGHT, SEVEN, SIX, until
from tests.support.inline_database import inline_database
from tests.support.three_networks import ThreeNetworks, three_networks
from tests.support.virtual_loop import run_virtual

pytestmark = pytest.mark.slow
Told = Callable[[ThreeNetworks, int], Awaitable[None]]


async def at(minutes: float) -> None:
    """Wait until so many minutes after eight."""
    await until(EIGHT + timedelta(minutes=minutes))


@pytest.fixture
def evening(folder: Path) -> Callable[[Told], None]:
    """Tell an evening whose chat begins at eight, held on all three networks."""

    async def told(tell: Told) -> None:
        with inline_database():
            async with three_networks(folder) as house:
                owners = house.browser.place
                series = await house.add_series("#edchat", owners, visibility=Visibility.LINK)
                chat_id = await house.add_chat(series, EIGHT, SIX)
                await house.all_join()
                await tell(house, chat_id)

    return lambda tell: run_virtual(told(tell), SEVEN)


def filed(house: ThreeNetworks) -> list[tuple[str, int]]:
    """What was said under which question, in the order in which it was said."""
    return [
        (str(row[0]), int(row[1]))
        for row in house.rows(
            "SELECT m.text, q.position FROM filing f JOIN message m ON m.id = f.message_id"
            " JOIN question q ON q.id = f.question_id ORDER BY m.said_at, m.id"
        )
    ]


def test_a_whole_chat_is_held_on_three_networks_at_once(evening: Callable[[Told], None]) -> None:
    async def tell(house: ThreeNetworks, chat_id: int) -> None:
        people = ("Ann", "Ben", "Cy")
        await at(9)
        for network, who in zip(house.networks, people, strict=True):
            await network.person(who).say(f"A1: {who} on {network.name}")
        await at(15)
        await house.networks[1].person("Ben").in_thread("q2").say("In the thread")
        await at(62)
        for network in house.networks:
            assert house.asked_on(network) == [f"Q{number}" for number in range(1, 7)]
            assert sum(seen.text.startswith("Welcome to") for seen in network.posts()) == 1
            assert any("held in several places at once" in seen.text for seen in network.posts())
        answers = {(f"A1: {who} on {one.name}", 1) for one, who in zip(house.networks, people, strict=True)}
        assert {said for said in filed(house) if said[1] == 1} == answers
        assert ("In the thread", 2) in filed(house)
        for network, who in zip(house.networks, people, strict=True):
            others = [one for one in people if one != who]
            assert not [s for s in network.messages() if any(f"{one} on" in s.text for one in others)]

    evening(tell)


def test_one_network_is_down_for_five_minutes_and_gets_the_question_that_is_on_once(
    evening: Callable[[Told], None],
) -> None:
    async def tell(house: ThreeNetworks, chat_id: int) -> None:
        late = house.networks[1]
        await at(5.5)
        house.hold_up(late, 10)
        await at(15.4)
        for network in (house.networks[0], house.networks[2]):
            assert house.asked_on(network) == ["Q1", "Q2"]
        assert house.asked_on(late) == []
        await at(16.5)
        assert house.asked_on(late) == ["Q2"]
        await at(62)
        assert house.asked_on(late) == [f"Q{number}" for number in range(2, 7)]
        assert house.asked_on(house.networks[2]) == [f"Q{number}" for number in range(1, 7)]

    evening(tell)


def test_a_place_is_lost_and_the_others_go_on_and_hosts_are_told_once(
    evening: Callable[[Told], None],
) -> None:
    async def tell(house: ThreeNetworks, chat_id: int) -> None:
        assert house.discord is not None
        await at(9)
        house.discord.fake.world.kick_bot(house.discord.guild)
        await at(62)
        for network in (house.networks[0], house.networks[2]):
            assert house.asked_on(network) == [f"Q{number}" for number in range(1, 7)]
        told = [seen.text for seen in house.browser.posts(house.browser.other)]
        assert len([text for text in told if "general" in text and "gone" in text]) == 1
        assert not [text for text in told if "could not" in text.lower()]

    evening(tell)


def test_only_the_owners_steer_wherever_they_type(evening: Callable[[Told], None]) -> None:
    async def tell(house: ThreeNetworks, chat_id: int) -> None:
        await at(7)
        for guest in house.networks[1:]:
            answer = await house.typed(guest, "chat next")
            assert "only its own hosts can do that" in answer
        assert (await house.running(chat_id)).chat.asked == 1
        await house.typed(house.browser, "chat next")
        assert (await house.running(chat_id)).chat.asked == 2

    evening(tell)


def test_a_muted_place_is_quiet_and_comes_back_with_the_question_that_is_on(
    evening: Callable[[Told], None],
) -> None:
    async def tell(house: ThreeNetworks, chat_id: int) -> None:
        await at(7)
        await house.typed(house.prompt, "series mute")
        await at(24)
        assert house.asked_on(house.prompt) == ["Q1"]
        await house.typed(house.prompt, "series unmute")
        assert house.asked_on(house.prompt) == ["Q1", "Q3"]
        assert sum(seen.text.startswith("Welcome to") for seen in house.prompt.posts()) == 1
        await at(62)
        assert house.asked_on(house.prompt) == ["Q1", "Q3", "Q4", "Q5", "Q6"]

    evening(tell)
