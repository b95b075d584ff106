"""One evening on which much goes wrong: killed, cut off, refused, and in the end locked out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Final

import pytest

from bot.core.sentences import matrix as sentences
from tests.faults.discord.sharing import Outcomes, lived_once
from tests.faults.matrix.evening import Evening, evening
from tests.support.fake_discord.faults import Rule
from tests.support.synapse.proxy import too_many

pytestmark = pytest.mark.slow

AT_LEAST: Final = 100
"""Messages that people say in the hour."""
CUT_OFF: Final = 4.0
"""Seconds for which nothing reaches the homeserver."""
WATCHED: Final = 5.0
"""Seconds for which a bot with a dead token is watched; it may ask ten times a minute."""
FAULTS: Final[Mapping[str, Callable[[Evening], Rule]]] = {
    "429": lambda told: told.on_question(1, 2).does(too_many(0.7)),
    "503": lambda told: told.on_question(2, 3).status(503),
    "reset before it was accepted": lambda told: told.on_question(3, 3).reset(),
    "reset after it was accepted": lambda told: told.on_question(4, 3).store_then_reset(),
}


async def _locked_out(told: Evening, seconds: float) -> list[str]:
    """Let the token die, and look at what the bot does."""
    await told.net.me.ask("POST", "v3/logout", {})
    await told.until(lambda: sentences.UNKNOWN_TO_SERVER in told.log(), "it says what to do")
    before = len(told.proxy.requests)
    await asyncio.sleep(seconds)
    asked, most = len(told.proxy.requests) - before, max(1, round(10 * seconds / 60))
    found = [] if asked <= most else [f"it asked {asked} times: {told.proxy.requests[before:]}"]
    found += [] if told.alive else ["it died"]
    said = told.log().count(sentences.UNKNOWN_TO_SERVER)
    return found + ([] if said == 1 else [f"it says so {said} times"])


async def live(folder: Path) -> Outcomes:
    """Hold a chat in which every question's post goes wrong otherwise, and the bot is killed three times."""
    luck = Random(5)
    async with evening(folder, rate=40) as told:  # a busy machine takes long to start a bot
        rules = {name: make(told) for name, make in FAULTS.items()}
        told.start()
        for number in range(1, told.questions):
            await told.asked(number)
            await told.talk_for(luck.uniform(0.5, 3))
            told.kill()
            await told.room.burst()
            told.start()
        told.proxy.down = True
        await told.talk_for(CUT_OFF)
        told.proxy.down = False
        found = await told.ended()
        many = len(told.room.ledger)
        found += [] if many >= AT_LEAST else [f"only {many} messages were said"]
        wrong = {name: [] if rule.hits else ["it never went wrong"] for name, rule in rules.items()}
        return {"all": found, "token": await _locked_out(told, WATCHED), **wrong}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return lived_once(tmp_path_factory, "matrix", live)


def test_killed_three_times_and_cut_off_nothing_is_lost_or_doubled_or_out_of_order(
    outcomes: Outcomes,
) -> None:
    assert outcomes["all"] == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_question_whose_post_goes_wrong_is_asked_once(outcomes: Outcomes, fault: str) -> None:
    assert outcomes[fault] == outcomes["all"] == []


def test_with_a_dead_token_it_says_so_once_and_asks_no_more(outcomes: Outcomes) -> None:
    assert outcomes["token"] == []
