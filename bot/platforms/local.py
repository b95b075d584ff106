"""The bot's own rooms as a chat network: what people do there, and what the bot posts, is in the database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import Final

from bot.clock import Clock
from bot.commands import CommandTree
from bot.core.actions import Action
from bot.core.model import Place, Refused, Role
from bot.core.rooms.bar import BUTTONS, beyond
from bot.core.rooms.words import in_language, of_tabs
from bot.core.sentences import room as sentences
from bot.core.spoken import CALL, spoken_commands
from bot.markup import render
from bot.platform import ROOM_ABILITIES, Ability, Ears, Impossible, Outgoing
from bot.platforms.patience import patiently, rung
from bot.storage.archive.addresses import BROWSER
from bot.storage.store import Store, Tx, in_transaction

_BATCH: Final = 500
_LOOK: Final = 5.0


class Local:
    """A chat network of rooms that the bot serves itself; it keeps nothing but who is to be woken."""

    name = BROWSER
    abilities: frozenset[Ability] = ROOM_ABILITIES
    text_limit = sentences.LONGEST_SAID

    def __init__(self, store: Store, clock: Clock, look: float | None = _LOOK) -> None:
        """Live in a store, whose commits wake it; every `look` seconds it looks by itself, or never."""
        self._store, self._clock, self._look = store, clock, look
        self._following: dict[int, _Follower] = {}
        self._news = asyncio.Event()
        self._paths: frozenset[str] = frozenset()
        store.committed.append(self._committed)

    def mount(self, tree: CommandTree) -> None:
        """Know the commands that may be typed here, so as to name them as they are typed."""
        self._paths = frozenset(command.path for command in tree.commands)

    async def power(self, place: Place, native_id: str) -> Role | None:
        """Nobody has power here but by our books."""
        return Role.ANYONE

    async def send(self, out: Outgoing) -> str:
        """Do one thing in its room, once under its key, and give back the native id of what came of it."""
        if in_transaction():
            raise RuntimeError("Nothing may be sent inside a write transaction.")
        if len(out.text) > self.text_limit:
            raise Impossible(sentences.POST_TOO_LONG.format(limit=self.text_limit))
        if out.place.id not in self._following:
            self._news.set()
        if out.action in _READ:
            out = replace(out, text=spoken_commands(of_tabs(out.text), self._paths, f"{CALL} ", BUTTONS))
        html = _rendered(out)
        try:
            async with self._store.begin() as tx:
                return await self._done(tx, out, html)
        except Refused as no:
            raise Impossible(str(no)) from None

    async def find(self, out: Outgoing) -> str | None:
        """Give the id of what was posted under this key."""
        async with self._store.read() as tx:
            posted = await tx.room_posted(out.key)
        return str(posted) if posted else None

    async def listen(self, ears: Ears) -> None:
        """Hear everything since each place's cursor, then everything new, until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    self._follow(await patiently(lambda: ears.places(self.name)), ears, group)
                    await rung(self._news, self._look)
                    await patiently(self._ring_the_belated)
        finally:
            self._following.clear()

    async def _done(self, tx: Tx, out: Outgoing, html: str) -> str:
        now, place, target = self._clock.now(), out.place, _message_id(out.target)
        if not out.action.once:
            await tx.room_change(
                place, out.action, now, target=target, text=out.text, html=html, offers=out.offers
            )
            return out.target or place.native_id
        only_for = _hearer(out) if out.action is Action.WHISPER else None
        offers = out.offers if only_for else beyond(out.offers)
        posted = await tx.room_post(
            place, out.key, out.text, html, offers, now, thread=target, only_for=only_for
        )
        return str(posted)

    def _committed(self, tx: Tx) -> None:
        for place_id in tx.rooms_rung:
            follower = self._following.get(place_id)
            (follower.bell if follower else self._news).set()

    def _follow(self, places: tuple[Place, ...], ears: Ears, group: asyncio.TaskGroup) -> None:
        for place in places:
            if place.id not in self._following:
                self._following[place.id] = follower = _Follower(self._store, place, ears)
                follower.task = group.create_task(follower.run())
        for left in self._following.keys() - {place.id for place in places}:
            self._following.pop(left).stop()

    async def _ring_the_belated(self) -> None:
        """Wake those who missed something, as when another process wrote it."""
        async with self._store.read() as tx:
            heads = await tx.room_heads()
        for place_id, follower in self._following.items():
            if heads.get(place_id, 0) > follower.last:
                follower.bell.set()


class _Follower:
    """Listens to one room; `last` is the last event it took."""

    def __init__(self, store: Store, place: Place, ears: Ears) -> None:
        self._store, self._place, self._ears = store, place, ears
        self.last = 0
        self.bell = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """Listen no more."""
        if self.task is not None:
            self.task.cancel()

    async def run(self) -> None:
        """Hear what happened since the cursor, then what happens, until cancelled."""
        self.last = int(await patiently(lambda: self._ears.cursor(self._place)) or 0)
        await patiently(partial(self._let_go, self.last))
        while True:
            self.bell.clear()
            while await patiently(self._hear_some):
                pass
            await self.bell.wait()

    async def _hear_some(self) -> bool:
        """Hear up to 500 events; False when there were none."""
        async with self._store.read() as tx:
            new = await tx.room_happenings(self._place, self.last, _BATCH)
        if new.heard:
            await patiently(lambda: self._ears.hear(self._place, new.heard, str(new.last)))
        moved, self.last = new.last > self.last, new.last
        if new.commands:
            await patiently(partial(self._let_go, new.last))
        return moved

    async def _let_go(self, last: int) -> None:
        async with self._store.begin() as tx:
            await tx.room_heard(self._place.id, last)


def _rendered(out: Outgoing) -> str:
    """What a post looks like; made at once, since its time has come and it is never long."""
    return in_language(render(out.text), out.language) if out.action in _READ else ""


_LONGEST_ID: Final = 18
"""Digits of a number that every database takes."""
_READ: Final = frozenset({Action.POST, Action.WHISPER, Action.EDIT})


def _message_id(native_id: str | None) -> int | None:
    if native_id is None:
        return None
    if not native_id.isdecimal() or len(native_id) > _LONGEST_ID:
        raise Impossible(sentences.NOT_IN_ROOM)
    return int(native_id)


def _hearer(out: Outgoing) -> str:
    if not out.person:
        raise Impossible(sentences.WHISPER_TO_NOBODY)
    return out.person
