"""People go on while the bot is dead, shut out, or refused altogether: it catches up with all of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from bot.core.sentences import servers as sentences
from tests.faults.discord.evening import Evening, evening
from tests.faults.discord.sharing import Outcomes, lived_once

pytestmark = pytest.mark.slow

SAID: Final = 160
CHANGED: Final = 45
"""What people do while the bot is dead: with every third word somebody changes another, 250 in all."""
MOST_REFUSED: Final = 20
"""So many requests may be refused before an address is in danger of being banned."""


async def _dead(told: Evening) -> list[str]:
    """Kill the bot, let people go on at once, and wait until it knows everything again."""
    (room,) = told.rooms.values()
    told.kill()
    for _ in range(SAID):
        room.act()
    for number in range(CHANGED):
        (room.edits, room.takes_back, room.puts_digit)[number % 3]()
    told.start()
    return await told.missing()


async def _refused(told: Evening) -> list[str]:
    """Let the token be revoked during a question, look at what the bot does, and give it back."""
    (room,) = told.rooms.values()
    good, asked = told.fake.world.token, len(told.fake.requests)
    told.fake.world.token = "revoked"
    for _ in range(5):
        room.act()
    await asyncio.sleep(0.5)
    told.fake.gateway.close(4004)
    await told.until(lambda: sentences.REFUSED in told.log(), "it says what to do")
    await told.talk_for(1.0)
    refused = [one for one in told.fake.requests[asked:] if one.status == 401]
    page, health = await _pages(told)
    told.fake.world.token = good
    found = [] if told.alive and page == 200 else [f"the pages give {page}"]
    found += [] if health == (503, sentences.REFUSED) else [f"its health is {health}"]
    found += [] if len(refused) <= MOST_REFUSED else [f"{len(refused)} requests were refused"]
    said = told.log().count("[bot.platforms.discord.supervisor]")
    found += [] if said == 1 else [f"it says so {said} times"]
    told.kill()
    told.start()
    return [*found, *await told.missing()]


async def _pages(told: Evening) -> tuple[int, tuple[int, Any]]:
    """Give how the bot's own pages answer, and its health."""
    ((base,),) = told.rows("SELECT value FROM installation WHERE name = 'address'")
    async with aiohttp.ClientSession() as reader:
        async with reader.get(f"{base}/") as page:
            shown = page.status
        async with reader.get(f"{base}/healthz") as answer:
            return shown, (answer.status, (await answer.json()).get("reason"))


async def live(folder: Path) -> Outcomes:
    """Hold a chat through a death and a revoked token."""
    async with evening(folder, rate=90, questions=2) as told:
        told.start()
        await told.asked(1)
        await told.talk_for(1.0)
        dead = await _dead(told)
        await told.asked(2)
        refused = await _refused(told)
        await told.ended()
        return {"dead": dead, "refused": refused}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return lived_once(tmp_path_factory, "away", live)


def test_250_messages_edits_and_deletions_while_the_bot_was_dead_are_in_their_places(
    outcomes: Outcomes,
) -> None:
    assert outcomes["dead"] == []


def test_after_a_revoked_token_it_stops_says_so_once_and_its_pages_go_on(outcomes: Outcomes) -> None:
    assert outcomes["refused"] == []
