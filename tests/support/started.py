"""Bots as processes of their own, begun by dividing one that has imported everything already."""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

HOUSE: Final = Path(__file__).parents[2]
_ONE: Final = threading.Lock()


class Started:
    """A bot that runs, to be looked after as one looks after a `subprocess.Popen`."""

    def __init__(self, pid: int, told: IO[bytes]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._told = told
        self._looking = threading.Lock()

    def poll(self) -> int | None:
        """Give its exit code, once it has ended."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and give its exit code; a signal's is negative."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("bot", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, timeout: float | None) -> int | None:
        with self._looking:
            if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
                with self._told:
                    self.returncode = int(self._told.readline())
        return self.returncode


def ready() -> None:
    """Wait until bots begin at once; the first would else wait for everything to be imported."""
    run("--help", env={"PATH": os.environ["PATH"]})


def start(
    *words: str,
    env: Mapping[str, str],
    stdin: IO[Any] | int | None = None,
    stdout: IO[Any] | int | None = None,
    stderr: IO[Any] | int | None = None,
) -> Started:
    """Begin `python -m bot` with these words; what is not given is nothing."""
    with _ONE, Path(os.devnull).open("r+b") as nothing:
        hears, tells = os.pipe()
        try:
            files = [nothing.fileno() if file is None else _number(file) for file in (stdin, stdout, stderr)]
            wish = json.dumps({"words": words, "env": dict(env), "cwd": str(HOUSE)}).encode() + b"\n"
            socket.send_fds(_door(), [wish], [*files, tells])
        finally:
            os.close(tells)
        told = os.fdopen(hears, "rb", buffering=0)
        return Started(int(told.readline()), told)


def run(
    *words: str, env: Mapping[str, str], stdin: str = "", timeout: float = 60.0
) -> subprocess.CompletedProcess[str]:
    """Let the bot do one thing to its end, as `subprocess.run` would."""
    hears, says = os.pipe()
    with closing(os.fdopen(hears, "rb")) as said, TemporaryFile() as out, TemporaryFile() as err:
        bot = start(*words, env=env, stdin=said, stdout=out, stderr=err)
        with os.fdopen(says, "wb") as typing:
            typing.write(stdin.encode())
        try:
            code = bot.wait(timeout)
        finally:
            bot.kill()
        shown = [_text(file) for file in (out, err)]
    return subprocess.CompletedProcess(["edchat", *words], code, *shown)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode().replace("\r\n", "\n")


def _number(file: IO[Any] | int) -> int:
    return file if isinstance(file, int) else file.fileno()


_doors: Final[list[socket.socket]] = []


def _door() -> socket.socket:
    """The way to the process that has imported everything, which is begun with the first bot."""
    if not _doors:
        ours, theirs = socket.socketpair()
        with theirs:
            loaded = subprocess.Popen(
                [sys.executable, "-m", "tests.support.loaded", str(theirs.fileno())],
                env={"PATH": os.environ["PATH"]},
                cwd=HOUSE,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        atexit.register(_end, ours, loaded)
        _doors.append(ours)
    return _doors[0]


def _end(door: socket.socket, loaded: subprocess.Popen[bytes]) -> None:
    door.close()
    loaded.wait(10)
