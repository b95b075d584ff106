"""Where the bot listens on Discord: the places in use, each followed by itself."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import discord

from bot.clock import Clock
from bot.core.model import Place
from bot.platform import Ears
from bot.platforms.discord.askers import PLATFORM
from bot.platforms.discord.authors import Authors
from bot.platforms.discord.catching_up import CatchingUp
from bot.platforms.discord.client import Client
from bot.platforms.discord.following import Again, Follower, Happened
from bot.platforms.discord.rooms import Rooms
from bot.platforms.patience import patiently, rung
from bot.storage.store import Store, Tx

GATHER: Final = 0.2
"""Seconds at least between two looks at which places are in use, while our books change."""
SHARE: Final = 20
"""A look that takes long is not repeated before so many times as long: there may be thousands of places."""

Make = Callable[[Place], Happened | None]
"""Says what happened, once it is known in which place of ours."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Something that happened where nobody was listened to a moment ago."""

    guild_id: int
    channel_id: int
    make: Make


class Attention:
    """Follows the places in use, and brings to each what happened there."""

    def __init__(self, client: Client, store: Store, ears: Ears, clock: Clock, authors: Authors) -> None:
        self._store, self._ears, self._clock, self._authors = store, ears, clock, authors
        self._followers: dict[int, Follower] = {}
        self._rooms = Rooms(client, self._followers)
        self._reader = CatchingUp(client, store, ears, clock, authors, self._followers.__contains__)
        self._there, self._news = asyncio.Event(), asyncio.Event()
        self._came = clock.real()
        self._changes, self._seen = 1, 0
        self._doubtful: deque[Doubtful] = deque()
        self._in_doubt: Counter[int] = Counter()

    @property
    def here(self) -> bool:
        """Whether Discord has told how everything stands."""
        return self._there.is_set()

    def away(self) -> None:
        """Hold what is told from now on: before it stands what was missed, which is to be read first."""
        self._there.clear()
        self.read_again()

    def back(self) -> None:
        """Read what was missed, now that Discord has told how everything stands."""
        self._there.set()

    def read_again(self, guild: discord.Guild | None = None, *, thoroughly: bool = False) -> None:
        """Have the places of one server or of all read before anything else is heard there."""
        for key, follower in self._followers.items():
            if guild is None or self._rooms.guild_of(key) == guild.id:
                follower.read_again(Again(self._there, thoroughly))

    def bring(self, guild_id: int, channel_id: int, make: Make) -> None:
        """Bring something to the place it happened in; in doubt a moment later."""
        key = self._rooms.place_of(guild_id, channel_id)
        follower = self._followers.get(key) if key else None
        if follower is not None and not self._in_doubt[channel_id]:
            _tell(follower, make)
        elif follower is not None or self._stale or key is None:
            self._doubtful.append(Doubtful(guild_id, channel_id, make))
            self._in_doubt[channel_id] += 1
            self._news.set()

    async def run(self) -> None:
        """Follow the places in use, as they come and go, until cancelled."""
        with _told_of_commits(self._store, self._committed):
            async with asyncio.TaskGroup() as group:
                while True:
                    pause = await self._look_if_stale(group)
                    await patiently(self._clear_up)
                    if not self._stale:
                        await rung(self._news, None)
                    await asyncio.sleep(pause)

    async def _look_if_stale(self, group: asyncio.TaskGroup) -> float:
        """Look unless nothing changed; gives the seconds until it may be done again."""
        if not self._stale:
            return GATHER
        began = time.perf_counter()
        await patiently(partial(self._look, group))
        return max(GATHER, SHARE * (time.perf_counter() - began))

    @property
    def _stale(self) -> bool:
        return self._seen != self._changes

    def _committed(self, _tx: Tx) -> None:
        self._changes += 1
        self._news.set()

    async def _look(self, group: asyncio.TaskGroup) -> None:
        """See which places are in use now."""
        changes, first = self._changes, self._seen == 0
        async with self._store.read() as tx:
            places = {int(one.native_id): one for one in await tx.places_in_use(PLATFORM)}
            self._authors.host_roles = await tx.host_roles(PLATFORM)
        for key, place in places.items():
            if key not in self._followers:
                # What people say while the bot comes is theirs to be heard; a new place begins now.
                begins = _id_at(self._came) if first else self._now()
                self._followers[key] = follower = Follower(place, self._ears, self._reader, self._now, begins)
                follower.read_again(Again(self._there))
                follower.task = group.create_task(follower.run())
        for key in self._followers.keys() - places.keys():
            left = self._followers.pop(key)
            if left.task is not None:
                left.task.cancel()
        self._seen = changes  # and not before: until now nobody knew where to listen

    def _now(self) -> int:
        return _id_at(self._clock.real())

    async def _clear_up(self) -> None:
        """Bring what was in doubt, or let it go; where our books changed since, the next look tells."""
        while self._doubtful:
            one = self._doubtful[0]
            key = self._rooms.place_of(one.guild_id, one.channel_id)
            if key is None:
                async with self._store.read() as tx:  # a thread out of sight has its question's id
                    place = await tx.place_of_sent(PLATFORM, str(one.channel_id))
                key = int(place.native_id) if place else 0
                self._rooms.note(one.channel_id, key)
            if (follower := self._followers.get(key)) is not None:
                _tell(follower, one.make)
            elif self._stale:
                return
            self._doubtful.popleft()
            self._in_doubt -= Counter((one.channel_id,))


def _id_at(moment: datetime) -> int:
    return discord.utils.time_snowflake(moment)


def _tell(follower: Follower, make: Make) -> None:
    happened = make(follower.place)
    if happened is not None:
        follower.bring(happened)


@contextmanager
def _told_of_commits(store: Store, tell: Callable[[Tx], None]) -> Iterator[None]:
    store.committed.append(tell)
    try:
        yield
    finally:
        store.committed.remove(tell)
