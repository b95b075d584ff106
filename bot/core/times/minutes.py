"""Durations as people type them, in whole minutes."""

import re
from functools import partial

from bot.core import sentences
from bot.core.model import Refused
from bot.core.plain import plain
from bot.core.times.typed import in_any_tongue

LIVE_MINUTES = 120
"""The longest that a live chat or one of its questions may take."""

SLOW_MINUTES = 14 * 24 * 60
"""The longest that a slow chat may take: fourteen days."""

_LIMIT = 40
_DURATION = re.compile(
    r"(?:([0-9]+) ?d(?:ays?)?)?,? ?(?:([0-9]+) ?h(?:(?:ou)?rs?)?)?,? ?(?:([0-9]+) ?(?:m(?:in(?:ute)?s?)?)?)?",
    re.ASCII,
)


@in_any_tongue
def parse_minutes(text: str, low: int = 1, high: int = LIVE_MINUTES) -> int:
    """Minutes from "8", "8 min", "1h", "1 h 30", "90 minutes" or "2 days"; outside low..high is refused."""
    said = plain(text, _LIMIT)
    found = _DURATION.fullmatch(said.casefold().replace(" and ", " "))
    if not said or not found:
        raise Refused(sentences.MINUTES_BAD, said=said)
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return _within(days * 1440 + hours * 60 + minutes, low, high)


def _within(minutes: int, low: int, high: int) -> int:
    if minutes < low:
        raise Refused(sentences.MINUTES_LOW, low=partial(sentences.minutes_words, low))
    if minutes > high:
        raise Refused(sentences.MINUTES_HIGH, high=partial(_cap_words, high))
    return minutes


def _cap_words(high: int) -> str:
    return f"{high} min" if high % 1440 else sentences.minutes_words(high)
