"""Discord shuts the bot out at its door, or lets no threads be made: it waits, and loses nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import pytest
from aiohttp import web

from tests.faults.discord.evening import Evening, evening, post_in
from tests.support.fake_discord.faults import Handler, too_many

SHUT: Final = 60.0
"""Seconds for which the bot asks nothing after it was refused at the door."""
THREADS_WAIT: Final = 280.0


async def _shut_out(told: Evening) -> None:
    """Refuse the post of Q2 at the door, and see that nothing more is asked for a while."""
    (room,) = told.rooms.values()
    path, begins = post_in(room, "Q2: ")
    door = told.fake.faults.on("POST", path, where=begins).rate_limit(2, "global", via=False)
    told.start()
    await told.talk(lambda: door.over, "Q2 is refused at the door")
    await asyncio.sleep(0.2)
    asked = len(told.fake.requests)
    await told.talk_for(3.0)
    assert len(told.fake.requests) == asked


@pytest.mark.slow
async def test_after_a_429_without_via_nothing_is_asked_and_a_new_life_goes_on(tmp_path: Path) -> None:
    async with evening(tmp_path, rate=90, questions=2) as told:
        await _shut_out(told)
        told.kill()
        told.start()
        await told.ended()


@pytest.mark.slow
async def test_after_a_429_without_via_it_goes_on_by_itself_when_its_time_is_over(tmp_path: Path) -> None:
    async with evening(tmp_path, rate=20, questions=2) as told:
        await _shut_out(told)
        await told.talk_for(SHUT)
        await told.ended()


@pytest.mark.slow
async def test_280_seconds_without_threads_delay_no_question_and_every_thread_comes(tmp_path: Path) -> None:
    async with evening(tmp_path, rate=10, questions=3) as told:
        loop, until = asyncio.get_running_loop(), [0.0]

        async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
            until[0] = until[0] or loop.time() + THREADS_WAIT
            rest = until[0] - loop.time()
            return too_many(round(rest, 3), "shared") if rest > 0 else await handler(request)

        told.fake.faults.on("POST", r"/channels/\d+/messages/\d+/threads", times=None).does(effect)
        told.start()
        (room,) = told.rooms.values()
        await told.talk(lambda: 3 in room.asked(), "Q3 is asked", pause=1.0, within=200.0)
        assert loop.time() < until[0]
        assert room.threads() == []
        await asyncio.sleep(until[0] - loop.time())
        await told.ended()
