"""What is not for everybody is not there for everybody else: as if it had never been."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from bot.core.model import Visibility
from tests.support.archive_pages import ArchivePages, archive_pages
from tests.support.web_house import Got

OF_A_CHAT = (
    "",
    "print/",
    "chat.json",
    "chat.csv",
    "chat.md",
    "event.ics",
    "live/",
    "live/events",
    "?view=time",
)


@pytest.fixture(params=[Visibility.MEMBERS, Visibility.LINK, Visibility.OFF])
async def private(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ArchivePages]:
    async with archive_pages(tmp_path, visibility=request.param) as pages:
        yield pages


def seen(got: Got) -> tuple[int, bytes, dict[str, str]]:
    """All that a stranger can tell two answers apart by."""
    return (
        got.status,
        got.body,
        {name: value for name, value in got.headers.items() if name.lower() != "date"},
    )


async def test_b308_a_guessed_address_of_a_private_chat_is_as_if_there_were_none(
    private: ArchivePages,
) -> None:
    stranger, host = private.web.stranger(), await private.host()
    page = await private.page(private.archive.held)
    missing = page.replace(page.split("/")[1], "2031-01-07")
    assert (await private.get(page, host)).status == 200
    for rest in OF_A_CHAT:
        hidden, absent = await private.get(page + rest, stranger), await private.get(missing + rest, stranger)
        assert seen(hidden) == seen(absent), rest
        assert hidden.status == 404


async def test_b308_nor_does_it_take_longer_to_say_so(private: ArchivePages) -> None:
    stranger, page = private.web.stranger(), await private.page(private.archive.held)
    paths = (page, page.replace(page.split("/")[1], "2031-01-07"))
    took: dict[str, list[float]] = {path: [] for path in paths}
    for _ in range(15):
        for path in paths:
            began = perf_counter()
            await private.get(path, stranger)
            took[path].append(perf_counter() - began)
    one, other = (median(took[path]) for path in paths)
    assert max(one, other) < 3 * min(one, other)


async def test_b308_no_list_feed_calendar_or_sitemap_tells_a_stranger_of_it(private: ArchivePages) -> None:
    stranger, host = private.web.stranger(), await private.host()
    page, chat = await private.page(private.archive.held), await private.chat(private.archive.held)
    lists = (
        "",
        "archive/",
        f"archive/{chat.starts_at:%Y/%m}/",
        "feed.atom",
        "feed.json",
        "calendar.ics",
        "upcoming/",
    )
    shown = [(await private.get(rest, host)).text for rest in lists]
    assert any(page in text for text in shown), "a host sees it, so there is something to hide"
    for rest in lists:
        told = (await private.get(rest, stranger)).text
        assert page not in told, rest
        assert chat.topic not in told, rest
    assert page not in (await stranger.get("/sitemap.xml")).text


async def test_b308_a_permalink_into_it_leads_a_stranger_nowhere(private: ArchivePages) -> None:
    query = "SELECT public_id FROM message WHERE chat_id = :chat AND public_id IS NOT NULL LIMIT 1"
    [row] = await private.rows(query, chat=private.archive.held)
    stranger = private.web.stranger()
    hidden = await private.get(f"a/{row['public_id']}", stranger)
    assert seen(hidden) == seen(await private.get("a/nowhere", stranger))
    assert hidden.status == 404


async def test_members_read_what_is_theirs_and_no_longer_when_banned(tmp_path: Path) -> None:
    async with archive_pages(tmp_path, visibility=Visibility.MEMBERS) as pages:
        pat, page = await pages.member("Pat Quill"), await pages.page(pages.archive.held)
        assert (await pages.get(page, pat)).status == 200
        async with pages.web.store.begin() as tx:
            here = pages.archive.community.id
            [person] = [one for one, _ in await tx.members(here) if one.name == "Pat Quill"]
            await tx.ban(here, person.id, pages.clock.at)
        assert (await pages.get(page, pat)).status == 404


async def test_a_reading_link_opens_its_weekly_chat_and_no_other(tmp_path: Path) -> None:
    async with archive_pages(tmp_path, visibility=Visibility.LINK) as pages:
        page, stranger = await pages.page(pages.archive.held), pages.web.stranger()
        async with pages.web.store.begin() as tx:
            secret = await tx.link_secret(pages.archive.series.id)
            wrong = await tx.link_secret(pages.archive.other.id)
        await stranger.get(f"/l/{wrong}")
        assert (await pages.get(page, stranger)).status == 404
        await stranger.get(f"/l/{secret}")
        got = await pages.get(page, stranger)
        assert (got.status, "noindex" in got.text) == (200, True)
        assert got.headers["cache-control"].startswith("private")
