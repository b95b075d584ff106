"""Chat networks as people see them, so that one test can talk on each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

import pytest

from bot.clock import Clock
from bot.core.hearing import Author
from bot.core.model import Offer, Place, Role
from bot.platform import Platform
from bot.platforms.terminal import Room, Terminal
from bot.platforms.terminal.view import Shown, View

NETWORKS: Final = ("terminal", "browser", "discord", "matrix")
_OVER_SOCKETS: Final = tuple(pytest.param(name, marks=pytest.mark.slow) for name in ("discord", "matrix"))
IN_TURN: Final = ("browser", pytest.param("terminal", marks=pytest.mark.slow), *_OVER_SOCKETS)
"""Every network in turn, at first the one that each bot has; a thousand conversations more take minutes."""
FEW: Final = (IN_TURN[0], IN_TURN[1], "discord", IN_TURN[-1])
"""Every network in turn where Discord differs from the bot's own rooms, as when it whispers to somebody."""
NOT_OURS: Final = ("terminal", *_OVER_SOCKETS)
"""Those whose rooms the bot does not keep itself: from them it can be barred, and its posts deleted."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as people see it; `thread` and `reply_to` are ids of messages."""

    id: str
    text: str
    offers: tuple[Offer, ...] = ()
    thread: str | None = None
    reply_to: str | None = None
    receipts: tuple[str, ...] = ()


class Someone(Protocol):
    """A person in a room; ids are those of messages."""

    async def say(self, text: str) -> str:
        """Write a message and give its id."""

    async def types(self, line: str) -> str:
        """Type a command, as "!edchat chat next"."""

    async def reply(self, message: str, text: str) -> str:
        """Reply to a message and give the reply's id."""

    async def edit(self, message: str, text: str) -> None:
        """Change an own message."""

    async def delete(self, message: str) -> None:
        """Take an own message back."""

    async def react(self, message: str, number: int) -> None:
        """Put a digit on a message."""

    async def unreact(self, message: str, number: int) -> None:
        """Take a digit off again."""

    def in_thread(self, name: str) -> Someone:
        """Give the same person in the newest thread whose name begins so, as "q2"."""


class Network(Protocol):
    """A chat network with two places, its people, and what the places show; ids are native."""

    name: str
    place: Place
    other: Place

    def platform(self) -> Platform:
        """Start the bot's side anew, as after a crash; the network stays what it is."""

    def person(self, name: str, place: Place | None = None) -> Someone:
        """Give somebody without power, in the first place unless told otherwise."""

    def host(self, name: str, place: Place | None = None) -> Someone:
        """Give somebody with the native power of a host."""

    def posts(self, place: Place | None = None) -> tuple[Seen, ...]:
        """Give what the bot has posted for all, oldest first."""

    def messages(self, place: Place | None = None) -> tuple[Seen, ...]:
        """Give all that stands in a place for all to see, oldest first."""

    def whispers(self, name: str, place: Place | None = None) -> tuple[Seen, ...]:
        """Give what only this person sees."""

    def threads(self, place: Place | None = None) -> dict[str, str]:
        """Give the names of the threads by the messages they hang on."""

    def pinned(self, place: Place | None = None) -> str | None:
        """Give the pinned message."""

    def topic(self, place: Place | None = None) -> str:
        """Give a place's topic."""

    async def until(self, predicate: Callable[[], bool], within: float = 10.0) -> None:
        """Wait until something is so; AssertionError when it is not `within` seconds."""


@dataclass(frozen=True, slots=True)
class TerminalPerson:
    """Somebody who writes into a transcript."""

    room: Room
    clock: Clock
    author: Author
    thread: str | None = None

    async def say(self, text: str) -> str:
        """Write a message and give its id."""
        return self.room.say(self.author, text, self.clock.now(), thread=self._thread())

    async def types(self, line: str) -> str:
        """Type a command: here it is a message like any other."""
        return await self.say(line)

    async def reply(self, message: str, text: str) -> str:
        """Reply to a message and give the reply's id."""
        return self.room.say(self.author, text, self.clock.now(), thread=self._thread(), reply_to=message)

    async def edit(self, message: str, text: str) -> None:
        """Change an own message."""
        self.room.edit(self.author, message, text, self.clock.now())

    async def delete(self, message: str) -> None:
        """Take an own message back."""
        self.room.delete(message, self.clock.now())

    async def react(self, message: str, number: int) -> None:
        """Put a digit on a message."""
        self.room.react(self.author, message, number, self.clock.now())

    async def unreact(self, message: str, number: int) -> None:
        """Take a digit off again."""
        self.room.react(self.author, message, number, self.clock.now(), removed=True)

    def in_thread(self, name: str) -> TerminalPerson:
        """Give the same person in the newest thread whose name begins so."""
        return replace(self, thread=name)

    def _thread(self) -> str | None:
        if self.thread is None:
            return None
        thread = seen(self.room).thread_called(self.thread)
        assert thread is not None, f"there is no thread {self.thread}"
        return thread


_EDCHAT = Place(1, 1, "terminal", "edchat", "edchat")
_STAFF_ROOM = Place(2, 1, "terminal", "staff room", "staff room")


@dataclass(slots=True)
class TerminalNetwork:
    """Transcripts in a folder; what the bot keeps in memory is gone with each `platform()`."""

    folder: Path
    clock: Clock
    poll: float | None = None
    name: str = "terminal"
    place: Place = _EDCHAT
    other: Place = _STAFF_ROOM

    def platform(self) -> Terminal:
        """Start the bot's side anew."""
        return Terminal(self.folder, self.clock, self.poll)

    def room(self, place: Place | None = None) -> Room:
        """Give a place's transcript as other people open it."""
        return self.platform().room((place or self.place).native_id)

    def person(self, name: str, place: Place | None = None) -> TerminalPerson:
        """Give somebody without power."""
        return TerminalPerson(self.room(place), self.clock, Author(name.casefold(), name))

    def host(self, name: str, place: Place | None = None) -> TerminalPerson:
        """Give somebody with the native power of a host."""
        return TerminalPerson(self.room(place), self.clock, Author(name.casefold(), name, Role.HOST))

    def posts(self, place: Place | None = None) -> tuple[Seen, ...]:
        """Give what the bot has posted for all."""
        return _seen(seen(self.room(place)).posts())

    def messages(self, place: Place | None = None) -> tuple[Seen, ...]:
        """Give all that stands in a place for all to see."""
        return _seen(seen(self.room(place)).messages())

    def whispers(self, name: str, place: Place | None = None) -> tuple[Seen, ...]:
        """Give what only this person sees."""
        return _seen(seen(self.room(place)).whispers(name.casefold()))

    def threads(self, place: Place | None = None) -> dict[str, str]:
        """Give the names of the threads by the messages they hang on."""
        return seen(self.room(place)).threads

    def pinned(self, place: Place | None = None) -> str | None:
        """Give the pinned message."""
        return seen(self.room(place)).pinned

    def topic(self, place: Place | None = None) -> str:
        """Give a place's topic."""
        return seen(self.room(place)).topic

    async def until(self, predicate: Callable[[], bool], within: float = 10.0) -> None:
        """Wait until something is so."""
        await until_so(self, predicate, within)


async def until_so(net: Network, predicate: Callable[[], bool], within: float) -> None:
    """Wait until something is so; AssertionError with what is shown when it is not `within` seconds."""
    deadline = asyncio.get_running_loop().time() + within
    while not predicate():
        shown = [message.text for place in (net.place, net.other) for message in net.messages(place)]
        assert asyncio.get_running_loop().time() < deadline, f"still not so; the places show {shown}"
        await asyncio.sleep(0.01)


def seen(room: Room) -> View:
    """Give a room as it stands."""
    view = View()
    view.take(room.read(None).events)
    return view


def _seen(shown: tuple[Shown, ...]) -> tuple[Seen, ...]:
    return tuple(Seen(s.id, s.text, s.offers, s.thread, s.reply_to, s.receipts) for s in shown)
