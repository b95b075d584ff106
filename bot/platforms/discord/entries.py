"""A chat among a server's events: made, kept in step, begun, ended and taken out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import discord

from bot.clock import Clock
from bot.core.effects import Entry
from bot.core.plain import cut
from bot.platform import Outgoing
from bot.platforms.discord.client import Client
from bot.platforms.discord.finding import entry_like
from bot.platforms.discord.refusals import UNKNOWN_EVENT
from bot.storage.store import Store

SCHEDULED, ACTIVE, COMPLETED = 1, 2, 3
ELSEWHERE, MEMBERS_ONLY = 3, 2
"""The kind of an event that is held at a place told in words, and who sees it."""
SOON: Final = timedelta(seconds=10)
"""Discord takes no event that has begun: one that is made late begins so soon."""
_SHORTEST: Final = timedelta(minutes=1)
_TIMES: Final = ("scheduled_start_time", "scheduled_end_time")
_LONGEST_NAME, _LONGEST_ABOUT, _LONGEST_WHERE = 100, 1_000, 100


async def keep_entry(client: Client, store: Store, clock: Clock, guild_id: int, out: Outgoing) -> str:
    """Bring a server's event in step with an entry, and give its id; "" when there is none any more."""
    known = await _event(client, guild_id, out.target) if out.target else None
    if out.entry is None:
        if known is not None:
            await _end(client, guild_id, known)
        return ""
    said = payload(out, out.entry, clock)
    if known is None or known["status"] not in (SCHEDULED, ACTIVE):
        known = await _made(client, store, clock, guild_id, out, said)
    if known is None:
        return ""
    changed = _changed(known, said, clock.real(), live=out.entry.live)
    if changed:
        await client.http.edit_scheduled_event(guild_id, int(known["id"]), **changed)
    return str(known["id"])


async def find_entry(client: Client, store: Store, guild_id: int, out: Outgoing, clock: Clock) -> str | None:
    """Give the event that an earlier attempt made."""
    if out.entry is None:
        return None
    events: Any = await client.http.get_scheduled_events(guild_id, False)
    return await entry_like(client, store, out.place, events, payload(out, out.entry, clock))


def payload(out: Outgoing, entry: Entry, clock: Clock) -> dict[str, Any]:
    """An entry as Discord is told of it."""
    begins, ends = clock.to_real(entry.starts_at), clock.to_real(entry.ends_at)
    return {
        "name": cut(entry.title, _LONGEST_NAME),
        "description": cut(entry.about, _LONGEST_ABOUT),
        "scheduled_start_time": _written(begins),
        "scheduled_end_time": _written(ends),
        "entity_metadata": {"location": _where(out, entry)},
        "entity_type": ELSEWHERE,
        "privacy_level": MEMBERS_ONLY,
    }


def _where(out: Outgoing, entry: Entry) -> str:
    """Where to go; an address that is too long would lead nowhere, so then it is the channel."""
    channel = cut(f"#{out.place.name}", _LONGEST_WHERE)
    return entry.where if 0 < len(entry.where) <= _LONGEST_WHERE else channel


async def _made(
    client: Client, store: Store, clock: Clock, guild_id: int, out: Outgoing, said: dict[str, Any]
) -> Mapping[str, Any] | None:
    """The event that an earlier attempt made, or a new one; None when the chat is over already."""
    events: list[Mapping[str, Any]] = [*(await client.http.get_scheduled_events(guild_id, False))]
    found = await entry_like(client, store, out.place, events, said)
    if found is not None:
        return next(event for event in events if str(event["id"]) == found)
    now = clock.real()
    if datetime.fromisoformat(said["scheduled_end_time"]) <= now + SOON:
        return None
    begins = max(datetime.fromisoformat(said["scheduled_start_time"]), now + SOON)
    ends = max(datetime.fromisoformat(said["scheduled_end_time"]), begins + _SHORTEST)
    new = said | {"scheduled_start_time": _written(begins), "scheduled_end_time": _written(ends)}
    made: Mapping[str, Any] = await client.http.create_guild_scheduled_event(guild_id, **new)
    return made


def _changed(known: Mapping[str, Any], said: dict[str, Any], now: datetime, *, live: bool) -> dict[str, Any]:
    """What differs: an event that has begun keeps its beginning, and an end that is past is not told."""
    fixed = {"entity_type", "privacy_level"}
    fixed |= {name for name in _TIMES if datetime.fromisoformat(said[name]) <= now}
    if live or known["status"] == ACTIVE:
        fixed.add(_TIMES[0])
    changed = {
        name: value for name, value in said.items() if name not in fixed and not _same(known, name, value)
    }
    return changed | ({"status": ACTIVE} if live and known["status"] == SCHEDULED else {})


async def _event(client: Client, guild_id: int, native_id: str) -> Mapping[str, Any] | None:
    try:
        found: Any = await client.http.get_scheduled_event(guild_id, int(native_id), False)
    except discord.NotFound as no:
        if no.code != UNKNOWN_EVENT:
            raise
        return None
    return dict(found)


async def _end(client: Client, guild_id: int, known: Mapping[str, Any]) -> None:
    """End an event that has begun; one that has not is taken out."""
    if known["status"] == ACTIVE:
        await client.http.edit_scheduled_event(guild_id, int(known["id"]), status=COMPLETED)
    elif known["status"] == SCHEDULED:
        await client.http.delete_scheduled_event(guild_id, int(known["id"]))


def _same(known: Mapping[str, Any], name: str, value: Any) -> bool:
    there = known.get(name)
    if name in _TIMES and isinstance(there, str):
        return datetime.fromisoformat(there) == datetime.fromisoformat(value)
    return bool((there or "") == value)


def _written(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat()
