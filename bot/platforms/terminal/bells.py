"""Bells that wake those who listen to a transcript when somebody in this process writes to it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_Bell = tuple[asyncio.AbstractEventLoop, asyncio.Event]

# By path and not by Room: a bot that was ended and built anew still hears those who were there before.
_BELLS: Final[defaultdict[Path, list[_Bell]]] = defaultdict(list)


@contextmanager
def hung(path: Path) -> Iterator[asyncio.Event]:
    """Give an event that is set each time `ring(path)` is called."""
    bell = (asyncio.get_running_loop(), asyncio.Event())
    _BELLS[path].append(bell)
    try:
        yield bell[1]
    finally:
        _BELLS[path].remove(bell)


def ring(path: Path) -> None:
    """Wake all who listen to this path, from whatever thread."""
    for loop, event in tuple(_BELLS.get(path, ())):
        if loop is _running():
            event.set()
        else:
            loop.call_soon_threadsafe(event.set)


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
