"""Which way words run: a label in Latin letters before Arabic or Hebrew ones does not choose it."""

from __future__ import annotations

import re
from typing import Final

_RIGHT_TO_LEFT: Final = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_LABEL: Final = re.compile(
    rf"\A<p>((?:<strong>)?[A-Za-z]{{1,10}} ?\d{{1,3}}(?: ?[:.)–—-])?(?:</strong>)?)(?=\s*{_RIGHT_TO_LEFT})"
)


def kept_apart(html: str) -> str:
    """The same with a label before such words by itself: it does not count where the way is found out."""
    return _LABEL.sub(r"<p><bdi>\1</bdi>", html, count=1)
