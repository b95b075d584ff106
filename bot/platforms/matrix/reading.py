"""What people did in one room: who they were there at that moment, and what is passed by."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import dropwhile
from typing import Any, Final

import structlog

from bot.clock import Clock, in_chat_time
from bot.core.hearing import Author
from bot.core.model import Role
from bot.core.structured import written
from bot.platforms.matrix.asking import insist, where_let
from bot.platforms.matrix.calling import Calling
from bot.platforms.matrix.homeserver import Homeserver, part
from bot.platforms.matrix.rooms import Room
from bot.platforms.matrix.translating import (
    TOLERANCE,
    Between,
    Changed,
    Happening,
    Passed,
    Put,
    Stands,
    TookBack,
    Wrote,
    mapping,
    read,
)
from bot.storage.store import Store

NAME: Final = "matrix"
"""The platform's name in our books."""
OLD: Final = timedelta(minutes=5)
"""A command typed so long before this life began is none any more, unless a chat listens."""
_PASSED_BY: Final = 2_000
"""Events that are no messages, and whose going is no news."""
_TOLD: Final = 200
"""Deeds of which we remember that we were told."""
_REMEMBERED: Final = 5_000
"""Messages of which it is remembered who said them."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


Deedlike = Wrote | Changed | Put | TookBack


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody did in a room, who they were there at that moment."""

    what: Deedlike
    author: Author


class Reader:
    """Reads rooms; one a life."""

    def __init__(
        self, home: Homeserver, store: Store, clock: Clock, calling: Calling, host_power: int
    ) -> None:
        self._home, self.store, self.clock = home, store, clock
        self._calling, self._host_power = calling, host_power
        self._began = clock.real()
        self._senders: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        self._passed_by: deque[str] = deque(maxlen=_PASSED_BY)
        self._told: deque[str] = deque(maxlen=_TOLD)
        self._odd: set[str] = set()
        self.ignored = 0
        """Events that nothing could be made of."""

    # -- what was done ----------------------------------------------------------------------------

    def deeds(self, room: Room, events: Iterable[Any], between: Between, *, state: bool = True) -> list[Deed]:
        """What people did, each with the power of that moment.

        Of what was done while we were out only that counts which took something away. Where the `state` is
        known from elsewhere, what events say of it is history.
        """
        done: list[Deed] = []
        comings, before = room.comings, 0  # so many were done while we were there before
        for event in events:
            what = read(event, between)
            if isinstance(what, Stands):
                now = room if state else None
                before = len(done) if room.known and self._went(what, now) else before
                if self._came(what, now):
                    done[before:] = [one for one in done[before:] if isinstance(one.what, TookBack)]
                self._take(room, what, state=state)
            elif isinstance(what, Passed):
                self._pass(what)
            elif what.sender != self._home.user:
                done.append(self._deed(room, what))
            elif isinstance(what, Put):
                self._passed_by.append(what.id)
        return self._new(room, done, came=room.comings > comings) if state else done

    def _new(self, room: Room, done: list[Deed], *, came: bool) -> list[Deed]:
        """The deeds of which we were not told yet: of a room that is entered again the server tells all."""
        room.known = True
        new = [one for one in done if not (came and one.what.id in self._told)]
        self._told.extend(one.what.id for one in new)
        return new

    def _deed(self, room: Room, what: Deedlike) -> Deed:
        if isinstance(what, Wrote):
            self.remember(what)
        return Deed(what, self.author(room, what.sender))

    def author(self, room: Room, mxid: str) -> Author:
        """Somebody as they are in a room now."""
        host = room.power(mxid) >= self._host_power
        return Author(mxid, room.shown(mxid), Role.HOST if host else Role.ANYONE)

    def came(self, events: Iterable[Any]) -> bool:
        """Whether our coming to a room is among these."""
        found = (read(event, Between(self._began, self._began)) for event in events)
        return any(isinstance(what, Stands) and self._came(what) for what in found)

    def _take(self, room: Room, what: Stands, *, state: bool) -> None:
        self._passed_by.append(what.id)
        room.comings += self._came(what, room if state else None)
        if state:
            room.take(what)

    def _came(self, what: Stands, room: Room | None = None) -> bool:
        coming = self._is_mine(what) and what.content.get("membership") == "join"
        return coming and not self._was_in(what, room)

    def _went(self, what: Stands, room: Room | None) -> bool:
        gone = what.content.get("membership") in ("leave", "ban")
        return self._is_mine(what) and gone and self._was_in(what, room)

    def _was_in(self, what: Stands, room: Room | None) -> bool:
        """Whether we were in before; where the server does not say, as the room stands, if it is given."""
        if what.joined_before is None and room is not None and room.known:
            return room.is_in(self._home.user)
        return bool(what.joined_before)

    def _is_mine(self, what: Stands) -> bool:
        return what.kind == "m.room.member" and what.key == self._home.user

    def _pass(self, what: Passed) -> None:
        if what.id:
            self._passed_by.append(what.id)
        if what.why:
            self.ignored += 1
            if what.why not in self._odd:  # said once: whoever sends one sends many
                self._odd.add(what.why)
                _log.warning("matrix_event_ignored", why=what.why)

    def recent(self, deeds: Sequence[Deed], between: Between) -> list[Deed]:
        """The deeds without those, at the head, that were done before we could have missed them."""
        return list(dropwhile(lambda one: one.what.at <= between.since - TOLERANCE, deeds))

    def command_in(self, room: Room, what: Happening) -> str | None:
        """The command in somebody's words; bots say nothing to us."""
        if not isinstance(what, Wrote) or what.notice:
            return None
        if what.asked is not None and self._home.user in what.asked.to:
            return written(what.asked.asked)
        called = [*filter(None, [room.members.get(self._home.user)])]
        line = self._calling.command(what.text, called)
        if line is not None and what.naming and self._calling.asks_for_people(line):
            return self._calling.command(what.naming, called)
        return line

    # -- what is known ----------------------------------------------------------------------------

    def at(self, real: datetime) -> datetime:
        """An instant of the homeserver's in chat time."""
        return in_chat_time(self.clock, real)

    def is_old(self, at: datetime) -> bool:
        """Whether something was done well before this life."""
        return at < self._began - OLD

    def sender_of(self, native_id: str) -> tuple[str, datetime] | None:
        """Who said a message and when, if that was heard a while ago at the most."""
        return self._senders.get(native_id)

    def remember(self, what: Wrote) -> None:
        """Note who said a message, and when."""
        self._senders[what.id] = what.sender, what.at
        while len(self._senders) > _REMEMBERED:
            self._senders.popitem(last=False)

    def was_passed_by(self, native_id: str) -> bool:
        """Whether this was an event that is no message."""
        return native_id in self._passed_by

    def pass_by(self, native_id: str) -> None:
        """Remember that this event is no message."""
        self._passed_by.append(native_id)

    async def event(self, room: Room, native_id: str) -> dict[str, Any]:
        """An event as it stands now; nothing where it is not shown to us."""
        path, found = f"v3/rooms/{part(room.native_id)}/event/{part(native_id)}", None
        with where_let():
            found = await insist(self._home, "GET", path)
        return dict(mapping(found))
