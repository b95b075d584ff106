"""What is asked of the bot's own health: what waits, which places ail, who is told, and of what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.core.alarming import Known
from bot.core.model import Person, Place, Series
from bot.storage.engine import database_url
from bot.storage.schema import tables as t
from bot.storage.store import Store
from tests.support.house import prepare

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    prepare(tmp_path, "browser")
    async with Store(database_url("", tmp_path)) as opened:
        async with opened.begin() as tx:
            await tx.connection.execute(t.outbox.delete())
        yield opened


async def place_of(store: Store, platform: str, name: str, **fields: object) -> Place:
    """A place on a network, as it stands."""
    async with store.begin() as tx:
        place = await tx.add_place(1, platform, name, name)
        if fields:
            await tx.connection.execute(update(t.place).where(t.place.c.id == place.id).values(**fields))
    return place


async def come_in(store: Store, name: str, at: datetime, *, hosts: bool = True) -> Person:
    async with store.begin() as tx:
        community = await tx.community(1)
        person = await tx.join(await tx.place(community.hosts_place_id or 0), name, at)
        if hosts:
            await tx.make_community_host(community.id, person.id)
    return person


async def test_what_waits_is_counted_on_each_network_and_only_what_is_due_is_late(store: Store) -> None:
    there, elsewhere = await place_of(store, "discord", "1"), await place_of(store, "matrix", "!2")
    async with store.begin() as tx:
        await tx.post(there, "one", (), "one", NOON - 5 * MINUTE)
        await tx.post(there, "two", (), "two", NOON - MINUTE)
        await tx.post(elsewhere, "three", (), "three", NOON + MINUTE)
    async with store.read() as tx:
        assert await tx.waiting_on_each(NOON) == {"discord": (2, NOON - 5 * MINUTE), "matrix": (1, None)}


async def test_a_place_ails_while_a_weekly_chat_is_held_there_and_something_is_missing(store: Store) -> None:
    fine = await place_of(store, "discord", "1")
    lacks = await place_of(store, "discord", "2", lacking="Pin Messages")
    shut = await place_of(store, "discord", "3", shut=True)
    left = await place_of(store, "discord", "4", left_at=NOON)
    unused = await place_of(store, "discord", "5", lacking="Pin Messages")
    async with store.begin() as tx:
        ids = [
            (await tx.add_series(Series(0, 1, place.name), place.id, (), NOON)).id
            for place in (fine, lacks, shut, left)
        ]
    async with store.read() as tx:
        assert [one.id for one in await tx.ailing_places()] == [lacks.id, shut.id, left.id]
        assert unused.id not in {one.id for one in await tx.ailing_places()}
    async with store.begin() as tx:
        lacking, shut_away = (update(t.series).where(t.series.c.id == series_id) for series_id in ids[1:3])
        await tx.connection.execute(lacking.values(paused=True))
        await tx.connection.execute(shut_away.values(deleted_at=NOON))
    async with store.read() as tx:
        assert [one.id for one in await tx.ailing_places()] == [left.id]
    async with store.begin() as tx:
        await tx.connection.execute(update(t.community).values(left_at=NOON))
    async with store.read() as tx:
        assert await tx.ailing_places() == ()


async def test_the_host_who_came_first_and_is_still_one_is_told_in_the_hosts_room(store: Store) -> None:
    async with store.read() as tx:
        assert await tx.first_host() is None
    await come_in(store, "Guest", NOON, hosts=False)
    mo, pia = await come_in(store, "Mo", NOON + MINUTE), await come_in(store, "Pia", NOON + 2 * MINUTE)
    async with store.read() as tx:
        room, first = await tx.first_host() or (None, None)
        hosts = (await tx.community(1)).hosts_place_id
    assert (room and room.id, first and first.id) == (hosts, mo.id)
    async with store.begin() as tx:
        await tx.ban(1, mo.id, NOON)
    async with store.read() as tx:
        _, first = await tx.first_host() or (None, None)
    assert (first and first.id) == pia.id


async def test_whoever_is_told_on_a_network_is_told_by_way_of_its_soundest_place(store: Store) -> None:
    async with store.read() as tx:
        assert await tx.sound_place("discord") is None
    await place_of(store, "discord", "1", left_at=NOON)
    shut = await place_of(store, "discord", "2", shut=True)
    async with store.read() as tx:
        assert await tx.sound_place("discord") == shut
    lacks = await place_of(store, "discord", "3", lacking="Pin Messages")
    async with store.read() as tx:
        assert await tx.sound_place("discord") == lacks
    fine = await place_of(store, "discord", "4")
    async with store.read() as tx:
        assert await tx.sound_place("discord") == fine


async def test_what_is_known_of_faults_outlasts_the_process(store: Store) -> None:
    known = {
        "disk": Known("disk", "The disk is full.", NOON, True, NOON + MINUTE),
        "backup": Known("backup", "No copy.", NOON, False, None, NOON + 2 * MINUTE),
    }
    async with store.begin() as tx:
        await tx.keep_faults(known)
    async with store.read() as tx:
        assert await tx.known_faults() == known
    async with store.begin() as tx:
        await tx.keep_faults({})
    async with store.read() as tx:
        assert await tx.known_faults() == {}
