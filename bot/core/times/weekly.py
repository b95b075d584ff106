"""What a weekly chat is made of, from what people write: rules, lengths, hashtag, breaks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial

from bot.core import days as days_of
from bot.core import runsheet, sentences
from bot.core.host_names import called_role
from bot.core.labels.reading import Letters
from bot.core.model import ChatState, Collecting, Pace, Refused, Series, Visibility
from bot.core.plain import plain, storable, title
from bot.core.state import Change, Running
from bot.core.steering import replan
from bot.core.times.free_times import Span
from bot.core.times.recurrence import Occurrence, Recurrence, occurrences, parse_recurrence, upcoming
from bot.core.times.typed import in_any_tongue
from bot.core.times.weekdays import USUAL, parse_days
from bot.core.times.when import parse_date

MOST_SERIES = 100
"""Weekly chats of one community: a limit to what all start at one minute."""

MOST_SLOTS = 14
LONGEST_WELCOME = 1_000
YEAR = timedelta(days=371)
_PART = timedelta(minutes=6)
_HASHTAG = re.compile(r"#?([^\W_][\w-]{0,49})")
_UNTIL = re.compile(r"\s+(?:until|till|through|to)\s+", re.IGNORECASE)


def rules(when: str, zone: str, now: datetime) -> tuple[Recurrence, ...]:
    """The rules in these words, with ";" between two; RFC 5545 text is one rule."""
    parts = [when] if re.match(r"\s*(?:rrule|dtstart|exdate|freq=)", when, re.IGNORECASE) else when.split(";")
    if len(parts) > MOST_SLOTS:
        raise Refused(sentences.SLOTS_MANY, most=MOST_SLOTS)
    return tuple(parse_recurrence(part, zone, now) for part in parts if part.strip() or len(parts) == 1)


def of_length(series: Series, minutes: int) -> Series:
    """The series with another length; opening and wrap-up get six minutes each, or a tenth if less."""
    length = timedelta(minutes=minutes)
    part = min(_PART, timedelta(minutes=max(1, minutes // 10)))
    return replace(series, length=length, opening=part, wrapping=part)


def hashtag(text: str) -> str:
    """A hashtag with its "#"; "none" takes it away."""
    said = plain(text, 60)
    if said.casefold() in ("", "none"):
        return ""
    found = _HASHTAG.fullmatch(said)
    if not found:
        raise Refused(sentences.HASHTAG_BAD)
    return f"#{found[1]}"


def next_dates(found: Iterable[Recurrence], now: datetime, count: int = 4) -> list[tuple[datetime, str]]:
    """The next moments of these rules with their zones, in order."""
    ahead = [(one.at, rule.zone) for rule in found for one in upcoming(rule, now)]
    return sorted(ahead)[:count]


def zone_named(zone: str, held: int) -> str | None:
    """The zone of a community, or None where nobody named one: it is in UTC and `held` no weekly chat yet."""
    return None if zone == "UTC" and not held else zone


def zone_of_community(zone: str, held: int, first: Sequence[Recurrence]) -> str:
    """The zone of a community: where nobody named one (it is in UTC), that of its first weekly chat."""
    return zone_named(zone, held) or first[0].zone


def nearest(at: datetime, found: Iterable[Recurrence], now: datetime) -> datetime | None:
    """The coming moment of these rules that lies nearest to another one."""
    ahead = [one.at for rule in found for one in upcoming(rule, now)]
    return min(ahead, key=lambda other: abs(other - at), default=None)


def spans(found: Iterable[Recurrence], series: Series, now: datetime) -> list[Span]:
    """When a series takes its place in the coming year, or at its next dates where they lie further ahead."""
    ahead = [(one, rule.zone) for rule in found for one in _of_the_year(rule, now)]
    return [Span(one.at, _ends(one, series, zone), series.title) for one, zone in ahead]


def _ends(one: Occurrence, series: Series, zone: str) -> datetime:
    if series.slow:
        return days_of.ends_at(series, one.at, zone, one.local.time())
    return one.at + series.length


@in_any_tongue
def days(text: str, today: date) -> tuple[date, date]:
    """The first and last day of "22 Dec" or of a break such as "22 Dec until 5 Jan"."""
    first, *rest = _UNTIL.split(plain(text, 100), maxsplit=1)
    start = parse_date(first, today)
    end = parse_date(rest[0], today) if rest else start
    if end < start:
        raise Refused(
            sentences.BREAK_BACKWARDS,
            first=partial(sentences.day_words, start),
            last=partial(sentences.day_words, end),
        )
    return start, end


def days_left_out(rule: Recurrence, first: date, last: date, now: datetime) -> list[date]:
    """The dates of a rule from the first to the last day."""
    end = datetime.combine(last, time(), now.tzinfo) + timedelta(days=2)
    local = (one.local.date() for one in occurrences(rule, now, end))
    return [day for day in local if first <= day <= last]


def _of_the_year(rule: Recurrence, now: datetime) -> Sequence[Occurrence]:
    return occurrences(rule, now, now + YEAR) or upcoming(rule, now)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to change in a series, as people wrote it; None is as it was."""

    title: str | None = None
    hashtag: str | None = None
    letters: str | None = None
    welcome: str | None = None
    readers: Visibility | None = None
    minutes: int | None = None
    tail_days: int | None = None
    publish_at_once: bool | None = None
    anonymous_answers: bool | None = None
    search_engines: bool | None = None
    about: str | None = None
    collecting: Collecting | None = None
    ping: str | None = None
    asks: Pace | None = None
    days: str | None = None

    def of(self, series: Series) -> Series:
        """The series as wished."""
        wished = {
            "title": None if self.title is None else title(self.title),
            "hashtag": None if self.hashtag is None else hashtag(self.hashtag),
            "letters": None if self.letters is None else letters(self.letters),
            "welcome": None if self.welcome is None else blurb(self.welcome),
            "visibility": self.readers,
            "tail": None if self.tail_days is None else timedelta(days=self.tail_days),
            "publish_at_once": self.publish_at_once,
            "anonymous_answers": self.anonymous_answers,
            "indexable": self.search_engines,
            "about": None if self.about is None else blurb(self.about),
            "collecting": self.collecting,
            "ping": None if self.ping is None else called_role(self.ping),
        }
        changed = replace(series, **{name: value for name, value in wished.items() if value is not None})  # type: ignore[arg-type]
        changed = self._paced(changed)
        return changed if self.minutes is None else of_length(changed, self.minutes)

    def _paced(self, series: Series) -> Series:
        """The series with its questions coming as wished; only a slow one has days."""
        asks = self.asks or series.asks
        wished = parse_days(self.days) if self.days and self.days.strip() else ()
        if asks is not Pace.HOUR:
            return replace(series, asks=asks, days=wished or series.days or USUAL)
        if wished and wished != series.days:
            raise Refused(sentences.DAYS_OF_SLOW)
        return replace(series, asks=asks, days=())


@dataclass(frozen=True, slots=True)
class Times:
    """New times for a series: other rules, one more, or another zone for the old ones."""

    when: str | None = None
    also: str | None = None
    zone: str | None = None

    @property
    def replacing(self) -> bool:
        """Whether the old rules end."""
        return self.when is not None or self.zone is not None

    def of(self, old: Sequence[Recurrence], home: str, now: datetime) -> tuple[Recurrence, ...]:
        """The rules as wished; dates that were left out stay so. `home` is the community's zone."""
        zone = self.zone or (old[0].zone if old else home)
        base = tuple(replace(rule, zone=self.zone or rule.zone) for rule in old)
        if self.when is not None:
            left_out = frozenset[date]().union(*(rule.exdates for rule in old))
            base = tuple(replace(r, exdates=r.exdates | left_out) for r in rules(self.when, zone, now))
        return base + (rules(self.also, zone, now) if self.also else ())


def letters(text: str) -> str:
    """The letters of questions and answers, as in Q/A."""
    read = Letters.parse(text)
    return f"{read.question}/{read.answer}"


def blurb(text: str) -> str:
    """What the series says at its opening, or of itself; "none" takes it away."""
    said = storable(text.strip(), len(text))
    if len(said) > LONGEST_WELCOME:
        raise Refused(sentences.TEXT_LONG, length=len(said), limit=LONGEST_WELCOME)
    return "" if said.casefold() == "none" else said


def after_a_rest(state: Running, now: datetime) -> Change:
    """A coming chat when its paused series goes on; of one whose start went by nothing is said."""
    if state.chat.starts_at > now:
        return relaid(state, now)
    return Change(replace(state, steps=()).with_chat(state=ChatState.CANCELLED))


def relaid(state: Running, now: datetime) -> Change:
    """A coming chat laid out anew with its series' length; what was announced is not announced again."""
    ends_at = runsheet.ends_at(state.chat, state.series, state.chat.starts_at)
    return Change(replan(state.with_chat(ends_at=ends_at), now))
