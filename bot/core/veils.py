"""Words under a veil: what stands instead of them where there is none that a reader could lift."""

import re
from collections.abc import Iterator
from typing import Final

BARS: Final = re.compile(r"\|\|([^|]+(?:\|[^|]+)*)\|\|")
"""What a host put between bars in a question."""
INSTEAD: Final = "[spoiler]"
_SPAN: Final = re.compile(r"(<span\b[^>]*>|</span>)")
_OPENS: Final = '<span class="spoiler"'


def masked(text: str) -> str:
    """The words without what stands between bars."""
    return BARS.sub(INSTEAD, text)


def masked_html(html: str) -> str:
    """Safe HTML without what stands in its spoilers, whatever stands in those."""
    return "".join(_unveiled(html)) if _OPENS in html else html


def _unveiled(html: str) -> Iterator[str]:
    under = 0
    for piece in _SPAN.split(html):
        if under:
            under += piece.startswith("<span") - (piece == "</span>")
        elif piece.startswith(_OPENS):
            under = 1
            yield INSTEAD
        else:
            yield piece
