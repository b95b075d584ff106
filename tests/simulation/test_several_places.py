"""One chat in the browser, on Discord and on Matrix at once, in three communities: one sheet, one archive."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from bot.core import sentences
from bot.core.audience import Audience, Reads
from bot.core.model import Visibility
from tests.simulation.telling import EIGHT, SEVEN, SIX, until
from tests.support.inline_database import inline_database
from tests.support.three_networks import ThreeNetworks, three_networks
from tests.support.virtual_loop import run_virtual

pytestmark = pytest.mark.slow
A_SECOND: Final = timedelta(seconds=1)
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


def planned(house: ThreeNetworks, chat_id: int) -> list[datetime]:
    """When something is to be posted from now on, as the chat is planned now."""
    query = (
        f"SELECT due_at FROM step WHERE chat_id = {chat_id} AND state = 'planned'"
        " AND kind IN ('ask', 'wrap', 'close') ORDER BY due_at"
    )
    return [datetime.fromisoformat(due).replace(tzinfo=UTC) for (due,) in house.rows(query)]


def said(document: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    """What stands in a chat's file, with place, network and community."""
    return {
        one["text"]: (one["where"]["place"], one["where"]["network"], one["where"]["community"])
        for one in document["messages"]
    }


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


@pytest.mark.parametrize("late", [1, 2], ids=["discord", "matrix"])
def test_one_place_is_held_up_for_five_minutes_and_the_others_are_on_time(
    evening: Callable[[Told], None], late: int
) -> None:
    async def tell(house: ThreeNetworks, chat_id: int) -> None:
        held = house.networks[late]
        on_time = [one for one in house.networks if one is not held]
        await at(5.5)
        plan, since = planned(house, chat_id), EIGHT + timedelta(minutes=5.5)
        assert len(plan) == len(["Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "the wrap-up", "the end"])
        house.hold_up(held, 5)
        await at(62)
        again = since + timedelta(minutes=5)
        for network in house.networks:
            assert house.asked_on(network) == [f"Q{number}" for number in range(1, 7)]
            due = plan if network in on_time else [again, *plan[1:]]
            posted = [at for _, at in network.posted() if at > since]
            waits = [one - instant for instant, one in zip(due, posted, strict=True)]
            assert all(timedelta() <= one < A_SECOND for one in waits), (network.name, waits)

    evening(tell)


@pytest.mark.parametrize("late", [1, 2], ids=["discord", "matrix"])
def test_a_place_that_is_back_later_gets_the_question_that_is_on_once_and_none_before_it(
    evening: Callable[[Told], None], late: int
) -> None:
    async def tell(house: ThreeNetworks, chat_id: int) -> None:
        held = house.networks[late]
        await at(5.5)
        house.hold_up(held, 10)
        await at(15.4)
        for network in house.networks:
            assert house.asked_on(network) == ([] if network is held else ["Q1", "Q2"])
        await at(16.5)
        assert house.asked_on(held) == ["Q2"]
        await at(62)
        assert house.asked_on(held) == [f"Q{number}" for number in range(2, 7)]
        assert house.asked_on(house.browser) == [f"Q{number}" for number in range(1, 7)]

    evening(tell)


@pytest.mark.parametrize(("lost", "called"), [(1, "general"), (2, "physics")], ids=["discord", "matrix"])
def test_a_place_is_lost_and_the_others_go_on_and_hosts_are_told_once(
    evening: Callable[[Told], None], lost: int, called: str
) -> None:
    async def tell(house: ThreeNetworks, chat_id: int) -> None:
        gone = house.networks[lost]
        await at(9)
        await house.kick_from(gone)
        await at(62)
        for network in house.networks:
            if network is not gone:
                assert house.asked_on(network) == [f"Q{number}" for number in range(1, 7)]
        assert gone.name == "discord" or house.asked_on(gone) == ["Q1"]
        told = [seen.text for seen in house.browser.posts(house.browser.other)]
        assert len([text for text in told if called in text and "gone" in text]) == 1
        assert not [text for text in told if "could not" in text.lower()]

    evening(tell)


def test_a_place_joins_by_a_code_that_its_own_host_types_there_and_nobody_else(
    evening: Callable[[Told], None],
) -> None:
    async def tell(house: ThreeNetworks, chat_id: int) -> None:
        guest = house.networks[2]
        await house.typed(guest, "series leave sure=yes")
        line = f"!edchat series join {await house.code()} sure=yes"
        before = len(guest.whispers("Cy"))
        await guest.person("Cy").types(line)
        await house.settled()
        assert [seen.text for seen in guest.whispers("Cy")[before:]] == [sentences.ONLY_HOSTS]
        await at(7)
        assert house.asked_on(guest) == []
        assert "held in physics from now on" in await house.typed(guest, line.removeprefix("!edchat "))
        assert house.asked_on(guest) == ["Q1"]
        await at(62)
        assert house.asked_on(guest) == [f"Q{number}" for number in range(1, 7)]

    evening(tell)


def test_each_answer_names_its_place_and_is_as_open_as_the_least_open_of_place_weekly_chat_and_person(
    evening: Callable[[Told], None],
) -> None:
    async def tell(house: ThreeNetworks, chat_id: int) -> None:
        house.write("UPDATE series SET visibility = 'public'")
        for network, openness in zip(house.networks, ("public", "link", "members"), strict=True):
            house.write("UPDATE place SET openness = ? WHERE id = ?", openness, network.place.id)
        await at(9)
        for network in house.networks:
            await network.person("Ann").say(f"A1: on {network.name}")
            await network.person("Shy").say(f"A1: shy on {network.name}")
            await network.person("Shy").types("!edchat privacy exclude")
        await at(62)
        series = frozenset([(await house.running(chat_id)).series.id])
        owners = house.browser.place.community_id
        read = await house.document(chat_id, Audience(owners))
        assert said(read) == {"A1: on browser": ("edchat", "Browser", "EdChat")}
        assert [one["place"] for one in read["places"]] == ["edchat", "general", "physics"]
        read = await house.document(chat_id, Audience(owners, series=series))
        assert set(said(read)) == {"A1: on browser", "A1: on discord"}
        read = await house.document(chat_id, Audience(owners, Reads.MEMBERS))
        assert said(read) == {
            "A1: on browser": ("edchat", "Browser", "EdChat"),
            "A1: on discord": ("general", "Discord", "School"),
            "A1: on matrix": ("physics", "Matrix", "Physics Club"),
        }

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
        await house.typed(house.networks[2], "series mute")
        await at(24)
        assert house.asked_on(house.networks[2]) == ["Q1"]
        await house.typed(house.networks[2], "series unmute")
        assert house.asked_on(house.networks[2]) == ["Q1", "Q3"]
        assert sum(seen.text.startswith("Welcome to") for seen in house.networks[2].posts()) == 1
        await at(62)
        assert house.asked_on(house.networks[2]) == ["Q1", "Q3", "Q4", "Q5", "Q6"]

    evening(tell)
