"""The same demo on a little Discord: its one line, and the conversation that it tells without it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo.test_demo import HOUSE, KEYS, environment, left_behind

COMMAND = [sys.executable, "-m", "tools.demo_discord", "--exit"]


def played(folder: Path, *wishes: str) -> subprocess.CompletedProcess[str]:
    """Play a demo to its end."""
    surroundings = {**os.environ, **environment(folder)}
    command = [*COMMAND, *wishes]
    return subprocess.run(
        command, env=surroundings, cwd=HOUSE, capture_output=True, text=True, check=False, timeout=180
    )


@pytest.mark.slow
def test_an_evening_on_discord_loses_and_doubles_nothing_and_asks_every_question_once(tmp_path: Path) -> None:
    done = played(tmp_path, "--json", "--seconds", "40")
    assert (done.returncode, done.stderr) == (0, "")
    line = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert list(line) == KEYS
    assert (line["questions"], line["asked"], line["lost"], line["doubled"]) == (7, 7, 0, 0)
    assert line["sent"] == line["stored"] >= 140
    assert all(line["filed"].values())
    assert line["edited"] > 0 < line["deleted"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/l/[\w-]+/2021-04-15", line["archive_url"])
    assert left_behind(tmp_path) == []


def test_it_tells_the_evening_as_people_there_read_it(tmp_path: Path) -> None:
    done = played(tmp_path, "--seconds", "12", "--people", "12", "--chat", "open access")
    assert (done.returncode, done.stderr) == (0, "")
    told = done.stdout.splitlines()
    assert "#general (Maya types /edchat)" in told
    assert "#general (Maya presses Set up)" in told
    asked = [line for line in told if re.match(r"#general EdChat: Q\d: ", line)]
    assert [line[18] for line in asked] == ["1", "2", "3", "4", "5"]
    below = [told[told.index(line) + 1 :][:2] for line in asked]
    assert all(any(line.strip().startswith("[Answer]") for line in lines) for lines in below)
    copies = [line for line in told if re.match(r"\[.*\] EdChat: \*\*\w+:\*\* ", line)]
    assert copies
    assert "0 lost, 0 doubled" in done.stdout
