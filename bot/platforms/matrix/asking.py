"""Asks a homeserver until it answers: it may be away, or in no hurry."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import structlog

from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused

FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 30.0
"""Seconds after which something is asked again."""
SHORTEST_WAIT: Final = 0.1
"""Seconds at the least, also where the server names none."""
_ITS_FAULT: Final = HTTPStatus.INTERNAL_SERVER_ERROR

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
        if tries == 0 or (no.status != HTTPStatus.TOO_MANY_REQUESTS and no.status < _ITS_FAULT):
            raise no
        _log.info("matrix_asked_in_vain", why=no.code, status=no.status)
        await asyncio.sleep(wait if no.retry_after is None else max(no.retry_after, SHORTEST_WAIT))
        wait = min(2 * wait, LONGEST_WAIT) if no.retry_after is None else FIRST_WAIT


@contextmanager
def where_let() -> Iterator[None]:
    """Do without what we may not see; a no that is no answer to that, as to our token, is raised.

    Whoever passed over that as well would note as heard what was never read.
    """
    try:
        yield
    except MatrixRefused as no:
        if no.status == HTTPStatus.UNAUTHORIZED or not no.code:
            raise


def _no_answer(fault: Exception) -> MatrixRefused:
    return MatrixRefused(_ITS_FAULT, type(fault).__name__, str(fault))
