"""Paper: what a browser prints, counted in pages."""

from __future__ import annotations

import re
from typing import Final

FORMATS: Final = ("A4", "Letter")
_PAGE: Final = re.compile(rb"/Type\s*/Page\b")


def pages_of(pdf: bytes) -> int:
    """How many pages a printed file has."""
    return len(_PAGE.findall(pdf))
