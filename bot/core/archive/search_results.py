"""What a search found, chat by chat, and the words around it with what was looked for marked."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from html import unescape
from typing import Final

from bot.core.archive.chat_page import Listed
from bot.core.archive.folding import folded
from bot.core.archive.search_query import Query, Word
from bot.core.veils import masked_html

WIDTH: Final = 240
"""Letters of the words that are shown of one thing that was found."""
BEFORE: Final = 80
_BLOCK: Final = re.compile(r"</?(?:p|br|hr|li|ul|ol|blockquote|pre|h[1-6]|tr|td|th)\b[^>]*>")
_TAG: Final = re.compile(r"<[^>]*>")
_WITHIN: Final = "".join(
    chr(point)
    for span in ((0x300, 0x2000), (0xA66F, 0xAC00), (0x10A00, 0x11E00), (0x1E000, 0x1E950))
    for point in range(*span)
    if unicodedata.category(chr(point)) in ("Mn", "Mc")
)
"""Signs that stand within words: vowels, points and accents."""
_TOKEN: Final = re.compile(f"(?:[^\\W_]|[{_WITHIN}\u200d])+")


class Sort(StrEnum):
    """What was found."""

    ANSWER = "answer"
    COMMENT = "comment"
    QUESTION = "question"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, marked where they are what was looked for."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found.

    `mark` is the end of its address after that of its chat's page, "" for the chat itself; what was said has
    none: by its `public_id` a permalink leads to it.
    """

    sort: Sort
    pieces: tuple[Piece, ...]
    mark: str = ""
    public_id: str = ""
    name: str = ""
    number: int | None = None
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundIn:
    """What was found in one chat, the first few of it; `more` says that there is more."""

    listed: Listed
    hits: tuple[Hit, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Chats in which something was found, the newest first; `older` leads on to older ones."""

    chats: tuple[FoundIn, ...] = ()
    older: int | None = None


def words_of(html: str) -> str:
    """The words of safe HTML on one line, without what stands under a veil."""
    apart = _TAG.sub("", _BLOCK.sub(" ", masked_html(html)))
    return " ".join(unescape(apart).split())


def excerpt(text: str, query: Query, width: int = WIDTH) -> tuple[Piece, ...]:
    """The words around the first thing that was looked for, with all of it marked."""
    spans = _merged(sorted([*_of_words(text, query.words), *_of_glyphs(text, query.glyphs)]))
    start, end = _window(text, spans[0] if spans else (0, 0), width)
    pieces, at = [Piece("…")] if start else [], start
    for low, high in spans:
        if low >= end:
            break
        if low >= at:
            pieces += [Piece(text[at:low])] if low > at else []
            pieces.append(Piece(text[low : min(high, end)], marked=True))
            at = min(high, end)
    pieces += [Piece(text[at:end])] if end > at else []
    return (*pieces, Piece("…")) if end < len(text) else tuple(pieces)


def _of_words(text: str, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    tokens = [(one.start(), one.end(), folded(one[0])) for one in _TOKEN.finditer(text)]
    for word in words:
        wanted = [folded(part) for part in _TOKEN.findall(word.text)]
        for at in range(len(tokens) - len(wanted) + 1 if wanted else 0):
            if _stands(tokens, at, wanted, word.whole):
                yield tokens[at][0], tokens[at + len(wanted) - 1][1]


def _stands(tokens: Sequence[tuple[int, int, str]], at: int, wanted: Sequence[str], whole: bool) -> bool:
    *firsts, last = wanted
    if any(tokens[at + k][2] != one for k, one in enumerate(firsts)):
        return False
    there = tokens[at + len(firsts)][2]
    return there == last if whole else there.startswith(last)


def _of_glyphs(text: str, glyphs: Sequence[str]) -> Iterator[tuple[int, int]]:
    for glyph in glyphs:
        at = text.find(glyph)
        while at >= 0:
            yield at, at + len(glyph)
            at = text.find(glyph, at + len(glyph))


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    apart: list[tuple[int, int]] = []
    for low, high in spans:
        if apart and low < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(high, apart[-1][1]))
        else:
            apart.append((low, high))
    return apart


def _window(text: str, first: tuple[int, int], width: int) -> tuple[int, int]:
    """From where to where the text is shown, cut between words where there are any."""
    if len(text) <= width:
        return 0, len(text)
    spaces = [at for at, sign in enumerate(text) if sign == " "]
    start = max(0, min(first[0] - BEFORE, len(text) - width))
    if start:
        near = bisect_left(spaces, start)
        start = spaces[near] + 1 if near < len(spaces) and spaces[near] < first[0] else start
    end = min(len(text), start + width)
    if end < len(text):
        near = bisect_left(spaces, end)
        end = spaces[near - 1] if near and spaces[near - 1] > max(start, first[1]) else end
    while 0 < start < len(text) and unicodedata.combining(text[start]):
        start -= 1
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return start, end
