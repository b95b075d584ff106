"""Words in a room that no chat heard: they go with their time like a chat's, and leave the chats' alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.model import Series, Visibility
from cogs.answers import Answers
from tests.support.evening import START
from tests.support.parlour import Parlour, parlour
from tests.web.room_setting import open_room, words

DAY = timedelta(days=1)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Parlour]:
    async with parlour(tmp_path, Answers()) as opened:
        yield opened


async def standing(room: Parlour) -> list[str]:
    query = "SELECT text FROM room_message WHERE person_id IS NOT NULL AND text <> '' ORDER BY id"
    return [row.text for row in await room.evening.rows(query)]


async def kept(room: Parlour, days: float) -> list[str]:
    """What stands after the house was kept so many days after the chat began."""
    async with room.store.begin() as tx:
        await tx.keep_house(START + days * DAY)
    return await standing(room)


async def test_words_of_no_chat_go_as_a_community_keeps_them_and_leave_its_bytes(room: Parlour) -> None:
    ana = await room.joins("Ana")
    await room.says(ana, "armadillos the day before")
    assert await kept(room, 500) == ["armadillos the day before"]
    async with room.store.begin() as tx:
        await tx.change_house(1, {"retention_days": 30})
    assert await kept(room, 28) == ["armadillos the day before"]
    assert await kept(room, 30) == []
    assert await room.store.scrub()
    assert b"rmadillo" not in room.bytes()


async def test_what_a_chat_heard_stays_as_long_as_the_chat(room: Parlour) -> None:
    await room.evening.until(7)
    await room.says(await room.joins("Ana"), "A1: novels")
    await room.evening.until(70)
    await room.says(await room.joins("Ana"), "good night")
    async with room.store.begin() as tx:
        await tx.change_house(1, {"retention_days": 30})
    assert await kept(room, 30.04) == ["A1: novels", "good night"]
    async with room.store.begin() as tx:  # the hour is over, so that only its end counts
        assert await tx.let_unheard_words_go(START + 40 * DAY) == 1
    assert await standing(room) == ["A1: novels"]


async def test_where_nothing_is_kept_words_of_no_chat_last_as_long_as_late_answers_count(
    tmp_path: Path,
) -> None:
    off = Series(0, 1, "Quiet Chat", "#quiet", visibility=Visibility.OFF)
    async with parlour(tmp_path, Answers(), series=off) as room:
        await room.says(await room.joins("Ana"), "armadillos the day before")
        assert await kept(room, 5) == ["armadillos the day before"]
        assert await kept(room, 7) == []


async def test_what_people_were_told_holds_for_their_words_after_the_hour_too(tmp_path: Path) -> None:
    off = Series(0, 1, "Quiet Chat", "#quiet", visibility=Visibility.OFF)
    async with parlour(tmp_path, Answers(), series=off) as room:
        await room.evening.until(70)
        await room.says(await room.joins("Ana"), "armadillos afterwards")
        async with room.store.begin() as tx:
            await tx.set_visibility(await tx.series(room.evening.chat.series_id), Visibility.PUBLIC)
        assert await kept(room, 6) == ["armadillos afterwards"]
        assert await kept(room, 8) == []


async def test_nobody_takes_their_going_for_words_taken_back_in_tonights_chat(room: Parlour) -> None:
    await room.says(await room.joins("Ana"), "the day before")
    await room.evening.until(7)
    async with room.store.begin() as tx:
        await tx.change_house(1, {"retention_days": 30})
    assert await kept(room, 31) == []
    await room.hears()
    assert await room.evening.rows("SELECT * FROM message") == []


async def test_the_rooms_page_shows_them_no_more(tmp_path: Path) -> None:
    async with open_room(tmp_path, asked=0) as room:
        ana = await room.house.join("Ana")
        await room.says(ana, "armadillos before the chat")
        assert "armadillos" in words((await ana.get(room.at)).text)
        got = await room.says(room.host, "!edchat house edit keep-days=30")
        assert got.status == 303
        await room.until("select retention_days from community", 30)
        async with room.house.store.begin() as tx:
            await tx.keep_house(room.house.site.clock.now() + 31 * DAY)
        assert "armadillos" not in words((await ana.get(room.at)).text)
