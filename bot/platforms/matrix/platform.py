"""Matrix as the rest of the bot sees it: it hears, and it does what is queued."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

import aiohttp

from bot.clock import Clock
from bot.commands import CommandTree
from bot.commands.declared import Command
from bot.commands.help import completed
from bot.core.model import Place, Role
from bot.networks import MatrixSettings
from bot.platform import Ability, Absent, Ears, Later, Outgoing
from bot.platforms.matrix.calling import Calling
from bot.platforms.matrix.drawing import TEXT_LIMIT, Pen
from bot.platforms.matrix.hearing import Listener
from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused
from bot.platforms.matrix.login import Door
from bot.platforms.matrix.offering import Offering
from bot.platforms.matrix.override import note_limit
from bot.platforms.matrix.reading import NAME
from bot.platforms.matrix.rooms import Rooms
from bot.platforms.matrix.sending import Life, Sender
from bot.platforms.matrix.structured import descriptions
from bot.platforms.matrix.supervisor import FIRST_WAIT, supervise
from bot.platforms.patience import first_to_end, patiently
from bot.storage.store import Store

_SHUT: Final = 60.0
_NOT_HERE: Final = frozenset({Ability.ENTRIES, Ability.COLLECTING, Ability.MOMENTS})


class Matrix:
    """A chat network; each life on the homeserver ends somehow, and is followed by another."""

    name = NAME
    abilities: frozenset[Ability] = frozenset(Ability) - _NOT_HERE
    text_limit = TEXT_LIMIT

    def __init__(
        self, settings: MatrixSettings, store: Store, clock: Clock, *, first_wait: float = FIRST_WAIT
    ) -> None:
        """Be on a homeserver."""
        self._settings, self._store, self._clock = settings, store, clock
        self._first_wait = first_wait
        self._door = Door(settings, store, clock)
        self._current: Life | None = None
        self._sender = Sender(lambda: self.life, store, clock, settings.host_power)
        self._commands: tuple[Command, ...] = ()
        self.unwell = ""
        """What is wrong with the whole bot on Matrix, or nothing."""

    @property
    def life(self) -> Life:
        """The life that goes on; while there is none, Later."""
        if self._current is None:
            raise Later(_SHUT if self.unwell else 1)
        return self._current

    @property
    def connected(self) -> bool:
        """Whether the homeserver is in reach now."""
        return self._current is not None and self._current.home.reached

    def mount(self, tree: CommandTree) -> None:
        """Know the commands that may be typed, so as to name them as they are typed."""
        self._commands = tree.commands
        paths = [one.path for one in tree.commands]
        self._sender.pen = Pen(paths, partial(completed, commands=tree.commands))

    async def listen(self, ears: Ears) -> None:
        """Hear everything since the last time, then everything new, until cancelled."""
        self.unwell = await supervise(partial(self._live, ears), self._door, self._first_wait)
        await asyncio.Event().wait()

    async def send(self, out: Outgoing) -> str:
        """Do one thing and give back the native id of what came of it; raises Later or Impossible."""
        return await self._sender.send(out)

    async def find(self, out: Outgoing) -> str | None:
        """Give the native id of what was sent under this key before, or None; nothing is sent."""
        return await self._sender.find(out)

    async def power(self, place: Place, native_id: str) -> Role | None:
        """What a room lets somebody do now, as was told last; None while nothing is told, or Absent."""
        room = self._current.rooms.room(place.native_id) if self._current is not None else None
        if room is None:
            return None
        if native_id not in room.members:
            raise Absent
        return Role.HOST if room.power(native_id) >= self._settings.host_power else Role.ANYONE

    async def _live(self, ears: Ears) -> None:
        """One life: raises when the connection is over, or when the homeserver knows us no more."""
        async with aiohttp.ClientSession() as session:
            home = await self._door.enter(session)
            ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            rooms = Rooms()
            self._current = Life(home, rooms, self._door.since, partial(_end, ended))
            self._sender.refusals.forget()
            of_people = [one.path for one in self._commands if one.names_people]
            calling = Calling(home.user, [one.path for one in self._commands], of_people)
            listener = Listener(home, self._store, ears, self._clock, self._settings, rooms, calling)
            wanted = descriptions(self._commands, home.user)
            offering = Offering(home, self._store, rooms, self._sender.limits, wanted)
            try:
                await first_to_end(listener.run(), ended, self._beside(home, offering))
            finally:
                self._current = None

    async def _beside(self, home: Homeserver, offering: Offering) -> None:
        """What no word waits for."""
        await patiently(partial(note_limit, home, self._store))
        await offering.run()


def _end(ended: asyncio.Future[None], no: MatrixRefused) -> None:
    if not ended.done():
        ended.set_exception(no)
