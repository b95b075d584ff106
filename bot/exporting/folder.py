"""Writes a folder whole or not at all: beside the old one first, which then makes room for it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Final

from bot.core.model import Refused
from bot.core.sentences import exporting as sentences
from bot.core.sentences import no_folder, storage_full
from bot.storage.engine import StorageFull

MARK: Final = "edchat-export.json"
"""The file that says that a folder is an export, which the next one may replace."""
FORMAT: Final = "edchat-site"
VERSION: Final = 1


@dataclass(slots=True)
class Folder:
    """A folder under way; what is written into it may be read by everybody, as a web server has to."""

    top: Path

    @property
    def files(self) -> int:
        """How many files lie in it."""
        return sum(one.is_file() for one in self.top.rglob("*"))

    def write(self, name: str, body: bytes) -> None:
        """Write one file."""
        with self.opened(name) as file:
            file.write(body)

    @contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes]]:
        """A file to be written piece by piece."""
        path = self.top / name
        self._make(path.parent)
        with path.open("wb") as file:
            yield file
        path.chmod(0o644)

    def remove(self, name: str) -> None:
        """Take a file back."""
        (self.top / name).unlink()

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make(folder.parent)
            folder.mkdir()
            folder.chmod(0o755)


def may_write(folder: Path) -> None:
    """Refuse a folder that holds something else than an earlier export."""
    if not folder.parent.is_dir():
        raise Refused(no_folder(str(folder.parent)))
    if not folder.exists():
        return
    if not folder.is_dir() or folder.is_symlink():
        raise Refused(sentences.NO_FOLDER_THERE.format(folder=folder))
    if any(folder.iterdir()) and not _ours(folder / MARK):
        raise Refused(sentences.FOLDER_IN_USE.format(folder=folder))


@contextmanager
def replaced(target: Path, now: datetime) -> Iterator[Folder]:
    """A fresh folder that takes the place of `target` when all went well; else that one stays as it is."""
    may_write(target)
    try:
        fresh = Path(mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as fault:
        raise StorageFull(storage_full(fault.strerror or str(fault))) from None
    try:
        made = Folder(fresh)
        yield made
        told = {"format": FORMAT, "version": VERSION, "made_at": now.isoformat(), "files": made.files}
        made.write(MARK, json.dumps(told, indent=1).encode())
        fresh.chmod(0o755)
        _swapped(fresh, target)
    except OSError as fault:
        raise StorageFull(storage_full(fault.strerror or str(fault))) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swapped(fresh: Path, target: Path) -> None:
    if not target.exists():
        fresh.rename(target)
        return
    aside = Path(mkdtemp(prefix=f".{target.name}-", dir=target.parent)) / "old"
    target.rename(aside)
    try:
        fresh.rename(target)
    except OSError:
        aside.rename(target)
        raise
    finally:
        shutil.rmtree(aside.parent, ignore_errors=True)


def _ours(mark: Path) -> bool:
    try:
        return bool(json.loads(mark.read_bytes())["format"] == FORMAT)
    except (OSError, ValueError, TypeError, KeyError):
        return False
