"""An empty database, made once: migrating takes longer than most conversations."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import URL

from bot.clock import SystemClock
from bot.storage.engine import database_url
from bot.storage.migrate import migrate
from tests.support.one_run import once


def put_empty(url: URL) -> None:
    """Put an empty database where this says."""
    Path(str(url.database)).write_bytes(_empty())


@cache
def _empty() -> bytes:
    home = once("empty", lambda home: migrate(database_url("", home), SystemClock().now()))
    return Path(str(database_url("", home).database)).read_bytes()
