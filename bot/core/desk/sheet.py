"""A chat's run sheet as the desk shows it: what comes when, with each question in its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.core import runsheet
from bot.core.desk.marks import mark
from bot.core.model import ChatState, Question, StepKind
from bot.core.state import Running

_HEAD: Final = (StepKind.OPEN, StepKind.INTRO)
_END: Final = (StepKind.WRAP, StepKind.CLOSE)


@dataclass(frozen=True, slots=True)
class Row:
    """One question: when it was or will be asked, the mark of its words, and whether it stands at an end."""

    question: Question
    at: datetime | None
    mark: int
    first: bool = False
    last: bool = False

    @property
    def movable(self) -> bool:
        """Whether it still waits, so that its place is open."""
        return self.question.waiting


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole of it; `first_at`, `wrap_at` and `full` tell how questions share the time, where they do."""

    rows: tuple[Row, ...]
    head: tuple[tuple[StepKind, datetime], ...]
    end: tuple[tuple[StepKind, datetime], ...]
    first_at: datetime | None
    wrap_at: datetime
    full_seconds: int


def sheet(state: Running) -> Sheet:
    """The run sheet of a chat as it stands."""
    due = {step.ordinal: step.due_at for step in state.steps if step.kind is StepKind.ASK}
    first, last = state.waiting[:1], state.waiting[-1:]
    rows = tuple(
        Row(q, q.asked_at or due.get(q.position), mark((q,)), q in first, q in last) for q in state.questions
    )
    shared = state.chat.state.ahead and not state.series.slow
    return Sheet(
        rows,
        _steps(state, *_HEAD),
        _steps(state, *_END),
        state.chat.starts_at + state.series.opening if shared else None,
        state.wrap_at,
        int(runsheet.full_pace(state.series).total_seconds()),
    )


def tells_at_once(state: Running, now: datetime) -> bool:
    """Whether the chat is announced as soon as it has a question: the day before has begun."""
    if state.chat.state is not ChatState.PLANNED:
        return False
    steps = runsheet.whole(state.chat, state.series, (), now)
    return any(step.kind is StepKind.ANNOUNCE and step.due_at <= now for step in steps)


def _steps(state: Running, *kinds: StepKind) -> tuple[tuple[StepKind, datetime], ...]:
    return tuple((step.kind, step.due_at) for step in state.steps if step.kind in kinds)
