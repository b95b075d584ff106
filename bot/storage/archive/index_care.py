"""Lets the bytes of erased words leave the index: until it is written anew, FTS5 only notes that they go."""

from __future__ import annotations

import sqlite3
from typing import Final

ERASED: Final = "search_erased"
"""Under this name the database's triggers note that something was erased from the index."""
_PAGES: Final = 250
"""Pages that are written anew at once: others wait for the database meanwhile, some tens of milliseconds."""
_MERGES: Final = (
    "INSERT INTO search (search, rank) VALUES ('merge', ?)",
    "INSERT INTO search_glyph (search_glyph, rank) VALUES ('merge', ?)",
)


def tidied(database: sqlite3.Connection) -> bool:
    """Write a piece of the index anew, in one transaction; True once no erased word is in it any more."""
    waits = database.execute("SELECT 1 FROM installation WHERE name = ?", (ERASED,)).fetchone()
    if waits is None:
        return True
    before = database.total_changes
    for merge in _MERGES:
        # A negative number of pages has all its parts made into one, in which nothing is that is gone.
        database.execute(merge, (-_PAGES,))
    if database.total_changes - before > len(_MERGES):
        return False
    database.execute("DELETE FROM installation WHERE name = ?", (ERASED,))
    return True
