"""The hour of a demo on any network: people take part, and their ledger is held against what was kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Generic, Protocol, TypeVar

from bot.app import CLOCK
from bot.clock import Clock, ScaledClock
from bot.core import sentences
from bot.core.model import ChatState, Place, Refused, StepKind
from bot.core.state import Running
from bot.core.times import clockface
from bot.core.which import Which
from bot.demo.crowd import Crowd, Guest
from bot.demo.diary import Diary
from bot.demo.ledger import Ledger
from bot.demo.links import Links
from bot.demo.outcome import Outcome
from bot.demo.people import Hour, plan
from bot.demo.samples import Sample, sample
from bot.demo.visitor import Visitor
from bot.settings import Settings
from bot.storage.store import Store

LATE: Final = timedelta(minutes=5)
"""Chat time for which late answers still come."""
EVE: Final = timedelta(hours=23, minutes=59)
"""How long before the chat it is planned."""
_LEAD: Final = timedelta(minutes=1)
"""How long before the chat its clock begins, at least."""
_LOOK: Final = 0.2

Show = Callable[[str], None]
"""Shows one line of progress."""


class Bot(Protocol):
    """The bot of an evening, in this process or in another: its database, and its time."""

    @property
    def store(self) -> Store:
        """The database."""

    @property
    def clock(self) -> Clock:
        """The time of the chat."""


_B = TypeVar("_B", bound=Bot)


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


class Hours(Generic[_B]):
    """One demo in one data folder; each network has its own people, who come and are heard in its own way."""

    look: float | None = None
    """How often the diary looks at the chat, in seconds, where the bot does not tell of changes."""
    lead: float = 2.0
    """How many real seconds before the chat its clock begins, at least: the bot has to come up."""

    def __init__(self, demo: Demo, settings: Settings) -> None:
        self.sample = demo.check()
        self.settings = settings
        self._demo = demo
        self._ledger = Ledger()
        self._visitors: Sequence[Guest] = ()
        self._reader: Visitor | None = None
        self._began = time.monotonic()

    def clock(self) -> Clock:
        """The clock of the evening, kept in its folder."""
        rate = 3600 / self._demo.seconds
        lead = max(_LEAD, timedelta(seconds=self.lead * rate))
        return ScaledClock.open(self.settings.data_dir / CLOCK, self.sample.starts_at - lead, rate)

    async def play(self, bot: _B, links: Links, show: Show | None) -> Outcome:
        """Let the people take part, and compare what they did with what the archive holds."""
        await self._come(bot, links)
        diary = Diary(bot.store, links.running, self.look)
        keeping = [asyncio.create_task(diary.keep())]
        if show is not None:
            keeping.append(asyncio.create_task(self._watch(bot.clock, diary, links, show)))
        crowd = self._crowd(diary, links.room, bot.clock)
        try:
            await crowd.live(self.sample.starts_at, lambda: diary.ends_at, LATE)
        finally:
            for task in keeping:
                task.cancel()
        await self._settle(bot, links)
        return await self._outcome(diary, crowd, links)

    async def close(self) -> None:
        """Let everybody shut their browser."""
        for visitor in self._visitors:
            await visitor.close()

    async def _come(self, bot: _B, links: Links) -> None:
        """Let everybody be where the chat is held."""
        raise NotImplementedError

    async def _settle(self, bot: _B, links: Links) -> None:
        """Wait until all that was said is heard, and all that is queued is sent."""
        raise NotImplementedError

    async def _read(self, links: Links) -> Any:
        """All that the chat holds, as a host may read it."""
        return await self._reader.reads(links.data) if self._reader else {}

    async def _check_plan(self, bot: _B, place: Place, reply: str) -> None:
        async with bot.store.read() as tx:
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
                counts = sentences.demo_so_far(kept.sent, kept.edited, kept.deleted, kept.stored)
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


def headline(running: Running) -> str:
    """The question that is on, or where the chat stands."""
    question = running.current
    if running.chat.state is ChatState.OPEN and question:
        return sentences.question(running.series, question)
    return sentences.demo_state(running.chat.state)
