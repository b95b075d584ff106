"""Wishes as they stand in our books, for tests of what is done without the outbox."""

from __future__ import annotations

from datetime import datetime

from bot.core.actions import Action
from bot.core.model import Place
from bot.storage.schema import tables as t
from bot.storage.store import Store


async def note_pin(store: Store, place: Place, native_id: str, now: datetime) -> None:
    """Note a message that we wished to pin, unless that stands in our books already."""
    async with store.begin() as tx:
        if await tx.pinned(place.id, [native_id]):
            return
        row = {"place_id": place.id, "payload": {}, "urgency": 0, "state": "sent", "due_at": now}
        post = row | {"action": Action.POST, "subject": "", "key": f"{native_id}.post"}
        made = await tx.connection.execute(t.outbox.insert().values(**post, platform_message_id=native_id))
        [post_id] = made.inserted_primary_key or [0]
        wish = row | {
            "action": Action.PIN,
            "subject": "pin",
            "key": f"{native_id}.pin",
            "depends_on": post_id,
        }
        await tx.connection.execute(t.outbox.insert().values(**wish))


async def note_threadless(store: Store, place: Place, native_id: str, now: datetime) -> None:
    """Note that it was given up to make a thread of a message."""
    async with store.begin() as tx:
        row = {"place_id": place.id, "payload": {}, "urgency": 0, "due_at": now}
        post = row | {"action": Action.POST, "subject": "", "key": f"{native_id}.post", "state": "sent"}
        made = await tx.connection.execute(t.outbox.insert().values(**post, platform_message_id=native_id))
        [post_id] = made.inserted_primary_key or [0]
        wish = row | {"action": Action.THREAD, "subject": "q1.thread", "key": f"{native_id}.thread"}
        await tx.connection.execute(t.outbox.insert().values(**wish, state="failed", depends_on=post_id))
