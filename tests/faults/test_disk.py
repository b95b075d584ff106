"""The disk takes nothing for a while: nothing acknowledged is lost, health says so, and all goes on."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from shutil import which

import pytest

from bot.core.sentences import wellness as say
from tests.faults.process import EIGHT, Evening, evening
from tests.support.bad_inputs import case

TICKS = os.sysconf("SC_CLK_TCK")
REFUSED_FOR = 4.0
"""Seconds for which nothing can be written."""

Fill = Callable[[Evening], None]
Disk = tuple[Path, Fill, Fill]
"""A folder, and what makes its disk full and empty again."""


@contextmanager
def limited(folder: Path) -> Iterator[Disk]:
    """A disk on which the bot's files cannot grow: what a quota does."""
    yield folder, lambda told: told.limit_files(1), lambda told: told.limit_files(-1)


@contextmanager
def small(folder: Path) -> Iterator[Disk]:
    """A disk of its own, of 80 MB; only the transcripts of the rooms and the log lie elsewhere."""
    libc = ctypes.CDLL(None, use_errno=True)
    disk, ballast = folder / "disk", folder / "disk" / "ballast"
    disk.mkdir()
    if libc.mount(b"none", str(disk).encode(), b"tmpfs", 0, b"size=80m"):
        pytest.skip(f"no disk may be mounted here: {os.strerror(ctypes.get_errno())}")
    try:
        _keep_elsewhere(folder, disk)
        yield disk, lambda _: _fill(ballast), lambda _: ballast.unlink()
    finally:
        libc.umount2(str(disk).encode(), 2)


@dataclass
class Failing:
    """A disk of its own that its file system makes read-only at the first error, until it is mounted anew."""

    image: Path
    folder: Path

    def mount(self) -> None:
        """Mount it, as after a repair; a machine that cannot skips the test."""
        options = ["-o", "loop,errors=remount-ro", str(self.image), str(self.folder)]
        done = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no disk may be mounted here: {done.stderr}")

    def unmount(self) -> None:
        """Take it away, whoever uses it."""
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    def fail(self) -> None:
        """Let the file system meet an error; from now on the kernel refuses every write."""
        mounted = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
        [device] = [Path(source).name for source, where, *_ in mounted if where == str(self.folder)]
        Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("a test")


@contextmanager
def failing(folder: Path) -> Iterator[Failing]:
    """A disk that fails when it is told to; only the transcripts of the rooms and the log lie elsewhere."""
    disk = Failing(folder / "image", folder / "disk")
    disk.folder.mkdir()
    with disk.image.open("wb") as image:
        image.truncate(80_000_000)
    if not (made := which("mkfs.ext4", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")):
        pytest.skip("no file system can be made here: mkfs.ext4 is missing")
    subprocess.run([made, "-q", str(disk.image)], check=True)
    disk.mount()
    try:
        _keep_elsewhere(folder, disk.folder)
        yield disk
    finally:
        disk.unmount()


def _keep_elsewhere(folder: Path, disk: Path) -> None:
    (folder / "rooms").mkdir()
    (folder / "log.txt").touch()
    (disk / "rooms").symlink_to(folder / "rooms")
    (disk / "log.txt").symlink_to(folder / "log.txt")


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


def ask(told: Evening, path: str) -> tuple[int, str]:
    """Open one of the bot's pages."""
    [(base,)] = told.house.rows("SELECT value FROM installation WHERE name = 'address'")
    try:
        with urllib.request.urlopen(f"{base}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as no:
        with no:
            return no.code, no.read().decode()


def worked(told: Evening) -> float:
    """The seconds for which the bot has kept a processor busy."""
    assert told.process is not None
    fields = Path(f"/proc/{told.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def heard_up_to(told: Evening) -> object:
    return told.house.rows("SELECT position FROM cursor WHERE place_id = 1")


def until_well(told: Evening) -> None:
    end = time.monotonic() + 30
    while (found := ask(told, "/healthz"))[0] != 200:
        assert time.monotonic() < end, found
        time.sleep(0.2)


def waits_and_says_so(told: Evening) -> None:
    """While nothing can be written the bot keeps still, gives its pages, and its health says why."""
    told.talk_for(0.5)
    position, stored, busy = heard_up_to(told), told.stored(), worked(told)
    lines = len(told.log_lines())
    told.talk_for(REFUSED_FOR)
    status, why = ask(told, "/healthz")
    assert (status, json.loads(why)["reason"].startswith(say.UNWRITABLE)) == (503, True), why
    assert [ask(told, path)[0] for path in ("/edchat/archive/", "/metrics")] == [200, 200]
    assert (heard_up_to(told), told.stored()) == (position, stored)
    assert told.alive
    assert worked(told) - busy < REFUSED_FOR / 2, "it runs in circles"
    assert len(told.log_lines()) - lines < 40 * REFUSED_FOR, "it floods its log"


def goes_on(told: Evening) -> None:
    """All that was said comes to be heard, and no question is asked twice."""
    told.wait("SELECT 1 FROM message WHERE text = ?", list(told.said.values())[-1])
    until_well(told)
    told.wait_until_all_is_heard()
    assert told.said_in_the_hour().items() <= told.stored().items()
    asked = told.house.asked()
    assert asked == sorted(set(asked)), "a question was asked twice"


@pytest.mark.slow
@pytest.mark.parametrize("kind", [limited, small])
def test_b362_while_the_disk_is_full_the_bot_waits_says_so_and_goes_on(
    kind: Callable[[Path], Iterator[Disk]], tmp_path: Path
) -> None:
    assert "platform cursor stays" in case("B362").expect
    with kind(tmp_path) as (folder, fill, empty), evening(folder, rate=30) as told:  # type: ignore[attr-defined] # both are context managers
        told.start()
        told.talk_until(EIGHT + timedelta(minutes=1))
        fill(told)
        waits_and_says_so(told)
        empty(told)
        goes_on(told)
        assert told.stop() < 10


@pytest.mark.slow
def test_a_disk_that_became_read_only_is_said_and_nothing_is_missing_when_it_is_mounted_anew(
    tmp_path: Path,
) -> None:
    with failing(tmp_path) as disk, evening(disk.folder, rate=30) as told:
        told.start()
        told.talk_until(EIGHT + timedelta(minutes=1))
        disk.fail()
        with pytest.raises(OSError, match="Read-only file system"):
            (disk.folder / "more").touch()
        waits_and_says_so(told)
        assert told.stop() < 10
        assert "Traceback" not in told.log()
        disk.unmount()
        disk.mount()
        told.start()
        told.talk_for(1)
        goes_on(told)
