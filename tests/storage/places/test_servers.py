"""Servers and channels in our books: which places are in use, and what stands in them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.core.model import Chat, ChatState, Place, Series
from bot.storage.places.servers import Channel, differing
from bot.storage.schema import tables as t
from bot.storage.store import Tx

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
NET = "discord"


async def place(tx: Tx, native_id: str, name: str = "general") -> Place:
    community = await tx.keep_server(NET, "1", "School", "UTC", "en")
    await tx.keep_channels(NET, community, [Channel(native_id, name)])
    found = await tx.place_called(NET, native_id)
    assert found is not None
    return found


async def used(tx: Tx) -> list[str]:
    return [one.native_id for one in await tx.places_in_use(NET)]


async def chat(tx: Tx, home: Place, where: Place, state: ChatState) -> None:
    series = await tx.add_series(Series(0, home.community_id, "#edchat"), home.id, (), NOW)
    made = await tx.add_chat(Chat(0, series.id, "UTC", NOW, NOW + series.length, state=state))
    row = {"chat_id": made.id, "place_id": where.id, "opened_at": NOW}
    await tx.connection.execute(t.chat_place.insert(), row)
    await tx.connection.execute(t.chat.update().where(t.chat.c.id == made.id).values(state=state))


async def test_a_place_is_in_use_where_a_weekly_chat_is_at_home_until_it_is_deleted(tx: Tx) -> None:
    home = await place(tx, "10")
    await place(tx, "11", "idle")
    assert await used(tx) == []
    series = await tx.add_series(Series(0, home.community_id, "#edchat"), home.id, (), NOW)
    assert await used(tx) == ["10"]
    await tx.delete_series(series.id, NOW)
    assert await used(tx) == []


@pytest.mark.parametrize(
    ("state", "there"),
    [(ChatState.OPEN, True), (ChatState.TAIL, True), (ChatState.SEALED, False), (ChatState.CANCELLED, False)],
)
async def test_a_place_is_in_use_while_a_chat_is_heard_there(state: ChatState, there: bool, tx: Tx) -> None:
    await chat(tx, await place(tx, "10"), await place(tx, "11", "guests"), state)
    assert ("11" in await used(tx)) is there


async def test_a_hosts_room_is_in_use_until_it_is_left(tx: Tx) -> None:
    hosts = await place(tx, "10", "hosts")
    await tx.make_hosts_room(hosts.id)
    assert await used(tx) == ["10"]
    await tx.leave_channel(hosts.id, NOW)
    assert await used(tx) == []
    assert [one.native_id for one in await tx.places_in_use(NET, with_left=True)] == ["10"]
    assert await tx.place_called(NET, "10") is None


async def test_only_what_is_not_in_our_books_as_it_is_differs(tx: Tx) -> None:
    await place(tx, "10")
    left = await place(tx, "11", "left")
    await tx.leave_channel(left.id, NOW)
    known = (await tx.known_servers(NET, ["1", "2"]))["1"]
    rows = (("10", "general"), ("11", "left"), ("12", "new"), ("10", "general", ("x",)), ("10", "other"))
    seen = [Channel(*row) for row in rows]
    assert differing(seen, known.places) == tuple(seen[1:])


async def test_a_server_that_is_left_and_joined_again_is_the_same_community(tx: Tx) -> None:
    before = await place(tx, "10")
    await tx.leave_server(before.community_id, NOW)
    assert await tx.known_servers(NET) == {}
    assert (await tx.known_servers(NET, ["1"]))["1"].left
    assert await place(tx, "10") == before
    assert not (await tx.known_servers(NET, ["1"]))["1"].left


async def test_what_a_place_lacks_is_kept_in_sentences(tx: Tx) -> None:
    home = await place(tx, "10")
    assert await tx.lacking(home.id) == ()
    lacking = ("One is missing.", "So is two.")
    await tx.keep_channels(NET, home.community_id, [Channel("10", "general", lacking)])
    assert await tx.lacking(home.id) == lacking


async def test_the_hosts_role_of_a_community_is_kept(tx: Tx) -> None:
    home = await place(tx, "10")
    assert await tx.host_role(home.community_id) == ""
    await tx.set_host_role(home.community_id, "77")
    assert await tx.host_role(home.community_id) == "77"
