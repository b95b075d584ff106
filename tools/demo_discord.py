"""Plays the demo on a little Discord of our own, with the real client: `make demo-discord`."""

from __future__ import annotations

import shutil
from contextlib import suppress

from bot import control
from bot.app import App, opened
from bot.core.model import Refused
from bot.demo.evening import beside, pages
from bot.demo.showing import in_own_folder
from bot.hosting import commands as hosting
from bot.settings import Settings, load
from bot.web.site import Site
from tests.support.discord_evening import DiscordEvening
from tests.support.discord_story import Story
from tests.support.fake_discord.server import FakeDiscord
from tools.playing import Shown, main, say


async def watch(shown: Shown) -> None:
    """Play a demo in a folder of its own, which goes when all is right."""
    settings = in_own_folder(load())
    async with FakeDiscord() as fake:
        story = None if shown.given.json else Story(fake, say)
        evening = DiscordEvening(shown.demo, settings, fake, story)
        try:
            await _play(evening, shown)
            if fake.violations:
                raise Refused("\n".join(["Discord would not have taken this:", *fake.violations]))
            shown.judge(str(settings.data_dir))
            shutil.rmtree(settings.data_dir, ignore_errors=True)
        finally:
            await evening.close()


async def _play(evening: DiscordEvening, shown: Shown) -> None:
    """The day before, and then the hour."""
    shown.begin()
    await evening.prepare()
    settings = evening.settings
    async with (
        opened(settings, evening.clock()) as app,
        control.served(settings.data_dir, hosting.requests(app, settings)),
    ):
        site = await _pages(app, settings)
        await hosting.until_stopped(beside(app, _hour(evening, app, site, shown)))


async def _hour(evening: DiscordEvening, app: App, site: Site, shown: Shown) -> None:
    await shown.hour(evening, app, await evening.links(app, site))


async def _pages(app: App, settings: Settings) -> Site:
    """Serve at the usual port, or at a free one where that is taken."""
    with suppress(Refused):
        return await pages(app, settings)
    return await pages(app, settings.model_copy(update={"web_port": 0}))


if __name__ == "__main__":
    main("make demo-discord", __doc__, watch)
