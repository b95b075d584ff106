"""Rooms that move, and what edits and signs were about: known by place, and gone with their community."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.model import Place
from bot.storage.places.relations import Relation
from bot.storage.places.servers import Channel
from bot.storage.store import Store
from tests.platforms.opening import opened

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path) as made:
        yield made


@pytest.fixture
async def hall(store: Store) -> Place:
    async with store.begin() as tx:
        community = await tx.keep_server("matrix", "!old", "Hall", "UTC", "en")
        await tx.keep_channels("matrix", community, [Channel("!old", "Hall")])
        place = await tx.place_called("matrix", "!old")
    assert place is not None
    return place


async def test_a_place_is_found_under_all_rooms_it_was_in(store: Store, hall: Place) -> None:
    for new in ("!new", "!newer"):
        async with store.begin() as tx:
            await tx.move_room(await tx.place(hall.id), new)
    async with store.read() as tx:
        found = await tx.places_called("matrix", ["!old", "!new", "!newer", "!other"])
        now = await tx.rooms_called("matrix", ["!old", "!new", "!newer"])
        server = await tx.server_of(hall.community_id)
    assert {native_id: one.id for native_id, one in found.items()} == dict.fromkeys(
        ("!old", "!new", "!newer"), hall.id
    )
    assert list(now) == ["!newer"]
    assert server == "!newer"


async def test_a_community_that_is_a_space_stays_where_it_is_when_a_room_moves(store: Store) -> None:
    async with store.begin() as tx:
        community = await tx.keep_server("matrix", "!space", "School", "UTC", "en")
        await tx.keep_channels("matrix", community, [Channel("!old", "Hall")])
        place = await tx.place_called("matrix", "!old")
        assert place is not None
        await tx.move_room(place, "!new")
        assert await tx.server_of(community) == "!space"


async def test_what_was_noted_first_of_an_edit_stays(store: Store, hall: Place) -> None:
    async with store.begin() as tx:
        await tx.keep_relations(hall.id, [Relation("$sign", "$said", 3), Relation("$edit", "$said")])
        await tx.keep_relations(hall.id, [Relation("$sign", "$other", 1)])
        await tx.keep_relations(hall.id, [])
        found = await tx.relations(hall.id, ["$sign", "$edit", "$nothing"])
        assert await tx.relations(hall.id + 1, ["$sign"]) == {}
    assert found == {"$sign": Relation("$sign", "$said", 3), "$edit": Relation("$edit", "$said")}


async def test_all_that_goes_with_a_community_goes(store: Store, hall: Place) -> None:
    async with store.begin() as tx:
        await tx.move_room(hall, "!new")
        await tx.keep_relations(hall.id, [Relation("$edit", "$said")])
        await tx.erase_community(hall.community_id, NOW)
    async with store.read() as tx:
        assert await tx.places_called("matrix", ["!old", "!new"]) == {}
        assert await tx.relations(hall.id, ["$edit"]) == {}


async def test_a_community_is_left_with_its_last_place_and_comes_back(store: Store, hall: Place) -> None:
    async with store.begin() as tx:
        await tx.keep_channels("matrix", hall.community_id, [Channel("!library", "Library")])
        await tx.leave_channel(hall.id, NOW)
        assert not await tx.places_left_behind(hall.community_id)
        library = await tx.place_called("matrix", "!library")
        assert library is not None
        await tx.leave_channel(library.id, NOW)
        assert await tx.places_left_behind(hall.community_id)
        await tx.leave_server(hall.community_id, NOW)
        await tx.come_back(hall.community_id)
        assert "!old" in await tx.known_servers("matrix")
