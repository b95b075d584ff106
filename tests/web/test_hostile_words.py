"""Words that try to be more than words: on every page, in every feed and file, and in a real browser."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, Final

import feedparser
import icalendar
import pytest
import pytest_asyncio
from markdown_it import MarkdownIt
from playwright.sync_api import BrowserContext, Dialog, Page, Route, sync_playwright

from bot.markup import render
from tests.support.bad_inputs import case
from tests.support.chromium import CHROMIUM, needs_a_browser
from tests.support.hostile_house import Hostile, HostileHouse, hostile_house
from tests.support.page_faults import Document, foreign, fragment, shapes
from tests.support.web_house import Got
from tests.support.whole_house import whole_house
from tests.support.xss_payloads import XSS_PAYLOADS
from tests.web.test_every_route import followed, is_html

AT_FIRST: Final = 2
"""Of so many communities of the hostile ones `make test` reads everything, `make test-all` of every one."""
FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
Shapes = set[tuple[str, str]]


@dataclass(slots=True)
class Reading:
    """All answers that one community gave, by who asked and for what."""

    about: Hostile
    base: str
    got: dict[str, Got] = field(default_factory=dict)
    _read: dict[str, Document] = field(default_factory=dict)

    def pages(self) -> Iterator[tuple[str, Document]]:
        """Its pages, each taken apart once."""
        for path, got in self.got.items():
            if is_html(got):
                whole = Document(got.text, self.base + path.partition(" ")[2])
                yield path, self._read.setdefault(path, whole)

    def files(self, ending: str) -> Iterator[tuple[str, Got]]:
        """Its files of one kind."""
        for path, got in self.got.items():
            if path.partition("?")[0].endswith(ending):
                yield path, got

    def pieces(self) -> Iterator[tuple[str, str]]:
        """What is put into open pages."""
        for path, got in self.files("/events"):
            for event in got.text.split("\n\n"):
                told = [one.removeprefix("data: ") for one in event.split("\n") if one.startswith("data: ")]
                if told:
                    yield path, "\n".join(told)


async def read(house: HostileHouse, about: Hostile) -> Reading:
    """Open everything, as a stranger and as a host."""
    reading = Reading(about, house.web.base)
    stranger, host = house.stranger(), house.stranger()
    for who, browser, paths in (("stranger", stranger, about.for_all), ("host", host, about.for_hosts)):
        if who == "host":
            browser.session.headers["Cookie"] = about.cookie
        for path in paths:
            open_ = followed(browser, path) if "/events" in path else browser.get(path)
            reading.got[f"{who} {path}"] = await open_
    return reading


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HostileHouse]:
    async with hostile_house(tmp_path_factory.mktemp("hostile")) as built:
        yield built


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plain(house: HostileHouse) -> Reading:
    """Everything, where nobody tries anything."""
    return await read(house, house.plain)


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=[
        pytest.param(slice(AT_FIRST), id="at first"),
        pytest.param(slice(AT_FIRST, None), marks=pytest.mark.slow, id="and everywhere"),
    ],
)
async def hostile(request: pytest.FixtureRequest, house: HostileHouse) -> tuple[Reading, ...]:
    """Everything, wherever somebody tries something."""
    return tuple([await read(house, one) for one in house.hostile[request.param]])


def test_every_payload_is_in_the_house(house: HostileHouse) -> None:
    assert {word for one in house.hostile for word in one.words} == set(XSS_PAYLOADS)
    assert len(XSS_PAYLOADS) > 40


def test_every_page_and_file_is_given(plain: Reading, hostile: tuple[Reading, ...]) -> None:
    wrong = [
        (path, got.status) for one in (plain, *hostile) for path, got in one.got.items() if got.status != 200
    ]
    assert wrong == []


def test_pages_are_made_of_what_their_templates_make(plain: Reading, hostile: tuple[Reading, ...]) -> None:
    known: Shapes = set().union(*(shapes(page.elements) for _, page in plain.pages()))
    strange = {
        (path, str(fault))
        for one in hostile
        for path, page in one.pages()
        for fault in (*page.faults(), *(shapes(page.elements) - known))
    }
    assert strange == set()


def test_pieces_put_into_open_pages_are_made_of_the_same(
    plain: Reading, hostile: tuple[Reading, ...]
) -> None:
    known: Shapes = set().union(*(shapes(fragment(piece)) for _, piece in plain.pieces()))
    pieces = [(path, one.base, piece) for one in hostile for path, piece in one.pieces()]
    assert len(pieces) > 15 * len(hostile)
    for path, base, piece in pieces:
        elements = fragment(piece)
        assert [*foreign(elements, base), *(shapes(elements) - known)] == [], path


def test_data_for_search_engines_stays_one_block_of_data(hostile: tuple[Reading, ...]) -> None:
    blocks = [
        (path, one.text)
        for reading in hostile
        for path, page in reading.pages()
        for one in page.elements
        if one.tag == "script" and one.get("type") == "application/ld+json"
    ]
    assert len(blocks) > len(hostile)
    for path, block in blocks:
        assert json.loads(block), path
        assert "<" not in block, path


def test_feeds_hold_words_alone(plain: Reading, hostile: tuple[Reading, ...]) -> None:
    known = set().union(*(shapes(fragment(html)) for _, html in _told_by_feeds(plain)))
    for one in hostile:
        for path, html in _told_by_feeds(one):
            assert shapes(fragment(html)) <= known, path


def _told_by_feeds(reading: Reading) -> Iterator[tuple[str, str]]:
    for path, got in reading.files("feed.atom"):
        feed: Any = feedparser.parse(got.body, sanitize_html=False)
        assert (feed.bozo, len(feed.entries)) == (0, 1), path
        yield from ((path, entry.content[0].value) for entry in feed.entries)
    for path, got in reading.files("feed.json"):
        yield from ((path, item["content_html"]) for item in json.loads(got.body)["items"])


def test_calendars_hold_the_same_appointments(plain: Reading, hostile: tuple[Reading, ...]) -> None:
    def parts(reading: Reading, ending: str) -> list[list[str | None]]:
        found = []
        for path, got in reading.files(ending):
            calendar = icalendar.Calendar.from_ical(got.body)
            assert not calendar.errors, path
            found.append([one.name for one in calendar.walk()])
        return found

    for ending in ("calendar.ics", "event.ics"):
        wanted = parts(plain, ending)
        assert [one.about.words for one in hostile if parts(one, ending) != wanted] == []


def test_tables_hold_the_same_lines_and_no_formula(plain: Reading, hostile: tuple[Reading, ...]) -> None:
    def cells(got: Got) -> list[list[str]]:
        return list(csv.reader(io.StringIO(got.body.decode("utf-8-sig"), newline="")))

    wanted = [[len(row) for row in cells(got)] for _, got in plain.files("chat.csv")]
    for one in hostile:
        tables = [cells(got) for _, got in one.files("chat.csv")]
        assert [[len(row) for row in table] for table in tables] == wanted
        assert [cell for table in tables for row in table for cell in row if cell.startswith(FORMULAS)] == []


def test_json_says_what_was_typed(plain: Reading, hostile: tuple[Reading, ...]) -> None:
    wanted = [len(json.loads(got.body)["messages"]) for _, got in plain.files("chat.json")]
    for one in hostile:
        documents = [json.loads(got.body) for _, got in one.files("chat.json")]
        assert [len(document["messages"]) for document in documents] == wanted
        texts = {message["text"] for document in documents for message in document["messages"]}
        assert texts >= set(one.about.words)


def test_markdown_shows_words_in_any_renderer(plain: Reading, hostile: tuple[Reading, ...]) -> None:
    drawn = MarkdownIt("commonmark")  # lets HTML through, as many do
    known = set().union(*(shapes(fragment(drawn.render(got.text))) for _, got in plain.files("chat.md")))
    for one in hostile:
        for path, got in one.files("chat.md"):
            elements = fragment(drawn.render(got.text))
            assert [*foreign(elements, one.base), *(shapes(elements) - known)] == [], path


# --- Two cases of the table ------------------------------------------------------------------


async def test_b114_what_a_question_hides_is_under_a_veil_and_out_of_every_list(tmp_path: Path) -> None:
    words = f"What ends well? {case('B114').input} Why?"
    async with whole_house(tmp_path) as house:
        await house.pages.change("UPDATE question SET text = :words", words=words)
        at = house.pages.at
        paths = [at(house.chats[name]) for name in ("held", "ahead")]
        paths += [at(), at(f"{house.chats['live']}live/"), house.room, f"{house.room}?thread=1"]
        veil = '<span class="spoiler" tabindex="0">spoiler question</span>'
        for path in paths:
            page = (await house.readers["member"].get(path)).text
            assert f"What ends well? {veil} Why?" in page, path
            beside = page.replace(veil, "").replace(render(words), "")
            assert "spoiler question" not in beside, path
        kept = json.loads((await house.readers["member"].get(f"{paths[0]}chat.json")).body)
        assert kept["questions"][0]["text"] == words


async def test_b114_what_a_veil_hides_is_in_no_feed_no_calendar_and_nothing_that_search_engines_read(
    tmp_path: Path,
) -> None:
    said = "the butler ||did *it* <@12> with https://secret.example/rope|| and https://open.example/"
    async with whole_house(tmp_path) as house:
        await house.pages.change("UPDATE question SET text = :words", words=f"Who? {case('B114').input}")
        answers = "UPDATE message SET text = :said, body_html = :html WHERE kind = 'answer' AND text <> ''"
        await house.pages.change(answers, said=said, html=render(said))
        member, at = house.readers["member"], house.pages.at
        held, ahead = at(house.chats["held"]), at(house.chats["ahead"])
        files = [at(one) for one in ("feed.atom", "feed.json", "calendar.ics")]
        for path in (*files, f"{held}event.ics", f"{ahead}event.ics"):
            assert "spoiler question" not in (await member.get(path)).text.replace("\r\n ", ""), path
        assert "Who? [spoiler]" in (await member.get(files[0])).text
        page = (await member.get(held)).text
        head, _, body = page.partition("</head>")
        for hidden in ("spoiler question", "secret.example"):
            assert hidden not in head
        assert "the butler [spoiler] and https://open.example/" in head
        linked = body.partition('id="links"')[2]
        assert "https://open.example/" in linked
        assert "secret.example" not in linked.partition("</section>")[0]


@pytest.mark.parametrize(
    "name", ["\u05d0" * 32, "\u202e" + "ab" * 15, "\U0001f468\u200d\U0001f469" * 10, "```"]
)
async def test_b204_a_name_stays_by_itself_whichever_way_it_runs(tmp_path: Path, name: str) -> None:
    async with whole_house(tmp_path) as house:
        await house.pages.change("UPDATE person SET name = :name WHERE native_id LIKE 'p%'", name=name)
        await house.pages.change("UPDATE chat SET lead = :name", name=name)
        alone = f"<bdi>{escape(name)}</bdi>"
        held, live = house.pages.at(house.chats["held"]), house.pages.at(house.chats["live"])
        for path in (held, f"{held}?view=person", f"{live}live/"):
            page = (await house.readers["member"].get(path)).text.partition("</head>")[2]
            assert alone in page, path
            words = re.sub(r'aria-label="[^"]*"', "", page).replace(alone, "")
            assert escape(name) not in words, path


# --- In a real browser -----------------------------------------------------------------------

WATCH: Final = """
addEventListener("securitypolicyviolation", (event) => console.error("policy: " + event.violatedDirective));
"""


@pytest.mark.slow
@needs_a_browser
@pytest.mark.asyncio(loop_scope="module")
async def test_a_browser_runs_nothing_and_asks_nobody_else(house: HostileHouse) -> None:
    faults, looked_at = await asyncio.to_thread(_looked_at, house.web.base, house.hostile)
    assert faults == []
    assert looked_at > 50


def _looked_at(base: str, hostile: tuple[Hostile, ...]) -> tuple[list[str], int]:
    faults: list[str] = []
    looked_at = 0
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for one in hostile:
            context = browser.new_context()
            name, _, value = one.cookie.partition("=")
            context.add_cookies([{"name": name, "value": value, "url": base}])
            page = _watched(context, base, faults)
            for path in _worth_a_look(one):
                page.goto(base + path)
                if "live/" in path or "thread" in path:
                    page.wait_for_timeout(300)  # until what is sent was put in
                faults += [f"{path}: {ran}" for ran in [page.evaluate("window.__xss")] if ran is not None]
                looked_at += 1
            context.close()
        browser.close()
    return faults, looked_at


def _worth_a_look(one: Hostile) -> tuple[str, ...]:
    return (
        *(one.at, one.held, one.ahead, f"{one.live}live/", f"{one.room}?thread=room", one.hosts),
        *(f"{one.room}words?answer={one.whisper}", f"{one.room}do?line=question%20edit%201"),
    )


def _watched(context: BrowserContext, base: str, faults: list[str]) -> Page:
    """A page of which nothing goes unseen; what is followed live is sent to it from the beginning."""
    page = context.new_page()

    def spoken_to(dialog: Dialog) -> None:
        faults.append(f"{page.url}: {dialog.message}")
        dialog.dismiss()

    page.add_init_script(WATCH)
    page.on("dialog", spoken_to)
    page.on("request", lambda asked: None if asked.url.startswith(base) else faults.append(asked.url))
    page.on(
        "console", lambda line: faults.append(f"{page.url}: {line.text}") if line.type == "error" else None
    )
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.route(lambda url: "/events" in url, _from_the_beginning)
    return page


def _from_the_beginning(route: Route) -> None:
    route.continue_(url=route.request.url.partition("?")[0] + "?after=0")
