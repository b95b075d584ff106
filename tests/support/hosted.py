"""The shipped bot as a process of its own on a data folder, as the person who hosts it starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue

from tests.support import started

PATIENCE = 60.0


@dataclass(slots=True)
class Hosted:
    """A bot that runs, what it said on standard output, and where its pages are."""

    folder: Path
    process: started.Started
    says: int
    said: Queue[str] = field(default_factory=Queue)

    def line(self) -> str:
        """The next line it says."""
        return self.said.get(timeout=PATIENCE)

    @property
    def base(self) -> str:
        """Where its pages are; asks for a new host link to know it."""
        return edchat(self.folder, "link").stdout.partition("/in/")[0]

    def stop(self) -> float:
        """Ask it to end, as a container is asked; gives the seconds that took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0
        return time.monotonic() - begun


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Settings of a bot in this folder, on any free port, and nothing of this machine's."""
    ours = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "EDCHAT_DATA_DIR": str(folder)}
    return {**ours, "EDCHAT_WEB_PORT": "0", **more}


def edchat(folder: Path, *words: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command on a data folder."""
    return started.run(*words, env=environment(folder, **more), stdin=stdin, timeout=PATIENCE)


@contextmanager
def hosted(folder: Path, **more: str) -> Iterator[Hosted]:
    """A bot that runs until the end, or until it is stopped."""
    log = folder.parent / "log.txt"
    says, speaks = os.pipe()
    with log.open("a") as written:
        process = started.start("run", env=environment(folder, **more), stdout=speaks, stderr=written)
    os.close(speaks)
    bot = Hosted(folder, process, says)
    reader = threading.Thread(target=_read, args=(bot,), daemon=True)
    reader.start()
    try:
        yield bot
    finally:
        process.kill()
        process.wait()
        reader.join()


def _read(bot: Hosted) -> None:
    with os.fdopen(bot.says, encoding="utf-8") as lines:
        for line in lines:
            bot.said.put(line.rstrip("\n"))


def link_in(text: str) -> str:
    """The one-time link in what was said."""
    found = re.search(r"http://[\w.:\[\]]+/in/[\w-]{40,}", text)
    assert found is not None, text
    return found[0]
