"""Tries what the Dockerfile does where no container engine is at hand: files, install, user, health, end."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

HOUSE = Path(__file__).parents[1]
PATIENCE = 40.0
AT_MOST = 10.0
"""Seconds after which an engine kills what does not end."""


def copied(dockerfile: str) -> Iterator[tuple[str, str]]:
    """Read which files of the project go where."""
    yield from re.findall(r"(?m)^COPY (?!--from)(\S+) (\S+)$", dockerfile)


def left_out(ignore: str, name: str) -> bool:
    """Tell whether the build would not see a file at the top."""
    out = False
    for line in filter(None, map(str.strip, ignore.splitlines())):
        if fnmatch(name, line.removeprefix("!")):
            out = not line.startswith("!")
    return out


def settings(dockerfile: str) -> dict[str, str]:
    """Read the environment that the image gives to the bot."""
    stage = dockerfile.rpartition("\nFROM ")[2].replace("\\\n", " ")
    words = [word for line in re.findall(r"(?m)^ENV (.+)$", stage) for word in shlex.split(line)]
    return dict(word.split("=", 1) for word in words)


def user(dockerfile: str) -> int:
    """Read the number of the user as whom the image runs the bot."""
    runs_as = re.search(r"(?m)^USER (\S+)$", dockerfile)
    made = re.search(r"useradd (.*?) *(?:\\\n|&&|\n)", dockerfile)
    words = shlex.split(made[1]) if made else [""]
    if runs_as is None or words[-1] != runs_as[1]:
        raise SystemExit("the Dockerfile does not say as which user the bot runs")
    return int(words[words.index("--uid") + 1])


def health(dockerfile: str) -> list[str]:
    """Read the health check's command."""
    found = re.search(r"(?ms)^HEALTHCHECK.*?CMD (\[.*?\])$", dockerfile)
    if found is None:
        raise SystemExit("the Dockerfile has no health check")
    words: list[str] = json.loads(found[1])
    return words


def build(root: Path) -> None:
    """Install what the image installs, and copy what it copies, for nobody to change."""
    dockerfile, ignore = (
        (HOUSE / "Dockerfile").read_text("utf-8"),
        (HOUSE / ".dockerignore").read_text("utf-8"),
    )
    subprocess.run([sys.executable, "-m", "venv", root / "opt"], check=True)
    pip = [str(root / "opt/bin/pip"), "install", "--quiet", "--require-hashes", "--no-deps"]
    subprocess.run([*pip, "--requirement", HOUSE / "requirements-run.lock"], check=True)
    subprocess.run(
        [str(root / "opt/bin/pip"), "uninstall", "--yes", "--quiet", "pip", "setuptools"], check=True
    )
    for source, target in copied(dockerfile):
        if not (HOUSE / source).exists() or left_out(ignore, source):
            raise SystemExit(f"COPY {source}: the build would not find it")
        if target.startswith("/app/"):
            copy(HOUSE / source, root / target.lstrip("/"))


def copy(source: Path, target: Path) -> None:
    """Copy a folder that everybody may read and nobody may write."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    for one in (target, *target.rglob("*")):
        one.chmod(0o555 if one.is_dir() else 0o444)


def start(root: Path, data: Path, port: int) -> subprocess.Popen[str]:
    """Start the bot as the image starts it."""
    dockerfile = (HOUSE / "Dockerfile").read_text("utf-8")
    ours = settings(dockerfile) | {"EDCHAT_DATA_DIR": str(data), "EDCHAT_WEB_PORT": str(port)}
    ours |= {"PATH": f"{root / 'opt/bin'}:{os.environ['PATH']}", "PYTHONPATH": str(root / "app")}
    command = [str(root / "opt/bin/python"), "-m", "bot", "run"]
    if os.geteuid() == 0:
        number = user(dockerfile)
        os.chown(data, number, number)
        command = ["setpriv", f"--reuid={number}", f"--regid={number}", "--clear-groups", *command]
    return subprocess.Popen(command, env=ours, cwd=data, stdout=subprocess.PIPE, text=True)


def well(root: Path, port: int) -> bool:
    """Ask the image's health check until it is content, or patience ends."""
    check = [word.replace("8080", str(port)) for word in health((HOUSE / "Dockerfile").read_text("utf-8"))]
    check[0] = str(root / "opt/bin" / check[0])
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if subprocess.run(check, capture_output=True, check=False).returncode == 0:
            return True
        time.sleep(0.3)
    return False


def free_port() -> int:
    """Find a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def ended(bot: subprocess.Popen[str]) -> float:
    """End the bot as an engine ends it, and tell how long that took; none when it had to be killed."""
    begun = time.monotonic()
    bot.send_signal(signal.SIGTERM)
    try:
        if bot.wait(AT_MOST) == 0:
            return time.monotonic() - begun
    except subprocess.TimeoutExpired:
        bot.kill()
        bot.wait()
    return AT_MOST


def main() -> int:
    """Try it all, a line a step."""
    with tempfile.TemporaryDirectory(prefix="edchat-image-") as folder:
        root, port = Path(folder), free_port()
        root.chmod(0o755)
        try:
            build(root)
            say(f"files, and pinned libraries without pip: {megabytes(root)} MB")
            data = root / "data"
            data.mkdir(mode=0o700)
            return tried(root, data, port)
        finally:
            let_go(root)


def tried(root: Path, data: Path, port: int) -> int:
    """Run the bot, ask whether it is well, and end it."""
    bot = start(root, data, port)
    healthy = well(root, port)
    say(f"health check: {'content' if healthy else 'NOT content'}, as user {owner(bot.pid)}")
    took = ended(bot)
    said = (bot.stdout.read() if bot.stdout else "").splitlines()
    say(f"the first start says: {said[0] if said else 'NOTHING'}")
    say(f"stopped after {took:.1f} s")
    open_ = [file.name for file in data.rglob("*") if stat.S_IMODE(file.stat().st_mode) & 0o077]
    say(f"in the volume, for nobody else to read: {'all' if not open_ else 'NOT ' + ', '.join(open_)}")
    return 0 if healthy and took < AT_MOST and said and not open_ else 1


def megabytes(folder: Path) -> int:
    """Tell how big a folder is."""
    return sum(file.lstat().st_size for file in folder.rglob("*")) // 2**20


def let_go(root: Path) -> None:
    """Make folders removable again."""
    for one in (root / "app").rglob("*"):
        if one.is_dir():
            one.chmod(0o755)


def owner(pid: int) -> int:
    """Tell as whom a process runs."""
    return Path(f"/proc/{pid}").stat().st_uid


def say(line: str) -> None:
    """Tell how far it is."""
    print(line, flush=True)  # noqa: T201 - a command's answer


if __name__ == "__main__":
    sys.exit(main())
