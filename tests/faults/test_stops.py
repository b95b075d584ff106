"""The bot is stopped, started twice, and runs out of space."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.process import EIGHT, Evening, as_stored, evening
from tests.support import started

CLOSED = "SELECT 1 FROM chat WHERE state IN ('tail', 'closed')"


def edchat(told: Evening, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command on the evening's folder."""
    return started.run(*words, env={"EDCHAT_DATA_DIR": str(told.folder), "PATH": "/usr/bin:/bin"})


def test_b373_sigterm_at_eight_ends_in_time_and_loses_nothing(tmp_path: Path) -> None:
    with evening(tmp_path, rate=60) as told:
        told.start()
        told.talk_until(EIGHT + timedelta(seconds=30))
        stopped_at = as_stored(told.clock.now())
        assert told.stop() < 10
        due = "SELECT subject FROM outbox WHERE state = 'waiting' AND due_at <= ?"
        assert told.house.rows(due, stopped_at) == []
        before = told.stored()
        told.say("Ben", "A1: said while nobody listened")
        told.start()
        told.wait("SELECT 1 FROM message WHERE text LIKE '%nobody listened'")
        assert before.items() <= told.stored().items()
        assert told.stop() < 10
        assert told.said_in_the_hour() == told.stored()


def test_a_second_process_is_refused_in_one_sentence_that_names_the_first(tmp_path: Path) -> None:
    with evening(tmp_path, rate=1) as told:
        told.start()
        told.wait_until_it_answers()
        assert told.process is not None
        second = edchat(told, "run")
        assert second.returncode == 1
        assert second.stderr.count("\n") == 1
        assert str(told.process.pid) in second.stderr


def test_b362_with_no_space_the_start_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with evening(tmp_path, rate=1) as told:
        limited = f"ulimit -f 0; exec {sys.executable} -m bot run"
        env = {"EDCHAT_DATA_DIR": str(told.folder), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
        refused = subprocess.run(
            ["/bin/bash", "-c", limited], env=env, capture_output=True, text=True, check=False, timeout=60
        )
        assert refused.returncode == 1
        assert refused.stderr.startswith("The data folder cannot be written")
        assert refused.stderr.count("\n") == 1


@pytest.mark.slow
def test_b362_a_disk_that_fills_up_loses_nothing_and_recovers(tmp_path: Path) -> None:
    with evening(tmp_path, rate=30) as told:
        told.start()
        told.talk_until(EIGHT + timedelta(minutes=1))
        told.limit_files(1)
        before = len(told.stored())
        told.talk_for(4)
        assert told.alive
        assert len(told.stored()) <= before + 1
        refused = edchat(told, "say", "series pause")
        assert "cannot be written" in refused.stdout + refused.stderr, refused
        told.limit_files(-1)
        told.talk_for(1)
        told.wait("SELECT 1 FROM message WHERE text = ?", list(told.said.values())[-1])
        assert told.said_in_the_hour().items() <= told.stored().items()
        told.stop()


def test_b369_a_backup_made_while_the_bot_runs_is_whole_without_its_log(tmp_path: Path) -> None:
    with evening(tmp_path, rate=60) as told:
        told.start()
        told.talk_until(EIGHT + timedelta(minutes=1))
        stored = told.stored()
        copy = tmp_path / "elsewhere" / "copy.sqlite"
        copy.parent.mkdir()
        assert edchat(told, "backup", str(copy)).returncode == 0
        told.talk_for(0.5)
        told.kill()
    assert [file.name for file in copy.parent.iterdir()] == ["copy.sqlite"]
    with sqlite3.connect(copy) as there:
        found = dict(there.execute("SELECT platform_message_id, text FROM message").fetchall())
        assert there.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    there.close()
    assert stored.items() <= found.items()
