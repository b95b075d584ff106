"""The hour as bars: how many answers came in each minute, where the questions fell, and a sentence for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import NamedTuple

from bot.core.archive.page_words import counted, short_day
from bot.core.times.clockface import clock_words, local
from bot.core.tongue import _, ngettext

MOST_BARS = 90
"""Longer chats get bars of several minutes."""
_TICKS = 4
_AIR = 6
"""Points between the highest bar and the questions' labels."""
_A_DAY, _A_MINUTE = timedelta(days=1), timedelta(minutes=1)
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; all lengths as SVG takes them: x and width in percent, y and height in points."""

    x: str
    width: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A question or a time along the hour; `at` is in percent."""

    at: str
    label: str
    anchor: str = "start"
    inner: bool = False


class Row(NamedTuple):
    """A bar in words: when it begins, its answers, and which questions were asked in it."""

    time: str
    answers: int
    asked: str


@dataclass(frozen=True, slots=True)
class HourChart:
    """A chart ready to be drawn; `floor` is where the bars stand, `lines` the heights of the grid.

    `rows` are the same as a table, without those in which nothing happened; each spans `each` minutes.
    """

    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    times: tuple[Mark, ...]
    lines: tuple[str, ...]
    floor: int
    sentence: str
    rows: tuple[Row, ...] = ()
    each: int = 1


@dataclass(frozen=True, slots=True)
class Hour:
    """What is drawn: an hour with the answers in it and the questions asked."""

    starts: datetime
    ends: datetime
    zone: str
    said: tuple[datetime, ...]
    asked: tuple[tuple[str, datetime], ...]

    @property
    def begins(self) -> datetime:
        """The minute in which it starts: bars stand for minutes of the clock, as times beside answers do."""
        return self.starts.replace(second=0, microsecond=0)

    @property
    def each(self) -> timedelta:
        """How long one bar lasts: a minute, or more where the chat is long."""
        minutes = max(1.0, (self.ends - self.starts) / _A_MINUTE)
        return timedelta(minutes=ceil(minutes / MOST_BARS))


def per_bar(hour: Hour) -> tuple[int, ...]:
    """How many answers each bar stands for; those outside the hour are left out."""
    each = hour.each
    bars = [0] * max(1, ceil((hour.ends - hour.begins) / each))
    for at in hour.said:
        place = (at - hour.begins) // each
        if 0 <= place < len(bars):
            bars[place] += 1
    return tuple(bars)


def hour_chart(hour: Hour, height: int = 132, *, head: int = 20, foot: int = 22) -> HourChart:
    """The chart of an hour, with room above for the questions' labels and below for the times."""
    counts, floor = per_bar(hour), height - foot
    most = max(1, *counts)
    scale = (floor - head - _AIR) / most
    return HourChart(
        _bars(counts, floor, scale),
        tuple(
            Mark(_percent(_along(hour, at)), label)
            for label, at in hour.asked
            if hour.begins <= at < hour.ends
        ),
        _times(hour),
        tuple(f"{floor - line * scale:.0f}" for line in range(_step(most), most + 1, _step(most))),
        floor,
        _sentence(hour, counts),
        _rows(hour, counts),
        hour.each // _A_MINUTE,
    )


def small_chart(counts: Sequence[int], asked: Iterable[float], height: int = 40) -> HourChart:
    """A chart for a list: bars and questions alone; `asked` are parts of the hour."""
    floor = height - 1
    scale = (floor - 9) / max(1, *counts)
    marks = tuple(Mark(_percent(at), "") for at in asked if 0 <= at < 1)
    return HourChart(_bars(counts, floor, scale), marks, (), (), floor, "")


def _bars(counts: Sequence[int], floor: int, scale: float) -> tuple[Bar, ...]:
    slot = 100 / len(counts)
    width = f"{slot * 0.8:.2f}%"
    return tuple(
        Bar(f"{k * slot + slot * 0.1:.2f}%", width, f"{floor - n * scale:.1f}", f"{n * scale:.1f}")
        for k, n in enumerate(counts)
        if n
    )


def _rows(hour: Hour, counts: Sequence[int]) -> tuple[Row, ...]:
    asked: dict[int, list[str]] = {}
    each, days = hour.each, hour.ends - hour.starts > _A_DAY
    for label, at in hour.asked:
        asked.setdefault((at - hour.begins) // each, []).append(label)
    begins = ((k, local(hour.begins + k * each, hour.zone)) for k in range(len(counts)))
    return tuple(
        Row(_begins(here, days), counts[k], ", ".join(asked.get(k, ())))
        for k, here in begins
        if counts[k] or k in asked
    )


def _step(most: int) -> int:
    """How many answers lie between two lines of the grid."""
    return next((size for size in _STEPS if most <= size * 4), most)


def _along(hour: Hour, at: datetime) -> float:
    return (at - hour.begins) / (hour.ends - hour.begins)


def _percent(part: float) -> str:
    return f"{part * 100:.2f}%"


def _times(hour: Hour) -> tuple[Mark, ...]:
    """The times along the hour, none twice; what small screens leave out gives way to the others."""
    anchors = ("start", "start", "middle", "end", "end")
    whole = hour.ends - hour.begins
    at = [hour.begins + whole * k / _TICKS for k in range(_TICKS + 1)]
    first: dict[tuple[date, str], int] = {}
    for k in sorted(range(_TICKS + 1), key=lambda k: k % 2):
        first.setdefault((local(at[k], hour.zone).date(), _tick(hour, at[k])), k)
    return tuple(
        Mark(_percent(k / _TICKS), _tick(hour, at[k]), anchors[k], inner=k % 2 == 1)
        for k in sorted(first.values())
    )


def _tick(hour: Hour, at: datetime) -> str:
    """A time along the hour; along several days the day."""
    here = local(at, hour.zone)
    return clock_words(here.time()) if hour.ends - hour.starts <= _A_DAY else short_day(here)


def _begins(here: datetime, days: bool) -> str:
    """When a bar begins; along several days with the day."""
    at = clock_words(here.time())
    return f"{short_day(here)}, {at}" if days else at


def _sentence(hour: Hour, counts: Sequence[int]) -> str:
    """What the chart shows, for who does not see it."""
    inside, most = sum(counts), max(counts)
    if not inside:
        return _("No answers came during the hour.")
    busiest = _tick(hour, hour.begins + counts.index(most) * hour.each)
    late = len(hour.said) - inside
    came = counted(inside, "answer came", "answers came")
    minutes = hour.each // _A_MINUTE
    said = ngettext(
        "{came} during the hour. The busiest minute, {at}, had {most}.",
        "{came} during the hour. The busiest {minutes} minutes, {at}, had {most}.",
        minutes,
    ).format(came=came, minutes=minutes, at=busiest, most=most)
    after = _("{more} before or after it.").format(more=counted(late, "more came", "more came"))
    return f"{said} {after}" if late else said
