"""What the person who hosts the bot is told of what is wrong: each thing once, and once when it is over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.core.wellness import Fault, Kind

LASTS: Final = timedelta(minutes=1)
"""How long something must have been wrong before anybody is told."""
CALM: Final = timedelta(minutes=6)
"""How long it must have been well before that is told; a network may be away that long after a start."""
AGAIN: Final = timedelta(hours=1)
"""How long after the last word of something it is spoken of as new again."""
APART: Final = timedelta(minutes=5)
"""How far apart two messages are at the least: what comes meanwhile goes into the next one."""


@dataclass(frozen=True, slots=True)
class Known:
    """Something that is wrong, or was a short while ago.

    It `stands` from when the host was told of it until they are told that it is over.
    """

    key: str
    sentence: str
    since: datetime
    stands: bool = False
    told_at: datetime | None = None
    over_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What is known from now on, what of that is told as wrong now, and what as over."""

    known: Mapping[str, Known]
    wrong: tuple[Known, ...] = ()
    over: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True)
class Whispered:
    """A message of an alarm: on which network and to whom, and whether it was `sent` or still `waits`."""

    alarm: str
    network: str
    person: str
    sent: bool = False
    waits: bool = False


def lost(alarm: Collection[Whispered], sick: Collection[str]) -> bool:
    """Whether nobody was reached by an alarm, and nobody will be on a network that works."""
    return bool(alarm) and not any(one.sent or (one.waits and one.network not in sick) for one in alarm)


def news(known: Mapping[str, Known], found: Iterable[Fault], now: datetime) -> News:
    """What to tell, given what was known and what is wrong now."""
    seen = _seen(known, found, now)
    if any(one.told_at and now - one.told_at < APART for one in seen.values()):
        return News(_kept(seen, now))
    wrong = tuple(one for one in seen.values() if _is_news(one, now))
    over = tuple(one for one in seen.values() if _is_over(one, now))
    told = {one.key: replace(one, stands=True, told_at=now) for one in wrong}
    told |= {one.key: replace(one, stands=False, told_at=now) for one in over}
    return News(_kept(seen | told, now), wrong, over)


def _seen(known: Mapping[str, Known], found: Iterable[Fault], now: datetime) -> dict[str, Known]:
    here = {fault.key: fault for fault in found if fault.kind is not Kind.HOST}  # of that nobody can be told
    seen = {key: _looked_at(one, here.get(key), now) for key, one in known.items()}
    new = {key: Known(key, fault.sentence, now) for key, fault in here.items() if key not in known}
    return seen | new


def _looked_at(one: Known, fault: Fault | None, now: datetime) -> Known:
    """What was known, as it stands now; a clock that was set back makes nothing wait longer."""
    one = replace(
        one,
        since=min(one.since, now),
        told_at=one.told_at and min(one.told_at, now),
        over_at=one.over_at and min(one.over_at, now),
    )
    if fault is None:
        return replace(one, over_at=one.over_at or now)
    again = one.over_at is not None and not one.stands
    if again:
        return replace(one, over_at=None, sentence=fault.sentence, since=now)
    return replace(one, over_at=None)


def _is_news(one: Known, now: datetime) -> bool:
    lasted = one.over_at is None and now - one.since >= LASTS
    return lasted and not one.stands and (one.told_at is None or now - one.told_at >= AGAIN)


def _is_over(one: Known, now: datetime) -> bool:
    return one.stands and one.over_at is not None and now - one.over_at >= CALM


def _kept(seen: Mapping[str, Known], now: datetime) -> dict[str, Known]:
    """All but what is over for so long that nobody needs it."""

    def wanted(one: Known) -> bool:
        return one.over_at is None or one.stands or (one.told_at is not None and now - one.told_at < AGAIN)

    return {key: one for key, one in seen.items() if wanted(one)}
