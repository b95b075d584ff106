"""The bot is killed at every seam and at random moments: nothing is lost and nothing is doubled."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bot.failpoints import FAILPOINTS
from bot.platforms.terminal.lines import Posted
from tests.faults.process import EIGHT, Evening, evening

CLOSED = "SELECT 1 FROM chat WHERE state IN ('tail', 'closed')"
LENGTH = timedelta(minutes=30)
"""Of the chat: long enough for every kill on a slow machine, as the clock runs at `RATE`."""
RATE = 40
SENT = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE state = 'waiting')"


def short_evening(folder: Path) -> AbstractContextManager[Evening]:
    """An evening whose chat can be killed all along without taking long."""
    return evening(folder, RATE, minutes=LENGTH // timedelta(minutes=1))


def finish(told: Evening, questions: int) -> None:
    """Run the chat to its end without another fall, and check that all is there once."""
    told.hurry(rate=150)
    told.talk_until(EIGHT + LENGTH)
    told.wait(CLOSED)
    told.wait(SENT)
    told.wait_until_all_is_heard()
    told.stop()
    keys = [event.key for event in told.room.read(None).events if isinstance(event, Posted)]
    assert len(keys) == len(set(keys)), "posted twice"
    assert told.house.asked() == [f"Q{n}" for n in range(1, questions + 1)]
    said, stored = told.said_in_the_hour(), told.stored()
    assert len(said) > 20
    assert said.items() <= stored.items(), "lost"
    assert len(told.house.rows("SELECT id FROM message")) == len(stored), "stored twice"
    assert told.house.rows("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("part", range(2))
def test_killed_at_every_failpoint_nothing_is_lost_or_doubled(tmp_path: Path, part: int) -> None:
    names = sorted(FAILPOINTS)[part::2]
    with short_evening(tmp_path) as told:
        for number, name in enumerate(names):
            told.start(f"{name}:{1 + number % 2}")
            told.wait_for_end()
        finish(told, questions=4)


def random_kills(folder: Path, seed: int, kills: int) -> None:
    """Kill the bot at moments that nobody chose."""
    luck = Random(seed)
    with short_evening(folder) as told:
        for _ in range(kills):
            told.start()
            told.talk_for(luck.uniform(0.2, 2.5))
            told.kill()
        finish(told, questions=4)


@pytest.mark.parametrize("seed", range(2))
def test_killed_at_random_moments_nothing_is_lost_or_doubled(tmp_path: Path, seed: int) -> None:
    random_kills(tmp_path, seed, kills=7)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 130))
def test_two_hundred_random_kills_lose_and_double_nothing(tmp_path: Path, seed: int) -> None:
    random_kills(tmp_path, seed, kills=7)
