"""The platform of the terminal: posts into transcripts, and hears what people write there."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

import structlog

from bot.clock import Clock
from bot.core.grammar import command_text
from bot.core.hearing import Commanded, Heard, Said
from bot.core.model import Place
from bot.core.sentences import prompt as sentences
from bot.platform import ROOM_ABILITIES, Ability, Ears, Impossible, Outgoing
from bot.platforms.patience import patiently, rung
from bot.platforms.terminal.lines import Posted
from bot.platforms.terminal.room import Room
from bot.storage.store import in_transaction

_BATCH: Final = 500
_LOOKS_A_CENSUS: Final = 10
"""How many looks at the rooms go by before the list of places is asked for again."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Terminal:
    """A chat network of transcripts in one folder."""

    name = "terminal"
    abilities: frozenset[Ability] = ROOM_ABILITIES
    text_limit = 10_000

    def __init__(self, rooms: Path, clock: Clock, poll: float | None = 0.2, *, fsync: bool = False) -> None:
        """Keep the rooms in `rooms`; look for other processes' lines every `poll` seconds, or never."""
        self._folder = rooms
        self._clock = clock
        self._poll = poll
        self._fsync = fsync
        self._rooms: dict[str, Room] = {}
        self._following: dict[int, asyncio.Task[None]] = {}
        self._news = asyncio.Event()

    def room(self, native_id: str) -> Room:
        """Give the room of this native id, which begins with its first line."""
        if native_id not in self._rooms:
            file = quote(native_id, safe=" #@!&+,=~") + ".jsonl"
            self._rooms[native_id] = Room(self._folder / file, fsync=self._fsync)
        return self._rooms[native_id]

    def refresh(self) -> None:
        """Look again which places there are to listen to."""
        self._news.set()

    async def send(self, out: Outgoing) -> str:
        """Do one thing in its room, once under its key, and give back the native id of what came of it."""
        if in_transaction():
            raise RuntimeError("Nothing may be sent inside a write transaction.")
        if len(out.text) > self.text_limit:
            raise Impossible(sentences.too_long_for_a_post(self.text_limit))
        if out.place.id not in self._following:
            self.refresh()
        return self.room(out.place.native_id).post(out, self._clock.now())

    async def find(self, out: Outgoing) -> str | None:
        """Give the id of what stands in the room under this key."""
        return self.room(out.place.native_id).posted(out.key)

    async def listen(self, ears: Ears) -> None:
        """Hear everything since each place's cursor, then everything new, until cancelled."""
        census = None if self._poll is None else self._poll * _LOOKS_A_CENSUS
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    self._follow(await patiently(lambda: ears.places(self.name)), ears, group)
                    await rung(self._news, census)
        finally:
            self._following.clear()

    def _follow(self, places: tuple[Place, ...], ears: Ears, group: asyncio.TaskGroup) -> None:
        for place in places:
            if place.id not in self._following:
                self._following[place.id] = group.create_task(self._hear_place(place, ears))
        for left in self._following.keys() - {place.id for place in places}:
            self._following.pop(left).cancel()

    async def _hear_place(self, place: Place, ears: Ears) -> None:
        cursor = await patiently(lambda: ears.cursor(place))
        with self.room(place.native_id).subscribed() as bell:
            while True:
                cursor = await self._hear_new(place, ears, cursor)
                await rung(bell, self._poll)

    async def _hear_new(self, place: Place, ears: Ears, cursor: str | None) -> str | None:
        while True:
            reading = self.room(place.native_id).read(cursor, _BATCH)
            if reading.cursor == cursor:
                return cursor
            if reading.malformed:
                _log.warning("senseless lines skipped", place=place.native_id, count=reading.malformed)
            heard = [_heard(event, place) for event in reading.events if not isinstance(event, Posted)]
            if heard:
                await patiently(partial(ears.hear, place, heard, reading.cursor))
            cursor = reading.cursor


def _heard(event: Heard, place: Place) -> Heard:
    if not isinstance(event, Said):
        return event
    command = command_text(event.text)
    if command is None:
        return event
    # The bot remembers handled commands by platform, and a line's number is only its room's.
    return Commanded(f"{place.native_id}/{event.id}", event.author, command, event.at)
