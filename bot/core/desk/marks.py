"""Marks of words: by them it is told whether somebody changed what another person still looks at."""

from collections.abc import Iterable
from functools import partial
from zlib import crc32

from bot.core.model import Question, QuestionState, Refused
from bot.core.sentences.chat_refusals import back_already
from bot.core.sentences.desk import CHANGED_MEANWHILE
from bot.core.state import Running

_BETWEEN = "\0"
_BELOW = 1_000_000_000
"""Marks are numbers of nine digits at most, which commands can take."""


def mark(questions: Iterable[Question]) -> int:
    """The mark of one question, or of a list: another one where a word or the order is another."""
    words = _BETWEEN.join(f"{q.position}{_BETWEEN}{q.text}" for q in questions)
    return crc32(words.encode()) % _BELOW


def need_unchanged(questions: Iterable[Question], seen: int | None) -> None:
    """Refuse to change what somebody changed meanwhile; without a mark nothing is compared."""
    if seen is not None and seen != mark(questions):
        raise Refused(CHANGED_MEANWHILE)


def need_not_back(state: Running, text: str, seen: int | None) -> None:
    """Refuse to put a question back that is: its words stand there, and the list was `seen` without them."""
    if seen is None or seen == mark(state.questions):
        return
    there = [q.position for q in state.questions if q.text == text and q.state is not QuestionState.REMOVED]
    if there:
        raise Refused(partial(back_already, state.series, there[-1]))
