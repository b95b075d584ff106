"""What a database holds, seen from outside the bot."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def rows(file: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Give what a query finds in a database, which a bot may have open."""
    with closing(sqlite3.connect(file, timeout=30)) as there:
        return there.execute(query, values).fetchall()
