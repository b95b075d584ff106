"""Looking at the database from a worker's thread: a plain connection that reads, one snapshot a look."""

import sqlite3
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from sqlalchemy import URL

Found = TypeVar("Found")


class Onlooker:
    """One connection for workers, who take turns; it is opened when it is first wanted."""

    def __init__(self, url: URL) -> None:
        self._file = str(url.database)
        self._connection: sqlite3.Connection | None = None
        self._turn = Lock()

    def look(self, around: Callable[[sqlite3.Connection], Found]) -> Found:
        """What somebody finds who looks around; nothing of the snapshot is held on to afterwards."""
        with self._turn:
            database = self._open()
            database.execute("BEGIN")
            try:
                return around(database)
            finally:
                database.rollback()

    def close(self) -> None:
        """Let go of the connection, once nobody looks; the next look opens another."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            made = sqlite3.connect(self._file, timeout=30, isolation_level=None, check_same_thread=False)
            made.execute("PRAGMA query_only=ON")
            self._connection = made
        return self._connection
