"""The doctor: each thing that can be wrong is found and has advice, and nothing is touched."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import control
from bot.app import opened
from bot.clock import ScaledClock
from bot.core.backups import copy_name
from bot.core.erasure import Erased, Erasure
from bot.core.finding import Finding
from bot.core.model import Refused
from bot.core.wellness import LITTLE_ROOM
from bot.erasures import FILE, ErasureList
from bot.hosting import care
from bot.hosting.commands import requests
from bot.hosting.doctor import examine
from bot.settings import Settings, load
from bot.storage.engine import network_disk
from bot.storage.migrate import head
from tests.support.house import prepare

HOUR = timedelta(hours=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder in which a bot with rooms in the browser ran, and a host came."""
    data = tmp_path / "data"
    prepare(data, "browser")
    data.chmod(0o700)
    write(data, "UPDATE outbox SET state = 'sent'")
    write(data, "INSERT INTO member (community_id, person_id, joined_at) VALUES (1, 1, '2026-01-01')")
    return data


def write(folder: Path, change: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / "edchat.sqlite")) as there, there:
        there.execute(change, values)


def show(folder: Path, mode: int) -> None:
    folder.chmod(mode)


def settings_of(folder: Path, **more: object) -> Settings:
    file = folder.parent / "settings"
    lines = {"DATA_DIR": folder, **more}
    file.write_text("".join(f"EDCHAT_{name}={value}\n" for name, value in lines.items()))
    return load(file)


async def wrong(folder: Path, free: Callable[[Path], int] | None = None, **more: Any) -> list[Finding]:
    """What the doctor finds wrong; each has something to read."""
    settings = settings_of(folder, **more)
    found = await (examine(settings, free) if free else examine(settings))
    assert all(one.found for one in found)
    return [one for one in found if not one.fine]


def files(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Everything in a folder, and when it was changed."""
    found = (file for file in folder.rglob("*") if file.is_file())
    return {str(file): (file.stat().st_mtime_ns, file.read_bytes()) for file in found}


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[None]:
    """A bot that answers on its folder."""
    settings = settings_of(folder)
    async with opened(settings) as app, control.served(folder, requests(app, settings)):
        yield


@pytest.fixture(autouse=True)
def _empty_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    return iter([None])


async def test_a_bot_that_is_well_has_nothing_to_mend(folder: Path) -> None:
    assert await wrong(folder) == []
    async with running(folder):
        found = await examine(settings_of(folder))
        assert [one for one in found if not one.fine] == []
        assert next(one for one in found if one.what == "running").found == "yes"
    whats = {one.what for one in found}
    assert {"settings", "data folder", "pages", "copies", "database", "schema", "community"} <= whats


async def test_a_folder_that_is_not_there_is_no_fault_and_is_not_made(tmp_path: Path) -> None:
    assert await wrong(tmp_path / "new") == []
    assert not (tmp_path / "new").exists()


async def test_looking_changes_nothing_on_disk(folder: Path) -> None:
    before = files(folder)
    await examine(settings_of(folder))
    assert files(folder) == before


async def test_what_a_crash_left_in_the_log_is_read_and_left_there(folder: Path, tmp_path: Path) -> None:
    fallen = tmp_path / "fallen"
    fallen.mkdir(0o700)
    with closing(sqlite3.connect(folder / "edchat.sqlite")) as there:
        there.execute("UPDATE community SET name = 'Still in the log'")
        there.commit()
        for ending in ("", "-wal", "-shm"):
            shutil.copy(folder / f"edchat.sqlite{ending}", fallen)
    before = files(fallen)
    found = await examine(settings_of(fallen))
    assert any("Still in the log" in one.found for one in found)
    after = files(fallen)
    assert {name: held for name, held in after.items() if not name.endswith("-shm")} == {
        name: held for name, held in before.items() if not name.endswith("-shm")
    }


async def test_an_unknown_variable_is_named_with_the_one_that_was_meant(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDCHAT_WEB_PROT", "80")
    [one] = await wrong(folder)
    assert (one.what, "EDCHAT_WEB_PORT" in one.found) == ("settings", True)


@pytest.mark.parametrize(("room", "fine"), [(LITTLE_ROOM - 1, False), (LITTLE_ROOM, True)])
async def test_a_disk_that_is_nearly_full_is_told(folder: Path, room: int, fine: bool) -> None:
    found = await wrong(folder, {folder: room}.__getitem__)
    assert [one.what for one in found] == ([] if fine else ["data folder"])
    assert all(one.found.endswith(", 500 MB free") for one in found)


@pytest.mark.parametrize(("mode", "fine"), [(0o700, True), (0o750, True), (0o755, False), (0o701, False)])
async def test_a_folder_that_everybody_may_look_into_is_told(folder: Path, mode: int, fine: bool) -> None:
    show(folder, mode)
    found = await wrong(folder)
    assert [(one.what, one.advice) for one in found] == (
        [] if fine else [("permissions", f"chmod o-rwx {folder}")]
    )


@pytest.mark.parametrize(
    ("settings", "advice"),
    [
        ({"WEB_BASE_URL": "http://chat.example.org"}, "HTTPS"),
        ({"WEB_BASE_URL": "https://chat.example.org"}, None),
        ({"WEB_BASE_URL": "http://localhost:8080"}, None),
        ({"WEB_HOST": "0.0.0.0"}, "EDCHAT_WEB_BASE_URL"),
        ({"WEB_HOST": "0.0.0.0", "WEB_BASE_URL": "https://chat.example.org"}, None),
        ({}, None),
    ],
)
async def test_pages_for_others_need_https(
    folder: Path, settings: dict[str, Any], advice: str | None
) -> None:
    found = await wrong(folder, **settings)
    assert [one.what for one in found] == (["pages"] if advice else [])
    assert all(advice in one.advice for one in found if advice)


async def test_a_community_that_no_host_has_entered_is_told(folder: Path) -> None:
    write(folder, "DELETE FROM member")
    [one] = await wrong(folder)
    assert (one.what, "edchat link" in one.advice, "EdChat" in one.found) == ("hosts", True, True)


async def test_addresses_without_a_name_are_told_where_there_are_several_communities(folder: Path) -> None:
    assert await wrong(folder, WEB_PREFIX="false") == []
    async with opened(settings_of(folder)) as app, app.store.begin() as tx:
        made = await tx.add_house("Maths Chat", "Europe/London")
        await tx.make_community_host(made.id, 1)
        await tx.make_member(made.id, 1, app.clock.real())
    assert await wrong(folder) == []
    found = await wrong(folder, WEB_PREFIX="false")
    assert {(one.what, "EDCHAT_WEB_PREFIX=true" in one.advice) for one in found} == {("community", True)}


async def test_a_community_without_a_hosts_room_is_told(folder: Path) -> None:
    write(folder, "UPDATE place SET hosts_room = 0")
    [one] = await wrong(folder)
    assert (one.what, "setup" in one.advice) == ("community", True)


async def test_a_zone_that_is_gone_is_told_with_its_weekly_chat(folder: Path) -> None:
    settings = settings_of(folder)
    async with opened(settings) as app:
        said = 'series create "Tuesday chat" when="every Tuesday 20:00" zone=Europe/London'
        await app.say(said, await app.place("edchat"), "owner")
    assert await wrong(folder) == []
    write(folder, "UPDATE slot SET zone = 'Mars/Olympus'")
    [one] = await wrong(folder)
    assert (one.what, "Mars/Olympus" in one.found) == ("zone", True)
    assert 'series edit "Tuesday chat" zone=' in one.advice


async def test_a_damaged_database_is_told_and_does_not_stop_the_look(folder: Path) -> None:
    (folder / "edchat.sqlite").write_bytes(b"no database " * 1000)
    [one] = await wrong(folder)
    assert (one.what, "damaged" in one.advice) == ("database", True)


async def test_a_database_with_a_torn_page_is_told(folder: Path) -> None:
    file = folder / "edchat.sqlite"
    whole = file.read_bytes()
    file.write_bytes(whole[: 4096 * 3] + bytes(4096) * 6 + whole[4096 * 9 :])
    [one] = await wrong(folder)
    assert (one.what, "damaged" in one.advice) == ("database", True)


async def test_somebody_elses_database_is_told(folder: Path) -> None:
    (folder / "edchat.sqlite").unlink()
    with closing(sqlite3.connect(folder / "edchat.sqlite")) as there:
        there.execute("CREATE TABLE recipe (name)")
    [one] = await wrong(folder)
    assert (one.what, "no database of EdChat" in one.advice) == ("schema", True)


async def test_a_newer_schema_is_told_and_an_older_one_is_no_fault(folder: Path) -> None:
    write(folder, "UPDATE alembic_version SET version_num = '9999'")
    [one] = await wrong(folder)
    assert (one.what, "9999" in one.advice, head() in one.advice) == ("schema", True, True)
    write(folder, "UPDATE alembic_version SET version_num = '0002'")
    assert await wrong(folder) == []
    found = {one.what: one.advice for one in await examine(settings_of(folder))}
    assert "next start" in found["schema"]


def queue(folder: Path, due: datetime) -> None:
    """A post that waits."""
    at = due.replace(tzinfo=None).isoformat(" ", "microseconds")
    write(folder, "UPDATE outbox SET state = 'waiting', due_at = ?", at)


async def test_posts_that_are_overdue_are_told_by_the_bots_own_clock(folder: Path) -> None:
    queue(folder, datetime.now(UTC) - timedelta(minutes=9))
    assert await wrong(folder) == []
    queue(folder, datetime.now(UTC) - timedelta(minutes=11))
    [one] = await wrong(folder)
    assert (one.what, one.found, "overdue" in one.advice) == ("to be sent", "1", True)
    ScaledClock(datetime.now(UTC), datetime.now(UTC) - HOUR, 1).write(folder / "clock.json")
    assert await wrong(folder) == []


@pytest.mark.parametrize(("days", "runs", "fine"), [(0, True, True), (3, True, False), (3, False, True)])
async def test_old_copies_are_told_while_the_bot_runs(
    folder: Path, days: int, runs: bool, fine: bool
) -> None:
    (folder / "backups").mkdir()
    day = datetime.now(UTC).date() - timedelta(days=days)
    (folder / "backups" / copy_name(day)).touch()
    (folder / "backups" / "edchat-of-mine.sqlite").touch()
    if runs:
        async with running(folder):
            found = await wrong(folder)
            assert await wrong(folder, BACKUPS=0) == []
    else:
        found = await wrong(folder)
    assert [one.what for one in found] == ([] if fine else ["copies"])


async def test_a_bot_that_takes_the_call_and_says_nothing_is_told(folder: Path) -> None:
    async def broken(request: Any) -> dict[str, Any]:
        raise Refused("not now")

    async with control.served(folder, {"status": broken}):
        [one] = await wrong(folder)
    assert (one.what, one.advice) == ("running", "not now")


def test_a_network_disk_is_known_by_its_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/x {tmp_path} nfs4 rw 0 0\nsome / ext4 rw 0 0\n")
    assert network_disk(tmp_path, mounts) == "nfs4"
    assert network_disk(Path("/"), mounts) is None


async def test_what_is_printed_ends_with_how_much_is_wrong(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await care.doctor(settings_of(folder), as_json=False)
    assert capsys.readouterr().out.endswith("All is well.\n")
    show(folder, 0o755)
    write(folder, "DELETE FROM member")
    with pytest.raises(Refused, match=r"^2 things to mend\.$"):
        await care.doctor(settings_of(folder), as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("WRONG") for line in lines) == 2
    with pytest.raises(Refused):
        await care.doctor(settings_of(folder), as_json=True)
    rows = json.loads(capsys.readouterr().out)
    assert {row["what"] for row in rows if not row["fine"]} == {"permissions", "hosts"}
    assert set(rows[0]) == {"fine", "what", "found", "advice"}


async def test_a_missing_list_of_what_was_forgotten_is_found_and_an_older_database_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = ErasureList(folder / FILE)
    gone = Erasure(Erased.MESSAGE, datetime.now(UTC), platform="browser", place="edchat", native_id="7")
    mark = listed.add([gone])
    await care.doctor(settings_of(folder), as_json=False)
    assert "the next start forgets 1 more" in capsys.readouterr().out
    write(folder, "INSERT INTO installation VALUES ('erased', ?)", mark)
    await care.doctor(settings_of(folder), as_json=False)
    assert "and stays forgotten" in capsys.readouterr().out
    (folder / FILE).unlink()
    [found] = await wrong(folder)
    assert (found.what, "erased.jsonl is missing" in found.found) == ("forgotten", True)
