"""Marks of words: by them it is told whether somebody changed what another person still looks at."""

from collections.abc import Iterable
from zlib import crc32

from bot.core.model import Question, Refused
from bot.core.sentences.desk import CHANGED_MEANWHILE

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
