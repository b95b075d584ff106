"""`edchat status`: how things stand, said once or shown as a table that renews itself."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from bot import control
from bot.app import opened, written_url
from bot.core import sentences
from bot.core.model import Refused
from bot.hosting.standing import standing
from bot.settings import Settings
from bot.storage.engine import database_url

EVERY: Final = 2.0
"""Seconds after which a watched table is made anew."""


async def status(settings: Settings, *, as_json: bool, watch: bool = False) -> None:
    """Say how things stand: as JSON, as lines, or in a terminal as a table, for as long as it is watched."""
    answer = await _asked(settings)
    if as_json:
        print(json.dumps(answer))
    elif not sys.stdout.isatty():
        print(sentences.status(answer))
    elif watch:
        await _watched(settings, answer)
    else:
        Console().print(table(answer))


async def _asked(settings: Settings) -> dict[str, Any]:
    """What the running bot says, else what its database says."""
    answer = await control.ask(settings.data_dir, "status")
    if answer is not None:
        return answer
    if not _database(settings).exists():
        raise Refused(sentences.NOTHING_HERE)
    async with opened(settings) as app:
        return await standing(app) | {"running": False, "networks": []}


def _database(settings: Settings) -> Path:
    return Path(str(database_url(written_url(settings), settings.data_dir).database))


async def _watched(settings: Settings, answer: dict[str, Any]) -> None:
    with Live(table(answer), auto_refresh=False, screen=False) as shown:
        while True:
            await asyncio.sleep(EVERY)
            shown.update(table(await _asked(settings)), refresh=True)


def table(answer: dict[str, Any]) -> Table:
    """How things stand, as a table."""
    made = Table(title=sentences.RUNNING if answer["running"] else sentences.NOT_RUNNING, show_header=False)
    before = ""
    for title, said in sentences.status_rows(answer):
        made.add_row(Text("" if title == before else title), Text(said), style=_style(title, said))
        before = title
    return made


def _style(title: str, said: str) -> str:
    return "bold red" if title == "Wrong" and said != sentences.ALL_FINE else ""
