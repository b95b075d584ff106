"""The same evening and the same planning on Matrix: words go over a homeserver, as do the posts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.core.hearing import Said
from bot.inbox import Inbox
from bot.scheduler import Scheduler
from bot.storage.store import Store
from tests.support.evening import NO_CHAT, Evening, Opened
from tests.support.matrix_talk import MatrixTalk, matrix_talk
from tests.support.noting_tree import NotingTree
from tests.support.on_networks import EveningOnNetwork, PlanningOnNetwork
from tests.support.planning_room import PlanningRoom
from tests.support.set_clock import SetClock


@dataclass(slots=True, kw_only=True)
class EveningOnMatrix(EveningOnNetwork):
    """What is said goes through a homeserver, and what the bot posts comes to stand there."""

    talk: MatrixTalk

    def native(self, who: str) -> str:
        """The native id of somebody."""
        return self.talk.net.mxid(who)


@asynccontextmanager
async def evening_on_matrix(opened: Opened) -> AsyncIterator[Evening]:
    """An evening without a chat yet, on a homeserver."""
    async with matrix_talk(opened.store, opened.clock, opened.tree, opened.inbox) as talk:
        parts = (opened.store, opened.clock, opened.tree, opened.inbox, opened.scheduler)
        yield EveningOnMatrix(*parts, talk.place, talk.hosts, NO_CHAT, talk=talk)


@dataclass(slots=True, kw_only=True)
class PlanningOnMatrix(PlanningOnNetwork):
    """Hosts plan by typed lines on a homeserver."""

    talk: MatrixTalk


@asynccontextmanager
async def planning_on_matrix(store: Store, clock: SetClock, tree: NotingTree) -> AsyncIterator[PlanningRoom]:
    """An empty community on a homeserver."""
    inbox = Inbox(store, clock, {Said: tree.hearers(Said)})
    async with matrix_talk(store, clock, tree, inbox) as talk:
        parts = (store, clock, tree, Scheduler(store, clock, {}), inbox)
        yield PlanningOnMatrix(*parts, talk.place, talk.hosts, talk=talk)
