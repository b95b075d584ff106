"""Databases that are made once and copied for every test: making them takes longer than most tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

from bot.storage.engine import database_url
from bot.storage.store import Store
from tests.support.empty import put_empty

T = TypeVar("T")

_MADE: Final[dict[Hashable, tuple[bytes, Any]]] = {}


async def copied(folder: Path, name: Hashable, make: Callable[[Store], Awaitable[T]]) -> T:
    """Put a database into a folder; `make` fills the first one of its name and says what is in them all."""
    if name not in _MADE:
        _MADE[name] = await _made(make)
    database, found = _MADE[name]
    put(database, folder)
    there: T = found
    return there


def put(database: bytes, folder: Path) -> None:
    """Put this database into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    _file(folder).write_bytes(database)


def taken(folder: Path) -> bytes:
    """The database of a folder, of which nobody has a connection any more."""
    return _file(folder).read_bytes()


def _file(folder: Path) -> Path:
    return Path(str(database_url("", folder).database))


async def _made(make: Callable[[Store], Awaitable[T]]) -> tuple[bytes, T]:
    with TemporaryDirectory() as folder:
        url = database_url("", Path(folder))
        put_empty(url)
        async with Store(url, readers=0) as store:
            found = await make(store)
        return taken(Path(folder)), found
