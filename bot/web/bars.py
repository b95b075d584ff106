"""Bars of a chart as SVG: many on every page of a chat, so they are written out by hand."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from bot.core.archive.hour_chart import Bar


def bars(some: Iterable[Bar]) -> Markup:
    """The bars, by attributes alone."""
    drawn = [
        f'<rect class="b" x="{one.x}" width="{one.width}" y="{one.y}" height="{one.height}"/>' for one in some
    ]
    return Markup("".join(drawn))  # noqa: S704 - made of numbers
