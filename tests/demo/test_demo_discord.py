"""The same demo on a little Discord: its one line, and the conversation that it tells without it."""

import re
import sys
from pathlib import Path

import pytest

from tests.demo.playing import played, whole_evening

COMMAND = [sys.executable, "-m", "tools.demo_discord"]


@pytest.mark.slow
def test_an_evening_on_discord_loses_and_doubles_nothing_and_asks_every_question_once(tmp_path: Path) -> None:
    line = whole_evening(played(COMMAND, tmp_path, "--json", "--seconds", "40"), tmp_path, 100)
    assert all(line["filed"].values())


@pytest.mark.slow
def test_it_tells_the_evening_as_people_there_read_it(tmp_path: Path) -> None:
    said = played(COMMAND, tmp_path, "--seconds", "12", "--people", "12", "--chat", "open access")
    told = said.splitlines()
    assert "#general (Maya types /edchat)" in told
    assert "#general (Maya presses Set up)" in told
    asked = [line for line in told if re.match(r"#general EdChat: Q\d: ", line)]
    assert [line[18] for line in asked] == ["1", "2", "3", "4", "5"]
    below = [told[told.index(line) + 1 :][:2] for line in asked]
    assert all(any(line.strip().startswith("[Answer]") for line in lines) for lines in below)
    copies = [line for line in told if re.match(r"\[.*\] EdChat: \*\*\w+:\*\* ", line)]
    assert copies
    assert "0 lost, 0 doubled" in said
