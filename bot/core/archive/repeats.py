"""Answers that were filed under several questions: where each stands first, and where it is there again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter

from bot.core.archive.chat_page import Answered

_NUMBER = attrgetter("message_id")


def again(questions: Iterable[Answered]) -> Mapping[int, frozenset[int]]:
    """The messages that stand under an earlier question already, by the id of the later one."""
    seen: frozenset[int] = frozenset()
    found = {}
    for asked in questions:
        mine = frozenset(map(_NUMBER, asked.answers))
        found[asked.question.id], seen = mine & seen, mine | seen
    return found
