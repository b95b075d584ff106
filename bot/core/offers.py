"""Suggested next commands, as they stand on buttons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.core.tongue import _, spoken


@dataclass(frozen=True, slots=True)
class Offer:
    """A suggested next command: a button, or a line to copy; `line` has no leading "!edchat".

    A `form` asks for what its line lacks. A label that is made of `words` with holes keeps these and their
    `values`, so that it can be said in another language; a `day` among them is written as 2026-11-24.
    """

    label: str
    line: str
    form: bool = False
    words: str = field(default="", compare=False)
    values: Mapping[str, str] = field(default_factory=dict, compare=False)

    def said(self) -> str:
        """The label in the language that is spoken."""
        return _worded(self.words, self.values) if self.words else _(self.label)


def offered(words: str, line: str, **values: str) -> Offer:
    """An offer whose label is made of words with holes; its label is as it is said here and now."""
    return Offer(_worded(words, values), line, words=words, values=values)


def _worded(words: str, values: Mapping[str, str]) -> str:
    days = {name: spoken().week_day(date.fromisoformat(at)) for name, at in values.items() if name == "day"}
    return _(words).format(**{**values, **days})
