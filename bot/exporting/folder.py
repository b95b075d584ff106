"""Writes a folder whole or not at all: beside the old one first, which then makes room for it.

What somebody else laid into the old one, as a repository or a domain's name, goes along into the new one.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Any, Final

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
    def names(self) -> list[str]:
        """The files that lie in it, from its top."""
        return sorted(one.relative_to(self.top).as_posix() for one in self.top.rglob("*") if one.is_file())

    @property
    def files(self) -> int:
        """How many files lie in it."""
        return len(self.names)

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
        made.write(MARK, json.dumps(told | {"names": made.names}, indent=1).encode())
        fresh.chmod(0o755)
        _swapped(fresh, target, _others(target, fresh))
    except OSError as fault:
        raise StorageFull(storage_full(fault.strerror or str(fault))) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _others(target: Path, fresh: Path) -> list[Path]:
    """What lies in an earlier export without being of it, from its top; refused where it is in the way."""
    if not target.exists():
        return []
    names = _names(target / MARK)
    if names is None:
        return _none_unknown(target, fresh)
    folders = {folder for name in names for folder in Path(name).parents}
    along = list(_foreign(target, target, names, folders))
    if clash := next((one for one in along if os.path.lexists(fresh / one)), None):
        raise Refused(sentences.FOLDER_CLASH.format(folder=target, name=clash))
    return along


def _none_unknown(target: Path, fresh: Path) -> list[Path]:
    """Nothing goes along where nobody noted what is whose; refused where something is not made anew."""
    found = sorted(one.name for one in target.iterdir())
    for name in found:
        if name != MARK and not os.path.lexists(fresh / name):
            raise Refused(sentences.FOLDER_OLDER.format(folder=target, name=name))
    return []


def _foreign(folder: Path, top: Path, names: frozenset[str], folders: Collection[Path]) -> Iterator[Path]:
    """What is none of these names, nor a folder of some of them; other folders are one thing each."""
    for one in sorted(folder.iterdir()):
        name = one.relative_to(top)
        if name in folders and one.is_dir() and not one.is_symlink():
            yield from _foreign(one, top, names, folders)
        elif name.as_posix() not in names:
            yield name


def _swapped(fresh: Path, target: Path, along: Sequence[Path]) -> None:
    """Put a fresh folder in the place of an earlier one, with what goes along; or all stays as it was."""
    if not target.exists():
        fresh.rename(target)
        return
    aside = Path(mkdtemp(prefix=f".{target.name}-", dir=target.parent)) / "old"
    undo: list[tuple[Path, Path]] = []
    try:
        for old, new in ((target, aside), (fresh, target), *((aside / one, target / one) for one in along)):
            new.parent.mkdir(parents=True, exist_ok=True)
            old.rename(new)
            undo.append((new, old))
    except OSError:
        for new, old in reversed(undo):
            new.rename(old)
        aside.parent.rmdir()
        raise
    shutil.rmtree(aside.parent, ignore_errors=True)


def _ours(mark: Path) -> bool:
    return bool(_told(mark).get("format") == FORMAT)


def _names(mark: Path) -> frozenset[str] | None:
    """The files that an export made, itself among them; None where it does not say."""
    told = _told(mark).get("names")
    return frozenset([*map(str, told), MARK]) if isinstance(told, list) else None


def _told(mark: Path) -> dict[str, Any]:
    try:
        told = json.loads(mark.read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
