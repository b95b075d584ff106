"""A copy is put back: whole or not at all, what was there is kept, and what was forgotten stays forgotten."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from bot.app import listed, opened
from bot.core.model import Refused
from bot.hosting import care
from bot.nightly import Nightly
from bot.settings import Settings
from bot.storage.engine import locked
from bot.storage.migrate import config, head
from tests.support.house import prepare, settings
from tests.support.looking import rows
from tests.support.talking import everything, talk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    prepare(data, "browser")
    return data


def ours(folder: Path) -> Settings:
    return settings(folder, "browser")


def change(file: Path, query: str) -> None:
    with closing(sqlite3.connect(file)) as there, there:
        there.execute(query)


def named(folder: Path, name: str) -> None:
    change(folder / "edchat.sqlite", f"UPDATE community SET name = '{name}'")


def name_in(file: Path) -> object:
    ((found,),) = rows(file, "SELECT name FROM community")
    return found


def held(folder: Path) -> dict[str, bytes]:
    """Everything in a folder but the lock, which names a process."""
    return {
        file.name: file.read_bytes()
        for file in folder.iterdir()
        if file.is_file() and file.name not in ("edchat.lock", ".env")
    }


def asides(folder: Path) -> list[Path]:
    """Former databases that were kept, with their logs."""
    return sorted(folder.glob("*before-restore*"))


def killed_while_writing(folder: Path) -> None:
    """A bot that is killed leaves its last words in the log."""
    words = "PRAGMA journal_mode=WAL; UPDATE community SET name = 'In the log';"
    script = (
        "import os, signal, sqlite3, sys; there = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "there.executescript(sys.argv[2]); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script, str(folder / "edchat.sqlite"), words], check=False)


async def copied(folder: Path, to: Path) -> Path:
    async with opened(ours(folder)) as app:
        await app.store.backup(to)
    return to


async def test_a_copy_takes_the_databases_place_and_the_former_one_is_kept(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named(folder, "Then")
    copy = await copied(folder, folder.parent / "copy.sqlite")
    named(folder, "Now")
    await care.restore(ours(folder), copy)
    assert name_in(folder / "edchat.sqlite") == "Then"
    [aside] = asides(folder)
    assert name_in(aside) == "Now"
    assert (folder / "edchat.sqlite").stat().st_mode & 0o777 == 0o600
    told = capsys.readouterr().out
    assert f"kept as {aside.name}" in told
    assert str(copy) in told
    async with opened(ours(folder)) as app, app.store.read() as tx:
        assert [one.name for one in await tx.communities()] == ["Then"]


async def test_into_an_empty_folder_nothing_is_kept_aside(folder: Path, tmp_path: Path) -> None:
    copy = await copied(folder, tmp_path / "copy.sqlite")
    (tmp_path / "new").mkdir()
    await care.restore(ours(tmp_path / "new"), copy)
    assert {file.name for file in (tmp_path / "new").iterdir()} == {".env", "edchat.lock", "edchat.sqlite"}


async def test_a_nights_copy_is_restored(folder: Path) -> None:
    named(folder, "That night")
    async with opened(ours(folder)) as app:
        night = await Nightly(app.store, app.clock, folder / "backups", 7).copy()
    assert night is not None
    named(folder, "Today")
    await care.restore(ours(folder), night)
    assert name_in(folder / "edchat.sqlite") == "That night"
    assert [file.name for file in (folder / "backups").iterdir()] == [night.name]


async def test_what_stood_in_the_log_of_the_former_database_is_kept_too(folder: Path) -> None:
    copy = await copied(folder, folder.parent / "copy.sqlite")
    killed_while_writing(folder)
    assert (folder / "edchat.sqlite-wal").stat().st_size
    await care.restore(ours(folder), copy)
    [aside] = asides(folder)
    assert name_in(aside) == "In the log"
    assert name_in(folder / "edchat.sqlite") == "EdChat"


async def test_a_damaged_database_is_replaced_and_kept_as_it_is(folder: Path) -> None:
    copy = await copied(folder, folder.parent / "copy.sqlite")
    for ending in ("", "-wal"):
        (folder / f"edchat.sqlite{ending}").write_bytes(b"damaged")
    await care.restore(ours(folder), copy)
    assert name_in(folder / "edchat.sqlite") == "EdChat"
    kept, *_, its_log = asides(folder)
    assert [kept.read_bytes(), its_log.read_bytes()] == [b"damaged", b"damaged"]
    assert its_log.name == f"{kept.name}-wal"


async def test_while_the_bot_runs_it_is_refused(folder: Path) -> None:
    copy = await copied(folder, folder.parent / "copy.sqlite")
    with locked(folder):
        before = held(folder)
        with pytest.raises(Refused, match="stop it first"):
            await care.restore(ours(folder), copy)
        assert held(folder) == before


def torn(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: 4096 * 3] + bytes(4096) * 6 + whole[4096 * 9 :])


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: 4096 * 5])


def newer(file: Path) -> None:
    change(file, "UPDATE alembic_version SET version_num = '9999'")


def somebody_elses(file: Path) -> None:
    file.unlink()
    change(file, "CREATE TABLE recipe (name)")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (Path.unlink, "There is no file"),
        (lambda file: (file.unlink(), file.mkdir()), "There is no file"),
        (lambda file: file.write_text("Dear diary"), "no copy of an EdChat database"),
        (lambda file: file.write_bytes(b""), "no copy of an EdChat database"),
        (somebody_elses, "no copy of an EdChat database"),
        (torn, "is damaged"),
        (cut_short, "is damaged"),
        (newer, f"revision 9999, this version knows {head()}"),
    ],
    ids=["none", "a folder", "a text", "empty", "another's", "torn", "cut short", "newer"],
)
async def test_what_cannot_be_restored_is_refused_and_changes_nothing(
    folder: Path, spoil: object, sentence: str
) -> None:
    copy = await copied(folder, folder.parent / "copy.sqlite")
    assert callable(spoil)
    spoil(copy)
    before = held(folder)
    with pytest.raises(Refused, match=sentence):
        await care.restore(ours(folder), copy)
    assert held(folder) == before


async def test_the_copy_itself_is_left_as_it_is(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "shelf").mkdir()
    await copied(folder, tmp_path / "shelf" / "a copy?#1.sqlite")
    before = held(tmp_path / "shelf")
    await care.restore(ours(folder), tmp_path / "shelf" / "a copy?#1.sqlite")
    assert held(tmp_path / "shelf") == before


async def test_an_older_schema_is_brought_up(folder: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.sqlite"
    engine = create_engine(f"sqlite:///{old}")
    with engine.connect() as there:
        command.upgrade(config(there), "0002")
        there.execute(text("INSERT INTO community (name, zone) VALUES ('Long ago', 'UTC')"))
        there.commit()
    engine.dispose()
    await care.restore(ours(folder), old)
    assert name_in(folder / "edchat.sqlite") == "Long ago"
    assert rows(folder / "edchat.sqlite", "SELECT version_num FROM alembic_version") == [(head(),)]
    assert rows(old, "SELECT version_num FROM alembic_version") == [("0002",)]
    assert not [name for name in held(folder) if "restoring" in name]


async def test_who_was_forgotten_since_the_copy_is_forgotten_again_before_anything_is_served(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = folder.parent / "copy.sqlite"
    async with opened(ours(folder)) as app:
        ana = await talk(app.store, "Anastasia", "armadillos sleep by day")
        await talk(app.store, "Benedict", "badgers dig by night")
        await app.store.backup(copy)
        async with app.store.begin() as tx:
            await tx.forget(ana, 1, app.clock.now())
    assert len(listed(ours(folder)).read()) >= 1
    assert b"armadillos" in copy.read_bytes()
    await care.restore(ours(folder), copy)
    assert "stays forgotten" in capsys.readouterr().out
    assert b"badgers" in everything(folder)
    for word in (b"rmadillos", b"nastasia"):
        assert word not in everything(folder)
    await care.restore(ours(folder), copy)
    assert b"rmadillos" not in everything(folder)


async def test_a_full_disk_changes_nothing(folder: Path) -> None:
    copy = await copied(folder, folder.parent / "copy.sqlite")
    before = held(folder)
    limited = f"ulimit -f 64; trap '' XFSZ; exec {sys.executable} -m bot restore {copy}"
    env = {"PATH": os.environ["PATH"], "EDCHAT_DATA_DIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    told = await asyncio.to_thread(
        subprocess.run, ["/bin/bash", "-c", limited], env=env, capture_output=True, text=True, timeout=60
    )
    assert told.returncode == 1
    assert told.stderr.startswith("The data folder cannot be written"), told.stderr
    assert held(folder) == before


async def test_without_links_on_the_disk_nothing_is_lost(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unlinked(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    copy = await copied(folder, folder.parent / "copy.sqlite")
    named(folder, "Now")
    monkeypatch.setattr(Path, "hardlink_to", unlinked)
    await care.restore(ours(folder), copy)
    [aside] = asides(folder)
    assert (name_in(aside), name_in(folder / "edchat.sqlite")) == ("Now", "EdChat")


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from bot.hosting import care
from bot.settings import load

def count(event, arguments):
    global left
    if event in ("os.rename", "os.remove", "os.link", "sqlite3.connect"):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

def restored():
    sys.stdout = open(os.devnull, "w")
    sys.addaudithook(count)
    asyncio.run(care.restore(settings, Path(sys.argv[2])))

settings = load(Path(sys.argv[1]) / ".env")
for left in range(60):
    if not (process := os.fork()):
        restored()
        os._exit(0)
    _, status = os.waitpid(process, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
    sys.stdin.readline()
    if status == 0:
        break
"""


def test_killed_at_any_moment_there_is_one_database_or_the_other(folder: Path) -> None:
    named(folder, "Then")
    copy = asyncio.run(copied(folder, folder.parent / "copy.sqlite"))
    named(folder, "Now")
    ours(folder)
    found: list[str] = []
    codes: list[int] = []
    words = [sys.executable, "-c", KILLED, str(folder), str(copy)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as dying:
        assert dying.stdin is not None
        assert dying.stdout is not None
        for line in dying.stdout:
            codes.append(int(line))
            found.append(str(name_in(folder / "edchat.sqlite")))
            dying.stdin.write("\n")
            dying.stdin.flush()
    assert codes == [-signal.SIGKILL] * (len(codes) - 1) + [0]
    assert len(codes) > 10
    assert found == sorted(found)
    assert (found[0], found[-1]) == ("Now", "Then")
    assert not [name for name in held(folder) if "restoring" in name]
