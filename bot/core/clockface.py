"""How a moment is written for people: the language's habit and the zone it is meant in."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SHORT_ZONES = {
    "America/New_York": "ET",
    "America/Chicago": "CT",
    "America/Denver": "MT",
    "America/Los_Angeles": "PT",
}


def local(at: datetime, zone: str) -> datetime:
    """The moment as a clock on the wall of that zone shows it."""
    return at.astimezone(ZoneInfo(zone))


def zone_short(at: datetime, zone: str) -> str:
    """A zone as teachers write it: "ET", "CET", "UTC+05:30"."""
    name = SHORT_ZONES.get(zone) or local(at, zone).tzname() or zone
    return name if name.isalpha() else f"UTC{name[:3]}{':' + name[3:] if len(name) > 3 else ''}"


def clock(at: datetime) -> str:
    """A clock time, as in "8:05 pm"."""
    return f"{at.hour % 12 or 12}:{at:%M} {'am' if at.hour < 12 else 'pm'}"


def time(at: datetime, zone: str) -> str:
    """A moment's clock time with its zone, as in "8:05 pm ET"."""
    return f"{clock(local(at, zone))} {zone_short(at, zone)}"


def day(at: datetime, zone: str) -> str:
    """A moment's day, as in "Tue 24 Nov"."""
    shown = local(at, zone)
    return f"{shown:%a} {shown.day} {shown:%b}"


def moment(at: datetime, zone: str) -> str:
    """A moment with day, year, time and zone, as in "Tue 24 Nov 2026, 8:00 pm ET"."""
    return f"{day(at, zone)} {local(at, zone).year}, {time(at, zone)}"


def minutes(length: timedelta) -> str:
    """A length in whole minutes, as in "8 minutes"."""
    count = max(1, round(length.total_seconds() / 60))
    return f"{count} minute{'' if count == 1 else 's'}"
