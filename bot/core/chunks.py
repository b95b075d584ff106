"""Long text in parts that a network accepts, cut at paragraphs, lines or words."""

import re
from collections.abc import Sequence
from typing import Final

_CUTS = ("\n\n", "\n", ". ", " ")
_WHOLE: Final = re.compile(r"```.*?```|`[^`\n]+`|\[[^\[\]\n]*\]\([^()\s]*\)|https?://\S+", re.DOTALL)
"""Code and links: half of one is of no use to anybody."""

_Span = tuple[int, int]


def chunks(text: str, limit: int) -> list[str]:
    """The text in parts of at most `limit` characters; cut as late and as gently as possible."""
    parts: list[str] = []
    while len(text) > limit:
        at = _cut(text, limit)
        parts.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*parts, text]


def _cut(text: str, limit: int) -> int:
    whole = [found.span() for found in _WHOLE.finditer(text[: 2 * limit])]
    found = (_after_last(mark, text, limit, whole) for mark in _CUTS)
    gently = next((at for at in found if limit // 2 < at <= limit), 0)
    return gently or next((begins for begins, ends in whole if 0 < begins < limit < ends), limit)


def _after_last(mark: str, text: str, limit: int, whole: Sequence[_Span]) -> int:
    """Where the last of these marks ends that is not inside of what stays whole."""
    at = text.rfind(mark, 1, limit)
    while at >= 0 and (inside := _around(at + len(mark), whole)):
        at = text.rfind(mark, 1, inside[0])
    return at + len(mark)


def _around(at: int, whole: Sequence[_Span]) -> _Span | None:
    return next((span for span in whole if span[0] < at < span[1]), None)
