"""Whether the homeserver lets the bot say all that it has to say in time, as far as it tells."""

from __future__ import annotations

import aiohttp
import structlog

from bot.core.sentences.matrix_check import lift_limit
from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused, part
from bot.platforms.matrix.reading import NAME
from bot.storage.places.servers import unlifted
from bot.storage.store import Store

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


async def lifted(home: Homeserver) -> bool | None:
    """Whether the usual limit was lifted for the bot; None where only administrators see that."""
    try:
        told = await home.ask("GET", f"/_synapse/admin/v1/users/{part(home.user)}/override_ratelimit")
    except (MatrixRefused, aiohttp.ClientPayloadError):
        return None
    return bool(told) and not told.get("messages_per_second")


async def note_limit(home: Homeserver, store: Store) -> None:
    """Keep for whoever sets up a community what an administrator has to do, unless it was seen to be done."""
    try:
        done = await lifted(home)
    except (aiohttp.ClientError, TimeoutError, OSError) as fault:  # whatever ails us, the news will tell
        _log.info("matrix_limit_unknown", fault=type(fault).__name__)
        return
    async with store.begin() as tx:
        await tx.install(unlifted(NAME), "" if done else lift_limit(home.user))
