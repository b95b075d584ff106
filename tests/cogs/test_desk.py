"""The way to the desk, by talking: who gets the link, and what is noted of them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core import sentences
from bot.core.model import Role, Series
from bot.core.sentences.desk import OPEN_DESK
from bot.storage.doors.secrets import SecretKind
from cogs import every_cog
from tests.support.evening import START, Evening, add_chat, evening

ADDRESS = "https://chats.example"


@pytest.fixture
async def room(tmp_path: Path, rooms: str) -> AsyncIterator[Evening]:
    async with evening(tmp_path, *every_cog(), rooms=rooms) as opened:
        async with opened.store.begin() as tx:
            await tx.install("address", ADDRESS)
        yield opened


async def _series(room: Evening) -> Series:
    async with room.store.read() as tx:
        return await tx.series(room.chat.series_id)


def token(text: str) -> str:
    """The secret of the link in an answer."""
    found = re.search(rf"{ADDRESS}/in/([\w-]+)", text)
    assert found, text
    return found[1]


async def test_a_host_gets_a_link_for_them_alone_and_a_seat(room: Evening) -> None:
    reply = await room.asks("ana", "desk", Role.HOST)
    assert reply.private
    async with room.store.begin() as tx:
        now = room.clock.real()
        secret = await tx.secret(token(reply.text), SecretKind.DESK, now)
        assert secret is not None
        assert secret.person_id is not None
        seat = await tx.seat(room.place.community_id, secret.person_id)
        person = await tx.person_by_id(secret.person_id, room.place.community_id)
    assert person.native_id == room.native("ana")
    assert seat is not None
    assert (seat.place.id, seat.power) == (room.place.id, Role.HOST)


async def test_everybody_else_is_told_that_it_is_for_hosts(room: Evening) -> None:
    reply = await room.asks("ben", "desk")
    assert (reply.text, reply.refused) == (sentences.ONLY_HOSTS, True)
    assert await room.rows("SELECT * FROM secret WHERE kind = 'desk'") == []
    assert await room.rows("SELECT * FROM desk_seat") == []


async def test_a_guest_host_gets_one_without_any_power(room: Evening) -> None:
    await room.asks("ben", "help")
    await room.asks("ana", f"host invite Ben chat={room.chat.id}", Role.HOST)
    assert token((await room.asks("ben", "desk")).text)
    assert [row.power for row in await room.rows("SELECT power FROM desk_seat")] == [0]


async def test_a_guest_host_of_a_later_chat_need_not_name_it(room: Evening) -> None:
    later = await add_chat(room, await _series(room), START + timedelta(days=7))
    await room.asks("ben", "help")
    await room.asks("ana", f"host invite Ben chat={later.id}", Role.HOST)
    assert token((await room.asks("ben", "desk")).text)
    async with room.store.begin() as tx:
        ben = await tx.met(room.place.platform, room.native("ben"), room.place.community_id)
        assert ben is not None
        await tx.uninvite(later.id, ben.id)
    assert (await room.asks("ben", "desk")).refused


async def test_hosts_get_it_whosever_chat_comes_next_and_however_many_are_on(room: Evening) -> None:
    async with room.store.begin() as tx:
        other = await tx.add_community("Elsewhere", "Europe/Berlin")
        far = await tx.add_place(other.id, room.place.platform, "9", "far")
        theirs = await tx.add_series(Series(0, other.id, "Their Chat"), far.id, (), room.clock.at)
        await tx.take_in(theirs, room.place, room.clock.at)
        garden = await tx.add_place(room.place.community_id, room.place.platform, "3", "garden")
        ours = await tx.add_series(Series(0, garden.community_id, "Garden"), garden.id, (), room.clock.at)
    await add_chat(room, theirs, START - timedelta(hours=3))
    await add_chat(room, ours, START)
    assert token((await room.asks("ana", "desk", Role.HOST)).text)
    async with room.store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE chat SET state = 'open'")
    assert token((await room.asks("ana", "desk", Role.HOST, room.hosts)).text)


async def test_the_card_offers_it_to_hosts_where_there_are_pages(room: Evening) -> None:
    offered = [offer.label for offer in (await room.asks("ana", "", Role.HOST)).offers]
    assert OPEN_DESK in offered
    assert OPEN_DESK not in [offer.label for offer in (await room.asks("ben", "")).offers]


async def test_without_pages_it_is_said_and_nothing_is_given(room: Evening) -> None:
    async with room.store.begin() as tx:
        await tx.install("address", "")
    reply = await room.asks("ana", "desk", Role.HOST)
    assert reply.refused
    assert await room.rows("SELECT * FROM desk_seat") == []


async def test_what_was_changed_since_it_was_shown_is_refused_by_its_mark(room: Evening) -> None:
    before = [row.text for row in await room.rows("SELECT text FROM question ORDER BY position")]
    for line in ("question edit 1 Why? seen=5", "question remove 1 seen=5", "question reorder 3 2 1 seen=5"):
        assert "meanwhile" in (await room.asks("ana", line, Role.HOST)).text
    assert [row.text for row in await room.rows("SELECT text FROM question ORDER BY position")] == before
