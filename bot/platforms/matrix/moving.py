"""Rooms that another room replaces: it is entered, and the place goes on there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import structlog

from bot.clock import Clock
from bot.core.sentences import matrix_rooms as sentences
from bot.networks import server_of
from bot.platforms.matrix.asking import insist
from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused, part
from bot.platforms.matrix.reading import NAME
from bot.platforms.matrix.rooms import Room, Rooms
from bot.storage.store import Store

TRIES: Final = 2
"""So often a room is tried to be entered or left: what a distant server thinks of it holds up nobody."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Moving:
    """Follows places into the rooms that replace theirs."""

    def __init__(self, home: Homeserver, store: Store, rooms: Rooms, clock: Clock) -> None:
        self._home, self._store, self._rooms, self._clock = home, store, rooms, clock
        self._tried: set[str] = set()

    async def follow(self, ids: Collection[str]) -> None:
        """Look among rooms of which there is news for some that were replaced, or that replace others."""
        every = [room for room in self._rooms.all() if room.replaced_by]
        old = [room for room in every if room.native_id in ids or room.replaced_by in ids]
        if not old:
            return
        async with self._store.read() as tx:
            places = await tx.rooms_called(NAME, [room.native_id for room in old])
        for room in old:
            if room.native_id in places:
                await self._follow(room)

    async def _follow(self, room: Room) -> None:
        new = self._rooms.room(room.replaced_by)
        if new is None:
            await self._enter(room)
        elif new.predecessor == room.native_id:
            await self._move(room.native_id, new.native_id)
        elif new.native_id in self._tried:
            await self._leave(new)

    async def _move(self, old: str, new: str) -> None:
        """Let a place go on in its new room: what is on is asked there again, and its hosts are told."""
        async with self._store.begin() as tx:
            known, now = (await tx.rooms_called(NAME, [old])).get(old), self._clock.now()
            if known is None:
                return
            await tx.move_room(known.place, new)
            await tx.ask_anew(known.place, now)
            for community in await tx.communities_of(known.place):
                hosts = community.hosts_place_id
                if hosts is not None and hosts != known.place.id:
                    said = sentences.room_replaced(known.place.name)
                    key = f"moved.{known.place.id}.{new}.{community.id}"
                    await tx.post(await tx.place(hosts), said, (), key, now)

    async def _enter(self, room: Room) -> None:
        """Join the new room, once a life; whether it is what it seems is seen when we are told of it."""
        if room.replaced_by in self._tried:
            return
        self._tried.add(room.replaced_by)
        try:
            via = server_of(room.maker) or server_of(self._home.user)
            path = f"v3/join/{part(room.replaced_by)}"
            await insist(self._home, "POST", path, {}, query={"via": via}, tries=TRIES)
        except MatrixRefused as no:  # an invitation may come yet
            _log.warning("matrix_room_not_followed", code=no.code)

    async def _leave(self, room: Room) -> None:
        """Leave a room into which a false sign led, before it becomes a place."""
        self._rooms.leave(room.native_id)
        try:
            await insist(self._home, "POST", f"v3/rooms/{part(room.native_id)}/leave", {}, tries=TRIES)
        except MatrixRefused as no:
            _log.warning("matrix_room_not_left", code=no.code)
