"""The same demo on a homeserver, its bot in another process: its one line, and what it tells without it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo.test_demo import HOUSE, KEYS, environment, left_behind

COMMAND = [sys.executable, "-m", "tools.demo_matrix", "--exit"]
pytestmark = pytest.mark.slow


def played(folder: Path, *wishes: str) -> subprocess.CompletedProcess[str]:
    """Play a demo to its end."""
    surroundings = {**os.environ, **environment(folder)}
    command = [*COMMAND, *wishes]
    return subprocess.run(
        command, env=surroundings, cwd=HOUSE, capture_output=True, text=True, check=False, timeout=240
    )


def test_an_evening_on_matrix_loses_and_doubles_nothing_and_asks_every_question_once(tmp_path: Path) -> None:
    done = played(tmp_path, "--json", "--seconds", "40")
    assert (done.returncode, done.stderr) == (0, "")
    line = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert list(line) == KEYS
    assert (line["questions"], line["asked"], line["lost"], line["doubled"]) == (7, 7, 0, 0)
    assert line["sent"] == line["stored"] >= 140
    ways = ["label", "thread", "reply", "reaction", "moderator"]
    assert [how for how, times in line["filed"].items() if times] == ways
    assert line["edited"] > 0 < line["deleted"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/l/[\w-]+/2021-04-15", line["archive_url"])
    assert left_behind(tmp_path) == []


def test_it_tells_the_evening_as_people_there_read_it(tmp_path: Path) -> None:
    done = played(tmp_path, "--seconds", "12", "--people", "12", "--chat", "open access")
    assert (done.returncode, done.stderr) == (0, "")
    told = done.stdout.splitlines()
    assert "#edchat EdChat: Hello. `!edchat` is all you need." in told
    assert any(line.startswith("#edchat Maya: !edchat series create ") for line in told)
    asked = [line for line in told if re.match(r"#edchat EdChat: Q\d: ", line)]
    assert [line[17] for line in asked] == ["1", "2", "3", "4", "5"]
    assert "(pinned: Q5: " in done.stdout
    assert "(topic: Q5: " in done.stdout
    assert any(re.match(r"\[Q\d: .*\] \w+: .*\(simulated ", line) for line in told)
    assert any(line.startswith("(in private) EdChat: Filed under ") for line in told)
    assert "0 lost, 0 doubled" in done.stdout
