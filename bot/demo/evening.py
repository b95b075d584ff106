"""One evening from the plan to the last late answer: the real bot, its pages, people who join by its link."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from bot.app import App, opened
from bot.clock import ScaledClock, SystemClock
from bot.core.times import clockface
from bot.demo import words
from bot.demo.links import Links
from bot.demo.playing import EVE, Hours
from bot.demo.samples import Sample
from bot.demo.visitor import Visitor
from bot.hosting import commands as hosting
from bot.hosting.reaching import first_host_link, with_pages
from bot.settings import Settings
from bot.web.limits import Limits
from bot.web.site import Site

_T = TypeVar("_T")


class Evening(Hours[App]):
    """A demo whose bot runs in this process; its people come in a browser."""

    async def prepare(self) -> None:
        """The day before, in real time: the moderator sets the series up, and people come in by the link."""
        clock = ScaledClock(SystemClock().now(), self.sample.starts_at - EVE, 1.0)
        async with opened(self.settings, clock) as app:
            site = await pages(app, self.settings.model_copy(update={"web_port": 0}))
            await beside(app, self._plan(app, site))

    async def _plan(self, app: App, site: Site) -> None:
        names = words.names(self._demo.people)
        visitors = [Visitor(name, site.base_url) for name in names]
        moderator, *others = self._visitors = visitors
        self._reader = moderator
        await moderator.join(((await first_host_link(app)) or "").removeprefix(site.base_url))
        place, sample = await app.place(None), self.sample
        await moderator.types(place.native_id, weekly(sample))
        reply = await moderator.types(place.native_id, words.questions(sample.topic, sample.questions))
        await self._check_plan(app, place, reply)
        async with app.store.begin() as tx:
            link = f"/join/{await tx.join_secret(place.id)}"
        for visitor in others:
            await visitor.join(link)
        await hosting.settled(app, place)

    async def _come(self, app: App, links: Links) -> None:
        """Let everybody find the room again, whose address may be another one since the day before."""
        for visitor in self._visitors:
            if isinstance(visitor, Visitor):
                visitor.base = links.base

    async def _settle(self, app: App, links: Links) -> None:
        """Wait until all that was said is heard, and all that is queued is sent."""
        await hosting.settled(app, links.room)


def weekly(sample: Sample) -> str:
    """The command with which the moderator sets a sample's weekly chat up."""
    when = f"every {sample.starts_at_local:%A} {clockface.clock_words(sample.starts_at_local.time())}"
    return words.series(sample.hashtag, when, sample.zone, sample.minutes)


async def pages(app: App, settings: Settings) -> Site:
    """Let the bot serve its pages to simulated people, who are many at one address."""
    return await with_pages(app, settings, Limits(lift_loopback=True))


async def beside(app: App, work: Coroutine[Any, Any, _T]) -> _T:
    """Do something while the bot runs; if the bot ends, raise what ended it."""
    running, working = asyncio.create_task(app.run()), asyncio.create_task(work)
    try:
        await asyncio.wait({running, working}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running
        return await working
    finally:
        running.cancel()
        working.cancel()
        await asyncio.wait({running, working}, timeout=hosting.PATIENCE)
