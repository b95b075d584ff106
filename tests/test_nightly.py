"""The nights' copies, made while the bot runs, and the house kept once a day."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import nightly
from bot.clock import Clock, ScaledClock, SystemClock
from bot.core.backups import copy_name
from bot.nightly import Housekeeping, Nightly
from bot.storage.engine import database_url
from bot.storage.store import Store
from tests.support.house import prepare
from tests.support.set_clock import SetClock

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    prepare(tmp_path / "data", "browser")
    async with Store(database_url("", tmp_path / "data")) as opened:
        yield opened


def copying(store: Store, clock: Clock, keep: int = 7, zone: str = "UTC") -> Nightly:
    return Nightly(store, clock, folder(store), keep, zone)


def folder(store: Store) -> Path:
    return Path(str(store.url.database)).parent / "backups"


def kept(store: Store) -> list[str]:
    return sorted(file.name for file in folder(store).iterdir())


def shows(store: Store, copies: list[str]) -> bool:
    return folder(store).exists() and kept(store) == copies


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - looks at a folder or a log
            await asyncio.sleep(0.01)


async def for_a_while(nights: Nightly, seconds: float = 0.3) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await nights.run()


async def test_a_copy_is_whole_and_nobody_elses(store: Store) -> None:
    made = await copying(store, SetClock(NOON)).copy()
    assert made == folder(store) / "edchat-2026-11-22.sqlite"
    assert made.stat().st_mode & 0o777 == 0o600
    assert folder(store).stat().st_mode & 0o777 == 0o700
    with closing(sqlite3.connect(made)) as there:
        assert there.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert there.execute("SELECT name FROM community").fetchall() == [("EdChat",)]


async def test_the_first_copy_is_made_at_once_and_the_next_at_night(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nightly, "LONGEST_SLEEP", 0.01)
    clock = SetClock(NOON)
    running = asyncio.create_task(copying(store, clock, zone="Europe/London").run())
    first, second = "edchat-2026-11-22.sqlite", "edchat-2026-11-23.sqlite"
    for hours, copies in ((0, [first]), (15.4, [first]), (15.5, [first, second]), (30, [first, second])):
        clock.at = NOON + timedelta(hours=hours)
        await asyncio.sleep(0.1)  # in which it could make one too many
        await until(partial(shows, store, copies))
    running.cancel()


async def test_as_many_as_wanted_are_kept_and_only_our_own_go(store: Store) -> None:
    folder(store).mkdir()
    (folder(store) / "edchat-mine.sqlite").touch()
    (folder(store) / "notes.txt").touch()
    clock = SetClock(NOON)
    nights = copying(store, clock, keep=3)
    for _ in range(5):
        await nights.copy()
        clock.at += DAY
    assert kept(store) == [
        *(f"edchat-2026-11-{day}.sqlite" for day in (24, 25, 26)),
        "edchat-mine.sqlite",
        "notes.txt",
    ]


async def test_a_second_copy_of_a_night_takes_the_firsts_place(store: Store) -> None:
    nights = copying(store, SetClock(NOON))
    await nights.copy()
    async with store.begin() as tx:
        await tx.add_community("Another", "UTC")
    made = await nights.copy()
    assert made is not None
    with closing(sqlite3.connect(made)) as there:
        assert there.execute("SELECT count(*) FROM community").fetchone() == (2,)
    assert len(kept(store)) == 1


async def test_what_a_crash_left_is_no_copy_and_is_made_anew(store: Store) -> None:
    folder(store).mkdir()
    (folder(store) / nightly.UNFINISHED).write_text("half")
    (folder(store) / f"{nightly.UNFINISHED}.partial").write_text("half")
    assert await copying(store, SetClock(NOON)).copy() is not None
    assert kept(store) == ["edchat-2026-11-22.sqlite"]


async def test_a_folder_that_cannot_be_made_is_logged_and_the_bot_goes_on(store: Store) -> None:
    folder(store).write_text("a file stands here")
    with capture_logs() as logs:
        running = asyncio.create_task(copying(store, SetClock(NOON)).run())
        await until(lambda: logs)
    assert not running.done()
    running.cancel()
    assert [line["event"] for line in logs] == ["no_backup"]


async def test_a_folder_that_cannot_be_looked_into_is_logged_and_the_bot_goes_on(store: Store) -> None:
    nights = Nightly(store, SetClock(NOON), folder(store) / ("x" * 300), 7)
    with capture_logs() as logs:
        running = asyncio.create_task(nights.run())
        await until(lambda: logs or running.done())
    assert not running.done()
    running.cancel()
    assert ([line["event"] for line in logs], nights.failing, nights.newest()) == (["no_backup"], True, None)


FULL = """
import asyncio, resource, signal, sys
from pathlib import Path
from bot import nightly
from bot.clock import SystemClock
from bot.storage.engine import database_url
from bot.storage.store import Store

async def main(folder):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    async with Store(database_url("", folder)) as store:
        nights = nightly.Nightly(store, SystemClock(), folder / "backups", 7)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))
        print(await nights.copy(), nights.names())
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print((await nights.copy()).name.startswith("edchat-"), len(nights.names()))

asyncio.run(main(Path(sys.argv[1])))
"""


def test_b362_a_full_disk_makes_no_copy_leaves_no_half_one_and_passes(tmp_path: Path) -> None:
    prepare(tmp_path, "browser")
    told = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)],
        env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    lines = told.stdout.splitlines()
    assert [line for line in lines if "no_backup" not in line and "backed_up" not in line] == [
        "None []",
        "True 1",
    ], told.stderr


async def test_a_fast_clock_makes_no_more_copies_and_does_not_spin(store: Store) -> None:
    clock = ScaledClock(datetime.now(UTC), NOON, 100_000)
    before = time.process_time()
    with capture_logs() as logs:
        await for_a_while(copying(store, clock), 1.0)
    assert [line["event"] for line in logs] == ["backed_up"]
    assert time.process_time() - before < 0.5


async def test_a_zone_that_is_gone_is_taken_as_utc(store: Store) -> None:
    assert await copying(store, SetClock(NOON), zone="Mars/Olympus").copy() is not None
    assert kept(store) == [copy_name(NOON.date())]


async def test_the_house_is_kept_once_a_day_of_the_chats_clock(store: Store) -> None:
    async with store.begin() as tx:
        gone = await tx.add_house("Gone", "UTC")
    left = (datetime.now(UTC) - timedelta(days=29.5)).replace(tzinfo=None).isoformat(" ")
    with closing(sqlite3.connect(str(store.url.database))) as there, there:
        there.execute("UPDATE community SET left_at = ? WHERE id = ?", (left, gone.id))
    assert await Housekeeping(store, SystemClock()).keep() == 0
    assert await names(store) == ["EdChat", "Gone"]
    clock = ScaledClock(datetime.now(UTC), datetime.now(UTC), 3600 * 48)
    keeping = asyncio.create_task(Housekeeping(store, clock).run())
    async with asyncio.timeout(30):
        while await names(store) != ["EdChat"]:  # noqa: ASYNC110 - asks the database
            await asyncio.sleep(0.05)
    keeping.cancel()


async def names(store: Store) -> list[str]:
    async with store.read() as tx:
        return [one.name for one in await tx.communities()]


async def test_a_house_that_cannot_be_kept_stops_nothing(store: Store) -> None:
    with closing(sqlite3.connect(str(store.url.database))) as there, there:
        there.execute("ALTER TABLE community RENAME TO elsewhere")
    with capture_logs() as logs:
        assert await Housekeeping(store, SystemClock()).keep() == 0
    assert [line["event"] for line in logs] == ["house_not_kept"]
