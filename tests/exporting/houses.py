"""Houses that are exported: their settings, what lies in an export, what an index holds."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

from bot.settings import Settings, load
from bot.storage.store import Store


def settings_of(folder: Path, **more: str) -> Settings:
    """The settings of a bot on this data folder."""
    named = {"data_dir": str(folder), **more}
    lines = [f"EDCHAT_{name.upper()}='{value}'\n" for name, value in named.items()]
    with TemporaryDirectory() as aside:
        file = Path(aside) / "settings.env"
        file.write_text("".join(lines), encoding="utf-8")
        return load(file)


def folder_of(store: Store) -> Path:
    """The data folder of a store."""
    return Path(str(store.url.database)).parent


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file of an export, by its name there."""
    return {
        one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()
    }


def told_by(name: str, body: bytes) -> bytes:
    """What a file tells whoever opens it, of the search's index too, where words are packed."""
    held = re.fullmatch(rb'copyHolds\("[^"]*","([^"]*)"\);\n', body) if "/pagefind/" in name else None
    if held is None:
        return body
    packed = base64.b64decode(held[1])
    return gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed


def rows_in(file: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of a bundle, by table."""
    with ZipFile(file) as bundle:
        return {
            Path(name).stem: [json.loads(line) for line in bundle.read(name).splitlines()]
            for name in bundle.namelist()
            if name.startswith("data/")
        }


def data_in(file: Path) -> dict[str, bytes]:
    """The data files of a bundle."""
    with ZipFile(file) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist() if name.startswith("data/")}


def pages_in(files: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """The pages of an export."""
    for name, body in files.items():
        if name.endswith(".html"):
            yield name, body.decode()


def names_in(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(one.name for one in folder.iterdir())


def bytes_of(file: Path) -> bytes:
    """What a file holds."""
    return file.read_bytes()


def words_of(file: Path) -> str:
    """What a file says."""
    return file.read_text("utf-8")


def is_there(file: Path) -> bool:
    """Whether there is such a file."""
    return file.exists()


def make(folder: Path) -> None:
    """Make a folder."""
    folder.mkdir()
