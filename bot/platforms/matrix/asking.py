"""Asks a homeserver until it answers: it may be away, or in no hurry."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
import structlog

from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused

FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 30.0
"""Seconds after which something is asked again."""
_TOO_MANY: Final = 429
_ITS_FAULT: Final = 500

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


async def insist(
    home: Homeserver,
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    within: float = 60.0,
    query: Mapping[str, str | int | None] | None = None,
    tries: int = 0,
) -> Any:
    """Ask until there is an answer, or so many times; raises MatrixRefused for a no that stays one."""
    wait, asked = FIRST_WAIT, dict[str, Any](query or {})
    while True:
        tries -= 1
        try:
            return await home.ask(method, path, body, within=within, **asked)
        except (MatrixRefused, aiohttp.ClientError, TimeoutError, OSError) as fault:
            no = fault if isinstance(fault, MatrixRefused) else _no_answer(fault)
        if tries == 0 or (no.status != _TOO_MANY and no.status < _ITS_FAULT):
            raise no
        _log.info("matrix_asked_in_vain", why=no.code, status=no.status)
        await asyncio.sleep(wait if no.retry_after is None else no.retry_after)
        wait = min(2 * wait, LONGEST_WAIT) if no.retry_after is None else FIRST_WAIT


def _no_answer(fault: Exception) -> MatrixRefused:
    return MatrixRefused(_ITS_FAULT, type(fault).__name__, str(fault))
