"""What people type to the bot alone: commands count where the person can only mean one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog

from bot.core.hearing import Commanded
from bot.core.model import Place
from bot.core.sentences import matrix_rooms as sentences
from bot.platform import Ears
from bot.platforms.matrix.asking import insist, where_let
from bot.platforms.matrix.drawing import NOTICE, message
from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused, part
from bot.platforms.matrix.reading import NAME, Deed, Reader
from bot.platforms.matrix.rooms import Room, Rooms
from bot.platforms.matrix.sitting import ticked
from bot.platforms.matrix.translating import Put, Wrote, mapping

ALONE: Final = "alone "
"""Begins the id of a command that was typed to the bot alone; its event's own id follows."""
UNREAD: Final = "matrix.unread"
"""Begins the name under which our books keep that a talk was said to be unreadable; its room follows."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Direct:
    """Hears what people type to the bot alone; one a life."""

    def __init__(self, home: Homeserver, ears: Ears, rooms: Rooms, reader: Reader) -> None:
        self._home, self._ears, self._rooms, self._reader = home, ears, rooms, reader
        self._told: set[tuple[str, str]] = set()

    async def hear(self, room: Room, deeds: Sequence[Deed], point: str) -> None:
        """Bring commands to the place they are for; nothing else that is said here is kept."""
        if room.encrypted:
            await self._unread(room)
        for deed in deeds:
            if isinstance(deed.what, Put):
                await self._ticked(deed, deed.what, point)
            elif isinstance(deed.what, Wrote) and not self._reader.is_old(deed.what.at):
                await self._typed(room, deed, deed.what, point)

    async def _ticked(self, deed: Deed, what: Put, point: str) -> None:
        """What was asked once more is about one place, wherever else the person is."""
        line = await ticked(self._reader.store, what)
        async with self._reader.store.read() as tx:
            place = await tx.place_of_sent(NAME, what.about) if line else None
        there = self._rooms.room(place.native_id) if place else None
        if line and place and there:
            await self._bring(place, there, deed, line, point)

    async def _typed(self, room: Room, deed: Deed, what: Wrote, point: str) -> None:
        line = self._reader.command_in(room, what)
        if line is None:
            if not what.notice:
                await self._tell(room, deed, sentences.COMMANDS_ONLY)
            return
        shared = await self._shared_with(deed.author.native_id)
        if len(shared) == 1:
            await self._bring(*shared[0], deed, line, point)
        else:
            await self._tell(room, deed, sentences.COMMANDS_ELSEWHERE)

    async def _bring(self, place: Place, there: Room, deed: Deed, line: str, point: str) -> None:
        """Bring a command from one who is, there, who they are."""
        author, at = self._reader.author(there, deed.author.native_id), self._reader.at(deed.what.at)
        typed = Commanded(f"{ALONE}{deed.what.id}", author, line, at)
        await self._ears.hear(place, (typed,), await self._ears.cursor(place) or point)

    async def _shared_with(self, mxid: str) -> list[tuple[Place, Room]]:
        """The places in which somebody is, rooms of hosts left out."""
        async with self._reader.store.read() as tx:
            places = {one.native_id: one for one in await tx.places_on(NAME)}
            hosts = {key for key, one in (await tx.rooms_called(NAME, places)).items() if one.hosts}
        shared = []
        for native_id in places.keys() - hosts:
            room = self._rooms.room(native_id)
            if room is not None and await self._is_in(room, mxid):
                shared.append((places[native_id], room))
        return shared

    async def _is_in(self, room: Room, mxid: str) -> bool:
        path, found = f"v3/rooms/{part(room.native_id)}/state/m.room.member/{part(mxid)}", None
        with where_let():
            found = await insist(self._home, "GET", path)
        return mapping(found).get("membership") == "join"

    async def _unread(self, room: Room) -> None:
        """Say that nothing can be read here, once: it stays so."""
        name = f"{UNREAD}.{room.native_id}"
        async with self._reader.store.read() as tx:
            said = await tx.installed(name)
        if not said and await self._say(room, sentences.ENCRYPTED_ALONE, "encrypted"):
            async with self._reader.store.begin() as tx:
                await tx.install(name, "1")

    async def _tell(self, room: Room, deed: Deed, sentence: str) -> None:
        """Say something, once a life."""
        if (room.native_id, sentence) not in self._told:
            self._told.add((room.native_id, sentence))
            await self._say(room, sentence, deed.what.id)

    async def _say(self, room: Room, sentence: str, about: str) -> bool:
        """Say something; gives whether it was taken."""
        content = message(sentence, NOTICE, f"told.{about}")
        path = f"v3/rooms/{part(room.native_id)}/send/m.room.message/{part(f'elsewhere.{about}')}"
        try:
            await insist(self._home, "PUT", path, content, tries=2)
        except MatrixRefused as no:
            _log.warning("matrix_not_told", code=no.code)
            return False
        return True
