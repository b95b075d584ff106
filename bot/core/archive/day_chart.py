"""The days of a slow chat as rows: what was asked on each, how many answers came, and a sentence for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.archive.chat_page import ChatPage, Held
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
    """The days of a chat, from its first word on: those that count, others with answers, and what came late.

    While it goes on they end with the day of the last that was asked or answered.
    """
    zone = page.chat.zone
    last = local(page.chat.ends_at - timedelta(seconds=1), zone).date()
    came = Counter(local(answer.said_at, zone).date() for answer in page.answers)
    asked: dict[date, list[str]] = {}
    for one in page.questions:
        if one.question.asked_at:
            asked.setdefault(local(one.question.asked_at, zone).date(), []).append(one.label)
    known = {day for day in (*came, *asked) if day <= last}
    shown = _shown(page, known)
    late = sum(number for day, number in came.items() if day > last)
    most = max((late, *(came[day] for day in shown)), default=0)
    rows = [_row(_short(day), asked.get(day, ()), came[day], most) for day in shown]
    rows += [_row(_("Afterwards"), (), late, most)] if late else []
    return DayChart(tuple(rows), _sentence(page, shown, came, late))


def by_day(held: Held) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """How many answers came on each day of a slow chat, and where along them its questions fell."""
    chat, each = held.chat, (held.chat.ends_at - held.chat.starts_at) / max(1, len(held.minutes))
    first, last = (
        local(at, chat.zone).date() for at in (chat.starts_at, chat.ends_at - timedelta(seconds=1))
    )
    counts = [0] * ((last - first).days + 1)
    for number, answers in enumerate(held.minutes):
        middle = local(chat.starts_at + (number + 0.5) * each, chat.zone).date()
        counts[(middle - first).days] += answers
    asked = ((local(at, chat.zone).date() - first).days / len(counts) for _label, at in held.asked)
    return tuple(counts), tuple(sorted(set(asked)))


def _shown(page: ChatPage, known: set[date]) -> list[date]:
    """The days that are told of, in order."""
    every = days_of(page.chat, page.series)
    begun = min(known, default=every[0])
    until = max(known, default=every[0]) if page.chat.state.live else every[-1]
    return sorted(known | {day for day in every if begun <= day <= until})


def _row(day: str, asked: list[str] | tuple[str, ...], answers: int, most: int) -> Row:
    return Row(day, ", ".join(asked), answers, f"{100 * answers / max(1, most):.1f}%")


def _short(day: date) -> str:
    return spoken().week_day(day)


def _sentence(page: ChatPage, shown: list[date], came: Counter[date], late: int) -> str:
    inside, live = sum(came[day] for day in shown), page.chat.state.live
    if not inside:
        return _("No answers so far.") if live else _("No answers came during its days.")
    busiest = max(shown, key=lambda day: came[day])
    answers, when, most = counted(inside, "answer came", "answers came"), _short(busiest), came[busiest]
    if most == inside:
        said = _("{came}, on {day}.").format(came=answers, day=when)
    elif live:
        said = _("{came} so far, most of them on {day}: {most}.").format(came=answers, day=when, most=most)
    else:
        said = _("{came} in {days}, most of them on {day}: {most}.")
        said = said.format(came=answers, days=_on_days(shown, came), day=when, most=most)
    after = _("{more} afterwards.").format(more=counted(late, "more came", "more came"))
    return f"{said} {after}" if late else said


def _on_days(shown: list[date], came: Counter[date]) -> str:
    """On how many days answers came, as in "6 days" or "4 of 6 days"."""
    days, some = counted(len(shown), "day"), sum(1 for day in shown if came[day])
    return days if some == len(shown) else _("{some} of {days}").format(some=some, days=days)
