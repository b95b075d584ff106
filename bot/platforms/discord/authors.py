"""Who writes on Discord: what they are called there, and what power Discord itself gives them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Final

import discord
import structlog

from bot.core.hearing import Author
from bot.core.model import Place
from bot.platforms.discord.askers import power_of
from bot.platforms.discord.translating import passed_on

Whoever = discord.User | discord.Member
Room = discord.TextChannel | discord.Thread

MOST_ASKED: Final = 100
"""People that Discord describes at once."""
MARK: Final = 24
"""Characters that stand for the name under which a webhook speaks."""
_REMEMBERED: Final = 5_000

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Authors:
    """Describes people; those seen last are remembered, since Discord often names no more than a number."""

    def __init__(self) -> None:
        self.host_roles: Mapping[int, str] = {}
        """The roles of hosts, by community."""
        self._seen: OrderedDict[tuple[int, int], Author] = OrderedDict()
        self._silent: set[int] = set()

    def of(self, place: Place, room: object, who: Whoever) -> Author:
        """Describe somebody whom an event describes; a mere user has no power."""
        if not isinstance(who, discord.Member):
            return self._seen.get((place.id, who.id)) or Author(str(who.id), who.display_name)
        return self._note(place, room, who)

    def writer(self, place: Place, message: discord.Message) -> Author:
        """Describe who wrote a message that an event brings."""
        if passed_on(message):
            return _behind(message)
        return self.of(place, message.channel, message.author)

    async def writers(
        self, place: Place, room: Room, messages: Iterable[discord.Message]
    ) -> dict[int, Author]:
        """Describe who wrote messages that were read, by the messages' ids."""
        every = list(messages)
        people = await self.find(place, room, (one.author for one in every if not passed_on(one)))
        return {one.id: _behind(one) if passed_on(one) else people[one.author.id] for one in every}

    async def find(self, place: Place, room: Room, people: Iterable[Whoever]) -> dict[int, Author]:
        """Describe people of whom only the users are known, as they are now."""
        by_id = {one.id: one for one in people}
        members = await self._members(room.guild, list(by_id))
        return {
            number: self._note(place, room, members[number])
            if number in members
            else Author(str(number), who.display_name)
            for number, who in by_id.items()
        }

    async def named(self, place: Place, room: Room, number: int) -> Author | None:
        """Describe somebody of whom only the number is known."""
        if (seen := self._seen.get((place.id, number))) is not None:
            return seen
        member = (await self._members(room.guild, [number])).get(number)
        return self._note(place, room, member) if member is not None and not member.bot else None

    def _note(self, place: Place, room: object, who: discord.Member) -> Author:
        role = self.host_roles.get(place.community_id, "")
        author = Author(str(who.id), who.display_name, power_of(who, _may(room, who), role))
        self._seen[place.id, who.id] = author
        self._seen.move_to_end((place.id, who.id))
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return author

    async def _members(self, guild: discord.Guild, ids: Sequence[int]) -> dict[int, discord.Member]:
        found: dict[int, discord.Member] = {}
        for start in range(0, len(ids), MOST_ASKED):
            part = list(ids[start : start + MOST_ASKED])
            found |= {one.id: one for one in await self._some(guild, part)}
        return found

    async def _some(self, guild: discord.Guild, ids: list[int]) -> Sequence[discord.Member]:
        """Ask over the gateway, where a hundred are one question; a server that does not answer, singly."""
        if guild.id not in self._silent:
            try:
                return await guild.query_members(user_ids=ids, limit=len(ids), cache=False)
            except TimeoutError:
                self._silent.add(guild.id)
                _log.warning("discord_members_untold", server=guild.id)
        found = []
        for number in ids:
            with suppress(discord.NotFound):  # who has left is nobody there any more
                found.append(await guild.fetch_member(number))
        return found


def _behind(message: discord.Message) -> Author:
    """Somebody for whom a webhook speaks: one speaks for many, and each is known by their name.

    What they are kept under does not tell it: it stays when they are forgotten.
    """
    name = message.author.display_name
    mark = sha256(f"{message.webhook_id}/{name}".encode()).hexdigest()[:MARK]
    return Author(f"{message.webhook_id}/{mark}", name)


def _may(room: object, who: discord.Member) -> discord.Permissions:
    if isinstance(room, discord.abc.GuildChannel | discord.Thread):
        with suppress(discord.ClientException):  # a thread whose channel is out of sight
            return room.permissions_for(who)
    return who.guild_permissions
