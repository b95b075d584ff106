"""The page of a chat with very many answers in parts, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.core.archive.chat_page import Answered, ChatPage

MOST = 500
"""Answers of one part; an hour of three hundred people has fewer."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a page, the `number`-th `of` so many: each question whole, and what of it is shown here."""

    shown: tuple[tuple[Answered, Answered], ...]
    number: int = 1
    of: int = 1
    questions: Mapping[int, int] = field(default_factory=dict)
    """In which part each question begins, by its number."""
    answers: Mapping[str, int] = field(default_factory=dict)
    """In which part each answer and comment stands, by its id."""

    def to_question(self, position: int) -> str:
        """What stands before the anchor of a question in its address."""
        return self._to(self.questions.get(position, self.number))

    def to_answer(self, public_id: str) -> str:
        """What stands before the anchor of an answer in its address."""
        return self._to(self.answers.get(public_id, self.number))

    def _to(self, number: int) -> str:
        return "" if number == self.number else f"?page={number}"


def part_of(page: ChatPage, number: int = 1, most: int = MOST) -> Part | None:
    """A part of a page; None where there are fewer. A page with not so many answers is one part."""
    if sum(len(asked.answers) for asked in page.questions) <= most:
        return Part(tuple((asked, asked) for asked in page.questions)) if number == 1 else None
    pieces = tuple(_pieces(page, most))
    last = max(where for where, _, _ in pieces)
    if not 1 <= number <= last:
        return None
    shown = tuple((whole, piece) for where, whole, piece in pieces if where == number)
    begins: dict[int, int] = {}
    for where, whole, _ in pieces:
        begins.setdefault(whole.question.position, where)
    stands = {
        one.public_id: where
        for where, _, piece in reversed(pieces)
        for answer in piece.answers
        for one in answer.with_comments
    }
    return Part(shown, number, last, begins, stands)


def part_called(page: ChatPage, word: str, most: int = MOST) -> Part | None:
    """The part that an address names: by its number, or as in q3 by the question that begins in it."""
    if not word.startswith("q"):
        return part_of(page, int(word or 1), most)
    first, position = part_of(page, 1, most), int(word[1:])
    if first is None or position not in {asked.question.position for asked in page.questions}:
        return None
    return part_of(page, first.questions.get(position, 1), most)


def to_question(position: int, *, many: bool) -> str:
    """The end of a question's address for who does not know its part; `many` says whether there are some."""
    return f"?page=q{position}#q{position}" if many else f"#q{position}"


def _pieces(page: ChatPage, most: int) -> Iterator[tuple[int, Answered, Answered]]:
    """Each question in as many pieces as it is shown in, with the number of the part it is in."""
    before = 0
    for asked in page.questions:
        picked, rest = asked.parted
        answers = asked.answers if page.chat.state.live else picked + rest
        start = before
        while start == before or start < before + len(answers):
            ends = (start // most + 1) * most
            yield start // most + 1, asked, replace(asked, answers=answers[start - before : ends - before])
            start = ends
        before += len(answers)
