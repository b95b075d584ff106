"""A process that has imported the whole bot, and begins bots by dividing itself: a second sooner than anew.

It is told over a socket what to begin, one line of JSON with four open files: where the bot reads, writes and
complains, and where its number and, at its end, its exit code are told.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import random
import runpy
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import Any, Final

LOADED: Final = (
    "bot.cli",
    "bot.platforms.discord",
    "bot.platforms.matrix",
    "bot.web.app",
    "alembic.command",
    "uvicorn",
    "rich.console",
)
"""What takes a bot most of its first second."""

Begun = tuple[dict[str, Any], list[int]]


def wait_to_begin(door: socket.socket) -> Begun | None:
    """Divide for each wish; None where nobody wishes any more, and in a new process what it is to do."""
    while wish := _line(door):
        words, files = wish
        if not os.fork():
            door.close()
            return _watched(json.loads(words), files)
        for file in files:
            os.close(file)
        _clear_away()
    _clear_away()
    return None


def _clear_away() -> None:
    """Forget those that have ended; their time counts as that of the tests."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _line(door: socket.socket) -> tuple[bytes, list[int]] | None:
    said, files, _, _ = socket.recv_fds(door, 65_536, 4)
    while said and not said.endswith(b"\n"):
        said += door.recv(65_536)
    return (said, files) if said else None


def _watched(wish: dict[str, Any], files: list[int]) -> Begun:
    """Divide once more: one becomes the bot, the other waits for its end and tells of it."""
    if not (pid := os.fork()):
        return wish, files
    *others, told = files
    for file in others:
        os.close(file)
    os.write(told, b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    with suppress(BrokenPipeError):  # nobody waits for it
        os.write(told, b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def become(wish: dict[str, Any], files: list[int]) -> None:
    """Be what `python -m bot` with these words would be."""
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    for file in files:
        os.close(file)
    os.environ.clear()
    os.environ.update(wish["env"])
    os.chdir(wish["cwd"])
    time.tzset()
    random.seed()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _arm_again()
    sys.argv = ["bot", *wish["words"]]
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


def _arm_again() -> None:
    from bot import failpoints

    if failpoints.VARIABLE in os.environ:
        failpoints.arm(failpoints.killer(os.environ[failpoints.VARIABLE]))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for each in LOADED:
        importlib.import_module(each)
    gc.freeze()
    assert threading.active_count() == 1, "what has threads cannot be divided"
    if begun := wait_to_begin(socket.socket(fileno=int(sys.argv[1]))):
        become(*begun)
