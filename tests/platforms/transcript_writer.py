"""A process of its own that writes into a transcript: `say PATH NAME COUNT` or `post PATH COUNT`.

It says when it is ready and begins once a line comes in, so that several begin together.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.core.actions import Action
from bot.core.hearing import Author
from bot.core.model import Place
from bot.platform import Outgoing
from bot.platforms.terminal.room import Room

PLACE = Place(1, 1, "terminal", "edchat", "edchat")


def say(room: Room, name: str, count: int) -> None:
    """Say so many messages, and tell of each once it is written."""
    for number in range(count):
        text = f"{number} " + "é" * (number % 300)
        told = room.say(Author(name, name), text, datetime.now(UTC))
        print(number, told, flush=True)  # noqa: T201 - the test counts what was confirmed


def post(room: Room, count: int) -> None:
    """Post under the keys from 0 on, as a bot does again from the beginning after each crash."""
    for number in range(count):
        out = Outgoing(f"key {number}", PLACE, Action.POST, f"{number} " + "x" * 3_000)
        print(number, room.post(out, datetime.now(UTC)), flush=True)  # noqa: T201 - the same


if __name__ == "__main__":
    deed, path, *rest = sys.argv[1:]
    print("ready", flush=True)  # noqa: T201 - the same
    sys.stdin.readline()
    if deed == "say":
        say(Room(Path(path)), rest[0], int(rest[1]))
    else:
        post(Room(Path(path)), int(rest[0]))
