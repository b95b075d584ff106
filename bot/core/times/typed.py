"""Dates, times and lengths as people type them: in English, or else in the language of their page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from bot.core import sentences
from bot.core.model import Refused
from bot.core.tongue import ENGLISH, heard, hearing

Given = ParamSpec("Given")
Made = TypeVar("Made")
Read = Callable[Concatenate[str, Given], Made]
_UNDERSTOOD = frozenset({sentences.DATE_PAST, sentences.DATE_FAR})
"""Refusals of what was read well: 12:30 am of today is over, and no German half past noon."""


def in_any_tongue(read: Read[Given, Made]) -> Read[Given, Made]:
    """Read words as English; where it makes nothing of them, as their language says it in English."""

    @wraps(read)
    def reading(text: str, /, *args: Given.args, **kwargs: Given.kwargs) -> Made:
        tongue = heard()
        with hearing(ENGLISH):  # a line is read in one language, whatever reads its parts
            try:
                return read(text, *args, **kwargs)
            except Refused as no:
                english = tongue.understood(text)
                if english == text or no.sentence in _UNDERSTOOD:
                    raise
            try:
                return read(english, *args, **kwargs)
            except Refused as no:
                raise _as_typed(no, text) from None

    return reading


def _as_typed(no: Refused, text: str) -> Refused:
    """The same refusal, which repeats what was typed and not what was made of it."""
    said = no.values.get("said")
    if not isinstance(said, str) or said.casefold() in text.casefold():
        return no
    return Refused(no.sentence, **{**no.values, "said": sentences.shortened(" ".join(text.split()))})
