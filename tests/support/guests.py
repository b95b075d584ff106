"""A weekly chat of one community, and another community whose room may join it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from bot.commands import Reply
from bot.core.hearing import Author, Said
from bot.core.model import Place, Role
from cogs.answers import Answers
from cogs.archive import Archive
from cogs.card import Card
from cogs.health import Health
from cogs.privacy import Privacy
from cogs.searching import Searching
from cogs.sharing import Sharing
from tests.support.discord_rooms import PlanningOnDiscord
from tests.support.matrix_network import HOST, open_space
from tests.support.matrix_rooms import PlanningOnMatrix
from tests.support.planning_room import PlanningRoom, planning_room

CLUB: Final = "Physics Club"
WEEKLY: Final = 'series create Weekly EdChat when="every Tuesday 8 pm" zone="New York" readers=link'


@dataclass(slots=True)
class Guests:
    """The owners' house, and the room of a community called Physics Club with its hosts' room."""

    house: PlanningRoom
    room: Place
    hosts: Place
    said: int = 0

    async def owner(self, line: str, power: Role = Role.HOST) -> Reply:
        """What a host of the owners is answered."""
        return await self.house.say(line, "Ana", power)

    async def guest(self, line: str, power: Role = Role.HOST, place: Place | None = None) -> Reply:
        """What somebody of the guests is answered, their host unless told otherwise."""
        return await PlanningRoom.say(self.house, line, "Eve", power, place or self.room)

    async def code(self) -> str:
        """A new code, as the owners' host reads it."""
        found = re.search(r"`!edchat series join (\S+)`", (await self.owner("series share")).text)
        assert found
        return found[1]

    async def join(self) -> Reply:
        """The guests' host accepts the weekly chat."""
        return await self.guest(f"series join {await self.code()} sure=yes")

    async def waiting(self, place: Place) -> list[str]:
        """What was posted in a place, or waits where nobody delivers: the subjects."""
        rows = await self.house.rows(
            "SELECT subject FROM outbox WHERE place_id = :place AND action = 'post' AND chat_id IS NOT NULL"
            " AND state IN ('waiting', 'sent') ORDER BY id",
            place=place.id,
        )
        return [row.subject for row in rows]

    async def deliver(self, *places: Place) -> None:
        """Let everything that waits in some places be sent."""
        async with self.house.store.begin() as tx:
            for place in places:
                while row := await tx.waiting_in(place.id):
                    await tx.claim(row, self.house.clock.at)
                    await tx.confirm(row, f"sent {row.id}", self.house.clock.at)

    async def hear(self, words: str, place: Place, who: str = "Ben", power: Role = Role.ANYONE) -> str:
        """Somebody says something in a place; gives its native id."""
        self.said += 1
        native_id = f"{900_000 + self.said}"
        said = Said(native_id, Author(who, who, power), words, self.house.clock.at)
        async with self.house.store.begin() as tx:
            found = await tx.attended(place.id, self.house.clock.at)
            await tx.store_said(place, [said], found, self.house.clock.at)
        return native_id

    async def message(self, native_id: str) -> Any:
        """A stored message; None where it was not kept."""
        rows = await self.house.rows("SELECT * FROM message WHERE platform_message_id = :id", id=native_id)
        return rows[0] if rows else None


@asynccontextmanager
async def with_guests(folder: Path, rooms: str = "terminal") -> AsyncIterator[Guests]:
    """Two communities on one network, and the owners' weekly chat."""
    cogs = (Sharing(), Card(), Answers(), Archive(), Privacy(), Health(), Searching())
    async with planning_room(folder, rooms, *cogs) as house:
        server, here, among_hosts = await _their_rooms(house)
        async with house.store.begin() as tx:
            if server:
                community = await tx.keep_server(rooms, server, CLUB, "Europe/Paris", "en")
            else:
                community = (await tx.add_community(CLUB, "Europe/Paris")).id
            room = await tx.add_place(community, rooms, here, "physics")
            hosts = await tx.add_place(community, rooms, among_hosts, "physics-hosts")
            await tx.make_hosts_room(hosts.id)
        if isinstance(house, PlanningOnMatrix):
            for native_id in (server, here, among_hosts):
                await house.talk.net.me.joins(native_id)
            await house.talk.heard()
            async with house.store.begin() as tx:  # else it looks for what was said before, in mid-test
                for place in (room, hosts):
                    await tx.note_caught_up(place.id, house.clock.at - timedelta(days=1))
        await house.say(WEEKLY)
        yield Guests(house, room, hosts)


async def _their_rooms(house: PlanningRoom) -> tuple[str, str, str]:
    """The native ids of the guests' server or space, if there is one, and of their two rooms."""
    if isinstance(house, PlanningOnDiscord):
        return _on_discord(house)
    if isinstance(house, PlanningOnMatrix):
        return await _on_matrix(house)
    return "", "71", "72"


async def _on_matrix(house: PlanningOnMatrix) -> tuple[str, str, str]:
    """A space that lists two rooms, in which the bot is not yet."""
    net = house.talk.net
    power = {"users": {net.me.user: HOST}}
    rooms = [
        await net.school.makes_room(name, power_level_content_override=power)
        for name in ("physics", "physics-hosts")
    ]
    return await open_space(net.school, CLUB, *rooms), rooms[0], rooms[1]


def _on_discord(house: PlanningOnDiscord) -> tuple[str, str, str]:
    """A second server with two channels: the native ids of all three."""
    fake, world = house.talk.fake, house.talk.fake.world
    guild = fake.guild(CLUB)
    room, hosts = world.make_channel(guild, "physics"), world.make_channel(guild, "physics-hosts")
    world.invite_bot(guild)
    return str(guild.id), str(room.id), str(hosts.id)
