"""Letters as search compares them: small, and without what stands above and below them."""

from __future__ import annotations

import re
import unicodedata
from itertools import chain, product, zip_longest
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
    {**dict(zip("đðøłħŧı", "ddolhti", strict=True)), "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that no mark can be taken from, and where people look for them in a list of names."""
_ARABIC: Final = str.maketrans(
    "\u0622\u0623\u0625\u0671\u0624\u0626\u0649\u06cc\u06a9\u0629",
    "\u0627\u0627\u0627\u0627\u0648\u064a\u064a\u064a\u0643\u0647",
    "\u0640\u0670" + "".join(map(chr, range(0x64B, 0x656))),
)
"""Forms of alef, waw, yeh, kaf and heh; what only stretches a word, and signs for vowels, are none."""
ALIKE: Final = {
    **{chr(one): chr(plain) if plain else "" for one, plain in _ARABIC.items()},
    "ß": "ss",
    "ẞ": "ss",
}
"""Letters with what each counts as in the search of a copy, whose index brings few together by itself."""
_PLAINLY: Final = str.maketrans(ALIKE)
_NONE: Final = "".join(one for one, plain in ALIKE.items() if not plain)
_NONE_ALONE: Final = re.compile(f"(?<![^\\s>])[{_NONE}]+(?![^\\s<])")
_SHARP_S: Final = re.compile("ss|[ßẞ]", re.IGNORECASE | re.ASCII)
_SHARP_S_OR_HALF: Final = re.compile(r"ss|[ßẞ]|s\Z", re.IGNORECASE | re.ASCII)
_MOST_SHARP: Final = 3
"""Each place of a ß doubles how a word may be spelled; where there are more, all are spelled alike."""


def plain_arabic(text: str) -> str:
    """The text with one form of each Arabic letter, as triggers write it into the index (0019)."""
    return text.translate(_ARABIC)


def plain_letters(text: str) -> str:
    """The text, or the HTML, with one way to write letters that count as the same, and with as many words."""
    return _NONE_ALONE.sub("-", text).translate(_PLAINLY)


def folded(text: str) -> str:
    """The text so that two that a reader takes for the same word are the same."""
    apart = unicodedata.normalize("NFD", plain_arabic(text.lower()).replace("ß", "ss"))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def spellings(word: str, *, begins: bool = False) -> tuple[str, ...]:
    """A word with ß and with ss, which the index keeps apart; one that only `begins` may end within a ß."""
    sharp = _SHARP_S_OR_HALF if begins else _SHARP_S
    between, typed = sharp.split(word), [one.lower() for one in sharp.findall(word)]
    ways = [(one if one == "s" else "ss", "ß") for one in typed]
    chosen = product(*ways) if len(ways) <= _MOST_SHARP else zip(*ways, strict=True)
    spelled = (zip_longest(between, one, fillvalue="") for one in (tuple(typed), *chosen))
    return tuple(dict.fromkeys("".join(chain(*one)) for one in spelled))


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
