"""A chat held only where not everybody may look is named to no stranger, wherever they look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.places.servers import Channel
from tests.support.archive_pages import ArchivePages, archive_pages
from tests.support.archive_seed import AHEAD, LIVE, QUESTIONS, TOPIC

LISTS = ("", "upcoming/", "archive/", "feed.atom", "feed.json", "calendar.ics")
NAMED = (TOPIC, "Questions worth staying in for", "The week you had", QUESTIONS[0], AHEAD[0], LIVE[0])


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[ArchivePages]:
    async with archive_pages(tmp_path) as opened:
        yield opened


async def shut(pages: ArchivePages, *, all_of_them: bool) -> None:
    """Shut the lodge, and the room as well where all are meant."""
    which = pages.archive.places if all_of_them else pages.archive.places[1:]
    async with pages.web.store.begin() as tx:
        for place in which:
            channel = Channel(place.native_id, place.name, shut=True)
            await tx.keep_channels(place.platform, place.community_id, [channel])


async def read(pages: ArchivePages, rest: str) -> str:
    got = await pages.get(rest)
    assert got.status in (200, 404), got.text
    return got.text if got.status == 200 else ""


async def maps(pages: ArchivePages) -> str:
    return (await pages.web.stranger().get("/sitemap.xml")).text


async def shown(pages: ArchivePages, page: str) -> set[str]:
    """From which networks a stranger reads answers on a page."""
    said = await pages.rows(
        "SELECT place.platform, message.public_id FROM message JOIN place ON place.id = message.place_id"
        " WHERE message.chat_id = :chat AND message.kind = 'answer'",
        chat=pages.archive.held,
    )
    text = await read(pages, page)
    return {row["platform"] for row in said if row["public_id"] in text}


async def test_a_chat_held_in_shut_channels_alone_is_in_no_list_for_strangers(pages: ArchivePages) -> None:
    before = [await read(pages, one) for one in LISTS]
    assert all(any(words in text for text in before) for words in (TOPIC, NAMED[1]))
    await shut(pages, all_of_them=True)
    after = "".join([await read(pages, one) for one in LISTS])
    assert [words for words in NAMED if words in after] == []


async def test_its_page_and_its_place_in_the_map_are_gone_for_strangers_but_not_for_members(
    pages: ArchivePages,
) -> None:
    archive, member = pages.archive, await pages.member()
    chats = [await pages.page(one) for one in (archive.held, archive.live, archive.ahead)]
    assert pages.at(chats[0]) in await maps(pages)
    assert [(await pages.get(one)).status for one in chats] == [200] * 3
    await shut(pages, all_of_them=True)
    assert [(await pages.get(one)).status for one in chats] == [404] * 3
    assert [(await pages.get(one, member)).status for one in chats] == [200] * 3
    found = await maps(pages)
    assert [one for one in chats if pages.at(one) in found] == []


async def test_a_chat_that_everybody_may_look_into_somewhere_stays_public_without_the_words_said_elsewhere(
    pages: ArchivePages,
) -> None:
    page = await pages.page(pages.archive.held)
    assert await shown(pages, page) == {"browser", "discord"}
    await shut(pages, all_of_them=False)
    assert await shown(pages, page) == {"browser"}
    assert pages.at(page) in await maps(pages)
    assert NAMED[1] in await read(pages, "")


async def test_who_holds_the_reading_link_reads_a_chat_of_shut_channels(pages: ArchivePages) -> None:
    await shut(pages, all_of_them=True)
    async with pages.web.store.begin() as tx:
        secret = await tx.link_secret(pages.archive.series.id)
    browser = pages.web.stranger()
    assert (await browser.get(f"/l/{secret}")).status == 200
    assert (await pages.get(await pages.page(pages.archive.held), browser)).status == 200


async def test_links_to_a_chat_of_shut_channels_are_those_for_holders_of_a_link(pages: ArchivePages) -> None:
    async with pages.web.store.begin() as tx:
        await tx.install("address", pages.web.base)
        chat, series = await pages.chat(pages.archive.ahead), pages.archive.series
        open_to_all = await tx.links(chat, series)
        assert open_to_all.page.endswith(f"/{chat.slug}/")
    await shut(pages, all_of_them=True)
    async with pages.web.store.begin() as tx:
        secret = await tx.link_secret(series.id)
        closed = await tx.links(chat, series)
    assert (closed.page, closed.calendar) == (f"{pages.web.base}/l/{secret}/{chat.slug}", "")
