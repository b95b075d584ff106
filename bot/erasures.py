"""The list of what was erased: a file beside the database, so that no old copy of it brings words back."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from bot.core import sentences
from bot.core.erasure import Erased, Erasure
from bot.storage.engine import StorageFull
from bot.storage.store import Store

log = structlog.get_logger()

FILE = "erased.jsonl"
"""Its name in the data folder."""
_AT_ONCE = 200


class ErasureList:
    """One line for each erasure, on disk before the database forgets."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def add(self, erasures: Sequence[Erasure]) -> None:
        """Write erasures down; they are on disk when this returns."""
        lines = "".join(f"{_line(one)}\n" for one in erasures).encode()
        try:
            fresh = not self._file.exists()
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(descriptor, (b"\n" if _torn(descriptor) else b"") + lines)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if fresh:
                _sync_folder(self._file.parent)
        except OSError as fault:
            raise StorageFull(sentences.storage_full(fault.strerror or str(fault))) from None

    def read(self) -> tuple[Erasure, ...]:
        """Every erasure in order; a line that a crash tore is passed over."""
        if not self._file.exists():
            return ()
        lines = self._file.read_bytes().splitlines()
        found = tuple(_read(lines))
        if len(found) < sum(map(bool, lines)):
            log.warning("erasures_damaged", lines=len(lines), readable=len(found))
        return found


async def reapply(store: Store, erasures: Iterable[Erasure], now: datetime) -> int:
    """Erase again from a restored database what was erased since it was copied; gives how much that was."""
    done, waiting = 0, list(erasures)
    while waiting:
        some, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
        async with store.begin() as tx:
            for erasure in some:
                done += await tx.erase_again(erasure, now)
            tx.erasures.clear()  # they are on the list already
    async with store.begin() as tx:
        await tx.keep_house(now)
    await store.scrub()
    return done


def _line(erasure: Erasure) -> str:
    told = {name: value for name, value in asdict(erasure).items() if value}
    return json.dumps(told, default=_moment, separators=(",", ":"))


def _moment(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} is nothing that is kept of an erasure")
    return value.astimezone(UTC).isoformat()


def _read(lines: Iterable[bytes]) -> Iterator[Erasure]:
    for line in lines:
        try:
            yield _erasure(json.loads(line))
        except (ValueError, TypeError, KeyError):
            continue


def _erasure(told: dict[str, Any]) -> Erasure:
    fields: dict[str, Any] = {**told, "what": Erased(told["what"])}
    for name in ("at", "starts_at"):
        if name in told:
            fields[name] = datetime.fromisoformat(told[name])
            if fields[name].tzinfo is None:
                raise ValueError("an instant needs a time zone")
    return Erasure(**fields)


def _torn(descriptor: int) -> bool:
    """Whether the last line was not finished, as after a crash."""
    end = os.lseek(descriptor, 0, os.SEEK_END)
    return end > 0 and os.pread(descriptor, 1, end - 1) != b"\n"


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
