"""What the bot lacks in a channel, as sentences that say how to give it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import discord

from bot.core.plain import storable
from bot.core.sentences import servers as sentences
from bot.storage.places.servers import LONGEST_NAME, Channel

_STOPS: Final = ("view_channel", "send_messages")
"""Without these no chat goes on."""
_STOPS_IN_THREAD: Final = ("view_channel", "send_messages_in_threads")
SLOW: Final = 60
"""Seconds between two messages of a person, from which on a talk is hardly one."""
_IN_THREAD: Final = (*_STOPS_IN_THREAD, "read_message_history")


@dataclass(frozen=True, slots=True)
class Health:
    """What is `lacking` in one channel, a sentence each; a chat `goes_on` without the lesser things."""

    lacking: tuple[str, ...]
    goes_on: bool = True


def needed() -> discord.Permissions:
    """Exactly the permissions that the bot needs, as for an invite link."""
    return discord.Permissions(**dict.fromkeys(sentences.WITHOUT, True))


def health(channel: discord.TextChannel | discord.Thread, *, reads: bool) -> Health:
    """Look at what the bot may do in a channel, and whether it can read there at all."""
    missing = tuple(_missing(channel))
    stops = _STOPS_IN_THREAD if isinstance(channel, discord.Thread) else _STOPS
    role = _role(channel.guild)
    lacking = [sentences.lacks(one, _shown(channel), role) for one in missing]
    lacking += [] if reads else [sentences.CONTENT_OFF]
    lacking += [sentences.AGE_RESTRICTED.format(channel=f"#{_shown(channel)}")] if channel.is_nsfw() else []
    if channel.slowmode_delay >= SLOW:
        lacking.append(sentences.slow(f"#{_shown(channel)}", channel.slowmode_delay))
    return Health(tuple(lacking), not set(missing) & set(stops))


def channel_as_found(channel: discord.TextChannel | discord.Thread, *, reads: bool) -> Channel:
    """Describe a channel for our books."""
    found = health(channel, reads=reads)
    name = storable(channel.name, LONGEST_NAME)
    slow = channel.slowmode_delay if channel.slowmode_delay >= SLOW else 0
    return Channel(str(channel.id), name, found.lacking, _shut(channel), slow, found.goes_on)


def visible(channel: discord.TextChannel) -> bool:
    """Whether the bot sees a channel."""
    return channel.permissions_for(channel.guild.me).view_channel


def writable(channel: discord.TextChannel) -> bool:
    """Whether the bot may write into a channel."""
    may = channel.permissions_for(channel.guild.me)
    return may.view_channel and may.send_messages


def first_writable(guild: discord.Guild) -> discord.TextChannel | None:
    """Where first words belong: the system channel, else the first channel that the bot may write in."""
    wanted = (guild.system_channel, *guild.text_channels)
    return next((channel for channel in wanted if channel is not None and writable(channel)), None)


def _shut(channel: discord.TextChannel | discord.Thread) -> bool:
    """Whether not everybody in the server may look into a channel, and read what was said there before.

    An age-restricted channel counts as one: no page shows everybody what only grown-ups may see there.
    """
    everyone = channel.permissions_for(channel.guild.default_role)
    private = isinstance(channel, discord.Thread) and channel.is_private()
    return private or channel.is_nsfw() or not (everyone.view_channel and everyone.read_message_history)


def _missing(channel: discord.TextChannel | discord.Thread) -> Iterator[str]:
    """The names of the permissions that are missing; without the first of them no other is of use."""
    me = channel.guild.me
    here, server_wide = channel.permissions_for(me), me.guild_permissions
    asked = _IN_THREAD if isinstance(channel, discord.Thread) else tuple(sentences.WITHOUT)
    for name in asked:
        given = server_wide if sentences.WITHOUT[name].server_wide else here
        if not getattr(given, name):
            yield name
            if name == "view_channel":
                return


def _role(guild: discord.Guild) -> str:
    own = guild.self_role
    return storable(own.name if own is not None else guild.me.display_name, LONGEST_NAME)


def _shown(channel: discord.TextChannel | discord.Thread) -> str:
    parent = channel.parent if isinstance(channel, discord.Thread) else None
    return storable(parent.name if parent is not None else channel.name, LONGEST_NAME)
