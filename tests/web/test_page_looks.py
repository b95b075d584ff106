"""The pages as a real browser shows them: no barriers, nothing the policy forbids, nothing too wide."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect, sync_playwright
from sqlalchemy import literal, select, update

from bot.core.archive.parts import MOST
from bot.core.model import ChatState, Series, Visibility
from bot.storage.schema import tables as t
from bot.storage.store import Tx
from tests.support.archive_pages import ArchivePages
from tests.support.archive_seed import NOW, Sower
from tests.support.chromium import CHROMIUM, needs_a_browser
from tests.support.looks import barriers, too_wide
from tests.support.reading_room import ReadingRoom, reading_room
from tests.support.whole_house import WholeHouse, whole_house


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[ReadingRoom]:
    async with reading_room(tmp_path, answers=60) as made:
        yield made


MORE: Final = "One more answer of a long week."
NUMBERS: Final = r"""() => {
    const time = /\d{1,2}:\d\d(?:\s[ap]m)?(?:\s(?:ET|UTC))?/, day = /\d{1,2}\.?\s(?:Nov|Dec|Dez)/;
    const told = /\d+\s(?:ques|ans|peo|Fra|Ant|Per)/, said = new Range(), found = [];
    const every = new RegExp([time, day, told].map(one => one.source).join("|"), "g");
    const words = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    for (const fold of document.querySelectorAll("details")) fold.open = true;
    while (words.nextNode()) {
        if (words.currentNode.parentElement.matches(".t") && !words.currentNode.data.includes(":")) continue;
        for (const one of words.currentNode.data.matchAll(every)) {
            said.setStart(words.currentNode, one.index);
            said.setEnd(words.currentNode, one.index + one[0].length);
            const lines = new Set([...said.getClientRects()].map(box => Math.round(box.top)));
            found.push([one[0], lines.size]);
        }
    }
    return found;
}"""
"""Times, days and counted things of an open page, and on how many lines each stands.

A day in the narrow margin is written in two.
"""
NOTHING_KEPT: Final = """Object.defineProperty(window, "sessionStorage", {
    get() { throw new DOMException("not here", "SecurityError"); },
});"""
"""A browser that was told to let no page keep anything."""
FAREWELL: Final = "/farewell/"
"""Where the sweep finds the page that stands at no address: somebody was forgotten."""
DRAWN_BY_FORMS: Final = frozenset({"reported.html", "farewell.html"})
"""Pages that only a form leads to; the sweep sees them all the same."""
SEEN_ELSEWHERE: Final = {
    "copy_search.html": "journeys/test_copy.py",
    "room_one.html": "web/test_room_events.py",
    "moved.html": "exporting/test_site.py",
    "feed.atom": "web/test_feeds.py",
    "sitemap.xml": "web/test_system.py",
}
"""What no page of the sweep is drawn with, and where it is looked at instead."""


@asynccontextmanager
async def swept_house(folder: Path) -> AsyncIterator[WholeHouse]:
    """The whole house, a slow chat so long that its page is in parts, and who sits at two desks."""
    async with whole_house(folder) as house:
        pages = house.pages
        async with pages.web.store.begin() as tx:
            await _grow(tx, pages)
            await _open_another(tx, pages)
        house.readers["both"] = await pages.host("Bo Thall")
        both = await house.readers["both"].post(await pages.web.host_link(), {"name": "Bo Thall"})
        assert both.status == 200
        yield house


async def _open_another(tx: Tx, pages: ArchivePages) -> None:
    """Let a second community have something for everybody, so that the root asks which one is meant."""
    proofs = Series(0, pages.web.community.id, "Proofs", visibility=Visibility.PUBLIC)
    kept = await tx.add_series(proofs, pages.web.place.id, (), NOW)
    at = NOW + timedelta(days=3)
    await Sower(tx, NOW, Random(7)).chat(kept, at, "Fractions", ChatState.ANNOUNCED, slug=f"{at:%Y-%m-%d}")


async def _grow(tx: Tx, pages: ArchivePages) -> None:
    """Let a chat that was held be a slow one, and have more answers than one page shows."""
    long = await tx.chat(pages.archive.earlier)
    assert long is not None
    [question, *_] = await tx.questions(long.id)
    row = {"chat_id": long.id, "place_id": pages.archive.places[1].id, "person_id": 1, "heard_at": NOW}
    row |= {"kind": "answer", "text": MORE, "body_html": f"<p>{MORE}</p>", "said_at": question.asked_at}
    many = [
        {**row, "platform_message_id": f"many {n}", "public_id": f"many{n}", "render_version": 1}
        for n in range(MOST)
    ]
    await tx.connection.execute(t.message.insert(), many)
    said = select(t.message.c.id, literal(question.id), literal("label"), t.message.c.heard_at)
    into = ["message_id", "question_id", "how", "filed_at"]
    filed = said.where(t.message.c.public_id.like("many%"))
    await tx.connection.execute(t.filing.insert().from_select(into, filed))
    ends = long.starts_at + timedelta(days=3)
    await tx.connection.execute(update(t.chat).where(t.chat.c.id == long.id).values(ends_at=ends))
    tx.stale_communities.add(pages.archive.community.id)


def pages(house: WholeHouse) -> dict[str, tuple[str, ...]]:
    """A page of every kind, by who opens it."""
    at, chats, room = house.pages.at, house.chats, house.room
    long = at(chats["earlier"])
    held, live, report = at(chats["held"]), at(chats["live"]), at(f"a/{house.answers['marked']}/report")
    texts = ("", "about/", "about/first-time/", "privacy/", "accessibility/", "data/", "feeds/", "archive/")
    asks = f"{room}?thread=room&reply={house.said['talk']}"
    return {
        "stranger": (
            *(
                at(rest)
                for rest in (*texts, "archive/2026/11/", "upcoming/", "upcoming/?tz=%3Cb%3E", "inquirychat/")
            ),
            *(
                held,
                f"{held}?view=time",
                f"{held}?view=person",
                f"{held}?view=all",
                f"{held}print/",
                f"{held}links/",
                f"{long}?page=2",
                f"{long}?view=time&page=2",
                at("resources/"),
                at("inquirychat/resources/"),
                f"{held}handout/",
                f"{held}handout/?a={house.answers['marked']}&a=nobody",
                live,
                f"{live}live/",
                report,
                *(at(f"search{asked}") for asked in ("", "?q=stud", "?q=%25", "?q=nothing+whatever")),
            ),
            *(at(chats["ahead"]), at(chats["cancelled"]), at("nowhere/"), "/", "/room/"),
            *(house.links["join"], house.links["host"], house.links["return"], "/in/wrong", "/desk/"),
        ),
        "member": (
            room,
            asks,
            f"{room}?answer={house.said['whisper']}",
            f"{room}words",
            f"{room}back",
            f"{room}m/{house.said['talk']}/report",
            "/room/",
        ),
        "both": ("/desk/",),
        "host": (
            f"{room}?thread=room",
            house.links["hosts"],
            f"{room}do?line=chat%20plan",
            at("feeds/"),
            held,
            house.desk,
            f"{house.desk}chat/{house.pages.archive.ahead}/",
            f"{house.desk}chat/{house.pages.archive.live}/",
            f"{house.desk}series/{house.ids['off']}/",
            *(f"{_after(house)}{heap}" for heap in ("", "q1/", "hidden/", "reported/", "preview/")),
            f"{house.desk}removals/",
        ),
    }


def presses(house: WholeHouse) -> dict[str, tuple[tuple[str, Callable[[Page], None]], ...]]:
    """What only a form leads to, by who sends it: where the form stands, and how it is sent."""
    at, links, room = house.pages.at, house.links, house.room
    ahead = f"{house.desk}chat/{house.pages.archive.ahead}/"
    report = at(f"a/{house.answers['marked']}/report")
    return {
        "stranger": (
            (report, partial(_sent, button="Tell the hosts", fields={"reason": "x" * 3_000})),
            (report, partial(_sent, button="Tell the hosts")),
            (links["join"], partial(_sent, button="Join", fields={"name": "Mo Ravi"})),
            (links["host"], partial(_sent, button="Continue", fields={"name": "Mo Ravi"})),
            (links["join"], partial(_sent, button="Join", fields={"name": "Somebody New"})),
        ),
        "member": (
            (f"{room}words", partial(_sent, button="Make my return link")),
            (f"{room}back", partial(_sent, button="Give me a link")),
        ),
        "both": (),
        "host": (
            (at("feeds/"), partial(_sent, button="Give me personal addresses")),
            (ahead, partial(_sent, button="Add it", fields={"new": "And what did we forget?"})),
            (ahead, partial(_sent, button="Move it", fields={"to": "yesterday"})),
            (ahead, partial(_sent, button="Call it off")),
            (f"{_after(house)}q1/", _picked),
            (f"{_after(house)}q1/", partial(_sent, button="Undo")),
            (f"{_after(house)}unsorted/", partial(_sent, button="Take the page back")),
            (f"{_after(house)}q1/", partial(_sent, button="Publish")),
        ),
    }


def _after(house: WholeHouse) -> str:
    """Where the chat that was held is sorted."""
    return f"{house.desk}chat/{house.pages.archive.held}/after/"


@pytest.mark.slow
@needs_a_browser
async def test_no_page_has_a_barrier_by_day_or_by_night_at_any_width(tmp_path: Path) -> None:
    async with swept_house(tmp_path) as house:
        assert await asyncio.to_thread(_looked_through, house, barriers) == []


@pytest.mark.slow
@needs_a_browser
async def test_no_page_asks_for_what_the_policy_forbids_or_scrolls_sideways(tmp_path: Path) -> None:
    async with swept_house(tmp_path) as house:
        assert await asyncio.to_thread(_looked_through, house, too_wide) == []


async def test_every_template_there_is_is_looked_at(tmp_path: Path) -> None:
    async with swept_house(tmp_path) as house:
        drawn = house.pages.web.site.templates
        assert drawn.cache is not None
        drawn.cache.clear()
        for reader, paths in pages(house).items():
            for path in paths:
                assert (await house.readers[reader].get(path)).status < 500, path
        seen = {str(name) for _, name in drawn.cache.keys()}  # noqa: SIM118 - it goes through no keys alone
        there = set(drawn.list_templates())
    assert there - seen == DRAWN_BY_FORMS | SEEN_ELSEWHERE.keys()
    tests = Path(__file__).parent.parent
    assert [name for name in SEEN_ELSEWHERE.values() if not (tests / name).is_file()] == []


@needs_a_browser
@pytest.mark.parametrize("keeps", [True, False])
async def test_a_link_into_a_folded_answer_opens_the_fold(room: ReadingRoom, keeps: bool) -> None:
    await room.change("UPDATE filing SET question_id = 1", chat=room.archive.held)
    await room.change("DELETE FROM filing WHERE message_id IN (SELECT id FROM message WHERE chat_id != 1)")
    page = await room.get(room.held)
    folded = page.partition('<details class="more">')[2].partition('id="')[2].partition('"')[0]
    assert await asyncio.to_thread(_in_view, room.base + room.held, folded, keeps)


@needs_a_browser
async def test_a_link_to_an_answer_jumps_where_it_stands_and_an_aged_one_finds_it_elsewhere(
    tmp_path: Path,
) -> None:
    async with swept_house(tmp_path) as house:
        long = house.pages.web.base + house.pages.at(house.chats["earlier"])

        def look() -> tuple[str, list[str]]:
            with _browser() as browser:
                page, seen = browser.new_page(), list[str]()
                page.goto(f"{long}?page=2")
                link = page.locator(".a > .t").last
                lasts, here = link.evaluate("one => one.href"), link.evaluate("one => one.parentElement.id")
                page.evaluate("one => { window.same = one }", here)
                link.click()
                expect(page.locator(":target")).to_have_id(here)
                seen += [page.evaluate("window.same"), page.url]
                for aged in (f"{long}?view=time#{here}", f"{long}#{here}"):
                    page.goto(aged)
                    page.wait_for_url(f"{long}?page=2#{here}")
                    seen.append(page.locator(":target").get_attribute("id") or "")
                page.goto(f"{long}#a-nobody")
                page.wait_for_load_state("networkidle")
                return lasts.rpartition("/")[2], [*seen, page.title()]

        last, [same, after, *found, lost] = await asyncio.to_thread(look)
        assert (same, after) == (f"a-{last}", f"{long}?page=2#a-{last}"), "it jumps, and loads nothing"
        assert found == [same] * 2
        assert lost.startswith("Not here")


@needs_a_browser
@pytest.mark.parametrize("wide", [390, 1280])
async def test_what_reports_an_answer_stands_on_no_line_of_its_own(room: ReadingRoom, wide: int) -> None:
    await room.change("UPDATE message SET by_host = 1, picked_at = said_at", chat=room.archive.held)
    first = """() => [...document.querySelectorAll(".by")].filter(one => {
        const [name, report] = ["b", ".rp"].map(it => one.querySelector(it)?.getClientRects()[0]);
        return name && report && report.top > name.bottom;
    }).length"""

    def look() -> int:
        with _browser() as browser:
            page = browser.new_page(viewport={"width": wide, "height": 900})
            page.goto(f"{room.base}{room.held}?view=all")
            return int(page.evaluate(first))

    assert await asyncio.to_thread(look) == 0


@needs_a_browser
@pytest.mark.parametrize("language", ["en", "de"])
async def test_on_a_phone_no_time_is_broken_in_two_in_any_language(room: ReadingRoom, language: str) -> None:
    await room.change("UPDATE community SET language = :language", language=language)
    rests = ("", "archive/", "archive/2026/11/", "inquirychat/", "inquirychat/2026-11-10/", "upcoming/")
    paths = (room.held, f"{room.held}?view=time", f"{room.live}live/", *(room.home + rest for rest in rests))

    def look() -> list[tuple[str, int]]:
        with _browser() as browser:
            page = browser.new_page(viewport={"width": 390, "height": 844})
            found = list[tuple[str, int]]()
            for path in paths:
                page.goto(room.base + path)
                found += page.evaluate(NUMBERS)
            return found

    times = await asyncio.to_thread(look)
    assert len(times) > 200
    assert [one for one in times if one[1] > 1] == []


@needs_a_browser
async def test_beside_a_coming_chats_time_a_reader_elsewhere_sees_their_own(room: ReadingRoom) -> None:
    ahead = (room.home, f"{room.home}inquirychat/", f"{room.home}inquirychat/2026-11-24/", room.held)

    def look(*asked: tuple[str, tuple[str, ...]]) -> list[list[list[str]]]:
        with _browser() as browser:
            return [_own_times(browser, zone, [room.base + path for path in paths]) for zone, paths in asked]

    here, elsewhere = await asyncio.to_thread(look, ("America/New_York", ahead), ("Europe/Paris", ahead))
    assert here == [[]] * 4
    assert elsewhere == [["Wed 2:00 am where you are"]] * 3 + [[]]
    await room.change("UPDATE community SET language = 'de'")
    morning = "UPDATE chat SET starts_at = '2026-11-22 14:00:00.000000' WHERE id = :id"
    await room.change(morning, chat=room.archive.live, id=room.archive.live)
    german = await asyncio.to_thread(look, ("Europe/Paris", ahead[:1]), ("America/Los_Angeles", (room.live,)))
    assert [[[one.replace(".,", ",") for one in own] for own in some] for some in german] == [
        [["Mi, 02:00 bei dir"]],
        [["06:00 bei dir"]],
    ]


def _own_times(browser: Browser, zone: str, addresses: Sequence[str]) -> list[list[str]]:
    """The reader's own times on each page, and whether it has become too wide by them."""
    page, found = browser.new_page(timezone_id=zone), list[list[str]]()
    for address in addresses:
        page.goto(address)
        found.append([*page.locator("main .own").all_inner_texts(), *too_wide(page)])
    page.close()
    return found


async def test_chat_apps_find_a_picture_and_words_for_a_link(room: ReadingRoom) -> None:
    for path in (room.home, f"{room.home}inquirychat/", room.held):
        told = dict(re.findall(r'<meta property="og:([\w:]+)" content="([^"]+)">', await room.get(path)))
        assert {"title", "description", "url", "site_name", "image:alt"} <= told.keys()
        async with room.session.get(told["image"]) as answer:
            picture = await answer.read()
        assert answer.headers["content-type"] == "image/png"
        size = tuple(int.from_bytes(picture[at : at + 4]) for at in (16, 20))
        assert size == (int(told["image:width"]), int(told["image:height"]))
        assert len(picture) < 300_000, "some chat apps show no picture that is bigger"


@needs_a_browser
async def test_an_open_live_page_shows_what_comes(room: ReadingRoom) -> None:
    loop = asyncio.get_running_loop()

    def pick() -> None:
        picked = room.change("UPDATE message SET picked_at = said_at", chat=room.archive.live)
        asyncio.run_coroutine_threadsafe(picked, loop).result(10)

    def watch() -> int:
        with _browser() as browser:
            page = browser.new_page()
            page.goto(f"{room.base}{room.live}live/")
            page.wait_for_timeout(500)
            pick()
            page.wait_for_selector("#q3-a li:first-child .pick", timeout=10_000)
            return page.locator("#asked .a > div > .by .pick").count()

    assert await asyncio.to_thread(watch) > 20


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def _looked_through(house: WholeHouse, look: Callable[[Page], list[str]]) -> list[str]:
    """What is wrong with the pages, as each reader opens them; policies and scripts are listened to, too."""
    base, found = house.pages.web.base, list[str]()
    with _browser() as browser:
        for reader, paths in pages(house).items():
            context = browser.new_context()
            cookies = house.readers[reader].cookies.items()
            context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies])
            _let_be(house, context)
            page = context.new_page()
            _listened_to(page, base, found)
            for path in (*paths, *([FAREWELL] if reader == "stranger" else [])):
                page.goto(base + path)
                found += [f"{reader} {path} {what}" for what in look(page)]
            for path, press in presses(house)[reader]:
                page.goto(base + path)
                press(page)
                found += [f"{reader} from {path} {what}" for what in look(page)]
            context.close()
    return found


def _listened_to(page: Page, base: str, found: list[str]) -> None:
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    page.on("request", lambda asked: None if asked.url.startswith(base) else found.append(asked.url))

    def heard(message: ConsoleMessage) -> None:
        if "status of 4" not in message.text:  # the page that says so is one of those looked at
            found.append(f"{page.url}: {message.text}")

    page.on("console", heard)


def _sent(page: Page, button: str, fields: Mapping[str, str] = MappingProxyType({})) -> None:
    """Fill in a form as no browser would let one, and send it."""
    for name, words in fields.items():
        field = page.locator(f'main [name="{name}"]:visible').last
        field.evaluate("one => { one.removeAttribute('maxlength'); one.form.noValidate = true }")
        field.fill(words)
    with page.expect_response(lambda got: got.request.method == "POST") as got:
        page.get_by_role("button", name=button, exact=True).click()
    assert got.value.status < 500
    page.wait_for_load_state()


def _picked(page: Page) -> None:
    with page.expect_response(lambda got: got.request.method == "POST"):
        page.get_by_role("button", name="★ Pick").first.click()
    page.wait_for_load_state()


def _let_be(house: WholeHouse, context: BrowserContext) -> None:
    """Let the page on which somebody is forgotten stand at an address: nobody of this house goes away."""
    told = {"html": "<p>You are <strong>forgotten</strong> here.</p>"}
    community = house.pages.archive.community
    page = house.pages.web.site.html("farewell.html", community=community, reader=None, one=told)
    drawn = partial(Route.fulfill, body=page, content_type="text/html")
    context.route(f"{house.pages.web.base}{FAREWELL}", drawn)


def _in_view(address: str, target: str, keeps: bool) -> bool:
    """Whether a link opens the fold, and no script fails: some open it by themselves, some keep nothing."""
    with _browser() as browser:
        page, faults = browser.new_page(), list[str]()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        if not keeps:
            page.add_init_script(NOTHING_KEPT)
        page.goto(f"{address}#{target}")
        expect(page.locator(f'[id="{target}"]')).to_be_in_viewport(timeout=10_000)
        return (page.locator("details.more[open]").count(), faults) == (1, [])
