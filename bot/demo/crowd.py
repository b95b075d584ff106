"""Simulated people in a room: they see what is posted there, and do in their time what they have in mind."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Final, Protocol

from bot.clock import Clock
from bot.demo.ledger import Ledger
from bot.demo.people import Act, Deed

ON_THE_WAY: Final = timedelta(seconds=0.4)
"""Real time that somebody's words may take to the bot."""


class Guest(Protocol):
    """Somebody in a room, on whatever network; messages are named by the ids that it gives them."""

    async def say(
        self, room: str, text: str, *, thread: str = "", reply: str = "", by_form: bool = False
    ) -> str:
        """Say something and give the id of what was said."""

    async def types(self, room: str, command: str) -> str:
        """Type a command and read its answer."""

    async def edit(self, room: str, message: str, text: str) -> None:
        """Change one's own words."""

    async def delete(self, room: str, message: str) -> None:
        """Take one's own words back."""

    async def react(self, room: str, message: str, number: int) -> None:
        """Put a digit on a message."""

    def questions(self, room: str) -> AsyncIterator[tuple[int, str]]:
        """The questions that appear in a room from now on, each with its post."""

    async def close(self) -> None:
        """Go."""


class Crowd:
    """Everybody of a plan; they keep their own ledger and know nothing of the bot but its room."""

    def __init__(
        self, acts: Sequence[Act], visitors: Sequence[Guest], room: str, clock: Clock, ledger: Ledger
    ) -> None:
        self.posts: defaultdict[int, set[str]] = defaultdict(set)
        self._acts, self._visitors, self._room, self._clock = acts, visitors, room, clock
        self._ledger = ledger
        self._after_question, self._after_act = _waiting(acts)
        self._due: list[tuple[datetime, int]] = []
        self._first: dict[int, str] = {}
        self._ids: dict[int, str] = {}
        self._bell = asyncio.Event()

    async def live(self, starts_at: datetime, ends_at: Callable[[], datetime], late: timedelta) -> None:
        """Take part from the start until `late` after the end, which may move meanwhile."""
        self._plan(self._after_question.pop(0, []), starts_at)
        looking = asyncio.create_task(self._look())
        typing = set[asyncio.Task[str]]()
        try:
            while self._clock.now() < ends_at() + late:
                self._bell.clear()
                await self._do_due(ends_at, typing)
                await self._rest(ends_at() + late)
            await asyncio.gather(*typing)
        finally:
            looking.cancel()

    async def _look(self) -> None:
        async for number, post in self._visitors[0].questions(self._room):
            self._see(number, post)

    def _see(self, number: int, post: str) -> None:
        self.posts[number].add(post)
        if number not in self._first:
            self._first[number] = post
            self._plan(self._after_question.pop(number, []), self._clock.now())
            self._bell.set()

    def _plan(self, acts: Sequence[Act], at: datetime) -> None:
        for act in acts:
            heappush(self._due, (at + timedelta(minutes=act.after), act.number))

    async def _do_due(self, ends_at: Callable[[], datetime], typing: set[asyncio.Task[str]]) -> None:
        while self._due and self._due[0][0] <= (now := self._clock.now()):
            act = self._acts[heappop(self._due)[1]]
            if act.deed is Deed.COMMAND:  # its answer takes its time; nobody waits for the moderator
                command = act.text.format(id=self._to(act))
                typing.add(asyncio.create_task(self._visitors[act.who].types(self._room, command)))
            elif act.deed.answers or self._goes_on(ends_at()):  # who is late still answers; the talk is over
                await self._do(act, ends_at)
                self._plan(self._after_act.pop(act.number, []), now)

    def _goes_on(self, ends_at: datetime) -> bool:
        """Whether what is said now is heard within the hour, however fast the clock runs."""
        return self._clock.to_real(ends_at) - self._clock.real() > ON_THE_WAY

    async def _do(self, act: Act, ends_at: Callable[[], datetime]) -> None:
        who, to = self._visitors[act.who], self._to(act)
        match act.deed:
            case Deed.REACT:
                await who.react(self._room, to, act.question)
            case Deed.EDIT:
                await who.edit(self._room, to, act.text)
                self._ledger.edited(to, act.text)
            case Deed.DELETE:
                await who.delete(self._room, to)
                self._ledger.deleted(to)
            case _:
                self._ids[act.number] = await self._say(act, who, to)
                overtaken = not act.deed.answers and self._clock.now() > ends_at()
                self._ledger.said(self._ids[act.number], act.text, overtaken=overtaken)

    async def _say(self, act: Act, who: Guest, to: str) -> str:
        match act.deed:
            case Deed.FORM:
                return await who.say(self._room, act.text, thread=self._first[act.question], by_form=True)
            case Deed.THREAD:
                return await who.say(self._room, act.text, thread=self._first[act.question])
            case Deed.REPLY:
                return await who.say(self._room, act.text, reply=self._first[act.question])
        return await who.say(self._room, act.text, reply=to)

    def _to(self, act: Act) -> str:
        return self._ids.get(-1 if act.to is None else act.to, "")

    async def _rest(self, deadline: datetime) -> None:
        """Wait until the next one has something to do."""
        due = min([deadline, *(at for at, _ in self._due[:1])])
        seconds = max(0.0, (self._clock.to_real(due) - self._clock.real()).total_seconds())
        try:
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        except TimeoutError:
            pass


def _waiting(acts: Sequence[Act]) -> tuple[dict[int, list[Act]], dict[int, list[Act]]]:
    """The acts by the question and by the act after which they come."""
    questions: defaultdict[int, list[Act]] = defaultdict(list)
    others: defaultdict[int, list[Act]] = defaultdict(list)
    for act in acts:
        (questions[act.since] if act.to is None else others[act.to]).append(act)
    return questions, others
