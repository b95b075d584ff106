"""Search by talking: privately, only what the one who asks may read, with links where there are pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.core.model import Role
from cogs.answers import Answers
from cogs.hosts import Hosts
from cogs.searching import Searching
from tests.support.evening import Evening, evening

BASE = "https://chat.example"


@pytest.fixture
async def room(tmp_path: Path, rooms: str) -> AsyncIterator[Evening]:
    async with evening(tmp_path, Searching(), Answers(), Hosts(), rooms=rooms) as opened:
        await opened.until(7)
        yield opened


async def drawn(room: Evening) -> None:
    """Everything heard is drawn for readers, as the bot does by itself a moment later."""
    async with room.store.begin() as tx:
        await tx.connection.execute(
            text("UPDATE message SET body_html = text, render_version = 1, public_id = 'p' || id")
        )
        await tx.give_addresses()


async def finds(room: Evening, words: str, who: str = "ben", power: Role = Role.ANYONE) -> str:
    reply = await room.asks(who, f"archive search {words}", power)
    assert reply.private
    return reply.text


async def test_what_was_said_is_found_by_the_beginning_of_a_word(room: Evening) -> None:
    await room.says("ana", "A1: We read novels, and talk about the heroes")
    await room.says("cyd", "A1: comics")
    await drawn(room)
    found = await finds(room, "nov")
    assert "Thursday Chat" in found
    assert "- Ana, Q1: " in found
    assert "novels, and talk about the heroes" in found
    assert "comics" not in found


async def test_a_word_with_a_sharp_s_is_found_in_either_spelling(room: Evening) -> None:
    await room.says("ana", "A1: Die Straße ist laut")
    await room.says("cyd", "A1: Eine Strasse ohne Autos")
    await drawn(room)
    for typed in ("strasse", "STRASSE", "straße"):
        found = await finds(room, typed)
        assert ("Straße ist laut" in found, "Strasse ohne Autos" in found) == (True, True), typed


async def test_links_lead_to_where_it_stands_once_there_are_pages(room: Evening) -> None:
    await room.says("ana", "A1: novels")
    await drawn(room)
    assert "http" not in await finds(room, "novels")
    async with room.store.begin() as tx:
        await tx.install("address", BASE)
    [row] = await room.rows("SELECT public_id FROM message")
    found = await finds(room, "novels")
    assert f"<{BASE}/edhouse/edchat/" in found
    assert f"/a/{row.public_id}>" in found


async def test_a_question_is_found_once_it_was_asked(room: Evening) -> None:
    await drawn(room)
    [first, second, *_] = await room.rows("SELECT text FROM question ORDER BY position")
    assert f"Question Q1: {first.text}" in await finds(room, f'"{first.text}"')
    assert (await finds(room, f'"{second.text}"')).startswith("Nothing was found")


async def test_what_is_hidden_is_found_by_nobody(room: Evening) -> None:
    await room.says("ana", "A1: novels")
    await drawn(room)
    async with room.store.begin() as tx:
        await tx.connection.execute(text("UPDATE message SET hidden_at = said_at"))
    assert (await finds(room, "novels")).startswith("Nothing was found")
    assert (await finds(room, "novels", "mo", Role.HOST)).startswith("Nothing was found")


async def test_what_is_not_published_is_found_by_hosts_alone(room: Evening) -> None:
    await room.says("ana", "A1: novels")
    await drawn(room)
    async with room.store.begin() as tx:
        await tx.connection.execute(text("UPDATE series SET publish_at_once = 0"))
    assert (await finds(room, "novels")).startswith("Nothing was found")
    assert "novels" in await finds(room, "novels", "mo", Role.HOST)


async def test_one_may_look_among_ones_own_words_alone(room: Evening) -> None:
    await room.says("ana", "A1: novels for the young")
    await room.says("ben", "A1: novels for the old")
    await drawn(room)
    everybody, own = await finds(room, "novels"), await finds(room, "novels mine=yes")
    assert ("young" in everybody, "old" in everybody) == (True, True)
    assert ("young" in own, "old" in own) == (False, True)
    async with room.store.begin() as tx:
        await tx.install("address", BASE)
    for number in range(3):
        await room.says("ben", f"A1: novels for readers of {number}")
    await drawn(room)
    assert (await finds(room, "novels mine=yes")).endswith(f"{BASE}/edhouse/search?q=novels&mine=1")


async def test_prefixes_work_here_too_and_one_that_makes_no_sense_is_told(room: Evening) -> None:
    await room.says("ana", "A1: novels")
    await room.says("ana", "A1: more novels")
    await drawn(room)
    assert "novels" in await finds(room, "novels from:ana q:1")
    assert (await finds(room, "novels q:7")).startswith("Nothing was found")
    assert await finds(room, "novels from:zed") == "Nobody whom you may read here is called “zed”."
    assert await finds(room, "q:first") == "q: takes the number of a question, as in q:3."
    assert (await finds(room, "")).startswith("Write what to look for")
    assert await finds(room, "%_%") == (
        "There is no letter and no digit in that, so nothing can be looked for."
    )


async def test_more_than_one_answer_holds_is_said_to_be_elsewhere(room: Evening) -> None:
    for number in range(6):
        await room.says("ana", f"A1: novels, number {number}")
    await drawn(room)
    assert (await finds(room, "novels")).endswith(
        "There is more in older chats; more words, or series:, after: and before:, find it."
    )
    async with room.store.begin() as tx:
        await tx.install("address", BASE)
    assert (await finds(room, "novels")).endswith(f"{BASE}/edhouse/search?q=novels")
