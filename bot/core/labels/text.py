"""A message made ready for reading its labels: plain characters, and only the writer's own lines."""

import re
import unicodedata

NOT_OWN = ">"
"""Stands where a line was that quotes somebody else."""

NOT_PROSE = "`"
"""Stands where a code span or block was."""

_REMEMBERED = 4_096
_LONGEST = 4  # "(10)" is one character too; what spells a whole phrase is no part of a label
_LOOKALIKES = {
    "\u0410": "A",  # Cyrillic, capital and small
    "\u0430": "a",
    "\u0391": "A",  # Greek
    "\U0001f170": "A",  # the blood group's button
    "\U0001f51f": "10",  # the keycap ten is one character
    "\u2019": "'",
    "\u2018": "'",
    "\u02bc": "'",
    "\u2212": "-",
}
_UNSEEN = re.compile("[\u034f\u115f\u1160\u180b-\u180d\u3164\ufe00-\ufe0f\u20e3\U000e0100-\U000e01ef]")
# "1️⃣ A1:" wears an emoji in front; the digit of "A1️⃣" is its number.
_KEYCAP_WORN = re.compile("(?<![^\\W_])[0-9#*]\ufe0f?\u20e3[ \\t*_~#]{0,4}(?=[^\\W\\d_][0-9])")
_EMPHASIS = re.compile(r"\*++|~~++|\|\|++|__++")
_CODE = re.compile(r"```.*?(?:```|\Z)|`+[^`\n]*+`+", re.DOTALL)
_REPOST = re.compile(r"(?:[@#]\S++\s++)*+(?:RT\b|rt\b\s*+:?\s*+@)")
# Digits under another name (① ² 🔟) and letters in disguise: without any, no number can be meant.
_NUMBER = re.compile(
    "[\\d\u00b2\u00b3\u00b9\u2070-\u2089\u2460-\u24ff\u2776-\u2793\U0001f100-\U0001f10a\U0001f51f]"
)
_DISGUISED = re.compile("[\u00ad\u200b-\u200f\u2060-\u206f\ufeff\uff21-\uff5a\U0001d400-\U0001d7ff]")


class _Plain(dict[int, str]):
    """For `str.translate`: what each character means to a reader of labels, found out once.

    Character by character, since NFKC over a whole text is quadratic in a run of combining marks.
    """

    def __missing__(self, code: int) -> str:
        meant = _meant(chr(code))
        if len(self) < _REMEMBERED:
            self[code] = meant
        return meant


_PLAIN = _Plain()


def may_carry_label(text: str) -> bool:
    """Tell cheaply whether a text could hold a label at all; most chat cannot."""
    if _NUMBER.search(text):
        return True
    small = text.lower()
    return "final" in small or "last" in small or not (text.isascii() or _DISGUISED.search(text) is None)


def own_lines(text: str) -> list[str]:
    """Give the lines a person wrote; quotes and code leave a mark, reposts end them. The text is plain."""
    return _own(_without_marks(text).splitlines())


def quoted_lines(text: str) -> list[str]:
    """Give the lines of a plain text that quote somebody, without their quote marks."""
    lines = [line.strip() for line in _without_marks(text).splitlines()]
    return [line.lstrip("> ") for line in lines if line.startswith(">")]


def plain(text: str) -> str:
    """Give a text as a reader of labels sees it: no disguised letters or digits, nothing unseen."""
    if text.isascii():
        return text
    return (_KEYCAP_WORN.sub("", text) if "\u20e3" in text else text).translate(_PLAIN)


def _meant(letter: str) -> str:
    if unicodedata.category(letter) == "Cf" or _UNSEEN.match(letter):
        return ""
    if unicodedata.category(letter) == "Pd":
        return "-"
    spelt = _LOOKALIKES.get(letter) or unicodedata.normalize("NFKC", letter)
    return spelt if len(spelt) <= _LONGEST else letter


def _without_marks(text: str) -> str:
    if "`" in text:
        text = _CODE.sub(NOT_PROSE, text)
    if "*" in text or "__" in text or "~~" in text or "||" in text:
        text = _EMPHASIS.sub("", text)
    return text


def _own(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for line in lines:
        stripped = line.strip()
        if stripped.startswith(">>>") or _REPOST.match(stripped):
            kept.append(NOT_OWN)
            break
        kept.append(NOT_OWN if stripped.startswith(">") else stripped)
    return kept
