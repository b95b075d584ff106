"""What database threads owe the virtual loop, and what they have handed in."""

import asyncio
import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

import aiosqlite.core

Job = tuple[asyncio.Future[Any] | None, Callable[[], Any]]


class Threads:
    """The jobs that are out, and the callbacks that came in and wait for the loop to poll."""

    def __init__(self, timeout: float, patience: float) -> None:
        self._timeout, self._patience = timeout, patience
        self._changed = threading.Condition()
        self._owed: dict[asyncio.Future[Any], CountedQueue] = {}
        self._arrived: list[asyncio.Handle] = []
        self._queues: weakref.WeakSet[CountedQueue] = weakref.WeakSet()

    @property
    def owing(self) -> bool:
        """Whether a job is still out."""
        return bool(self._owed)

    def owe(self, future: asyncio.Future[Any], queue: "CountedQueue") -> None:
        """Note a job; its callback will come with `future`, whether anybody still waits for that or not."""
        with self._changed:
            self._queues.add(queue)
            self._owed[future] = queue

    def hand_in(self, handle: asyncio.Handle, args: tuple[Any, ...]) -> bool:
        """Keep a callback that comes from a thread; true if it answers a job."""
        with self._changed:
            queue = self._owed.pop(args[0], None) if _is_answer(args) else None
            self._arrived.append(handle)
            if queue is not None and args[1] is aiosqlite.core._STOP_RUNNING_SENTINEL:
                self._retire(queue)
            self._changed.notify_all()
        return queue is not None

    def collect(self) -> list[asyncio.Handle]:
        """Take what has been handed in."""
        with self._changed:
            arrived, self._arrived = self._arrived, []
        return arrived

    def wait_for(self, future: asyncio.Future[Any]) -> None:
        """Stand still until this job is done; one that may need another connection's lock is let go."""
        seconds = self._patience if len(self._queues) > 1 else self._timeout
        with self._changed:
            self._changed.wait_for(lambda: future not in self._owed, seconds)

    def wait_for_arrival(self) -> bool:
        """Stand still until a thread hands something in; false if none does in time."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._arrived), self._timeout)

    def wait_for_all(self) -> None:
        """Stand still until nothing is owed, or for as long as is reasonable."""
        with self._changed:
            self._changed.wait_for(lambda: not self._owed, self._timeout)

    def _retire(self, queue: "CountedQueue") -> None:
        """Nothing more comes from a connection whose thread has ended, whatever still lies in its queue."""
        queue.retired = True
        self._queues.discard(queue)
        self._owed = {future: other for future, other in self._owed.items() if other is not queue}


class CountedQueue(SimpleQueue[Job]):
    """The queue between an aiosqlite connection and its thread; putting a job waits until it is done.

    Waiting at once, and not only when the loop next polls, also keeps two connections from racing each
    other, and callbacks from seeing a connection in the middle of its work.
    """

    retired = False

    def put_nowait(self, item: Job) -> None:
        """Give the thread a job; a job of no virtual loop passes as it would in any queue."""
        future = item[0]
        threads = None if future is None else getattr(future.get_loop(), "threads", None)
        if future is None or self.retired or not isinstance(threads, Threads):
            super().put_nowait(item)
            return
        threads.owe(future, self)
        super().put_nowait(item)
        threads.wait_for(future)


def _is_answer(args: tuple[Any, ...]) -> bool:
    """Tell aiosqlite's answer, a future and its outcome, from other callbacks."""
    return len(args) == 2 and isinstance(args[0], asyncio.Future)
