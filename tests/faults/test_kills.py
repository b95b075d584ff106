"""The bot is killed at every seam and at random moments: nothing is lost and nothing is doubled."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bot.failpoints import FAILPOINTS
from bot.platforms.terminal.lines import Posted
from tests.faults.process import EIGHT, Evening, evening

CLOSED = "SELECT 1 FROM chat WHERE state IN ('tail', 'closed')"
SENT = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE state = 'waiting')"


def finish(told: Evening, questions: int) -> None:
    """Run the chat to its end without another fall, and check that all is there once."""
    told.start()
    told.ask(questions)
    told.hurry(rate=600)
    told.talk_until(EIGHT + timedelta(hours=1))
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


@pytest.mark.parametrize("part", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_killed_at_every_failpoint_nothing_is_lost_or_doubled(tmp_path: Path, part: int) -> None:
    names = sorted(FAILPOINTS)[part::2]
    with evening(tmp_path, rate=60) as told:
        for number, name in enumerate(names):
            told.start(f"{name}:{1 + number % 2}")
            told.wait_for_end()
        finish(told, questions=4)


def random_kills(folder: Path, seed: int, kills: int) -> None:
    """Kill the bot at moments that nobody chose."""
    luck = Random(seed)
    with evening(folder, rate=60) as told:
        for _ in range(kills):
            told.start()
            told.talk_for(luck.uniform(0.2, 2.5))
            told.kill()
        finish(told, questions=4)


@pytest.mark.slow
def test_killed_at_random_moments_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    random_kills(tmp_path, seed=0, kills=7)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 11))
def test_two_hundred_random_kills_lose_and_double_nothing(tmp_path: Path, seed: int) -> None:
    random_kills(tmp_path, seed, kills=20)
