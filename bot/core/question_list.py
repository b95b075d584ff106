"""A question list as people paste it: bullets, numbers and labels off, each line checked, doubts named."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.core import sentences
from bot.core.model import Refused
from bot.core.plain import cut, storable
from bot.core.tongue import worded

LONGEST = 2_000
"""Characters of a question, counted as Discord counts a message: by code point."""

_BULLET = re.compile(r"[-*+\u2022\u2023\u25aa\u2013\u2014\u00b7](?:\s+|\Z)")
_NUMBER = re.compile(r"\(?[0-9]{1,3}[.)]{1,2}(?:(?=\D)\s*|\Z)", re.ASCII)
_SPACES = "\u200b\u200e\u200f\u2060\ufeff" + "".join(filter(str.isspace, map(chr, range(0x3001))))
_SECRET = re.compile(
    r"(?<![\w/.=&-])(?=[\w.~+=-]*[0-9])(?=[\w.~+=-]*[a-z])(?=[\w.~+=-]*[A-Z])[\w.~+=-]{20,}", re.ASCII
)
_PICTURE = re.compile(r"!\[\s*\]\([^()]*\)")
_LINK = re.compile(r"\w+://\S+")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class QuestionList:
    """The questions of a pasted list in order, and what says at what whoever pasted it should look."""

    texts: tuple[str, ...]
    doubts: tuple[Callable[[], str], ...] = ()


def read_questions(lines: Sequence[str], letter: str = "Q") -> QuestionList:
    """One question a line; an empty one between two, or one that is too long, is refused by its number."""
    full = [number for number, line in enumerate(lines) if line.strip(_SPACES)]
    kept = lines[full[0] : full[-1] + 1] if full else ()
    texts = tuple(_question(line, number, letter) for number, line in enumerate(kept, start=1))
    return QuestionList(texts, tuple(_doubts(texts)))


def read_question(text: str, letter: str = "Q") -> QuestionList:
    """One question alone, which may have several lines."""
    bare = _bare(storable(text, len(text)), letter)
    if not bare:
        raise Refused(sentences.QUESTION_EMPTY)
    _need_words(bare)
    if len(bare) > LONGEST:
        raise Refused(sentences.QUESTION_LONG, length=len(bare), limit=LONGEST)
    return QuestionList((bare,), tuple(_doubts((bare,))))


def decoded(raw: bytes) -> str:
    """A file's text: UTF-8, or UTF-16 that says so; anything else is refused rather than guessed."""
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return raw.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(sentences.FILE_UNREADABLE) from None


def _question(line: str, number: int, letter: str) -> str:
    bare = _bare(storable(line, len(line)), letter, number)
    if not bare:
        raise Refused(sentences.QUESTION_LINE_EMPTY, number=number)
    _need_words(bare)
    if len(bare) > LONGEST:
        raise Refused(sentences.QUESTION_LINE_LONG, number=number, length=len(bare), limit=LONGEST)
    return bare


def _need_words(bare: str) -> None:
    """Refuse what is a picture alone that nobody described: who does not see it could not answer."""
    if not _PICTURE.sub("", bare).strip(_SPACES):
        raise Refused(sentences.QUESTION_PICTURE)


def _bare(line: str, letter: str, number: int = 0) -> str:
    """The question's own words: the bot writes the number before them itself."""
    bare = line.strip(_SPACES)
    for mark in (_BULLET, _NUMBER, _NUMBER, _label(letter, number)):
        bare = bare[found.end() :] if (found := mark.match(bare)) else bare
    return bare.strip(_SPACES)


def _label(letter: str, number: int) -> re.Pattern[str]:
    """A label such as "Q1:", with at most one copy of itself; "Q1 " only where that is the line's number."""
    word = rf"(?:Question|Q|{re.escape(letter)})"
    own = rf"|(?<=[Q{re.escape(letter)}]{number})\s" if number else ""
    one = rf"{word}\s?([0-9]{{1,3}})\s?(?:[:.)]|[-\u2013\u2014](?=\s)|\Z{own})\s*"
    return re.compile(rf"{one}(?:{word}\s?\1\s?[:.)]\s*)?", re.IGNORECASE)


def _doubts(texts: Sequence[str]) -> Iterator[Callable[[], str]]:
    seen: dict[str, int] = {}
    for number, text in enumerate(texts, start=1):
        first = seen.setdefault(" ".join(text.casefold().split()), number)
        if first != number:
            yield worded(sentences.QUESTION_TWICE, number=number, first=first, text=cut(text, _SHOWN))
        if _SECRET.search(_LINK.sub(" ", text)):
            yield worded(sentences.QUESTION_DOUBTFUL, number=number)
