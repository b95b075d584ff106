"""Wakes when steps fall due; the database is the truth, APScheduler only the alarm clock."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from bot.clock import Clock, in_chat_time
from bot.core.model import Step, StepKind
from bot.core.running import advance, may_open
from bot.core.state import Running
from bot.failpoints import failpoint
from bot.health.metrics import Metrics
from bot.storage.engine import StorageFull
from bot.storage.store import Store, Tx

log = structlog.get_logger()

Stepper = Callable[[Tx, int, Step, datetime], Awaitable[None]]
"""What a cog does when a step is taken: in the same transaction, for a chat's id."""

LONGEST_SLEEP = timedelta(seconds=30)
HEAD_START = timedelta(seconds=0.5)
"""How long (real time) before it is due a step is taken: its posts wait, claimed, for the instant."""
PLAN_AHEAD_EVERY = timedelta(days=1)
AFTER_A_FAULT = timedelta(seconds=5)
CATCHES_UP = timedelta(days=1)
"""How long a chat is kept from being sealed by a network on which words may wait that were said before."""
JUST_BACK = timedelta(minutes=10)
"""How long (real time) a network that came or went is given to bring them, however late the seal is."""
AT_ONCE = 10
"""Chats whose steps are taken in one transaction: at the top of the hour many are due."""


class Scheduler:
    """Takes the steps of every chat as they fall due."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        steppers: Mapping[StepKind, Sequence[Stepper]],
        longest_sleep: timedelta | None = LONGEST_SLEEP,
        metrics: Metrics | None = None,
        behind: Callable[[], Mapping[str, datetime]] = dict,
    ) -> None:
        self._store, self._clock, self._steppers, self._behind = store, clock, steppers, behind
        self._metrics = metrics or Metrics()
        self._longest_sleep = longest_sleep
        self._awake = asyncio.Event()
        self._held: set[int] = set()
        self._look_again = False
        self._planned_ahead: datetime | None = None
        self._began = clock.now()
        store.committed.append(self._committed)

    async def run(self) -> None:
        """Take what is due, set the alarm to what is next, sleep; until cancelled."""
        alarm = AsyncIOScheduler(timezone="UTC")
        alarm.start()
        try:
            while True:
                self._awake.clear()
                await self._set(alarm, await self._round())
                await self._awake.wait()
        finally:
            alarm.shutdown(wait=False)

    async def plan_ahead(self) -> None:
        """Make chats of the coming occurrences of every series."""
        now = self._clock.now()
        async with self._store.read() as tx:
            slots = await tx.slots_to_materialise()
        for series, slot in slots:
            async with self._store.begin() as tx:
                await tx.materialise(series, slot, now)
        self._planned_ahead = now

    async def take_due(self) -> None:
        """Take every step that falls due in a moment, some chats in one transaction."""
        async with self._store.read() as tx:
            due = await tx.due_chats(self._horizon())
        self._held.intersection_update(due)
        self._look_again = False
        for first in range(0, len(due), AT_ONCE):
            await self._take_some(due[first : first + AT_ONCE])

    async def _take_some(self, due: Sequence[int]) -> None:
        """Take the steps of these chats together; where one fails, each in a transaction of its own."""
        if len(due) > 1:
            try:
                await self._take(*due)
            except StorageFull:
                raise
            except Exception as fault:  # noqa: BLE001 - which chat it was shows when each is taken alone
                log.warning("steps_failed", chats=len(due), fault=type(fault).__name__)
            else:
                return
        for chat_id in due:
            try:
                await self._take(chat_id)
            except StorageFull:
                raise
            except Exception:
                log.exception("step_failed", chat=chat_id)
                self._look_again = True

    async def _round(self) -> datetime:
        now = self._clock.now()
        self._metrics.looked = asyncio.get_running_loop().time()
        try:
            await self.take_due()
            if self._planned_ahead is None or now - self._planned_ahead >= PLAN_AHEAD_EVERY:
                await self.plan_ahead()
            return await self._next()
        except StorageFull as fault:
            log.error("storage_full", reason=str(fault))  # noqa: TRY400 - a full disk needs no traceback
            return now + AFTER_A_FAULT
        except Exception:
            log.exception("round_failed")
            return now + AFTER_A_FAULT

    async def _next(self) -> datetime:
        now = self._clock.now()
        async with self._store.read() as tx:
            due = await tx.next_due(self._horizon())
        soon = [(self._planned_ahead or now) + PLAN_AHEAD_EVERY]
        if due:
            soon.append(max(now, due - self._head_start))
        if self._look_again:
            soon.append(now + AFTER_A_FAULT)
        if self._longest_sleep or self._held:
            soon.append(now + (self._longest_sleep or LONGEST_SLEEP))
        return min(soon)

    async def _take(self, *chat_ids: int) -> None:
        async with self._store.begin() as tx:
            taken = {chat_id for chat_id in chat_ids if await self._taken(tx, chat_id)}
            if taken:
                failpoint("step.before_commit")
        self._held -= taken
        self._held |= set(chat_ids) - taken
        if taken:
            failpoint("step.committed")

    async def _taken(self, tx: Tx, chat_id: int) -> bool:
        """Take what is due of one chat; False when it must wait."""
        before = await tx.running(chat_id)
        step = before.due(self._horizon())
        if step is None or await self._must_wait(tx, before):
            return False
        now = max(self._clock.now(), step.due_at)
        change = advance(before, now)
        await tx.change(before, change, now)
        self._metrics.step_lateness.observe((now - step.due_at).total_seconds() / self._clock.rate)
        for one in change.taken:
            for stepper in self._steppers.get(one.kind, ()):
                await stepper(tx, chat_id, one, now)
        return True

    async def _must_wait(self, tx: Tx, state: Running) -> bool:
        """A place still taken by another chat, or a network that shows nobody anything, is a pause."""
        if await self._is_missing_words(tx, state):
            return True
        # An outage may have left several steps due at once: the first is not always the one that matters.
        opens_at = state.when(StepKind.OPEN)
        if opens_at is not None and opens_at <= self._horizon():
            now = self._clock.now()
            return may_open(state, now - opens_at, now) and await tx.busy(state.chat) is not None
        if not state.in_hour(self._horizon()):
            return False
        asks_at = state.when(StepKind.ASK, StepKind.WRAP)
        asks = asks_at is not None and asks_at <= self._horizon()
        return asks and await tx.nobody_was_asked(state.chat.id)

    async def _is_missing_words(self, tx: Tx, state: Running) -> bool:
        """Whether a chat is not to be sealed yet; after a day it is, and what it lacks is noted."""
        seals_at, behind = state.when(StepKind.SEAL), self._behind()
        if not behind or seals_at is None or seals_at > self._horizon():
            return False
        if not state.chat.state.hears_late_answers:
            return False
        since = {name: in_chat_time(self._clock, at) for name, at in behind.items()}
        places = [place for place in await tx.places(state.chat) if place.platform in since]
        if self._may_bring_words(seals_at, [since[place.platform] for place in places]):
            return True
        for place in places:
            await tx.note_missed(place.id, min(since[place.platform], seals_at - timedelta(seconds=1)))
        return False

    def _may_bring_words(self, seals_at: datetime, since: Sequence[datetime]) -> bool:
        """Whether networks that came or went then are waited for: not for ever, be they dead or flapping."""
        now, long_ago = self._clock.now(), seals_at + CATCHES_UP
        if not since or now < long_ago:
            return bool(since)
        just_back = now - max(since) < JUST_BACK * self._clock.rate
        return just_back and now < max(long_ago, self._began) + CATCHES_UP

    @property
    def _head_start(self) -> timedelta:
        return HEAD_START * self._clock.rate

    def _horizon(self) -> datetime:
        return self._clock.now() + self._head_start

    async def _set(self, alarm: AsyncIOScheduler, at: datetime) -> None:
        when = DateTrigger(self._clock.to_real(at))
        alarm.add_job(self._ring, when, id="alarm", replace_existing=True, misfire_grace_time=None)

    async def _ring(self) -> None:
        self._awake.set()

    def _committed(self, tx: Tx) -> None:
        if tx.replanned or (self._held and tx.settled):
            self._awake.set()
