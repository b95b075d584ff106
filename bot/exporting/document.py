"""`edchat export json`: everything as one JSON document, to be read by people and programs of their own."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TextIO

from bot.app import written_url
from bot.core import sentences
from bot.core.model import Refused
from bot.settings import Settings
from bot.storage.engine import database_url
from bot.storage.export import export
from bot.storage.store import Store


async def export_document(settings: Settings, file: Path | None) -> None:
    """Write everything as JSON, to a new file or to standard output."""
    url = database_url(written_url(settings), settings.data_dir)
    with written_to(file, Path(str(url.database))) as out:
        async with Store(url) as store, store.read() as tx:
            await export(tx, out.write)


def written_to(file: Path | None, database: Path) -> AbstractContextManager[TextIO]:
    """Where an export goes; nothing is opened when there is nothing to write or something to overwrite."""
    need(database, file)
    if file is None:
        return nullcontext(sys.stdout)
    file.touch(0o600)
    return file.open("w", encoding="utf-8", newline="")


def need(database: Path, file: Path | None) -> None:
    """Refuse where there is nothing to write, or something to overwrite."""
    if not database.exists():
        raise Refused(sentences.NOTHING_TO_EXPORT)
    if file is not None:
        may_make(file)


def may_make(file: Path) -> None:
    """Refuse a file that is there already, or has no folder to be in."""
    if file.exists():
        raise Refused(sentences.file_exists(str(file)))
    if not file.parent.is_dir():
        raise Refused(sentences.no_folder(str(file.parent)))
