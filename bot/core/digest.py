"""The weekly digest of links: when there is one, and of which days."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core import runsheet
from bot.core.model import Chat, StepKind
from bot.core.state import Running

LEAST_APART = timedelta(days=6)
"""A weekly chat may be moved by an hour or a day; one that is held every day has a digest a week."""
LATE = timedelta(days=3)
"""After an outage of so long nobody waits for it; the next one has these links too."""
MOST = 12
"""Links of a digest; the others stand on the page."""
OFTEN_LATE = timedelta(days=61)
"""Nothing is said in a chat so long after its end: no tail is longer."""


@dataclass(frozen=True, slots=True)
class Period:
    """The time of which a digest is, without its first instant."""

    since: datetime
    until: datetime

    def may_hold(self, chat_began: datetime, chat_ended: datetime) -> bool:
        """Whether something that was said in a chat may be in the digest."""
        return chat_began < self.until and self.since < chat_ended + OFTEN_LATE


def period(chat: Chat, last: datetime | None, now: datetime) -> Period | None:
    """Of which time a chat's digest is: since the one before; none where that was this week."""
    if not chat.state.over or (last is not None and now - last < LEAST_APART):
        return None
    return Period(last or chat.starts_at, now)


def planned(state: Running, now: datetime) -> Running:
    """A chat with its digest planned as its weekly chat wants it from now on."""
    ending = runsheet.ending(state.chat, state.series)
    steps = (step for step in ending if step.kind is StepKind.DIGEST and step.due_at > now)
    return state.without(StepKind.DIGEST).plus(*steps)
