"""Threads that somebody locks while answers count: hosts hear of it, and how people answer meanwhile."""

from __future__ import annotations

import asyncio
from functools import partial

import discord

from bot.clock import Clock
from bot.core.hearing import Barred
from bot.core.sentences import servers as sentences
from bot.platforms.discord.servers import NAME, Tell
from bot.platforms.patience import patiently
from bot.storage.store import Store


class Locks:
    """One of a client's parts: it is told of threads, and tells the hosts a moment later."""

    def __init__(self, store: Store, clock: Clock, tell: Tell) -> None:
        self._store, self._clock, self._tell = store, clock, tell
        self._locked: asyncio.Queue[discord.Thread] = asyncio.Queue()

    def on_thread_update(self, before: discord.Thread, after: discord.Thread) -> None:
        """Note a thread in which nobody may write any more."""
        if after.locked and not before.locked:
            self._locked.put_nowait(after)

    async def run(self) -> None:
        """Tell the hosts of each, until cancelled."""
        while True:
            await patiently(partial(self._told, await self._locked.get()))

    async def _told(self, thread: discord.Thread) -> None:
        now = self._clock.now()
        async with self._store.read() as tx:
            place = await tx.place_called(NAME, str(thread.parent_id))
            asked = await tx.question_posted(place.id, str(thread.id)) if place else None
        if place is not None and asked is not None:
            key, why = f"{thread.id}.locked.{int(now.timestamp())}", sentences.thread_shut(thread.name)
            await self._tell(place, Barred(key, (why,), now, goes_on=True))
