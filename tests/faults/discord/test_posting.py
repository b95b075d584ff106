"""A question's post, its thread or a whole minute goes wrong in one server each, while all hold a chat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.faults.discord.evening import evening, post_in
from tests.faults.discord.ledger import Room
from tests.faults.discord.sharing import Outcomes, lived_once
from tests.support.fake_discord.faults import Rule

pytestmark = pytest.mark.slow

THREADS_WAIT: Final = 12.0
"""Seconds for which no thread can be made: longer than one request is held for it."""


def _question(room: Room, **options: Any) -> Rule:
    path, begins = post_in(room, "Q2: ")
    return room.fake.faults.on("POST", path, where=begins, **options)


def _threads(room: Room) -> Rule:
    """Refuse the first thread, under a limit shared by all."""
    path = rf"/channels/{room.channel.id}/messages/\d+/threads"
    return room.fake.faults.on("POST", path).rate_limit(THREADS_WAIT, "shared")


FAULTS: Final[Mapping[str, Callable[[Room], Rule]]] = {
    "503": lambda room: _question(room, times=3).status(503),
    "reset before it was stored": lambda room: _question(room, times=2).reset(),
    "reset after it was stored": lambda room: _question(room, times=2).store_then_reset(),
    "503 after it was stored": lambda room: _question(room, times=2).store_then_status(503),
    "429 of a user": lambda room: _question(room).rate_limit(1.5, "user"),
    "429 shared": lambda room: _question(room).rate_limit(2, "shared"),
    "429 of everything": lambda room: _question(room).rate_limit(1, "global"),
    "429 for threads": _threads,
}


async def live(folder: Path) -> Outcomes:
    """Hold a chat in every server at once; in each of them something else goes wrong."""
    async with evening(folder, *FAULTS, rate=110) as told:
        rules = {name: FAULTS[name](room) for name, room in told.rooms.items()}
        told.start()
        await told.talk(lambda: told.clock.now() > told.ends, "the hour is over", pause=0.25)
        found = await told.complaints()
        return {
            name: [
                *(one for one in found if one.startswith(f"{name}: ")),
                *(["it never went wrong"] if not rule.hits else []),
            ]
            for name, rule in rules.items()
        } | {"all": [*found, *([told.log()] if found else [])]}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return lived_once(tmp_path_factory, "posting", live)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_question_whose_post_goes_wrong_is_asked_once_and_nothing_is_lost(
    outcomes: Outcomes, fault: str
) -> None:
    assert outcomes[fault] == []


def test_what_goes_wrong_in_one_server_hurts_no_other(outcomes: Outcomes) -> None:
    assert outcomes["all"] == []
