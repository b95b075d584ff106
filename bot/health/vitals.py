"""How the bot does: looked at when somebody asks, and watched while it runs."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final, Protocol, runtime_checkable

import structlog

from bot.clock import Clock
from bot.core.sentences import wellness as say
from bot.core.wellness import OVERDUE, Fault, NetworkState, Reading, Unstored, Waiting, faults
from bot.health.metrics import Metrics
from bot.storage.caring import UNTOLD
from bot.storage.store import Store

SLOW: Final = 5.0
"""Seconds within which the database must have written something."""
AT_MOST_EVERY: Final = 2.0
"""Seconds of real time in which the database is asked once, whoever asks."""
BEAT: Final = 0.5
"""Seconds between two looks at the loop and the networks."""
CATCHING_UP: Final = timedelta(minutes=1)
"""How long after a network came back what was said there meanwhile may still be read."""
_PAGE: Final = 4096
"""Bytes of which the database writes at least one at a time."""
_NAME: Final = "well_at"

log = structlog.get_logger()


@runtime_checkable
class Ails(Protocol):
    """A network that may say what is wrong with the whole bot there."""

    unwell: str


@runtime_checkable
class Connects(Protocol):
    """A network that may be out of reach; others are always there."""

    @property
    def connected(self) -> bool:
        """Whether it is in reach now."""


class Keeps(Protocol):
    """Makes the nights' copies."""

    failing: bool
    remembering: bool

    def newest(self) -> datetime | None:
        """When the newest copy was made."""


class Vitals:
    """How one bot does."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        metrics: Metrics | None = None,
        networks: Mapping[str, object] | None = None,
    ) -> None:
        self._store, self._clock, self.metrics = store, clock, metrics or Metrics()
        self._networks = dict(networks or {})
        self.metrics.begin(self._networks)
        self._began = clock.real()
        self._states = {
            name: NetworkState(name, _connected(one), self._began) for name, one in self._networks.items()
        }
        self._probing: asyncio.Task[_Probed] | None = None
        self._asked = 0
        self.copies: Keeps | None = None
        """Who makes copies, where somebody does."""

    async def faults(self) -> tuple[Fault, ...]:
        """What is wrong now."""
        return faults(await self.look())

    async def look(self) -> Reading:
        """How the bot does now; the database is asked once for all who ask within two seconds."""
        moment = int(self._clock.real().timestamp() / AT_MOST_EVERY)
        if self._probing is None or (self._probing.done() and moment != self._asked):
            self._asked = moment
            self._probing = asyncio.create_task(self._probe(), name="looking after the database")
        try:
            async with asyncio.timeout(SLOW):
                probed = await asyncio.shield(self._probing)
        except TimeoutError:
            probed = _Probed(say.WRITES_SLOWLY)
        return self._reading(probed)

    async def run(self) -> None:
        """Watch the loop and the networks; until cancelled."""
        now = asyncio.get_running_loop().time
        try:
            while True:
                self.watch()
                before = now()
                await asyncio.sleep(BEAT)
                self.metrics.loop_lag.observe(max(0.0, now() - before - BEAT))
        finally:
            if self._probing is not None:
                self._probing.cancel()

    def behind(self) -> Mapping[str, datetime]:
        """The networks on which words may wait that were said before, and since when, in real time."""
        self.watch()
        now = self._clock.real()
        return {
            name: one.since
            for name, one in self._states.items()
            if isinstance(self._networks[name], Connects)
            and (not one.connected or now - one.since < CATCHING_UP)
        }

    def watch(self) -> None:
        """Note which networks came or went."""
        for name, network in self._networks.items():
            connected, known = _connected(network), self._states[name]
            if connected != known.connected:
                known = NetworkState(name, connected, self._clock.real())
                if not connected:
                    self.metrics.absences.labels(name).inc()
                log.info("network", network=name, connected=connected)
            unwell = network.unwell if isinstance(network, Ails) else ""
            self._states[name] = replace(known, unwell=unwell)

    def _reading(self, probed: _Probed) -> Reading:
        self.watch()
        looked, now = self.metrics.looked, asyncio.get_running_loop().time()
        return Reading(
            now=self._clock.real(),
            database=probed.wrong,
            looked=None if looked is None else timedelta(seconds=now - looked),
            late=probed.late,
            waiting=tuple(self._waited(*one) for one in sorted(probed.waiting.items())),
            free=_free(self._folder),
            networks=tuple(replace(one, gaps=probed.gaps.get(one.name, 0)) for one in self._states.values()),
            backup_at=self.copies.newest() if self.copies else None,
            backup_failing=bool(self.copies and self.copies.failing),
            copies_remember=bool(self.copies and self.copies.remembering),
            ailing=probed.ailing,
            untold=probed.untold,
            unstored=tuple(self._unstored(now)),
            unrendered=self._unrendered(now),
        )

    def _unstored(self, now: float) -> Iterator[Unstored]:
        """The places that fail still; one that was given up with words in hand is none of them."""
        for place, failing in self.metrics.stuck.unstored.items():
            if failing.still(now):
                yield Unstored(place.name, place.platform, timedelta(seconds=failing.last - failing.since))

    def _unrendered(self, now: float) -> timedelta:
        failing = self.metrics.stuck.unrendered
        fails = failing is not None and failing.still(now)
        return timedelta(seconds=failing.last - failing.since) if failing and fails else timedelta()

    def _waited(self, network: str, found: tuple[int, datetime | None]) -> Waiting:
        """How long something has waited while the bot ran: what an absence left goes out first."""
        count, due = found
        since = max(self._clock.to_real(due), self._began) if due else self._clock.real()
        return Waiting(network, count, max(timedelta(), self._clock.real() - since))

    @property
    def _folder(self) -> Path:
        return Path(str(self._store.url.database)).parent

    async def _probe(self) -> _Probed:
        """Read from the database and write to it, but commit nothing: every commit lets finished pages go."""
        wrong = say.NOT_READABLE
        probed = _Probed()
        try:
            probed = await self._read()
            wrong = say.UNWRITABLE
            await asyncio.to_thread(_fill, self._folder)
            with suppress(_Unwritten):
                await self._write()
        except Exception as fault:  # noqa: BLE001 - whatever the database raises, the bot is not well
            log.warning("not_probed", fault=type(fault).__name__)
            return replace(probed, wrong=wrong)
        return probed

    async def _read(self) -> _Probed:
        now = self._clock.now()
        async with self._store.read() as tx:
            late = await tx.due_chats(now - OVERDUE * max(1.0, self._clock.rate))
            waiting, gaps = await tx.waiting_on_each(now), await tx.gaps_on_each()
            ailing = tuple([(one.id, one.name, one.platform) for one in await tx.ailing_places()])
            untold = bool(await tx.installed(UNTOLD))
        return _Probed(late=bool(late), waiting=waiting, ailing=ailing, gaps=gaps, untold=untold)

    async def _write(self) -> None:
        async with self._store.begin() as tx:
            await tx.install(_NAME, "?" * 2 * _PAGE)  # more than fits where something stands already
            raise _Unwritten


@dataclass(frozen=True, slots=True)
class _Probed:
    """What the database said."""

    wrong: str = ""
    late: bool = False
    waiting: Mapping[str, tuple[int, datetime | None]] = field(default_factory=dict)
    ailing: tuple[tuple[int, str, str], ...] = ()
    gaps: Mapping[str, int] = field(default_factory=dict)
    untold: bool = False


class _Unwritten(Exception):
    """Ends a transaction that was only tried."""


def _connected(network: object) -> bool:
    return network.connected if isinstance(network, Connects) else True


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _fill(folder: Path) -> None:
    with TemporaryFile(dir=folder) as file:
        file.write(bytes(_PAGE))
        file.flush()
        os.fsync(file.fileno())
