"""A chat run by the pure machine alone: time passes, outages happen, hosts act, and every rule is watched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.core import drafting
from bot.core.effects import Say, Withdraw
from bot.core.model import Chat, ChatState, QuestionState, Refused, Series, Step, StepKind
from bot.core.running import advance
from bot.core.state import Change, Running

EIGHT = datetime(2026, 11, 3, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
ENDING = {StepKind.PUBLISH, StepKind.SEAL}


def planned(questions: int = 4, minutes: int = 60, **series: object) -> Running:
    """A chat at eight, planned at noon."""
    of = Series(1, 1, "#edchat", length=minutes * MINUTE, **series)  # type: ignore[arg-type]
    chat = Chat(1, 1, "Europe/London", EIGHT, EIGHT + of.length)
    texts = [f"Question {number}?" for number in range(1, questions + 1)]
    return drafting.plan(Running(chat, of), "Homework", texts, EIGHT - 8 * timedelta(hours=1)).state


@dataclass(slots=True)
class PureEvening:
    """What became of a chat so far; `posted` are the numbers that stand in the room."""

    state: Running
    now: datetime = EIGHT - 8 * timedelta(hours=1)
    posted: list[int] = field(default_factory=list)
    said: list[Say] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    _ids: int = 0

    def __post_init__(self) -> None:
        self.state = self._numbered(self.state)

    def until(self, moment: datetime) -> None:
        """Let time pass; every step is taken when it is due."""
        while due := self._next(moment):
            self.now = max(self.now, due)
            self._take(advance(self.state, self.now))
        self.now = moment

    def outage(self, minutes: float) -> Change:
        """Let time pass while nobody takes a step, then take what is due."""
        ends_at, before = self.state.chat.ends_at, len(self.posted)
        self.now += minutes * MINUTE
        change = advance(self.state, self.now)
        self._take(change)
        if self.state.chat.state.live:
            assert self.state.chat.ends_at == ends_at, "an outage moves no end"
        assert len(self.posted) <= before + 1, "a burst"
        return change

    def act(self, do: Callable[..., Change], *args: object) -> str:
        """A host acts; gives the refusal, if it is one, and then nothing has changed."""
        try:
            change = do(self.state, *args)
        except Refused as no:
            refusal = str(no)
        else:
            self._take(change)
            return ""
        assert refusal.endswith((".", "?"))
        return refusal

    def nobody_saw(self) -> None:
        """The post of the last question is queued and was not attempted."""
        self.state = replace(self.state, unsent=self.state.chat.asked > 0 and self.state.chat.state.live)

    @property
    def asks(self) -> list[datetime]:
        """When the waiting questions are due."""
        return [step.due_at for step in self.state.steps if step.kind is StepKind.ASK]

    def _next(self, moment: datetime) -> datetime | None:
        kinds = (StepKind.PAUSE_LIMIT,) if self.state.chat.paused_at else tuple(StepKind)
        due = [step.due_at for step in self.state.steps if step.kind in kinds and step.due_at <= moment]
        return min(due, default=None)

    def _take(self, change: Change) -> None:
        before, self.state = self.state, self._numbered(change.state)
        self.changes.append(change)
        for effect in change.effects:
            if isinstance(effect, Withdraw):
                self._withdraw(effect.subject)
            elif isinstance(effect, Say):
                self.said.append(effect)
                self.posted += [effect.question] if effect.question else []
        if change.state.current != before.current:
            self.state = replace(self.state, unsent=False)
        self._watch(before)

    def _withdraw(self, subject: str) -> None:
        waits = {q.position for q in self.state.waiting}
        self.posted = [n for n in self.posted if subject != f"q{n}" and (subject or n not in waits)]

    def _watch(self, before: Running) -> None:
        state = self.state
        assert self.posted == sorted(set(self.posted)), f"asked {self.posted}"
        assert [q.position for q in state.questions] == sorted({q.position for q in state.questions})
        assert tuple(step.turn for step in state.steps) == tuple(sorted(step.turn for step in state.steps))
        assert len({(step.kind, step.ordinal) for step in state.steps}) == len(state.steps), "a step twice"
        self._watch_numbers(before)
        self._watch_steps()

    def _watch_numbers(self, before: Running) -> None:
        now = {q.id: q for q in self.state.questions}
        for question in before.questions:
            if question.position in self.posted and question.id in now and question.asked_at:
                assert now[question.id].position == question.position, "an asked number changed"
        used = (q for q in self.state.questions if q.asked_at or q.state is QuestionState.REMOVED)
        asked = [question.position for question in used]
        assert self.state.chat.asked == max(asked, default=0)

    def _watch_steps(self) -> None:
        chat, kinds = self.state.chat, {step.kind for step in self.state.steps}
        ending = Step(self.now, StepKind.CLOSE) in self.state.steps
        if chat.state.ahead or (chat.state.live and not ending):
            asks = [step.ordinal for step in self.state.steps if step.kind is StepKind.ASK]
            assert asks == [q.position for q in self.state.waiting], "a waiting question without its step"
            assert all(
                b - a >= chat.pace / 2 - SECOND for a, b in zip(self.asks, self.asks[1:], strict=False)
            )
        if chat.state in (ChatState.CLOSED, ChatState.TAIL):
            assert kinds <= ENDING
        if chat.state in (ChatState.SEALED, ChatState.CANCELLED):
            assert not kinds

    def _numbered(self, state: Running) -> Running:
        questions = []
        for question in state.questions:
            self._ids += not question.id
            questions.append(question if question.id else replace(question, id=self._ids))
        return replace(state, questions=tuple(questions))

    def dropped(self) -> list[int]:
        """The numbers that an outage took."""
        return [q.position for q in self.state.questions if q.state is QuestionState.DROPPED]
