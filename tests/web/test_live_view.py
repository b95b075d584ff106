"""The live view: what comes is sent as it comes, once, and the end leads into the archive."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from aiohttp import ClientResponse
from structlog.testing import capture_logs

from bot.core.audience import Audience
from bot.web.following import Following
from bot.web.pages.live import look
from tests.support.archive_seed import NOW
from tests.support.reading_room import ReadingRoom, reading_room

SOON = 10.0


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[ReadingRoom]:
    async with reading_room(tmp_path) as made:
        yield made


@dataclass(slots=True)
class Follower:
    """Somebody with a live view open; events are (name, data), `last` the id to come back with."""

    answer: ClientResponse
    events: list[tuple[str, str]] = field(default_factory=list)
    last: str = ""

    async def until(self, name: str) -> list[tuple[str, str]]:
        """The events up to the next one of this name."""
        begin = len(self.events)
        async with asyncio.timeout(SOON):
            while not any(found == name for found, _ in self.events[begin:]):
                await self._next()
        return self.events[begin:]

    async def _next(self) -> None:
        event, data = "", []
        while line := (await self.answer.content.readline()).decode().rstrip("\n"):
            kind, _, value = line.partition(": ")
            if kind == "event":
                event = value
            elif kind == "data":
                data.append(value)
            elif kind == "id":
                self.last = value
        if event:
            self.events.append((event, "\n".join(data)))


@asynccontextmanager
async def follow(room: ReadingRoom, last: str = "", cookie: str = "") -> AsyncIterator[Follower]:
    """Open the stream as the page does, or come back with the last id."""
    page = await room.get(f"{room.live}live/", Cookie=cookie)
    found = re.search(r'data-follow="([^"]+)"', page)
    assert found is not None
    headers = {"Cookie": cookie} | ({"Last-Event-ID": last} if last else {})
    async with room.session.get(room.base + found[1], headers=headers) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/event-stream"
        yield Follower(answer)


async def say(room: ReadingRoom, words: str, question: int = 3, chat_state: str = "") -> None:
    """Somebody answers a question of the chat in its hour."""
    live = room.archive.live
    await room.change(
        "INSERT INTO message (place_id, platform_message_id, chat_id, person_id, by_host, text, body_html,"
        " render_version, kind, said_at, heard_at, public_id)"
        " SELECT place_id, :w, chat_id, person_id, 0, :w, '<p>' || :w || '</p>', 1, 'answer', :at, :at, :w"
        " FROM message WHERE chat_id = :live LIMIT 1",
        w=words,
        at=f"{NOW:%Y-%m-%d %H:%M:%S.%f}",
        live=live,
    )
    await room.change(
        "INSERT INTO filing (message_id, question_id, how, filed_at) SELECT m.id, q.id, 'label', m.said_at"
        " FROM message m, question q WHERE m.public_id = :w AND q.chat_id = :live AND q.position = :k",
        chat=live,
        w=words,
        live=live,
        k=question,
    )


def puts(events: list[tuple[str, str]]) -> list[str]:
    """The ids of the pieces that were put."""
    return [re.findall(r'id="([^"]+)"', data)[0] for name, data in events if name == "put"]


async def test_a_new_answer_is_sent_with_its_place_and_nothing_else_again(room: ReadingRoom) -> None:
    async with follow(room) as reader:
        await say(room, "freshly")
        events = await reader.until("seen")
    assert puts(events) == ["q3-h", "q3-freshly"]
    (piece,) = (data for name, data in events if name == "put" and "q3-freshly" in data)
    assert 'data-in="q3-a"' in piece
    assert "<p>freshly</p>" in piece


async def test_what_is_hidden_or_forgotten_goes_from_open_pages(room: ReadingRoom) -> None:
    await say(room, "hideme")
    async with follow(room) as reader:
        await room.change(
            "UPDATE message SET hidden_at = said_at WHERE public_id = 'hideme'", chat=room.archive.live
        )
        events = await reader.until("seen")
    assert ("gone", "q3-hideme") in events


async def test_who_comes_back_gets_what_they_missed_and_only_that(room: ReadingRoom) -> None:
    async with follow(room) as steady:
        async with follow(room) as reader:
            await say(room, "first")
            await reader.until("seen")
        await say(room, "second")
        await steady.until("seen")
        async with follow(room, last=reader.last) as back:
            events = await back.until("seen")
    assert puts(events) == ["q3-h", "q3-second"]


async def test_who_was_here_before_the_bot_began_anew_gets_everything_anew(room: ReadingRoom) -> None:
    await say(room, "early")
    async with follow(room, last="0") as reader:
        events = await reader.until("seen")
    assert events[0] == ("anew", "")
    assert {"now", "q1", "q1-h", "q3-early"} <= set(puts(events))


async def test_who_saw_what_a_restored_copy_never_had_gets_everything_anew_at_once(room: ReadingRoom) -> None:
    await say(room, "early")
    async with follow(room) as steady, follow(room, last="9000") as reader:
        events = await reader.until("seen")
        assert events[0] == ("anew", "")
        assert "q3-early" in puts(events)
        await say(room, "afterwards")
        assert puts(await reader.until("seen")) == ["q3-h", "q3-afterwards"]
        assert "q3-afterwards" in puts(await steady.until("seen"))


async def test_who_is_ahead_of_the_last_look_is_told_nothing_old(room: ReadingRoom) -> None:
    audience = Audience(room.archive.community.id)
    following = Following(room.site, room.archive.live, audience, partial(look, room.site), room.live)
    await following.look()
    came, ahead = following.looks, following.version + 1
    assert following.news(ahead, came) == b""
    for words in ("older", "newer"):
        await say(room, words)
    await following.look()
    assert following.version > ahead
    assert b"newer" in following.news(ahead, came)
    assert b"event: anew" in following.news(following.version + 1, came)


async def test_a_fault_ends_the_streams_is_logged_once_and_the_next_reader_begins_again(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Following.look

    async def broken(_: Following) -> None:
        raise OSError("the disk is away")

    with capture_logs() as logged:
        async with follow(room) as reader:
            await say(room, "read")
            await reader.until("seen")
            monkeypatch.setattr(Following, "look", broken)
            await say(room, "unread")
            async with asyncio.timeout(SOON):
                await reader.answer.content.read()
        for _ in range(3):
            async with follow(room, last=reader.last) as again, asyncio.timeout(SOON):
                await again.answer.content.read()
    assert [entry["event"] for entry in logged if entry["log_level"] == "error"] == ["live_view_stopped"]
    monkeypatch.setattr(Following, "look", made)
    async with follow(room, last=reader.last) as back:
        assert "q3-unread" in puts(await back.until("seen"))


async def test_a_new_question_comes_with_its_own_sheet(room: ReadingRoom) -> None:
    async with follow(room) as reader:
        await room.change(
            "UPDATE question SET state = 'asked', asked_at = :at WHERE chat_id = :live AND position = 4",
            chat=room.archive.live,
            at=f"{NOW:%Y-%m-%d %H:%M:%S.%f}",
            live=room.archive.live,
        )
        events = await reader.until("seen")
    assert {"now", "q4", "q4-h", "q3-h"} <= set(puts(events))


async def test_the_end_leads_into_the_archive_and_the_stream_ends(room: ReadingRoom) -> None:
    async with follow(room) as reader:
        await room.change(
            "UPDATE chat SET state = 'tail', published_at = ends_at WHERE id = :live",
            chat=room.archive.live,
            live=room.archive.live,
        )
        events = await reader.until("closed")
        async with asyncio.timeout(SOON):
            assert await reader.answer.content.read() == b""
    assert events[-1] == ("closed", room.live)
    async with room.session.get(f"{room.base}{room.live}live/", allow_redirects=False) as later:
        assert (later.status, later.headers["Location"]) == (307, room.live)


async def test_a_chat_that_becomes_private_is_no_longer_followed(room: ReadingRoom) -> None:
    async with follow(room) as reader:
        await room.change("UPDATE series SET visibility = 'members'", chat=room.archive.live)
        await say(room, "secret")
        events = await reader.until("closed")
    assert "secret" not in str(events)
    await room.get(f"{room.live}live/events", 404)


async def test_readers_with_the_same_eyes_share_one_look_and_it_ends_with_the_last(room: ReadingRoom) -> None:
    async with follow(room) as one, follow(room) as other:
        await say(room, "shared")
        await asyncio.gather(one.until("seen"), other.until("seen"))
        (following,) = (found for found in room.site.shared.values() if isinstance(found, Following))
        assert len(following._readers) == 2
        task = following._task
        assert task is not None
    async with asyncio.timeout(SOON):
        await asyncio.wait({task})
    assert not following._readers


async def test_who_comes_in_the_moment_in_which_the_last_one_leaves_is_told_too(room: ReadingRoom) -> None:
    audience = Audience(room.archive.community.id)
    following = Following(room.site, room.archive.live, audience, partial(look, room.site), room.live)
    with following.reader() as first:
        async with asyncio.timeout(SOON):
            while following.version < 0:
                first.clear()
                await first.wait()
    seen = following.version
    with following.reader() as second:
        await say(room, "justnow")
        async with asyncio.timeout(SOON):
            while b"justnow" not in following.news(seen):
                second.clear()
                await second.wait()


async def test_members_are_asked_again_who_they_are(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.following.ASK_AGAIN", 0.0)
    cookie = await room.sign_in()
    await room.change("UPDATE series SET visibility = 'members'", chat=room.archive.live)
    async with follow(room, cookie=cookie) as reader:
        await say(room, "before")
        assert "before" in str(await reader.until("seen"))
        await room.change("UPDATE member SET banned_at = joined_at")
        await say(room, "afterwards")
        async with asyncio.timeout(SOON):
            rest = await reader.answer.content.read()
    assert b"afterwards" not in rest
    await room.get(f"{room.live}live/events", 404, Cookie=cookie)


async def test_before_the_chat_the_live_view_waits_for_it(room: ReadingRoom) -> None:
    page = await room.get(f"{room.home}inquirychat/2026-11-24/live/")
    assert "The chat begins Tue 24 Nov 2026, 8:00 pm ET" in page


async def test_without_scripts_the_page_refreshes_and_has_what_was_said(room: ReadingRoom) -> None:
    page = await room.get(f"{room.live}live/")
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in page
    assert page.count('class="a" id="a-') > 20
    assert page.index('id="q3"') < page.index('id="q2"') < page.index('id="q1"')


async def test_many_readers_are_each_served_soon(room: ReadingRoom) -> None:
    many = 120
    loop = asyncio.get_running_loop()

    async def one(ready: asyncio.Semaphore) -> float:
        async with follow(room) as reader:
            ready.release()
            await reader.until("seen")
            return loop.time()

    ready = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(one(ready)) for _ in range(many)]
    for _ in tasks:
        await ready.acquire()
    began = loop.time()
    await say(room, "toall")
    served = sorted(at - began for at in await asyncio.gather(*tasks))
    assert timedelta(seconds=served[-1]) < timedelta(seconds=5), served[-5:]
