"""The bot on Discord is killed at its seams and at random moments: nothing is lost and nothing is doubled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final

import pytest

from bot.failpoints import FAILPOINTS
from tests.faults.discord.evening import Evening, evening

AT_STAKE: Final = ("inbox.before_commit", "outbox.claimed", "outbox.sent", "step.committed")
"""The seams at which most is at stake on Discord."""


async def killed_at(told: Evening, names: Sequence[str]) -> None:
    """Let the bot kill itself at one failpoint after the other, then run to the end."""
    for number, name in enumerate(names):
        told.start(f"{name}:{1 + number % 2}")
        await told.killed_itself()
    told.start()
    await told.ended()


async def test_killed_when_a_post_was_sent_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    async with evening(tmp_path, rate=60, questions=1) as told:
        await killed_at(told, ("outbox.sent",))


@pytest.mark.slow
async def test_killed_where_most_is_at_stake_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    async with evening(tmp_path, rate=60, questions=3) as told:
        await killed_at(told, AT_STAKE)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(3))
async def test_killed_at_every_failpoint_nothing_is_lost_or_doubled(tmp_path: Path, part: int) -> None:
    async with evening(tmp_path, rate=40, questions=3) as told:
        await killed_at(told, sorted(FAILPOINTS)[part::3])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
async def test_20_random_kills_with_30_percent_faulty_posts_lose_and_double_nothing(
    tmp_path: Path, seed: int
) -> None:
    luck = Random(seed)
    async with evening(tmp_path, rate=40, questions=4) as told:
        told.fake.faults.random(seed, 0.3)
        for life in range(5):
            told.start()
            if life == 0:  # a chat that nobody could open for a quarter of an hour is called off
                await told.talk(told.welcomed, "it says its welcome")
            await told.talk_for(luck.uniform(1.5, 7))
            told.kill()
        told.start()
        await told.ended()
