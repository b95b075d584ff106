"""The page of contents of a bundle: what is in it, and a hash of each file and of itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MANIFEST: Final = "manifest.json"
FORMAT: Final = "edchat-bundle"
VERSION: Final = 1
_SAME_FOR_ALL: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a bundle: when it was made stands in the manifest alone."""


@dataclass(slots=True)
class Member:
    """A file of a bundle, as it is written or read."""

    name: str
    rows: int = 0
    size: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)

    def add(self, lines: Iterable[bytes]) -> None:
        """Note what goes into it."""
        for line in lines:
            self.rows += 1
            self.size += len(line)
            self._hash.update(line)

    def as_row(self) -> dict[str, Any]:
        """What the manifest says of it."""
        return {"name": self.name, "rows": self.rows, "bytes": self.size, "sha256": self._hash.hexdigest()}


@dataclass(frozen=True, slots=True)
class Manifest:
    """When a bundle was made, of which community, if not of all, and whose people are at home where.

    `apart` has the numbers of chats by the place of another community whose words are not with them.
    """

    made_at: datetime
    community: str | None
    origin: str
    apart: Mapping[str, Sequence[int]]

    def written(self, members: Sequence[Member]) -> bytes:
        """The manifest as a file."""
        told = {
            "format": FORMAT,
            "version": VERSION,
            "made_at": self.made_at.isoformat(),
            "community": self.community,
            "origin": self.origin,
            "apart": {name: [*chats] for name, chats in self.apart.items()},
            "files": [one.as_row() for one in members],
        }
        return json.dumps({**told, "sha256": own_hash(told)}, ensure_ascii=False, indent=1).encode()


def own_hash(told: dict[str, Any]) -> str:
    """The hash of a manifest, over all that it says beside it."""
    rest = {name: value for name, value in told.items() if name != "sha256"}
    said = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def put(bundle: ZipFile, name: str) -> IO[bytes]:
    """A new file in a bundle, to be written piece by piece."""
    info = ZipInfo(name, _SAME_FOR_ALL)
    info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
    return bundle.open(info, "w", force_zip64=True)
