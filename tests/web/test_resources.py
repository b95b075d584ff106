"""Resources over HTTP: what was shared, once and by whom, for those who may read it; nothing is fetched."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import feedparser
import pytest
from aiohttp import web
from sqlalchemy import text

from bot.core.archive.parts import MOST
from bot.core.archive.web_addresses import mark
from bot.core.model import Visibility
from bot.rendering import Renderer
from bot.storage.store import Tx
from tests.support.archive_pages import archive_pages
from tests.support.archive_seed import NOW, TOPIC
from tests.support.bad_inputs import case
from tests.support.sharing_links import Sharing
from tests.support.xss_payloads import XSS_PAYLOADS

CARD = "https://cards.example/two-stars"
STEMS = "https://stems.example/peer"
_LINK = re.compile(
    r'<a class="l(?: bare)?" href="([^"]*)" rel="nofollow ugc noopener"[^>]*>(.*?)</a><p>(.*?)</p>', re.DOTALL
)
_TAG = re.compile(r"<[^>]+>")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Sharing]:
    async with archive_pages(tmp_path) as pages:
        made = Sharing(pages)
        await made.empty()
        yield made


async def listed(house: Sharing, rest: str = "resources/", browser: Any = None) -> list[tuple[str, str, str]]:
    """The links of a page: address, title, and what is said of it."""
    got = await house.pages.get(rest, browser)
    assert got.status == 200, got.text
    found = _LINK.findall(got.text)
    return [
        (unescape(url), unescape(title), " ".join(unescape(_TAG.sub("", said)).split()))
        for url, title, said in found
    ]


async def everywhere(house: Sharing) -> dict[str, str]:
    """Every page and feed on which a link of the held chat may stand."""
    chat, series = await house.pages.page(house.pages.archive.held), house.pages.archive.series.slug
    paths = [chat, f"{chat}links/", f"{chat}links/feed.atom", f"{chat}links/feed.json"]
    paths += [f"{at}resources/{file}" for at in ("", f"{series}/") for file in ("", "feed.atom", "feed.json")]
    return {path: (await house.pages.get(path)).text for path in paths}


async def shown_on(house: Sharing, word: str) -> set[str]:
    """The pages and feeds, without what people said on the chat's own page, that hold a word."""
    return {
        path
        for path, page in (await everywhere(house)).items()
        if word in page.partition('id="links"')[2] + ("" if 'class="sheet"' in page else page)
    }


async def atom(house: Sharing, path: str) -> Any:
    got = await house.pages.get(path)
    assert got.status == 200, got.text
    assert got.headers["content-type"] == "application/atom+xml; charset=utf-8"
    parsed = feedparser.parse(got.body)
    assert parsed.bozo == 0, parsed.get("bozo_exception")
    return parsed


async def test_a_link_is_listed_once_with_who_shared_it_first_where_and_how_often(house: Sharing) -> None:
    await house.share(f"A2: Two stars and a wish {CARD}?utm_source=mail", at=NOW - timedelta(hours=3))
    await house.share(f"A2: mine too {CARD}#top", 2, at=NOW - timedelta(hours=2))
    await house.share(f"A2: [Sentence stems]({STEMS})", 3, at=NOW - timedelta(hours=1))
    first, second = await listed(house)
    series = f"{house.pages.archive.series.slug}/resources/"
    assert await listed(house, series) == [first, second]
    assert first[:2] == (STEMS, "Sentence stems")
    assert second[:2] == (CARD, "Two stars and a wish")
    assert second[2] == (
        f"cards.example, shared by {await house.name(1)} in {TOPIC} (Q2), 17 Nov 2026, in 2 messages"
    )
    chat = await house.pages.page(house.pages.archive.held)
    assert [(url, title) for url, title, _ in await listed(house, f"{chat}links/")] == [
        (CARD, "Two stars and a wish"),
        (STEMS, "Sentence stems"),
    ]
    assert await listed(house, f"{house.pages.archive.other.slug}/resources/") == []


async def test_the_pages_of_links_lead_to_each_other(house: Sharing) -> None:
    await house.share(f"A2: {CARD}")
    chat, series = await house.pages.page(house.pages.archive.held), house.pages.archive.series.slug
    for page, there in (
        ("", "resources/"),
        (f"{series}/", f"{series}/resources/"),
        (chat, f"{chat}links/"),
        (f"{chat}links/", chat),
        (f"{chat}links/", f"{series}/resources/"),
        ("resources/", f"{series}/resources/"),
        ("resources/", chat),
        ("resources/", "resources/digest.atom"),
        ("feeds/", "resources/feed.atom"),
        ("feeds/", f"{series}/resources/digest.json"),
    ):
        assert f'{house.pages.at(there)}"' in (await house.pages.get(page)).text, (page, there)


async def test_the_chats_page_counts_a_link_once(house: Sharing) -> None:
    await house.share(f"A2: a {CARD}")
    await house.share(f"A2: b {CARD}?gclid=1", 2)
    text_ = (await house.pages.get(await house.pages.page(house.pages.archive.held))).text
    assert text_.partition('id="links"')[2].count(f'href="{CARD}') == 1
    assert "in 2 messages" in text_.partition('id="links"')[2]


async def test_what_was_shared_late_in_a_long_chat_is_found_from_every_list_of_links(tmp_path: Path) -> None:
    async with archive_pages(tmp_path, answers=MOST + 40) as pages:
        house = Sharing(pages)
        await house.empty()
        said = await house.share(f"A2: {CARD}")
        chat, last = pages.archive.held, "(SELECT max(id) FROM question WHERE chat_id = :chat AND asked_at)"
        late = f"UPDATE filing SET question_id = {last} WHERE message_id = :id"
        await pages.change(late, id=said, chat=chat)
        [row] = await pages.rows("SELECT public_id FROM message WHERE id = :id", id=said)
        at, stands = await pages.page(chat), f'id="a-{row["public_id"]}"'
        assert stands not in (await pages.get(at)).text
        for listed_on in (at, f"{at}links/", "resources/"):
            page = (await pages.get(listed_on)).text
            [link] = re.findall(rf'<a href="([^"]*{row["public_id"]})"><bdi>', page)
            there = link if link.startswith("/") else pages.at(at) + link
            found = await pages.web.stranger().get(there.partition("#")[0])
            assert stands in found.text, listed_on


# --- Words that go, and links that are taken out ----------------------------------------------

Act = Callable[[Tx, Sharing, int], Awaitable[object]]


async def _forget(tx: Tx, house: Sharing, _said: int) -> None:
    await tx.forget(await house.person(1), house.pages.archive.community.id, NOW)


async def _exclude(tx: Tx, house: Sharing, _said: int) -> None:
    await tx.exclude(await house.person(1), house.pages.archive.community.id, NOW)


async def _hide(tx: Tx, _house: Sharing, said: int) -> None:
    await tx.hide(said, NOW)


async def _delete(tx: Tx, _house: Sharing, said: int) -> None:
    await tx.erase([said], NOW)


async def _unpublish(tx: Tx, house: Sharing, _said: int) -> None:
    await tx.unpublish(house.pages.archive.held)


async def _shut(tx: Tx, house: Sharing, _said: int) -> None:
    await tx.set_visibility(house.pages.archive.series, Visibility.MEMBERS)


async def _take_out(tx: Tx, house: Sharing, _said: int) -> None:
    await tx.remove_link(house.pages.archive.community.id, mark(CARD), NOW)


@pytest.mark.parametrize("act", [_forget, _exclude, _hide, _delete, _unpublish, _shut, _take_out])
async def test_what_may_be_read_no_more_is_listed_nowhere_at_once(house: Sharing, act: Act) -> None:
    said = await house.share(f"A2: Badgers at play {CARD}")
    assert len(await shown_on(house, "cards.example")) == 10
    async with house.pages.web.store.begin() as tx:
        await act(tx, house, said)
    assert await shown_on(house, "cards.example") == set()
    assert await shown_on(house, "Badgers") == set()


async def test_when_one_of_two_goes_the_count_falls_and_the_other_gives_the_title(house: Sharing) -> None:
    await house.share(f"A2: Badgers at play {CARD}", at=NOW - timedelta(hours=2))
    await house.share(f"A2: Otters at play {CARD}", 2, at=NOW - timedelta(hours=1))
    async with house.pages.web.store.begin() as tx:
        await _forget(tx, house, 0)
    [(_, title, said)] = await listed(house)
    assert title == "Otters at play"
    assert said.startswith(f"cards.example, shared by {await house.name(2)} in ")
    assert "messages" not in said


async def test_a_link_that_was_taken_out_comes_back_everywhere(house: Sharing) -> None:
    await house.share(f"A2: {CARD}")
    before = await shown_on(house, "cards.example")
    here = house.pages.archive.community.id
    async with house.pages.web.store.begin() as tx:
        await tx.remove_link(here, mark(CARD), NOW)
    assert await shown_on(house, "cards.example") == set()
    async with house.pages.web.store.begin() as tx:
        await tx.restore_link(here, mark(CARD))
    assert await shown_on(house, "cards.example") == before


async def test_an_edited_message_shares_what_it_says_now(house: Sharing) -> None:
    said = await house.share(f"A2: {CARD}")
    async with house.pages.web.store.begin() as tx:
        await tx.connection.execute(
            text("UPDATE message SET body_html = NULL, render_version = 0 WHERE id = :i"), {"i": said}
        )
        await tx.connection.execute(
            text("UPDATE message SET text = :t WHERE id = :i"), {"t": f"A2: {STEMS}", "i": said}
        )
        tx.stale.add(house.pages.archive.held)
    assert await listed(house) == []
    while await Renderer(house.pages.web.store).render_some():
        pass
    assert [url for url, *_ in await listed(house)] == [STEMS]


async def test_what_is_for_members_is_listed_for_members(tmp_path: Path) -> None:
    async with archive_pages(tmp_path, visibility=Visibility.MEMBERS) as pages:
        house = Sharing(pages)
        await house.empty()
        await house.share(f"A2: {CARD}")
        assert await listed(house) == []
        assert (await pages.get(f"{pages.archive.series.slug}/resources/")).status == 404
        chat = await pages.page(pages.archive.held)
        for file in ("", "feed.atom", "feed.json"):
            assert (await pages.get(f"{chat}links/{file}")).status == 404
        pat = await pages.member()
        assert [url for url, *_ in await listed(house, browser=pat)] == [CARD]
        got = await pages.get(f"{chat}links/feed.atom", pat)
        assert got.headers["cache-control"] == "private, no-cache"


async def test_a_hosts_personal_key_carries_out_what_members_may_read_and_no_more(house: Sharing) -> None:
    await house.share(f"A2: {CARD}")
    pages, chat = house.pages, await house.pages.page(house.pages.archive.held)
    mo = await pages.host()
    given = (await mo.post(pages.at("feeds/"), {"do": "new"})).text
    key = given.partition("feed.atom?key=")[2].partition('"')[0]
    feeds = [f"{where}?key={key}" for where in ("resources/feed.json", f"{chat}links/feed.json")]
    assert [CARD in (await pages.get(feed)).text for feed in feeds] == [True, True]
    async with pages.web.store.begin() as tx:
        await _unpublish(tx, house, 0)
    assert CARD in (await pages.get("resources/feed.json", mo)).text
    assert [CARD in (await pages.get(feed)).text for feed in feeds] == [False, False]


async def test_no_list_of_links_that_hosts_see_has_those_of_people_left_out(house: Sharing) -> None:
    await house.share(f"A2: {CARD}", 1)
    pages, chat = house.pages, await house.pages.page(house.pages.archive.held)
    mo = await pages.host()
    paths = (f"{chat}links/", f"{chat}links/feed.atom", "resources/", "resources/feed.json")
    assert [path for path in paths if "cards.example" in (await pages.get(path, mo)).text] == [*paths]
    async with pages.web.store.begin() as tx:
        left_out = (await house.person(1)).id
        await tx.set_consent(left_out, pages.archive.community.id, NOW, excluded_at=NOW)
        tx.stale.add(pages.archive.held)
    assert not [path for path in paths if "cards.example" in (await pages.get(path, mo)).text]


async def test_talk_that_is_no_answer_shares_nothing(house: Sharing) -> None:
    await house.share(f"look {CARD}", kind="conversation")
    assert await shown_on(house, "cards.example") == set()


# --- Feeds -----------------------------------------------------------------------------------


async def test_each_link_is_an_entry_that_leads_to_where_it_was_shared(house: Sharing) -> None:
    said = await house.share(f"A2: Two stars {CARD}", at=NOW - timedelta(hours=1))
    [row] = await house.pages.rows("SELECT public_id FROM message WHERE id = :id", id=said)
    chat = await house.pages.page(house.pages.archive.held)
    for at in ("resources/", f"{house.pages.archive.series.slug}/resources/", f"{chat}links/"):
        feed = await atom(house, f"{at}feed.atom")
        [entry] = feed.entries
        assert entry.title == "Two stars"
        assert entry.link == house.pages.web.base + house.pages.at(f"a/{row['public_id']}")
        led = await house.pages.get(f"a/{row['public_id']}", follow=False)
        assert led.headers["location"] == f"{house.pages.at(chat)}#a-{row['public_id']}"
        assert entry.author == await house.name(1)
        assert f'href="{CARD}"' in entry.content[0].value
        document = await house.pages.document(f"{at}feed.json")
        [item] = document["items"]
        assert (item["id"], item["external_url"]) == (entry.id, CARD)
        assert document["home_page_url"] == house.pages.web.base + house.pages.at(at)
        await house.share(f"A2: again {CARD}", 2)
        [again] = (await atom(house, f"{at}feed.atom")).entries
        assert (again.id, again.published) == (entry.id, entry.published)
        assert again.updated > entry.updated
        await house.pages.change("DELETE FROM shared_link WHERE message_id > :id", id=said)
        await house.pages.change("UPDATE message SET hidden_at = said_at WHERE id > :id", id=said)
        await house.pages.change("UPDATE chat SET version = version + 1")


async def test_the_digest_has_an_entry_for_each_week_that_is_over(house: Sharing) -> None:
    await house.share(f"A2: this week {STEMS}")
    for days in (10, 11):
        await house.share(f"A2: Two stars {CARD}", at=NOW - timedelta(days=days))
    await house.share("A2: https://old.example/", at=NOW - timedelta(days=20))
    for at in ("resources/", f"{house.pages.archive.series.slug}/resources/"):
        feed = await atom(house, f"{at}digest.atom")
        newest, older = feed.entries
        assert newest.title == "Links of Mon 9 Nov 2026 to Sun 15 Nov 2026"
        assert newest.id.endswith("-2026-W46")
        assert newest.content[0].value.count("<li>") == 1
        assert "cards.example" in newest.content[0].value
        assert "old.example" in older.content[0].value
        items = json.loads((await house.pages.get(f"{at}digest.json")).body)["items"]
        assert [one["id"] for one in items] == [newest.id, older.id]
    house.pages.clock.at = NOW + timedelta(days=2)
    assert len((await atom(house, "resources/digest.atom")).entries) == 3


async def test_titles_are_words_on_every_page_and_in_every_feed(house: Sharing) -> None:
    for number, payload in enumerate(XSS_PAYLOADS):
        await house.share(f"A2: {payload} https://l{number}.example/", at=NOW - timedelta(days=10))
    chat = await house.pages.page(house.pages.archive.held)
    for path in (chat, f"{chat}links/", "resources/"):
        whole = (await house.pages.get(path)).text.partition('<ol class="links"')[2]
        shown = whole[: whole.rindex("</ol>")]
        assert shown.count("<li>") > 40
        assert set(re.findall(r"<(\w+)", shown)) <= {"ol", "li", "a", "p", "bdi", "details", "summary"}, path
        assert set(re.findall(r'href="([^:"]*):', shown)) <= {"https"}, path
    for name in ("feed", "digest"):
        got = await house.pages.get(f"resources/{name}.atom")
        parsed = feedparser.parse(got.body, sanitize_html=False)
        assert parsed.bozo == 0
        said = "".join(entry.content[0].value for entry in parsed.entries)
        assert set(re.findall(r"<(\w+)", said)) <= {"p", "ul", "li", "a"}


# --- Many links, odd addresses ---------------------------------------------------------------


async def test_many_links_are_read_page_by_page(house: Sharing) -> None:
    for number in range(101):
        await house.share(f"A2: https://l{number}.example/", at=NOW - timedelta(minutes=number))
    first, second = await listed(house), await listed(house, "resources/?page=2")
    assert [len(first), len(second)] == [100, 1]
    assert second[0][0] == "https://l100.example/"
    assert 'start="101"' in (await house.pages.get("resources/?page=2")).text
    for odd in ("3", "0", "-1", "x", "%00", "9" * 300, "%C2%B2"):
        assert (await house.pages.get(f"resources/?page={odd}")).status == 404


@pytest.mark.parametrize("name", ["B346", "B347", "B350"])
async def test_what_leads_nowhere_for_readers_is_listed_nowhere(house: Sharing, name: str) -> None:
    await house.share(f"A2: {case(name).input}")
    assert await listed(house) == []
    assert (await atom(house, "resources/feed.atom")).entries == []


async def test_b353_what_is_veiled_or_code_is_listed_nowhere(house: Sharing) -> None:
    await house.share(f"A2: ||{CARD}|| and `{STEMS}`")
    assert await shown_on(house, "cards.example") | await shown_on(house, "stems.example") == set()


async def test_b356_a_short_address_is_listed_as_it_is_with_its_host(house: Sharing) -> None:
    await house.share("A2: read https://t.co/AbC1")
    [(url, title, said)] = await listed(house)
    assert (url, title) == ("https://t.co/AbC1", "t.co/AbC1")
    assert said.startswith("t.co, shared by ")


@contextmanager
def looked_up() -> Iterator[list[str]]:
    """The names and addresses that this process asks networks for."""
    asked: list[str] = []
    watching = [True]

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if watching[0] and event in ("socket.getaddrinfo", "socket.connect", "socket.gethostbyname"):
            asked.append(str(args))

    sys.addaudithook(hook)
    try:
        yield asked
    finally:
        watching[0] = False


async def test_b348_no_name_in_a_link_is_ever_looked_up(house: Sharing) -> None:
    name = case("B348").input.split()[0]
    with looked_up() as asked:
        await house.share(f"A2: see {name} please")
        await everywhere(house)
    assert [url for url, *_ in await listed(house)] == [f"{name}/"]
    assert asked  # our own pages were asked for
    assert not any("localtest" in one for one in asked)


async def test_b351_what_a_link_leads_to_is_never_asked_for(house: Sharing) -> None:
    assert "5 s" in case("B351").expect
    came: list[str] = []

    async def endless(request: web.Request) -> web.Response:
        came.append(request.path)
        return web.Response(text="x")

    app = web.Application()
    app.router.add_get("/{any:.*}", endless)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        port = runner.addresses[0][1]
        await house.share(f"A2: http://127.0.0.1:{port}/bomb and http://localhost:{port}/bomb")
        await everywhere(house)
    finally:
        await runner.cleanup()
    assert came == []


async def test_search_engines_find_resources_where_they_are_public_and_there_are_any(house: Sharing) -> None:
    address = house.pages.web.base + house.pages.at("resources/")
    assert f"<loc>{address}</loc>" not in (await house.pages.web.stranger().get("/sitemap.xml")).text
    await house.share(f"A2: {CARD}")
    assert f"<loc>{address}</loc>" in (await house.pages.web.stranger().get("/sitemap.xml")).text
    assert "noindex" not in (await house.pages.get("resources/")).text
    await house.pages.change("UPDATE series SET indexable = 0")
    assert "noindex" in (await house.pages.get("resources/")).text
    assert f"<loc>{address}</loc>" not in (await house.pages.web.stranger().get("/sitemap.xml")).text
