"""Runs a demo from the command line: what is printed, what stays up, and what is left behind."""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import webbrowser
from contextlib import suppress
from pathlib import Path

from bot import control
from bot.app import App, opened
from bot.core import sentences
from bot.core.model import Refused
from bot.demo.evening import Evening, beside, pages
from bot.demo.links import Links, links
from bot.demo.outcome import Outcome
from bot.demo.playing import Demo
from bot.hosting import commands as hosting
from bot.settings import Rooms, Settings, load
from bot.web.site import Site


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
            site = await _pages(app, settings)
            await hosting.until_stopped(beside(app, shown.play(app, site)))
        shown.judge()
    finally:
        await evening.close()
        if not stay and (shown.outcome is None or shown.outcome.right):
            shutil.rmtree(settings.data_dir, ignore_errors=True)


def in_own_folder(settings: Settings) -> Settings:
    """The same settings on a new data folder inside the usual one, never on the usual database."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="demo-", dir=settings.data_dir)).resolve()
    own = {"data_dir": folder, "database_url": None, "community": "EdChat demo", "rooms": Rooms.BROWSER}
    return settings.model_copy(update=own | {"web_base_url": None, "web_prefix": True})


async def _pages(app: App, settings: Settings) -> Site:
    """Serve at the usual port, or at a free one where that is taken."""
    with suppress(Refused):
        return await pages(app, settings)
    return await pages(app, settings.model_copy(update={"web_port": 0}))


class _Shown:
    """What somebody sees of one demo."""

    def __init__(self, evening: Evening, *, stay: bool, as_json: bool) -> None:
        self.outcome: Outcome | None = None
        self._evening, self._stay, self._as_json = evening, stay, as_json

    def begin(self, demo: Demo) -> None:
        """Say what is about to be played."""
        sample = self._evening.sample
        if not self._as_json:
            _say(sentences.demo_begins(sample.name, sample.source, demo.people, demo.seconds))
            _say(sentences.DEMO_PREPARING)

    async def play(self, app: App, site: Site) -> None:
        """Show the way in, the evening and what came of it; then stay until stopped, if that was wished."""
        found = await links(app, site)
        if not self._as_json:
            _say(sentences.demo_links(found.participant, found.host, found.archive))
            self._open(found)
        self.outcome = await self._evening.play(app, found, None if self._as_json else _say)
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

    def _open(self, found: Links) -> None:
        """Open the room where somebody sits before a screen."""
        screen = (
            sys.platform in ("darwin", "win32")
            or os.environ.get("DISPLAY")
            or os.environ.get("WAYLAND_DISPLAY")
        )
        if self._stay and sys.stdout.isatty() and screen:
            webbrowser.open(found.participant)

    def _tell(self, outcome: Outcome) -> None:
        if self._as_json:
            _say(json.dumps(outcome.as_row()))
            return
        _say(sentences.demo_over(outcome.as_row()))
        if self._stay:
            command = sys.argv[0] if Path(sys.argv[0]).name == "edchat" else "edchat"
            _say(sentences.demo_next(str(self._evening.settings.data_dir), command, outcome.archive_url))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
