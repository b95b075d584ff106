"""What the processes of one test run share: made by whichever needs it first, gone when the run is over."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

_WHERE: Final = "FOLDER_OF_THIS_TEST_RUN"
_MEMORY: Final = "/dev/shm"  # where a machine has it: few tests are about a disk
_ENDING: Final = "processes.txt"


def folder() -> Path:
    """Give the folder of this run; whoever asks first makes it, and those whom it starts find it."""
    if _WHERE not in os.environ:
        swift = _MEMORY if os.access(_MEMORY, os.W_OK) else None
        made = os.environ[_WHERE] = mkdtemp(prefix="edchat-run-", dir=swift)
        atexit.register(_end, os.getpid(), Path(made))
    return Path(os.environ[_WHERE])


def once(name: str, make: Callable[[Path], object]) -> Path:
    """Give the folder of this name, filled by the first who asks while the others wait."""
    home, done = folder() / name, folder() / f"{name}.made"
    with (folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            make(home)
            done.touch()
    return home


def ends_with_it(pid: int) -> None:
    """Let this process end when the run does, though whoever started it ends before."""
    with (folder() / _ENDING).open("a") as noted:
        noted.write(f"{pid}\n")


def _end(owner: int, made: Path) -> None:
    if os.getpid() != owner:  # a bot that was divided off
        return
    with suppress(FileNotFoundError):
        for pid in (made / _ENDING).read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
    shutil.rmtree(made, ignore_errors=True)
