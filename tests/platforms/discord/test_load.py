"""Very many answers at once: each is stored within moments."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import pytest

from bot.clock import SystemClock
from bot.core.hearing import Author, Said
from tests.platforms.discord.hall import hall
from tests.support.bad_inputs import case
from tests.support.fake_discord.server import FakeDiscord

SWEEPS: Final = 100
EACH: Final = 50


@pytest.mark.slow
async def test_b392_five_thousand_answers_in_ten_seconds_are_stored_within_two(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    assert case("B392").expect == "all stored <= 2 s behind"
    loop = asyncio.get_running_loop()
    async with hall(fake, tmp_path) as here:

        async def brings(sweep: int) -> float:
            await asyncio.sleep(sweep * 10 / SWEEPS)
            began, now = loop.time(), SystemClock().now()
            said = [
                Said(str(sweep * EACH + one), Author(str(one), f"Person {one}"), f"A1: story {sweep}", now)
                for one in range(EACH)
            ]
            await here.inbox.hear(here.place, said, str(sweep))
            return loop.time() - began

        behind = await asyncio.gather(*map(brings, range(SWEEPS)))
        [stored] = await here.rows("SELECT count(DISTINCT message_id) AS n FROM filing")
    assert stored.n == SWEEPS * EACH
    assert max(behind) <= 2
