"""The page of a chat with very many answers in parts, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter

from bot.core.archive.chat_page import Answered, ChatPage

MOST = 500
"""Answers of one part; an hour of three hundred people has fewer."""
_ID = attrgetter("public_id")


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


@dataclass(frozen=True, slots=True)
class Parts:
    """All parts of a page: what is `shown` in each, and in which one questions begin and answers stand."""

    shown: tuple[tuple[tuple[Answered, Answered], ...], ...]
    questions: Mapping[int, int]
    answers: Mapping[str, int]

    def part(self, number: int = 1) -> Part | None:
        """One of them; None where there are fewer."""
        if not 1 <= number <= len(self.shown):
            return None
        return Part(self.shown[number - 1], number, len(self.shown), self.questions, self.answers)

    def called(self, word: str) -> Part | None:
        """The part that an address names: by its number, or as in q3 by the question that begins in it."""
        if not word.startswith("q"):
            return self.part(int(word or 1))
        return self.part(self.questions.get(int(word[1:]), 0))


def parts_of(page: ChatPage, most: int = MOST) -> Parts:
    """The parts of a page; one with not so many answers is one part."""
    if sum(len(asked.answers) for asked in page.questions) <= most:
        begins = {asked.question.position: 1 for asked in page.questions}
        return Parts((tuple((asked, asked) for asked in page.questions),), begins, {})
    shown: dict[int, list[tuple[Answered, Answered]]] = {}
    stands: dict[str, int] = {}
    pieces = tuple(_pieces(page, most))
    for where, whole, piece in pieces:
        shown.setdefault(where, []).append((whole, piece))
    for where, _, piece in reversed(pieces):  # what is there again leads to where it stands first
        stands.update(dict.fromkeys(map(_ID, piece.words), where))
    begins = {whole.question.position: where for where, whole, _ in reversed(pieces)}
    return Parts(tuple(tuple(shown[where]) for where in sorted(shown)), begins, stands)


def part_of(page: ChatPage, number: int = 1, most: int = MOST) -> Part | None:
    """A part of a page; None where there are fewer."""
    return parts_of(page, most).part(number)


def part_called(page: ChatPage, word: str, most: int = MOST) -> Part | None:
    """The part of a page that an address names."""
    return parts_of(page, most).called(word)


def to_question(position: int, *, many: bool) -> str:
    """The end of a question's address for who does not know its part; `many` says whether there are some."""
    return f"?page=q{position}#q{position}" if many else f"#q{position}"


def to_copied_question(position: int, *, many: bool) -> str:
    """The same in a copy of the archive, where each part is a folder of its own."""
    return f"page-q{position}/#q{position}" if many else f"#q{position}"


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
