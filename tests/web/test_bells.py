"""Bells ring for those who wait for what a commit touched, after it, and for nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.engine import database_url
from bot.storage.store import Store, Tx
from bot.web.bells import Bells, Topic
from tests.support.house import prepare


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    prepare(tmp_path, "browser")
    async with Store(database_url("", tmp_path)) as opened:
        yield opened


def touch(tx: Tx, topic: Topic) -> None:
    kind, number = topic
    {"room": tx.rooms_rung, "chat": tx.stale, "community": tx.stale_communities}[kind].add(number)


@pytest.mark.parametrize("kind", ["room", "chat", "community"])
async def test_a_commit_rings_for_what_it_touched_alone(store: Store, kind: str) -> None:
    bells = Bells(store)
    others: list[Topic] = [(one, 7) for one in ("room", "chat", "community") if one != kind]
    with bells.at((kind, 7)) as mine, bells.at((kind, 8), *others) as theirs:
        async with store.begin() as tx:
            touch(tx, (kind, 7))
            assert not mine.is_set()
        assert (mine.is_set(), theirs.is_set()) == (True, False)


async def test_all_who_wait_for_a_topic_are_woken_and_one_may_wait_for_several(store: Store) -> None:
    bells = Bells(store)
    with bells.at(("room", 1)) as one, bells.at(("chat", 5), ("room", 1)) as other:
        for topic in (("room", 1), ("chat", 5)):
            other.clear()
            async with store.begin() as tx:
                touch(tx, topic)
            assert other.is_set()
        assert one.is_set()


async def test_what_is_taken_back_rings_nothing(store: Store) -> None:
    bells = Bells(store)
    with bells.at(("room", 1)) as event:
        with pytest.raises(ZeroDivisionError):
            await _broken(store)
        async with store.begin():
            pass
        assert not event.is_set()


async def _broken(store: Store) -> None:
    async with store.begin() as tx:
        tx.rooms_rung.add(1)
        raise ZeroDivisionError


async def test_who_has_left_keeps_no_bell(store: Store) -> None:
    bells = Bells(store)
    with bells.at(("room", 1)) as gone:
        pass
    with pytest.raises(ZeroDivisionError), bells.at(("room", 1), ("chat", 1)):
        raise ZeroDivisionError
    async with store.begin() as tx:
        touch(tx, ("room", 1))
    assert not gone.is_set()
    assert not bells._hung


async def test_at_the_end_everybody_is_woken(store: Store) -> None:
    bells = Bells(store)

    async def waits(topic: Topic) -> bool:
        with bells.at(topic) as event:
            return await event.wait()

    tasks = [asyncio.create_task(waits((kind, 3))) for kind in ("room", "chat", "community")]
    await asyncio.sleep(0)
    bells.ring_all()
    async with asyncio.timeout(5):
        assert await asyncio.gather(*tasks) == [True, True, True]
