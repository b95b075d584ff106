"""How soon 500 readers see live what is said, in the live view and in the room, and how the loop lags."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import text

from benchmarks.lag import lag
from benchmarks.readers import at, followed
from bot.core.model import Person
from bot.storage.doors.secrets import SecretKind
from tests.web.room_setting import Room, open_room

READERS: Final = 500
TALKERS: Final = 20
BURSTS: Final = {"bursts": 6, "each": 10, "apart": 1.5}


async def measure(folder: Path) -> dict[str, float]:
    """Milliseconds from what is sent to what is seen, for readers of the live view and of the room."""
    async with open_room(folder) as room:
        members = await _members(room)
        async with room.house.store.begin() as tx:
            for column in ("place SET openness", "chat SET told", "chat_place SET told"):
                await tx.connection.execute(text(f"UPDATE {column} = 'public'"))
            tx.stale.add(room.chat_id)
            slugs = text(
                "SELECT community.slug, series.slug, chat.slug FROM chat "
                "JOIN series ON series.id = series_id JOIN community ON community.id = community_id "
                "WHERE chat.id = :chat"
            )
            address = "/".join((await tx.connection.execute(slugs, {"chat": room.chat_id})).one())
        live = await _follow(room, f"/{address}/live/events", [""] * READERS, members, 0)
        async with room.house.store.read() as tx:
            last = await tx.room_last_event(room.house.place.id)
        inside = await _follow(room, f"{room.at}events?after={last}", members, members, 1000)

    return _named("live view", live) | _named("room", inside)


async def _follow(
    room: Room, path: str, cookies: Sequence[str], members: Sequence[str], first: int
) -> dict[str, float]:
    port = int(room.house.base.rpartition(":")[2])
    async with lag() as late:
        talk = {"say": f"{room.at}say", "talkers": members[:TALKERS], "first": first, **BURSTS}
        found = await followed(port, path, cookies, **talk)
    await asyncio.sleep(0.5)
    return found | {"loop lag p50 ms": at(late, 50), "loop lag p99 ms": at(late, 99)}


async def _members(room: Room) -> list[str]:
    """The cookies of as many members as there are readers."""
    house, cookies = room.house, []
    now = house.site.clock.real()
    async with house.store.begin() as tx:
        for k in range(READERS):
            person: Person = await tx.join(house.place, f"Reader {k}", now)
            whose = {"person_id": person.id}
            token = await tx.give_secret(SecretKind.SESSION, house.community.id, now, **whose)
            cookies.append(f"edchat={token}")
    return cookies


def _named(what: str, found: dict[str, float]) -> dict[str, float]:
    return {f"500 readers of the {what}, {name}": value for name, value in found.items()}
