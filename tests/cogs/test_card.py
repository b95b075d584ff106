"""The card, by talking: what can I do here, now, with my role."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.commands import Reply
from bot.core.model import Offer, Role
from cogs import every_cog
from tests.support.evening import Evening, evening
from tests.support.networks import NETWORKS

HELP = "`help` shows all that you can do here."

pytestmark = pytest.mark.parametrize("rooms", NETWORKS, indirect=True)


@pytest.fixture
async def room(tmp_path: Path, rooms: str) -> AsyncIterator[Evening]:
    async with evening(tmp_path, *every_cog(), rooms=rooms) as opened:
        yield opened


async def card(room: Evening, who: str = "ana", power: Role = Role.ANYONE, line: str = "") -> Reply:
    return await room.asks(who, line, power)


def lines(offers: tuple[Offer, ...]) -> list[str]:
    return [offer.line for offer in offers]


async def test_before_a_chat_it_says_when(room: Evening) -> None:
    reply = await card(room)
    assert reply.text == f"Next: Thursday Chat on Tue 24 Nov 2026, 8:00 pm GMT.\n{HELP}"
    assert (lines(reply.offers), reply.private) == (["privacy show"], True)
    hosts = await card(room, "mod", Role.HOST)
    assert lines(hosts.offers) == [f"chat preview chat={room.chat.id}", f"chat start chat={room.chat.id}"]


async def test_in_the_hour_it_tells_the_question_and_how_to_answer(room: Evening) -> None:
    await room.until(1)
    assert "is on until 9:00 pm GMT; the first question comes soon." in (await card(room)).text
    await room.until(15)
    reply = await card(room)
    assert reply.text == (
        "Thursday Chat is on until 9:00 pm GMT. Q2 of 3 is out: What do they read?\n"
        f"To answer, use `answer 2 your words`, write in its thread, or begin with A2:\n{HELP}"
    )
    assert lines(reply.offers) == ["chat now", "privacy show"]


async def test_hosts_steer_from_the_card(room: Evening) -> None:
    await room.until(15)
    here = f"chat={room.chat.id}"
    steering = [f"chat next {here} after=2", f"chat pause {here} after=2", f"answers unanswered {here}"]
    assert lines((await card(room, "mod", Role.HOST)).offers) == steering
    await card(room, "guest")
    async with room.store.begin() as tx:
        guest = await tx.met(room.place.platform, room.native("guest"), room.place.community_id)
        assert guest is not None
        await tx.invite(room.chat.id, guest.id, room.clock.at)
    assert lines((await card(room, "guest")).offers) == steering
    async with room.store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE chat SET paused_at = '2026-11-24 20:15:00'")
    paused = await card(room, "mod", Role.HOST)
    assert "It is paused just now." in paused.text
    assert lines(paused.offers) == [f"chat resume {here}", f"answers unanswered {here}"]


async def test_afterwards_it_says_that_late_answers_count(room: Evening) -> None:
    await room.until(70)
    reply = await card(room)
    assert reply.text == (
        "No chat is on or coming up here.\n"
        f"Late answers to Thursday Chat still count; give one with `answer 1 your words`.\n{HELP}"
    )
    assert lines(reply.offers) == ["privacy show"]


async def test_hosts_are_told_what_is_missing(room: Evening) -> None:
    async with room.store.begin() as tx:
        await tx.connection.exec_driver_sql("DELETE FROM question")
    hosts = await card(room, "mod", Role.HOST)
    assert "Nobody has planned it yet; `chat plan` takes" in hosts.text
    assert hosts.offers == (Offer("Questions", f"chat plan chat={room.chat.id}", form=True),)
    assert "Nobody has planned" not in (await card(room)).text
    async with room.store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE chat SET state = 'cancelled'")
        await tx.delete_series(room.chat.series_id, room.clock.at)
    bare = await card(room, "mod", Role.HOST)
    assert bare.text.startswith("There is no weekly chat here yet; `series create`")
    assert bare.offers == (Offer("Set up", "setup", form=True),)
    assert lines((await card(room)).offers) == ["privacy show"]
    assert (await card(room)).text.startswith("No chat is on or coming up here.")


async def test_everybody_can_ask_for_it_by_nothing_at_all(room: Evening) -> None:
    assert (await card(room, line="  ")).text == (await card(room)).text
