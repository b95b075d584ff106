"""What happens in one room, read once and drawn once for all who look at it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import takewhile
from typing import Final

import structlog

from bot.core.model import Community, Place
from bot.core.rooms.sheets import Stands
from bot.storage.rooms.reading import RoomFiling, RoomSnapshot
from bot.storage.rooms.views import ALL, EventKind, RoomEvent
from bot.storage.store import Tx
from bot.web.bells import Topic
from bot.web.room import loading
from bot.web.room.crowd import Crowd
from bot.web.room.door import staged
from bot.web.room.frames import Frame, Kind, News
from bot.web.room.guests import Guests
from bot.web.room.view import RoomContext, Shown, Stage, Top, context, lasting, shown, top, writers
from bot.web.site import Site, speak_as

MOST: Final = 500
"""Events that are sent on to a page that was away; after more of them it loads itself again."""
WATCHED: Final = 200
"""Messages of which it is noticed when they are filed elsewhere."""
CALM: Final = 0.5
"""Seconds between two looks at the chat, however much is said."""
FRESH: Final = 0.1
"""Seconds for which a drawn top tells the time well enough for a page that counts down from it."""
AFTER_A_FAULT: Final = 1.0
"""Seconds until a room is read again after that failed."""

log = structlog.get_logger()


def doubt(site: Site, community: Community) -> None:
    """Let every open page of a community's rooms look again whether it may stay open."""
    for feed in site.shared.values():
        if isinstance(feed, Feed) and feed.community.id == community.id:
            feed.guests.doubt += 1
            feed.ring()


class Feed:
    """One room for all who look at it live; what nobody asks for is neither read nor drawn."""

    def __init__(self, site: Site, community: Community, place: Place, *, hosts_room: bool) -> None:
        self._site, self.community, self.place, self.hosts_room = site, community, place, hosts_room
        self.crowd = Crowd()
        self.guests = Guests(site, community, hosts_room=hosts_room)
        self._frames: deque[tuple[int, Frame]] = deque(maxlen=MOST)
        self._turn = self._last = self._state = 0
        self._known: dict[int, tuple[RoomFiling | None, Stands]] = {}
        """What became of the newest messages, and where they stand."""
        self._looked = 0.0
        self._beginning = asyncio.Lock()
        self._hung = ExitStack()
        self._bell = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self._stage: Stage | None = None
        self._tops: dict[bool, Top] = {}
        self._drawn: dict[bool, tuple[int, float, str]] = {}

    def ring(self) -> None:
        """Say that there may be something new."""
        self._looked = 0.0
        self._bell.set()

    def close(self) -> None:
        """Stop reading when nobody looks any more."""
        self._hung.close()
        if self._work is not None:
            self._work.cancel()

    async def begin(self, after: int) -> tuple[Frame, ...] | None:
        """What a page that comes lacks; None when it had better load itself again.

        That is when it lacks much, or saw what was never here: an old copy of the database came back.
        """
        async with self._beginning:
            if self._work is None:
                await self._start()
        async with self._site.store.read() as tx:
            events = await tx.room_events(self.place.id, after, MOST + 1)
            restored = not events and after > await tx.room_last_event(self.place.id)
            lost = restored or len(events) > MOST
            missed = None if lost else await self._framed(tx, (*await self._dragged(tx, events), *events))
        return missed if missed is None else (*self._changed_since(after), *missed)

    async def _dragged(self, tx: Tx, events: Iterable[RoomEvent]) -> Iterable[RoomEvent]:
        """The same of what replies to words that were filed: it stands wherever they do."""
        filed = {one.message_id: one for one in events if one.message_id and one.kind is EventKind.FILED}
        newest = max(filed.values(), key=lambda one: one.id, default=None)
        below = await tx.room_below(self.place.id, filed)
        return [replace(newest, message_id=one) for one in sorted(below)] if newest else []

    def _changed_since(self, after: int) -> Iterable[Frame]:
        """What changed where no event tells it, as when words are filed while a page is on its way."""
        return (one for _, one in self._frames if one.name == "edited" and one.event_id >= after)

    async def _start(self) -> None:
        async with self._site.store.read() as tx:
            await self._look(tx)
        async with self._site.store.read() as tx:  # once more: the bells hang only now
            await self._watch(tx)
            self._last = await tx.room_last_event(self.place.id)
        self._turn = 1
        self._work = asyncio.create_task(self._run(), name="room feed")

    @property
    def turn(self) -> int:
        """How far the frames go now."""
        return self._turn

    def news(self, turn: int) -> News:
        """What came since this turn."""
        new = list(takewhile(lambda one: one[0] > turn, reversed(self._frames)))
        lost = self._turn - turn > len(new)
        return News(tuple(frame for _, frame in reversed(new)), self._turn, self._state, lost)

    async def _run(self) -> None:
        """Read what is new after each bell, once for all; until nobody looks any more."""
        put_off = False
        while True:
            await self._rung(CALM if put_off else None)
            try:
                put_off = await self._read()
            except Exception:
                log.exception("room_feed_waits")
                await asyncio.sleep(AFTER_A_FAULT)
                self._bell.set()
            await self.crowd.wake()

    async def _rung(self, patience: float | None) -> None:
        try:
            async with asyncio.timeout(patience):
                await self._bell.wait()
        except TimeoutError:
            return

    async def _read(self) -> bool:
        """What was said, and every now and then how the chat stands; True where to look again soon."""
        self._bell.clear()
        calm = asyncio.get_running_loop().time() - self._looked >= CALM
        async with self._site.store.read() as tx:
            for frame in await self._framed(tx, await self._new(tx)):
                self._add(frame)
            if calm:
                await self._look(tx)
                for frame in await self._refiled(tx):
                    self._add(frame)
        return not calm or not self._staged.settled

    def drawn(self, frame: Frame, kind: Kind) -> str:
        """A frame as one kind of viewer sees it, made once."""
        if kind not in frame.drawn:
            frame.drawn[kind] = self._draw(frame, kind)
        return frame.drawn[kind]

    def top(self, *, host: bool) -> str:
        """What stands above the talk now."""
        now = asyncio.get_running_loop().time()
        state, at, html = self._drawn.get(host, (0, 0.0, ""))
        if state != self._state or now - at > FRESH:
            view = replace(self._tops[host], now=self._site.clock.now())
            html = self._site.html(
                "room_top.html", view=view, room=self._context(host=host), open="", sheets=()
            )
            self._drawn[host] = (self._state, now, html)
        return html

    def _draw(self, frame: Frame, kind: Kind) -> str:
        if frame.snapshot is None or frame.shown is None:
            return str(frame.message_id)
        room = self._context(host=kind.host)
        if frame.snapshot.message.only_for is not None:
            return self._site.html("room_reply.html", one=frame.snapshot.message, room=room, back="")
        one = replace(frame.shown, own=kind.own, report="" if kind.own else frame.shown.report)
        return self._site.html("room_one.html", shown=one, room=room)

    def _context(self, *, host: bool) -> RoomContext:
        return context(self._staged, self._site.path(self.community), host=host)

    @property
    def _staged(self) -> Stage:
        if self._stage is None:
            raise LookupError("nobody has looked at this room yet")
        return self._stage

    async def _new(self, tx: Tx) -> Sequence[RoomEvent]:
        every: list[RoomEvent] = []
        while events := await tx.room_events(self.place.id, self._last, MOST):
            self._last = events[-1].id
            every += events
        return every

    async def _framed(self, tx: Tx, events: Iterable[RoomEvent], *, again: bool = False) -> tuple[Frame, ...]:
        """Frames of events, one for each message: the last that happened to it; `again` for one page."""
        last = {e.message_id: e for e in events if e.message_id and e.kind is not EventKind.COMMANDED}
        first = {e.message_id for e in events if e.kind in _NEW}
        snapshots = await tx.room_snapshots(list(last))
        drawn = await self._drawn_of(tx, snapshots, again=again)
        frames = []
        for message_id, event in last.items():
            one = snapshots.get(message_id)
            if one is None:
                frames.append(Frame(event.id, "deleted", message_id))
                continue
            name = "said" if message_id in first or one.message.held else "edited"
            frames.append(Frame(event.id, name, message_id, one, drawn[message_id]))
        return tuple(sorted(frames, key=lambda frame: frame.event_id))

    async def _named(self, tx: Tx, snapshots: Mapping[int, RoomSnapshot]) -> dict[int, str]:
        wanted = {one.message.reply_to_id for one in snapshots.values() if one.message.reply_to_id}
        others = await tx.room_snapshots(sorted(wanted - snapshots.keys()))
        every = [*snapshots.values(), *others.values()]
        return writers([one.message for one in every if one.message.only_for is None])

    def _add(self, frame: Frame) -> None:
        self._turn += 1
        self._frames.append((self._turn, frame))

    async def _look(self, tx: Tx) -> None:
        """See how the chat stands; where that is something new, every page gets a new top."""
        self._looked = asyncio.get_running_loop().time()
        await self._speak_as_now(tx)
        stage = await staged(self._site, tx, self.community, self.place, hosts_room=self.hosts_room)
        panel = await loading.panel(tx, stage) if self.crowd.hosts else None
        alike = {"hosts_room": self.hosts_room}
        tops = {host: top(stage, panel if host else None, **alike) for host in (True, False)}
        if any(lasting(one) != lasting(self._tops.get(host)) for host, one in tops.items()):
            self._state += 1
        before, self._stage, self._tops = self._stage, stage, tops
        if before is None or _chat(before) != _chat(stage):
            self._hang()

    async def _speak_as_now(self, tx: Tx) -> None:
        """Speak the community's language; pages that were made in another one load themselves again."""
        before, self.community = self.community, await tx.community(self.community.id)
        speak_as([self.community])
        if before.language != self.community.language:
            self._turn += MOST + 1
            for _, frame in self._frames:
                frame.drawn.clear()

    def _hang(self) -> None:
        """Hang the bell where what is said rings it, and what becomes of the chat and its community."""
        state = self._staged.state
        chat: tuple[Topic, ...] = (("chat", state.chat.id),) if state else ()
        topics = ("room", self.place.id), ("community", self.community.id), *chat
        self._hung.close()
        self._bell = self._hung.enter_context(self._site.bells.at(*topics))
        self._bell.set()  # whatever rang the old one is looked at again

    async def _watch(self, tx: Tx) -> None:
        found = await tx.room_messages(self.place.id, viewer="", host=True, thread=ALL, most=WATCHED)
        await self._drawn_of(tx, await tx.room_snapshots([one.id for one in found]))

    async def _refiled(self, tx: Tx) -> tuple[Frame, ...]:
        """Messages that stand elsewhere now, though nothing was done to them in the room."""
        watched = sorted(self._known)[-WATCHED:]
        self._known = {one: self._known[one] for one in watched}
        filings, where = await loading.filed(tx, self._staged, watched)
        changed = [one for one in watched if self._known[one] != (filings.get(one), where[one])]
        if not changed:
            return ()
        snapshots = await tx.room_snapshots(changed)
        drawn = await self._drawn_of(tx, snapshots)
        self._known = {one: known for one, known in self._known.items() if one in drawn or one not in changed}
        return tuple(
            Frame(self._last, "edited", message_id, snapshots[message_id], view)
            for message_id, view in sorted(drawn.items())
        )

    async def _drawn_of(
        self, tx: Tx, snapshots: Mapping[int, RoomSnapshot], *, again: bool = False
    ) -> dict[int, Shown]:
        """Messages as all see them, with what became of them; from now on a change of that is noticed."""
        filings, where = await loading.filed(tx, self._staged, snapshots)
        names = await self._named(tx, snapshots)
        if not again:  # what one page alone is told is news to the others yet
            self._known |= {one: (filings.get(one), where[one]) for one in snapshots}
        return {
            number: shown(self._staged, one.message, filings.get(number), names, where, own=False)
            for number, one in snapshots.items()
        }


_NEW = (EventKind.SAID, EventKind.POSTED, EventKind.CHANGED)


def _chat(stage: Stage) -> int | None:
    return stage.state.chat.id if stage.state else None
