"""What the demo notes of its chat while it runs: how it stands, and when each question was due."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from bot.core.model import StepKind
from bot.core.running import question_subject
from bot.core.state import Running
from bot.storage.store import Store, Tx


class Diary:
    """Looks at one chat after each change of its plan, so that what was due is known before it is late.

    Where another process changes the plan, it looks `every` so many seconds.
    """

    def __init__(self, store: Store, running: Running, every: float | None = None) -> None:
        self.running = running
        self._store, self._every = store, every
        self._due: dict[int, datetime] = {}
        self._changed = asyncio.Event()
        self._note(running)
        store.committed.append(self._committed)

    @property
    def ends_at(self) -> datetime:
        """When the chat ends, as planned now."""
        return self.running.chat.ends_at

    async def keep(self) -> None:
        """Note every change; until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every):
                    await self._changed.wait()
            self._changed.clear()
            async with self._store.read() as tx:
                self._note(await tx.running(self.running.chat.id))

    def lateness(self, document: Mapping[str, Any]) -> tuple[float, ...]:
        """How long after its due time each question was out, in milliseconds of chat time."""
        asked = {question_subject(one): one.position for one in self.running.questions}
        out = [
            (asked[post["subject"]], datetime.fromisoformat(post["sent_at"]))
            for post in document["posts"]
            if post["subject"] in asked and post["sent_at"]
        ]
        late = ((at - self._due[number]).total_seconds() for number, at in out if number in self._due)
        return tuple(sorted(seconds * 1000 for seconds in late))

    def _note(self, running: Running) -> None:
        self.running = running
        self._due |= {step.ordinal: step.due_at for step in running.steps if step.kind is StepKind.ASK}

    def _committed(self, tx: Tx) -> None:
        if tx.replanned:
            self._changed.set()
