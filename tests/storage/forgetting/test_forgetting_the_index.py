"""What search knew of words that go: gone from what is found at once, and from the file's bytes soon."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.core.archive.search_query import read_query
from bot.core.audience import Audience, Reads
from bot.core.model import Person
from bot.storage.archive.searching import Search, find
from bot.storage.store import Tx
from cogs.answers import Answers
from cogs.privacy import Privacy
from tests.support.parlour import Parlour, parlour

MEMBERS = Audience(1, Reads.MEMBERS)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Parlour]:
    async with parlour(tmp_path, Answers(), Privacy()) as opened:
        await opened.evening.until(7)
        yield opened


async def shown(room: Parlour) -> None:
    """What was heard is drawn, and with that indexed."""
    await room.renders()
    async with room.store.begin() as tx:
        await tx.give_addresses()


async def finds(room: Parlour, typed: str) -> bool:
    async with room.store.read() as tx:
        return bool((await find(tx, MEMBERS, Search(read_query(typed), "UTC"))).chats)


def index(room: Parlour) -> bytes:
    """Every byte of the file: what stands in the index of a word is not the word as it was written."""
    return room.bytes().lower()


async def said_by_many(room: Parlour) -> Person:
    """Ana's words among those of others, heard in many sweeps, so that the index has many parts."""
    ana, ben = await room.joins("Ana"), await room.joins("Ben")
    for number in range(12):
        await room.says(ben, f"A1: badgers {number} 日本語の授業")
        await shown(room)
        if number in (2, 9):
            await room.says(ana, "A1: Armadillo-Quokka 秘密の言葉です")
            await shown(room)
    return ana


Act = Callable[[Tx, Parlour, Person], Awaitable[Any]]


async def forgets(tx: Tx, room: Parlour, ana: Person) -> None:
    await tx.forget(ana, 1, room.evening.clock.at)


async def erases_the_chat(tx: Tx, room: Parlour, _ana: Person) -> None:
    await tx.erase_chat(room.evening.chat, room.evening.clock.at)


async def erases_each(tx: Tx, room: Parlour, ana: Person) -> None:
    async for rows in tx.own_messages(ana.id, 1):
        for row in rows:
            await tx.erase_for_good(row, room.evening.clock.at)


async def erases_the_community(tx: Tx, room: Parlour, _ana: Person) -> None:
    await tx.erase_community(1, room.evening.clock.at)


@pytest.mark.parametrize("act", [forgets, erases_the_chat, erases_each, erases_the_community])
async def test_b375_no_byte_of_erased_words_stays_in_the_index(room: Parlour, act: Act) -> None:
    ana = await said_by_many(room)
    assert await finds(room, "armadillo")
    assert await finds(room, "秘密")
    async with room.store.begin() as tx:
        await act(tx, room, ana)
    if act is not erases_the_community:
        assert not await finds(room, "armadillo")
        assert not await finds(room, "秘密")
        assert await finds(room, "badgers") == (act is not erases_the_chat)
    assert b"rmadillo" in index(room)
    assert await room.store.scrub()
    kept = index(room)
    # FTS5 keeps of a word only what differs from the one before it: the ends of words tell.
    for word in ("rmadillo", "madillo", "uokka", "秘密の", "密の言", "言葉で"):
        assert word.encode() not in kept, word
    async with room.store.begin() as tx:
        for one in ("search", "search_glyph"):
            await tx.connection.execute(text(f"INSERT INTO {one} ({one}) VALUES ('integrity-check')"))


async def test_who_is_left_out_and_what_is_hidden_is_not_found_any_more(room: Parlour) -> None:
    ana = await said_by_many(room)
    async with room.store.begin() as tx:
        await tx.exclude(ana, 1, room.evening.clock.at)
    assert not await finds(room, "armadillo")
    [held] = await room.evening.rows("SELECT count(*) AS words FROM search WHERE search MATCH 'armadillo'")
    assert held.words == 0


async def test_a_name_taken_out_of_others_words_is_not_found_in_them(room: Parlour) -> None:
    zed, ben = await room.joins("Zebedee"), await room.joins("Ben")
    await room.says(ben, "A1: @zebedee is right")
    await shown(room)
    assert await finds(room, "zebedee")
    async with room.store.begin() as tx:
        await tx.forget(zed, 1, room.evening.clock.at)
    await shown(room)
    assert not await finds(room, "zebedee")
    assert await finds(room, "somebody right")
    assert await room.store.scrub()
    assert b"ebedee" not in index(room)


async def test_an_index_is_written_anew_only_where_something_was_erased(room: Parlour) -> None:
    await said_by_many(room)
    await room.store.scrub()
    await room.says(await room.joins("Cyd"), "A1: comics")
    await shown(room)
    parts = "SELECT count(DISTINCT segid) AS parts FROM search_idx"
    [before] = await room.evening.rows(parts)
    assert await room.store.scrub()
    assert await room.evening.rows(parts) == [before]
