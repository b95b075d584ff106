"""Chats as a calendar file (RFC 5545): weekly chats as rules, and dates with a title of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vRecur, vText

from bot.core import days
from bot.core.archive.calendar_dates import left_out
from bot.core.archive.chat_page import Listed
from bot.core.archive.day_span import how_asked
from bot.core.model import ChatState, Series
from bot.core.plain import storable
from bot.core.sentences.chat import letter
from bot.core.sentences.slow import series_length
from bot.core.times.clockface import instant
from bot.core.times.rules import rfc5545
from bot.core.times.zones import known_zone
from bot.core.veils import masked
from bot.storage.archive.lists import Slot

PRODUCT: Final = "-//EdChat//chats//EN"
OFTEN: Final = timedelta(hours=6)
"""How often calendar programs should look again."""
_ZONES_UNTIL: Final = 15
"""Years ahead for which a file says when the clocks change."""
_CONTROLS: Final = dict.fromkeys([*(code for code in range(32) if code not in (9, 10)), 127])

Questions = Mapping[int, tuple[tuple[int, str], ...]]
"""Number and words of questions, by the id of their chat."""


@dataclass(frozen=True, slots=True)
class Diary:
    """What a calendar file is made of: whose it is, chats and recurring times, and where their pages are."""

    name: str
    page: str
    now: datetime
    chats: Sequence[Listed]
    slots: Sequence[Slot] = ()
    questions: Questions = field(default_factory=dict)

    @property
    def host(self) -> str:
        """What ids of events end with."""
        return urlsplit(self.page).hostname or "edchat"


def calendar_file(diary: Diary) -> bytes:
    """The calendar of a weekly chat or of a community."""
    series = {one.series.id: one.series for one in diary.chats}
    rules = {slot.id: slot for slot in diary.slots if known_zone(slot.rule.zone)}
    events = [_rule(diary, slot, series[slot.series_id]) for slot in rules.values()]
    for one in diary.chats:
        slot = rules.get(one.chat.slot_id or 0)
        if slot is not None and one.chat.occurrence_local in slot.held:
            events += [_date(diary, one, slot)] if _own(one, slot, diary.questions) else []
        elif one.chat.state is not ChatState.CANCELLED:
            events.append(_alone(diary, one))
    return _written(diary, events)


def event_file(diary: Diary) -> bytes:
    """The calendar file of one chat; of one that is called off, it says so."""
    return _written(diary, [_alone(diary, one) for one in diary.chats])


def _rule(diary: Diary, slot: Slot, series: Series) -> Event:
    """The event of a recurring time, without the dates that are no chat."""
    rule, zone = slot.rule, ZoneInfo(slot.rule.zone)
    event = _event(diary, f"slot-{slot.id}", series.title, f"{diary.page}{series.slug}/")
    start = rule.dtstart_local.replace(tzinfo=zone)
    event.add("dtstart", start)
    event.add("duration", _nominal(series, rule.dtstart_local, rule.zone))
    _transparent_if(event, series.slow)
    if rule.rrule:
        event.add("rrule", vRecur.from_ical(_property(rfc5545(rule), "RRULE")))
    for local in left_out(rule, slot.held, slot.last):
        event.add("exdate", local.replace(tzinfo=zone))
    _describe(event, (_plain(series.about), _plain(series_length(series)) if series.slow else ""))
    return event


def _date(diary: Diary, one: Listed, slot: Slot) -> Event:
    """One date of a recurring time that has a title, questions or a time of its own."""
    event = _chat(diary, one, f"slot-{slot.id}")
    occurrence = one.chat.occurrence_local
    if occurrence is not None:
        event.add("recurrence-id", occurrence.replace(tzinfo=ZoneInfo(slot.rule.zone)))
    return event


def _alone(diary: Diary, one: Listed) -> Event:
    event = _chat(diary, one, f"chat-{one.chat.id}")
    called_off = one.chat.state is ChatState.CANCELLED
    event.add("status", "CANCELLED" if called_off else "CONFIRMED")
    return event


def _chat(diary: Diary, one: Listed, uid: str) -> Event:
    chat = one.chat
    title = f"{one.series.title}: {chat.topic}" if chat.topic else one.series.title
    event = _event(diary, uid, title, f"{diary.page}{one.address}")
    zone = ZoneInfo(chat.zone) if known_zone(chat.zone) else UTC
    event.add("dtstart", chat.starts_at.astimezone(zone))
    event.add("dtend", chat.ends_at.astimezone(zone))
    event.add("sequence", chat.version)
    _transparent_if(event, chat.takes_days)
    asked = diary.questions.get(chat.id, ())
    how = how_asked(chat, one.series)
    lines = [f"{letter(one.series)}{number}: {_plain(masked(words))}" for number, words in asked]
    _describe(event, [how[:1].upper() + how[1:], *lines])
    return event


def _event(diary: Diary, uid: str, title: str, url: str) -> Event:
    event = Event()
    event.add("uid", f"{uid}@{diary.host}")
    event.add("dtstamp", diary.now)
    event.add("summary", _plain(title))
    event.add("url", url)
    event.add("transp", "OPAQUE")
    return event


def _describe(event: Event, lines: Sequence[str]) -> None:
    words = "\n".join((*filter(None, lines), str(event["url"])))
    event.add("description", words)


def _nominal(series: Series, start: datetime, zone: str) -> timedelta:
    """How long the dates of a rule take: that of a slow chat in days and hours on the wall."""
    if not series.slow:
        return series.length
    ends = days.ends_at(series, instant(start, zone), zone, start.time())
    return _wall(ends, zone) - start


def _wall(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _transparent_if(event: Event, slow: bool) -> None:
    """What goes on for days leaves people free."""
    if slow:
        event["transp"] = vText("TRANSPARENT")


def _own(one: Listed, slot: Slot, questions: Questions) -> bool:
    """Whether a date differs from what its rule says of every date."""
    chat = one.chat
    local, ends = (_wall(at, slot.rule.zone) for at in (chat.starts_at, chat.ends_at))
    length = ends - local if one.series.slow else chat.ends_at - chat.starts_at
    usual = _nominal(one.series, slot.rule.dtstart_local, slot.rule.zone)
    moved = local != chat.occurrence_local or length != usual
    return bool(chat.topic or moved or chat.id in questions or not chat.state.ahead)


def _written(diary: Diary, events: Iterable[Event]) -> bytes:
    calendar = Calendar()
    for name, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN")):
        calendar.add(name, value)
    calendar.add("x-wr-calname", vText(" ".join(_plain(diary.name).split())))
    calendar.add("refresh-interval", OFTEN, parameters={"VALUE": "DURATION"})
    for component in (*(_timezone(zone, diary.now.year) for zone in sorted(_zones(diary))), *events):
        calendar.add_component(component)
    return bytes(calendar.to_ical())


def _zones(diary: Diary) -> set[str]:
    """The zones that times are given in; UTC needs no explanation."""
    named = {one.chat.zone for one in diary.chats} | {slot.rule.zone for slot in diary.slots}
    return {zone for zone in named if zone != "UTC" and known_zone(zone)}


@cache
def _timezone(zone: str, year: int) -> Timezone:
    """When the clocks of a zone change, from some years back to some ahead."""
    first, last = date(year - 10, 1, 1), date(year + _ZONES_UNTIL, 1, 1)
    made = Timezone.from_tzid(zone, first_date=first, last_date=last)
    made.pop("comment", None)
    for part in made.subcomponents:
        jump = part.TZOFFSETTO - part.TZOFFSETFROM
        if jump > timedelta():
            _begin_before(part, jump)
    return made


def _begin_before(part: Any, jump: timedelta) -> None:
    """Let summer time begin as the old clock shows it (RFC 5545, 3.6.5); the library gives the new clock."""
    part.DTSTART -= jump
    if "rdate" in part:
        dates = [one.dt - jump for one in part.pop("rdate").dts]
        part.add("rdate", dates)


def _property(text: str, name: str) -> str:
    return next(line.partition(":")[2] for line in text.splitlines() if line.startswith(f"{name}:"))


def _plain(text: str) -> str:
    """Words without what a calendar file cannot hold."""
    sound = storable(text, len(text)).replace("\r\n", "\n").replace("\r", "\n")
    return sound.translate(_CONTROLS)
