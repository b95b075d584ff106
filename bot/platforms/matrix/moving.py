"""Rooms that another room replaces: it is entered, and the place goes on there."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from functools import partial
from typing import Final

import structlog

from bot.clock import Clock
from bot.core.sentences import matrix_rooms as sentences
from bot.networks import server_of
from bot.platforms.matrix.asking import insist
from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused, part
from bot.platforms.matrix.reading import NAME
from bot.platforms.matrix.rooms import Room, Rooms
from bot.platforms.patience import patiently
from bot.storage.store import Store

TRIES: Final = 2
"""So often a room is tried to be left: what a distant server thinks of it holds up nobody."""
ENTERS: Final = 12
"""So often one is tried to be entered, beside everything else: a homeserver may need to start anew."""
FOLLOWED: Final = "matrix.followed"
"""Begins the name under which our books keep that a room was entered for its claim alone; its id follows."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Moving:
    """Follows places into the rooms that replace theirs."""

    def __init__(self, home: Homeserver, store: Store, rooms: Rooms, clock: Clock) -> None:
        self._home, self._store, self._rooms, self._clock = home, store, rooms, clock
        self._tried: set[str] = set()
        self._entering: set[asyncio.Task[None]] = set()

    async def end(self) -> None:
        """Leave the rest for the next life, which is told of it again."""
        for task in tuple(self._entering):
            task.cancel()
        await asyncio.gather(*self._entering, return_exceptions=True)

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
            self._enter(room)
        elif new.predecessor == room.native_id:
            await self._move(room.native_id, new.native_id)
        elif await self._was_followed(new.native_id):
            await self._leave(new)

    async def _move(self, old: str, new: str) -> None:
        """Let a place go on in its new room: what is on is asked there again, and its hosts are told."""
        async with self._store.begin() as tx:
            known, now = (await tx.rooms_called(NAME, [old])).get(old), self._clock.now()
            if known is None:
                return
            await tx.install(_followed(new), "")
            await tx.move_room(known.place, new)
            await tx.ask_anew(known.place, now)
            for community in await tx.communities_of(known.place):
                hosts = community.hosts_place_id
                if hosts is not None and hosts != known.place.id:
                    said = sentences.room_replaced(known.place.name)
                    key = f"moved.{known.place.id}.{new}.{community.id}"
                    await tx.post(await tx.place(hosts), said, (), key, now)

    def _enter(self, room: Room) -> None:
        """Join the new room, once a life; whether it is what it seems is seen when we are told of it."""
        if room.replaced_by in self._tried:
            return
        self._tried.add(room.replaced_by)
        task = asyncio.create_task(self._join(room))
        self._entering.add(task)
        task.add_done_callback(self._entering.discard)

    async def _join(self, room: Room) -> None:
        await patiently(partial(self._note, room.replaced_by))
        try:
            via = server_of(room.maker) or server_of(self._home.user)
            path = f"v3/join/{part(room.replaced_by)}"
            await insist(self._home, "POST", path, {}, query={"via": via}, tries=ENTERS)
        except MatrixRefused as no:  # an invitation may come yet
            _log.warning("matrix_room_not_followed", code=no.code)

    async def _note(self, new: str) -> None:
        """Note it before it is entered: a life that ends just then would leave us in a trap."""
        async with self._store.begin() as tx:
            await tx.install(_followed(new), "1")

    async def _was_followed(self, new: str) -> bool:
        async with self._store.read() as tx:
            return bool(await tx.installed(_followed(new)))

    async def _leave(self, room: Room) -> None:
        """Leave a room into which a false sign led, before it becomes a place."""
        self._rooms.leave(room.native_id)
        try:
            await insist(self._home, "POST", f"v3/rooms/{part(room.native_id)}/leave", {}, tries=TRIES)
        except MatrixRefused as no:
            _log.warning("matrix_room_not_left", code=no.code)  # the next life leaves it
            return
        async with self._store.begin() as tx:
            await tx.install(_followed(room.native_id), "")


def _followed(new: str) -> str:
    return f"{FOLLOWED}.{new}"
