"""Failpoints: silent unless armed, deadly where named, and each where the code says."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import failpoints
from bot.failpoints import FAILPOINTS, VARIABLE, arm, failpoint, killer

BOT = Path(failpoints.__file__).parent


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    arm(None)


def run(spec: str, program: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own with a failpoint set."""
    return subprocess.run(
        [sys.executable, "-c", "from bot.failpoints import failpoint\n" + program],
        env=os.environ | {VARIABLE: spec, "PYTHONUNBUFFERED": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_happens_unless_armed() -> None:
    assert [failpoint(name) for name in FAILPOINTS] == [None] * len(FAILPOINTS)  # type: ignore[func-returns-value]


def test_an_armed_action_is_told_each_name_until_disarmed() -> None:
    passed: list[str] = []
    arm(passed.append)
    failpoint("outbox.sent")
    failpoint("outbox.confirmed")
    arm(None)
    failpoint("outbox.sent")
    assert passed == ["outbox.sent", "outbox.confirmed"]


def test_the_process_dies_where_it_is_named_and_flushes_nothing() -> None:
    program = (
        "failpoint('step.committed'); print('passed', flush=True); print('lost'); failpoint('outbox.sent')"
    )
    ended = run("outbox.sent", program)
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, "passed\n")


def test_the_third_passage_kills() -> None:
    ended = run("inbox.heard:3", "for n in range(1, 9):\n  print(n, flush=True)\n  failpoint('inbox.heard')")
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, "1\n2\n3\n")


@pytest.mark.parametrize("spec", ["outbox.snet", "outbox.sent:0", "outbox.sent:often", ""])
def test_a_wrong_failpoint_ends_in_one_sentence(spec: str) -> None:
    ended = run(spec, "print('never')")
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert "Traceback" not in ended.stderr


def test_an_unknown_name_is_refused_when_armed() -> None:
    arm(lambda _: None)
    with pytest.raises(ValueError, match=r"no failpoint outbox\.gone; write one of: command\.before_commit,"):
        failpoint("outbox.gone")
    with pytest.raises(ValueError, match=r"no failpoint x;"):
        killer("x:2")


def passed_in_code() -> set[str]:
    """Give the names that the bot's own code passes."""
    calls = [node for file in BOT.rglob("*.py") for node in ast.walk(ast.parse(file.read_bytes()))]
    return {
        node.args[0].value
        for node in calls
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "failpoint"
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    }


def test_the_code_passes_every_failpoint_and_no_other() -> None:
    assert passed_in_code() == FAILPOINTS
