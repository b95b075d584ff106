"""Tells Discord which commands there are, but only when they changed: it allows few such calls a day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final

import aiohttp
import discord
import structlog
from discord import app_commands

from bot.storage.store import Store

KNOWN: Final = "discord.commands"
"""The name under which the books hold what Discord was told last."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


async def sync(slashes: app_commands.CommandTree[Any], store: Store) -> bool:
    """Tell Discord of all commands if it does not know them yet; says whether it knows them now.

    Without it people still write and press, so a fault is only logged.
    """
    mark = fingerprint(await payload(slashes), slashes.client.application_id)
    async with store.read() as tx:
        if await tx.installed(KNOWN) == mark:
            return True
    try:
        await slashes.sync()
    except (discord.DiscordException, aiohttp.ClientError, OSError) as fault:
        _log.error("discord_commands_not_told", fault=type(fault).__name__, said=str(fault))
        return False
    async with store.begin() as tx:
        await tx.install(KNOWN, mark)
    _log.info("discord_commands_told")
    return True


async def payload(slashes: app_commands.CommandTree[Any]) -> list[dict[str, Any]]:
    """All commands as Discord is told of them."""
    known = slashes.get_commands()
    if (translator := slashes.translator) is not None:
        return [await one.get_translated_payload(slashes, translator) for one in known]
    return [one.to_dict(slashes) for one in known]


def fingerprint(said: Sequence[dict[str, Any]], application_id: int | None) -> str:
    """A short mark that changes when anything is said otherwise, or to another application."""
    whole = json.dumps([application_id, said], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()
