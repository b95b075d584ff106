"""Letters as search compares them: small, and without what stands above and below them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, product, zip_longest
from typing import Final

_SPANS: Final = (
    *((0x30, 0x3A), (0x41, 0x5B), (0x61, 0x7B), (0xC0, 0x250)),
    *((0x386, 0x3CF), (0x400, 0x482), (0x48A, 0x528), (0x531, 0x557), (0x561, 0x587)),
    *((0x5D0, 0x5EB), (0x620, 0x64B), (0x10D0, 0x10FB), (0xAC00, 0xD7A4)),
    # Devanagari, Bengali, Gurmukhi, Gujarati, Tamil, Telugu, Kannada and Malayalam, with their vowel signs.
    *((0x905, 0x93A), (0x93E, 0x94E), (0x985, 0x98D), (0x9AA, 0x9B1), (0x9BE, 0x9C5), (0xA15, 0xA29)),
    *((0xA3E, 0xA43), (0xA95, 0xAA9), (0xABE, 0xAC6), (0xB8E, 0xB91), (0xBBE, 0xBC3), (0xBC6, 0xBC9)),
    *((0xC12, 0xC29), (0xC3E, 0xC45), (0xC92, 0xCA9), (0xCBE, 0xCC5), (0xD12, 0xD29), (0xD3E, 0xD44)),
)
_OTHERWISE: Final = {0xD7, 0xF7, 0x17F, 0x1E0, 0x1E1, 0x387, 0x38B, 0x38D, 0x3A2}
_PLAIN: Final = frozenset(map(chr, {point for span in _SPANS for point in range(*span)} - _OTHERWISE))
"""Letters of which it is known how the index folds them: those of most alphabets."""
_LIKE: Final = str.maketrans(
    {**dict(zip("đðøłħŧı", "ddolhti", strict=True)), "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that no mark can be taken from, and where people look for them."""
_ARABIC: Final = str.maketrans(
    "\u0622\u0623\u0625\u0671\u0624\u0626\u0649\u06cc\u06a9\u0629",
    "\u0627\u0627\u0627\u0627\u0648\u064a\u064a\u064a\u0643\u0647",
    "\u0640\u0670" + "".join(map(chr, range(0x64B, 0x656))),
)
"""Forms of alef, waw, yeh, kaf and heh; what only stretches a word, and signs for vowels, are none."""
_LEFT_OUT: Final = frozenset(
    chr(point)
    for span in (
        *((0x591, 0x5BE), (0x5BF, 0x5C0), (0x5C1, 0x5C3), (0x5C4, 0x5C6), (0x5C7, 0x5C8)),
        *((0x610, 0x61B), (0x656, 0x660), (0x6D6, 0x6DD), (0x6DF, 0x6E5), (0x6E7, 0x6E9), (0x6EA, 0x6EE)),
        *((0x345, 0x346), (0x93C, 0x93D), (0x200D, 0x200E)),
    )
    for point in range(*span)
)
"""Points of Hebrew, signs above Arabic, a dot that few type in Hindi, and what only joins two letters."""
_MADE_OF_PARTS: Final = (0x386, 0x3CF), (0x900, 0xE00), (0x1F00, 0x1FFD), (0xFB1D, 0xFB4F)
"""Greek, the scripts of India and Hebrew, where one letter may be written as several or with accents."""
ALIKE: Final = {
    **{chr(one): chr(plain) if plain else "" for one, plain in _ARABIC.items()},
    "ß": "ss",
    "ẞ": "ss",
}
"""Letters with what each counts as in the search of a copy, whose index brings few together by itself."""
UNSPACED: Final = (
    "\u0e00-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Signs of languages that put no space between words, as a class of an expression."""
_SIGN: Final = re.compile(f"([{UNSPACED}])(\\.*)")  # a full stop stays, for pagefind adds one to a paragraph
_APART: Final = re.compile(f"(?:[{UNSPACED}]\\.*|[^\\s{UNSPACED}]+)\\s*")
_RUNES: Final = str.maketrans({f"{digit:x}": chr(0x16A0 + digit) for digit in range(16)})
_DIGITS: Final = {ord(rune): digit for digit, rune in _RUNES.items()}
_RUNIC: Final = re.compile("[\u16a0-\u16af]{3,5}")
_PLAINLY: Final = str.maketrans(ALIKE)
_NONE: Final = "".join(one for one, plain in ALIKE.items() if not plain)
_NONE_ALONE: Final = re.compile(f"(?<![^\\s>])[{_NONE}]+(?![^\\s<])")
_SHARP_S: Final = re.compile("ss|[ßẞ]", re.IGNORECASE | re.ASCII)
_SHARP_S_OR_HALF: Final = re.compile(r"ss|[ßẞ]|s\Z", re.IGNORECASE | re.ASCII)
_MOST_SHARP: Final = 3
"""Each place of a ß doubles how a word may be spelled; where there are more, all are spelled alike."""


def plain_signs(text: str) -> str:
    """The text with one form of each letter, as triggers write it into the index (0019 and 0021)."""
    return text.translate(_SIGNS)


def _parts() -> Iterator[tuple[str, str]]:
    """Letters made of parts, as the parts that count."""
    for sign in (chr(point) for span in _MADE_OF_PARTS for point in range(*span)):
        apart = (one for one in unicodedata.normalize("NFD", sign) if not "\u0300" <= one < "\u0370")
        parts = "".join(one for one in apart if one not in _LEFT_OUT)
        if unicodedata.category(sign)[0] in "LM" and sign not in _LEFT_OUT and parts != sign:
            yield sign, parts


SIGNS: Final = {
    **{chr(one): chr(plain) if plain else "" for one, plain in _ARABIC.items()},
    **{chr(one): plain for one, plain in _LIKE.items()},
    **{chr(one).upper(): plain for one, plain in _LIKE.items() if one != 0x131},
    **dict.fromkeys("ёЁ", "е"),
    **dict.fromkeys(_LEFT_OUT, ""),
    **dict(_parts()),
}
"""Letters with what each counts as in the index of the live search."""
_SIGNS: Final = str.maketrans(SIGNS)


def plain_letters(text: str) -> str:
    """The text, or the HTML, with one way to write letters that count as the same, and with as many words."""
    return _NONE_ALONE.sub("-", text).translate(_PLAINLY)


def signs_named(text: str) -> str:
    """The text, or the HTML, with a word for each sign of languages without spaces: its number in runes."""
    return _SIGN.sub(lambda sign: f" {f'{ord(sign[1]):x}'.translate(_RUNES)}{sign[2]} ", text)


def signs_back(text: str) -> str:
    """The text with the signs whose names stand there."""
    return _RUNIC.sub(lambda name: chr(int(name[0].translate(_DIGITS), 16)), text)


def signs_apart(text: str) -> list[str]:
    """The words of a text with the spaces behind them, in which each sign of that kind is one."""
    return _APART.findall(text)


def folded(text: str) -> str:
    """The text so that two that a reader takes for the same word are the same."""
    apart = unicodedata.normalize("NFD", plain_signs(text.lower()).replace("ß", "ss"))
    return "".join(sign for sign in apart if not "\u0300" <= sign < "\u0370")


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
    return folded(name), name


def as_indexed(word: str) -> str | None:
    """A single word exactly as the index holds it; None where that is not known here."""
    if not all(sign in _PLAIN for sign in word):
        return None
    return "".join(_base(sign.lower()) for sign in word)


def _base(sign: str) -> str:
    first = unicodedata.normalize("NFD", sign)[0]
    return first if first.isascii() else sign.replace("ς", "σ")
