"""Lives on Discord again and again, whatever ends a life there, until that makes no sense any more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp
import discord
import structlog

from bot.core.sentences import servers as sentences

FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 60.0
LONG_LIFE: Final = 60.0
"""Seconds after which a life counts as a good one, and the next may begin soon."""
_TOKEN_REFUSED: Final = 4004

_NETWORK: Final = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
"""What a network does now and then; anything else is logged with the place where it happened."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Live = Callable[[bool], Awaitable[None]]
"""Lives until something ends it; the flag says whether it asks to read what people write."""


async def supervise(live: Live, first_wait: float = FIRST_WAIT) -> str:
    """Live, and live again after a while; only when Discord refuses the bot itself it says so and ends."""
    reads, wait = True, first_wait
    while True:
        began = asyncio.get_running_loop().time()
        try:
            await live(reads)
        except discord.PrivilegedIntentsRequired:
            if reads:
                reads = False
                _log.error("discord_unread", do=sentences.CONTENT_OFF)
                continue
        except Exception as fault:  # noqa: BLE001 - a client dies of many things; it lives again after each
            if _refused(fault):
                _log.error("discord_refused", do=sentences.REFUSED)
                return sentences.REFUSED
            strange = not isinstance(fault, _NETWORK)
            kind, code = type(fault).__name__, _code(fault)
            _log.warning("discord_died", fault=kind, code=code, wait=wait, exc_info=strange)
        if asyncio.get_running_loop().time() - began > LONG_LIFE:
            wait = first_wait
        await asyncio.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT)


def _refused(fault: Exception) -> bool:
    return isinstance(fault, discord.LoginFailure) or _code(fault) == _TOKEN_REFUSED


def _code(fault: Exception) -> int | None:
    if isinstance(fault, discord.ConnectionClosed):
        return fault.code
    return fault.status if isinstance(fault, discord.HTTPException) else None
