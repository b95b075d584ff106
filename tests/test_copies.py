"""Copies of the database forget what was forgotten, also one that somebody put back by hand."""

from __future__ import annotations

import asyncio
import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine
from structlog.testing import capture_logs

from bot.app import App, listed, opened
from bot.core.erasure import Erased, Erasure
from bot.core.model import Person
from bot.erasures import FILE, Copies, ErasureList
from bot.nightly import Nightly
from bot.settings import Settings
from bot.storage.migrate import config, head
from bot.storage.store import KNOWS
from tests.support.house import prepare, settings
from tests.support.looking import rows
from tests.support.set_clock import SetClock
from tests.support.talking import NOW, everything, talk

DAY = timedelta(days=1)
ASIDE = "edchat-before-restore-20261120-120000-000001.sqlite"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    prepare(data, "browser")
    return data


def ours(folder: Path) -> Settings:
    return settings(folder, "browser")


def files(folder: Path, pattern: str = "*") -> set[str]:
    return {file.name for file in folder.glob(pattern)}


def looked_after(folder: Path, now: datetime = NOW) -> Copies:
    return Copies(folder / "edchat.sqlite", folder / "backups", listed(ours(folder)), SetClock(now))


async def forgotten(app: App, who: Person) -> None:
    async with app.store.begin() as tx:
        await tx.forget(who, 1, app.clock.now())
    assert await app.store.scrub()


async def spoken(app: App) -> Person:
    """Two people talk; gives the one who will be forgotten."""
    await talk(app.store, "Benedict", "badgers dig by night")
    return await talk(app.store, "Anastasia", "armadillos sleep by day")


async def test_a_copy_put_back_by_hand_forgets_before_anything_is_served(folder: Path) -> None:
    copy = folder.parent / "copy.sqlite"
    async with opened(ours(folder)) as app:
        ana = await spoken(app)
        await app.store.backup(copy)
        await forgotten(app, ana)
    shutil.copyfile(copy, folder / "edchat.sqlite")
    assert b"rmadillos" in everything(folder)
    with capture_logs() as logs:
        async with opened(ours(folder)):
            served = everything(folder)
    assert b"badgers" in served
    for word in (b"rmadillos", b"nastasia"):
        assert word not in served
    assert [line["erasures"] for line in logs if line["event"] == "forgotten_again"] == [1]


async def test_a_database_that_lacks_nothing_is_left_alone(folder: Path) -> None:
    async with opened(ours(folder)) as app:
        await forgotten(app, await spoken(app))
    with capture_logs() as logs:
        async with opened(ours(folder)) as app, app.store.read() as tx:
            assert await tx.installed(KNOWS) == listed(ours(folder)).since(None)[1]
    assert not [line for line in logs if line["event"] == "forgotten_again"]


async def test_what_was_listed_and_not_carried_out_is_carried_out_at_the_next_start(folder: Path) -> None:
    async with opened(ours(folder)) as app:
        ana = await spoken(app)
        with suppress(ZeroDivisionError):
            async with app.store.begin() as tx:
                await tx.forget(ana, 1, app.clock.now())
                ErasureList(folder / FILE).add(tx.erasures)
                raise ZeroDivisionError  # the machine died between list and database
        cyd = await talk(app.store, "Cyd", "cuckoos")
        await forgotten(app, cyd)
        assert b"rmadillos" in everything(folder)
    async with opened(ours(folder)):
        assert b"rmadillos" not in everything(folder)


async def test_another_folders_list_is_carried_out_from_its_beginning(folder: Path) -> None:
    async with opened(ours(folder)) as app:
        ana = await spoken(app)
        async with app.store.begin() as tx:
            await tx.knows("4711:0123456789abcdef")
    gone = Erasure(Erased.PERSON, NOW + 9 * DAY, 1, platform="browser", native_id=ana.native_id)
    ErasureList(folder / FILE).add([gone])
    async with opened(ours(folder)):
        assert b"rmadillos" not in everything(folder)


async def test_a_missing_list_is_told_and_hinders_nothing(folder: Path) -> None:
    async with opened(ours(folder)) as app:
        await forgotten(app, await spoken(app))
    (folder / FILE).unlink()
    with capture_logs() as logs:
        async with opened(ours(folder)):
            pass
    assert [line["event"] for line in logs] == ["erasures_missing"]


async def test_a_later_community_or_message_of_the_same_number_is_not_erased(folder: Path) -> None:
    async with opened(ours(folder)) as app:
        await spoken(app)
        async with app.store.read() as tx:
            [community] = await tx.communities()
    ErasureList(folder / FILE).add([Erasure(Erased.COMMUNITY, NOW - DAY, community.id, community.slug or "")])
    async with opened(ours(folder)) as app, app.store.read() as tx:
        assert [one.name for one in await tx.communities()] == [community.name]
    assert b"rmadillos" in everything(folder)


async def test_by_the_next_night_no_copy_holds_what_was_forgotten(folder: Path) -> None:
    clock = SetClock(NOW)
    async with opened(ours(folder)) as app:
        ana = await spoken(app)
        nights = Nightly(app.store, clock, folder / "backups", 7, "UTC", looked_after(folder).tidy)
        night = await nights.copy()
        assert night is not None
        await app.store.backup(folder / ASIDE)
        await forgotten(app, ana)
        for copy in (night, folder / ASIDE):
            assert b"rmadillos" in copy.read_bytes()
        await nights.tidy()
        for copy in (night, folder / ASIDE):
            held = copy.read_bytes()
            assert (b"rmadillos" in held, b"nastasia" in held, b"badgers" in held) == (False, False, True)
            assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
            assert copy.stat().st_mode & 0o777 == 0o600
        before = night.stat()
        await nights.tidy()
        assert await looked_after(folder).tidy()
        assert (night.stat().st_ino, night.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert files(folder) <= {*(".env", "edchat.lock", "edchat.sqlite", "backups", ASIDE, FILE)}
    assert [file.name for file in (folder / "backups").iterdir()] == [night.name]


async def test_without_nightly_copies_those_set_aside_forget_all_the_same(folder: Path) -> None:
    async with opened(ours(folder)) as app:
        ana = await spoken(app)
        await app.store.backup(folder / ASIDE)
        await forgotten(app, ana)
        await Nightly(
            app.store, SetClock(NOW), folder / "backups", 0, "UTC", looked_after(folder).tidy
        ).tidy()
    assert b"rmadillos" not in (folder / ASIDE).read_bytes()
    assert not (folder / "backups").exists()


async def test_a_copy_of_an_older_version_forgets_and_stays_that_versions(folder: Path) -> None:
    aside = folder / "edchat-before-0004-20261120-120000.sqlite"
    async with opened(ours(folder)) as app:
        ana = await spoken(app)
        await app.store.backup(aside)
        await forgotten(app, ana)
    engine = create_engine(f"sqlite:///{aside}")
    with engine.connect() as there:
        command.downgrade(config(there), "0003")
        there.commit()
    engine.dispose()
    assert b"rmadillos" in aside.read_bytes()
    assert await looked_after(folder).tidy()
    held = aside.read_bytes()
    assert (b"rmadillos" in held, b"badgers" in held) == (False, True)
    assert rows(aside, "SELECT version_num FROM alembic_version") == [("0003",)]


async def test_what_was_set_aside_goes_after_thirty_days(folder: Path) -> None:
    others = ("edchat-before-exams.sqlite", "edchat-before-restore-20261399-120000.sqlite", "notes.sqlite")
    for name in (ASIDE, f"{ASIDE}-wal", "edchat-before-0003-20261121-120000.sqlite", *others):
        (folder / name).write_bytes(b"")
    await looked_after(folder, NOW + 28 * DAY - timedelta(seconds=1)).tidy()
    assert (folder / ASIDE).exists()
    await looked_after(folder, NOW + 28 * DAY + timedelta(seconds=1)).tidy()
    assert files(folder) - {"edchat.sqlite", ".env", "edchat.lock"} == {
        "edchat-before-0003-20261121-120000.sqlite",
        *others,
    }


@pytest.mark.parametrize("damage", [b"damaged", b""])
async def test_a_copy_that_cannot_be_read_goes_once_something_is_forgotten(
    folder: Path, damage: bytes
) -> None:
    (folder / ASIDE).write_bytes(damage)
    (folder / f"{ASIDE}-wal").write_bytes(b"its log")
    await looked_after(folder).tidy()
    assert (folder / ASIDE).exists()
    ErasureList(folder / FILE).add(
        [Erasure(Erased.MESSAGE, NOW, platform="browser", place="x", native_id="7")]
    )
    await looked_after(folder).tidy()
    assert not files(folder, "*before*")


async def test_a_copy_that_was_damaged_within_goes_too(folder: Path) -> None:
    async with opened(ours(folder)) as app:
        ana = await spoken(app)
        await app.store.backup(folder / ASIDE)
        await forgotten(app, ana)
    whole = (folder / ASIDE).read_bytes()
    (folder / ASIDE).write_bytes(whole[: 4096 * 20] + bytes(4096) * 6 + whole[4096 * 26 :])
    await looked_after(folder).tidy()
    assert not (folder / ASIDE).exists()


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process may grow over two pages."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_leftovers_that_cannot_be_removed_stop_nothing(folder: Path) -> None:
    (folder / f"{ASIDE}.renewing").mkdir()
    with capture_logs() as logs:
        assert not await looked_after(folder).tidy()
    assert [line["event"] for line in logs] == ["copies_not_tidied"]


async def test_a_disk_that_refuses_loses_no_copy_and_is_tried_again(folder: Path) -> None:
    async with opened(ours(folder)) as app:
        ana = await spoken(app)
        await app.store.backup(folder / ASIDE)
        await forgotten(app, ana)
        nights = Nightly(app.store, SetClock(NOW), folder / "backups", 0, "UTC", looked_after(folder).tidy)
        with capture_logs() as logs, full_disk():
            await nights.tidy()
        assert b"rmadillos" in (folder / ASIDE).read_bytes()
        assert ([line["event"] for line in logs], nights.remembering) == (["copy_not_renewed"], True)
        await nights.tidy()
        assert not nights.remembering
    assert b"rmadillos" not in (folder / ASIDE).read_bytes()
    assert rows(folder / ASIDE, "SELECT version_num FROM alembic_version") == [(head(),)]


async def test_a_copy_that_fails_to_forget_in_a_way_nobody_foresaw_is_tried_again_and_the_host_is_told(
    folder: Path,
) -> None:
    async with opened(ours(folder)) as app:
        ana = await spoken(app)
        await app.store.backup(folder / ASIDE)
        await forgotten(app, ana)
        with closing(sqlite3.connect(folder / ASIDE)) as there:
            there.execute("ALTER TABLE message RENAME COLUMN body_html TO odd")
        nights = Nightly(app.store, SetClock(NOW), folder / "backups", 0, "UTC", looked_after(folder).tidy)
        app.vitals.copies = nights
        with capture_logs() as logs:
            await nights.tidy()
            await nights.tidy()
        assert [line["event"] for line in logs] == ["copy_not_renewed"] * 2
        assert [one.key for one in await app.vitals.faults()] == ["copies"]
        with closing(sqlite3.connect(folder / ASIDE)) as there:
            there.execute("ALTER TABLE message RENAME COLUMN odd TO body_html")
        await nights.tidy()
    assert (b"rmadillos" in (folder / ASIDE).read_bytes(), nights.remembering) == (False, False)


async def test_a_bot_that_ends_finishes_one_copy_and_leaves_the_others_for_later(folder: Path) -> None:
    asides = [f"edchat-before-restore-202611{day}-120000.sqlite" for day in range(10, 20)]
    async with opened(ours(folder)) as app:
        ana = await spoken(app)
        for name in asides:
            await app.store.backup(folder / name)
        await forgotten(app, ana)
    tidying = asyncio.create_task(looked_after(folder).tidy())
    with capture_logs() as logs:
        while not [line for line in logs if line["event"] == "copy_renewed"]:  # noqa: ASYNC110 - a thread logs it
            await asyncio.sleep(0.01)
        tidying.cancel()
        with suppress(asyncio.CancelledError):
            await tidying
        await asyncio.sleep(2)
    renewed = [name for name in asides if b"rmadillos" not in (folder / name).read_bytes()]
    assert renewed == asides[: len(renewed)]
    assert 1 <= len(renewed) <= 3
    assert await looked_after(folder).tidy()
    assert not [name for name in asides if b"rmadillos" in (folder / name).read_bytes()]


async def test_what_a_crash_left_of_making_a_copy_anew_goes(folder: Path) -> None:
    (folder / "backups").mkdir()
    for left in (
        folder / "edchat.sqlite.restoring",
        folder / "backups" / "edchat-2026-11-20.sqlite.renewing",
    ):
        left.write_bytes(b"armadillos")
        left.with_name(f"{left.name}-wal").write_bytes(b"armadillos")
    await looked_after(folder).tidy()
    assert not files(folder, "*.restoring*") | files(folder, "backups/*")
