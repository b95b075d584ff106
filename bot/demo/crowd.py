"""Simulated people in a room: they see what is posted there, and do in their time what they have in mind."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Final

from bot.clock import Clock
from bot.core.hearing import Author
from bot.core.model import Action, Role
from bot.demo.ledger import Ledger
from bot.demo.people import Act, Deed
from bot.platforms.terminal import Posted, Room
from bot.platforms.terminal.bells import rung

_QUESTION: Final = re.compile(r"[A-Z](\d+): ")


def author(who: int, name: str) -> Author:
    """Who person `who` of a plan is in the room; 0 is its moderator."""
    return Author(name.casefold(), name, Role.ANYONE if who else Role.HOST)


class Crowd:
    """Everybody of a plan; they keep their own ledger and know nothing of the bot but its posts."""

    def __init__(
        self, acts: Sequence[Act], names: Sequence[str], room: Room, clock: Clock, ledger: Ledger
    ) -> None:
        self._room, self._clock, self._ledger = room, clock, ledger
        self._acts = acts
        self._authors = [author(who, name) for who, name in enumerate(names)]
        self._after_question, self._after_act = _waiting(acts)
        self._due: list[tuple[datetime, int]] = []
        self._posts: dict[int, str] = {}
        self._ids: dict[int, str] = {}
        self._cursor: str | None = None

    async def live(self, starts_at: datetime, ends_at: Callable[[], datetime], late: timedelta) -> None:
        """Take part from the start until `late` after the end, which may move meanwhile."""
        self._plan(self._after_question.pop(0, []), starts_at)
        with self._room.subscribed() as bell:
            while (now := self._clock.now()) < ends_at() + late:
                self._look()
                self._do_due(now, ends_at())
                await rung(bell, self._pause(ends_at() + late))

    def _look(self) -> None:
        reading = self._room.read(self._cursor)
        self._cursor = reading.cursor
        for event in reading.events:
            if isinstance(event, Posted) and event.action is Action.POST and event.target is None:
                self._see(event)

    def _see(self, post: Posted) -> None:
        asked = _QUESTION.match(post.text)
        if asked and int(asked[1]) not in self._posts:
            self._posts[int(asked[1])] = post.id
            self._plan(self._after_question.pop(int(asked[1]), []), post.at)

    def _plan(self, acts: Sequence[Act], at: datetime) -> None:
        for act in acts:
            heappush(self._due, (at + timedelta(minutes=act.after), act.number))

    def _do_due(self, now: datetime, ends_at: datetime) -> None:
        while self._due and self._due[0][0] <= now:
            act = self._acts[heappop(self._due)[1]]
            if act.deed.answers or now < ends_at:  # who comes late still answers, but the talk is over
                self._do(act, now)
                self._plan(self._after_act.pop(act.number, []), now)

    def _do(self, act: Act, now: datetime) -> None:
        who, to = self._authors[act.who], self._ids.get(-1 if act.to is None else act.to, "")
        match act.deed:
            case Deed.REACT:
                self._room.react(who, to, act.question, now)
            case Deed.EDIT:
                self._room.edit(who, to, act.text, now)
                self._ledger.edited(to, act.text)
            case Deed.DELETE:
                self._room.delete(to, now)
                self._ledger.deleted(to)
            case Deed.COMMAND:
                self._room.say(who, f"!edchat {act.text.format(id=to)}", now)
            case _:
                self._ids[act.number] = self._say(act, who, to, now)
                self._ledger.said(self._ids[act.number], act.text)

    def _say(self, act: Act, who: Author, to: str, now: datetime) -> str:
        match act.deed:
            case Deed.FORM:
                return self._room.say(who, f"!edchat answer {act.question} {act.text}", now)
            case Deed.THREAD:
                return self._room.say(who, act.text, now, thread=self._posts[act.question])
            case Deed.REPLY:
                return self._room.say(who, act.text, now, reply_to=self._posts[act.question])
        return self._room.say(who, act.text, now, reply_to=to or None)

    def _pause(self, deadline: datetime) -> float:
        """Real seconds until the next one has something to do."""
        due = min([deadline, *(at for at, _ in self._due[:1])])
        return max(0.0, (self._clock.to_real(due) - self._clock.real()).total_seconds())


def _waiting(acts: Sequence[Act]) -> tuple[dict[int, list[Act]], dict[int, list[Act]]]:
    """The acts by the question and by the act after which they come."""
    questions: defaultdict[int, list[Act]] = defaultdict(list)
    others: defaultdict[int, list[Act]] = defaultdict(list)
    for act in acts:
        (questions[act.since] if act.to is None else others[act.to]).append(act)
    return questions, others
