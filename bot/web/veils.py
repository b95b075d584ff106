"""Parts of a question that its host put between bars: hidden until somebody looks."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape

_BARS: Final = re.compile(r"\|\|([^|]+(?:\|[^|]+)*)\|\|")
_INSTEAD: Final = "[spoiler]"


def veiled(text: str) -> Markup:
    """The words, with what stands between bars under a veil that opens when it is pointed at or focused."""
    safe = str(escape(text))
    return Markup(_BARS.sub(r'<span class="spoiler" tabindex="0">\1</span>', safe))  # noqa: S704 - escaped above


def masked(text: str) -> str:
    """The words without what stands between bars, for where there is no veil to lift."""
    return _BARS.sub(_INSTEAD, text)
