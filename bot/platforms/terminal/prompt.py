"""The plain prompt behind `edchat chat`: named people are played, and the room is shown as it goes on."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Final, TextIO
from urllib.parse import unquote

from rich.console import Console

from bot.clock import Clock
from bot.core import prompt_sentences as sentences
from bot.core.hearing import Author
from bot.core.model import Refused
from bot.platforms.terminal.bells import rung
from bot.platforms.terminal.keyboard import Keyboard
from bot.platforms.terminal.playing import play
from bot.platforms.terminal.room import Room
from bot.platforms.terminal.showing import as_aside, as_text
from bot.platforms.terminal.typed import parse
from bot.platforms.terminal.view import View

_PASTING: Final = 0.15
"""Seconds between two lines of one paste, at most."""
_PIPING: Final = 1.0
"""The same for a pipe, where a busy machine may hold up the writer."""
_OLDER_LINES: Final = 20


async def prompt(
    room: Room,
    clock: Clock,
    settled: Callable[[], Awaitable[None]],
    *,
    stdin: int = 0,
    stdout: TextIO | None = None,
    poll: float | None = 0.2,
) -> None:
    """Play what is typed at the descriptor `stdin` until it ends; `settled` waits until all is answered."""
    by_hand = os.isatty(stdin)
    session = _Session(room, clock, stdout or sys.stdout, by_hand)
    session.begin()
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(session.watch(poll))
        async for text in Keyboard(stdin).messages(_PASTING if by_hand else _PIPING):
            session.take(text)
            if not by_hand:  # a script is a conversation: the next one speaks once this was answered
                await _answered(session, settled)
        await _answered(session, settled)
        watching.cancel()


async def _answered(session: _Session, settled: Callable[[], Awaitable[None]]) -> None:
    await settled()
    session.show_new()


class _Session:
    def __init__(self, room: Room, clock: Clock, stdout: TextIO, by_hand: bool) -> None:
        self._room = room
        self._clock = clock
        self._console = Console(file=stdout, highlight=False, markup=False, emoji=False, soft_wrap=True)
        self._sign = by_hand and self._console.is_terminal
        self._view = View()
        self._cursor: str | None = None
        self._last: Author | None = None

    def begin(self) -> None:
        """Catch up with the room; who sits at a terminal sees its last messages."""
        reading = self._room.read(None)
        self._view.take(reading.events)
        self._cursor = reading.cursor
        if self._sign:
            older = [as_text(event, self._view) for event in reading.events]
            welcome = sentences.PROMPT_WELCOME.format(room=unquote(self._room.path.stem))
            self._print([*[(text, "") for text in older if text][-_OLDER_LINES:], (welcome, "dim")])

    async def watch(self, poll: float | None) -> None:
        """Show what is new, until cancelled."""
        with self._room.subscribed() as bell:
            while True:
                self.show_new()
                await rung(bell, poll)

    def show_new(self) -> None:
        """Show what has not been shown."""
        reading = self._room.read(self._cursor)
        self._cursor = reading.cursor
        shown: list[tuple[str, str]] = []
        for event in reading.events:
            self._view.take([event])
            shown += [(as_text(event, self._view), ""), (as_aside(event, self._view), "dim")]
        self._print([(text, style) for text, style in shown if text])

    def take(self, text: str) -> None:
        """Do what was typed, or say in one sentence what to type instead."""
        if text.casefold() in ("help", "?"):
            self._print([(sentences.PROMPT_HELP, "dim")])
            return
        try:
            typed = parse(text, self._last)
            self._last = typed.author
            play(typed, self._view, self._room, self._clock.now())
        except Refused as refusal:
            self._print([(str(refusal), "")])

    def _print(self, shown: list[tuple[str, str]]) -> None:
        if not shown:
            return
        # The sign stands in the line that is about to be written over.
        self._console.file.write("\r\x1b[K" if self._sign else "")
        for text, style in shown:
            self._console.print(f"  {text}" if style else text, style=style)
        self._console.file.write("> " if self._sign else "")
        self._console.file.flush()
