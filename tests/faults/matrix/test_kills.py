"""The bot on Matrix is killed at random moments while hundreds talk at once, and its homeserver goes away."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.faults.matrix.evening import SENDING, evening
from tests.support.synapse.server import Synapse

KILLS: Final = 20
SAID: Final = 700
AWAY: Final = 60.0
"""Seconds for which the homeserver is gone."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
async def test_20_random_kills_while_700_messages_come_in_bursts_lose_and_double_nothing(
    tmp_path: Path, seed: int
) -> None:
    luck = Random(seed)
    async with evening(tmp_path, rate=12, seed=seed, most=30) as told:
        told.proxy.faults.random(seed, 0.2, methods=("PUT",), path=SENDING)
        told.start()
        await told.asked(1)
        for _ in range(KILLS):
            await told.talk_for(luck.uniform(0.5, 6))
            told.kill()
            await told.room.burst()
            told.start()
        assert await told.ended() == []
        assert len(told.room.ledger) >= SAID


@pytest.mark.slow
async def test_a_homeserver_that_is_gone_for_a_minute_delays_questions_and_loses_nothing(
    tmp_path: Path,
) -> None:
    server = Synapse(tmp_path / "synapse")
    server.start()
    try:
        async with evening(tmp_path, rate=20, questions=3, server=server) as told:
            told.start()
            await told.asked(1)
            await told.talk_for(2)
            server.stop()
            await asyncio.sleep(AWAY)
            assert told.alive
            server.start()
            await told.asked(2)
            assert await told.ended() == []
    finally:
        server.stop()
