"""An empty database, made once: migrating takes longer than most conversations."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL

from bot.clock import SystemClock
from bot.storage.engine import database_url
from bot.storage.migrate import migrate


def put_empty(url: URL) -> None:
    """Put an empty database where this says."""
    Path(str(url.database)).write_bytes(_empty())


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        url = database_url("", Path(folder))
        migrate(url, SystemClock().now())
        return Path(str(url.database)).read_bytes()
