"""What hosts are offered to file with one tap: talk that may be an answer, and to which question."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.model import Question

HOSTS_PANEL = "panel"
"""What the hosts' panel at the end of a chat is called in the outbox."""
MOST = 5
"""So many are offered at once."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A message that is filed nowhere; `name` is what hosts see its writer called."""

    message_id: int
    person_id: int
    name: str
    text: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A message, and the question asked last before it."""

    talk: Talk
    question: Question


def suggestions(
    talk: Iterable[Talk], questions: Sequence[Question], answered: Collection[tuple[int, int]]
) -> tuple[Suggestion, ...]:
    """Up to five messages in the order said: longest first, before all those of people without an answer.

    `answered` holds (person id, question id). Talk before the first question is introduction.
    """
    asked = [question for question in questions if question.asked_at]
    meant = [Suggestion(one, found) for one in talk if (found := out_at(asked, one.said_at))]
    likeliest = sorted(
        meant, key=lambda one: (_key(one) in answered, -len(one.talk.text), one.talk.message_id)
    )
    return tuple(sorted(likeliest[:MOST], key=lambda one: one.talk.message_id))


def out_at(asked: Sequence[Question], at: datetime) -> Question | None:
    """The question that was out when something was said, of those that were asked."""
    before = [question for question in asked if question.asked_at and question.asked_at <= at]
    return max(before, key=lambda question: question.position, default=None)


def _key(one: Suggestion) -> tuple[int, int]:
    return one.talk.person_id, one.question.id
