"""Finding again what an earlier attempt left on Discord, so that nothing is made twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import discord

from bot.core.model import Place
from bot.platforms.discord.client import Client
from bot.storage.store import Store

NONCE_HOLDS: Final = timedelta(minutes=2)
"""So long Discord surely knows a nonce; after that we look before we post again."""
SKEW: Final = timedelta(seconds=30)
"""How far Discord's clock may be off ours."""
MOST_READ: Final = 1_000
PRIVATE_THREAD: Final = 12


async def post_like(
    client: Client, store: Store, place: Place, channel: discord.abc.Messageable, text: str, since: datetime
) -> str | None:
    """Give our own post with these words made since then, unless it came of another row."""
    found = [
        str(message.id)
        async for message in channel.history(limit=MOST_READ, after=since - SKEW, oldest_first=True)
        if _mine(client, message.author.id) and message.content.strip() == text.strip()
    ]
    return await free(store, place, found)


async def room_like(client: Client, store: Store, place: Place, guild_id: int, name: str) -> str | None:
    """Give our own private thread of this name in a channel, unless it came of another row."""
    found = [
        str(thread["id"])
        async for thread in _threads(client, guild_id, int(place.native_id))
        if thread["type"] == PRIVATE_THREAD
        and str(thread.get("parent_id")) == place.native_id
        and thread["name"] == name
        and _mine(client, int(thread["owner_id"]))
    ]
    return await free(store, place, found)


async def entry_like(
    client: Client, store: Store, place: Place, events: Iterable[Mapping[str, Any]], said: Mapping[str, Any]
) -> str | None:
    """Give our own event like this one, unless it came of another row."""
    found = [
        str(event["id"])
        for event in events
        if _mine(client, int(event.get("creator_id") or 0)) and _alike(event, said)
    ]
    return await free(store, place, found)


async def free(store: Store, place: Place, native_ids: list[str]) -> str | None:
    """Give the first that came of no row yet."""
    if not native_ids:
        return None
    async with store.read() as tx:
        taken = await tx.taken(place.id, native_ids)
    return next((one for one in native_ids if one not in taken), None)


async def _threads(client: Client, guild_id: int, channel_id: int) -> AsyncIterator[Mapping[str, Any]]:
    """The threads that a channel may have, active ones first; other servers may have no lists of them."""
    active = partial(client.http.get_active_threads, guild_id)
    archived = partial(client.http.get_private_archived_threads, channel_id)
    for ask in (active, archived):
        try:
            page = await ask()
        except (discord.NotFound, discord.Forbidden):
            continue
        for thread in page["threads"]:
            yield thread


def _mine(client: Client, author_id: int) -> bool:
    return client.user is not None and author_id == client.user.id


def _alike(event: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether an event is this one; what was made late began later than it says."""
    begins = datetime.fromisoformat(event["scheduled_start_time"])
    from_, until = (datetime.fromisoformat(said[f"scheduled_{name}_time"]) for name in ("start", "end"))
    where = (event.get("entity_metadata") or {}).get("location")
    same = event["name"] == said["name"] and where == said["entity_metadata"]["location"]
    return same and from_ <= begins < until
