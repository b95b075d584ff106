"""Those who have a room's page open: who of them may stay is looked up for all at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

from bot.core.model import Community
from bot.web.site import Site

LOOK_AGAIN: Final = 5.0
"""Seconds after which, before anything is told, it is looked up whether the sessions still hold."""

Sessions = tuple[str, ...]
"""The session secrets that one browser brings."""


class Guests:
    """The open pages of one room by their sessions; each was let in at the door before it came here."""

    def __init__(self, site: Site, community: Community, *, hosts_room: bool) -> None:
        self._site, self._community, self._hosts_room = site, community, hosts_room
        self._pages: Counter[Sessions] = Counter()
        self._out: set[Sessions] = set()
        self._looked = asyncio.get_running_loop().time()
        self._doubt = 0
        self._lock = asyncio.Lock()
        self.doubt = 0
        """Goes up when somebody was shut out: it is looked up at once whether it was one of these."""

    def come(self, sessions: Sessions) -> None:
        """Somebody opened a page."""
        self._pages[sessions] += 1
        self._out.discard(sessions)

    def leave(self, sessions: Sessions) -> None:
        """Somebody closed a page."""
        self._pages[sessions] -= 1
        if not self._pages[sessions]:
            del self._pages[sessions]
            self._out.discard(sessions)

    async def may_stay(self, sessions: Sessions) -> bool:
        """Whether this is still somebody who may be here, as known a few seconds ago at most."""
        async with self._lock:
            if self._overdue:
                await self._look()
        return sessions not in self._out

    @property
    def _overdue(self) -> bool:
        since = asyncio.get_running_loop().time() - self._looked
        return since >= LOOK_AGAIN or self._doubt != self.doubt

    async def _look(self) -> None:
        looked, doubt, pages = asyncio.get_running_loop().time(), self.doubt, tuple(self._pages)
        tokens = {token for sessions in pages for token in sessions}
        async with self._site.store.read() as tx:
            now = self._site.clock.real()
            known = await tx.all_signed_in(tokens, self._community.id, now, hosts_only=self._hosts_room)
        self._out = {sessions for sessions in pages if known.isdisjoint(sessions)}
        self._looked, self._doubt = looked, doubt
