"""Keeps the communities and places in our books as the servers and channels are that the bot is in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import discord
import structlog

from bot.clock import Clock
from bot.core.hearing import Barred
from bot.core.model import Place
from bot.core.plain import storable
from bot.core.sentences import servers as sentences
from bot.platforms.discord.client import Client
from bot.platforms.discord.health import channel_as_found, first_writable, visible
from bot.platforms.patience import patiently, rung
from bot.settings import DiscordSettings
from bot.storage.places.servers import LONGEST_NAME, Channel, KnownChannel, KnownServer, differing
from bot.storage.store import Store, Tx
from bot.written import translated

NAME: Final = "discord"
"""The platform's name in our books."""
GATHER: Final = 0.1
"""Seconds for which changes are gathered, so that many servers are one transaction."""
AT_ONCE: Final = 100
"""Servers that are looked at in one go, so that nothing else waits long."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Tell = Callable[[Place, Barred], Awaitable[None]]
"""Brings it to the ears that a place cannot be used any more, or can again."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is not in our books yet of one server; without a `guild` the bot is no longer in it."""

    native_id: str
    known: KnownServer | None
    guild: discord.Guild | None = None
    channels: tuple[Channel, ...] = ()
    gone: tuple[KnownChannel, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether everything is in our books as it is."""
        if self.guild is None:
            return self.known is None or self.known.left
        named = self.known is not None and self.known.name == _name(self.guild) and not self.known.left
        return named and not self.channels and not self.gone


class Servers:
    """One of a client's parts: it is told of servers, channels and roles, and looks a moment later."""

    def __init__(
        self, client: Client, settings: DiscordSettings, store: Store, clock: Clock, tell: Tell
    ) -> None:
        self._client, self._settings, self._store, self._clock = client, settings, store, clock
        self._tell = tell
        self._news = asyncio.Event()
        self._changed: set[int] = set()
        self._deleted: set[str] = set()
        self._told: set[int] = set()
        self._all = False

    # -- what it is told --------------------------------------------------------------------------

    def on_ready(self) -> None:
        """Look at every server, and for those that the bot left while it was away."""
        self._all = True
        self._look_at(*self._client.guilds)

    def on_guild_join(self, guild: discord.Guild) -> None:
        """Look at a server that let the bot in."""
        self._look_at(guild)

    def on_guild_available(self, guild: discord.Guild) -> None:
        """Look at a server whose outage is over."""
        self._look_at(guild)

    def on_guild_remove(self, guild: discord.Guild) -> None:
        """Look at a server that threw the bot out."""
        self._look_at(guild)

    def on_guild_update(self, _before: discord.Guild, guild: discord.Guild) -> None:
        """Look at a server that was renamed."""
        self._look_at(guild)

    def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        """Look at a new channel."""
        self._look_at(channel.guild)

    def on_guild_channel_update(
        self, _before: discord.abc.GuildChannel, channel: discord.abc.GuildChannel
    ) -> None:
        """Look at a channel that was renamed, or where something else is allowed now."""
        self._look_at(channel.guild)

    def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Look where a channel was."""
        self._look_at(channel.guild)

    def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Look where a thread was: it may be the hosts' room."""
        self._deleted.add(str(payload.thread_id))
        self._changed.add(payload.guild_id)
        self._news.set()

    def on_guild_role_update(self, _before: discord.Role, role: discord.Role) -> None:
        """Look at a server where a role may something else now."""
        self._look_at(role.guild)

    def on_guild_role_delete(self, role: discord.Role) -> None:
        """Look at a server where a role is no more."""
        self._look_at(role.guild)

    def on_member_update(self, _before: discord.Member, member: discord.Member) -> None:
        """Look at a server where the bot has other roles now, or was told to be silent."""
        if member.id == member.guild.me.id:
            self._look_at(member.guild)

    def _look_at(self, *guilds: discord.Guild) -> None:
        self._changed |= {guild.id for guild in guilds}
        self._news.set()

    # -- what it does -----------------------------------------------------------------------------

    async def run(self) -> None:
        """Bring our books up to date whenever there is news, until cancelled."""
        while True:
            await rung(self._news, None)
            await asyncio.sleep(GATHER)
            self._news.clear()
            ids, self._changed = self._changed, set()
            every, self._all = self._all, False
            ids |= await patiently(self._in_our_books) if every else set()
            for first in range(0, len(ids), AT_ONCE):
                some = sorted(ids)[first : first + AT_ONCE]
                await patiently(partial(self.look, some))

    async def look(self, ids: Sequence[int]) -> None:
        """Compare servers with our books, tell the ears what happened to places in use, and note it."""
        await self._leave_strangers(ids)
        async with self._store.read() as tx:
            known = await tx.known_servers(NAME, map(str, ids))
            used = {place.id for place in await tx.places_in_use(NAME, with_left=True)}
        changes = [
            change
            for native_id in map(str, ids)
            if (change := self._change(native_id, known.get(native_id))) is not None and not change.empty
        ]
        for place, barred in self._barred(changes, used):
            await self._tell(place, barred)
        if changes:
            async with self._store.begin() as tx:
                for change in changes:
                    await self._note(tx, change)

    async def _in_our_books(self) -> set[int]:
        async with self._store.read() as tx:
            return {int(native_id) for native_id in await tx.known_servers(NAME)}

    def _change(self, native_id: str, known: KnownServer | None) -> Change | None:
        """What is new of a server; None while nobody can tell."""
        guild = self._client.get_guild(int(native_id))
        if guild is None or not self._welcome(guild):
            return Change(native_id, known)
        if guild.unavailable or guild.get_member(self._client_id) is None:
            return None
        places = known.places if known else {}
        seen = tuple(self._seen(guild, places))
        there = {str(channel.id) for channel in guild.text_channels}
        gone = tuple(one for key, one in places.items() if not one.left and self._is_gone(key, one, there))
        return Change(native_id, known, guild, differing(seen, places), gone)

    def _seen(self, guild: discord.Guild, places: Mapping[str, KnownChannel]) -> Iterator[Channel]:
        reads = self._client.reads
        for channel in guild.text_channels:
            if str(channel.id) in places or visible(channel):
                yield channel_as_found(channel, reads=reads)
        for key, one in places.items():
            thread = guild.get_thread(int(key)) if one.hosts else None
            if thread is not None:
                yield channel_as_found(thread, reads=reads)

    def _is_gone(self, native_id: str, one: KnownChannel, there: set[str]) -> bool:
        """Whether a place is no more; a thread that nobody wrote in for days is only out of sight."""
        return native_id in self._deleted or (native_id not in there and not one.hosts)

    def _barred(self, changes: Iterable[Change], used: set[int]) -> Iterator[tuple[Place, Barred]]:
        """What the ears are to hear of the places in use, before it stands in our books."""
        now = self._clock.now()
        for change in changes:
            places = change.known.places if change.known else {}
            if change.guild is None:
                lost = [one for one in places.values() if not one.left]
                yield from _lost([one for one in lost if one.place.id in used], sentences.SERVER_LEFT, now)
            for one in change.gone:
                if one.place.id in used:
                    yield from _lost([one], sentences.channel_gone(one.place.name), now)
            for channel in change.channels:
                mine = places.get(channel.native_id)
                if mine and mine.place.id in used and (mine.left or mine.lacking != channel.lacking):
                    yield mine.place, _found(mine.place, channel, now)

    async def _note(self, tx: Tx, change: Change) -> None:
        now = self._clock.now()
        if change.guild is None:
            if change.known is not None:
                await tx.leave_server(change.known.community_id, now)
            return
        zone, language = self._settings.zone, self._language(change.guild)
        community_id = await tx.keep_server(NAME, change.native_id, _name(change.guild), zone, language)
        await tx.keep_channels(NAME, community_id, change.channels)
        for one in change.gone:
            await tx.leave_channel(one.place.id, now)
        await self._greet(tx, community_id, change.guild, now)

    def _language(self, guild: discord.Guild) -> str:
        """What a new community's pages speak: what its server does, where they are translated to that."""
        return translated(str(guild.preferred_locale)) or self._settings.language

    async def _greet(self, tx: Tx, community_id: int, guild: discord.Guild, now: datetime) -> None:
        """Say the first words, once, as soon as there is a channel to say them in."""
        key, channel = f"hello.{community_id}", first_writable(guild)
        if channel is not None and not await tx.was_said(key):
            place = await tx.place_called(NAME, str(channel.id))
            if place is not None:
                await tx.post(place, *sentences.hello(), key, now)

    async def _leave_strangers(self, ids: Iterable[int]) -> None:
        """Leave the servers that the bot is not meant for, and say so once."""
        for guild in filter(None, map(self._client.get_guild, ids)):
            if not self._welcome(guild) and not guild.unavailable:
                await self._tell_stranger(guild)
                try:
                    await guild.leave()
                except discord.HTTPException as no:
                    _log.warning("discord_server_not_left", server=guild.id, status=no.status)

    async def _tell_stranger(self, guild: discord.Guild) -> None:
        channel = first_writable(guild)
        if channel is not None and guild.id not in self._told:
            self._told.add(guild.id)
            with suppress(discord.HTTPException):  # it leaves, whether or not it could say so
                await channel.send(sentences.NOT_HERE)

    def _welcome(self, guild: discord.Guild) -> bool:
        return not self._settings.guilds or guild.id in self._settings.guilds

    @property
    def _client_id(self) -> int:
        return self._client.user.id if self._client.user else 0


def _name(guild: discord.Guild) -> str:
    return storable(guild.name, LONGEST_NAME)


def _lost(ones: Iterable[KnownChannel], why: str, now: datetime) -> Iterator[tuple[Place, Barred]]:
    for one in ones:
        yield one.place, Barred(_id(one.place, now), (why,), now, gone=True)


def _found(place: Place, channel: Channel, now: datetime) -> Barred:
    return Barred(_id(place, now), channel.lacking, now, goes_on=channel.goes_on)


def _id(place: Place, now: datetime) -> str:
    return f"{place.native_id}.{int(now.timestamp() * 1000)}"
