"""Doing on Discord what is queued: in turn, once under its key, and refused in plain words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Final, NamedTuple, TypeVar

import discord

from bot.clock import Clock
from bot.core.actions import Action, Urgency
from bot.core.sentences import refusals as sentences
from bot.platform import Impossible, Later, Outgoing
from bot.platforms.discord.acting import Acting
from bot.platforms.discord.client import Client
from bot.platforms.discord.drawing import LONGEST
from bot.platforms.discord.limits import Limits, Turn, keep, taking
from bot.platforms.discord.refusals import UNKNOWN_CHANNEL, Refusals, no_thread
from bot.storage.store import Store, in_transaction

POST_WAITS, REST_WAITS = 4.0, 1.0
"""Seconds that an action waits for its turn before it is put off: behind it, its place's next post waits."""
THREAD_COMES: Final = timedelta(hours=1)
"""So long a card waits for its thread to be made."""
_RUSH_WAITS: Final = 3.0
_LOOK_AGAIN: Final = 20.0
_MOST_IN_LINE: Final = 10_000
LONGEST_RUSH: Final = 30.0
"""Seconds that whatever is no question waits at most because many questions go out."""

_T = TypeVar("_T")

_ACTS: Final[Mapping[Action, Callable[[Acting], Awaitable[str]]]] = {
    Action.POST: Acting.post,
    Action.WHISPER: Acting.whisper,
    Action.THREAD: Acting.thread,
    Action.PIN: Acting.pin,
    Action.EDIT: Acting.edit,
    Action.RECEIPT: Acting.receipt,
    Action.CARD: Acting.card,
    Action.ENTRY: Acting.entry,
    Action.ROOM: Acting.room,
}
_FINDS: Final[Mapping[Action, Callable[[Acting], Awaitable[str | None]]]] = {
    Action.POST: Acting.find_post,
    Action.WHISPER: Acting.find_whisper,
    Action.CARD: Acting.find_card,
    Action.ENTRY: Acting.find_entry,
    Action.ROOM: Acting.find_room,
}


class _Place(NamedTuple):
    """Where something stands in line: what is more urgent first, then what came first; since when."""

    urgency: Urgency
    number: int
    since: float


class Sender:
    """Sends for all lives of the client, each of which tells it what may be allowed by now."""

    def __init__(
        self, client: Callable[[], Client], store: Store, clock: Clock, limits: Limits | None = None
    ) -> None:
        self._client, self._store, self._clock = client, store, clock
        self.limits, self.refusals = limits or Limits(), Refusals()
        self._lining: dict[str, _Place] = {}

    def attach(self, client: Client) -> None:
        """Stand between a new life of the client and Discord."""
        self.refusals.forget()
        keep(client.http, self.limits)

    async def send(self, out: Outgoing) -> str:
        """Do one thing and give back the native id of what came of it; raises Later or Impossible."""
        if in_transaction():
            raise RuntimeError("Nothing may be sent inside a write transaction.")
        client = self._client()
        if len(out.text) > LONGEST:
            raise Impossible(sentences.TOO_LONG.format(limit=LONGEST))
        if out.alone and out.thread and self.refusals.shut_out(out):
            out = replace(out, thread=None)
        if out.target is None or out.text or out.action is not Action.CARD:  # what goes needs no leave
            self.refusals.check(out)
        act = _ACTS.get(out.action)
        if act is None:
            raise Impossible(sentences.NOT_DONE_HERE)
        with self._lined_up(out), taking(self._turn(out)):
            return await self._acted(client, out, act)

    async def find(self, out: Outgoing) -> str | None:
        """Give the native id of what was sent under this key before, or None; nothing is sent."""
        find, client = _FINDS.get(out.action), self._client()
        if find is None:
            return None
        try:
            with taking(self._turn(out)):
                return await self._acted(client, out, find)
        except Impossible:
            return None
        finally:
            self._lining.pop(out.key, None)

    async def _acted(self, client: Client, out: Outgoing, act: Callable[[Acting], Awaitable[_T]]) -> _T:
        try:
            return await act(Acting(client, self._store, self._clock, out))
        except (discord.HTTPException, discord.RateLimited) as no:
            if await self._thread_comes(client, out, no):
                raise Later(_LOOK_AGAIN) from no
            told = self.refusals.told(client, out, no)
            if not (out.alone and no_thread(out, no)):
                raise told from no
        return await self._acted(client, replace(out, thread=None), act)

    def _turn(self, out: Outgoing) -> Turn:
        place = self._place(out)
        return Turn(place.urgency, place.number, POST_WAITS if place.urgency is Urgency.POST else REST_WAITS)

    def _place(self, out: Outgoing) -> _Place:
        """Its place in line; what was put off keeps it, so that nobody younger goes first."""
        now = asyncio.get_running_loop().time()
        place = self._lining.setdefault(out.key, _Place(out.action.urgency, self.limits.number(), now))
        while len(self._lining) > _MOST_IN_LINE:
            del self._lining[next(iter(self._lining))]
        return place

    @contextmanager
    def _lined_up(self, out: Outgoing) -> Iterator[None]:
        """Keep its place in line until it is done, and put it off until about its turn."""
        place = self._place(out)
        try:
            self._let_questions_pass(place)
            yield
        except Later as later:
            if place.urgency is Urgency.POST:
                raise
            raise Later(max(later.seconds, self._until_its_turn(place))) from later
        except Impossible:
            self._lining.pop(out.key, None)
            raise
        self._lining.pop(out.key, None)

    def _let_questions_pass(self, place: _Place) -> None:
        if place.urgency is Urgency.POST:
            self.limits.rush.note()
        elif self.limits.rush.on and asyncio.get_running_loop().time() - place.since < LONGEST_RUSH:
            raise Later(_RUSH_WAITS)

    def _until_its_turn(self, place: _Place) -> float:
        """About how long those take who stand in line before it: to ask sooner is in vain."""
        lately = asyncio.get_running_loop().time() - 2 * LONGEST_RUSH  # what was taken back is never done
        before = sum(lately < other.since and other < place for other in self._lining.values())
        return min(LONGEST_RUSH, before / self.limits.bucket.rate)

    async def _thread_comes(self, client: Client, out: Outgoing, no: Exception) -> bool:
        """Whether a new card only has to wait for its thread, which may come late."""
        if not (isinstance(no, discord.NotFound) and no.code == UNKNOWN_CHANNEL and out.thread):
            return False
        inside = isinstance(client.get_channel(int(out.place.native_id)), discord.Thread)
        tried = out.first_attempt_at or self._clock.now()
        if out.target or inside or self.refusals.threads_barred(out):
            return False
        async with self._store.read() as tx:
            never = await tx.threadless(out.place.id, out.thread)
        return not never and self._clock.now() - tried < THREAD_COMES

    # -- what it is told of ---------------------------------------------------------------------------------

    def on_guild_channel_update(
        self, _before: discord.abc.GuildChannel, channel: discord.abc.GuildChannel
    ) -> None:
        """Try again in a server where a channel's permissions may have changed."""
        self.refusals.well(channel.guild.id)

    def on_guild_role_update(self, _before: discord.Role, role: discord.Role) -> None:
        """Try again in a server where a role may something else now."""
        self.refusals.well(role.guild.id)

    def on_member_update(self, _before: discord.Member, member: discord.Member) -> None:
        """Try again in a server where the bot has other roles now."""
        if member.id == member.guild.me.id:
            self.refusals.well(member.guild.id)

    def on_thread_update(self, _before: discord.Thread, thread: discord.Thread) -> None:
        """Try again in a server where a thread was unlocked."""
        self.refusals.well(thread.guild.id)
