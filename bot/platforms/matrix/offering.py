"""Describes our commands in rooms whose power allows it, for clients that offer them; all else is first."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, NamedTuple

import aiohttp
import structlog

from bot.core.actions import Urgency
from bot.platform import Later
from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused
from bot.platforms.matrix.limits import Limits
from bot.platforms.matrix.reading import NAME
from bot.platforms.matrix.rooms import Room, Rooms
from bot.platforms.matrix.structured import DESCRIPTION, state_key
from bot.platforms.matrix.voice import Voice
from bot.platforms.patience import patiently, rung
from bot.storage.store import Store

APART: Final = 15.0
"""Seconds between two of them: a server lets us say something each five, and that is kept for questions."""
AFTER_A_FAULT: Final = 60.0
_LAST: Final = 2**62
"""A turn after all others."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class _Lacking(NamedTuple):
    """A description that a room lacks, or has no need of any more."""

    room: str
    key: str
    content: Mapping[str, Any]

    @property
    def sign(self) -> str:
        """What tells it from others."""
        return json.dumps([self.room, self.key, self.content], sort_keys=True)


class Offering:
    """Keeps the descriptions of our commands in step, room by room; one a life."""

    def __init__(
        self, home: Homeserver, store: Store, rooms: Rooms, limits: Limits, wanted: Mapping[str, Any]
    ) -> None:
        self._me, self._store, self._rooms, self._wanted = home.user, store, rooms, wanted
        self._voice = Voice(home, limits, Urgency.RECEIPT, _LAST, asyncio.Lock())
        self._to_look: dict[str, None] = {}
        self._sent: set[str] = set()

    async def run(self) -> None:
        """Describe what is not described yet, one after another, until cancelled."""
        while True:
            self._to_look |= dict.fromkeys(self._rooms.take_news())
            lacking = await patiently(self._next)
            if lacking is None:
                await rung(self._rooms.news, None)
                continue
            await asyncio.sleep(await self._describe(lacking))

    async def _next(self) -> _Lacking | None:
        """The first that a room lacks."""
        while self._to_look:
            native_id = next(iter(self._to_look))
            found = await self._lacking_in(native_id)
            if found is not None:
                return found
            del self._to_look[native_id]
        return None

    async def _lacking_in(self, native_id: str) -> _Lacking | None:
        room = self._rooms.room(native_id)
        if room is None or room.encrypted or not room.may_send(self._me, DESCRIPTION, state=True):
            return None
        every = (_Lacking(native_id, key, content) for key, content in self._differing(room).items())
        first = next((one for one in every if one.sign not in self._sent), None)
        return first if first is not None and await self._is_place(native_id) else None

    async def _is_place(self, native_id: str) -> bool:
        async with self._store.read() as tx:
            known = (await tx.rooms_called(NAME, [native_id])).get(native_id)
        return known is not None and not known.left

    def _differing(self, room: Room) -> dict[str, Mapping[str, Any]]:
        """What differs from what a room has; of others' descriptions none is ours."""
        there = room.described(DESCRIPTION)
        ours = (key for key, one in there.items() if key == state_key(str(one.get("command")), self._me))
        gone: dict[str, Mapping[str, Any]] = {key: {} for key in ours if key not in self._wanted}
        return gone | {key: one for key, one in self._wanted.items() if there.get(key) != one}

    async def _describe(self, lacking: _Lacking) -> float:
        """Say it, and give the seconds to wait after that; once a life, whoever takes it away."""
        try:
            await self._voice.sets(lacking.room, DESCRIPTION, lacking.content, lacking.key)
        except Later as later:
            return later.seconds + APART
        except MatrixRefused as no:
            _log.info("matrix_not_described", code=no.code)
            if no.status == HTTPStatus.FORBIDDEN:
                self._to_look.pop(lacking.room, None)
                return APART
            if no.status >= HTTPStatus.INTERNAL_SERVER_ERROR or no.status == HTTPStatus.UNAUTHORIZED:
                return AFTER_A_FAULT
        except (aiohttp.ClientError, OSError, TimeoutError):  # the server is away
            return AFTER_A_FAULT
        self._sent.add(lacking.sign)
        return APART
