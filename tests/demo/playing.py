"""A demo played to its end by a program of its own, and what its one line says of the evening."""

import json
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).parents[2]
KEYS = [
    *("questions", "asked", "sent", "stored", "filed", "conversation", "edited", "deleted"),
    *("lost", "doubled", "late_ms_p50", "late_ms_p99", "seconds", "archive_url"),
]


def environment(folder: Path) -> dict[str, str]:
    """Give what a demo needs around it."""
    own = {"EDCHAT_DATA_DIR": str(folder), "EDCHAT_WEB_PORT": "0", "PYTHONPATH": str(HOUSE)}
    return {**os.environ, **own}


def played(command: Sequence[str], folder: Path, *wishes: str) -> str:
    """Play a demo to its end, and give what it said."""
    done = subprocess.run(
        [*command, "--exit", *wishes],
        env=environment(folder),
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def whole_evening(said: str, folder: Path, least: int) -> dict[str, Any]:
    """Check that one line tells of nothing lost or doubled and of every question asked once; give it."""
    line: dict[str, Any] = json.loads(said)
    assert said.count("\n") == 1
    assert list(line) == KEYS
    assert (line["questions"], line["asked"], line["lost"], line["doubled"]) == (7, 7, 0, 0)
    assert line["sent"] == line["stored"] >= least
    assert line["edited"] > 0 < line["deleted"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/l/[\w-]+/2021-04-15", line["archive_url"])
    assert left_behind(folder) == []
    return line


def left_behind(folder: Path) -> list[Path]:
    """Give what a demo left in the data folder."""
    return list(folder.iterdir())
