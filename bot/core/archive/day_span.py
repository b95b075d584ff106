"""The days of a slow chat as pages write them: from when to when, how its questions come, which day it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from bot.core import days
from bot.core.archive.chat_page import ChatPage, Listed
from bot.core.archive.page_words import short_day
from bot.core.model import Chat, Pace, Series
from bot.core.runsheet import wrap_at
from bot.core.sentences import THROUGH
from bot.core.sentences.slow import chat_clock, day_of
from bot.core.times.clockface import clock_words, day_words, instant, local, moment, zone_short
from bot.core.times.clockface import day as day_of_week
from bot.core.tongue import _, spoken

_NOON = time(12)


def first_and_last(chat: Chat) -> tuple[date, date]:
    """The days on which a chat begins and ends, on the clocks of its zone."""
    last = chat.ends_at - timedelta(seconds=1)
    return local(chat.starts_at, chat.zone).date(), local(last, chat.zone).date()


def span(chat: Chat) -> str:
    """From which day to which, as in Mon 16 Nov to Sat 21 Nov 2026."""
    first, last = first_and_last(chat)
    begins = spoken().week_day(first) if first.year == last.year else day_words(first)
    return day_words(last) if first == last else _(THROUGH).format(first=begins, last=day_words(last))


def short_span(chat: Chat) -> str:
    """The day of a chat in short, or its first and its last one, as in 16 Nov to 21 Nov."""
    first, last = first_and_last(chat)
    if first == last or not chat.takes_days:
        return short_day(first)
    return _(THROUGH).format(first=short_day(first), last=short_day(last))


def held_on(chat: Chat) -> str:
    """When a chat is or was: its beginning, or all of its days."""
    return span(chat) if chat.takes_days else moment(chat.starts_at, chat.zone)


def how_asked(chat: Chat, series: Series) -> str:
    """How the questions of a slow chat come, as in "a question a day at 9:00 am ET"."""
    if series.asks is Pace.DAILY:
        at = f"{clock_words(days.clock(chat))} {zone_short(chat.starts_at, chat.zone)}"
        return _("a question a day at {time}").format(time=at)
    return _("all questions at once on the first day") if series.slow else ""


def same_in_utc(chat: Chat, series: Series) -> str:
    """The time of day of its questions in UTC, where it has one for all of its days."""
    edges = (local(at, chat.zone).utcoffset() for at in (chat.starts_at, chat.ends_at))
    if series.asks is not Pace.DAILY or not any(edges):
        return ""
    at = days.clock(chat)
    asked = (instant(datetime.combine(day, at), chat.zone) for day in first_and_last(chat))
    found = {f"{one.astimezone(UTC):%H:%M} UTC" for one in asked}
    return found.pop() if len(found) == 1 else ""


def on_day(one: Listed, day: date, zone: str) -> str:
    """Which of its days a day is, as another zone counts them: "day 2 of 6"."""
    return which_day(one, instant(datetime.combine(day, _NOON), zone))


def which_day(one: Listed, now: datetime) -> str:
    """Where a slow chat is, as in "day 2 of 6"."""
    return day_of(days.which_day(one.chat, one.series, now))


def coming_days(page: ChatPage) -> dict[int, str]:
    """On which day each question of a slow chat to come is asked, by its number; else nothing."""
    if page.series.asks is not Pace.DAILY:
        return {}
    times = days.spread(page.chat, page.series, page.chat.starts_at, len(page.ahead))
    on = zip(page.ahead, times, strict=True)
    return {question.position: day_of_week(at, page.chat.zone) for question, at in on}


def open_now(page: ChatPage) -> str:
    """What of a slow chat under way is open, until when, and when its next question comes."""
    chat = page.chat
    if chat.paused_at:
        return _("The chat is paused; answers count all the same.")
    if page.current is None:
        return _("The first question comes soon.")
    until = chat_clock(chat, chat.ends_at)
    if page.turn_ends is not None and page.turn_ends >= wrap_at(chat, page.series):
        return _("All questions are out; every one stays open until {until}.").format(until=until)
    newest = _("{label} is the newest question; every one stays open until {until}.")
    said = newest.format(label=page.current.label, until=until)
    if page.turn_ends is None:
        return said
    coming = _("The next one comes on {when}.").format(when=chat_clock(chat, page.turn_ends))
    return f"{said} {coming}"
