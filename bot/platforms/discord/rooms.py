"""Where something happened: threads belong to their channel, unless they are places of their own."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container
from typing import Final

import discord

_REMEMBERED: Final = 10_000


class Rooms:
    """Knows to which place a channel or thread belongs; threads that sleep are remembered."""

    def __init__(self, client: discord.Client, places: Container[int]) -> None:
        self._client, self._places = client, places
        self._threads: OrderedDict[int, int] = OrderedDict()

    def place_of(self, guild_id: int, channel_id: int) -> int | None:
        """The channel or thread that may be a place of ours; 0 where nobody listens, None if unknown."""
        if channel_id in self._places:
            return channel_id
        guild = self._client.get_guild(guild_id)
        room = guild.get_channel_or_thread(channel_id) if guild else None
        if isinstance(room, discord.Thread):
            # What is said in private among some is none of the chat's words.
            self.note(channel_id, 0 if room.is_private() else room.parent_id)
        elif room is not None:
            return channel_id
        return self._threads.get(channel_id)

    def note(self, thread_id: int, channel_id: int) -> None:
        """Remember to which channel a thread belongs."""
        self._threads[thread_id] = channel_id
        self._threads.move_to_end(thread_id)
        while len(self._threads) > _REMEMBERED:
            self._threads.popitem(last=False)

    def guild_of(self, channel_id: int) -> int:
        """The server of a channel or thread, or 0."""
        room = self._client.get_channel(channel_id)
        return room.guild.id if isinstance(room, discord.abc.GuildChannel | discord.Thread) else 0
