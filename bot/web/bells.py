"""Bells: whoever shows something live is woken after each commit that touched it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from bot.storage.store import Store, Tx

Topic = tuple[str, int]
"""What a bell hangs on: ("room", place id), ("chat", chat id) or ("community", community id)."""


class Bells:
    """Rings the events of those who wait for a topic; waiting costs nothing."""

    def __init__(self, store: Store) -> None:
        self._hung: defaultdict[Topic, set[asyncio.Event]] = defaultdict(set)
        store.committed.append(self._committed)

    @contextmanager
    def at(self, *topics: Topic) -> Iterator[asyncio.Event]:
        """An event that is set after each commit that touched one of these topics; the waiter clears it."""
        event = asyncio.Event()
        for topic in topics:
            self._hung[topic].add(event)
        try:
            yield event
        finally:
            for topic in topics:
                self._hung[topic].discard(event)
                if not self._hung[topic]:
                    del self._hung[topic]

    def ring_all(self) -> None:
        """Wake everybody, as when the bot ends."""
        for waiting in list(self._hung.values()):
            for event in waiting:
                event.set()

    def _committed(self, tx: Tx) -> None:
        rung = [("room", place_id) for place_id in tx.rooms_rung]
        rung += [("chat", chat_id) for chat_id in tx.stale]
        rung += [("community", community_id) for community_id in tx.stale_communities]
        for topic in rung:
            for event in self._hung.get(topic, ()):
                event.set()
