"""Doing on Matrix what is queued: in turn, once under its key, and refused in plain words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final, TypeVar

import aiohttp

from bot.clock import Clock
from bot.core.actions import Action
from bot.core.sentences import refusals as sentences
from bot.platform import Impossible, Later, Outgoing
from bot.platforms.matrix.acting import Acting
from bot.platforms.matrix.drawing import TEXT_LIMIT, Pen
from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused
from bot.platforms.matrix.limits import Limits
from bot.platforms.matrix.refusals import Refusals, coming_to
from bot.platforms.matrix.rooms import Rooms
from bot.platforms.matrix.supervisor import unknown_token
from bot.platforms.matrix.voice import Voice
from bot.storage.store import Store, in_transaction

_UNTOLD: Final = 1.0
"""Seconds until it is tried again to call people, when we were not told yet whether we may."""
_MOVES_WITHIN: Final = timedelta(seconds=30)
"""So long after its first attempt something waits for its place to go on in another room."""
_MOVING: Final = 0.5
"""Seconds until it is tried again."""
_MOST_NUMBERS: Final = 10_000
_WHILE_SHUT: Final = 60.0
"""Seconds until something is tried again that met a homeserver which does not know the bot's token."""

_T = TypeVar("_T")

_ACTS: Final[Mapping[Action, Callable[[Acting], Awaitable[str]]]] = {
    Action.POST: Acting.post,
    Action.WHISPER: Acting.whisper,
    Action.THREAD: Acting.thread,
    Action.PIN: Acting.pin,
    Action.TOPIC: Acting.topic,
    Action.EDIT: Acting.edit,
    Action.RECEIPT: Acting.receipt,
    Action.CARD: Acting.card,
    Action.ROOM: Acting.room,
}
_FINDS: Final[Mapping[Action, Callable[[Acting], Awaitable[str | None]]]] = {
    Action.POST: Acting.find_post,
    Action.WHISPER: Acting.find_whisper,
    Action.CARD: Acting.find_card,
    Action.ROOM: Acting.find_room,
}


@dataclass(slots=True)
class Life:
    """One life on a homeserver: what it speaks with, what it was told of rooms, and when its device was made.

    `shut_out` is called once when the homeserver does not know the bot's token.
    """

    home: Homeserver
    rooms: Rooms
    since: datetime | None
    shut_out: Callable[[MatrixRefused], None]
    refused: bool = False
    making: asyncio.Lock = field(default_factory=asyncio.Lock)


class Sender:
    """Sends for all lives of the bot on one homeserver."""

    def __init__(self, life: Callable[[], Life], store: Store, clock: Clock, host_power: int) -> None:
        self._life, self._store, self._clock, self._host_power = life, store, clock, host_power
        self.limits, self.refusals, self.pen = Limits(), Refusals(), Pen()
        self._numbers: dict[str, int] = {}

    async def send(self, out: Outgoing) -> str:
        """Do one thing and give back the native id of what came of it; raises Later or Impossible."""
        if in_transaction():
            raise RuntimeError("Nothing may be sent inside a write transaction.")
        life = self._life()
        if len(out.text) > TEXT_LIMIT:
            raise Impossible(sentences.TOO_LONG.format(limit=TEXT_LIMIT))
        act = _ACTS.get(out.action)
        if act is None:
            raise Impossible(sentences.NOT_DONE_HERE)
        room = life.rooms.room(out.place.native_id)
        if room is not None and room.replaced_by and self._may_wait(out):
            raise Later(_MOVING)
        self.refusals.check(out, life.rooms, life.home.user)
        native_id = await self._acted(life, out, act)
        self._numbers.pop(out.key, None)
        return native_id

    async def find(self, out: Outgoing) -> str | None:
        """Give the native id of what was sent under this key before, or None; nothing is sent."""
        find, life = _FINDS.get(out.action), self._life()
        if find is None:
            return None
        try:
            return await self._acted(life, out, find)
        except Impossible:
            return None

    async def _acted(self, life: Life, out: Outgoing, act: Callable[[Acting], Awaitable[_T]]) -> _T:
        if life.refused:
            raise Later(_WHILE_SHUT)
        voice = Voice(life.home, self.limits, out.action.urgency, self._number(out), life.making)
        room = life.rooms.room(out.place.native_id)
        if out.ping and not life.rooms.told.is_set():
            raise Later(_UNTOLD)
        coming = coming_to(room)
        acting = Acting(voice, self.pen, self._store, self._clock, out, self._host_power, life.since, room)
        try:
            return await act(acting)
        except MatrixRefused as no:
            if unknown_token(no):
                life.refused = True
                life.shut_out(no)
                raise Later(_WHILE_SHUT) from no
            if no.status == HTTPStatus.FORBIDDEN and self._may_wait(out) and await _replaced(voice, out):
                raise Later(_MOVING) from no
            raise self.refusals.told(out, no, coming, life.home.user) from no

    def _may_wait(self, out: Outgoing) -> bool:
        """Whether something is young enough to wait for its place to move."""
        tried = self._clock.to_real(out.first_attempt_at or self._clock.now())
        return out.action.makes and self._clock.real() - tried < _MOVES_WITHIN

    def _number(self, out: Outgoing) -> int:
        """Its turn; what was put off keeps its number, so that nobody younger goes first."""
        number = self._numbers.setdefault(out.key, self.limits.number())
        while len(self._numbers) > _MOST_NUMBERS:
            del self._numbers[next(iter(self._numbers))]
        return number


async def _replaced(voice: Voice, out: Outgoing) -> bool:
    """Whether another room took the place of the one in which something was refused."""
    try:
        tombstone = await voice.state(out.place.native_id, "m.room.tombstone")
    except (MatrixRefused, aiohttp.ClientError, TimeoutError, OSError):
        return False
    return bool(tombstone.get("replacement_room"))
