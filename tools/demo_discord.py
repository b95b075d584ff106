"""Plays the demo on a little Discord of our own, with the real client: `make demo-discord`."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
from contextlib import suppress

from bot import control, hosting, logs
from bot.app import App, opened
from bot.core import sentences
from bot.core.model import Refused
from bot.demo.evening import Demo, beside, pages
from bot.demo.outcome import Outcome
from bot.demo.showing import in_own_folder
from bot.settings import Settings, load
from bot.web.site import Site
from tests.support.discord_evening import DiscordEvening
from tests.support.discord_story import Story
from tests.support.fake_discord.server import FakeDiscord


class Shown:
    """What somebody sees of one demo: the conversation as it happens, or one line for machines."""

    def __init__(self, fake: FakeDiscord, demo: Demo, settings: Settings, given: argparse.Namespace) -> None:
        self.fake, self.demo, self.given = fake, demo, given
        self.story = None if given.json else Story(fake, say)
        self.evening = DiscordEvening(demo, settings, fake, self.story)
        self.outcome: Outcome | None = None

    async def play(self) -> None:
        """The day before, and then the hour."""
        if not self.given.json:
            sample = self.evening.sample
            say(sentences.demo_begins(sample.name, sample.source, self.demo.people, self.demo.seconds))
        await self.evening.prepare()
        settings = self.evening.settings
        async with (
            opened(settings, self.evening.clock()) as app,
            control.served(settings.data_dir, hosting.requests(app, settings)),
        ):
            site = await _pages(app, settings)
            await hosting.until_stopped(beside(app, self._hour(app, site)))

    async def _hour(self, app: App, site: Site) -> None:
        links = await self.evening.links(app, site)
        self.outcome = await self.evening.play(app, links, None)
        row = self.outcome.as_row()
        say(json.dumps(row) if self.given.json else sentences.demo_over(row))
        if not self.given.exit:
            say(f"The archive: {links.archive}\nThe bot stays up; Ctrl-C ends it.")
            await asyncio.Event().wait()

    def judge(self) -> None:
        """Refuse what did not come out right, and what Discord would have refused."""
        if self.outcome is None:
            raise Refused(sentences.DEMO_STOPPED)
        if self.fake.violations:
            raise Refused("\n".join(["Discord would not have taken this:", *self.fake.violations]))
        if not self.outcome.right:
            folder = str(self.evening.settings.data_dir)
            raise Refused(sentences.demo_wrong(json.dumps(self.outcome.as_row()), folder))


async def watch(demo: Demo, given: argparse.Namespace) -> None:
    """Play a demo in a folder of its own, which goes when all is right."""
    demo.check()
    settings = in_own_folder(load())
    async with FakeDiscord() as fake:
        shown = Shown(fake, demo, settings, given)
        try:
            await shown.play()
            shown.judge()
            shutil.rmtree(settings.data_dir, ignore_errors=True)
        finally:
            await shown.evening.close()


async def _pages(app: App, settings: Settings) -> Site:
    """Serve at the usual port, or at a free one where that is taken."""
    with suppress(Refused):
        return await pages(app, settings)
    return await pages(app, settings.model_copy(update={"web_port": 0}))


def say(text: str) -> None:
    """Print it now."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Read what was chosen, and play; whatever came out wrong is one sentence and a failure."""
    usual = Demo()
    asks = argparse.ArgumentParser(prog="make demo-discord", description=__doc__)
    asks.add_argument("--exit", action="store_true", help="end with the evening")
    asks.add_argument(
        "--json", action="store_true", help="print one line of JSON instead of the conversation"
    )
    asks.add_argument("--people", type=int, default=usual.people, help="how many take part")
    asks.add_argument("--seconds", type=float, default=usual.seconds, help="how long the hour takes")
    asks.add_argument("--seed", type=int, default=usual.seed, help="which evening it is")
    asks.add_argument("--chat", default=usual.chat, help="words that name a real chat's questions")
    given = asks.parse_args()
    logs.set_up("error")
    try:
        asyncio.run(watch(Demo(given.people, given.seconds, given.seed, given.chat), given))
    except Refused as no:
        sys.exit(str(no))


if __name__ == "__main__":
    main()
