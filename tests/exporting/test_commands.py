"""Exports and imports as they are typed: beside a running bot and without one, cut short, and refused."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.exporting.houses import data_in
from tests.support import started
from tests.support.hosted import edchat, environment, hosted

TALK = """\
@mod> !edchat series create "Tuesday chat" when="every Tuesday 8 pm" zone=ET
@mod> !edchat chat plan Asking
Why does it matter that students ask?
What does a good question sound like?
@mod> !edchat chat start
ana> A1: before it is asked
@mod> !edchat chat next
ana> A1: one about <b>aardvarks</b>
@mod> !edchat chat end sure=yes
"""
MANY = 40_000


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which a chat was held."""
    folder = tmp_path_factory.mktemp("held") / "data"
    shown = edchat(folder, "chat", stdin=TALK)
    assert shown.returncode == 0, shown.stderr
    return folder


@pytest.fixture
def talked(held: Path, tmp_path: Path) -> Path:
    """Another just like it."""
    return Path(shutil.copytree(held, tmp_path / "data"))


def names_in(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "edchat.sqlite")) as there:
        return [name for (name,) in there.execute("SELECT name FROM community ORDER BY id")]


def day_of(folder: Path) -> str:
    query = "SELECT chat.slug FROM chat JOIN message ON message.chat_id = chat.id LIMIT 1"
    with closing(sqlite3.connect(folder / "edchat.sqlite")) as there:
        return str(there.execute(query).fetchone()[0])


def test_a_bundle_goes_from_one_folder_to_another(talked: Path, tmp_path: Path) -> None:
    made = edchat(talked, "export", "data", str(tmp_path / "all.zip"))
    assert "chats, 2 messages." in made.stdout
    brought = edchat(tmp_path / "new", "import", str(tmp_path / "all.zip"))
    assert (brought.returncode, "Brought in:" in brought.stdout) == (0, True), brought.stderr
    edchat(tmp_path / "new", "export", "data", str(tmp_path / "again.zip"))
    assert data_in(tmp_path / "again.zip") == data_in(tmp_path / "all.zip")
    assert "0 chats" not in edchat(tmp_path / "new", "export", "data", str(tmp_path / "third.zip")).stdout


def test_a_running_bot_exports_and_takes_in_what_another_wrote(talked: Path, tmp_path: Path) -> None:
    edchat(talked, "export", "data", str(tmp_path / "all.zip"))
    with ZipFile(tmp_path / "all.zip") as bundle:
        [community] = [json.loads(line) for line in bundle.read("data/community.jsonl").splitlines()]
    with hosted(tmp_path / "other", EDCHAT_COMMUNITY="Chess Club") as bot:
        bot.line()
        typed = ("import", str(tmp_path / "all.zip"), "--address", "staffroom")
        brought = edchat(tmp_path / "other", *typed)
        assert (brought.returncode, "Brought in:" in brought.stdout) == (0, True), brought.stderr
        again = edchat(tmp_path / "other", *typed)
        assert (again.returncode, "at another with --address staffroom-2." in again.stderr) == (1, True)
        assert edchat(tmp_path / "other", "export", "data", str(tmp_path / "both.zip")).returncode == 0
    assert names_in(tmp_path / "other") == ["Chess Club", community["name"]]
    assert data_in(tmp_path / "both.zip")["data/message.jsonl"].count(b"\n") == 2


@pytest.mark.slow
def test_an_import_that_is_killed_changes_nothing(talked: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(talked / "edchat.sqlite")) as there:
        copies = "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < ?)"
        columns = "place_id, chat_id, person_id, text, kind, said_at, heard_at"
        one = "SELECT * FROM message WHERE kind = 'answer' ORDER BY id LIMIT 1"
        there.execute(
            f"INSERT INTO message ({columns}, platform_message_id)"
            f" SELECT {columns}, 'copy' || k FROM ({copies} SELECT k FROM n) JOIN ({one})",
            (MANY,),
        )
        there.commit()
    edchat(talked, "export", "data", str(tmp_path / "all.zip"))
    new = tmp_path / "new"
    edchat(new, "say", "series list", EDCHAT_COMMUNITY="Chess Club")
    importing = started.start("import", str(tmp_path / "all.zip"), env=environment(new))
    log = new / "edchat.sqlite-wal"
    deadline = time.monotonic() + 60
    while not (log.exists() and log.stat().st_size > 1_000_000):
        assert time.monotonic() < deadline, "the import never began to write"
        assert importing.poll() is None, "the import was over too soon"
        time.sleep(0.005)
    importing.kill()
    assert importing.wait(10) == -9
    assert names_in(new) == ["Chess Club"]
    with closing(sqlite3.connect(new / "edchat.sqlite")) as there:
        assert there.execute("SELECT count(*) FROM message").fetchone() == (0,)
        assert there.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert edchat(new, "import", str(tmp_path / "all.zip")).returncode == 0
    assert len(names_in(new)) == 2


@pytest.mark.parametrize("form", ["md", "json", "csv", "html"])
def test_one_chat_is_written_as_whatever_is_asked_for(talked: Path, tmp_path: Path, form: str) -> None:
    words = "export", "chat", "Tuesday chat", day_of(talked), "--format", form, "--readers", "hosts"
    shown = edchat(talked, *words)
    assert shown.returncode == 0, shown.stderr
    assert "aardvarks" in shown.stdout
    assert "<b>aardvarks" not in shown.stdout or form in ("json", "csv")
    file = tmp_path / f"chat.{form}"
    assert edchat(talked, *words, "--file", str(file)).returncode == 0
    assert file.read_bytes().decode().replace("\r\n", "\n") == shown.stdout
    again = edchat(talked, *words, "--file", str(file))
    assert (again.returncode, "already there" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("export", "site"), "as in edchat export site archive"),
        (("export", "data"), "as in edchat export data all.zip"),
        (("export", "chat"), "as in edchat export chat inquirychat 2026-11-17"),
        (("import",), "as in edchat import all.zip"),
        (("import", "nowhere.zip"), "nowhere.zip"),
        (("export", "chat", "Chess", "2026-11-17"), "There is no weekly chat 'Chess' here"),
        (("export", "chat", "Tuesday chat", "soon", "--readers", "hosts"), "has no chat on 'soon'"),
        (("export", "chat", "x", "y", "--format", "pdf"), "There is no format 'pdf'"),
        (("export", "chat", "x", "y", "--readers", "all"), "There are no readers 'all'"),
        (("export", "chat", "x", "y", "--community", "Chess"), "Chess"),
        (("export", "site", "copy"), "nothing that everybody may read"),
        (("export", "site", "nowhere/copy"), "There is no folder"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    talked: Path, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    here = tuple(str(tmp_path / one) if one in ("copy", "nowhere/copy") else one for one in words)
    told = edchat(talked, *here)
    assert told.returncode == 1
    assert sentence in told.stderr
    assert "Traceback" not in told.stderr
    assert sorted(one.name for one in tmp_path.iterdir()) == ["data"]


def test_where_there_is_no_bot_yet_there_is_nothing_to_export(tmp_path: Path) -> None:
    for words in (
        ("site", str(tmp_path / "a")),
        ("data", str(tmp_path / "b")),
        ("chat", "x", "y"),
        ("json",),
    ):
        told = edchat(tmp_path / "data", "export", *words)
        assert (told.returncode, "nothing to export yet" in told.stderr) == (1, True), told.stderr
    assert [one.name for one in tmp_path.iterdir() if one.name != "data"] == []
