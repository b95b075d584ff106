"""Changes of many tasks share a transaction, and none suffers from another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from benchmarks.rooms import fresh_store
from bot.storage.engine import StorageFull
from bot.storage.store import Store, Tx
from bot.storage.together import MOST, Together


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with fresh_store(tmp_path) as store:
        yield store


async def _names(store: Store) -> list[str]:
    async with store.read() as tx:
        return [one.name for one in await tx.communities()]


def _counted(store: Store) -> list[Tx]:
    commits: list[Tx] = []
    store.committed.append(commits.append)
    return commits


async def _add(together: Together, name: str) -> int:
    return (await together.change(lambda tx: tx.add_community(name, "UTC"))).id


async def test_who_comes_while_others_are_at_it_shares_the_next_transaction(store: Store) -> None:
    together, commits = Together(store), _counted(store)
    ids = await asyncio.gather(*(_add(together, f"School {k}") for k in range(MOST + 5)))
    assert len(set(ids)) == MOST + 5
    assert await _names(store) == [f"School {k}" for k in range(MOST + 5)]
    assert 2 <= len(commits) <= 3


async def test_it_stands_in_the_database_when_it_returns(store: Store) -> None:
    together = Together(store)

    async def one(name: str) -> None:
        await _add(together, name)
        assert name in await _names(store)

    await asyncio.gather(*(one(f"School {k}") for k in range(8)))


async def test_a_change_that_fails_undoes_no_other(store: Store) -> None:
    together = Together(store)

    async def fails(tx: Tx) -> None:
        await tx.add_community("half done", "UTC")
        raise LookupError("no such thing")

    ends = await asyncio.gather(
        _add(together, "A"), together.change(fails), _add(together, "B"), return_exceptions=True
    )
    assert isinstance(ends[1], LookupError)
    assert await _names(store) == ["A", "B"]
    assert await _add(together, "C") == 3


async def test_a_full_disk_is_told_to_all_who_wait(store: Store) -> None:
    together = Together(store)

    async def full(tx: Tx) -> None:
        raise StorageFull("no space")

    ends = await asyncio.gather(together.change(full), _add(together, "A"), return_exceptions=True)
    assert [type(end) for end in ends] == [StorageFull, StorageFull]
    assert await _names(store) == []
    assert await _add(together, "B") == 1


async def test_whoever_is_cancelled_takes_nobody_along(store: Store) -> None:
    together = Together(store)
    begun = asyncio.Event()

    async def never(tx: Tx) -> None:
        await tx.add_community("never", "UTC")
        begun.set()
        await asyncio.Event().wait()

    first = asyncio.create_task(together.change(never))
    others = [asyncio.create_task(_add(together, name)) for name in ("A", "B")]
    await begun.wait()
    others[1].cancel()
    first.cancel()
    await asyncio.gather(first, *others, return_exceptions=True)
    assert await _names(store) == ["A"]
