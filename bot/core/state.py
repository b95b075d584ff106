"""One chat with all that a change of it needs, and what a change gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.core import runsheet
from bot.core.effects import Effect
from bot.core.model import Chat, ChatState, Question, QuestionState, Series, Step, StepKind, Visibility

GRACE = timedelta(seconds=60)
"""A step later than this is treated as after an outage (a quarter of the pace if that is less)."""

SOON: Final = timedelta(hours=1)
"""How long before its time a chat may begin without asking."""


@dataclass(frozen=True, slots=True)
class Links:
    """Whole addresses that lead to a coming chat, where there are any: room, page, calendar entry."""

    join: str = ""
    page: str = ""
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class Running:
    """All that is known of one chat while it is run.

    `steps` are those still planned, `unsent` tells that nobody was shown the last question yet,
    `shown_at` when somebody first was,
    `next_at` is when the series meets again, `hosts` and those who `answered` are the names to thank,
    `links` lead to it while it is ahead,
    and `readers` is then the least open of its weekly chat and its own community's places.
    `owners` names that community where places of others hold the chat too.
    """

    chat: Chat
    series: Series
    questions: tuple[Question, ...] = ()
    steps: tuple[Step, ...] = ()
    unsent: bool = False
    shown_at: datetime | None = None
    next_at: datetime | None = None
    hosts: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    links: Links = Links()
    readers: Visibility | None = None
    owners: str = ""

    @property
    def waiting(self) -> tuple[Question, ...]:
        """The questions still to be asked, in order."""
        return tuple(q for q in self.questions if q.waiting)

    def expected_later(self, now: datetime) -> bool:
        """Whether people were told of a time that is more than an hour off."""
        return self.chat.state is ChatState.ANNOUNCED and self.chat.starts_at - now > SOON

    @property
    def left_out_last(self) -> int:
        """The number of the skipped question before the first one that waits; 0 where there is none."""
        first = min((q.position for q in self.waiting), default=None)
        skipped = [q.position for q in self.questions if q.state is QuestionState.SKIPPED]
        return max((k for k in skipped if first is None or k < first), default=0)

    @property
    def current(self) -> Question | None:
        """The question asked last that is still there."""
        return next((q for q in reversed(self.questions) if q.asked_at), None)

    @property
    def next_turn(self) -> datetime | None:
        """When the next question, the wrap-up or the end is due."""
        return self.when(StepKind.ASK, StepKind.WRAP, StepKind.CLOSE)

    @property
    def wrap_at(self) -> datetime:
        """When the wrap-up is due."""
        return runsheet.wrap_at(self.chat, self.series)

    @property
    def grace(self) -> timedelta:
        """How late a step may be before it counts as an outage."""
        return min(GRACE, self.chat.pace / 4)

    def due(self, now: datetime) -> Step | None:
        """The step to take now; while a host's pause lasts only its limit falls due."""
        kinds = (StepKind.PAUSE_LIMIT,) if self.chat.paused_at else tuple(StepKind)
        return next((s for s in self.steps if s.due_at <= now and s.kind in kinds), None)

    def announces_at_once(self, now: datetime) -> bool:
        """Whether everybody is told of the chat as soon as this is stored."""
        due = self.when(StepKind.ANNOUNCE)
        told = not self.questions or self.chat.state is not ChatState.PLANNED
        return not told and due is not None and due <= now < self.chat.starts_at

    def in_hour(self, now: datetime) -> bool:
        """Whether the chat is live and its end is still to come."""
        closes = self.when(StepKind.CLOSE)
        return self.chat.state.live and (self.chat.paused_at is not None or closes is None or closes > now)

    def when(self, *kinds: StepKind) -> datetime | None:
        """When the first planned step of these kinds is due."""
        return next((s.due_at for s in self.steps if s.kind in kinds), None)

    def with_chat(self, **changes: object) -> Running:
        """The same with the chat's own fields changed."""
        return replace(self, chat=replace(self.chat, **changes))  # type: ignore[arg-type]

    def with_question(self, position: int, **changes: object) -> Running:
        """The same with one question changed."""
        return replace(
            self,
            questions=tuple(
                replace(q, **changes) if q.position == position else q  # type: ignore[arg-type]
                for q in self.questions
            ),
        )

    def without(self, *kinds: StepKind) -> Running:
        """The same with the planned steps of these kinds dropped."""
        return replace(self, steps=tuple(s for s in self.steps if s.kind not in kinds))

    def plus(self, *steps: Step) -> Running:
        """The same with more steps planned."""
        return replace(self, steps=runsheet.ordered((*self.steps, *steps)))


@dataclass(frozen=True, slots=True)
class Change:
    """What a chat became, what is to be said and done because of it, and which steps were taken."""

    state: Running
    effects: tuple[Effect, ...] = ()
    taken: tuple[Step, ...] = ()

    def then(self, act: Callable[..., Change], *args: object) -> Change:
        """Go on from here, keeping the effects so far."""
        after = act(self.state, *args)
        return Change(after.state, self.effects + after.effects, self.taken + after.taken)
