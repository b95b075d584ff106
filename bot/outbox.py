"""Says and does what is queued, exactly once: claim, send under a key, confirm."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from bot.clock import Clock
from bot.core import sentences
from bot.core.actions import Action
from bot.core.chunks import chunks
from bot.core.effects import Tell
from bot.failpoints import failpoint
from bot.health.metrics import Metrics
from bot.platform import Ability, Impossible, Later, Outgoing, Platform
from bot.storage.outgoing.outbound import DROPPED, FAILED
from bot.storage.outgoing.queued import Queued
from bot.storage.store import Store, Tx
from bot.storage.together import NextRows, Together

log = structlog.get_logger()

PATIENCE = 15.0
"""Seconds after which an attempt counts as failed; it is made again under the same key."""
CLAIM_EARLY = 0.2
"""Seconds before its time at which a post is claimed; from then on it is going out."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
AFTER_A_FAULT = 5.0
"""Seconds until a queue that could not be read is looked at again."""
INSTANT = 40
"""Characters that a network may write for an instant which a text names."""
TICK = 0.001
"""Seconds that a timer may ring early; a row is not left resting for less."""

_NEEDS = {
    Action.THREAD: Ability.THREADS,
    Action.PIN: Ability.PINS,
    Action.TOPIC: Ability.TOPICS,
    Action.EDIT: Ability.EDITS,
    Action.RECEIPT: Ability.RECEIPTS,
    Action.CARD: Ability.CARDS,
    Action.ENTRY: Ability.ENTRIES,
    Action.ROOM: Ability.PRIVATE_ROOMS,
}


def beyond(platform: Platform) -> frozenset[Action]:
    """What a network cannot do."""
    return frozenset(action for action, need in _NEEDS.items() if need not in platform.abilities)


class _NotYet(Later):
    """A row whose time has not come."""


class Outbox:
    """Empties each place's queue on its own, so that one slow place delays nobody else."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        platforms: Mapping[str, Platform],
        installation: str,
        metrics: Metrics | None = None,
    ) -> None:
        self._store, self._clock, self._platforms = store, clock, platforms
        self._installation = installation
        self.metrics = metrics or Metrics()
        self._together = Together(store)
        self._next = NextRows(store)
        self._bells: dict[int, asyncio.Event] = {}
        self._rung = asyncio.Event()
        store.committed.append(self._committed)

    async def run(self) -> None:
        """Empty the queues, what was attempted before a crash first; until cancelled."""
        async with self._store.read() as tx:
            self._ring(await tx.places_with_waiting())
        async with asyncio.TaskGroup() as group:
            running: set[int] = set()
            while True:
                for place_id in sorted(self._bells.keys() - running):
                    group.create_task(_Queue(self, place_id, self._bells[place_id]).run())
                    running.add(place_id)
                await self._rung.wait()
                self._rung.clear()

    async def next_in(self, place_id: int, but: tuple[int, ...]) -> Queued | None:
        """The row of a place that goes next."""
        return await self._next.of(place_id, but)

    async def deliver(self, row: Queued) -> None:
        """Try one row; raises what the network raised, or Later, when it must be tried again."""
        if (early := self._seconds_to(row.due_at)) > CLAIM_EARLY:
            raise _NotYet(min(early - CLAIM_EARLY, LONGEST_WAIT))  # clocks are set: it is looked at again
        platform = self._platforms.get(row.place.platform)
        if platform is None or _NEEDS.get(row.action, Ability.EDITS) not in (
            platform.abilities | _basics(row)
        ):
            await self._give_up(row, DROPPED, "")
        elif row.not_after is not None and self._clock.now() > row.not_after:
            await self._too_late(row, platform)
        elif row.action.kept and row.target is None and not (row.text or row.entry):
            await self._give_up(row, DROPPED, "")  # what was never made need not go
        elif not row.action.makes or await self._claim(row):
            await self._send(row, platform)

    async def _too_late(self, row: Queued, platform: Platform) -> None:
        """Drop what nobody needs any more, unless an attempt did reach the room before it could be noted."""
        attempted = row.first_attempt_at is not None
        sent = await platform.find(_outgoing(row, self._key(row), row.text)) if attempted else None
        if sent is None:
            await self._give_up(row, DROPPED, sentences.too_late_to_post(row.text))
        else:
            await self._confirm(row, sent)

    def _key(self, row: Queued, part: int = 0) -> str:
        return f"{self._installation}-{row.id}" + (f".{part}" if part else "")

    async def _claim(self, row: Queued) -> bool:
        claimed = await self._together.change(lambda tx: tx.claim(row, self._clock.now()))
        failpoint("outbox.claimed")
        await asyncio.sleep(max(0.0, self._seconds_to(row.due_at)))
        return claimed

    def _seconds_to(self, due: datetime) -> float:
        return (self._clock.to_real(due) - self._clock.real()).total_seconds()

    async def _send(self, row: Queued, platform: Platform) -> None:
        if row.action is Action.POST and row.first_attempt_at is None:
            self.metrics.posted(row.place.platform, -self._seconds_to(row.due_at))
        try:
            native_id = await self._say(row, platform)
        except Impossible as no:
            await self._give_up(row, FAILED, _refused(row, str(no)))
            return
        failpoint("outbox.sent")
        await self._confirm(row, native_id)

    async def _confirm(self, row: Queued, native_id: str) -> None:
        now = self._clock.now()  # when it was out, not when that could be noted

        async def confirm(tx: Tx) -> None:
            await tx.confirm(row, native_id, now)
            if row.action is Action.POST and row.chat_id is not None:
                await tx.file_replies(row.place.id, native_id, await tx.attended(row.place.id, now), now)

        await self._together.change(confirm)
        failpoint("outbox.confirmed")

    async def _say(self, row: Queued, platform: Platform) -> str:
        first = ""
        limit = platform.text_limit - INSTANT * (len(row.moments) + bool(row.ping))
        parts = chunks(row.text, limit) if row.action.once else [row.text]
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            out = _outgoing(row, self._key(row, number), part, with_ending=last)
            out = replace(out, ping="") if number else out
            async with asyncio.timeout(PATIENCE):
                native_id = await platform.send(out)
            first = first or native_id
        return first

    async def _give_up(self, row: Queued, state: str, why: str) -> None:
        async def give_up(tx: Tx) -> None:
            await tx.give_up(row, state)
            if why and row.chat_id is not None and (row.action is Action.THREAD or _aloud(row)):
                await self._tell_hosts(tx, row, row.chat_id, why)

        await self._together.change(give_up)
        self.metrics.not_sent.labels(row.place.platform, state).inc()
        log.warning("not_sent", place=row.place.id, subject=row.subject, state=state)

    async def _tell_hosts(self, tx: Tx, row: Queued, chat_id: int, why: str) -> None:
        community = await tx.community(row.place.community_id)
        if row.place.id != community.hosts_place_id:  # where it failed, telling of it would fail as well
            threads = row.action is Action.THREAD
            told = Tell(f"threads.gone.{row.place.id}" if threads else f"{row.subject}.gone.{row.id}", why)
            await tx.perform(await tx.running(chat_id), (told,), self._clock.now())

    def _committed(self, tx: Tx) -> None:
        self._ring(tx.touched)

    def _ring(self, place_ids: Iterable[int]) -> None:
        for place_id in place_ids:
            if place_id not in self._bells:
                self._bells[place_id] = asyncio.Event()
                self._rung.set()
            self._bells[place_id].set()


class _Queue:
    """One place's queue, with the rows that wait for another try."""

    def __init__(self, outbox: Outbox, place_id: int, bell: asyncio.Event) -> None:
        self._outbox, self._place_id, self._bell = outbox, place_id, bell
        self._again: dict[int, float] = {}
        self._tries: dict[int, int] = {}

    async def run(self) -> None:
        """Send row after row; between them wait for the bell or for the next try."""
        while True:
            self._bell.clear()
            try:
                row = await self._outbox.next_in(self._place_id, self._resting())
            except Exception:
                log.exception("outbox_unread", place=self._place_id)
                await asyncio.sleep(AFTER_A_FAULT)
                continue
            if row is None:
                await self._wait()
            else:
                await self._try(row)

    async def _try(self, row: Queued) -> None:
        try:
            await self._outbox.deliver(row)
        except _NotYet as early:
            self._rest(row, early.seconds)
        except Later as later:
            self._outbox.metrics.retries.labels(row.place.platform).inc()
            self._rest(row, later.seconds)
        except Exception as fault:  # noqa: BLE001 - whatever a network raises, the row is tried again
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** self._tries.get(row.id, 0))
            self._tries[row.id] = self._tries.get(row.id, 0) + 1
            self._outbox.metrics.retries.labels(row.place.platform).inc()
            log.warning(
                "send_failed", place=row.place.id, subject=row.subject, fault=type(fault).__name__, wait=wait
            )
            self._rest(row, wait)
        else:
            self._tries.pop(row.id, None)

    def _rest(self, row: Queued, seconds: float) -> None:
        self._again[row.id] = asyncio.get_running_loop().time() + seconds

    def _resting(self) -> tuple[int, ...]:
        now = asyncio.get_running_loop().time()
        self._again = {row_id: at for row_id, at in self._again.items() if at - now > TICK}
        return tuple(self._again)

    async def _wait(self) -> None:
        now = asyncio.get_running_loop().time()
        seconds = min(self._again.values()) - now if self._again else None
        try:
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        except TimeoutError:
            return


def _aloud(row: Queued) -> bool:
    """Whether it is a post in the room itself: in a thread nobody misses what the room was told too."""
    return row.action is Action.POST and row.target is None


def _refused(row: Queued, why: str) -> str:
    """What hosts are told of a row that a network refuses."""
    if row.action is Action.THREAD:
        return sentences.no_thread(row.place.name, why)
    return sentences.could_not_post(row.place.name, row.text, why)


def _basics(row: Queued) -> frozenset[Ability]:
    return frozenset({Ability.EDITS}) if row.action.once else frozenset()


def _outgoing(row: Queued, key: str, text: str, *, with_ending: bool = True) -> Outgoing:
    return Outgoing(
        key=key,
        place=row.place,
        action=row.action,
        text=text,
        offers=row.offers if with_ending else (),
        target=row.target,
        person=row.person,
        thread=row.thread,
        entry=row.entry,
        about=row.about if with_ending else None,
        moments=tuple(one for one in row.moments if with_ending or not one.below),
        link=row.link if with_ending else None,
        reply_to=row.reply_to,
        ping=row.ping,
        alone=row.alone,
        language=row.language,
        first_attempt_at=row.first_attempt_at,
    )
