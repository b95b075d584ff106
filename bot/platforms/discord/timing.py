"""Whether this machine's clock shows the time that Discord's does: chats begin by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from typing import Final

import aiohttp
import structlog

from bot.clock import Clock

MOST_APART: Final = timedelta(seconds=30)

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def watch(clock: Clock) -> aiohttp.TraceConfig:
    """Compare the clock with the answers to a client's requests, and warn, once, when they are apart."""
    told: list[timedelta] = []

    async def compare(
        _session: aiohttp.ClientSession, _context: SimpleNamespace, ended: aiohttp.TraceRequestEndParams
    ) -> None:
        apart = ahead(clock, ended.response.headers)
        if apart is not None and abs(apart) > MOST_APART and not told:
            told.append(apart)
            _log.warning("clock_wrong", seconds_ahead=round(apart.total_seconds()))

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(compare)
    return trace


def ahead(clock: Clock, headers: Mapping[str, str]) -> timedelta | None:
    """How far the clock is ahead of the time that an answer names; None when it names none."""
    try:
        named = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return clock.real() - (named if named.tzinfo else named.replace(tzinfo=UTC))
