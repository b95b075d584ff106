"""The list, beside the database, of what was erased, so that no old copy keeps it or brings it back."""

import asyncio
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any

import structlog

from bot.clock import Clock
from bot.core import sentences
from bot.core.backups import copies, made_after, outlived, set_aside
from bot.core.erasure import Erased, Erasure
from bot.core.model import Refused
from bot.storage.engine import StorageFull, database_url
from bot.storage.forgetting.restore import RENEWING, RESTORING, brought, noted_in, remove, renew, synced
from bot.storage.migrate import head, lower, migrate
from bot.storage.store import KNOWS, Store

log = structlog.get_logger()

FILE = "erased.jsonl"
"""Its name in the data folder."""
EXPORTING = "exporting-"
"""Begins the name of a folder beside the database in which an export works."""
_EXPORTS_TAKE = 24 * 60 * 60
"""Seconds after which such a folder is one that a crash left."""
_AT_ONCE = 200
_LONGEST = 65_536
"""More bytes than a line has."""


class ErasureList:
    """One line for each erasure, on disk before the database forgets.

    How far a database knows the list is a mark: so many bytes, and what their last line was.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def add(self, erasures: Sequence[Erasure], known: str | None = None) -> str | None:
        """Write erasures down; they are on disk when this returns.

        Gives the mark of a database that knew the list up to `known` and now carries them out: one that
        lacks something before them goes on lacking it.
        """
        lines = "".join(f"{_line(one)}\n" for one in erasures).encode()
        try:
            fresh = not self._file.exists()
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                before = _end_mark(descriptor)
                os.write(descriptor, (b"\n" if _torn(descriptor) else b"") + lines)
                os.fsync(descriptor)
                after = _end_mark(descriptor)
            finally:
                os.close(descriptor)
            if fresh:
                synced(self._file.parent)
        except OSError as fault:
            raise StorageFull(sentences.storage_full(fault.strerror or str(fault))) from None
        return after if known == before else known

    def since(self, known: str | None) -> tuple[tuple[Erasure, ...], str | None]:
        """What a database lacks that knows the list up to a mark, and the mark of one that lacks nothing.

        Where that mark is not found, as of another folder's list, everything may be lacking.
        """
        held = self._file.read_bytes() if self._file.exists() else b""
        size = int((known or "0:").partition(":")[0])
        start = size if size <= len(held) and known == _mark(held[:size], size) else 0
        return self._readable(held[start:].splitlines()), _mark(held, len(held))

    def read(self) -> tuple[Erasure, ...]:
        """Every erasure in order; a line that a crash tore is passed over."""
        return self.since(None)[0]

    def _readable(self, lines: Sequence[bytes]) -> tuple[Erasure, ...]:
        found = tuple(_read(lines))
        if len(found) < sum(map(bool, lines)):
            log.warning("erasures_damaged", lines=len(lines), readable=len(found))
        return found


async def catch_up(store: Store, listed: ErasureList, now: datetime) -> int:
    """Erase again whatever the list holds and the database does not know; gives how much that was.

    So an older database forgets, too, that somebody put back by hand.
    """
    async with store.read() as tx:
        known = await tx.installed(KNOWS)
    lacking, mark = await asyncio.to_thread(listed.since, known)
    if mark is None and known:
        log.warning("erasures_missing", file=FILE)
    return await reapply(store, lacking, now, mark) if mark and mark != known else 0


async def reapply(store: Store, erasures: Iterable[Erasure], now: datetime, mark: str | None = None) -> int:
    """Erase again from an older database what was erased since; gives how much that was.

    `mark` says how far it knows the list afterwards.
    """
    done, waiting = 0, list(erasures)
    while waiting:
        some, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
        async with store.begin() as tx:
            for erasure in some:
                done += await tx.erase_again(erasure, now)
            tx.erasures.clear()  # they are on the list already
    async with store.begin() as tx:
        await tx.knows(mark)
    async with store.begin() as tx:
        await tx.keep_house(now)
    await store.scrub()
    return done


class Copies:
    """The nights' copies in one folder, and what migrations and restores set aside beside the database."""

    def __init__(self, database: Path, nights: Path, erased: ErasureList, clock: Clock) -> None:
        self._database, self._nights, self._erased, self._clock = database, nights, erased, clock
        self._ending = Event()

    async def tidy(self) -> bool:
        """Let old ones go, and make those anew that hold what was forgotten; False when the disk refuses."""
        try:
            return await asyncio.to_thread(self._tidy)
        except asyncio.CancelledError:
            self._ending.set()  # the bot ends: after the copy at hand the thread does, too
            raise
        except OSError as fault:
            log.error("copies_not_tidied", reason=str(fault))  # noqa: TRY400 - a full disk needs no traceback
        except Exception:
            log.exception("copies_not_tidied")
        return False

    def _tidy(self) -> bool:
        self._remove_old()
        fine = [not self._ending.is_set() and self._forgets(copy) for copy in self._copies()]
        return all(fine)

    def _remove_old(self) -> None:
        beside = self._database.parent
        for ending in (RESTORING, RENEWING):
            for left in (*beside.glob(f"*{ending}"), *self._nights.glob(f"*{ending}")):
                remove(left)  # a crash left it
        for folder in beside.glob(f"{EXPORTING}*"):
            if self._clock.real().timestamp() - folder.stat().st_mtime > _EXPORTS_TAKE:
                shutil.rmtree(folder, ignore_errors=True)
        for name in outlived(self._asides(), self._clock.real()):
            remove(beside / name)
            log.info("copy_outlived", file=name)

    def _asides(self) -> Iterator[str]:
        for file in self._database.parent.glob(f"{self._database.stem}-before-*"):
            if set_aside(file.name):
                yield file.name

    def _copies(self) -> list[Path]:
        nights = copies(file.name for file in self._nights.iterdir()) if self._nights.is_dir() else []
        return [self._nights / one for one in nights] + [
            self._database.parent / one for one in sorted(self._asides())
        ]

    def _forgets(self, copy: Path) -> bool:
        """Make a copy anew that lacks erasures; one that cannot be made anew goes."""
        try:
            revision, known = noted_in(copy, KNOWS)
            if self._erased.since(known)[0]:
                self._renew(copy, revision)
        except (OSError, StorageFull) as fault:
            log.error("copy_not_renewed", file=copy.name, reason=str(fault))  # noqa: TRY400 - a full disk needs no traceback
            return False
        except Refused:
            self._let_go(copy)
        except Exception:
            log.exception("copy_not_renewed", file=copy.name)
            return False
        return True

    def _renew(self, copy: Path, revision: str) -> None:
        with brought(copy, copy) as work:
            url = database_url("", work.parent).set(database=str(work))
            migrate(url, self._clock.real(), keep=False)
            again = asyncio.run(_caught_up(Store(url), self._erased, self._clock))  # a thread of its own
            if revision != head():
                lower(url, revision)
            renew(copy, work)
        log.info("copy_renewed", file=copy.name, erasures=again)

    def _let_go(self, copy: Path) -> None:
        """Remove a copy that cannot be made anew, if anything was forgotten since."""
        since = made_after(copy.name)
        if any(one.at >= since for one in self._erased.read()):
            remove(copy)
            log.warning("copy_removed", file=copy.name)


async def _caught_up(store: Store, erased: ErasureList, clock: Clock) -> int:
    async with store:
        return await catch_up(store, erased, clock.now())


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


def _end_mark(descriptor: int) -> str | None:
    end = os.lseek(descriptor, 0, os.SEEK_END)
    return _mark(os.pread(descriptor, _LONGEST, max(0, end - _LONGEST)), end)


def _mark(held: bytes, size: int) -> str | None:
    """The mark of a list of this size that ends so; None of an empty one."""
    if not held:
        return None
    last = held[-_LONGEST:].rstrip(b"\n").rpartition(b"\n")[2]
    return f"{size}:{sha256(last).hexdigest()[:16]}"


def _torn(descriptor: int) -> bool:
    """Whether the last line was not finished, as after a crash."""
    end = os.lseek(descriptor, 0, os.SEEK_END)
    return end > 0 and os.pread(descriptor, 1, end - 1) != b"\n"
