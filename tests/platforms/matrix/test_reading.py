"""What was done in a room, where the server does not say what stood there before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.clock import SystemClock
from bot.platforms.matrix.calling import Calling
from bot.platforms.matrix.homeserver import Homeserver
from bot.platforms.matrix.reading import Reader
from bot.platforms.matrix.rooms import Room
from bot.platforms.matrix.translating import Between
from bot.storage.store import Store

ME = "@edchat:school.org"


@pytest.fixture
async def reader(store: Store) -> AsyncIterator[Reader]:
    async with aiohttp.ClientSession() as session:
        home = Homeserver(session, "https://school.org", user=ME)
        yield Reader(home, store, SystemClock(), Calling(ME, ()), 50)


def event(number: int, kind: str, sender: str, content: dict[str, Any], **more: Any) -> dict[str, Any]:
    at = int(SystemClock().now().timestamp() * 1000)
    return {
        "type": kind,
        "event_id": f"${number}",
        "sender": sender,
        "content": content,
        "origin_server_ts": at,
        **more,
    }


def mine(number: int, membership: str, name: str = "EdChat") -> dict[str, Any]:
    return event(number, "m.room.member", ME, {"membership": membership, "displayname": name}, state_key=ME)


def words(number: int) -> dict[str, Any]:
    return event(number, "m.room.message", "@ana:school.org", {"msgtype": "m.text", "body": f"word {number}"})


def done(reader: Reader, room: Room, *events: dict[str, Any]) -> list[str]:
    now = SystemClock().now()
    return [one.what.id for one in reader.deeds(room, events, Between(now, now))]


async def test_a_new_name_of_the_bot_is_no_coming(reader: Reader) -> None:
    room = Room("!hall")
    assert done(reader, room, words(1), mine(2, "join"), words(3)) == ["$3"]
    assert done(reader, room, words(4), mine(5, "join", "Ed"), words(6)) == ["$4", "$6"]
    assert room.comings == 1


async def test_a_coming_after_a_going_is_one(reader: Reader) -> None:
    room = Room("!hall")
    assert done(reader, room, mine(1, "join")) == []
    events = (words(2), mine(3, "leave"), words(4), mine(5, "join"), words(6))
    assert done(reader, room, *events) == ["$2", "$6"]
    assert room.comings == 2
