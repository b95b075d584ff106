"""Whether anything was committed: asked of SQLite itself, in microseconds, without a thread of its own."""

import sqlite3
from contextlib import closing

from sqlalchemy import URL

Stamp = tuple[int, int]
"""What tells one state of the database from the next."""


class Changes:
    """One connection that is asked for nothing but the number of the database's present state."""

    def __init__(self, url: URL) -> None:
        self._file = str(url.database)
        self._connection: sqlite3.Connection | None = None
        self._opened = 0

    def stamp(self) -> Stamp | None:
        """Another stamp after each commit, whoever made it; None where it cannot be told just now."""
        try:
            with closing(self._open().execute("PRAGMA data_version")) as told:
                return self._opened, int(told.fetchone()[0])
        except sqlite3.Error:
            self.close()
            return None

    def close(self) -> None:
        """Let go of the connection; the next question opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._opened += 1  # each connection counts from the beginning
            self._connection = sqlite3.connect(self._file, timeout=0, isolation_level=None)
        return self._connection
