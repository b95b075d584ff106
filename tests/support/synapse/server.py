"""One Synapse in a folder of its own; it can be stopped, killed and started again on what it keeps."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.support.one_run import ends_with_it, folder, once
from tests.support.synapse.configuring import configure

PYTHON: Final = Path(__file__).parents[3] / ".venv-synapse" / "bin" / "python"
PATIENCE: Final = 60.0


@dataclass
class Synapse:
    """A homeserver on 127.0.0.1; `limited` leaves it the rate limits that its makers gave it."""

    folder: Path
    limited: bool = False
    port: int = field(default=0, init=False)
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """Where it answers, in every life of it."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        assert PYTHON.exists(), f"no homeserver is installed here: make {PYTHON.parents[1].name}/.ready"
        assert self.process is None
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or _free_port()
        file = configure(self.folder, self.port, limited=self.limited)
        with (self.folder / "out.txt").open("ab") as out:
            self.process = subprocess.Popen(
                [str(PYTHON), "-m", "synapse.app.homeserver", "-c", str(file)],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={"PATH": os.environ["PATH"], "HOME": str(self.folder)},
            )
        self._await_answer()

    def stop(self, with_: signal.Signals = signal.SIGTERM) -> None:
        """End it, if it runs; what it keeps stays."""
        if self.process is None:
            return
        self.process.send_signal(with_)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def log(self) -> str:
        """Give the last that it wrote about itself."""
        files = [self.folder / name for name in ("out.txt", "log.txt")]
        return "\n".join(file.read_text(errors="replace")[-4000:] for file in files if file.exists())

    def _await_answer(self) -> None:
        # Not the monotonic clock: tests whose time leaps have hold of that one.
        deadline = time.perf_counter() + PATIENCE
        while not self._answers():
            assert self.process is not None
            ended = self.process.poll()
            if ended is not None or time.perf_counter() > deadline:
                self.stop(signal.SIGKILL)
                raise AssertionError(f"no homeserver came up ({ended})\n{self.log()}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_matrix/client/versions", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False


_SHARED: Final[dict[bool, Synapse]] = {}


def shared(*, limited: bool = False) -> Synapse:
    """Give the one homeserver of this test run, started when it is first asked for; nobody stops it."""
    if limited not in _SHARED:
        made = Synapse(folder() / f"synapse-{'strict' if limited else 'kind'}", limited)
        once(made.folder.name, lambda _: _start_for_all(made))
        made.port = int((made.folder / "port.txt").read_text())
        _SHARED[limited] = made
    return _SHARED[limited]


def _start_for_all(server: Synapse) -> None:
    server.start()
    assert server.process is not None
    ends_with_it(server.process.pid)
    (server.folder / "port.txt").write_text(str(server.port))


def log_of_shared() -> str:
    """Give the last that the shared homeservers wrote, or nothing."""
    return "\n".join(server.log() for server in _SHARED.values())


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
