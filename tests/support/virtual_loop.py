"""An event loop for tests: idle time is leapt over, the wall clock moves along, and every run is the same.

The loop stands still while a database thread or an executor works, and what threads hand back reaches it
only in `select()`, in the order in which it was asked for: neither the moment a thread ends nor the speed
of the machine can change the order of callbacks. Only sockets bring chance with them.
"""

import asyncio
import concurrent.futures
import contextlib
import inspect
import itertools
import selectors
import threading
import time
from collections.abc import Callable, Coroutine
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, TypeVarTuple, Unpack

import aiosqlite.core
import pytest

from tests.support.virtual_clock import MICROSECOND, Due, VirtualClock
from tests.support.virtual_threads import CountedQueue, Threads

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Events = list[tuple[selectors.SelectorKey, int]]

ROUNDS_BETWEEN_LOOKS = 4096
ROUNDS_OF_CLEANING_UP = 3


class StuckError(RuntimeError):
    """The loop cannot go on; the message says what it was waiting for."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the loop waits for the real world (in real seconds) and how far it may travel."""

    timeout: float = 60.0
    settle: float = 0.0
    patience: float = 3.0
    horizon: timedelta = timedelta(days=800)


class NumberedTask(asyncio.Task[T]):
    """A task hashed by its number: asyncio keeps tasks in sets, and walks them when it cancels a group."""

    def __init__(self, number: int, coro: Any, **options: Any) -> None:
        self._number = number
        super().__init__(coro, **options)

    def __hash__(self) -> int:
        """Give what is the same in every run, as an address in memory is not."""
        return self._number


class LeapingSelector(selectors.DefaultSelector):
    """Where the loop goes to wait, and instead leaps."""

    loop: "VirtualLoop"

    def __init__(self) -> None:
        super().__init__()
        self._note_progress()

    def select(self, timeout: float | None = None) -> Events:
        """Hand threads' answers to the loop; poll if it has work, else leap to its next timer."""
        delivered = self.loop.deliver()
        events = super().select(0)
        if not delivered and not events and timeout is not None and timeout <= 0:
            self._look_for_spinning()
            return events
        self._note_progress()
        return events if delivered or events else self._idle(timeout)

    def _idle(self, timeout: float | None) -> Events:
        if self.loop.threads.owing:
            return self._await_thread()
        events = self._await_descriptors(timeout)
        if not events and not self.loop.deliver():
            self._leap(timeout)
        return events

    def _await_thread(self) -> Events:
        if not self.loop.threads.wait_for_arrival():
            raise self.loop.stuck("a database thread does not answer")
        return []

    def _await_descriptors(self, timeout: float | None) -> Events:
        """Give sockets a moment of real time, or plenty when there is nothing else to wait for."""
        if len(self.get_map()) == 1:  # the loop's own pipe
            return []
        long = timeout is None or self.loop.abroad
        return super().select(self.loop.limits.timeout if long else self.loop.limits.settle)

    def _leap(self, timeout: float | None) -> None:
        if timeout is None:
            raise self.loop.stuck("nothing is ready, no timer is set, no thread works, no socket speaks")
        if self.loop.elapsed > self.loop.limits.horizon:
            raise self.loop.stuck(f"still not done after {self.loop.limits.horizon}")
        self.loop.clock.leap(timeout)

    def _note_progress(self) -> None:
        self._rounds, self._moved = 0, time.perf_counter()

    def _look_for_spinning(self) -> None:
        self._rounds += 1
        if self._rounds % ROUNDS_BETWEEN_LOOKS:
            return
        if time.perf_counter() - self._moved > self.loop.limits.timeout:
            raise self.loop.stuck("callbacks run on and on and nothing ever waits")


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on virtual time; made and closed by `run_virtual`.

    `abroad` is how many questions to another process wait for their answer: meanwhile no time passes.
    """

    def __init__(self, start: datetime, limits: Limits) -> None:
        self.limits = limits
        self.threads = Threads(limits.timeout, limits.patience)
        self.clock = VirtualClock(start)
        self.abroad = 0
        self._owner = threading.get_ident()
        self._timers, self._tasks = itertools.count(), itertools.count(1)
        self._executor = concurrent.futures.ThreadPoolExecutor(max_workers=1)
        selector = LeapingSelector()
        selector.loop = self
        super().__init__(selector)
        # Half a step of the grid: a timer is due at its instant and not a step early.
        self._clock_resolution = 5e-7

    @property
    def wall(self) -> datetime:
        """What the wall clock says now, in UTC."""
        return datetime.now(UTC)

    @property
    def elapsed(self) -> timedelta:
        """How much virtual time has passed since the start."""
        return self.clock.elapsed * MICROSECOND

    def step_wall_clock(self, delta: timedelta) -> None:
        """Set the wall clock forward or back, as a time server does, and leave the loop's time alone."""
        self.clock.step_wall(delta)

    def time(self) -> float:
        """Read the loop's own time, in seconds since the start."""
        return self.clock.elapsed / 1e6

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Set a timer on the grid of microseconds; equal ones run in the order of their setting."""
        return super().call_at(Due(when, next(self._timers)), callback, *args, context=context)

    def create_task(
        self, coro: Any, *, name: object = None, context: Context | None = None
    ) -> asyncio.Task[Any]:
        """Make a task whose name and place in sets are the same in every run."""
        number = next(self._tasks)
        return NumberedTask(number, coro, loop=self, name=name or f"Task-{number}", context=context)

    def call_soon_threadsafe(
        self, callback: Callable[[Unpack[Ts]], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        """From the loop's own thread, `call_soon`; from another, keep it until the next `select()`."""
        if threading.get_ident() == self._owner:
            return self.call_soon(callback, *args, context=context)
        if self.is_closed():
            raise RuntimeError("Event loop is closed")
        handle = asyncio.Handle(callback, args, self, context)
        if not self.threads.hand_in(handle, args):
            super().call_soon_threadsafe(_wake)
        return handle

    def run_in_executor(
        self,
        executor: concurrent.futures.Executor | None,
        func: Callable[[Unpack[Ts]], T],
        *args: *Ts,
    ) -> asyncio.Future[T]:
        """Run `func` in a thread while the whole loop stands still: it always ends at the same point."""
        work = (executor or self._executor).submit(func, *args)
        if concurrent.futures.wait([work], self.limits.timeout).not_done:
            raise self.stuck(f"{func!r} does not come back from its thread")
        return asyncio.wrap_future(work, loop=self)

    def deliver(self) -> bool:
        """Put what threads have handed in on the ready queue; true if there was anything."""
        arrived = self.threads.collect()
        for handle in arrived:
            self.call_soon(_run_arrival, handle)
        return bool(arrived)

    def cancel_leftovers(self) -> None:
        """Cancel every unfinished task, oldest first, and let it clean up; then those begun meanwhile."""
        trouble: list[StuckError] = []
        for _ in range(ROUNDS_OF_CLEANING_UP):
            try:
                self._cancel(self._unfinished())
            except StuckError as error:
                trouble.append(error)
        if trouble:
            raise trouble[0]

    def _cancel(self, tasks: list[asyncio.Task[Any]]) -> None:
        for task in tasks:
            task.cancel()
        if tasks:
            self.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        for task in tasks:
            self._tell_of_failure(task)

    def close(self) -> None:
        """Close the loop and give back real time."""
        if self.is_closed():
            return
        self.threads.wait_for_all()  # a thread that answers a closed loop dies of it
        self._executor.shutdown(wait=False)
        super().close()
        self.clock.stop()

    def stuck(self, why: str) -> StuckError:
        """Say why the loop cannot go on, when that was, and where each task waits."""
        head = f"{why} (at {self.wall.isoformat()}, {self.elapsed} after the start); unfinished tasks:"
        tasks = [f"  {task.get_name()} {_where(task)}" for task in self._unfinished()]
        return StuckError("\n".join([head, *tasks]))

    def _unfinished(self) -> list[asyncio.Task[Any]]:
        return sorted(asyncio.all_tasks(self), key=hash)

    def _tell_of_failure(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and (error := task.exception()):
            message = "a task failed while run_virtual() cancelled it at the end"
            self.call_exception_handler({"message": message, "exception": error, "task": task})


def _wake() -> None:
    """Make a loop that waits on sockets look up."""


def _run_arrival(handle: asyncio.Handle) -> None:
    if not handle.cancelled():
        handle._run()


def _where(task: asyncio.Task[Any]) -> str:
    """Name the line on which a task waits, and those through which it came there."""
    coro: Any = task.get_coro()
    lines = []
    while inspect.iscoroutine(coro) and coro.cr_frame is not None:
        lines.append(f"{coro.__qualname__}:{coro.cr_frame.f_lineno}")
        coro = coro.cr_await
    return " > ".join(lines) or repr(coro)


def running_virtual_loop() -> VirtualLoop:
    """Find the virtual loop in which the caller runs."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop), "call this inside run_virtual()"
    return loop


def run_virtual(
    main: Coroutine[Any, Any, T],
    start: datetime,
    *,
    timeout: float = 60.0,
    settle: float = 0.0,
    patience: float = 3.0,
    horizon: timedelta = timedelta(days=800),
) -> T:
    """Run `main` from `start` on virtual time, cancel what it leaves behind, and give back real time.

    Real seconds: `timeout` without progress raises `StuckError`; `settle` is what sockets get before each
    leap; `patience` is how long a job on one of several database connections holds up the others (it may
    be waiting for their lock). `horizon` is virtual time: a run that goes beyond it counts as endless.
    """
    loop = VirtualLoop(start, Limits(timeout, settle, patience, horizon))
    with pytest.MonkeyPatch.context() as patch, asyncio.Runner(loop_factory=lambda: loop) as runner:
        patch.setattr(aiosqlite.core, "SimpleQueue", CountedQueue)
        # As asyncio.run() does: else a connection collected after the end makes itself a loop to close in.
        asyncio.set_event_loop(None)
        try:
            result = runner.run(main)
        except BaseException:
            with contextlib.suppress(StuckError):  # what went wrong first is what should be read
                loop.cancel_leftovers()
            raise
        loop.cancel_leftovers()
    return result
