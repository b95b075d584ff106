"""Stores what is heard: in sweeps, filed, with each place's cursor, in one transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import structlog

from bot.clock import Clock
from bot.core.hearing import Barred, CaughtUp, Commanded, Deleted, Edited, Heard, Missed, Reacted, Said
from bot.core.listening import Attended
from bot.core.model import Place
from bot.failpoints import failpoint
from bot.health.metrics import Metrics
from bot.storage.store import Store, Tx

log = structlog.get_logger()

EVERY = 0.05
"""Seconds for which what is heard is gathered before it is stored."""
MOST = 500

Hearer = Callable[[Tx, Place, Heard, int | None, datetime], Awaitable[None]]
"""What a cog does when something is heard, in the same transaction; the id is the stored message's."""


@dataclass(frozen=True, slots=True)
class _Bundle:
    place: Place
    heard: tuple[Heard, ...]
    cursor: str
    stored: asyncio.Future[None]
    at: float
    """When it was brought, by the loop's clock."""


class Inbox:
    """The ears of every platform."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        hearers: Mapping[type[Heard], Sequence[Hearer]],
        receipts: frozenset[str] = frozenset(),
        metrics: Metrics | None = None,
    ) -> None:
        self._store, self._clock, self._hearers, self._receipts = store, clock, hearers, receipts
        self._metrics = metrics or Metrics()
        self._waiting: list[_Bundle] = []
        self._more = asyncio.Event()
        self.heard_something: list[Callable[[], None]] = []

    async def hear(self, place: Place, heard: Sequence[Heard], cursor: str) -> None:
        """Store what was heard with the cursor; returns once it is committed."""
        failpoint("inbox.heard")
        loop = asyncio.get_running_loop()
        stored = loop.create_future()
        self._waiting.append(_Bundle(place, tuple(heard), cursor, stored, loop.time()))
        self._more.set()
        await stored

    async def cursor(self, place: Place) -> str | None:
        """Where listening in this place stopped."""
        async with self._store.read() as tx:
            return await tx.cursor(place.platform, place.id)

    async def places(self, platform: str) -> tuple[Place, ...]:
        """The places of one platform that the bot listens to."""
        async with self._store.read() as tx:
            return await tx.places_on(platform)

    async def run(self) -> None:
        """Sweep what was heard into the database every 50 ms, or 500 messages; until cancelled."""
        while True:
            await self._more.wait()
            if sum(len(b.heard) for b in self._waiting) < MOST:
                await asyncio.sleep(EVERY)
            await self.sweep()

    async def sweep(self) -> None:
        """Store everything that waits; if that fails, each bundle on its own."""
        bundles, self._waiting = self._waiting, []
        self._more.clear()
        try:
            await self._store_all(bundles)
        except Exception as fault:  # noqa: BLE001 - whoever brought the words is told, and brings them again
            if len(bundles) == 1:
                self._failed(bundles[0], fault)
                return
            await self._store_one_by_one(bundles)

    async def _store_one_by_one(self, bundles: Sequence[_Bundle]) -> None:
        """Store each bundle on its own; once one of a place failed, the later ones of that place wait too."""
        faults: dict[int, Exception] = {}
        for bundle in bundles:
            if bundle.place.id not in faults:
                try:
                    await self._store_all([bundle])
                except Exception as fault:  # noqa: BLE001 - as above
                    faults[bundle.place.id] = fault
            if bundle.place.id in faults:
                self._failed(bundle, faults[bundle.place.id])

    async def _store_all(self, bundles: Sequence[_Bundle]) -> None:
        async with self._store.begin() as tx:
            for bundle in bundles:
                await self._take(tx, bundle)
            failpoint("inbox.before_commit")
        failpoint("inbox.committed")
        for bundle in bundles:
            self._measure(bundle)
            if not bundle.stored.done():
                bundle.stored.set_result(None)
        for tell in self.heard_something:
            tell()

    def _measure(self, bundle: _Bundle) -> None:
        network, now = bundle.place.platform, asyncio.get_running_loop().time()
        self._metrics.stuck.stored(bundle.place, now, well=True)
        self._metrics.heard.labels(network).inc(len(bundle.heard))
        self._metrics.ingest.labels(network).observe(now - bundle.at)

    def _failed(self, bundle: _Bundle, fault: Exception) -> None:
        self._metrics.not_stored.labels(bundle.place.platform).inc()
        self._metrics.stuck.stored(bundle.place, asyncio.get_running_loop().time(), well=False)
        log.warning("not_stored", place=bundle.place.id, fault=type(fault).__name__)
        if not bundle.stored.done():
            bundle.stored.set_exception(fault)

    async def _take(self, tx: Tx, bundle: _Bundle) -> None:
        now = self._clock.now()
        attended = await tx.attended(bundle.place.id, now)
        for kind, run in groupby(bundle.heard, type):
            new = await _new(tx, bundle.place, list(run))
            await self._take_run(tx, bundle.place, kind, new, attended, now)
        await tx.set_cursor(bundle.place.platform, bundle.place.id, bundle.cursor)

    async def _take_run(
        self,
        tx: Tx,
        place: Place,
        kind: type[Heard],
        run: list[Heard],
        attended: Sequence[Attended],
        now: datetime,
    ) -> None:
        if kind is Said:
            ids = await self._said(tx, place, [one for one in run if isinstance(one, Said)], attended, now)
        elif kind is Commanded:
            await tx.store_commands(place, [one for one in run if isinstance(one, Commanded)], now)
            ids = {}
        else:
            ids = {one.id: found for one in run if (found := await _changed(tx, place, one, attended, now))}
            if kind is Edited:
                await self._renew_receipts(tx, place, ids.values(), now)
        for hearer in self._hearers.get(kind, ()):
            for one in run:
                await hearer(tx, place, one, ids.get(one.id), now)

    async def _said(
        self, tx: Tx, place: Place, said: Sequence[Said], attended: Sequence[Attended], now: datetime
    ) -> dict[str, int]:
        batch = await tx.store_said(place, said, attended, now)
        if batch.labelled and place.platform in self._receipts:
            aloud = await tx.aloud(place, [native_id for native_id, _ in batch.labelled])
            for native_id, number in batch.labelled:
                if native_id in aloud:
                    await tx.receipt(place, native_id, str(number), now)
        for correction in batch.corrections:
            found = await tx.correct(correction, attended, now)
            await self._renew_receipts(tx, place, [found] if found else [], now)
        return batch.ids

    async def _renew_receipts(self, tx: Tx, place: Place, message_ids: Iterable[int], now: datetime) -> None:
        """A receipt tells where a message is filed, so it follows when that changes."""
        for message_id in message_ids if place.platform in self._receipts else ():
            await tx.renew_receipt(place, message_id, now)


async def _new(tx: Tx, place: Place, run: list[Heard]) -> list[Heard]:
    """What was not heard before: a digit brought again would undo what hosts filed since."""
    signs = [one for one in run if isinstance(one, Reacted)]
    return [*await tx.new_signs(place.id, signs)] if signs else run


async def _changed(
    tx: Tx, place: Place, one: Heard, attended: Sequence[Attended], now: datetime
) -> int | None:
    if isinstance(one, Edited):
        return await tx.edit(place, one, attended, now)
    if isinstance(one, Deleted):
        return await tx.delete(place, one, attended, now)
    if isinstance(one, Barred | Missed | CaughtUp):
        await _not_heard(tx, place, one, attended, now)
        return None
    found = await tx.messages_by_native_id(place.id, [one.id])
    return found.get(one.id)


async def _not_heard(
    tx: Tx, place: Place, one: Barred | Missed | CaughtUp, attended: Sequence[Attended], now: datetime
) -> None:
    """What people said is missing, or not any more: of chats that hear nothing now it stays missing."""
    if isinstance(one, Missed):
        await tx.note_missed(place.id, one.stretch.since, one.stretch.until)
    elif isinstance(one, CaughtUp):
        heard = min((other.chat.starts_at for other in attended), default=now)
        await tx.note_caught_up(place.id, max(one.since, heard))
