"""One store of compiled statements for every database of a test run: compiling outlasts most tests."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.dialects.sqlite.aiosqlite import dialect as SQLite  # noqa: N812 - it is a class
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache

_ALL: Final[LRUCache[Any, Any]] = LRUCache(5_000)


def share() -> None:
    """Let every engine share what was compiled; statements are found by their dialect, and ours are alike."""
    all_alike = {
        "__eq__": lambda one, other: type(one) is type(other),
        "__hash__": lambda one: hash(type(one)),
    }
    for name, method in all_alike.items():
        setattr(SQLite, name, method)
    setattr(Engine, "_compiled_cache", property(lambda _: _ALL, lambda *_: None))  # noqa: B010 - mypy
