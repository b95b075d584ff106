"""Text as people type it, made safe: one plain line, a title, a slug, a clean cut."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from itertools import accumulate

from bot.core import sentences
from bot.core.model import Refused

TITLE_LIMIT = 100
"""Characters of a title, counted as Discord counts a thread's name: by code point."""

_RAW_TITLE_LIMIT = 4_000
_MARKS_PER_BASE = 3
_SLUG_LIMIT = 60
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_BIDI = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_ZERO_WIDTH = {0x00AD, 0x034F, 0x180E, 0x200B, *range(0x2060, 0x2066), *range(0x206A, 0x2070), 0xFEFF}
_CONTROLS = {*range(0x09), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0)}
_UNWANTED = dict.fromkeys(_BIDI | _ZERO_WIDTH | _CONTROLS)
_UNWANTED_IN_LINES = _UNWANTED | dict.fromkeys(map(ord, (_ZWNJ, _ZWJ)))
_SURROGATE = re.compile("[\ud800-\udfff]")
_LOOSE_JOINER = re.compile(f"[{_ZWNJ}{_ZWJ}]{{2,}}|(?<!\\S)[{_ZWNJ}{_ZWJ}]|[{_ZWNJ}{_ZWJ}](?!\\S)")
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_RESERVED = re.compile("con|prn|aux|nul|(?:com|lpt)[0-9]")
_VIRAMA = 9


def plain(text: str, limit: int) -> str:
    """One NFKC line without invisible marks; a NUL or more than `limit` characters is refused."""
    sound = _fitting(_sound(_fitting(text, limit)), limit)
    line = unicodedata.normalize("NFKC", sound).translate(_UNWANTED_IN_LINES)
    return _fitting(" ".join(line.split()), limit)


def title(text: str) -> str:
    """A title as typed, on one line, with at most 100 characters, some of them visible."""
    sound = unicodedata.normalize("NFC", _sound(_fitting(text, _RAW_TITLE_LIMIT)))
    line = " ".join(_LOOSE_JOINER.sub("", sound.translate(_UNWANTED)).split())
    if not any(map(_visible, line)):
        raise Refused(sentences.TITLE_EMPTY)
    return _fitting(calmed(line), TITLE_LIMIT)


def slug(text: str, taken: Collection[str] = ()) -> str:
    """A name for files and addresses: letters, digits and hyphens; -2 and on where it is taken."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", _SURROGATE.sub("", text)).casefold())
    kept = "".join(letter if unicodedata.category(letter)[0] in "LNM" else " " for letter in folded)
    name = cut("-".join(calmed(kept).split()), _SLUG_LIMIT, "").strip("-")
    if not name or _RESERVED.fullmatch(name):
        name = f"{name}-chat".strip("-")
    return _untaken(name, taken)


def cut(text: str, limit: int, ending: str = "…") -> str:
    """At most `limit` characters, never ending inside what a reader sees as one letter or emoji."""
    if len(text) <= limit:
        return text
    if text.isascii():  # where every letter stands alone
        return text[: max(0, limit - len(ending))].rstrip() + ending
    ends = accumulate(map(len, graphemes(text)))
    end = max((end for end in ends if end <= limit - len(ending)), default=0)
    return text[:end].rstrip() + ending


def graphemes(text: str) -> Iterator[str]:
    """What a reader sees as single letters or emoji (after Unicode Annex 29, a little coarser)."""
    cluster = ""
    for letter in text:
        if cluster and not _joins(cluster, letter):
            yield cluster
            cluster = ""
        cluster += letter
    if cluster:
        yield cluster


def _sound(text: str) -> str:
    if "\0" in text:
        raise Refused(sentences.TEXT_NUL)
    return _SURROGATE.sub("\ufffd", text)


def _fitting(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Refused(sentences.TEXT_LONG, length=len(text), limit=limit)
    return text


def _untaken(name: str, taken: Collection[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _visible(letter: str) -> bool:
    return unicodedata.category(letter)[0] not in "ZCM" and letter not in _BLANK_LETTERS


def calmed(text: str, most: int = _MARKS_PER_BASE) -> str:
    """The text with only so many combining marks on each base letter."""
    return "".join(_calmed(text, most))


def _calmed(text: str, most: int) -> Iterator[str]:
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter) in ("Mn", "Me") else 0
        if marks <= most:
            yield letter


def _joins(cluster: str, letter: str) -> bool:
    before = cluster[-1]
    if _extends(letter) or before == _ZWJ:
        return True
    if _flag_half(letter):
        return _flag_half(before) and len(cluster) % 2 == 1
    return unicodedata.combining(before) == _VIRAMA and unicodedata.category(letter) == "Lo"


def _extends(letter: str) -> bool:
    """Marks, joiners, skin tones, emoji tags and conjoining Korean vowels stay with what stands before."""
    return (
        unicodedata.category(letter)[0] == "M"
        or letter in (_ZWNJ, _ZWJ)
        or "\U0001f3fb" <= letter <= "\U0001f3ff"
        or "\U000e0020" <= letter <= "\U000e007f"
        or "\u1160" <= letter <= "\u11ff"
    )


def _flag_half(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def storable(text: str, at_most: int) -> str:
    """Text as it can be stored: no half characters, no NUL, and no longer than `at_most` characters."""
    if len(text) > at_most:
        text = text[:at_most]
    if text.isascii() and "\0" not in text:
        return text
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")
