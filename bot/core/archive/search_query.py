"""What a reader looks for, read from whatever they typed and chose into one question that is safe to ask."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from bot.core.archive.folding import UNSPACED, plain_signs
from bot.core.model import Refused
from bot.core.plain import storable
from bot.core.sentences import searching as say

LONGEST: Final = 200
"""Letters of which the others are left out; nobody remembers more."""
MOST_WORDS: Final = 20
YEARS: Final = range(1970, 2098)

_PIECE: Final = re.compile(
    r'(?P<prefix>series|from|after|before|q|link):(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]*))'
    r'|"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+)',
    re.IGNORECASE,
)
_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_UNSPACED: Final = re.compile(f"[{UNSPACED}]+")
_JOINER: Final = "\u200d"
"""Stands within words of some languages, and counts for nothing."""
_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?", re.ASCII)
_NUMBER: Final = re.compile(r"[qQ]?([0-9]{1,3})", re.ASCII)
_EXAMPLES: Final = {
    "series": "series:inquiry",
    "from": "from:ana",
    "after": "after:2026-11",
    "before": "before:2026-11",
    "q": "q:3",
    "link": "link:padlet",
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is to begin so, or, as a `whole`, words that stand so one after another."""

    text: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: all of it together.

    `glyphs` are words of languages without spaces, found wherever they stand. `since` is the first day and
    `until` the first that is too late; `cut` says that more was typed than is looked for.
    """

    words: tuple[Word, ...] = ()
    glyphs: tuple[str, ...] = ()
    series: str = ""
    person: str = ""
    since: date | None = None
    until: date | None = None
    number: int | None = None
    link: str = ""
    mine: bool = False
    cut: bool = field(default=False, compare=False)

    @property
    def empty(self) -> bool:
        """Whether nothing is looked for."""
        return self == Query()


def read_query(
    typed: str, *, series: str = "", month: str = "", person: str = "", mine: bool = False
) -> Query:
    """What was typed, with what was chosen beside it; a prefix that makes no sense is refused."""
    text, cut = _cleaned(typed)
    found = Query(series=_cleaned(series)[0], person=_cleaned(person)[0], mine=mine)
    if month.strip():
        found = replace(found, since=_month(month), until=_end(month))
    for piece in _PIECE.finditer(text):
        found = _with(found, piece)
    if len(found.words) + len(found.glyphs) > MOST_WORDS:
        words = found.words[:MOST_WORDS]
        found, cut = replace(found, words=words, glyphs=found.glyphs[: MOST_WORDS - len(words)]), True
    if found.empty and text:
        raise Refused(say.SEARCH_NO_LETTERS)
    return replace(found, cut=cut)


def each_alone(typed: str) -> tuple[tuple[str, str], ...]:
    """Each of several words, and what to type for it alone beside the prefixes; of one word nothing."""
    pieces = list(_PIECE.finditer(_cleaned(typed)[0]))
    beside = [piece[0] for piece in pieces if piece["prefix"]]
    said = " ".join(piece["phrase"] or piece["word"] or "" for piece in pieces if not piece["prefix"])
    words = list(dict.fromkeys(word for word in said.split() if lettered(word)))[:MOST_WORDS]
    return tuple((word, " ".join([word, *beside])) for word in words) if len(words) > 1 else ()


def lettered(text: str) -> bool:
    """Whether there is anything in it that could be looked for."""
    return any(unicodedata.category(sign)[0] in "LN" for sign in text)


def _cleaned(typed: str) -> tuple[str, bool]:
    joined = storable(typed, LONGEST * 4).replace(_JOINER, "")
    line = unicodedata.normalize("NFC", joined).translate(_QUOTES)
    line = " ".join("".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in line).split())
    return line[:LONGEST].strip(), len(line) > LONGEST or len(typed) > LONGEST * 4


def _with(found: Query, piece: re.Match[str]) -> Query:
    if piece["prefix"]:
        return _prefixed(found, piece["prefix"].lower(), (piece["quoted"] or piece["plain"] or "").strip())
    text = piece["phrase"] or piece["word"] or ""
    words = tuple(_words(text, whole=piece["word"] is None))
    glyphs = tuple(run for run in _UNSPACED.findall(text) if lettered(run))
    return replace(found, words=(*found.words, *words), glyphs=(*found.glyphs, *glyphs))


def _words(text: str, *, whole: bool) -> Iterator[Word]:
    for part in _UNSPACED.split(plain_signs(text)):
        if lettered(part):
            # One or two letters begin half of all words, and mean themselves.
            yield Word(part.strip(), whole or (len(part) <= 2 and part.isascii()))


def _prefixed(found: Query, prefix: str, value: str) -> Query:
    if not value:
        raise Refused(say.SEARCH_NO_VALUE, prefix=prefix, example=_EXAMPLES[prefix])
    if prefix == "after":
        since = _day(prefix, value)
        return replace(found, since=max(since, found.since or since))
    if prefix == "before":
        until = _day(prefix, value)
        return replace(found, until=min(until, found.until or until))
    if prefix == "q":
        return replace(found, number=_number(value))
    if prefix == "from":
        return replace(found, person=value)
    return replace(found, series=value) if prefix == "series" else replace(found, link=value)


def _day(prefix: str, value: str) -> date:
    """The day, or the first one of a month or a year."""
    wrong = Refused(say.SEARCH_DATE, prefix=prefix)
    parts = _DATE.fullmatch(value)
    if parts is None or int(parts[1]) not in YEARS:
        raise wrong
    try:
        return date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1))
    except ValueError:
        raise wrong from None


def _number(value: str) -> int:
    if (number := _NUMBER.fullmatch(value)) is None:
        raise Refused(say.SEARCH_NUMBER)
    return int(number[1])


def _month(written: str) -> date:
    parts = _DATE.fullmatch(written.strip())
    if (
        parts is None
        or not parts[2]
        or parts[3]
        or int(parts[1]) not in YEARS
        or not 1 <= int(parts[2]) <= 12
    ):
        raise Refused(say.SEARCH_MONTH)
    return date(int(parts[1]), int(parts[2]), 1)


def _end(written: str) -> date:
    first = _month(written)
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
