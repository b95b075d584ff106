"""One evening from the plan to the last late answer: the real bot, its pages, people who join by its link."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

from bot import hosting
from bot.app import App, opened
from bot.clock import Clock, ScaledClock, SystemClock
from bot.core import sentences
from bot.core.model import ChatState, Place, Refused, StepKind
from bot.core.state import Running
from bot.core.times import clockface
from bot.core.which import Which
from bot.demo import words
from bot.demo.crowd import Crowd, Guest
from bot.demo.diary import Diary
from bot.demo.ledger import Ledger
from bot.demo.links import Links
from bot.demo.outcome import Outcome
from bot.demo.people import Hour, plan
from bot.demo.samples import Sample, sample
from bot.demo.visitor import Visitor
from bot.reaching import first_host_link, with_pages
from bot.settings import Settings
from bot.web.limits import Limits
from bot.web.site import Site

LATE: Final = timedelta(minutes=5)
"""Chat time for which late answers still come."""
_EVE: Final = timedelta(hours=23, minutes=59)
_LEAD, _REAL_LEAD = timedelta(minutes=1), 2.0
"""How long before the chat its clock begins: in chat time, and at least so many real seconds."""
_LOOK: Final = 0.2
_T = TypeVar("_T")

Show = Callable[[str], None]
"""Shows one line of progress."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What can be chosen: how many people, how long the hour takes, the seed, and words that name a chat."""

    people: int = 40
    seconds: float = 60.0
    seed: int = 1
    chat: str = "asking questions"

    def check(self) -> Sample:
        """Give the sample that is meant; refuse what cannot be played."""
        if not 3 <= self.people <= 400:
            raise Refused(sentences.DEMO_PEOPLE)
        if not 5 <= self.seconds <= 3600:
            raise Refused(sentences.DEMO_SECONDS)
        return sample(self.chat)


class Evening:
    """One demo in one data folder."""

    def __init__(self, demo: Demo, settings: Settings) -> None:
        self.sample = demo.check()
        self.settings = settings
        self._demo = demo
        self._ledger = Ledger()
        self._visitors: Sequence[Guest] = ()
        self._reader: Visitor | None = None
        self._began = time.monotonic()

    async def prepare(self) -> None:
        """The day before, in real time: the moderator sets the series up, and people come in by the link."""
        clock = ScaledClock(SystemClock().now(), self.sample.starts_at - _EVE, 1.0)
        async with opened(self.settings, clock) as app:
            site = await pages(app, self.settings.model_copy(update={"web_port": 0}))
            await beside(app, self._plan(app, site))

    def clock(self) -> Clock:
        """The clock of the evening, kept in its folder."""
        rate = 3600 / self._demo.seconds
        lead = max(_LEAD, timedelta(seconds=_REAL_LEAD * rate))
        return ScaledClock.open(clock_file(self.settings), self.sample.starts_at - lead, rate)

    async def play(self, app: App, links: Links, show: Show | None) -> Outcome:
        """Let the people take part, and compare what they did with what the archive holds."""
        await self._come(app, links)
        diary = Diary(app.store, links.running)
        keeping = [asyncio.create_task(diary.keep())]
        if show is not None:
            keeping.append(asyncio.create_task(self._watch(app.clock, diary, links, show)))
        crowd = self._crowd(diary, links.room, app.clock)
        try:
            await crowd.live(self.sample.starts_at, lambda: diary.ends_at, LATE)
        finally:
            for task in keeping:
                task.cancel()
        await self._settle(app, links.room)
        return await self._outcome(diary, crowd, links)

    async def close(self) -> None:
        """Let everybody shut their browser."""
        for visitor in self._visitors:
            await visitor.close()

    async def _plan(self, app: App, site: Site) -> None:
        names = words.names(self._demo.people)
        visitors = [Visitor(name, site.base_url) for name in names]
        moderator, *others = self._visitors = visitors
        self._reader = moderator
        await moderator.join(((await first_host_link(app)) or "").removeprefix(site.base_url))
        place, sample = await app.place(None), self.sample
        when = f"every {sample.starts_at_local:%A} {clockface.clock_words(sample.starts_at_local.time())}"
        series = words.series(sample.hashtag, when, sample.zone, sample.minutes)
        await moderator.types(place.native_id, series)
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

    async def _settle(self, app: App, room: Place) -> None:
        """Wait until all that was said is heard, and all that is queued is sent."""
        await hosting.settled(app, room)

    async def _read(self, links: Links) -> Any:
        """All that the chat holds, as a host may read it."""
        return await self._reader.reads(links.data) if self._reader else {}

    async def _check_plan(self, app: App, place: Place, reply: str) -> None:
        async with app.store.read() as tx:
            chat = await tx.chat_here(place.id, Which.AHEAD)
            asked = await tx.questions(chat.id) if chat else ()
        if [question.text for question in asked] != list(self.sample.questions):
            raise Refused(sentences.demo_not_planned(reply))

    def _crowd(self, diary: Diary, room: Place, clock: Clock) -> Crowd:
        chat = diary.running.chat
        asks = [step.due_at for step in diary.running.steps if step.kind is StepKind.ASK]
        from_start = tuple((at - chat.starts_at) / timedelta(minutes=1) for at in asks)
        hour = Hour(from_start, self.sample.minutes, LATE / timedelta(minutes=1))
        acts = plan(self._demo.people, hour, self._demo.seed)
        return Crowd(acts, self._visitors, room.native_id, clock, self._ledger)

    async def _watch(self, clock: Clock, diary: Diary, links: Links, show: Show) -> None:
        """Show a line when a question is out, and when the chat's state changes."""
        shown = ""
        while True:
            if (now := headline(diary.running)) != shown:
                shown = now
                kept = self._ledger.compare(await self._read(links))
                counts = sentences.demo_ledger(kept.sent, kept.edited, kept.deleted, kept.stored)
                show(
                    sentences.demo_progress(clockface.time(clock.now(), diary.running.chat.zone), now, counts)
                )
            await asyncio.sleep(_LOOK)

    async def _outcome(self, diary: Diary, crowd: Crowd, links: Links) -> Outcome:
        document = await self._read(links)
        again = sum(len(posts) for posts in crowd.posts.values()) - len(crowd.posts)
        return Outcome(
            closed=diary.running.chat.state.hears_late_answers,
            questions=len(diary.running.questions),
            asked=len(crowd.posts),
            again=again,
            kept=self._ledger.compare(document),
            lateness=diary.lateness(document),
            seconds=time.monotonic() - self._began,
            archive_url=links.archive,
        )


def clock_file(settings: Settings) -> Path:
    """Where the evening's clock is kept."""
    return settings.data_dir / "clock.json"


async def pages(app: App, settings: Settings) -> Site:
    """Let the bot serve its pages to simulated people, who are many at one address."""
    return await with_pages(app, settings, Limits(lift_loopback=True))


def headline(running: Running) -> str:
    """The question that is on, or where the chat stands."""
    question = running.current
    if running.chat.state is ChatState.OPEN and question:
        return sentences.question(running.series, question)
    return sentences.demo_state(running.chat.state)


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
