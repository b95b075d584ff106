"""Runs the database's work where it is asked for, without a thread: a history has thousands of jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from queue import SimpleQueue
from typing import Any

import aiosqlite.core
import pytest
from aiosqlite.core import _STOP_RUNNING_SENTINEL as STOP
from aiosqlite.core import set_exception, set_result

Job = tuple[Any, Callable[[], Any]]


class InlineQueue(SimpleQueue[Job]):
    """The queue between a connection and its thread, which only ever hears that it may end."""

    def put_nowait(self, item: Job) -> None:
        """Do a job at once; the answer comes, as from a thread, in a later round of the loop."""
        future, job = item
        outcome: Any = None
        answer: Callable[[Any, Any], None] = set_result
        try:
            outcome = job()
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the one who asked
            answer, outcome = set_exception, error
        if future is not None:
            future.get_loop().call_soon(answer, future, outcome)
        if outcome is STOP:
            super().put_nowait((None, lambda: STOP))


@contextmanager
def inline_database() -> Iterator[None]:
    """Let every connection opened in this block work without its thread."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aiosqlite.core, "SimpleQueue", InlineQueue)
        yield


def inline_at_home(rooms: str) -> AbstractContextManager[None]:
    """The same but on Discord, whose rooms meet threads as it is in earnest."""
    return nullcontext() if rooms == "discord" else inline_database()
