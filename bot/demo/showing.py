"""Runs a demo from the command line: what is printed, what stays up, and what is left behind."""

import asyncio
import json
import shutil
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from rich.console import Console

from bot import control, hosting
from bot.app import App, opened
from bot.core import sentences
from bot.core.model import Refused
from bot.demo.evening import Demo, Evening, beside
from bot.demo.outcome import Outcome
from bot.demo.view import LiveView, NoView, PlainView, Watcher
from bot.settings import Settings, load


async def watch(demo: Demo, *, stay: bool, as_json: bool) -> None:
    """Play a demo; raises Refused when something was lost, doubled or not asked."""
    demo.check()
    settings = in_own_folder(load())
    evening = Evening(demo, settings)
    shown = _Shown(evening, stay=stay, as_json=as_json)
    try:
        shown.begin(demo)
        await evening.prepare()
        async with (
            opened(settings, evening.clock()) as app,
            control.served(settings.data_dir, hosting.requests(app, settings)),
        ):
            await hosting.until_stopped(beside(app, shown.play(app)))
        shown.judge()
    finally:
        if not stay and (shown.outcome is None or shown.outcome.right):
            shutil.rmtree(settings.data_dir, ignore_errors=True)


def in_own_folder(settings: Settings) -> Settings:
    """The same settings on a new data folder inside the usual one, never on the usual database."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="demo-", dir=settings.data_dir)).resolve()
    return settings.model_copy(update={"data_dir": folder, "database_url": None, "community": "EdChat demo"})


class _Shown:
    """What somebody sees of one demo."""

    def __init__(self, evening: Evening, *, stay: bool, as_json: bool) -> None:
        self.outcome: Outcome | None = None
        self._evening, self._stay, self._as_json = evening, stay, as_json
        self._console = Console(highlight=False)

    def begin(self, demo: Demo) -> None:
        """Say what is about to be played."""
        sample = self._evening.sample
        if not self._as_json:
            self._say(sentences.demo_begins(sample.name, sample.source, demo.people, demo.seconds))
            self._say(sentences.DEMO_PREPARING)

    async def play(self, app: App) -> None:
        """Show the evening and what came of it; then stay until stopped, if that was wished."""
        with closing(self._watcher()) as watcher:
            self.outcome = await self._evening.play(app, watcher)
        self._tell(self.outcome)
        if self._stay:
            await asyncio.Event().wait()

    def judge(self) -> None:
        """Refuse what did not come out right, so that the command fails."""
        if self.outcome is None:
            if not self._stay:
                raise Refused(sentences.DEMO_STOPPED)
        elif not self.outcome.right:
            row = json.dumps(self.outcome.as_row())
            raise Refused(sentences.demo_wrong(row, str(self._evening.settings.data_dir)))

    def _watcher(self) -> Watcher:
        if self._as_json:
            return NoView()
        return LiveView(self._console) if self._console.is_terminal else PlainView(self._console)

    def _tell(self, outcome: Outcome) -> None:
        if self._as_json:
            self._say(json.dumps(outcome.as_row()))
            return
        self._say(sentences.demo_over(outcome.as_row()))
        if self._stay:
            command = sys.argv[0] if Path(sys.argv[0]).name == "edchat" else "edchat"
            self._say(sentences.demo_next(str(self._evening.settings.data_dir), command))

    def _say(self, text: str) -> None:
        self._console.file.write(f"{text}\n")
        self._console.file.flush()
