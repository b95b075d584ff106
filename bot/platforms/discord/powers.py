"""What Discord lets somebody do in a place now: asked of the server, and believed for a few seconds."""

from __future__ import annotations

import asyncio
import time
from typing import Final, TypeVar

import discord

from bot.core.model import Place, Role
from bot.platform import Absent
from bot.platforms.discord.askers import power_of
from bot.storage.store import Store

BELIEVED: Final = 10.0
"""Seconds for which an answer holds: a page may ask several times."""
_PATIENCE: Final = 5.0
_MOST: Final = 500

_UNTOLD: Final = (discord.HTTPException, TimeoutError, OSError, RuntimeError)
"""How asking fails; the last is a session that was closed meanwhile."""
_T = TypeVar("_T")

Where = discord.abc.GuildChannel | discord.Thread


class Powers:
    """Asks Discord about one member at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._told: dict[tuple[int, str], tuple[float, Role]] = {}
        self._gone: dict[tuple[int, str], float] = {}

    async def of(self, client: discord.Client, place: Place, native_id: str) -> Role | None:
        """Somebody's power in a place, or None while Discord does not say; raises Absent."""
        until, role = self._told.get((place.id, native_id), (0.0, Role.ANYONE))
        if until > time.monotonic():
            return role
        room = client.get_channel(int(place.native_id))
        if not isinstance(room, Where) or not native_id.isdecimal():
            return None
        if self._gone.get((room.guild.id, native_id), 0.0) > time.monotonic():
            raise Absent
        try:
            found = await self._asked(room, place, int(native_id))
        except Absent:  # from the whole server: its other channels need not be asked about
            _note(self._gone, (room.guild.id, native_id), time.monotonic() + BELIEVED)
            raise
        if found is not None:
            _note(self._told, (place.id, native_id), (time.monotonic() + BELIEVED, found))
        return found

    async def _asked(self, room: Where, place: Place, number: int) -> Role | None:
        async with self._store.read() as tx:
            host_role = await tx.host_role(place.community_id)
        try:
            async with asyncio.timeout(_PATIENCE):
                member = await room.guild.fetch_member(number)
        except discord.NotFound:
            raise Absent from None
        except _UNTOLD:
            return None
        try:
            return power_of(member, room.permissions_for(member), host_role)
        except discord.ClientException:  # a thread whose channel is out of sight
            return power_of(member, member.guild_permissions, host_role)


def _note(kept: dict[tuple[int, str], _T], key: tuple[int, str], what: _T) -> None:
    while len(kept) >= _MOST:
        del kept[next(iter(kept))]
    kept[key] = what
