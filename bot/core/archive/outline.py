"""Where words stand in the parts of a chat's page, without any of them: small, so that it can be kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from bot.core.archive.chat_page import ChatPage
from bot.core.archive.parts import MOST, parts_of


class _Shape(NamedTuple):
    """How many parts a page has, and in another order, and the numbers of its questions."""

    parts: int
    ordered: int
    questions: Sequence[str]


@dataclass(frozen=True)
class Outline:
    """The outline of a page as it is kept: a line on its parts, then a line for each with the ids in it."""

    written: bytes

    @cached_property
    def _shape(self) -> _Shape:
        return _Shape(*json.loads(self.written.partition(b"\n")[0]))

    def holds(self, part: str, *, ordered: bool = False) -> bool:
        """Whether there is such a part, a number or as in q3, of the usual page or another order."""
        if ordered:
            return int(part) <= self._shape.ordered
        if part.startswith("q"):
            return part[1:] in self._shape.questions
        return int(part) <= self._shape.parts

    def to_answer(self, public_id: str) -> str:
        """What stands before the anchor of an answer or a comment in its address."""
        at = self.written.find(f" {public_id} ".encode())
        part = self.written.count(b"\n", 0, at) if at >= 0 else 1
        return f"?page={part}" if part > 1 else ""


def outline_of(page: ChatPage, most: int = MOST) -> Outline:
    """The outline of a page, of which nothing matters but the order of its words."""
    parts = parts_of(page, most)
    shape = _Shape(len(parts.shown), max(1, -(-len(page.words) // most)), [*map(str, parts.questions)])
    ids: dict[int, list[str]] = {number: [] for number in range(1, len(parts.shown) + 1)}
    for public_id, number in parts.answers.items():
        ids[number].append(public_id)
    lines = (json.dumps(shape), *(f" {' '.join(some)} " for some in ids.values()))
    return Outline("\n".join(lines).encode())
