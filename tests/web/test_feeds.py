"""Feeds of the archive: parsed by a feed reader, the same id for good, and for nobody who may not read."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest

from bot.core.archive.feed_entries import sound
from bot.core.model import Visibility
from tests.support.archive_pages import ArchivePages, archive_pages
from tests.support.archive_seed import NOW, QUESTIONS, TOPIC
from tests.support.bad_inputs import case
from tests.support.xss_payloads import XSS_PAYLOADS

TITLES = "UPDATE chat SET topic = :topic WHERE id = :id"


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[ArchivePages]:
    async with archive_pages(tmp_path) as opened:
        yield opened


async def atom(pages: ArchivePages, path: str = "feed.atom", browser: Any = None) -> Any:
    got = await pages.get(path, browser)
    assert got.status == 200, got.text
    assert got.headers["content-type"] == "application/atom+xml; charset=utf-8"
    parsed = feedparser.parse(got.body)
    assert parsed.bozo == 0, parsed.get("bozo_exception")
    return parsed


async def test_the_newest_chats_come_first_with_their_questions(pages: ArchivePages) -> None:
    feed = await atom(pages)
    assert (feed.feed.title, feed.version) == ("The Commons PLN", "atom10")
    first, second = feed.entries
    assert first.title == TOPIC
    assert first.link == pages.web.base + pages.at(await pages.page(pages.archive.held))
    assert [words for words in QUESTIONS if words not in first.content[0].value] == []
    assert first.published > second.published
    assert feed.feed.updated == max(first.updated, second.updated)
    assert first.author == "Marisol Vega"
    page = {link.rel: link.href for link in feed.feed.links}
    assert page == {
        "self": pages.web.base + pages.at("feed.atom"),
        "alternate": pages.web.base + pages.at(),
    }


async def test_json_feed_says_the_same(pages: ArchivePages) -> None:
    got = await pages.get("feed.json")
    assert got.headers["content-type"] == "application/feed+json; charset=utf-8"
    document = json.loads(got.body)
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert (document["title"], document["language"]) == ("The Commons PLN", "en")
    assert document["feed_url"] == pages.web.base + pages.at("feed.json")
    assert document["home_page_url"] == pages.web.base + pages.at()
    entries = (await atom(pages)).entries
    assert [(one["id"], one["url"], one["title"]) for one in document["items"]] == [
        (entry.id, entry.link, entry.title) for entry in entries
    ]
    item = document["items"][0]
    assert f"<li>Q1: {QUESTIONS[0]}</li>" in item["content_html"]
    assert (item["authors"], item["tags"]) == ([{"name": "Marisol Vega"}], ["Weeknight Inquiry"])
    assert (item["date_published"], item["date_modified"]) == (entries[0].published, entries[0].updated)


async def test_a_weekly_chat_has_feeds_of_its_own(pages: ArchivePages) -> None:
    mine, other = pages.archive.series.slug, pages.archive.other.slug
    feed = await atom(pages, f"{mine}/feed.atom")
    assert feed.feed.title == "Weeknight Inquiry"
    assert feed.feed.id != (await atom(pages)).feed.id
    assert len(feed.entries) == 2
    assert (await atom(pages, f"{other}/feed.atom")).entries == []
    assert (await pages.document(f"{mine}/feed.json"))["home_page_url"].endswith(f"/{mine}/")


async def test_ids_stay_when_title_and_day_change_and_updated_says_when_the_page_did(
    pages: ArchivePages,
) -> None:
    before = (await atom(pages)).entries[0]
    assert re.fullmatch(r"tag:127\.0\.0\.1,2026:chat-\d+", before.id)
    await pages.change(
        "UPDATE chat SET topic = 'Marks', slug = '2026-11-18' WHERE id = :id", id=pages.archive.held
    )
    await pages.change(
        "UPDATE message SET edited_at = :at WHERE id = 5", at=(NOW + timedelta(hours=1)).replace(tzinfo=None)
    )
    after = (await atom(pages)).entries[0]
    assert (after.id, after.title, after.published) == (before.id, "Marks", before.published)
    assert after.link != before.link
    assert after.updated == "2026-11-22T23:25:00Z" > before.updated


async def test_only_what_was_published_is_news(pages: ArchivePages) -> None:
    await pages.change("UPDATE chat SET published_at = NULL WHERE id = :id", id=pages.archive.held)
    assert TOPIC not in [one.title for one in (await atom(pages)).entries]
    assert [one.title for one in (await atom(pages, browser=await pages.host())).entries] != [TOPIC]


@pytest.mark.parametrize("name", ["feed.atom", "feed.json", "calendar.ics"])
async def test_b322_a_feed_of_an_unknown_weekly_chat_is_not_there(pages: ArchivePages, name: str) -> None:
    for word in ("nothing", "%00", "..%2f..%2f", "a" * 900):
        assert (await pages.get(f"{word}/{name}")).status == 404
    got = await pages.web.stranger().get(f"/nowhere/{name}")
    assert got.status == 404


@pytest.mark.slow
async def test_titles_are_words_in_every_feed(pages: ArchivePages) -> None:
    for payload in (*XSS_PAYLOADS, case("B085").input, case("B086").input, case("B092").input):
        await pages.change(TITLES, topic=payload, id=pages.archive.held)
        await pages.change("UPDATE series SET title = :title", title=payload)
        await pages.change("UPDATE question SET text = :text", text=payload)
        got = await pages.get("feed.atom")
        parsed = feedparser.parse(got.body, sanitize_html=False)
        assert parsed.bozo == 0
        assert "<script" not in got.text.casefold()
        item = (await pages.document("feed.json"))["items"][0]
        assert item["title"] == sound(payload)
        for html in (parsed.entries[0].content[0].value, item["content_html"]):
            assert set(re.findall(r"<(\w+)", html)) == {"p", "ul", "li"}


async def test_what_xml_does_not_know_is_marked(pages: ArchivePages) -> None:
    await pages.change(TITLES, topic="bell \x07 form \x0c nul \x00 \ufffe end", id=pages.archive.held)
    assert (await atom(pages)).entries[0].title == "bell \ufffd form \ufffd nul \ufffd \ufffd end"


async def test_a_feed_that_is_the_same_is_not_sent_again(pages: ArchivePages) -> None:
    first = await pages.get("feed.atom")
    assert (await pages.get("feed.atom", If_None_Match=first.headers["etag"])).status == 304
    await pages.change(TITLES, topic="Marks", id=pages.archive.held)
    assert (await pages.get("feed.atom", If_None_Match=first.headers["etag"])).status == 200


# --- Feeds that are not for everybody --------------------------------------------------------


async def personal_key(pages: ArchivePages, browser: Any, do: str = "new") -> str:
    got = await browser.post(pages.at("feeds/"), {"do": do})
    assert got.status == 200, got.text
    assert got.headers["cache-control"] == "no-store"
    found = re.search(r"feed\.atom\?key=([\w-]+)", got.text)
    return found[1] if found else ""


@pytest.mark.parametrize("name", ["feed.atom", "feed.json", "calendar.ics"])
async def test_a_personal_key_reads_what_its_owner_reads_until_it_is_ended(tmp_path: Path, name: str) -> None:
    async with archive_pages(tmp_path, visibility=Visibility.MEMBERS) as pages:
        mine = f"{pages.archive.series.slug}/{name}"
        assert (await pages.get(mine)).status == 404
        assert "Feedback" not in (await pages.get(name)).text
        pat = await pages.member()
        assert (await pages.get(mine, pat)).status == 200
        key = await personal_key(pages, pat)
        for path in (mine, name):
            got = await pages.get(f"{path}?key={key}")
            assert "Feedback" in got.text
            assert got.headers["cache-control"] == "private, no-cache"
        second = await personal_key(pages, pat)
        assert (await pages.get(f"{mine}?key={key}")).status == 404
        assert (await pages.get(f"{mine}?key={second}")).status == 200
        assert await personal_key(pages, pat, "end") == ""
        assert (await pages.get(f"{mine}?key={second}")).status == 404


@pytest.mark.parametrize("name", ["feed.atom", "feed.json", "calendar.ics"])
async def test_a_hosts_personal_key_shows_what_members_see_in_feeds_and_calendars_alike(
    pages: ArchivePages, name: str
) -> None:
    mo, mine = await pages.host(), f"{pages.archive.series.slug}/{name}"
    key = await personal_key(pages, mo)
    paths = (name, mine, await pages.page(pages.archive.held) + "event.ics")

    async def told(browser: Any = None, end: str = "") -> list[bool]:
        return ["Feedback" in (await pages.get(path + end, browser)).text for path in paths]

    assert await told(end=f"?key={key}") == [True, True, True]
    await pages.change("UPDATE series SET visibility = 'off' WHERE id = :id", id=pages.archive.series.id)
    assert await told(mo) == [True, True, True]
    assert await told(end=f"?key={key}") == [False, False, False]
    assert mine not in (await pages.get("feeds/", mo)).text, "no program reads it"
    given = (await mo.post(pages.at("feeds/"), {"do": "new"})).text
    assert "feed.atom?key=" in given
    assert mine not in given, "no address is given that opens nothing"


async def test_every_address_stands_in_full_to_be_copied_a_personal_one_with_its_key(
    pages: ArchivePages,
) -> None:
    pat, ends = (
        await pages.member(),
        ("", *(f"{one.slug}/" for one in (pages.archive.other, pages.archive.series))),
    )
    whole = [
        pages.web.base + pages.at(f"{end}{name}") for end in ends for name in ("calendar.ics", "feed.atom")
    ]
    key, shown = None, list[str]()
    for got in (await pages.get("feeds/"), await pat.post(pages.at("feeds/"), {"do": "new"})):
        key = re.search(r"feed\.atom(\?key=[\w-]+)", got.text)
        shown = re.findall(r'<code class="copy">([^<]*)</code>', got.text)
        assert shown[: len(whole)] == [one + (key[1] if key else "") for one in whole]
    assert key is not None
    for address in shown:
        assert (await pages.web.stranger().get(address.removeprefix(pages.web.base))).status == 200


async def test_without_a_key_no_address_stands_in_full_that_opens_nothing_elsewhere(tmp_path: Path) -> None:
    async with archive_pages(tmp_path, visibility=Visibility.MEMBERS) as pages:
        pat, mine = await pages.member(), f"{pages.archive.series.slug}/calendar.ics"
        page = (await pages.get("feeds/", pat)).text
        shown = re.findall(r'<code class="copy">([^<]*)</code>', page)
        assert pages.at(mine) not in page
        assert pages.at("calendar.ics") not in page
        assert "Give me personal addresses" in page
        for address in shown:
            assert (await pages.web.stranger().get(address.removeprefix(pages.web.base))).status == 200


@pytest.mark.parametrize("visibility", [Visibility.LINK, Visibility.MEMBERS])
async def test_pages_give_no_addresses_that_bring_programs_nothing_but_say_where_others_are_got(
    tmp_path: Path, visibility: Visibility
) -> None:
    async with archive_pages(tmp_path, visibility=visibility) as pages:
        weekly = f"{pages.archive.series.slug}/"
        reader = pages.web.stranger() if visibility is Visibility.LINK else await pages.member()
        if visibility is Visibility.LINK:
            async with pages.web.store.begin() as tx:
                secret = await tx.link_secret(pages.archive.series.id)
            await reader.get(f"/l/{secret}", follow=False)
        for path in ("", "upcoming/", "feeds/", weekly, await pages.page(pages.archive.held)):
            for browser in (reader, pages.web.stranger()):
                got = await pages.get(path, browser)
                if got.status == 404:
                    continue
                given = re.findall(r'<a [^>]*href="([^"]*(?:feed\.atom|feed\.json|calendar\.ics))"', got.text)
                assert given == [], path
                assert "“From URL”" not in got.text, path
        for path in ("", "upcoming/", "feeds/", weekly):
            text = (await pages.get(path, reader)).text
            assert "for chats that are not public" in text.lower(), path
            assert "archive feed" in text, path


async def test_beside_a_public_weekly_chat_one_that_is_not_has_no_plain_address(pages: ArchivePages) -> None:
    pat, mine, other = await pages.member(), pages.archive.series.slug, pages.archive.other.slug
    series = pages.archive.series.id
    assert "archive feed" not in (await pages.get("", pat)).text
    await pages.change("UPDATE series SET visibility = 'link' WHERE id = :id", id=series)
    text = (await pages.get("feeds/", pat)).text
    assert (pages.at(f"{other}/feed.atom") in text, pages.at("feed.atom") in text) == (True, True)
    assert pages.at(f"{mine}/") not in text
    front = (await pages.get("", pat)).text
    assert pages.at("calendar.ics") in front
    assert "archive feed" in front


async def test_a_key_that_opens_nothing_finds_nothing(pages: ArchivePages) -> None:
    for key in ("", "x", "%00", "x" * 300):
        assert (await pages.get(f"feed.atom?key={key}")).status == 404


async def test_who_was_banned_reads_no_feed_any_more(tmp_path: Path) -> None:
    async with archive_pages(tmp_path, visibility=Visibility.MEMBERS) as pages:
        pat = await pages.member()
        path = f"feed.atom?key={await personal_key(pages, pat)}"
        assert (await pages.get(path)).status == 200
        async with pages.web.store.begin() as tx:
            person = next(p for p, _ in await tx.members(pages.archive.community.id) if p.name == "Pat")
            await tx.ban(pages.archive.community.id, person.id, pages.clock.at)
        assert (await pages.get(path)).status == 404


async def test_strangers_get_no_personal_key(pages: ArchivePages) -> None:
    assert (await pages.web.stranger().post(pages.at("feeds/"), {"do": "new"})).status == 403
    text = (await pages.get("feeds/")).text
    assert "Give me personal addresses" not in text
    for path in ("feed.atom", "feed.json", "calendar.ics"):
        assert pages.web.base + pages.at(path) in text
        assert pages.web.base + pages.at(f"{pages.archive.series.slug}/{path}") in text
