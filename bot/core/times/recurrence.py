"""When a series comes: a rule from people's words or RFC 5545, back into words, and what to warn of."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import takewhile

from bot.core import sentences
from bot.core.model import Refused
from bot.core.plain import plain
from bot.core.times.occurrences import Occurrence, Recurrence, instant, occurrences, upcoming, walk
from bot.core.times.rules import checked, not_too_old, numbers, parts_of, read, rfc5545
from bot.core.times.spoken import days_in, say_day, say_place, starts_days, words_of
from bot.core.times.typed import in_any_tongue
from bot.core.times.when import DAY_NAMES, coming, parse_date, split_time
from bot.core.times.zones import parse_zone, zone_info, zone_words
from bot.core.tongue import _

__all__ = [
    "Occurrence",
    "Recurrence",
    "in_words",
    "instant",
    "notes",
    "occurrences",
    "parse_recurrence",
    "rfc5545",
    "upcoming",
]

_LIMIT = 600
_RULE = re.compile("rrule|dtstart|exdate|freq=", re.IGNORECASE)
_CRON = re.compile(r"\*|\bcron")
_TIMES = re.compile(r",? *\b([0-9]{1,5}) times\b", re.IGNORECASE)
_CLAUSES = re.compile(r"\b(from|starting|until|except)(?: on| from| for)?\b", re.IGNORECASE)
_BARE_DATE = re.compile(r"(?<!\S)[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?!\S)")
_YEAR = timedelta(days=371)


@in_any_tongue
def parse_recurrence(words: str, zone: str, now: datetime) -> Recurrence:
    """The rule that people mean: "every Tuesday 8 pm", "1st and 3rd Thursday 21:00 London", or RFC 5545 text.

    A zone in the words wins over `zone`. Intervals count from the first date. Refused unless
    it gives a date within two years.
    """
    said = plain(words, _LIMIT)
    if _CRON.search(said):
        raise Refused(sentences.RULE_CRON)
    return _from_rule(said, zone, now) if _RULE.match(said) else _from_words(said, zone, now)


def in_words(rule: Recurrence) -> str:
    """A rule for people, as in every Tuesday, 8:00 pm New York (ET)."""
    clock = sentences.clock_words(rule.dtstart_local.time())
    if not rule.rrule:
        days, limits = _(sentences.ONCE).format(day=sentences.day_words(rule.dtstart_local)), ""
    else:
        parts = parts_of(rule.rrule)
        days, limits = words_of(parts), _limits(parts)
    said = _(sentences.WHEN).format(days=days, clock=clock, zone=zone_words(rule.zone))
    return said + limits + _skips(rule.exdates)


def notes(rule: Recurrence, ahead: Sequence[Occurrence] | None = None) -> tuple[str, ...]:
    """What a preview should add: months left out, and clock changes among the dates ahead (or a year's)."""
    if ahead is None:
        start = instant(rule.dtstart_local, rule.zone)
        ahead = occurrences(rule, start, start + _YEAR)
    shifted = (_shift_note(found, rule.zone) for found in ahead if found.shifted)
    return *_skipped_months(rule.rrule), *shifted


def _from_rule(said: str, zone: str, now: datetime) -> Recurrence:
    ruled = read(said, zone, _today(zone, now))
    start = not_too_old(ruled.start, now)
    if not ruled.parts:
        at = coming(instant(start, ruled.zone), ruled.zone, now)
        return _settled(Recurrence(ruled.zone, start, "", ruled.exdates), at)
    rule = Recurrence(ruled.zone, start, checked(ruled.parts, start, ruled.zone), ruled.exdates)
    return _settled(rule if ruled.given else _from_first(rule, now), now)


def _from_words(said: str, zone: str, now: datetime) -> Recurrence:
    counted = _TIMES.search(said)
    text = re.sub(r"\([^)]*\)", " ", _TIMES.sub(" ", said))
    before, clock, after = split_time(text)
    there, rest = _zone_and_rest(after, zone)
    today = _today(there, now)
    days, *clauses = _CLAUSES.split(f"{before} {rest}")
    dates = _dated(clauses, today)
    days, first = _first_date(days, dates, today)
    parts = days_in(days, first) | ({"COUNT": counted[1]} if counted else {})
    if until := dates.get("until"):
        parts["UNTIL"] = f"{until[0]:%Y%m%d}"
    start = datetime.combine(first or today, clock)
    rule = Recurrence(there, start, checked(parts, start, there), frozenset(dates.get("except", ())))
    return _settled(_from_first(rule, now), now)


def _today(zone: str, now: datetime) -> date:
    return now.astimezone(zone_info(zone)).date()


def _zone_and_rest(after: str, zone: str) -> tuple[str, str]:
    words = after.split()
    named = list(takewhile(lambda word: not starts_days(word), words))
    return parse_zone(" ".join(named).strip(" ,"), zone).name, " ".join(words[len(named) :])


def _dated(clauses: list[str], today: date) -> dict[str, list[date]]:
    """The dates after "from", "until" and "except"; only an exception may list several."""
    dates: dict[str, list[date]] = {}
    for word, text in zip(clauses[::2], clauses[1::2], strict=True):
        name = word.casefold().replace("starting", "from")
        listed = re.split(r",| and | & ", text.strip(" ,")) if name == "except" else [text.strip(" ,")]
        if name in dates:
            raise Refused(sentences.RULE_TWICE, part=word)
        if name == "except" and any(day.strip().casefold() in DAY_NAMES for day in listed):
            raise Refused(sentences.RULE_BAD, said=f"{word} {text.strip()}")  # each week's, not one date
        dates[name] = [parse_date(day, today) for day in listed if day.strip()] or [parse_date(text, today)]
    return dates


def _first_date(days: str, dates: dict[str, list[date]], today: date) -> tuple[str, date | None]:
    bare = _BARE_DATE.search(days)
    given = dates.get("from", [parse_date(bare[0], today)] if bare else [None])
    return _BARE_DATE.sub(" ", days), given[0]


def _from_first(rule: Recurrence, now: datetime) -> Recurrence:
    """The rule counted from its first coming date: "every 2 weeks" never counts from a week gone by."""
    each = ";".join(part for part in rule.rrule.split(";") if not part.startswith(("INTERVAL", "COUNT")))
    since = max(now, instant(rule.dtstart_local, rule.zone))
    first = next(walk(replace(rule, rrule=each, exdates=frozenset()), since), None)
    if first is None:
        raise Refused(sentences.RULE_NEVER)
    return replace(rule, dtstart_local=first.local)


def _settled(rule: Recurrence, now: datetime) -> Recurrence:
    """The rule with its first date as start, refused when it has none or only beyond two years."""
    counted = "COUNT" in rule.rrule
    since = instant(rule.dtstart_local, rule.zone) if counted else now
    start = next(walk(replace(rule, exdates=frozenset()), since), None)
    first = next(walk(rule, now), None)
    if start is None or first is None:
        raise Refused(sentences.RULE_NEVER)
    coming(first.at, rule.zone, now - timedelta(seconds=1))
    return replace(rule, dtstart_local=start.local)


def _limits(parts: dict[str, str]) -> str:
    if "COUNT" in parts:
        return _(sentences.TIMES).format(number=parts["COUNT"])
    if "UNTIL" in parts:
        return _(sentences.UNTIL).format(day=sentences.day_words(date.fromisoformat(parts["UNTIL"][:8])))
    return ""


def _skips(exdates: frozenset[date]) -> str:
    days = sentences.listed([sentences.day_words(day) for day in sorted(exdates)])
    return _(sentences.EXCEPT).format(days=days) if days else ""


def _skipped_months(rrule: str) -> list[str]:
    parts = parts_of(rrule)
    days = [day for day in numbers(parts.get("BYMONTHDAY", "1")) if abs(day) > 28]
    fifths = [place for place in parts.get("BYDAY", "").split(",") if "5" in place]
    said = [*map(say_day, days), *map(say_place, fifths)]
    return [_(sentences.NOTE_SKIPPED).format(what=what) for what in said]


def _shift_note(found: Occurrence, zone: str) -> str:
    note = sentences.NOTE_GAP if found.shifted == "gap" else sentences.NOTE_OVERLAP
    starts = sentences.clock_words(found.at.astimezone(zone_info(zone)).time())
    clock = sentences.clock_words(found.local.time())
    return _(note).format(day=sentences.day_words(found.local), clock=clock, starts=starts)
