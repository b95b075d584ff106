"""RFC 5545 rules: read, checked, bounded, put into one normal form, and written out again."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple

from bot.core import sentences
from bot.core.model import Refused
from bot.core.times.occurrences import Recurrence, instant
from bot.core.times.zones import parse_zone, zone_info
from bot.core.tongue import _, marked

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""RFC 5545 weekdays, Monday first."""

UNITS = {
    "DAILY": (marked("days"), 364),
    "WEEKLY": (marked("weeks"), 52),
    "MONTHLY": (marked("months"), 12),
    "YEARLY": (marked("years"), 1),
}
"""For each frequency its unit and the longest interval: a year or nearly so."""

_PARTS = ("FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "COUNT", "UNTIL", "WKST")
_CLOCK_PARTS = ("BYHOUR", "BYMINUTE", "BYSECOND")
_MOST_COUNT = 1_000
_MOST_PAST = timedelta(days=3660)
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_NUMBER = re.compile(r"[+-]?[0-9]{1,4}")
_DAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_STAMP = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")


class Ruled(NamedTuple):
    """What a rule text says: zone, start and whether it was given, the rule's parts, the days it skips."""

    zone: str
    start: datetime
    given: bool
    parts: dict[str, str]
    exdates: frozenset[date]


def read(text: str, zone: str, today: date) -> Ruled:
    """The properties DTSTART, RRULE and EXDATE of a rule text; anything else is refused."""
    given = _properties(text.upper())
    head, _, stamp = given.get("DTSTART", "").partition(":")
    there = parse_zone(head.partition("TZID=")[2], "UTC" if stamp.endswith("Z") else zone).name
    parts = parts_of(given.get("RRULE", "").partition(":")[2])
    day, at = _stamp("DTSTART", stamp, there) if stamp else (today, None)
    clock = _clock(parts) or (at if "T" in stamp else None)
    if clock is None:
        raise Refused(sentences.RULE_START)
    skipped = (_stamp("EXDATE", one, there)[0] for one in given.get("EXDATE", "").split(",") if one)
    return Ruled(
        there, datetime.combine(day, clock).replace(second=0), bool(stamp), parts, frozenset(skipped)
    )


def parts_of(rrule: str) -> dict[str, str]:
    """A rule's parts by name; an unknown part or one given twice is refused."""
    parts: dict[str, str] = {}
    for piece in filter(None, rrule.split(";")):
        name, _, value = piece.partition("=")
        if name not in _PARTS + _CLOCK_PARTS or not value:
            raise Refused(sentences.RULE_PART, part=sentences.shortened(piece))
        if name in parts:
            raise Refused(sentences.RULE_TWICE, part=name)
        parts[name] = value
    return parts


def checked(parts: dict[str, str], start: datetime, zone: str) -> str:
    """The rule in its normal form, defaults written out; too often, too rare or impossible is refused."""
    if parts.get("FREQ") not in UNITS:
        often = parts.get("FREQ") in ("HOURLY", "MINUTELY", "SECONDLY")
        raise Refused(sentences.RULE_OFTEN) if often else _misfit("FREQ", parts.get("FREQ", ""))
    full = _filled(parts, start)
    for name, value in full.items():
        _check(name, value, full)
    _check_possible(full, start)
    return ";".join(f"{name}={_normal(name, full[name], zone)}" for name in _PARTS if name in full)


def not_too_old(start: datetime, now: datetime) -> datetime:
    """A rule's start, refused when it lies so far back that it must be a slip."""
    if now.replace(tzinfo=None) - start > _MOST_PAST:
        raise Refused(sentences.DATE_PAST, day=partial(sentences.day_words, start))
    return start


def rfc5545(rule: Recurrence) -> str:
    """The rule as calendar programs read it: DTSTART, RRULE and EXDATE lines."""
    zone, start = rule.zone, rule.dtstart_local
    lines = [f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}"]
    if rule.rrule:
        lines.append(
            "RRULE:" + re.sub("(?<=UNTIL=)[0-9T]+", lambda until: _utc_stamp(until[0], zone), rule.rrule)
        )
    if rule.exdates:
        days = [f"{datetime.combine(day, start.time()):%Y%m%dT%H%M%S}" for day in sorted(rule.exdates)]
        lines.append(f"EXDATE;TZID={zone}:{','.join(days)}")
    return "\n".join(lines)


def numbers(value: str) -> list[int]:
    """The numbers of a rule part, as in 1,15,-1."""
    return [int(number) for number in value.split(",")]


def _properties(text: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for word in text.split():
        line = f"RRULE:{word}" if word.startswith("FREQ=") else word
        name = re.split("[:;]", line)[0]
        if name not in ("DTSTART", "RRULE", "EXDATE") or ":" not in line:
            raise Refused(sentences.RULE_PART, part=sentences.shortened(line))
        if name == "EXDATE":
            given[name] = f"{given.get(name, '')},{line.partition(':')[2]}"
        elif given.setdefault(name, line) != line:
            raise Refused(sentences.RULE_TWICE, part=name)
    return given


def _stamp(part: str, value: str, zone: str) -> tuple[date, time]:
    """A DATE or DATE-TIME as wall clock in the zone; a bare date stands for its last second."""
    found = _STAMP.fullmatch(value)
    if not found or not "1900" <= found[1][:4] < "9999":
        raise _misfit(part, value)
    try:
        stamp = datetime.fromisoformat(f"{found[1]}T{found[2] or '235959'}")
        if found[3]:
            stamp = stamp.replace(tzinfo=UTC).astimezone(zone_info(zone)).replace(tzinfo=None)
    except ValueError:
        raise _misfit(part, value) from None
    return stamp.date(), stamp.time()


def _clock(parts: dict[str, str]) -> time | None:
    """The time of day in BYHOUR and BYMINUTE, taken out of the parts; a slot has one time."""
    given = [parts.pop(name, None) for name in _CLOCK_PARTS]
    if given == [None, None, None]:
        return None
    if any("," in (value or "") for value in given):
        raise Refused(sentences.TIME_TWO)
    hour, minute, _ = (int(value or 0) if _NUMBER.fullmatch(value or "0") else -1 for value in given)
    if not (0 <= hour <= 23 and 0 <= minute <= 59):
        raise _misfit("BYHOUR", str(given[0]))
    return time(hour, minute)


def _filled(parts: dict[str, str], start: datetime) -> dict[str, str]:
    full, frequency = dict(parts), parts["FREQ"]
    if frequency == "WEEKLY":
        full.setdefault("BYDAY", DAYS[start.weekday()])
    if frequency == "YEARLY" and not {"BYDAY", "BYMONTHDAY"} & full.keys():
        full.setdefault("BYMONTH", str(start.month))
    if frequency in ("MONTHLY", "YEARLY") and "BYDAY" not in full:
        full.setdefault("BYMONTHDAY", str(start.day))
    if full.get("INTERVAL") == "1":
        del full["INTERVAL"]
    return full


def _misfit(part: str, value: str) -> Refused:
    return Refused(sentences.RULE_VALUE, part=part, value=sentences.shortened(value))


def _check(name: str, value: str, full: dict[str, str]) -> None:
    """Each part alone: known numbers, within bounds, and at home in this frequency."""
    if name == "INTERVAL":
        _check_interval(value, full["FREQ"])
    monthly = full["FREQ"] in ("MONTHLY", "YEARLY")
    numbered = re.search("[0-9]", full.get("BYDAY", "0"))
    fits = {
        "BYMONTH": lambda: _within(value, 1, 12),
        "BYMONTHDAY": lambda: monthly and "BYDAY" not in full and _within(value, -31, 31),
        "BYDAY": lambda: _days_fit(value, full),
        "BYSETPOS": lambda: monthly and not numbered and _within(value, -31, 31),
        "COUNT": lambda: "UNTIL" not in full and "," not in value and _within(value, 1, _MOST_COUNT),
        "WKST": lambda: value in DAYS,
    }
    if name in fits and not fits[name]():
        raise _misfit(name, value)


def _check_interval(value: str, frequency: str) -> None:
    unit, most = UNITS[frequency]
    if "," in value or not _within(value, 1, most):
        said = sentences.shortened(value)
        raise Refused(sentences.RULE_INTERVAL, number=said, unit=partial(_, unit), most=most)


def _within(value: str, low: int, high: int) -> bool:
    listed = value.split(",")
    return all(_NUMBER.fullmatch(one) and int(one) != 0 and low <= int(one) <= high for one in listed)


def _days_fit(value: str, full: dict[str, str]) -> bool:
    """Numbered days belong to months and never mix with plain ones, which the expansion would both demand."""
    days = [_DAY.fullmatch(day) for day in value.split(",")]
    numbered = {bool(day and day[1]) for day in days}
    stepped_days = full["FREQ"] == "DAILY" and "INTERVAL" in full
    fits = numbered == {False} or (numbered == {True} and full["FREQ"] in ("MONTHLY", "YEARLY"))
    return all(days) and fits and not stepped_days


def _check_possible(full: dict[str, str], start: datetime) -> None:
    """An impossible rule is found by counting, since expanding it would search to the year 9999."""
    if full["FREQ"] == "DAILY" and "BYMONTH" in full and "INTERVAL" in full:
        raise _misfit("BYMONTH", full["BYMONTH"])
    if full["FREQ"] == "YEARLY" and "BYMONTH" not in full:
        raise _misfit("FREQ", "YEARLY")
    if full["FREQ"] in ("MONTHLY", "YEARLY"):
        longest = max((_LONGEST[month - 1] for month in _months(full, start)), default=0)
        if not any(abs(day) <= longest for day in numbers(full.get("BYMONTHDAY", "1"))) or not longest:
            raise Refused(sentences.RULE_NEVER)
        if "BYSETPOS" in full and min(map(abs, numbers(full["BYSETPOS"]))) > _most_days(
            full["BYDAY"], longest
        ):
            raise Refused(sentences.RULE_NEVER)


def _months(full: dict[str, str], start: datetime) -> set[int]:
    """The months that the rule can ever reach."""
    step = int(full.get("INTERVAL", "1")) if full["FREQ"] == "MONTHLY" else 1
    reached = {(start.month - 1 + step * number) % 12 + 1 for number in range(12)}
    return reached & set(numbers(full["BYMONTH"])) if "BYMONTH" in full else reached


def _most_days(days: str, longest: int) -> int:
    wanted = {DAYS.index(day) for day in days.split(",")}
    return max(sum((first + day) % 7 in wanted for day in range(longest)) for first in range(7))


def _normal(name: str, value: str, zone: str) -> str:
    if name == "UNTIL":
        return f"{datetime.combine(*_stamp(name, value, zone)):%Y%m%dT%H%M%S}"
    if name == "BYDAY":
        days = {day.lstrip("+") for day in value.split(",")}
        return ",".join(sorted(days, key=lambda day: (day[:-2], DAYS.index(day[-2:]))))
    if name in ("FREQ", "WKST"):
        return value
    return ",".join(map(str, sorted(set(numbers(value)))))


def _utc_stamp(local: str, zone: str) -> str:
    return f"{instant(datetime.fromisoformat(local), zone):%Y%m%dT%H%M%SZ}"
