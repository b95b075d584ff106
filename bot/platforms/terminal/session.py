"""A sitting at the prompt: what is typed is done in the room, and what is new there is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TextIO
from urllib.parse import unquote

from rich.console import Console

from bot.clock import Clock
from bot.core.grammar import command_text
from bot.core.hearing import Author
from bot.core.model import Refused
from bot.core.sentences import prompt as sentences
from bot.platforms.patience import rung
from bot.platforms.terminal.playing import play
from bot.platforms.terminal.room import Room
from bot.platforms.terminal.showing import as_aside, as_text
from bot.platforms.terminal.typed import Deed, parse
from bot.platforms.terminal.view import View

_OLDER_LINES: Final = 20


class Session:
    """One sitting in a room, and who spoke last in it."""

    def __init__(
        self,
        room: Room,
        clock: Clock,
        stdout: TextIO,
        by_hand: bool,
        completed: Callable[[str], str] = str,
    ) -> None:
        """Sit down, be it somebody at a keyboard or a script."""
        self._completed = completed
        self._room = room
        self._clock = clock
        self.by_hand = by_hand
        self._console = Console(file=stdout, highlight=False, markup=False, emoji=False)
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
            older = [as_text(event, self._view, self._completed) for event in reading.events]
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
            text = as_text(event, self._view, self._completed)
            shown += [(text, ""), (as_aside(event, self._view), "dim")]
        self._print([(text, style) for text, style in shown if text])

    def asks_for_lines(self, text: str, takes_lines: Callable[[str], bool]) -> bool:
        """Ask for the lines below a command that takes some."""
        try:
            typed = parse(text, self._last)
        except Refused:
            return False
        command = command_text(typed.text) if typed.deed is Deed.SAY else None
        if command is None or not takes_lines(command):
            return False
        self._print([(sentences.LINES_COME, "dim")])
        return True

    def warn(self, trouble: str) -> None:
        """Tell somebody at a keyboard what is amiss."""
        if trouble and self.by_hand:
            self._print([(trouble, "")])

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
            # Only a screen breaks lines, and between words; what is piped on keeps them whole.
            whole = not self._console.is_terminal
            self._console.print(f"  {text}" if style else text, style=style, soft_wrap=whole)
        self._console.file.write("> " if self._sign else "")
        self._console.file.flush()
