"""One evening from the plan to the last late answer, with the real bot on a clock of its own."""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar

from bot import hosting
from bot.app import ROOM, App, opened
from bot.clock import Clock, ScaledClock, SystemClock
from bot.core import clockface, sentences
from bot.core.model import Action, Place, Refused, StepKind
from bot.core.which import Which
from bot.demo import words
from bot.demo.crowd import Crowd, author
from bot.demo.diary import Diary
from bot.demo.ledger import Ledger, answers
from bot.demo.outcome import Outcome, outcome
from bot.demo.people import Hour, plan
from bot.demo.samples import Sample, sample
from bot.demo.view import NoView, Scene, Watcher
from bot.platforms.terminal import Posted, Room, Terminal
from bot.platforms.terminal.view import View
from bot.settings import Settings

LATE: Final = timedelta(minutes=5)
"""Chat time for which late answers still come."""
_EVE: Final = timedelta(hours=23, minutes=59)
_LEAD, _REAL_LEAD = timedelta(minutes=1), 2.0
"""How long before the chat its clock begins: in chat time, and at least so many real seconds."""
_LOOKS: Final = 120
"""How often in the hour the view is drawn anew."""
_REPLY_WITHIN: Final = 20.0
_T = TypeVar("_T")


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
        self._began = time.monotonic()

    async def prepare(self) -> None:
        """The day before, in real time: the moderator sets the series up and writes the questions."""
        clock = ScaledClock(SystemClock().now(), self.sample.starts_at - _EVE, 1.0)
        async with opened(self.settings, clock) as app:
            await beside(app, self._plan(app))

    def clock(self) -> Clock:
        """The clock of the evening, kept in its folder."""
        rate = 3600 / self._demo.seconds
        lead = max(_LEAD, timedelta(seconds=_REAL_LEAD * rate))
        return ScaledClock.open(self.settings.data_dir / "clock.json", self.sample.starts_at - lead, rate)

    async def play(self, app: App, watcher: Watcher) -> Outcome:
        """Let the people take part, and compare what they did with what the bot kept."""
        place, room = await app.place(None), room_of(app)
        diary = await self._diary(app, place, room)
        keeping = [asyncio.create_task(diary.keep())]
        if not isinstance(watcher, NoView):
            keeping.append(asyncio.create_task(self._watch(app, diary, watcher)))
        try:
            await self._crowd(app, diary, room).live(self.sample.starts_at, lambda: diary.ends_at, LATE)
        finally:
            for task in keeping:
                task.cancel()
        await hosting.settled(app, place)
        return await outcome(self._ledger, diary, time.monotonic() - self._began)

    async def _plan(self, app: App) -> None:
        sample, place = self.sample, await app.place(None)
        when = f"every {sample.starts_at_local:%A} {clockface.clock_words(sample.starts_at_local.time())}"
        await typed(app, words.series(sample.hashtag, when, sample.zone, sample.minutes))
        reply = await typed(app, words.questions(sample.topic, sample.questions))
        async with app.store.read() as tx:
            chat = await tx.chat_here(place.id, Which.AHEAD)
            asked = await tx.questions(chat.id) if chat else ()
        if [question.text for question in asked] != list(sample.questions):
            raise Refused(sentences.demo_not_planned(reply))
        await hosting.settled(app, place)

    async def _diary(self, app: App, place: Place, room: Room) -> Diary:
        async with app.store.read() as tx:
            chat = await tx.chat_here(place.id, Which.LIVE)
            if chat is None:
                raise Refused(sentences.demo_not_planned(""))
            return Diary(app.store, room, await tx.running(chat.id))

    def _crowd(self, app: App, diary: Diary, room: Room) -> Crowd:
        chat = diary.running.chat
        asks = [step.due_at for step in diary.running.steps if step.kind is StepKind.ASK]
        from_start = tuple((at - chat.starts_at) / timedelta(minutes=1) for at in asks)
        hour = Hour(from_start, self.sample.minutes, LATE / timedelta(minutes=1))
        acts = plan(self._demo.people, hour, self._demo.seed)
        return Crowd(acts, words.names(self._demo.people), room, app.clock, self._ledger)

    async def _watch(self, app: App, diary: Diary, watcher: Watcher) -> None:
        view, cursor, room = View(), None, room_of(app)
        while True:
            reading = room.read(cursor)
            cursor = reading.cursor
            view.take(reading.events)
            watcher.show(await self._scene(app.clock, diary, view))
            await asyncio.sleep(self._demo.seconds / _LOOKS)

    async def _scene(self, clock: Clock, diary: Diary, view: View) -> Scene:
        document, running, now = await diary.exported(), diary.running, clock.now()
        kept = self._ledger.compare(document)
        next_at = running.when(StepKind.ASK, StepKind.WRAP) or now
        said = tuple((one.name, one.text) for one in view.messages() if not one.text.startswith("!edchat"))
        return Scene(
            running,
            clockface.time(now, running.chat.zone),
            max(0, int((next_at - now) / timedelta(minutes=1))),
            answers(document),
            said[-20:],
            sentences.demo_ledger(kept.sent, kept.edited, kept.deleted, kept.stored),
        )


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


def room_of(app: App) -> Room:
    """The room of the chat."""
    terminal = app.platforms["terminal"]
    if not isinstance(terminal, Terminal):
        raise TypeError("the demo plays in the terminal's rooms")
    return terminal.room(ROOM)


async def typed(app: App, line: str) -> str:
    """Type a command as the moderator and give the bot's reply."""
    room, moderator = room_of(app), author(0, words.MODERATOR)
    before = room.read(None).cursor
    room.say(moderator, line, app.clock.now())
    async with asyncio.timeout(_REPLY_WITHIN):
        while True:
            for event in room.read(before).events:
                if isinstance(event, Posted) and event.action is Action.WHISPER:
                    return event.text
            await asyncio.sleep(0.05)
