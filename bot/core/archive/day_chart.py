"""The days of a slow chat as rows: what was asked on each, how many answers came, and a sentence for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.archive.chat_page import ChatPage
from bot.core.archive.page_words import counted
from bot.core.days import counted as days_of
from bot.core.times.clockface import local
from bot.core.tongue import _, spoken


@dataclass(frozen=True, slots=True)
class Row:
    """One day: what was asked, how many answers came, and how long its bar is, in percent."""

    day: str
    asked: str
    answers: int
    bar: str


@dataclass(frozen=True, slots=True)
class DayChart:
    """Rows ready to be shown, and what they say in a sentence."""

    rows: tuple[Row, ...]
    sentence: str


def day_chart(page: ChatPage) -> DayChart:
    """The days of a chat: those that count, others on which somebody answered, and what came afterwards."""
    zone = page.chat.zone
    last = local(page.chat.ends_at - timedelta(seconds=1), zone).date()
    came = Counter(local(answer.said_at, zone).date() for answer in page.answers)
    asked: dict[date, list[str]] = {}
    for one in page.questions:
        if one.question.asked_at:
            asked.setdefault(local(one.question.asked_at, zone).date(), []).append(one.label)
    shown = sorted({*days_of(page.chat, page.series), *(day for day in (*came, *asked) if day <= last)})
    late = sum(number for day, number in came.items() if day > last)
    most = max((late, *(came[day] for day in shown)), default=0)
    rows = [_row(_short(day), asked.get(day, ()), came[day], most) for day in shown]
    rows += [_row(_("Afterwards"), (), late, most)] if late else []
    return DayChart(tuple(rows), _sentence(shown, came, late))


def _row(day: str, asked: list[str] | tuple[str, ...], answers: int, most: int) -> Row:
    return Row(day, ", ".join(asked), answers, f"{100 * answers / max(1, most):.1f}%")


def _short(day: date) -> str:
    return spoken().week_day(day)


def _sentence(shown: list[date], came: Counter[date], late: int) -> str:
    inside = sum(came[day] for day in shown)
    if not inside:
        return _("No answers came during its days.")
    busiest = max(shown, key=lambda day: came[day])
    said = _("{came} in {days}, most of them on {day}: {most}.").format(
        came=counted(inside, "answer came", "answers came"),
        days=counted(len(shown), "day"),
        day=_short(busiest),
        most=came[busiest],
    )
    after = _("{more} afterwards.").format(more=counted(late, "more came", "more came"))
    return f"{said} {after}" if late else said
