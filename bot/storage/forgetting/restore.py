"""Puts a copy of the database in the place of the one that is there, which is kept aside."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from bot.core import sentences
from bot.core.model import Refused
from bot.storage.engine import StorageFull, named, read_only
from bot.storage.migrate import head, known

RESTORING = ".restoring"
"""Ends the name of a copy that is being made ready."""
RENEWING = ".renewing"
"""Ends the name of what is to take a copy's place."""
_BESIDE = "-wal", "-shm", "-journal"


@contextmanager
def brought(copy: Path, database: Path) -> Iterator[Path]:
    """What a copy holds, beside the database, to be made ready; it goes away unless it is put in place.

    A copy that is damaged, none of ours, or of a newer version is refused.
    """
    _check(copy)
    fresh = database.with_name(database.name + RESTORING)
    remove(fresh)
    try:
        _copied(copy, fresh)
        yield fresh
    finally:
        remove(fresh)


def put_in_place(fresh: Path, database: Path, now: datetime) -> Path | None:
    """Let a database that is ready take the former one's place at once; gives where that one is kept, if any.

    Killed at any moment it leaves the former one or the fresh one, never none.
    """
    _settled(fresh)
    aside = _set_aside(database, now) if database.exists() else None
    fresh.replace(database)
    synced(database.parent)
    return aside


def noted_in(copy: Path, name: str) -> tuple[str, str | None]:
    """A copy's revision, and a value of its installation; Refused where it is none of ours, or damaged."""
    try:
        with closing(_opened(copy)) as there:
            [revision] = there.execute("SELECT version_num FROM alembic_version").fetchone()
            found = there.execute("SELECT value FROM installation WHERE name = ?", (name,)).fetchone()
    except (sqlite3.DatabaseError, TypeError):
        raise Refused(sentences.NOT_OUR_COPY.format(file=copy)) from None
    return str(revision), found[0] if found else None


def renew(copy: Path, work: Path) -> None:
    """Let what `work` holds take a copy's place at once, without a byte that it no longer holds."""
    fresh = copy.with_name(f"{copy.name}{RENEWING}")
    try:
        remove(fresh)
        fresh.touch(0o600)
        with closing(sqlite3.connect(work)) as there:
            there.execute("VACUUM INTO ?", (str(fresh),))
        synced(fresh)
        fresh.replace(copy)
        remove_beside(copy)
        synced(copy.parent)
    except sqlite3.DatabaseError as fault:
        raise named(fault) from fault
    finally:
        remove(fresh)


def remove_beside(file: Path) -> None:
    """Remove the log of a database that has none any more."""
    for ending in _BESIDE:
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _check(copy: Path) -> None:
    if not copy.is_file():
        raise Refused(sentences.NO_SUCH_FILE.format(file=copy))
    if not os.access(copy, os.R_OK):
        raise Refused(sentences.UNREADABLE_COPY.format(file=copy))
    try:
        with closing(_opened(copy)) as there:
            found = there.execute("PRAGMA integrity_check(1)").fetchone()[0]
            revisions = there.execute("SELECT version_num FROM alembic_version").fetchall()
            there.execute("SELECT count(*) FROM community, chat").fetchone()
    except sqlite3.DatabaseError as fault:
        if "malformed" in str(fault):
            raise Refused(sentences.DAMAGED_COPY.format(file=copy, found=fault)) from None
        raise Refused(sentences.NOT_OUR_COPY.format(file=copy)) from None
    if found != "ok":
        raise Refused(sentences.DAMAGED_COPY.format(file=copy, found=found.splitlines()[-1]))
    for (revision,) in revisions:
        if not known(revision):
            raise Refused(sentences.copy_newer(str(copy), revision, head()))


def _copied(copy: Path, fresh: Path) -> None:
    try:
        fresh.touch(0o600)
        with closing(_opened(copy)) as source, closing(sqlite3.connect(fresh)) as target:
            source.backup(target)
    except sqlite3.DatabaseError as fault:
        raise named(fault) from fault
    except OSError as fault:
        raise StorageFull(sentences.storage_full(fault.strerror or str(fault))) from None


def _opened(copy: Path) -> sqlite3.Connection:
    url = read_only(URL.create("sqlite", database=str(copy)))
    asked = "&".join(f"{name}={value}" for name, value in url.query.items() if name != "uri")
    return sqlite3.connect(f"{url.database}?{asked}", uri=True)


def _settled(file: Path) -> None:
    """Write what the log still holds into the file itself, and the file to the disk."""
    with closing(sqlite3.connect(file)) as there:
        there.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    remove_beside(file)
    synced(file)


def _whole(database: Path) -> bool:
    with suppress(sqlite3.DatabaseError), closing(_opened(database)) as there:
        there.execute("SELECT count(*) FROM alembic_version")
        return bool(there.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    return False


def _set_aside(database: Path, now: datetime) -> Path:
    """Keep the former database; of a damaged one its log, too, that cannot be written into it."""
    aside = database.with_name(f"{database.stem}-before-restore-{now:%Y%m%d-%H%M%S-%f}{database.suffix}")
    if _whole(database):
        _settled(database)
    try:
        aside.hardlink_to(database)
    except OSError:  # a disk without links
        database.rename(aside)
    for ending in _BESIDE:
        with suppress(FileNotFoundError):
            database.with_name(database.name + ending).rename(aside.with_name(aside.name + ending))
    return aside


def remove(file: Path) -> None:
    """Remove a database with its log."""
    file.unlink(missing_ok=True)
    remove_beside(file)


def synced(path: Path) -> None:
    """Have the disk keep a file, or what a folder names."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
