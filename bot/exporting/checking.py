"""Looks a bundle over before anything is believed of it: its names, sizes, version and every hash."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final
from zipfile import BadZipFile, ZipFile

from bot.core.model import Refused
from bot.core.sentences import NO_SUCH_FILE
from bot.core.sentences import exporting as said
from bot.exporting.manifest import FORMAT, MANIFEST, VERSION, own_hash
from bot.storage.bundle.apart import Apart
from bot.storage.bundle.carried import carried_tables
from bot.storage.bundle.lines import LONGEST_LINE, Odd, Unknown, row_of
from bot.storage.bundle.origins import ORIGIN

_NAME: Final = re.compile(r"data/([a-z_]{1,60})\.jsonl")
_MOST_MANIFEST: Final = 1024 * 1024
_MOST_FOLDED: Final = 200
"""How many times as big as the bundle what is in it may be; text is folded to a tenth or so."""
_LONGEST_NAME: Final = 300
_SMALL: Final = 16 * 1024 * 1024
_PIECE: Final = 1024 * 1024
_BROKEN: Final = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError)


class Bundle:
    """A bundle that was found sound, and is held open."""

    def __init__(self, file: Path, source: IO[bytes], bundle: ZipFile, told: dict[str, Any]) -> None:
        self._file, self._source, self._bundle = file, source, bundle
        self.made_at, self.origin = datetime.fromisoformat(told["made_at"]), _origin(told)
        self.apart: Apart = _apart(told)
        self._members = {one["name"] for one in told["files"]}

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows of one table; a line that no export writes is refused."""
        name = f"data/{table}.jsonl"
        if name not in self._members:
            return
        keys, number = None, 0
        with self._bundle.open(name) as lines:
            while line := lines.readline(LONGEST_LINE + 1):
                number += 1
                row = self._row(table, name, number, line)
                keys = keys or row.keys()
                if row.keys() != keys:
                    raise Refused(said.BUNDLE_ROW.format(member=name, file=self._file, line=number))
                yield row

    def _row(self, table: str, name: str, number: int, line: bytes) -> dict[str, Any]:
        try:
            return row_of(table, line)
        except Odd:
            raise Refused(said.BUNDLE_ROW.format(member=name, file=self._file, line=number)) from None
        except Unknown:
            raise Refused(said.BUNDLE_NEWER.format(file=self._file)) from None

    def close(self) -> None:
        """Let go of the file."""
        self._bundle.close()
        self._source.close()


def _origin(told: dict[str, Any]) -> str:
    """Where the people of a bundle are at home; of an older one it is only known that it is nowhere else."""
    said = str(told.get("origin"))
    return said if ORIGIN.fullmatch(said) else str(told["sha256"])[:8]


def _apart(told: dict[str, Any]) -> dict[str, list[int]]:
    """The chats that are not whole, by the place that is missing; an older bundle says nothing of it."""
    said = told.get("apart", {})
    if not isinstance(said, dict) or not all(isinstance(chats, list) for chats in said.values()):
        raise ValueError("it says in another way which chats are not whole")
    return {name[:_LONGEST_NAME]: [one for one in chats if type(one) is int] for name, chats in said.items()}


def opened(file: Path) -> Bundle:
    """A bundle whose every hash is right; Refused with what is wrong where it is none."""
    if not file.is_file():
        raise Refused(NO_SUCH_FILE.format(file=file))
    try:
        source = file.open("rb")
    except OSError:
        raise Refused(NO_SUCH_FILE.format(file=file)) from None
    try:
        bundle = ZipFile(source)
        told = _contents(bundle, file)
        _check(bundle, told, file)
        return Bundle(file, source, bundle, told)
    except _BROKEN:
        source.close()
        raise Refused(said.BUNDLE_BROKEN.format(file=file)) from None
    except BaseException:
        source.close()
        raise


def _contents(bundle: ZipFile, file: Path) -> dict[str, Any]:
    """What the manifest says, if it is what was written."""
    with bundle.open(MANIFEST) as page:
        told = json.loads(page.read(_MOST_MANIFEST))
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise Refused(said.BUNDLE_BROKEN.format(file=file))
    if type(told["version"]) is int and told["version"] > VERSION:
        raise Refused(said.BUNDLE_NEWER.format(file=file))
    if told["sha256"] != own_hash(told):
        raise Refused(said.BUNDLE_CHANGED.format(member=MANIFEST, file=file))
    return told


def _check(bundle: ZipFile, told: dict[str, Any], file: Path) -> None:
    names = sorted(one["name"] for one in told["files"])
    if sorted(bundle.namelist()) != sorted([*names, MANIFEST]) or len(set(names)) != len(names):
        raise Refused(said.BUNDLE_BROKEN.format(file=file))
    known = {table.name for table in carried_tables()}
    for name in names:
        found = _NAME.fullmatch(name)
        if found is None:
            raise Refused(said.BUNDLE_BROKEN.format(file=file))
        if found[1] not in known:
            raise Refused(said.BUNDLE_NEWER.format(file=file))
    size = file.stat().st_size
    if sum(one["bytes"] for one in told["files"]) > max(_SMALL, size * _MOST_FOLDED):
        raise Refused(said.BUNDLE_HUGE.format(file=file))
    for one in told["files"]:
        if not _is(bundle, one):
            raise Refused(said.BUNDLE_CHANGED.format(member=one["name"], file=file))


def _is(bundle: ZipFile, told: dict[str, Any]) -> bool:
    """Whether a file is what the manifest says; no more of it is read than is said to be there."""
    left, digest = told["bytes"], hashlib.sha256()
    with bundle.open(told["name"]) as member:
        while piece := member.read(_PIECE):
            left -= len(piece)
            if left < 0:
                return False
            digest.update(piece)
    return bool(left == 0 and digest.hexdigest() == told["sha256"])
