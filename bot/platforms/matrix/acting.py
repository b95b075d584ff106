"""Each action as a room on Matrix shows it; whatever is done a second time changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.clock import Clock
from bot.core.confirming import TICK, confirmed_by_tick
from bot.core.sentences import refusals as sentences
from bot.networks import server_of
from bot.platform import Impossible, Outgoing
from bot.platforms.digits import KEYCAP
from bot.platforms.matrix import private
from bot.platforms.matrix.drawing import NOTICE, TEXT, Pen, edited, in_reply, in_thread, link_to, message
from bot.platforms.matrix.finding import KEY_HOLDS, message_under
from bot.platforms.matrix.homeserver import MatrixRefused
from bot.platforms.matrix.rooms import Room
from bot.platforms.matrix.voice import Voice
from bot.storage.store import Store

BEFORE: Final = "org.edchat.before"
"""Under this name a topic of ours keeps the one that stood there before."""
SHOWN: Final = "org.edchat.shown"
"""Under this name it keeps its own words: who changes them may leave the rest as it is."""
PINNED: Final = "org.edchat.pinned"
"""Under this name the list of what is pinned keeps what we pinned."""
_PINS, _TOPIC, _MESSAGE, _REACTION = "m.room.pinned_events", "m.room.topic", "m.room.message", "m.reaction"
_THERE_ALREADY: Final = "M_DUPLICATE_ANNOTATION"


@dataclass(frozen=True, slots=True)
class Hook:
    """What a reply hangs on in its room, and the thread in which that stands."""

    event: str
    thread: str | None = None

    @property
    def relation(self) -> dict[str, Any]:
        """What hangs a message there; nothing on what was left behind in another room."""
        if self.thread:
            return in_thread(self.thread, self.event)
        return in_reply(self.event) if self.event else {}


@dataclass(frozen=True, slots=True)
class Acting:
    """One row being acted on, in one life of the bot; `since` is when its device was made.

    `told` is the room of its place as the homeserver told of it.
    """

    voice: Voice
    pen: Pen
    store: Store
    clock: Clock
    out: Outgoing
    host_power: int = 50
    since: datetime | None = None
    told: Room | None = None

    # -- what is made --------------------------------------------------------------------------------------

    async def post(self) -> str:
        """Post into the room, or into the thread of `target`."""
        relation = await self._in_thread_of(self.out.target)
        return await self._said(self._room, NOTICE if self.out.target else TEXT, relation)

    async def whisper(self) -> str:
        """Answer in the room what was asked there aloud; say all else to its person alone."""
        hook = await self._hook()
        if hook is not None:
            relation, room, kind = hook.relation, self._room, NOTICE
        else:
            relation, kind = {}, TEXT
            room = await private.direct_room(self.voice, await self._installation(), self.out.person)
        sent = await self._said(room, kind, relation)
        if confirmed_by_tick(self.out.offers):
            await self._reacts(room, sent, TICK, f"{self.out.key}.tick")
        return sent

    async def card(self) -> str:
        """Make a post that is kept in step, change it, or take it away."""
        target = self.out.target
        relation = await self._in_thread_of(self.out.thread)
        if target is None:
            return await self._said(self._room, NOTICE, relation)
        if not self.out.text:
            if not await self._left_behind(_id(target)):
                await self.voice.takes_back(self._room, target, self.out.key)
            return ""
        if not await self.voice.stands(self._room, target):
            return await self._said(self._room, NOTICE, relation)
        await self._edited(target, NOTICE)
        return target

    async def room(self) -> str:
        """Make the hosts' room, or find it, and let its person in; with a new one come the other hosts."""
        out, room, people = self.out, self.out.target, [self.out.person or ""]
        if room is None:
            async with self.store.read() as tx:
                people += await tx.hosts_on(out.place.platform, out.place.community_id)
            installation = await self._installation()
            room = await private.hosts_room(self.voice, installation, out.place.community_id, out.text)
        await private.let_in(self.voice, room, people, self.host_power)
        return room

    # -- what is done to messages ---------------------------------------------------------------------------

    async def thread(self) -> str:
        """Nothing: whoever answers a message in a thread makes it."""
        return _id(self.out.target)

    async def pin(self) -> str:
        """Pin a message, and take our older pins off; those of people stay."""
        target, room = await self._standing(), self._room
        if not target:
            return ""
        now = await self.voice.state(room, _PINS)
        pinned = [one for one in now.get("pinned") or () if isinstance(one, str)]
        async with self.store.read() as tx:
            ours = {*await tx.pinned(self.out.place.id, pinned), *(now.get(PINNED) or ())}
        wished = [*(one for one in pinned if one not in ours and one != target), target]
        if wished != pinned:
            await self.voice.sets(room, _PINS, {"pinned": wished, PINNED: [target]})
        return target

    async def topic(self) -> str:
        """Show a topic; with none, the one from before ours. What people choose in mid-chat stays theirs."""
        now, text = await self.voice.state(self._room, _TOPIC), self.out.text
        stands = now.get("topic", "")
        ours = BEFORE in now and now.get(SHOWN, stands) == stands
        if ours and not text:
            await self.voice.sets(self._room, _TOPIC, _topic(str(now[BEFORE])))
        elif text and not (stands == text if ours else now and await self._topic_replaced()):
            before = now[BEFORE] if ours else stands
            await self.voice.sets(self._room, _TOPIC, _topic(text) | {BEFORE: before, SHOWN: text})
        return self._room

    async def edit(self) -> str:
        """Change our own message."""
        target = await self._standing()
        if target:
            await self._edited(target, TEXT)
        return target

    async def receipt(self) -> str:
        """Put the digit on somebody's message, and take other digits of ours off."""
        target, wished = await self._standing(), self.out.text + KEYCAP if self.out.text else ""
        ours = await self._ours_on(target) if target else {}
        if target and wished and wished not in ours:
            await self._reacts(self._room, target, wished, self.out.key)
        for key, event in ours.items():
            if key.endswith(KEYCAP) and key != wished:
                await self.voice.takes_back(self._room, event, f"{self.out.key}.{event}")
        return target

    async def _topic_replaced(self) -> bool:
        """Whether this chat showed a topic before, so that somebody took it away who wants another."""
        async with self.store.read() as tx:
            return await tx.shows_topic(self.out.key)

    # -- finding again --------------------------------------------------------------------------------------

    async def find_post(self) -> str | None:
        """Find what an earlier attempt posted."""
        return await self._found(self._room)

    async def find_whisper(self) -> str | None:
        """Find what an earlier attempt said, in the room or alone."""
        if await self._hook() is not None:
            return await self._found(self._room)
        installation = await self._installation()
        room = await private.direct_room(self.voice, installation, self.out.person, make=False)
        return await self._found(room) if room else None

    async def find_card(self) -> str | None:
        """Find the card that an earlier attempt made."""
        return self.out.target or await self._found(self._room)

    async def find_room(self) -> str | None:
        """Find the hosts' room that an earlier attempt made."""
        installation = await self._installation()
        return await private.found_hosts_room(self.voice, installation, self.out.place.community_id)

    # -- how ------------------------------------------------------------------------------------------------

    async def _said(self, room: str, kind: str, relation: Mapping[str, Any]) -> str:
        if self._perhaps_forgotten():
            found = await self._found(room)
            if found is not None:
                return found
        called = bool(self.out.ping) and self.told is not None and self.told.may_call(self.voice.home.user)
        content = {**message(await self._words(), kind, self.out.key, called=called), **relation}
        return await self.voice.sends(room, _MESSAGE, self.out.key, content)

    async def _edited(self, target: str, kind: str) -> None:
        content = edited(await self._words(), kind, self.out.key, target)
        await self.voice.sends(self._room, _MESSAGE, self.out.key, content)

    async def _reacts(self, room: str, event: str, sign: str, key: str) -> None:
        relation = {"rel_type": "m.annotation", "event_id": event, "key": sign}
        try:
            await self.voice.sends(room, _REACTION, key, {"m.relates_to": relation})
        except MatrixRefused as no:
            if no.code != _THERE_ALREADY:
                raise

    async def _ours_on(self, target: str) -> dict[str, str]:
        """Our own signs on a message, with the events that put them there."""
        ours = {}
        async for one in self.voice.annotations(self._room, target):
            if one.get("sender") == self.voice.home.user:
                ours[str(one["content"]["m.relates_to"]["key"])] = str(one["event_id"])
        return ours

    async def _hook(self) -> Hook | None:
        """What was asked aloud in this room, where that is what is answered."""
        asked = self.out.reply_to
        if asked is None or not asked.startswith("$"):
            return None
        event = await self.voice.event(self._room, asked)
        if event is None:
            return Hook("") if await self._left_behind(asked) else None
        relation = (event.get("content") or {}).get("m.relates_to") or {}
        if event.get("type") == _REACTION:
            on = relation.get("event_id")
            return Hook(on) if isinstance(on, str) else None
        thread = relation.get("event_id") if relation.get("rel_type") == "m.thread" else None
        return Hook(asked, thread if isinstance(thread, str) else None)

    async def _standing(self) -> str:
        """The message that something is done to; nothing where it was left behind, Impossible where gone."""
        target = _id(self.out.target)
        if await self._left_behind(target):
            return ""
        if not await self.voice.stands(self._room, target):
            raise Impossible(sentences.MESSAGE_GONE)
        return target

    async def _in_thread_of(self, root: str | None) -> dict[str, Any]:
        """What puts a message into a thread; nothing where that was left behind in another room."""
        return in_thread(_id(root)) if root and not await self._left_behind(_id(root)) else {}

    async def _left_behind(self, event: str) -> bool:
        """Whether a message stands in a room that this one replaced."""
        if self.told is not None and not self.told.predecessor:
            return False
        return await self.voice.event(self._room, event) is None

    async def _found(self, room: str) -> str | None:
        tried = self.out.first_attempt_at
        if tried is None:
            return None
        return await message_under(self.voice, room, self.out.key, self.clock.to_real(tried))

    def _perhaps_forgotten(self) -> bool:
        """Whether the homeserver may not know any more what was sent under this key."""
        if self.out.first_attempt_at is None:
            return False
        tried = self.clock.to_real(self.out.first_attempt_at)
        anew = self.since is not None and tried < self.since
        return anew or self.clock.real() - tried > KEY_HOLDS

    async def _words(self) -> str:
        out, about = self.out, self.out.about
        if about and await self._left_behind(about):
            about = None
        at = link_to(self._room, about, server_of(self.voice.home.user)) if about else ""
        return self.pen.words(out.text, out.offers, out.link, at)

    async def _installation(self) -> str:
        async with self.store.read() as tx:
            return await tx.installed("name") or ""

    @property
    def _room(self) -> str:
        return self.out.place.native_id


def _id(native_id: str | None) -> str:
    """A message's id; Impossible where it can be none."""
    if native_id is None or not native_id.startswith("$"):
        raise Impossible(sentences.MESSAGE_GONE)
    return native_id


def _topic(text: str) -> dict[str, Any]:
    """A topic for old and new clients."""
    return {"topic": text, "m.topic": {"m.text": [{"body": text}]}}
