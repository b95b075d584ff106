"""How a platform waits for the first of many to end."""

from __future__ import annotations

import asyncio

import pytest

from bot.platforms.patience import first_to_end


class _Slow:
    """Takes its time to end once it is cancelled."""

    def __init__(self) -> None:
        self.began, self.ending, self.ended = asyncio.Event(), asyncio.Event(), False

    async def run(self) -> None:
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ending.set()
            await asyncio.sleep(0.05)
            self.ended = True


async def _fails() -> None:
    raise RuntimeError("gone")


async def test_it_ends_as_the_first_did_and_the_others_are_at_their_end() -> None:
    slow = _Slow()
    with pytest.raises(RuntimeError, match="gone"):
        await first_to_end(slow.run(), _fails())
    assert slow.ended


async def test_who_is_cancelled_again_while_the_others_end_is_cancelled() -> None:
    slow = _Slow()
    task = asyncio.ensure_future(first_to_end(slow.run(), _Slow().run()))
    await slow.began.wait()
    task.cancel()
    await slow.ending.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
