"""Letters as search compares them: small, and without what stands above and below them."""

from __future__ import annotations

import unicodedata
from typing import Final

_SPANS: Final = (
    *((0x30, 0x3A), (0x41, 0x5B), (0x61, 0x7B), (0xC0, 0x250)),
    *((0x386, 0x3CF), (0x400, 0x482), (0x48A, 0x528), (0x531, 0x557), (0x561, 0x587)),
    *((0x5D0, 0x5EB), (0x620, 0x64B), (0x10D0, 0x10FB), (0xAC00, 0xD7A4)),
)
_OTHERWISE: Final = {0xD7, 0xF7, 0x17F, 0x1E0, 0x1E1, 0x387, 0x38B, 0x38D, 0x3A2}
_PLAIN: Final = frozenset(map(chr, {point for span in _SPANS for point in range(*span)} - _OTHERWISE))
"""Letters of which it is known how the index folds them: those of most alphabets."""
_LIKE: Final = str.maketrans(
    {**dict(zip("đðøłħŧı", "ddolhti", strict=True)), "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th"}
)
"""Letters that no mark can be taken from, and where people look for them in a list of names."""
_ARABIC: Final = str.maketrans(
    "\u0622\u0623\u0625\u0671\u0624\u0626\u0649\u06cc\u06a9\u0629",
    "\u0627\u0627\u0627\u0627\u0648\u064a\u064a\u064a\u0643\u0647",
    "\u0640\u0670" + "".join(map(chr, range(0x64B, 0x656))),
)
"""Forms of alef, waw, yeh, kaf and heh; what only stretches a word, and signs for vowels, are none."""


def plain_arabic(text: str) -> str:
    """The text with one form of each Arabic letter, as triggers write it into the index (0019)."""
    return text.translate(_ARABIC)


def folded(text: str) -> str:
    """The text so that two that a reader takes for the same word are the same."""
    apart = unicodedata.normalize("NFD", plain_arabic(text.lower()))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def alphabetical(name: str) -> tuple[str, str]:
    """What names are ordered by: their plain letters, so that Đorđe stands beside Dora."""
    return folded(name).translate(_LIKE), name


def as_indexed(word: str) -> str | None:
    """A single word exactly as the index holds it; None where that is not known here."""
    if not all(sign in _PLAIN for sign in word):
        return None
    return "".join(_base(sign.lower()) for sign in word)


def _base(sign: str) -> str:
    first = unicodedata.normalize("NFD", sign)[0]
    return first if first.isascii() else sign.replace("ς", "σ")
