"""The command line, as the person who hosts the bot types it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import started

TALK = """\
@mod> !edchat series create "Tuesday chat" when="every Tuesday 8 pm" zone=ET
@mod> !edchat chat plan Asking
Why does it matter that students ask?
What does a good question sound like?
@mod> !edchat chat start
ana> A1: before it is asked
@mod> !edchat chat next
ben> I agree
ana Q1> in the thread
ana> !edchat answer 1 by the form
cy> A1: a second one
@mod> !edchat chat end sure=yes
"""


def edchat(folder: Path, *words: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command on a data folder."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "EDCHAT_DATA_DIR": str(folder / "data"), **more}
    return started.run(*words, env=env, stdin=stdin)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Path]:
    """A bot that runs on a data folder."""
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "EDCHAT_DATA_DIR": str(tmp_path / "data")}
    env["EDCHAT_WEB_PORT"] = "0"
    bot = started.start("run", env=env)
    deadline = time.monotonic() + 30
    while not (tmp_path / "data" / "edchat.sock").exists():
        assert time.monotonic() < deadline, "the bot did not start"
        time.sleep(0.05)
    yield tmp_path
    bot.terminate()
    assert bot.wait(10) == 0


def test_a_whole_chat_at_the_prompt_is_filed_and_exported(tmp_path: Path) -> None:
    shown = edchat(tmp_path, "chat", stdin=TALK)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.count("EdChat: Q1: Why does it matter that students ask?") == 1
    document = json.loads(edchat(tmp_path, "export", "json").stdout)
    (chat,) = [c for c in document["communities"][0]["series"][0]["chats"] if c["messages"]]
    filed = {m["text"]: [f["how"] for f in m["filed"]] for m in chat["messages"]}
    assert filed == {
        "A1: before it is asked": ["label"],
        "I agree": [],
        "in the thread": ["thread"],
        "by the form": ["form"],
        "A1: a second one": ["label"],
    }


def test_say_speaks_to_the_running_bot_and_status_tells_of_it(running: Path) -> None:
    made = edchat(running, "say", 'series create "Tuesday chat" when="every Tuesday 8 pm" zone=ET')
    assert "every Tuesday, 8:00 pm" in made.stdout
    standing = json.loads(edchat(running, "status", "--json").stdout)
    assert (standing["running"], standing["series"]) == (True, 1)


def test_say_without_a_running_bot_does_the_same(tmp_path: Path) -> None:
    made = edchat(tmp_path, "say", 'series create "T" when="every Tuesday 20:00"')
    assert made.returncode == 0
    assert json.loads(edchat(tmp_path, "status", "--json").stdout)["running"] is False


def test_lines_below_a_command_come_from_standard_input(tmp_path: Path) -> None:
    edchat(tmp_path, "say", 'series create "T" when="every Tuesday 20:00"')
    planned = edchat(tmp_path, "say", "chat plan Asking", stdin="Why?\nWhat?\n")
    assert "Q2: What?" in planned.stdout


def test_backup_of_a_running_bot_is_a_whole_database(running: Path) -> None:
    assert edchat(running, "backup", str(running / "copy.sqlite")).returncode == 0
    with sqlite3.connect(running / "copy.sqlite") as copy:
        assert copy.execute("SELECT count(*) FROM community").fetchone() == (1,)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    again = edchat(running, "backup", str(running / "copy.sqlite"))
    assert (again.returncode, "already there" in again.stderr) == (1, True)


def test_the_status_names_the_weekly_chat_of_each_chat_to_come(tmp_path: Path) -> None:
    edchat(tmp_path, "chat", stdin=TALK)
    assert "Next: Tuesday chat: not planned yet, Tue " in edchat(tmp_path, "status").stdout


def test_a_second_bot_on_the_folder_is_refused_in_one_sentence(running: Path) -> None:
    second = edchat(running, "run")
    assert second.returncode == 1
    assert "already runs on this data folder" in second.stderr
    assert "Traceback" not in second.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("bogus",), "Unknown command"),
        (("explain",), "Say which message"),
        (("export", "json"), "nothing to export yet"),
        (("say", "series list", "--place", "nowhere"), "no place"),
        (("backup",), "as in edchat backup copy.sqlite"),
        (("restore",), "as in edchat restore copy.sqlite"),
        (("say",), 'as in edchat say "chat now"'),
    ],
)
def test_what_cannot_be_done_is_one_sentence(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    told = edchat(tmp_path, *words)
    assert told.returncode in (1, 2)
    assert sentence in told.stderr
    assert "Traceback" not in told.stderr


def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path: Path) -> None:
    told = edchat(tmp_path, "run", EDCHAT_WEB_PORT="99999")
    assert (told.returncode, "EDCHAT_WEB_PORT" in told.stderr, "Traceback" in told.stderr) == (1, True, False)


def test_explain_says_where_a_message_goes_and_why(tmp_path: Path) -> None:
    assert "question 3" in edchat(tmp_path, "explain", "A3: like this").stdout
    row = json.loads(edchat(tmp_path, "explain", "Final A: done", "--questions", "5", "--json").stdout)
    assert (row["kind"], row["numbers"], row["flags"]) == ("answer", [5], ["final"])


def test_explain_answers_each_line_with_one_line(tmp_path: Path) -> None:
    asked = [
        {"text": "A1/A2: both", "role": "P", "questions": 7, "letters": "Q/A"},
        {"text": 3},
        {"text": "hello"},
    ]
    lines = "\n".join([*map(json.dumps, asked), "no json"]) + "\n"
    told = [
        json.loads(line) for line in edchat(tmp_path, "explain", "--stdin", stdin=lines).stdout.splitlines()
    ]
    assert [row.get("kind") for row in told] == ["answer", None, "none", None]
    assert told[0]["numbers"] == [1, 2]
    assert "error" in told[1]
    assert "error" in told[3]


def test_migrate_brings_an_empty_folder_up_and_then_has_nothing_to_do(tmp_path: Path) -> None:
    assert "brought up" in edchat(tmp_path, "migrate").stdout
    assert "up to date" in edchat(tmp_path, "migrate").stdout
