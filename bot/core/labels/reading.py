"""Reading answer labels: which questions a message answers or asks, and why.

The flags say how a label stands:

- `cont`: it goes on from the writer's last message ("A3 cont.", "A2 part 2", "A1 2/2")
- `sub:x`: it names part x of the question ("A1b" has `sub:b`, "A3a&b:" has `sub:a` and `sub:b`)
- `trailing`: it closes the message, among hashtags and links
- `own-line`: it heads a later line, below other words
- `correction`: it labels the writer's previous message ("this is A3"); this message is conversation
- `q-label`: a participant wrote the question's letter
- `final`: it names the last question by "Final", not by number
- `multi`: it names more than one question
- `quoted`: the only labels are somebody else's words, so nothing is filed
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Self

from bot.core import sentences
from bot.core.labels import context as label_context
from bot.core.labels import moderator as label_moderator
from bot.core.labels.forms import Forms, forms
from bot.core.labels.places import Found, announced, labels, led_up_to
from bot.core.labels.text import NOT_OWN, may_carry_label, own_lines, plain, quoted_lines
from bot.core.model import Refused


class Voice(StrEnum):
    """Who speaks: a moderator's question label asks, a participant's answers."""

    PARTICIPANT = "P"
    MODERATOR = "M"


class Kind(StrEnum):
    """What a label makes of a message."""

    ANSWER = "answer"
    QUESTION = "question"
    TEASER = "teaser"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reading:
    """How one text reads; `empty` means a label with no words after it (an attachment may still answer)."""

    kind: Kind
    numbers: tuple[int, ...] = ()
    flags: tuple[str, ...] = ()
    why: str = ""
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of a series: Q1 asks and A1 answers; T/T uses one for both."""

    question: str = "Q"
    answer: str = "A"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "F/A"; anything but two single letters is refused."""
        question, slash, answer = (plain(part).strip().upper() for part in text.partition("/"))
        if not slash or not all(len(letter) == 1 and letter.isalpha() for letter in (question, answer)):
            raise Refused(sentences.LETTERS_BAD, said=text[:20])
        return cls(question, answer)


_USUAL = Letters()
_UNLABELLED = Reading(Kind.NONE, why=sentences.LABEL_NONE)
_QUOTED = Reading(Kind.NONE, flags=("quoted",), why=sentences.LABEL_QUOTED)


def read(text: str, voice: Voice, questions: int, letters: Letters = _USUAL) -> Reading:
    """Read a text's labels in a chat of so many questions; numbers are theirs, in the order written."""
    if not may_carry_label(text):
        return _UNLABELLED
    known = forms(letters.question, letters.answer)
    simple = known.simple.match(text)
    if simple and known.question != known.answer and 1 <= int(simple[1]) <= questions:
        return _simply(known.answer, int(simple[1]))
    seen = plain(text)
    return _carefully(seen, voice, questions, known) if known.hint.search(seen) else _UNLABELLED


@lru_cache(maxsize=256)
def _simply(letter: str, number: int) -> Reading:
    return Reading(Kind.ANSWER, (number,), why=sentences.LABEL_HEAD.format(label=f"{letter}{number}"))


def _carefully(text: str, voice: Voice, questions: int, known: Forms) -> Reading:
    lines = own_lines(text)
    led = announced if voice is Voice.MODERATOR else led_up_to
    found = labels(lines, known, questions) or led(lines, known, questions)
    if not found:
        return _unfiled(text, lines, known, questions)
    return (_moderated if voice is Voice.MODERATOR else _answered)(lines, known, found)


def _answered(lines: list[str], known: Forms, found: list[Found]) -> Reading:
    by_question = known.question != known.answer and all(one.letters == known.question for one in found)
    flags = (*_flags(lines, found), *(("q-label",) if by_question else ()))
    return _answer(lines, found, flags)


def _answer(lines: list[str], found: list[Found], flags: tuple[str, ...]) -> Reading:
    numbers = _numbers(found)
    flags += ("multi",) if len(numbers) > 1 else ()
    return Reading(Kind.ANSWER, numbers, flags, found[0].why, _empty(lines, found))


def _moderated(lines: list[str], known: Forms, found: list[Found]) -> Reading:
    asks = known.question in found[0].letters
    alike = [one for one in found if (known.question in one.letters) == asks]
    if not asks:
        return _answer(lines, alike, _flags(lines, alike))
    return _asked(lines, known, alike)


def _asked(lines: list[str], known: Forms, found: list[Found]) -> Reading:
    first = found[0]
    if not _is_meant(lines, first, known):
        return Reading(Kind.NONE, why=first.says(sentences.QUESTION_SPOKEN_OF))
    if _is_promised(lines[first.index], first):
        return _teaser(first)
    numbers = _numbers(found)
    flags = (*_flags(lines, found), *(("multi",) if len(numbers) > 1 else ()))
    return Reading(Kind.QUESTION, numbers, flags, first.says(sentences.QUESTION_ASKED), _empty(lines, found))


def _is_meant(lines: list[str], found: Found, known: Forms) -> bool:
    if found.place == "correction" or (found.place == "trailing" and "?" not in "".join(lines)):
        return False
    spoken_of = label_moderator.speaks_of(lines[found.index], found.label, known)
    return not spoken_of and not label_moderator.repeats(lines, found.index, found.label)


def _is_promised(line: str, found: Found) -> bool:
    if found.reason == sentences.LABEL_LEAD:
        return not label_context.has_own_text(line, found.label)
    return label_moderator.teases(line, found.label)


def _teaser(found: Found) -> Reading:
    flags = ("final",) if found.label.final else ()
    return Reading(Kind.TEASER, found.numbers, flags, found.says(sentences.QUESTION_TEASED))


def _numbers(found: list[Found]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(number for one in found for number in one.numbers))


def _flags(lines: list[str], found: list[Found]) -> tuple[str, ...]:
    return tuple(_each_flag(lines, found))


def _each_flag(lines: list[str], found: list[Found]) -> Iterator[str]:
    if any(label_context.continues(lines[one.index], one.label) for one in found):
        yield "cont"
    yield from dict.fromkeys(f"sub:{sub}" for one in found for sub in one.label.subs)
    if found[0].place:
        yield found[0].place
    if any(one.label.final for one in found):
        yield "final"


def _empty(lines: list[str], found: list[Found]) -> bool:
    """Nothing but labels, hashtags and mentions stands in the writer's own lines."""
    ends = {one.index: one.label.end for one in found if one.place not in ("correction", "trailing")}
    own = (index for index, line in enumerate(lines) if line != NOT_OWN)
    return all(label_context.bare(lines[index], ends.get(index, 0)) for index in own)


def _unfiled(text: str, lines: list[str], known: Forms, questions: int) -> Reading:
    if any(map(known.head, lines)):
        return Reading(Kind.NONE, why=sentences.LABEL_OUTSIDE.format(questions=questions))
    if NOT_OWN in lines and any(known.head(line) for line in quoted_lines(text)):
        return _QUOTED
    return _UNLABELLED
