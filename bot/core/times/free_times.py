"""One chat at a time in a place: where two meet, and the next hour that is free."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter

HOUR = timedelta(hours=1)
_HOURS_TRIED = 24


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a place is taken, by what, and which place that is."""

    starts_at: datetime
    ends_at: datetime
    title: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two spans that meet, `own` if both are mine, and after how many hours all would be free."""

    mine: Span
    other: Span
    own: bool = False
    free_after: int | None = None

    @property
    def meet_at(self) -> datetime:
        """The first moment at which both are held."""
        return max(self.mine.starts_at, self.other.starts_at)

    @property
    def free_at(self) -> datetime | None:
        """When mine could begin instead."""
        return self.mine.starts_at + self.free_after * HOUR if self.free_after else None


def clash(mine: Iterable[Span], theirs: Iterable[Span]) -> Clash | None:
    """Where these spans first meet others, or each other, with the next hour that is free for all of them."""
    wanted, taken = sorted(mine, key=_START), sorted(theirs, key=_START)
    found = next(
        (Clash(two, one, own=True) for one, two in pairwise(wanted) if two.starts_at < one.ends_at), None
    )
    if found or not (found := _first(wanted, taken)):
        return found
    later = range(1, _HOURS_TRIED)
    free = (hours for hours in later if not _first([_later(span, hours) for span in wanted], taken))
    return replace(found, free_after=next(free, None))


_START = attrgetter("starts_at")


def _first(wanted: Sequence[Span], taken: Sequence[Span]) -> Clash | None:
    longest = max((span.ends_at - span.starts_at for span in taken), default=timedelta())
    for span in wanted:
        near = bisect_left(taken, span.starts_at - longest, key=_START)
        while near < len(taken) and taken[near].starts_at < span.ends_at:
            if taken[near].ends_at > span.starts_at:
                return Clash(span, taken[near])
            near += 1
    return None


def _later(span: Span, hours: int) -> Span:
    return Span(span.starts_at + hours * HOUR, span.ends_at + hours * HOUR, span.title)
