"""A slow chat run by the pure machine alone: a week passes, with outages and hosts who act."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core import drafting, runsheet
from bot.core.model import Chat, ChatState, Pace, Question, Series, StepKind
from bot.core.state import Running
from tests.support.pure_evening import PureEvening

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NEW_YORK = "America/New_York"
MON_TO_SAT = tuple(range(6))
MONDAY = datetime(2026, 11, 23, 9)  # noqa: DTZ001 - a clock on a wall
"""The wall clock at which the week of most tests begins."""


def at(wall: datetime, zone: str = NEW_YORK) -> datetime:
    """A moment on the wall of that zone."""
    return wall.replace(tzinfo=ZoneInfo(zone))


def on(day: int, clock: str = "09:00") -> datetime:
    """A moment of the tests' own week; 0 is its Monday."""
    return at(datetime.combine(MONDAY.date() + day * DAY, time.fromisoformat(clock)))


def week(
    questions: int = 6,
    *,
    wall: datetime = MONDAY,
    zone: str = NEW_YORK,
    days: tuple[int, ...] = MON_TO_SAT,
    asks: Pace = Pace.DAILY,
) -> Running:
    """A slow chat that was planned three days before."""
    series = Series(1, 1, "#slowchat", asks=asks, days=days)
    starts = at(wall, zone)
    chat = Chat(1, 1, zone, starts, starts, 1, wall)
    chat = replace(chat, ends_at=runsheet.ends_at(chat, series, starts))
    texts = [f"Question {number}?" for number in range(1, questions + 1)]
    return drafting.plan(Running(chat, series), "Homework", texts, starts - 3 * DAY - HOUR).state


@dataclass(slots=True)
class PureWeek(PureEvening):
    """What became of a slow chat so far."""

    def walls(self) -> list[str]:
        """When the waiting questions are due, on the clocks of the chat's zone."""
        zone = ZoneInfo(self.state.chat.zone)
        return [f"{at.astimezone(zone):%a %H:%M}" for at in self.asks]

    def at(self, day: int, clock: str = "09:00") -> PureWeek:
        """Let time pass until then."""
        self.until(on(day, clock))
        return self

    def away(self, day: int, clock: str) -> None:
        """Nobody takes a step until then."""
        self.outage((on(day, clock) - self.now) / timedelta(minutes=1))

    @property
    def waiting(self) -> list[Question]:
        """The questions still to be asked."""
        return list(self.state.waiting)

    def _watch_steps(self) -> None:
        kinds = {step.kind for step in self.state.steps}
        if self.state.chat.state.ahead:
            asks = [step.ordinal for step in self.state.steps if step.kind is StepKind.ASK]
            assert asks == [q.position for q in self.state.waiting]
        if self.state.chat.state is ChatState.SEALED:
            assert not kinds


def begun(questions: int = 6, **how: object) -> PureWeek:
    """A slow chat that was planned, and nothing has fallen due yet."""
    state = week(questions, **how)  # type: ignore[arg-type]
    return PureWeek(state, state.chat.starts_at - 3 * DAY - HOUR)
