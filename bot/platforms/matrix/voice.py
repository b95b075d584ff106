"""One row's way to the homeserver: what it sends waits for its turn, what it reads does not."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from bot.core.actions import Urgency
from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused, part
from bot.platforms.matrix.limits import Limits
from bot.platforms.matrix.refusals import USUAL_WAIT

PATIENCE: Final = 15.0
"""Seconds for one answer."""
_LONGEST_KEY: Final = 100
_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks for one row, as urgently as that is, and as one that has this number among equals.

    Rooms are made one at a time, so that nobody is invited into two: `making` is whose turn it is.
    """

    home: Homeserver
    limits: Limits
    urgency: Urgency
    number: int
    making: asyncio.Lock

    async def get(self, path: str, **query: str | int | None) -> Any:
        """Ask for something."""
        return await self.home.ask("GET", path, None, within=PATIENCE, **query)

    async def there(self, path: str) -> Any:
        """Ask for something; None where it is not there, or where nobody may see it."""
        try:
            return await self.get(path)
        except MatrixRefused as no:
            if no.status in (HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN) and no.code:
                return None
            raise

    async def event(self, room: str, event: str) -> Mapping[str, Any] | None:
        """Give an event of a room, be it what was taken back."""
        found = await self.there(f"v3/rooms/{part(room)}/event/{part(event)}")
        return found if isinstance(found, dict) else None

    async def stands(self, room: str, event: str) -> bool:
        """Whether a message still stands in a room."""
        found = await self.event(room, event)
        return found is not None and "redacted_because" not in (found.get("unsigned") or {})

    async def state(self, room: str, kind: str, key: str = "") -> Mapping[str, Any]:
        """Give a piece of a room's state; empty where there is none."""
        found = await self.there(f"v3/rooms/{part(room)}/state/{part(kind)}/{part(key)}")
        return found if isinstance(found, dict) else {}

    async def sends(self, room: str, kind: str, key: str, content: Mapping[str, Any]) -> str:
        """Send an event once under its key and give its id."""
        path = f"v3/rooms/{part(room)}/send/{part(kind)}/{_transaction(key)}"
        return str((await self._in_turn("PUT", path, content))["event_id"])

    async def sets(self, room: str, kind: str, content: Mapping[str, Any], key: str = "") -> None:
        """Set a piece of a room's state."""
        await self._in_turn("PUT", f"v3/rooms/{part(room)}/state/{part(kind)}/{part(key)}", content)

    async def takes_back(self, room: str, event: str, key: str) -> None:
        """Take an event back."""
        path = f"v3/rooms/{part(room)}/redact/{part(event)}/{_transaction(key)}"
        try:
            await self._in_turn("PUT", path, {})
        except MatrixRefused as no:
            if no.code != "M_NOT_FOUND":
                raise

    async def annotations(self, room: str, event: str) -> AsyncIterator[Mapping[str, Any]]:
        """Give the reactions to a message."""
        path = f"v1/rooms/{part(room)}/relations/{part(event)}/m.annotation/m.reaction"
        start: str | None = None
        while True:
            page = await self.get(path, limit=_PAGE, **{"from": start})
            for one in page.get("chunk", ()):
                yield one
            start = page.get("next_batch")
            if not start:
                return

    async def _in_turn(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        await self.limits.let_through(self.urgency, self.number)
        try:
            return await self.home.ask(method, path, body)
        except MatrixRefused as no:
            if no.status != HTTPStatus.TOO_MANY_REQUESTS:
                raise
            seconds = USUAL_WAIT if no.retry_after is None else no.retry_after
            self.limits.refused(seconds)
            raise self.limits.later(seconds, self.urgency) from no


def _transaction(key: str) -> str:
    """A key as a part of a path; one that is too long is shortened without becoming another's."""
    return part(key) if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
