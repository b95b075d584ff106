"""What the demo notes of its chat while it runs: how it stands, and when each question was due."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.core import sentences
from bot.core.model import Action, StepKind
from bot.core.state import Running
from bot.platforms.terminal import Posted, Room
from bot.storage.export import export
from bot.storage.store import Store, Tx


class Diary:
    """Looks at one chat after each change of its plan, so that what was due is known before it is late."""

    def __init__(self, store: Store, room: Room, running: Running) -> None:
        self.running = running
        self._store, self._room = store, room
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
            await self._changed.wait()
            self._changed.clear()
            async with self._store.read() as tx:
                self._note(await tx.running(self.running.chat.id))

    async def exported(self) -> Mapping[str, Any]:
        """Everything the bot keeps, as it would be handed out."""
        written: list[str] = []
        async with self._store.read() as tx:
            await export(tx, written.append)
        document: dict[str, Any] = json.loads("".join(written))
        return document

    def posts(self) -> Counter[int]:
        """How often each question stands in the room."""
        return Counter(number for number, _ in self._asked())

    def lateness(self) -> tuple[float, ...]:
        """How long after its due time each question stood in the room, in milliseconds of chat time."""
        late = ((post.at - self._due[number]).total_seconds() for number, post in self._asked())
        return tuple(sorted(seconds * 1000 for seconds in late))

    def _asked(self) -> Iterable[tuple[int, Posted]]:
        texts = {sentences.question(self.running.series, q): q.position for q in self.running.questions}
        for event in self._room.read(None).events:
            if isinstance(event, Posted) and event.action is Action.POST and event.text in texts:
                yield texts[event.text], event

    def _note(self, running: Running) -> None:
        self.running = running
        self._due |= {step.ordinal: step.due_at for step in running.steps if step.kind is StepKind.ASK}

    def _committed(self, tx: Tx) -> None:
        if tx.replanned:
            self._changed.set()
