"""Parts of a question that its host put between bars: hidden until somebody looks."""

from __future__ import annotations

from markupsafe import Markup, escape

from bot.core.veils import BARS


def veiled(text: str) -> Markup:
    """The words, with what stands between bars under a veil that opens when it is pointed at or focused."""
    safe = str(escape(text))
    return Markup(BARS.sub(r'<span class="spoiler" tabindex="0">\1</span>', safe))  # noqa: S704 - escaped above
