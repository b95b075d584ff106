"""What people do on Discord, brought to the ears."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Final

import discord

from bot.clock import Clock
from bot.core.hearing import Heard
from bot.core.model import Place
from bot.platform import Ears
from bot.platforms.discord.attention import Attention
from bot.platforms.discord.authors import Authors
from bot.platforms.discord.client import Client
from bot.platforms.discord.following import Happened
from bot.platforms.discord.translating import Translator, by_people, digit, says_something
from bot.storage.store import Store

_PASSED_BY: Final = 1_000
"""Lines that nobody of ours wrote, and whose going is no news: Discord's own about pins come and go so."""


class Listener:
    """One of a client's parts: it is told what people do, and brings it where we are in use."""

    def __init__(self, client: Client, store: Store, ears: Ears, clock: Clock) -> None:
        self._client, self._store = client, store
        self._authors, self._translator = Authors(), Translator(clock)
        self._attention = Attention(client, store, ears, clock, self._authors)
        self._passed_by: deque[int] = deque(maxlen=_PASSED_BY)

    async def run(self) -> None:
        """Follow the places in use, as they come and go, until cancelled."""
        await self._attention.run()

    # -- connections ------------------------------------------------------------------------------

    def on_connect(self) -> None:
        """Hold what is told from now on: before it stands what was missed, which is to be read first."""
        self._attention.away()

    def on_ready(self) -> None:
        """Read what was missed, now that Discord has told how its channels stand."""
        self._attention.back()

    def on_resumed(self) -> None:
        """Look whether something is missing after all."""
        self._attention.read_again()

    def on_guild_available(self, guild: discord.Guild) -> None:
        """Read what was missed in a server whose outage is over."""
        if self._attention.here:
            self._attention.read_again(guild)

    def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """Read what was missed in a channel that may have been out of sight."""
        if before.overwrites != after.overwrites:
            self._attention.read_again(after.guild, thoroughly=True)

    def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """Read what was missed where a role let the bot see or read again."""
        if before.permissions != after.permissions:
            self._attention.read_again(after.guild, thoroughly=True)

    def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Read what was missed where the bot was given a role."""
        if after.id == after.guild.me.id and before.roles != after.roles:
            self._attention.read_again(after.guild, thoroughly=True)

    # -- what people do ---------------------------------------------------------------------------

    def on_message(self, message: discord.Message) -> None:
        """Somebody wrote something; what bots and Discord itself say is passed by."""
        if message.guild is None:
            return
        told = by_people(message) and says_something(message)
        if not by_people(message) and not self._posted(message):
            self._passed_by.append(message.id)

        def make(place: Place) -> Happened:
            heard: Heard | None = None
            if told:
                author = self._authors.writer(place, message)
                own = place.native_id == str(message.channel.id)
                heard = self._translator.heard_as(message, author, own=own)
            return Happened(heard, message.id)

        self._attention.bring(message.guild.id, message.channel.id, make)

    def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Somebody changed their words; an update without any keeps the text."""
        message = payload.message
        if payload.guild_id is None or not by_people(message):
            return
        if not (self._client.reads or says_something(message)):
            return

        def make(place: Place) -> Happened | None:
            author = self._authors.writer(place, message)
            edited = self._translator.edit_of(message, author)
            return Happened(edited) if edited else None

        self._attention.bring(payload.guild_id, payload.channel_id, make)

    def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A message was taken back."""
        self._deleted(payload.guild_id, payload.channel_id, [payload.message_id])

    def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Many messages of a channel were taken away at once."""
        self._deleted(payload.guild_id, payload.channel_id, sorted(payload.message_ids))

    def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Somebody put a digit on a message."""
        member, number = payload.member, digit(payload.emoji)
        if payload.guild_id is None or not number or member is None or member.bot:
            return

        def make(place: Place) -> Happened:
            author = self._authors.of(place, self._client.get_channel(payload.channel_id), member)
            return Happened(self._translator.reaction_of(payload.message_id, author, number))

        self._attention.bring(payload.guild_id, payload.channel_id, make)

    def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Somebody took a digit off; Discord gives no more than their number."""
        number, me = digit(payload.emoji), self._client.user
        if payload.guild_id is None or not number or (me is not None and payload.user_id == me.id):
            return

        def make(place: Place) -> Happened:
            return Happened(
                ask=partial(self._taken_off, place, payload.message_id, {payload.user_id: number})
            )

        self._attention.bring(payload.guild_id, payload.channel_id, make)

    def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        """Somebody took everything off a message."""
        self._cleared(payload.guild_id, payload.channel_id, payload.message_id, 0)

    def on_raw_reaction_clear_emoji(self, payload: discord.RawReactionClearEmojiEvent) -> None:
        """Somebody took one digit off for everybody."""
        if number := digit(payload.emoji):
            self._cleared(payload.guild_id, payload.channel_id, payload.message_id, number)

    # -- how it is brought ------------------------------------------------------------------------

    def _deleted(self, guild_id: int | None, channel_id: int, ids: Sequence[int]) -> None:
        for number in ids if guild_id else ():
            if number in self._passed_by:
                continue
            gone = Happened(self._translator.deletion_of(number))
            self._attention.bring(guild_id or 0, channel_id, partial(_always, gone))

    def _posted(self, message: discord.Message) -> bool:
        """Whether the bot said it itself, as Discord's own lines about what it did were not."""
        ours = self._client.user is not None and message.author.id == self._client.user.id
        return ours and message.type is discord.MessageType.default

    def _cleared(self, guild_id: int | None, channel_id: int, message_id: int, number: int) -> None:
        def make(place: Place) -> Happened:
            return Happened(ask=partial(self._all_taken_off, place, message_id, number))

        if guild_id:
            self._attention.bring(guild_id, channel_id, make)

    async def _taken_off(self, place: Place, message_id: int, numbers: dict[int, int]) -> list[Heard]:
        room = self._client.get_channel(int(place.native_id))
        if not isinstance(room, discord.TextChannel | discord.Thread):
            return []
        return [
            self._translator.reaction_of(message_id, author, number, removed=True)
            for person, number in numbers.items()
            if (author := await self._authors.named(place, room, person)) is not None
        ]

    async def _all_taken_off(self, place: Place, message_id: int, number: int) -> list[Heard]:
        async with self._store.read() as tx:
            put = await tx.digits_on(place.id, str(message_id))
        mine = {int(one.person): one.number for one in put if number in (0, one.number)}
        return await self._taken_off(place, message_id, mine)


def _always(happened: Happened, _place: Place) -> Happened:
    return happened
