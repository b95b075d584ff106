"""What README.md shows is what happens: each of its commands is run as it stands there."""

from __future__ import annotations

import asyncio
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.support.hosted import edchat, hosted

HOUSE = Path(__file__).parents[1]
README = (HOUSE / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines()]
SHELL = [line[2:].partition("  #")[0].strip() for line in LINES if line.startswith("$ ")]
[ROOM] = [block for block in BLOCKS if block.startswith(">")]
MAKES = [line.split()[1] for line in SHELL if line.startswith("make ")]
EDCHATS = [shlex.split(line)[1:] for line in SHELL if line.startswith(".venv/bin/edchat ")]


def test_every_command_that_is_shown_is_tried_here() -> None:
    assert len(MAKES) + len(EDCHATS) == len(SHELL)
    assert {"demo", "test", "run"} <= set(MAKES)
    assert {"status", "doctor", "link", "say", "backup"} <= {words[0] for words in EDCHATS}


@pytest.mark.parametrize("target", MAKES)
def test_what_is_made_has_a_recipe(target: str) -> None:
    made = subprocess.run(
        ["make", "--dry-run", target], cwd=HOUSE, capture_output=True, text=True, check=False
    )
    assert (made.returncode, made.stdout.strip() != "") == (0, True), made.stderr


async def test_the_commands_of_the_shell_do_what_is_said_beside_a_running_bot(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    [begun] = [block for block in BLOCKS if block.startswith("$ make run")]
    with hosted(folder) as bot:
        for shown in begun.splitlines()[1:]:
            said = await asyncio.to_thread(bot.line)
            assert re.fullmatch(re.escape(shown).replace("8080", r"\d+").replace(r"\.\.\.", r"\S+"), said)
        folder.chmod(0o700)
        planned = edchat(folder, "say", 'series create EdChat when="every Tuesday 8 pm"', "--place", "edchat")
        assert planned.returncode == 0, planned.stderr
        for words in EDCHATS:
            here = [str(tmp_path / one) if one.endswith((".sqlite", ".zip")) else one for one in words]
            more = ["--place", "edchat"] if words[0] == "say" else []
            done = edchat(folder, *here, *more)
            if words == ["doctor"]:  # it finds that nobody has opened the link yet, and nothing else
                wrong = [line for line in done.stdout.splitlines() if line.startswith("WRONG")]
                assert (done.returncode, len(wrong), "has come to host" in wrong[0]) == (1, 1, True)
                continue
            if words == ["doctor", "--discord"]:  # this bot has no token: it says where one comes from
                assert (done.returncode, "EDCHAT_DISCORD_TOKEN" in done.stdout) == (1, True)
                continue
            if words == ["doctor", "--matrix"]:  # nor an account there
                assert (done.returncode, "EDCHAT_MATRIX_USER" in done.stdout) == (1, True)
                continue
            assert (done.returncode, done.stderr, bool(done.stdout)) == (0, "", True), words
        assert (tmp_path / "copy.sqlite").read_bytes().startswith(b"SQLite format 3")
        assert bot.stop() < 10


def test_the_evening_at_the_prompt_goes_as_shown(tmp_path: Path) -> None:
    typed = "".join(f"{line.removeprefix('> ').strip()}\n" for line in ROOM.splitlines())
    told = edchat(tmp_path / "data", "chat", stdin=typed)
    assert (told.returncode, told.stderr) == (0, "")
    assert "Q1: Why does it matter that students ask?" in told.stdout
    shown = edchat(tmp_path / "data", "export", "json").stdout
    assert "because their own question is the one they remember" in shown


def test_the_message_that_is_explained_is_explained(tmp_path: Path) -> None:
    [words] = re.findall(r"`\.venv/bin/edchat (explain [^`]+)`", README)
    told = edchat(tmp_path / "data", *shlex.split(words))
    assert (told.returncode, told.stderr) == (0, "")
    assert "questions 1 and 2" in told.stdout


def test_what_is_linked_is_there() -> None:
    linked = re.findall(r"\]\(((?!https?:)[^)#]+)\)", README)
    assert linked
    assert [one for one in linked if not (HOUSE / one).exists()] == []
