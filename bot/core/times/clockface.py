"""How a moment is written for people: the language's habit and the zone it is meant in."""

import datetime as dt
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.times.zone_names import SHORT
from bot.core.tongue import _, marked, ngettext, spoken

WEEKDAYS = (
    *(marked("Monday"), marked("Tuesday"), marked("Wednesday"), marked("Thursday"), marked("Friday")),
    *(marked("Saturday"), marked("Sunday")),
)
MONTHS = (
    *(marked("January"), marked("February"), marked("March"), marked("April"), marked("May"), marked("June")),
    *(marked("July"), marked("August"), marked("September"), marked("October"), marked("November")),
    marked("December"),
)


def clock_words(at: dt.time) -> str:
    """A time of day in the language's habit, as in 8:00 pm."""
    return spoken().clock(at)


def day_words(day: date) -> str:
    """A date without doubt, as in Tue 24 Nov 2026."""
    return spoken().sure_day(day)


def date_words(day: date) -> str:
    """The same without the day of the week, as in 24 Nov 2026."""
    return day_words(day).removeprefix(spoken().day_name(day)).lstrip(" .,")


def weekday_words(weekday: int) -> str:
    """A day of the week by name; Monday is 0."""
    return _(WEEKDAYS[weekday])


def local(at: datetime, zone: str) -> datetime:
    """The moment as a clock on the wall of that zone shows it; UTC where the zone is no longer known."""
    try:
        return at.astimezone(ZoneInfo(zone))
    except ZoneInfoNotFoundError:
        return at.astimezone(UTC)


def instant(wall: datetime, zone: str) -> datetime:
    """The moment that a clock on the wall of that zone means, as a rule's dates do; in UTC as above."""
    try:
        return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
    except ZoneInfoNotFoundError:
        return wall.replace(tzinfo=UTC)


def zone_short(at: datetime, zone: str) -> str:
    """A zone as teachers write it: "ET" all year in America, else "CET", "BST", "UTC+05:30"."""
    all_year = SHORT.get(zone) if zone.startswith("America/") else None
    name = all_year or local(at, zone).tzname() or zone
    return name if name.isalpha() else f"UTC{name[:3]}{':' + name[3:] if len(name) > 3 else ''}"


def time(at: datetime, zone: str) -> str:
    """A moment's clock time with its zone, as in "8:05 pm ET"."""
    return f"{clock_words(local(at, zone).time())} {zone_short(at, zone)}"


def day(at: datetime, zone: str) -> str:
    """A moment's day, as in "Tue 24 Nov"."""
    return spoken().week_day(local(at, zone))


def moment(at: datetime, zone: str) -> str:
    """A moment with day, year, time and zone, as in "Tue 24 Nov 2026, 8:00 pm ET"."""
    return f"{day_words(local(at, zone))}, {time(at, zone)}"


def minutes(length: timedelta) -> str:
    """A length in whole minutes, as in "8 minutes"."""
    count = max(1, round(length.total_seconds() / 60))
    return ngettext("{count} minute", "{count} minutes", count).format(count=count)
