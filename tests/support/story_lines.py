"""How what happens on a network is told line by line, as people there would read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

BOT: Final = "EdChat"
DEEP: Final = "      "
"""How far a line is set in that goes on."""
_SHORT: Final = 40

Show = Callable[[str], None]


def paragraph(head: str, text: str) -> Iterator[str]:
    """A text behind its head, further lines set in."""
    first, *more = text.splitlines() or [""]
    yield f"{head} {first}".rstrip()
    yield from (f"{DEEP}{line}".rstrip() for line in more)


def standing(labels: Iterable[str]) -> Iterator[str]:
    """The buttons under a message, in one line; nothing where there are none."""
    shown = "  ".join(f"[{label}]" for label in labels)
    if shown:
        yield f"{DEEP}{shown}"


def shortly(text: str) -> str:
    """The beginning of a text, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 3].rstrip()}..."
