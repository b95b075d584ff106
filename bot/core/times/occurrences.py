"""From a slot's rule to the moments it means, right across every change of summer time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice, takewhile
from typing import Final, cast

from dateutil.rrule import rrule, rrulestr

from bot.core.times.zones import zone_info

_CLOCKS_MOVE_AT_MOST = timedelta(days=1)
WEEKS: Final = 8
"""So many weeks ahead every date is a chat that can be planned."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """When one slot of a series comes: a wall clock in a zone and an RFC 5545 rule ("" is once)."""

    zone: str
    dtstart_local: datetime
    rrule: str
    exdates: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of a rule: wall clock, moment in UTC, and "gap" or "overlap" where the clocks change."""

    local: datetime
    at: datetime
    shifted: str | None


def instant(local: datetime, zone: str) -> datetime:
    """The moment (UTC) of a wall clock in a zone.

    A time that the clocks jump over (gap) moves on by the length of the jump: 02:30 becomes 03:30.
    A time that comes twice (overlap) means the first.
    """
    return local.replace(tzinfo=zone_info(zone), fold=0).astimezone(UTC)


def occurrences(rule: Recurrence, after: datetime, until: datetime) -> tuple[Occurrence, ...]:
    """Every occurrence with after <= at < until, in order."""
    return tuple(takewhile(lambda found: found.at < until, walk(rule, after)))


def upcoming(
    rule: Recurrence, now: datetime, weeks: int = WEEKS, at_least: int = 4
) -> tuple[Occurrence, ...]:
    """The occurrences of the coming weeks, and at least the next four even if they lie further ahead."""
    soon = occurrences(rule, now, now + timedelta(weeks=weeks))
    return soon if len(soon) >= at_least else tuple(islice(walk(rule, now), at_least))


def walk(rule: Recurrence, after: datetime) -> Iterator[Occurrence]:
    """Every occurrence from `after` on, one by one; a rule without end never stops."""
    start = after.astimezone(zone_info(rule.zone)).replace(tzinfo=None) - _CLOCKS_MOVE_AT_MOST
    for local in _wall_clocks(rule, start):
        found = _occurrence(local, rule.zone)
        if found.at >= after and local.date() not in rule.exdates:
            yield found


def _wall_clocks(rule: Recurrence, start: datetime) -> Iterator[datetime]:
    if not rule.rrule:
        return iter((rule.dtstart_local,))
    series = cast("rrule", rrulestr(rule.rrule, dtstart=_near(rule, start)))
    return series.xafter(start, inc=True)


def _near(rule: Recurrence, start: datetime) -> datetime:
    """A start in step with the rule, close to `start`: an old series costs no more than a new one."""
    parts = dict(part.split("=", 1) for part in rule.rrule.split(";"))
    days = {"DAILY": 1, "WEEKLY": 7}.get(parts["FREQ"], 0) * int(parts.get("INTERVAL", "1"))
    if not days or "COUNT" in parts:
        return rule.dtstart_local
    steps = (start - rule.dtstart_local).days // days - 1
    return rule.dtstart_local + timedelta(days=max(0, steps) * days)


def _occurrence(local: datetime, zone: str) -> Occurrence:
    at = instant(local, zone)
    if at.astimezone(zone_info(zone)).replace(tzinfo=None) != local:
        return Occurrence(local, at, "gap")
    here = local.replace(tzinfo=zone_info(zone))
    twice = here.utcoffset() != here.replace(fold=1).utcoffset()
    return Occurrence(local, at, "overlap" if twice else None)
