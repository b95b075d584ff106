"""The same demo on a homeserver, its bot in another process: its one line, and what it tells without it."""

import re
import sys
from pathlib import Path

import pytest

from tests.demo.playing import played, whole_evening

COMMAND = [sys.executable, "-m", "tools.demo_matrix"]
pytestmark = pytest.mark.slow


def test_an_evening_on_matrix_loses_and_doubles_nothing_and_asks_every_question_once(tmp_path: Path) -> None:
    line = whole_evening(played(COMMAND, tmp_path, "--json", "--seconds", "40"), tmp_path, 100)
    ways = ["label", "thread", "reply", "reaction", "moderator"]
    assert [how for how, times in line["filed"].items() if times] == ways


def test_it_tells_the_evening_as_people_there_read_it(tmp_path: Path) -> None:
    said = played(COMMAND, tmp_path, "--seconds", "12", "--people", "12", "--chat", "open access")
    told = said.splitlines()
    assert "#edchat EdChat: Hello. `!edchat` is all you need." in told
    assert any(line.startswith("#edchat Maya: !edchat series create ") for line in told)
    asked = [line for line in told if re.match(r"#edchat EdChat: Q\d: ", line)]
    assert [line[17] for line in asked] == ["1", "2", "3", "4", "5"]
    assert "(pinned: Q5: " in said
    assert "(topic: Q5: " in said
    assert any(re.match(r"\[Q\d: .*\] \w+: .*\(simulated ", line) for line in told)
    assert any(line.startswith("(in private) EdChat: Filed under ") for line in told)
    assert "0 lost, 0 doubled" in said
