"""An evening that several tests look at is lived through once, even when they run in several processes."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

Outcomes = dict[str, list[str]]
"""What is to complain about, by what went wrong on purpose; an empty list is what we want."""


def lived_once(
    factory: pytest.TempPathFactory, name: str, live: Callable[[Path], Coroutine[Any, Any, Outcomes]]
) -> Outcomes:
    """Live through an evening, or read what came of it in another process."""
    shared = factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    known = shared / f"{name}.json"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not known.exists():
            known.write_text(json.dumps(asyncio.run(live(factory.mktemp(name)))))
    outcomes: Outcomes = json.loads(known.read_text())
    return outcomes
