"""The words of a chat in other orders than by question: as they came, or by who said them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from bot.core.archive.chat_page import Answer, ChatPage
from bot.core.archive.folding import alphabetical
from bot.core.archive.parts import MOST

BY_TIME: Final = "time"
BY_PERSON: Final = "person"


class Said(NamedTuple):
    """An answer, or a comment `on` one, with the label and the number of each of its questions."""

    under: tuple[tuple[str, int], ...]
    one: Answer
    on: Answer | None


@dataclass(frozen=True, slots=True)
class Ordered:
    """Answers that stand together under a heading, or under none."""

    heading: str
    answers: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class OrderedPart:
    """One part of a chat in another order, the `number`-th `of` so many."""

    groups: tuple[Ordered, ...]
    view: str
    number: int
    of: int
    answers: Mapping[str, int]
    """In which part each answer and comment stands, by its id."""

    def to_answer(self, public_id: str) -> str:
        """What stands before the anchor of an answer in its address."""
        there = self.answers.get(public_id, self.number)
        if there == self.number:
            return ""
        return f"?view={self.view}" + (f"&page={there}" if there > 1 else "")


def ordered_part(page: ChatPage, view: str, number: int = 1, most: int = MOST) -> OrderedPart | None:
    """A part of a chat in another order; None where there are fewer."""
    groups = ordered(page, view)
    stands = {said.one.public_id: at // most + 1 for at, said in enumerate(_all(groups))}
    last = max(stands.values(), default=1)
    if not 1 <= number <= last:
        return None
    return OrderedPart(tuple(_within(groups, (number - 1) * most, most)), view, number, last, stands)


def ordered(page: ChatPage, view: str) -> tuple[Ordered, ...]:
    """All that was said in time order, or by who said it, alphabetically."""
    where: dict[int, Said] = {}
    for asked in page.questions:
        here = (asked.label, asked.question.position)
        for answer in asked.answers:
            for one in answer.with_comments:
                first = where.setdefault(one.message_id, Said((), one, None if one is answer else answer))
                where[one.message_id] = first._replace(under=(*first.under, here))
    said = sorted(where.values(), key=lambda found: (found.one.said_at, found.one.message_id))
    if view == BY_TIME:
        return (Ordered("", tuple(said)),)
    nameless = tuple(found for found in said if found.one.anonymous)
    named = _by_person(found for found in said if not found.one.anonymous)
    return (*named, *((Ordered(nameless[0].one.name, nameless),) if nameless else ()))


def _by_person(said: Iterable[Said]) -> tuple[Ordered, ...]:
    """What each person said; two who go by one name stay two."""
    by: dict[tuple[str, int | None], list[Said]] = {}
    for found in said:
        by.setdefault((found.one.name, found.one.person), []).append(found)
    people = sorted(by, key=lambda who: alphabetical(who[0]))
    return tuple(Ordered(who[0], tuple(by[who])) for who in people)


def _all(groups: Iterable[Ordered]) -> Iterator[Said]:
    return (said for group in groups for said in group.answers)


def _within(groups: Sequence[Ordered], start: int, most: int) -> Iterator[Ordered]:
    """So many words from one on, under the headings they have; a group that is cut has its own in both."""
    before = 0
    for group in groups:
        low, high = max(0, start - before), max(0, start + most - before)
        if group.answers[low:high]:
            yield replace(group, answers=group.answers[low:high])
        before += len(group.answers)
