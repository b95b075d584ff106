"""Whether the bot is well: what counts as wrong, for its health check, for its status and for its host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.core.sentences import wellness as say

STOOD_STILL: Final = timedelta(seconds=90)
"""How long after its last look the scheduler counts as standing still; it looks every 30 s at least."""
OVERDUE: Final = timedelta(seconds=60)
"""How late a step may be."""
UNSENT: Final = timedelta(minutes=10)
"""How long what is due may wait to be sent, on a network that works."""
AWAY: Final = timedelta(minutes=5)
"""How long a network may be out of reach: until then it is only connecting again."""
FAILING: Final = timedelta(minutes=5)
"""How long storing what was heard, or making it ready for pages, may fail; until then it is tried again."""
MEBIBYTE: Final = 2**20
LITTLE_ROOM: Final = 500 * MEBIBYTE
"""Bytes of free disk below which the host is told."""
NO_ROOM: Final = 50 * MEBIBYTE
"""Bytes of free disk below which the bot is not well."""


class Kind(StrEnum):
    """What may be wrong."""

    DATABASE = "database"
    SCHEDULER = "scheduler"
    STEPS = "steps"
    POSTS = "posts"
    DISK = "disk"
    LITTLE_DISK = "little_disk"
    NETWORK = "network"
    UNSTORED = "unstored"
    UNRENDERED = "unrendered"
    BACKUP = "backup"
    COPIES = "copies"
    PLACE = "place"
    HOST = "host"


_GRAVE: Final = frozenset(Kind) - {Kind.LITTLE_DISK, Kind.BACKUP, Kind.COPIES, Kind.PLACE, Kind.HOST}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, `about` a network or place where there are several, in one sentence."""

    kind: Kind
    sentence: str
    about: str = ""

    @property
    def key(self) -> str:
        """What it is called in our books, however it is worded."""
        return f"{self.kind}.{self.about}" if self.about else str(self.kind)

    @property
    def grave(self) -> bool:
        """Whether the bot cannot do its work, or soon will not."""
        return self.kind in _GRAVE


@dataclass(frozen=True, slots=True)
class NetworkState:
    """A network, whether it is connected or away, and since when; `unwell` is what it says of itself.

    `gaps` counts places in which something is missing that a chat still needs.
    """

    name: str
    connected: bool
    since: datetime
    unwell: str = ""
    gaps: int = 0

    def works(self) -> bool:
        """Whether something can be sent there now."""
        return self.connected and not self.unwell


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits to be sent on one network, and for how long what is due there has waited."""

    network: str
    count: int
    oldest: timedelta


@dataclass(frozen=True, slots=True)
class Unstored:
    """A place of which what is heard cannot be stored, and for how long."""

    place: str
    network: str
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class Reading:
    """How the bot does at one moment of real time; what could not be looked at is not there."""

    now: datetime
    database: str = ""
    """What is wrong with the database, in a sentence, or nothing."""
    looked: timedelta | None = None
    """How long ago the scheduler looked for what is due."""
    late: bool = False
    """Whether a step is overdue."""
    waiting: tuple[Waiting, ...] = ()
    free: int | None = None
    """Bytes of free disk."""
    networks: tuple[NetworkState, ...] = ()
    backup_at: datetime | None = None
    backup_failing: bool = False
    copies_remember: bool = False
    """Whether what was erased may still stand in copies, because they cannot be made anew."""
    ailing: tuple[tuple[int, str, str], ...] = ()
    """Places in use that are shut to the bot or lack something: id, name and network."""
    untold: bool = False
    """Whether nobody could be told what was wrong last."""

    unstored: tuple[Unstored, ...] = ()
    unrendered: timedelta = timedelta()
    """For how long stored words could not be made ready for pages."""

    @property
    def sick(self) -> frozenset[str]:
        """The networks on which nothing can be sent."""
        return frozenset(one.name for one in self.networks if not one.works())


def faults(reading: Reading) -> tuple[Fault, ...]:
    """What is wrong, the gravest first."""
    found = [*_inside(reading), *_kept_back(reading), *_outside(reading), *_beside(reading)]
    return tuple(sorted(found, key=lambda fault: not fault.grave))


def reason(found: tuple[Fault, ...]) -> str:
    """Why the bot is not well, in sentences, or nothing."""
    return " ".join(fault.sentence for fault in found if fault.grave)


def _inside(reading: Reading) -> Iterator[Fault]:
    if reading.database:
        yield Fault(Kind.DATABASE, reading.database)
    if reading.looked is not None and reading.looked > STOOD_STILL:
        yield Fault(Kind.SCHEDULER, say.STANDS_STILL)
    if reading.late:
        yield Fault(Kind.STEPS, say.STEPS_LATE)
    if reading.free is not None and reading.free < NO_ROOM:
        yield Fault(Kind.DISK, say.disk_full(reading.free))
    elif reading.free is not None and reading.free < LITTLE_ROOM:
        yield Fault(Kind.LITTLE_DISK, say.disk_filling(reading.free))


def _kept_back(reading: Reading) -> Iterator[Fault]:
    """Words that come no further; where the database itself fails, that is said already."""
    if reading.database:
        return
    stuck = [one for one in reading.unstored if one.lasts >= FAILING]
    for network in sorted({one.network for one in stuck}):
        places = sorted(one.place for one in stuck if one.network == network)
        yield Fault(Kind.UNSTORED, say.not_stored(places, network), network)
    if reading.unrendered >= FAILING:
        yield Fault(Kind.UNRENDERED, say.NOT_RENDERED)


def _outside(reading: Reading) -> Iterator[Fault]:
    for network in reading.networks:
        if network.unwell:
            yield Fault(Kind.NETWORK, network.unwell, network.name)
        elif not network.connected and reading.now - network.since >= AWAY:
            yield Fault(Kind.NETWORK, say.network_away(network.name, network.since), network.name)
    for one in reading.waiting:
        if one.oldest > UNSENT and one.network not in reading.sick:
            yield Fault(Kind.POSTS, say.posts_wait(one.network), one.network)


def _beside(reading: Reading) -> Iterator[Fault]:
    if reading.backup_failing:
        yield Fault(Kind.BACKUP, say.backup_fails(reading.backup_at))
    if reading.copies_remember:
        yield Fault(Kind.COPIES, say.copies_remember())
    for place_id, name, network in reading.ailing:
        yield Fault(Kind.PLACE, say.place_fails(name, network), str(place_id))
    if reading.untold:
        yield Fault(Kind.HOST, say.UNTOLD)
