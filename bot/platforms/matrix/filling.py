"""What a homeserver left out of its news: read in big pages, the next while one is heard."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from bot.platforms.matrix.asking import insist
from bot.platforms.matrix.homeserver import Homeserver, part
from bot.platforms.matrix.translating import listing, mapping

PAGE: Final = 500
"""Events that are read, and then stored, at once; a homeserver would give twice as many."""
MOST_PAGES: Final = 100
"""Pages that are read back where nothing says how far; more are held in memory by nobody."""
_FILTER: Final = json.dumps({"lazy_load_members": True, "include_redundant_members": True})


@dataclass(frozen=True, slots=True)
class Page:
    """Some events of a room, the oldest first, and what the server says of the people in them."""

    events: tuple[Any, ...]
    members: tuple[Any, ...] = ()


async def forward(home: Homeserver, room: str, start: str, end: str) -> AsyncGenerator[Page, None]:
    """The events between two points."""
    asked = asyncio.ensure_future(_page(home, room, start, end))
    try:
        while True:
            answer = await asked
            found, following = listing(answer.get("chunk")), answer.get("end")
            more = isinstance(following, str) and following not in (start, end)  # no page may be shown to us
            if more:
                start = following
                asked = asyncio.ensure_future(_page(home, room, following, end))
            if found:
                yield Page(tuple(found), tuple(listing(answer.get("state"))))
            if not more:
                return
    finally:
        asked.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await asked


async def backward(
    home: Homeserver, room: str, start: str | None, enough: Callable[[Page], bool]
) -> list[Page]:
    """The pages before a point, or before now, back to the first that is `enough`; the oldest first."""
    pages: list[Page] = []
    while len(pages) < MOST_PAGES:
        answer = await _page(home, room, start, None, back=True)
        found, before, start = listing(answer.get("chunk")), start, answer.get("end")
        pages.insert(0, Page(tuple(reversed(found)), tuple(listing(answer.get("state")))))
        if not isinstance(start, str) or start == before or enough(pages[0]):
            break
    return pages


def whole(pages: list[Page], enough: Callable[[Page], bool]) -> bool:
    """Whether pages that were read back are all that was wanted, or all that there is."""
    return len(pages) < MOST_PAGES or enough(pages[0])


async def _page(
    home: Homeserver, room: str, start: str | None, end: str | None, *, back: bool = False
) -> Any:
    query: dict[str, str | int | None] = {"from": start, "to": end, "dir": "b" if back else "f"}
    query |= {"limit": PAGE, "filter": _FILTER}
    path = f"v3/rooms/{part(room)}/messages"
    return mapping(await insist(home, "GET", path, within=120, query=query))
