"""Reminders, by talking: who asks gets a word of their own, once, and may take the wish back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.effects import Moment
from bot.core.model import Person, Role
from cogs import every_cog
from tests.support.evening import START, Evening, evening
from tests.support.networks import FEW

pytestmark = pytest.mark.parametrize("rooms", FEW, indirect=True)


@pytest.fixture
async def room(tmp_path: Path, rooms: str) -> AsyncIterator[Evening]:
    async with evening(tmp_path, *every_cog(), rooms=rooms) as opened:
        yield opened


async def whispered(room: Evening) -> list[tuple[str, str]]:
    rows = await room.rows(
        "SELECT json_extract(payload, '$.person') AS who, subject FROM outbox WHERE action = 'whisper'"
    )
    return [(row.who, row.subject) for row in rows]


def subject(room: Evening, person: int) -> str:
    return f"remind.{room.chat.id}.{person}"


async def test_who_asks_is_reminded_ten_minutes_before_and_once(room: Evening) -> None:
    said = "I will remind you ten minutes before Thursday Chat, Tue 24 Nov 2026, 8:00 pm GMT."
    for _ in range(2):
        assert (await room.asks("ana", "chat remind")).text == said
    await room.asks("ben", "chat remind")
    await room.until(-10.1)
    assert await whispered(room) == []
    await room.until(-9)
    told = [
        text for (_, what), text in room.posts.items() if what.startswith("remind.") and what.count(".") == 2
    ]
    assert told == ["Thursday Chat starts at 8:00 pm GMT. See you there."] * 2
    await room.until(30)
    assert len(await whispered(room)) == 2


async def test_a_reminder_names_its_instant_and_leads_to_the_announcement(room: Evening) -> None:
    await room.asks("ana", "chat remind")
    await room.until(-10.1)
    async with room.store.begin() as tx:
        who = Person(1, room.place.platform, "ana", "Ana")
        starts = Moment("8:00 pm GMT", START)
        await tx.whisper_of(room.place, who, "It starts at 8:00 pm GMT.", starts, room.chat.id, START)
        row = await tx.waiting_in(room.place.id)
    assert row is not None
    assert row.moments == (starts,)
    [announced] = await room.rows("SELECT platform_message_id AS id FROM outbox WHERE subject = 'announce'")
    assert row.about == announced.id


async def test_a_wish_taken_back_is_no_wish(room: Evening) -> None:
    reply = await room.asks("ana", "chat remind")
    back = await room.asks("ana", reply.offers[0].line)
    assert back.text == "No reminder for Thursday Chat, then."
    await room.until(-9)
    assert await whispered(room) == []


async def test_who_had_everything_forgotten_is_not_reminded(room: Evening) -> None:
    await room.asks("ana", "chat remind")
    await room.asks("ana", "privacy forget sure=yes")
    assert await room.rows("SELECT * FROM reminder") == []
    await room.until(-9)
    assert await whispered(room) == []


async def test_a_chat_under_way_reminds_of_the_next_or_nobody(room: Evening) -> None:
    await room.until(5)
    assert (await room.asks("ana", f"chat remind chat={room.chat.id}")).text == "This chat has already begun."
    assert await room.rows("SELECT * FROM reminder") == []


async def test_a_chat_that_is_cancelled_reminds_nobody(room: Evening) -> None:
    await room.asks("ana", "chat remind")
    await room.asks("mod", f"chat cancel chat={room.chat.id} sure=yes", Role.HOST)
    await room.until(0)
    assert await whispered(room) == []
