"""The weekdays of a slow chat as people write them."""

import re
from functools import partial

from bot.core import sentences
from bot.core.model import Refused
from bot.core.plain import plain
from bot.core.times.typed import in_any_tongue
from bot.core.times.when import DAY_NAMES

_LIMIT = 100
_GROUPS = {
    "weekdays": range(5),
    "weekday": range(5),
    "every day": range(7),
    "daily": range(7),
    "all week": range(7),
}
_BETWEEN = re.compile(r"\s*(?:,|;|\band\b|&|\+|/)\s*")
_THROUGH = re.compile(r"\s*(?:-|–|—|\bto\b|\bthrough\b|\bthru\b)\s*")
USUAL = tuple(range(6))
"""Monday to Saturday, where nobody says otherwise."""


@in_any_tongue
def parse_days(text: str) -> tuple[int, ...]:
    """Weekdays (0 is Monday) in the order given, from "Mon-Sat", "weekdays" or "Mon, Wed and Fri"."""
    said = plain(text, _LIMIT).casefold()
    if said in _GROUPS:
        return tuple(_GROUPS[said])
    found = [day for part in _BETWEEN.split(said) if part for day in _part(part, said)]
    if not found:
        raise Refused(sentences.DAYS_BAD, said=said)
    twice = next((day for day in found if found.count(day) > 1), None)
    if twice is not None:
        raise Refused(sentences.DAYS_TWICE, day=partial(sentences.weekday_words, twice))
    return tuple(found)


def _part(part: str, said: str) -> list[int]:
    ends = [DAY_NAMES.get(name.strip(" .")) for name in _THROUGH.split(part)]
    if not 1 <= len(ends) <= 2 or None in ends:
        raise Refused(sentences.DAYS_BAD, said=said)
    first, last = int(ends[0] or 0), int(ends[-1] or 0)
    return [(first + k) % 7 for k in range((last - first) % 7 + 1)]
