"""Pages that were asked for a moment ago: fast for strangers, and never older than what was committed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from starlette.requests import Request

from bot.web.cache import finished
from bot.web.recent import MOST_BYTES
from bot.web.serving import listener
from tests.support.reading_room import ReadingRoom, reading_room

TOPIC = "UPDATE chat SET topic = :topic, version = version + 1 WHERE id = :chat"


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[ReadingRoom]:
    async with reading_room(tmp_path) as opened:
        yield opened


def asked_of_the_database(room: ReadingRoom, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes whenever somebody reads from the database."""
    asked: list[str] = []
    read = room.store.read

    def noted() -> object:
        asked.append("read")
        return read()

    monkeypatch.setattr(room.store, "read", noted)
    return asked


async def test_a_page_that_was_just_read_is_handed_out_without_asking_the_database(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await room.get(room.held)
    asked = asked_of_the_database(room, monkeypatch)
    assert await room.get(room.held) == first
    assert asked == []


async def test_asking_whether_the_bot_is_well_leaves_recent_pages_alone(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, stamp = await room.get(room.held), room.site.recent.now()
    assert "overdue" in await room.get("/healthz", 503)  # which is said when it could be written, too
    assert room.site.recent.now() == stamp
    asked = asked_of_the_database(room, monkeypatch)
    assert await room.get(room.held) == first
    assert asked == []


async def test_every_commit_is_seen_by_the_next_reader(room: ReadingRoom) -> None:
    for topic in ("Fractions", "Estimation", "Proofs"):
        chat = room.archive.held
        await room.change("UPDATE chat SET topic = :topic WHERE id = :id", chat, topic=topic, id=chat)
        assert topic in await room.get(room.held)
        assert topic in await room.get(room.held)


async def test_a_commit_of_another_process_is_seen_as_well(room: ReadingRoom) -> None:
    await room.get(room.held)
    with closing(sqlite3.connect(str(room.store.url.database))) as other, other:
        other.execute(TOPIC, {"topic": "From elsewhere", "chat": room.archive.held})
    assert "From elsewhere" in await room.get(room.held)


async def test_a_page_read_before_a_commit_is_not_kept_after_it(room: ReadingRoom) -> None:
    stamp = room.site.recent.now()
    await room.change("UPDATE chat SET topic = 'New' WHERE id = :id", room.archive.held, id=room.archive.held)
    room.site.recent.keep(_request(room.held), finished("<h1>Old"), stamp)
    assert "<h1>Old" not in await room.get(room.held)


async def test_who_brings_a_cookie_or_asks_for_more_is_not_taken_for_a_stranger(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.get(room.held)
    cookie = await room.sign_in(host=True)
    await room.get(room.held)
    asked = asked_of_the_database(room, monkeypatch)
    await room.get(room.held, Cookie=cookie)
    await room.get(f"{room.held}?view=time")
    assert len(asked) >= 2


async def test_a_recent_page_knows_what_its_reader_has_and_takes(room: ReadingRoom) -> None:
    for _ in range(2):  # made anew, then recent
        async with room.session.get(room.base + room.held) as whole:
            tag, text = whole.headers["ETag"], await whole.text()
            assert whole.headers["Content-Encoding"] == "gzip"
        async with room.session.get(room.base + room.held, headers={"If-None-Match": tag}) as same:
            assert (same.status, await same.read()) == (304, b"")
        async with room.session.get(room.base + room.held, headers={"Accept-Encoding": "identity"}) as plain:
            assert "Content-Encoding" not in plain.headers
            assert await plain.text() == text
        async with room.session.head(room.base + room.held) as head:
            assert (head.status, await head.read()) == (200, b"")


async def test_recent_pages_take_no_more_memory_than_they_may(room: ReadingRoom) -> None:
    page = finished("x" * (MOST_BYTES // 4))
    for number in range(40):
        room.site.recent.keep(_request(f"/{number}/"), page, room.site.recent.now())
    assert sum(kept.page.size for kept in room.site.recent._kept.values()) <= MOST_BYTES


async def test_small_pieces_of_an_answer_are_not_held_back(room: ReadingRoom) -> None:
    with closing(listener("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        taken, _ = await asyncio.get_running_loop().sock_accept(bound)
        with closing(taken):
            assert taken.proto == bound.proto != 0  # or the loop would not turn Nagle's waiting off
        writer.close()


def _request(path: str) -> Request:
    return Request({"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []})
