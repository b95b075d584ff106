"""How a platform waits: for a bell, for what does not work just now, and for the first of many to end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, TypeVar

import structlog

_FIRST_WAIT: Final = 0.1
_LONGEST_WAIT: Final = 10.0

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
_T = TypeVar("_T")


async def rung(bell: asyncio.Event, within: float | None) -> None:
    """Wait until the bell has rung, or until `within` seconds are over, and still it."""
    # Not wait_for: in Python 3.11 it swallows a cancellation that meets the ringing.
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            await bell.wait()
    bell.clear()


async def patiently(attempt: Callable[[], Awaitable[_T]], *, but: tuple[type[Exception], ...] = ()) -> _T:
    """Try until it works, each time waiting longer: what was heard must not be passed over.

    What ends the whole life may be raised `but` the rest.
    """
    wait = _FIRST_WAIT
    while True:
        try:
            return await attempt()
        except but:
            raise
        except Exception:  # noqa: BLE001 - whatever the storage behind the ears may raise
            _log.exception("not heard, trying again", seconds=wait)
        await asyncio.sleep(wait)
        wait = min(2 * wait, _LONGEST_WAIT)


async def first_to_end(*running: Awaitable[None]) -> None:
    """Run side by side until one ends, and end as it did; the others are cancelled."""
    tasks = [asyncio.ensure_future(one) for one in running]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
