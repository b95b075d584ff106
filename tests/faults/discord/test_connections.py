"""Connections that break: at the start, during a question, and for longer than the bot has patience."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.faults.discord.evening import Evening, evening, post_in
from tests.faults.discord.sharing import Outcomes, lived_once
from tests.support.fake_discord.faults import Rule

pytestmark = pytest.mark.slow

STORED, NOT_STORED = "a hang after it was stored", "a hang"
ROOMS: Final = ("School", STORED, NOT_STORED)


def _hangs(told: Evening) -> Mapping[str, Rule]:
    """Let the first question's post hang in two servers, longer than the bot waits for it."""
    faults, rules = told.fake.faults, {}
    for name in (STORED, NOT_STORED):
        path, begins = post_in(told.rooms[name], "Q1: ")
        rules[name] = faults.on("POST", path, where=begins).hang(60, stored=name == STORED)
    return rules


async def _bad_start(told: Evening) -> None:
    """Let the bot begin while requests are reset, and its first handshake fail after that."""
    down = told.fake.faults.on("*", ".*", times=2).reset()
    told.fake.gateway.fail_handshakes(1)
    told.start()
    await told.until(lambda: down.over and told.fake.gateway.connected, "it is there after all")


async def _cut_off(told: Evening, *, resumable: bool, seconds: float) -> None:
    """Break the connection off for a while, and let people go on."""
    with told.fake.gateway.away(resumable=resumable):
        if not resumable:
            told.fake.gateway.refuse_resume()
        await told.talk_for(seconds)


async def live(folder: Path) -> Outcomes:
    """Hold three chats through a bad start, two posts that hang, two cuts and a mad event."""
    async with evening(folder, *ROOMS, rate=70, questions=3) as told:
        log, wires = told.fake.gateway.log, told.fake.gateway
        hangs = _hangs(told)
        await _bad_start(told)
        begun = wires.handshakes
        await told.asked(1, "School")
        await _cut_off(told, resumable=True, seconds=0.6)
        await told.until(lambda: "RESUME" in log, "it comes back")
        taken_up = await told.missing("School")
        await told.asked(2, "School")
        identified = log.count("IDENTIFY")
        await _cut_off(told, resumable=False, seconds=0.6)
        await told.until(lambda: log.count("IDENTIFY") > identified, "it logs in anew")
        anew = await told.missing("School")
        await told.asked(3, "School")
        wires.malformed()
        await told.talk_for(1.0)
        mad = await told.missing("School")
        await told.ended()
        return {
            "start": [] if begun > 1 else ["no handshake failed"],
            "resumed": taken_up,
            "refused": anew,
            "malformed": mad,
            **{name: [] if rule.hits else ["it never hung"] for name, rule in hangs.items()},
        }


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return lived_once(tmp_path_factory, "connections", live)


def test_with_requests_reset_and_the_first_handshake_failed_the_chat_begins_all_the_same(
    outcomes: Outcomes,
) -> None:
    assert outcomes["start"] == []


def test_what_is_said_during_a_question_is_heard_when_the_session_is_resumed(outcomes: Outcomes) -> None:
    assert outcomes["resumed"] == []


def test_what_is_said_during_a_question_is_read_again_when_the_resume_is_refused(outcomes: Outcomes) -> None:
    assert outcomes["refused"] == []


def test_an_event_that_no_client_can_read_loses_nothing(outcomes: Outcomes) -> None:
    assert outcomes["malformed"] == []


@pytest.mark.parametrize("name", [STORED, NOT_STORED])
def test_a_question_whose_post_hangs_is_asked_once(outcomes: Outcomes, name: str) -> None:
    assert outcomes[name] == []
