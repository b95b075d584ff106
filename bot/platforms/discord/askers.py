"""Who asks on Discord, and where: people and places of our books behind an interaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import discord

from bot.commands.declared import Asker
from bot.core.hearing import Author
from bot.core.model import Person, Place, Refused, Role
from bot.core.sentences import forms as sentences
from bot.storage.store import Store, Tx

PLATFORM: Final = "discord"

Asking = discord.Interaction[Any]
"""Somebody's command, press, form or typing, as Discord brings it."""


async def asker(store: Store, asking: Asking) -> Asker:
    """Find who asks and where; somebody new is noted, an unknown channel is refused."""
    known = await passer_by(store, asking)
    if known.person.id:
        return known
    async with store.begin() as tx:
        author = Author(known.person.native_id, known.person.name, known.power)
        person = await tx.person(PLATFORM, author, known.place.community_id)
    return replace(known, person=person)


async def passer_by(store: Store, asking: Asking) -> Asker:
    """Find who asks and where; somebody new is not noted and has the id 0."""
    async with store.read() as tx:
        place = await _place(tx, asking)
        user = asking.user
        met = await tx.met(PLATFORM, str(user.id), place.community_id)
        person = replace(met, name=user.display_name) if met else _stranger(user)
        role = await tx.host_role(place.community_id)
    return Asker(person, place, power_of(user, asking.permissions, role), str(asking.id))


async def meet(store: Store, here: Place, people: Iterable[Author]) -> None:
    """Note people whom somebody names, so that they are known by their native ids."""
    named = tuple(people)
    if named:
        async with store.begin() as tx:
            for one in named:
                await tx.person(PLATFORM, one, here.community_id)


def power_of(user: discord.User | discord.Member, may: discord.Permissions, host_role: str) -> Role:
    """Say what power Discord itself gives somebody: Manage Events there, or the hosts' role."""
    has_role = (
        isinstance(user, discord.Member)
        and host_role.isdecimal()
        and user.get_role(int(host_role)) is not None
    )
    return Role.HOST if may.administrator or may.manage_events or has_role else Role.ANYONE


def named_in(resolved: Mapping[str, Any]) -> tuple[Author, ...]:
    """Give the people whom a form names, as Discord describes them beside it; bots are nobody."""
    members: Mapping[str, Any] = resolved.get("members", {})
    users: Mapping[str, Any] = resolved.get("users", {})
    return tuple(
        Author(native_id, _shown(user, members.get(native_id, {})))
        for native_id, user in users.items()
        if not user.get("bot")
    )


def _shown(user: Mapping[str, Any], member: Mapping[str, Any]) -> str:
    return str(member.get("nick") or user.get("global_name") or user["username"])


def _stranger(user: discord.User | discord.Member) -> Person:
    return Person(0, PLATFORM, str(user.id), user.display_name)


async def _place(tx: Tx, asking: Asking) -> Place:
    """Where it was asked: the thread if it is a place of its own, else its channel."""
    if asking.guild_id is None:
        return await _spoken_of(tx, asking)
    channel = asking.channel
    parent = channel.parent_id if isinstance(channel, discord.Thread) else None
    for native_id in (asking.channel_id, parent):
        place = await tx.place_called(PLATFORM, str(native_id)) if native_id else None
        if place is not None:
            return place
    raise Refused(sentences.CHANNEL_UNSEEN)


async def _spoken_of(tx: Tx, asking: Asking) -> Place:
    """The place that a private message is about, for its buttons."""
    found = await tx.place_of_sent(PLATFORM, str(asking.message.id)) if asking.message else None
    if found is None:
        raise Refused(sentences.NOT_IN_PRIVATE)
    return found
