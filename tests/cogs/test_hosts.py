"""Guest hosts and handing over, by talking."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.model import Role
from cogs.answers import Answers
from cogs.hosts import Hosts
from tests.support.evening import START, Evening, add_chat, evening
from tests.support.networks import NETWORKS

pytestmark = pytest.mark.parametrize("rooms", NETWORKS, indirect=True)


@pytest.fixture
async def room(tmp_path: Path, rooms: str) -> AsyncIterator[Evening]:
    async with evening(tmp_path, Hosts(), Answers(), rooms=rooms) as opened:
        await opened.until(7)
        for who in ("guest", "other"):
            await opened.says(who, "hello")
        yield opened


async def steers(room: Evening, who: str, chat_id: int | None = None) -> bool:
    reply = await room.asks(who, f"answers unanswered chat={chat_id or room.chat.id}")
    return not reply.text.startswith("Only a host")


async def lead(room: Evening) -> str:
    async with room.store.read() as tx:
        return (await tx.running(room.chat.id)).chat.lead


async def test_a_guest_steers_one_chat_and_no_other(room: Evening) -> None:
    async with room.store.read() as tx:
        series = await tx.series(room.chat.series_id)
    other = await add_chat(room, series, START + timedelta(days=7))
    reply = await room.asks("mod", "host invite @Guest", Role.HOST)
    assert reply.text == (
        "Guest may now steer Thursday Chat on Tue 24 Nov 2026, 8:00 pm GMT as guest host, and no other chat."
    )
    assert await steers(room, "guest")
    assert not await steers(room, "guest", other.id)
    assert not await steers(room, "other")
    assert await lead(room) == ""


async def test_only_hosts_invite_and_hand_over(room: Evening) -> None:
    for line in ("host invite Guest", "host handover Guest"):
        assert (await room.asks("guest", line)).text.startswith("Only a host")
    assert not await steers(room, "guest")


async def test_a_chat_handed_over_has_a_new_lead_and_the_room_is_told(room: Evening) -> None:
    reply = await room.asks("mod", "host handover Guest", Role.HOST)
    assert reply.text.startswith("Guest now leads Thursday Chat on ")
    assert await lead(room) == "Guest"
    assert await steers(room, "guest")
    await room.until(55)
    [told] = [text for (place, _), text in room.posts.items() if place == room.place.id and "leads" in text]
    assert told == "Guest leads Thursday Chat from here."
    assert "Thank you for hosting, Guest." in room.posts[room.place.id, "wrap"]


async def test_a_guest_who_hands_over_is_a_guest_no_more(room: Evening) -> None:
    await room.asks("mod", "host invite Guest", Role.HOST)
    await room.asks("guest", "host handover Other")
    assert (await steers(room, "guest"), await steers(room, "other")) == (False, True)
    assert (await room.asks("mod", "answers unanswered", Role.HOST)).text.startswith("Spoke")
    await room.asks("other", "host handover Guest")
    await room.until(55)
    assert len([text for text in room.posts.values() if "from here" in text]) == 2


async def test_nobody_hands_over_to_themselves(room: Evening) -> None:
    await room.asks("mod", "host invite Guest", Role.HOST)
    assert (await room.asks("guest", "host handover Guest")).text.startswith("You have this chat already")
    assert await steers(room, "guest")


async def test_a_chat_that_is_over_has_no_new_host(room: Evening) -> None:
    await room.until(70)
    for line in ("invite", "handover"):
        reply = await room.asks("mod", f"host {line} Guest chat={room.chat.id}", Role.HOST)
        assert reply.text == "This chat has ended."
    assert not await steers(room, "guest")


async def test_somebody_unknown_is_asked_about(room: Evening) -> None:
    assert "I have not met" in (await room.asks("mod", "host invite @Nobody", Role.HOST)).text
