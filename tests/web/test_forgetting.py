"""Forgetting over HTTP: the receipt, what the pages say afterwards, and every byte within a minute."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import text

from bot.core.model import Visibility
from bot.erasures import FILE, ErasureList
from tests.support.parlour import every_byte
from tests.web.room_setting import Room, open_room, said

WORDS = ("armadillos", "Aardvark")


async def published(room: Room) -> str:
    """Make the chat public, and give the path of its page."""
    async with room.house.store.begin() as tx:
        await tx.connection.execute(text("UPDATE place SET openness = 'public'"))
        await tx.connection.execute(text("UPDATE chat SET told = 'public'"))
        await tx.connection.execute(text("UPDATE chat_place SET told = 'public'"))
        await tx.set_visibility(await tx.series(1), Visibility.PUBLIC)
    async with room.house.store.read() as tx:
        chat = await tx.chat(room.chat_id)
        assert chat is not None
        series = await tx.series(chat.series_id)
    return f"/{room.house.community.slug}/{series.slug}/{chat.slug}/"


async def test_b375_the_forgotten_get_a_receipt_and_are_gone_from_pages_and_bytes(tmp_path: Path) -> None:
    async with open_room(tmp_path) as room:
        room.house.store._erased = ErasureList(tmp_path / FILE).add
        page, reader = await published(room), room.house.stranger()
        ana = await room.house.join("Aardvark")
        await room.says(ana, "A1: armadillos", await room.root(1))
        await room.until("select count(*) from message where body_html is not null", 1)
        before = (await reader.get(page)).text
        assert all(word in before for word in WORDS)
        got = await room.presses(ana, "privacy forget sure=yes")
        assert got.status == 200
        assert "1 message of yours" in got.text
        for path in (page, f"{page}chat.json", f"{page}chat.csv", f"{page}chat.md", f"{page}live/"):
            got = await reader.get(path)
            assert not any(word in got.text for word in WORDS), path
        assert 'name="text"' not in (await ana.get(room.at)).text
        for _ in range(300):
            if not any(word.encode() in every_byte(tmp_path) for word in WORDS):
                break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError("the words are still in the bytes")


async def test_words_taken_back_or_hidden_leave_the_answers_of_those_who_searched_for_them(
    tmp_path: Path,
) -> None:
    async with open_room(tmp_path) as room:
        room.house.store._erased = ErasureList(tmp_path / FILE).add
        await published(room)
        ana, zoe = await room.house.join("Ana"), await room.house.join("Zoë")
        first = said(await room.says(ana, "A1: armadillos and aardwolves", await room.root(1)))
        await room.says(ana, "A1: quaggas and https://example.org/quokkas", await room.root(1))
        await room.until("select count(*) from message where body_html is not null", 2)
        whispered = "select count(*) from room_message where only_for is not null and text like :words"
        await room.presses(zoe, "archive search armad")
        await room.presses(zoe, "chat now")
        [(answer,)] = await room.rows(
            "select id from room_message where text like '%aardwolves%' and only_for <> ''"
        )
        assert "aardwolves" in (await zoe.get(f"{room.at}?answer={answer}")).text
        stands = "select count(*) from room_message where only_for <> '' and text <> ''"
        [(before,)] = await room.rows(stands)
        await room.acts(ana, first, "delete")
        await room.until(whispered, 0, words="%aardwolves%")
        assert "aardwolves" not in (await zoe.get(f"{room.at}?answer={answer}")).text
        assert await room.rows(stands) == [(before - 1,)]  # what shows nobody's words stays
        assert "quokkas" in (await room.presses(zoe, "resource list")).text
        assert "quaggas" in (await room.presses(zoe, "archive search quag")).text
        [(number,)] = await room.rows("select id from message where text like '%quaggas%'")
        await room.presses(room.host, f"answers hide m{number} chat={room.chat_id}")
        await room.until(f"{whispered} or text like '%quokkas%' and only_for <> ''", 0, words="%quaggas%")
        assert await room.house.store.scrub()
        assert b"aardwolves" not in every_byte(tmp_path)
