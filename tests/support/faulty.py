"""A chat network on a bad day: late, torn and hanging connections around a real platform, from a seed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from bot.app import Mounts
from bot.clock import Clock
from bot.commands import CommandTree
from bot.platform import Ability, Ears, Later, Outgoing, Platform


@dataclass(frozen=True, slots=True)
class Faults:
    """How often what goes wrong, each as a share of all sendings."""

    later: float = 0.0
    before: float = 0.0
    after: float = 0.0
    hang: float = 0.0
    longest_later: float = 5.0

    @property
    def shares(self) -> dict[str, float]:
        """The share of each fault, and of none."""
        faults = {"later": self.later, "before": self.before, "after": self.after, "hang": self.hang}
        return {**faults, "none": 1 - sum(faults.values())}


@dataclass(slots=True)
class Faulty:
    """A platform around another; `tripped` counts what went wrong.

    `before` and `after` break the connection before or after the real sending, so that the sender
    cannot know which; `hang` sends or not and never returns.
    """

    inner: Platform
    clock: Clock
    faults: Faults = field(default_factory=Faults)
    seed: int = 0
    name: str = field(init=False)
    abilities: frozenset[Ability] = field(init=False)
    text_limit: int = field(init=False)
    tripped: dict[str, int] = field(default_factory=dict)
    _held: dict[str, datetime] = field(default_factory=dict)
    _luck: Random = field(init=False)

    def __post_init__(self) -> None:
        self.name, self.abilities = self.inner.name, self.inner.abilities
        self.text_limit = self.inner.text_limit
        self._luck = Random(self.seed)

    def hold_up(self, native_id: str, until: datetime) -> None:
        """Answer with Later in this place until then, as a network does for 280 s at a time."""
        self._held[native_id] = until

    def mount(self, tree: CommandTree) -> None:
        """Offer the commands as the platform inside does, if it does."""
        if isinstance(self.inner, Mounts):
            self.inner.mount(tree)

    async def listen(self, ears: Ears) -> None:
        """Hear as the platform inside does."""
        await self.inner.listen(ears)

    async def send(self, out: Outgoing) -> str:
        """Send, or do what goes wrong this time."""
        self._refuse_while_held(out)
        fault = self._drawn()
        self.tripped[fault] = self.tripped.get(fault, 0) + 1
        if fault == "later":
            raise Later(self._luck.uniform(0.05, self.faults.longest_later))
        if fault == "before":
            raise ConnectionResetError(104, "connection reset by peer")
        if fault == "hang" and self._luck.random() < 0.5:
            await asyncio.Event().wait()
        sent = await self.inner.send(out)
        if fault == "hang":
            await asyncio.Event().wait()
        if fault == "after":
            raise ConnectionResetError(104, "connection reset by peer")
        return sent

    async def find(self, out: Outgoing) -> str | None:
        """Look, unless this place is held up."""
        self._refuse_while_held(out)
        return await self.inner.find(out)

    def _refuse_while_held(self, out: Outgoing) -> None:
        until = self._held.get(out.place.native_id)
        if until is not None and (left := (until - self.clock.now()).total_seconds()) > 0:
            raise Later(min(left, 280.0))

    def _drawn(self) -> str:
        shares = self.faults.shares
        return self._luck.choices(list(shares), list(shares.values()))[0]
