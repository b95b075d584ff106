"""How the database is opened, and what is said of the disk it lies on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.core.model import Refused
from bot.storage.engine import database_url, warn_of_network_disk
from bot.storage.migrate import migrate
from bot.storage.store import Store
from tests.support.set_clock import SATURDAY as START


@pytest.mark.parametrize(
    ("kind", "warned"), [("nfs4", True), ("cifs", True), ("fakeowner", True), ("ext4", False)]
)
def test_b363_a_network_disk_is_warned_of(tmp_path: Path, kind: str, warned: bool) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/root / ext4 rw 0 0\nserver:/x {tmp_path} {kind} rw 0 0\n", encoding="utf-8")
    assert (warn_of_network_disk(tmp_path / "data", mounts) is not None) is warned


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "no address", "::"])
def test_a_database_that_is_no_sqlite_file_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(Refused, match="EDCHAT_DATABASE_URL"):
        database_url(address, tmp_path)


async def test_four_hundred_who_read_then_write_lose_nothing(tmp_path: Path) -> None:
    url = database_url("", tmp_path)
    await asyncio.to_thread(migrate, url, START)
    async with Store(url) as store:

        async def add_one() -> None:
            async with store.begin() as tx:
                count = int(await tx.installed("count") or 0)
                await tx.install("count", str(count + 1))

        await asyncio.gather(*(add_one() for _ in range(400)))
        async with store.read() as tx:
            assert await tx.installed("count") == "400"


async def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    url = database_url("", tmp_path)
    await asyncio.to_thread(migrate, url, START)
    file = tmp_path / "edchat.sqlite"
    whole = bytearray(file.read_bytes())
    whole[4096 * 3 : 4096 * 5] = b"\xff" * 8192
    file.write_bytes(whole)
    async with Store(url) as store:
        with pytest.raises(Refused, match="damaged"):
            await store.check()
