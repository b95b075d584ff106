"""Clock times, dates and single moments as people type them."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from bot.core import sentences
from bot.core.model import Refused
from bot.core.plain import plain
from bot.core.times.occurrences import instant
from bot.core.times.typed import in_any_tongue
from bot.core.times.zone_names import SHORT
from bot.core.times.zones import Zone, find_zone, parse_zone, zone_info

HORIZON = timedelta(days=2 * 365 + 1)
"""How far ahead a first date may lie."""

SOON = timedelta(seconds=60)
"""How soon "now" is, so that everybody hears of it first."""

DAY_NAMES = {
    name: number
    for number, day in enumerate(name.casefold() for name in sentences.WEEKDAYS)
    for name in (day, day + "s", day[:2], day[:3], day[:3] + "s")
} | {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
"""Weekdays (0 is Monday) by every way of writing them."""

_MONTH_NAMES = {
    name: number
    for number, month in enumerate((name.casefold() for name in sentences.MONTHS), start=1)
    for name in (month, month[:3])
} | {"sept": 9}
_TIME_LIMIT = 20
_DATE_LIMIT = 40
_WHEN_LIMIT = 80
_RELATIVE = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}
_AHEAD = re.compile(r"in (an?|[0-9]{1,3}) (day|week)s?")
_TIME = re.compile(r"(?:at )?([0-9]{1,2})(?:[:.h]([0-9]{2})|h)? ?(?:([ap])\.? ?m\.?)?")
_NOON = re.compile(r"(?:at )?(?:12(?::00)? ?)?(?:noon|midday)")
_IN_WORDS = re.compile(
    r"(?<![\w:.,+-])(?:at )?("
    r"(?:12(?::00)? ?)?(?:noon|midday|midnight)"
    r"|[0-9]{1,2}[:h][0-9]{2}(?: ?[ap]\.? ?m\b\.?)?"
    r"|[0-9]{1,2}(?:\.[0-9]{2})? ?[ap]\.? ?m\b\.?"
    r"|[0-9]{1,2}h"
    r")(?![\w:])"
)
_DIGITS = re.compile("[0-9]{1,2}|[0-9]{4}")
_BEFORE_DIGITS = frozenset({"at", "day", "daily", "weekday", "weekdays"})
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(Z|[+-][0-9]{2}:[0-9]{2})"
)
_ECHOED = re.compile(r"(?:\b[A-Z]{2} )?\(([^()]+)\)$")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]+)(?: ([0-9]{4}))?")
_MONTH_FIRST = re.compile(r"([a-z]+) ([0-9]{1,2})(?:st|nd|rd|th)?(?: ([0-9]{4}))?")


def parse_time(text: str) -> time:
    """A time of day from "7pm", "7:30 pm", "19:30", "1930" or "noon"; doubtful ones are asked back."""
    said = plain(text, _TIME_LIMIT).casefold()
    if _NOON.fullmatch(said):
        return time(12)
    if "midnight" in said:
        raise Refused(sentences.TIME_MIDNIGHT)
    found = _TIME.fullmatch(f"{said[:2]}:{said[2:]}" if re.fullmatch("[0-9]{4}", said) else said)
    if not found:
        raise Refused(sentences.TIME_BAD, said=said)
    if not found[2] and not found[3] and not said.endswith("h"):
        raise _bare(int(found[1]))
    return _clock(said, int(found[1]), int(found[2] or 0), found[3])


def split_time(words: str) -> tuple[str, time, str]:
    """What stands before the time in these words, the time itself, and what stands after it."""
    found = list(_IN_WORDS.finditer(words.casefold()))
    if len(found) > 1:
        raise Refused(sentences.TIME_TWO)
    if not found:
        return _split_digits(words)
    return words[: found[0].start()].strip(" ,"), parse_time(found[0][1]), words[found[0].end() :].strip(" ,")


@in_any_tongue
def parse_date(text: str, today: date) -> date:
    """A coming day, at most two years ahead, from "2026-12-01", "1 Dec", "tomorrow" or "tuesday"."""
    said = plain(text, _DATE_LIMIT).casefold().replace(",", "").removeprefix("on ")
    day = _near_day(said, today) or _calendar_day(said, today)
    if day < today:
        raise Refused(sentences.DATE_PAST, day=partial(sentences.day_words, day))
    if day - today > HORIZON:
        raise Refused(sentences.DATE_FAR, day=partial(sentences.day_words, day))
    return day


@in_any_tongue
def parse_when(text: str, zone: str, now: datetime) -> datetime:
    """The coming moment (UTC) that these words mean in `zone` or the zone they name; "now" is in a minute."""
    said = _ECHOED.sub(r"\1", plain(text, _WHEN_LIMIT))
    if said.casefold() == "now":
        return now + SOON
    at = _offset_instant(said) or _wall_instant(said, zone, now)
    return coming(at, zone, now)


def coming(at: datetime, zone: str, now: datetime) -> datetime:
    """The same moment, refused when it has gone by or lies more than two years ahead."""
    if at <= now:
        raise Refused(sentences.DATE_PAST, day=partial(echo, at, zone))
    if at - now > HORIZON:
        raise Refused(sentences.DATE_FAR, day=partial(echo, at, zone))
    return at


def echo(at: datetime, zone: str) -> str:
    """A moment in the language's habit with its zone: Tue 24 Nov 2026, 8:00 pm ET (America/New_York)."""
    local = at.astimezone(zone_info(zone))
    short = f"{SHORT[zone]} " if zone in SHORT else ""
    return f"{sentences.day_words(local)}, {sentences.clock_words(local.time())} {short}({zone})"


def _bare(hour: int) -> Refused:
    if not 1 <= hour <= 12:
        return Refused(sentences.TIME_BAD, said=str(hour))
    early, late = f"{hour % 12:02}", f"{hour % 12 + 12:02}"
    return Refused(sentences.TIME_BARE, said=hour, hour=early, evening=late)


def _clock(said: str, hour: int, minute: int, half: str | None) -> time:
    if hour == 24 and not half:
        raise Refused(sentences.TIME_24)
    if minute > 59 or hour > 23 or (half and not 1 <= hour <= 12):
        raise Refused(sentences.TIME_BAD, said=said)
    return time(hour % 12 + 12 * (half == "p") if half else hour, minute)


def _split_digits(words: str) -> tuple[str, time, str]:
    """Times written with digits alone, after a day: 1930 is one, 8 is asked back."""
    before, _, digits = words.rpartition(" ")
    day = before.rpartition(" ")[2].casefold()
    if not _DIGITS.fullmatch(digits) or not (day in DAY_NAMES or day in _RELATIVE or day in _BEFORE_DIGITS):
        raise Refused(sentences.TIME_MISSING)
    return before.removesuffix(" at").strip(" ,"), parse_time(digits), ""


def _near_day(said: str, today: date) -> date | None:
    if said in _RELATIVE:
        return today + timedelta(days=_RELATIVE[said])
    if ahead := _AHEAD.fullmatch(said):
        count = int(ahead[1]) if ahead[1].isdigit() else 1
        return today + timedelta(days=count * (7 if ahead[2] == "week" else 1))
    name = said.removeprefix("this ").removeprefix("next ")
    if name not in DAY_NAMES:
        return None
    first = today + timedelta(days=said.startswith("next "))
    return first + timedelta(days=(DAY_NAMES[name] - first.weekday()) % 7)


def _calendar_day(said: str, today: date) -> date:
    weekday, _, rest = said.partition(" ")
    if weekday not in DAY_NAMES or not rest:
        return _numbered(said, today)
    day = _numbered(rest, today)
    if day.weekday() != DAY_NAMES[weekday]:
        alone, called = partial(sentences.date_words, day), partial(sentences.weekday_words, day.weekday())
        raise Refused(sentences.DATE_WEEKDAY, day=alone, weekday=called)
    return day


def _numbered(said: str, today: date) -> date:
    if found := _ISO.fullmatch(said):
        return _day(said, *map(int, found.groups()))
    if found := _DOTTED.fullmatch(said):
        return _day(said, *map(int, reversed(found.groups())))
    if found := _SLASHED.fullmatch(said):
        return _slashed(said, *map(int, found.groups()))
    if (found := _DAY_FIRST.fullmatch(said)) and found[2] in _MONTH_NAMES:
        return _named(said, found[3], _MONTH_NAMES[found[2]], int(found[1]), today)
    if (found := _MONTH_FIRST.fullmatch(said)) and found[1] in _MONTH_NAMES:
        return _named(said, found[3], _MONTH_NAMES[found[1]], int(found[2]), today)
    raise Refused(sentences.DATE_BAD, said=said)


def _slashed(said: str, one: int, other: int, year: int) -> date:
    """31/12/2026 and 12/31/2026 are clear; 03/04/2026 is March to some and April to others."""
    if one != other and 1 <= one <= 12 and 1 <= other <= 12:
        days = {"one": f"{year}-{other:02}-{one:02}", "other": f"{year}-{one:02}-{other:02}"}
        raise Refused(sentences.DATE_ORDER, said=said, **days)
    return _day(said, year, one, other) if other > 12 else _day(said, year, other, one)


def _named(said: str, year: str | None, month: int, day: int, today: date) -> date:
    if year:
        return _day(said, int(year), month, day)
    # Eight years always hold a 29 February.
    tries = (_real(today.year + ahead, month, day) for ahead in range(9))
    coming_day = next((found for found in tries if found and found >= today), None)
    return coming_day or _day(said, today.year, month, day)


def _real(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= day <= monthrange(year, month)[1] else None


def _day(said: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Refused(sentences.DATE_NONE, said=said) from None


def _offset_instant(said: str) -> datetime | None:
    found = _INSTANT.fullmatch(said.upper())
    if not found:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3]}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(sentences.DATE_NONE, said=said) from None


def _wall_instant(said: str, zone: str, now: datetime) -> datetime:
    before, clock, after = split_time(re.sub(r"(?<=[0-9])[tT](?=[0-9])", " ", said))
    day_words, there = _day_and_zone(before, after, zone)
    today = now.astimezone(zone_info(there.name)).date()
    day = parse_date(day_words or "today", today)
    at = instant(datetime.combine(day, clock), there.name)
    # A bare time or weekday means the next one, so what has passed today means tomorrow or next week.
    again = 1 if not day_words else 7 * (day_words.casefold() in DAY_NAMES)
    return at if at > now else instant(datetime.combine(day + timedelta(days=again), clock), there.name)


def _day_and_zone(before: str, after: str, zone: str) -> tuple[str, Zone]:
    if before:
        return before, parse_zone(after, zone)
    there = find_zone(after) if after else Zone(zone, None)
    return ("", there) if there else (after, Zone(zone, None))
