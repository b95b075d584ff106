"""Lives on Matrix again and again, whatever ends a life there, until that makes no sense any more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

import aiohttp
import structlog

from bot.platforms.matrix.homeserver import MatrixRefused
from bot.platforms.matrix.login import Closed, Door

FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 60.0
LONG_LIFE: Final = 60.0
"""Seconds after which a life counts as a good one, and the next may begin soon."""
KNOCKS_APART: Final = 10.0
"""Seconds at the least between two lives of which the homeserver did not know the token."""

_NETWORK: Final = (aiohttp.ClientError, MatrixRefused, OSError, TimeoutError)
"""What a network does now and then; anything else is logged with the place where it happened."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Live = Callable[[], Awaitable[None]]
"""Lives until something ends it."""


async def supervise(live: Live, door: Door, first_wait: float = FIRST_WAIT) -> str:
    """Live, and live again after a while; when the homeserver lets nobody in it says why and ends."""
    wait = first_wait
    while True:
        began, least = asyncio.get_running_loop().time(), 0.0
        try:
            least = await _one_life(live, door, wait)
        except Closed as no:
            _log.error("matrix_refused", do=str(no))
            return str(no)
        if asyncio.get_running_loop().time() - began > LONG_LIFE:
            wait = first_wait
        await asyncio.sleep(max(wait, least))
        wait = min(2 * wait, LONGEST_WAIT)


async def _one_life(live: Live, door: Door, wait: float) -> float:
    """Live once; gives the seconds that must pass before the next life, or raises Closed."""
    began = asyncio.get_running_loop().time()
    try:
        await live()
    except Closed:
        raise
    except Exception as fault:  # noqa: BLE001 - a life ends of many things; there is another after each
        strange = not isinstance(fault, _NETWORK)
        kind, code = type(fault).__name__, getattr(fault, "code", "")
        _log.warning("matrix_died", fault=kind, code=code, wait=wait, exc_info=strange)
        if unknown_token(fault):
            await door.turned_out(asyncio.get_running_loop().time() - began > LONG_LIFE)
            return KNOCKS_APART
        return (fault.retry_after or 0.0) if isinstance(fault, MatrixRefused) else 0.0
    return 0.0


def unknown_token(fault: Exception) -> bool:
    """Whether the homeserver does not know the bot's token."""
    return isinstance(fault, MatrixRefused) and fault.status == HTTPStatus.UNAUTHORIZED
