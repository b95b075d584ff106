"""A commit that the disk refuses is no commit: nothing of it comes with the next one."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from bot.storage.engine import StorageFull, database_url
from bot.storage.store import Store, Tx
from tests.support.house import prepare


async def refused(store: Store, name: str) -> None:
    """Write something, and let no file of this process grow when it is committed."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        async with store.begin() as tx:
            await tx.add_community(name, "UTC")
            await tx.finish()
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def names(store: Store) -> set[str]:
    async with store.read() as tx:
        return {one.name for one in await tx.communities()}


async def test_b362_what_a_refused_commit_held_is_gone_and_the_next_one_stands_alone(tmp_path: Path) -> None:
    prepare(tmp_path, "browser")
    async with Store(database_url("", tmp_path)) as store:
        told: list[Tx] = []
        store.committed.append(told.append)
        for number in range(3):
            with pytest.raises(StorageFull):
                await refused(store, f"Lost {number}")
            assert await names(store) == {"EdChat"}
        assert told == []
        async with store.begin() as tx:
            await tx.add_community("Kept", "UTC")
        assert await names(store) == {"EdChat", "Kept"}
        await store.check()
    assert len(told) == 1
