"""What is told to those who asked to be reminded of a chat, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core import sentences
from bot.core.effects import Effect, Moment, Say
from bot.core.model import Chat, ChatState, Pace, Series
from bot.core.running import question_subject
from bot.core.state import Running
from bot.core.telling import OPENING, starting
from bot.core.times import clockface

ANNOUNCED = "announce"
"""The post that a word about a whole chat leads to."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word for each who asked: `key` says which of them it is, `about` which post it leads to.

    The `last` one is said when there is nothing left to be reminded of; and it is said
    `until` then at the latest.
    """

    key: str
    text: str
    moments: tuple[Moment, ...] = ()
    about: str = ANNOUNCED
    last: bool = False
    until: datetime | None = None


def before_it_starts(state: Running, now: datetime) -> Word | None:
    """The word of ten minutes before; none where the chat will not open."""
    chat = state.chat
    if not chat.state.ahead or not state.waiting or now >= chat.starts_at:
        return None
    starts = Moment(clockface.time(chat.starts_at, chat.zone), chat.starts_at)
    text = sentences.reminder(chat, state.series)
    return Word(_instant(chat.starts_at), text, (starts,), until=chat.ends_at)


def on_already(state: Running, late: timedelta) -> Word | None:
    """The word of a chat that begins late, after an absence; who was reminded of it is told no more."""
    chat = state.chat
    if not chat.state.live or late <= state.grace:
        return None
    text = sentences.on_already(chat, state.series)
    return Word(_instant(chat.starts_at), text, about=OPENING, until=chat.ends_at)


def rests(chat: Chat, series: Series, now: datetime) -> Word:
    """The word of a coming chat whose weekly chat its hosts let rest."""
    text = sentences.rests(chat, series)
    return Word(f"rests.{_instant(now)}", text, (starting(chat),), until=chat.starts_at)


def of_the_day(before: Running, state: Running) -> Word | None:
    """The word of a slow chat's question that is out now; the first one comes with the chat itself."""
    known = {question.id for question in before.questions if question.asked_at}
    asked = next((q for q in state.questions if q.asked_at and q.id not in known), None)
    if asked is None or not known or state.series.asks is not Pace.DAILY:
        return None
    called = sentences.name(state.chat, state.series)
    text = sentences.reminded_of(called, sentences.question(state.series, asked))
    return Word(question_subject(asked), text, about=question_subject(asked), until=state.chat.ends_at)


def news(before: Running, after: Running, effects: Iterable[Effect], now: datetime) -> Word | None:
    """The word of a chat called off, held at another time or begun early, or of a day's question."""
    was, chat = before.chat, after.chat
    if chat.rehearsal or not was.state.ahead:
        return None if chat.rehearsal else of_the_day(before, after)
    if chat.state is ChatState.CANCELLED:
        said = next((one for one in effects if isinstance(one, Say) and one.subject == "cancelled"), None)
        return Word("cancelled", said.text, said.moments, last=True) if said else None
    if chat.starts_at == was.starts_at:
        return None
    if chat.starts_at <= now:
        text = sentences.begins_early(chat, after.series)
        return Word(_instant(chat.starts_at), text, until=chat.ends_at)
    text = sentences.moved(was, chat, after.series)
    return Word(f"moved.{chat.version}", text, (starting(was), starting(chat)))


def _instant(at: datetime) -> str:
    """A key for what is said of a chat that starts then: moved once more, it is said once more."""
    return f"{at:%Y%m%dT%H%M}"
