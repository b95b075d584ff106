"""A room: a transcript on disk, which outlives the bot and which many processes may write at once."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO

from bot.core.actions import Action
from bot.core.hearing import Author, Deleted, Said
from bot.core.sentences import prompt as sentences
from bot.platform import Impossible, Outgoing
from bot.platforms.terminal import lines
from bot.platforms.terminal.bells import hung, ring
from bot.platforms.terminal.lines import Event, Fields, Posted

START = "0"
"""The cursor before the first line."""

_NEEDS_A_MESSAGE = frozenset({Action.THREAD, Action.EDIT, Action.RECEIPT})


@dataclass(frozen=True, slots=True)
class Reading:
    """Some lines in their order, the cursor after them, how many made no sense, and their highest number."""

    events: tuple[Event, ...]
    cursor: str
    malformed: int = 0
    last: int = 0


class Room:
    """One transcript; a message's id is the number of its line, the cursor the byte after it."""

    def __init__(self, path: Path, *, fsync: bool = False) -> None:
        """Open the transcript at `path`, which need not exist; `fsync` survives a power cut as well."""
        self.path = path.absolute()
        self._fsync = fsync
        self._indexed = START
        self._last = 0
        self._posted: dict[str, Posted] = {}
        self._messages: dict[str, datetime] = {}

    def say(
        self,
        author: Author,
        text: str,
        at: datetime,
        *,
        thread: str | None = None,
        reply_to: str | None = None,
    ) -> str:
        """Write a message and give its id."""
        return self._write(lines.said(author, text, at, thread, reply_to))

    def edit(self, author: Author, message: str, text: str, at: datetime) -> None:
        """Change a message's text."""
        self._write(lines.edited(author, message, text, at, self._when(message)))

    def delete(self, message: str, at: datetime) -> None:
        """Take a message back."""
        self._write(lines.deleted(message, at, self._when(message)))

    def react(
        self, author: Author, message: str, number: int, at: datetime, *, removed: bool = False
    ) -> None:
        """Put a digit on a message, or take it off."""
        self._write(lines.reacted(author, message, number, at, removed))

    def post(self, out: Outgoing, at: datetime) -> str:
        """Do what the bot wants done unless it was done under this key; give the id of what came of it."""
        with self._locked() as file:
            done = self._posted.get(out.key)
            if done is not None and (out.action.once or _same(done, out)):
                return _outcome(out, done.id)
            self._check(out)
            line = self._append(file, lines.posted(out, at))
        ring(self.path)
        return _outcome(out, line)

    def posted(self, key: str) -> str | None:
        """Give the id of what the bot did under a key, if it did."""
        self._catch_up()
        done = self._posted.get(key)
        return done.id if done else None

    def read(self, cursor: str | None, limit: int | None = None) -> Reading:
        """Read the whole lines after a cursor (None is the beginning), up to `limit` of them."""
        if not self.path.exists():
            return Reading((), START)
        with self.path.open("rb") as file:
            # A transcript that shrank is another one: better heard twice than not at all.
            begin = int(cursor or START)
            begin = begin if begin <= os.fstat(file.fileno()).st_size else 0
            file.seek(begin)
            return _read(islice(file, limit), begin)

    def subscribed(self) -> AbstractContextManager[asyncio.Event]:
        """Give an event that is set whenever somebody in this process writes to this room."""
        return hung(self.path)

    def _when(self, message: str) -> datetime | None:
        """When a message was written, unless there is none."""
        self._catch_up()
        return self._messages.get(message)

    def _write(self, fields: Fields) -> str:
        with self._locked() as file:
            line = self._append(file, fields)
        ring(self.path)
        return line

    @contextmanager
    def _locked(self) -> Iterator[IO[bytes]]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            _end_torn_line(file)
            self._catch_up()
            yield file

    def _append(self, file: IO[bytes], fields: Fields) -> str:
        # Counted up by reading the line, not here: a line that was not written leaves its number free.
        number = self._last + 1
        file.write(lines.encode(number, fields))
        file.flush()
        if self._fsync:
            os.fsync(file.fileno())
        return str(number)

    def _catch_up(self) -> None:
        reading = self.read(self._indexed)
        self._indexed = reading.cursor
        self._last = max(self._last, reading.last)
        for event in reading.events:
            self._index(event)

    def _index(self, event: Event) -> None:
        if isinstance(event, Posted):
            self._posted[event.key] = event
        if isinstance(event, Said) or (isinstance(event, Posted) and event.action.once):
            self._messages[event.id] = event.at
        elif isinstance(event, Deleted):
            self._messages.pop(event.id, None)

    def _check(self, out: Outgoing) -> None:
        if out.action in _NEEDS_A_MESSAGE and out.target is None:
            raise Impossible(sentences.NO_TARGET)
        if not out.action.once and out.target is not None and out.target not in self._messages:
            raise Impossible(sentences.TARGET_GONE)
        if out.action is Action.WHISPER and not out.person:
            raise Impossible(sentences.WHISPER_TO_NOBODY)


def _read(raw_lines: Iterator[bytes], begin: int) -> Reading:
    events: list[Event] = []
    end, malformed, last = begin, 0, 0
    for raw in raw_lines:
        if not raw.endswith(b"\n"):
            break  # somebody is writing it just now, or was killed doing so
        try:
            number, event = lines.decode(raw)
        except lines.MALFORMED:
            malformed += 1
        else:
            events += [event] if event else []
            last = max(last, number)
        end += len(raw)
    return Reading(tuple(events), str(end), malformed, last)


def _end_torn_line(file: IO[bytes]) -> None:
    # Ended, never cut off: bytes that a reader may have seen stay what they were.
    end = file.seek(0, os.SEEK_END)
    if end == 0:
        return
    file.seek(end - 1)
    if file.read(1) != b"\n":
        file.seek(0, os.SEEK_END)
        file.write(b"\n")
        file.flush()


def _same(done: Posted, out: Outgoing) -> bool:
    return (done.text, done.offers, done.target) == (out.text, out.offers, out.target)


def _outcome(out: Outgoing, line: str) -> str:
    return line if out.action.once or out.target is None else out.target
