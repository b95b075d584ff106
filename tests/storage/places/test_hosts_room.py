"""The hosts' private room on a network: made once, and whoever becomes a host is let in, sooner or later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.actions import Action
from bot.core.model import Place
from bot.storage.engine import database_url
from bot.storage.outgoing.queued import Queued
from bot.storage.places.servers import Channel
from bot.storage.store import Store, Tx
from tests.support.house import prepare

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)


@pytest.fixture
async def tx(tmp_path: Path) -> AsyncIterator[Tx]:
    prepare(tmp_path, "browser")
    async with Store(database_url("", tmp_path)) as store, store.begin() as made:
        yield made


async def channel(tx: Tx) -> Place:
    community = await tx.keep_server("discord", "1", "School", "UTC", "en")
    await tx.keep_channels("discord", community, [Channel("10", "general")])
    found = await tx.place_called("discord", "10")
    assert found is not None
    return found


async def doors(tx: Tx, place: Place) -> list[Queued]:
    """What waits to be done about the private room, as the network is asked for it."""
    found: list[Queued] = []
    while (row := await tx.waiting_in(place.id, tuple(one.id for one in found))) is not None:
        found.append(row)
    return [row for row in found if row.action is Action.ROOM]


async def test_who_is_named_before_the_room_is_there_is_let_in_once_it_is(tx: Tx) -> None:
    beside = await channel(tx)
    await tx.wish_hosts_room(beside, "500", "EdChat hosts", NOW)
    await tx.let_into_hosts_room(beside.community_id, "501", NOW)
    [making] = await doors(tx, beside)
    assert (making.person, making.target) == ("500", None)
    await tx.confirm(making, "77", NOW)
    [letting] = await doors(tx, beside)
    assert (letting.person, letting.target) == ("501", "77")
    await tx.confirm(letting, "77", NOW)
    assert (await tx.community(beside.community_id)).hosts_place_id is not None
    hosts = await tx.place_called("discord", "77")
    assert hosts is not None
    assert [row.subject for row in await doors(tx, beside)] == []


async def test_a_new_host_is_let_in_later_as_well_and_one_who_left_again(tx: Tx) -> None:
    beside = await channel(tx)
    await tx.wish_hosts_room(beside, "500", "EdChat hosts", NOW)
    [making] = await doors(tx, beside)
    await tx.confirm(making, "77", NOW)
    for _ in range(2):
        await tx.let_into_hosts_room(beside.community_id, "502", NOW)
        [letting] = await doors(tx, beside)
        assert (letting.person, letting.target) == ("502", "77")
        await tx.confirm(letting, "77", NOW)


async def test_where_hosts_have_a_channel_of_their_own_nobody_is_let_in_by_us(tx: Tx) -> None:
    beside = await channel(tx)
    await tx.let_into_hosts_room(beside.community_id, "501", NOW)
    assert await doors(tx, beside) == []
