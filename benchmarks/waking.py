"""What a wake-up costs when nothing is due, with few and with very many chats planned."""

import statistics
import time
from pathlib import Path

from benchmarks.rooms import START, fresh_store
from bot.clock import SystemClock
from bot.core.model import Series
from bot.storage.store import Store

FEW, MANY, WAKES = 100, 100_000, 200


async def measure(folder: Path) -> dict[str, float]:
    """Microseconds of a wake-up, taken in turn with few and with many chats, and the ratio."""
    async with fresh_store(folder / "few") as few, fresh_store(folder / "many") as many:
        await _plan(few, FEW)
        await _plan(many, MANY)
        took: tuple[list[float], list[float]] = ([], [])
        for _ in range(WAKES):
            for store, times in zip((few, many), took, strict=True):
                times.append(await _wake(store))
    low, high = (statistics.median(times) * 1e6 for times in took)
    return {"100 planned us": low, "100,000 planned us": high, "100,000 planned / 100 planned": high / low}


async def _wake(store: Store) -> float:
    now = SystemClock().now()
    began = time.perf_counter()
    async with store.read() as tx:
        await tx.due_chats(now)
        await tx.next_due(now)
    return time.perf_counter() - began


async def _plan(store: Store, chats: int) -> None:
    async with store.begin() as tx:
        community = await tx.add_community("School", "UTC")
        place = await tx.add_place(community.id, "terminal", "room", "room")
        series = await tx.add_series(Series(0, community.id, "#edchat"), place.id, (), START)
        far = [f"2099-01-01 {k % 24:02}:{k % 60:02}:00.000000" for k in range(chats)]
        rows = [(k, series.id, at, at) for k, at in enumerate(far, 1)]
        add = """
            INSERT INTO chat (id, series_id, starts_at, ends_at, zone, pace_seconds)
            VALUES (?, ?, ?, ?, 'UTC', 480)
        """
        await tx.connection.exec_driver_sql(add, rows)
        for kind in ("announce", "open", "close"):
            steps = [(k, kind, at) for k, _, at, _ in rows]
            await tx.connection.exec_driver_sql(
                "INSERT INTO step (chat_id, kind, due_at) VALUES (?, ?, ?)", steps
            )
