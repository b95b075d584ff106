"""How late a step goes out: against a bare alarm of the loop, alone and beside 1,000 messages a second."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.ingest import talk
from benchmarks.rooms import fresh_store
from bot.clock import SystemClock
from bot.core import drafting
from bot.core.model import Chat, Place, Series
from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.platform import Ability, Ears, Outgoing
from bot.scheduler import Scheduler
from bot.storage.store import Store

STEPS = 120
APART = timedelta(milliseconds=100)
LEAD = timedelta(seconds=10)


@dataclass
class Stopwatch:
    """A platform that notes when each post reaches it."""

    name: str = "stopwatch"
    abilities: frozenset[Ability] = frozenset()
    text_limit: int = 2000
    came: dict[str, datetime] = field(default_factory=dict)

    async def listen(self, ears: Ears) -> None:
        """Hear nothing."""
        await asyncio.Event().wait()

    async def send(self, out: Outgoing) -> str:
        """Note the moment of a chat's opening."""
        if out.text.startswith("Welcome"):
            self.came[out.place.native_id] = datetime.now(UTC)
        return out.key

    async def find(self, out: Outgoing) -> str | None:
        """Keep no record of what was sent."""
        return None


async def measure(folder: Path) -> dict[str, float]:
    """Lateness at the 50th and 99th percentile in milliseconds, and the ratios."""
    bare = await bare_lateness()
    alone = await chats_lateness(folder / "alone", beside=False)
    beside = await chats_lateness(folder / "beside", beside=True)
    found = {
        f"{name} p{k}": percentile(rows, k) for name, rows in _named(bare, alone, beside) for k in (50, 99)
    }
    return found | {
        "step p99 / bare alarm p99": found["step p99"] / found["bare p99"],
        "step p99 beside 1,000 msg/s / alone": found["beside p99"] / found["step p99"],
    }


async def bare_lateness() -> list[float]:
    """How late the loop itself calls."""
    loop, late = asyncio.get_running_loop(), []
    begin = loop.time() + 0.2
    for k in range(STEPS):
        due = begin + k * APART.total_seconds()
        loop.call_at(due, lambda at: late.append((loop.time() - at) * 1000), due)
    await asyncio.sleep(STEPS * APART.total_seconds() + 0.5)
    return late


async def chats_lateness(folder: Path, *, beside: bool) -> list[float]:
    """How late the opening posts of many chats reach the network."""
    clock, network = SystemClock(), Stopwatch()
    async with fresh_store(folder) as store:
        begin = clock.now() + LEAD
        places = await _chats(store, begin)
        inbox = Inbox(store, clock, {})
        parts = [
            Scheduler(store, clock, {}).run(),
            Outbox(store, clock, {network.name: network}, "b").run(),
            inbox.run(),
        ]
        async with _running([*parts, *([_flood(inbox, places[0])] if beside else [])]):
            await asyncio.sleep((LEAD + APART * STEPS).total_seconds() + 1)
    due = {place.native_id: begin + APART * k for k, place in enumerate(places)}
    return [(network.came[name] - due[name]).total_seconds() * 1000 for name in due]


async def _chats(store: Store, begin: datetime) -> list[Place]:
    places = []
    async with store.begin() as tx:
        community = await tx.add_community("School", "UTC")
        for k in range(STEPS):
            now, at = begin - LEAD, begin + APART * k
            place = await tx.add_place(community.id, "stopwatch", f"room {k}", f"room {k}")
            series = await tx.add_series(Series(0, community.id, f"#chat{k}"), place.id, (), now)
            chat = await tx.add_chat(Chat(0, series.id, "UTC", at, at + series.length))
            before = await tx.running(chat.id)
            planned = drafting.plan(before, "Talk", ("Why?", "What?"), at - timedelta(minutes=1))
            await tx.change(before, planned, now)
            places.append(place)
    return places


async def _flood(inbox: Inbox, place: Place) -> None:
    number = 0
    while True:
        number += 1
        task = asyncio.ensure_future(inbox.hear(place, talk(number, 50), str(number)))
        await asyncio.sleep(0.05)
        await task


@asynccontextmanager
async def _running(parts: Sequence[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(part) for part in parts]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def percentile(rows: Sequence[float], k: int) -> float:
    """The k-th percentile of the rows."""
    return sorted(rows)[min(len(rows) - 1, len(rows) * k // 100)]


def _named(*rows: list[float]) -> list[tuple[str, list[float]]]:
    return list(zip(("bare", "step", "beside"), rows, strict=True))
