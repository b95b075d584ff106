"""Opens the database so that SQLite neither loses writes nor waits for itself."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, StaticPool

from bot.core import sentences
from bot.core.model import Refused
from bot.storage.one_visit import connect

log = structlog.get_logger()

NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fakeowner", "virtiofs"}
STATEMENTS = 500
"""What a connection keeps ready: more than the bot asks, so that none is parsed again."""
_WRITER = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
)
_FULL = "disk is full", "readonly", "disk I/O error", "unable to open"
_DAMAGED = "malformed", "not a database"
_READER = "PRAGMA foreign_keys=ON", "PRAGMA query_only=ON"


def database_url(written: str, data_dir: Path) -> URL:
    """The database's address; empty means a SQLite file in the data folder."""
    if not written:
        return URL.create("sqlite+aiosqlite", database=str(data_dir / "edchat.sqlite"))
    try:
        url = make_url(written)
    except ArgumentError:
        raise Refused(sentences.DATABASE_URL_WRONG) from None
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise Refused(sentences.DATABASE_URL_WRONG)
    return url.set(drivername="sqlite+aiosqlite")


def read_only(url: URL) -> URL:
    """The same database for those who only look: no file beside it is made, and none is changed."""
    file = Path(str(url.database)).absolute()
    # Without a log beside it nobody writes it, and no log is needed for reading.
    written = file.with_name(file.name + "-wal").exists()
    query = {"mode": "ro", "uri": "true"} | ({} if written else {"immutable": "1"})
    return url.set(database=file.as_uri(), query=query)


def writer_engine(url: URL) -> AsyncEngine:
    """One connection that every write goes through, each transaction begun IMMEDIATE."""
    return _engine(url, _WRITER, "BEGIN IMMEDIATE", poolclass=StaticPool)


def reader_engine(url: URL, connections: int) -> AsyncEngine:
    """Connections that only read, each transaction one snapshot."""
    return _engine(url, _READER, "BEGIN", poolclass=AsyncAdaptedQueuePool, pool_size=connections)


def _engine(url: URL, pragmas: tuple[str, ...], begin: str, **options: Any) -> AsyncEngine:
    how = {"timeout": 30, "cached_statements": STATEMENTS, "async_creator_fn": connect}
    engine = create_async_engine(url, hide_parameters=True, connect_args=how, **options)

    @event.listens_for(engine.sync_engine, "connect")
    def opened(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Any) -> None:
        if not connection.connection.driver_connection.in_transaction:
            connection.exec_driver_sql(begin)

    return engine


class StorageFull(Exception):
    """The data folder cannot be written just now: its disk is full or read-only."""


def named(fault: DatabaseError | sqlite3.DatabaseError) -> Exception:
    """What a fault of the database is called here: StorageFull, Refused when damaged, or what it was."""
    said = str(fault.orig if isinstance(fault, DatabaseError) else fault)
    if any(word in said for word in _FULL):
        return StorageFull(sentences.storage_full(said))
    return Refused(sentences.DATABASE_DAMAGED) if any(word in said for word in _DAMAGED) else fault


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a data folder, made if need be, for this process alone; a second process is refused."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = os.open(folder / "edchat.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as fault:
        raise StorageFull(sentences.storage_full(fault.strerror or str(fault))) from None
    try:
        _lock(file)
        yield
    finally:
        os.close(file)


def _lock(file: int) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(file, 20).decode().strip()
        raise Refused(sentences.already_running(holder)) from None
    try:
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
    except OSError as fault:
        raise StorageFull(sentences.storage_full(fault.strerror or str(fault))) from None


def warn_of_network_disk(folder: Path, mounts: Path = Path("/proc/mounts")) -> str | None:
    """Warn when SQLite would live on a network file system, where its write-ahead log is unsafe."""
    kind = network_disk(folder, mounts)
    if kind is not None:
        log.warning("network_disk", folder=str(folder), kind=kind, advice=sentences.NETWORK_DISK)
    return kind


def network_disk(folder: Path, mounts: Path = Path("/proc/mounts")) -> str | None:
    """The kind of network file system that a folder lies on, None on a disk of this machine."""
    kind = _file_system(folder.resolve(), mounts)
    return kind if kind in NETWORK_FILE_SYSTEMS else None


def _file_system(folder: Path, mounts: Path) -> str:
    if not mounts.exists():
        return ""
    rows = [line.split()[1:3] for line in mounts.read_text().splitlines() if len(line.split()) > 2]
    over = [(point, kind) for point, kind in rows if folder.is_relative_to(point)]
    return max(over, key=lambda row: len(row[0]), default=("", ""))[1]
