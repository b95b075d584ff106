"""Every route there is, as every kind of reader: sound, safe, labelled, and nothing that is not theirs."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urldefrag, urlsplit
from xml.etree import ElementTree as ET

import feedparser
import icalendar
import pytest
import pytest_asyncio
from yarl import URL

from bot.web.app import ROOT, WITHIN
from bot.web.site import static
from tests.support.page_faults import Document
from tests.support.web_house import Browser, Got
from tests.support.whole_house import EVERYBODY, IN_THE_ROOM, READERS, WholeHouse, whole_house

pytestmark = pytest.mark.slow

CSP: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; font-src 'self'; "
    "img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SAFE: Final = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
MAY: Final = {
    "members": "member host",
    "link": "link member host",
    "off": "host",
    "unpublished": "host",
    "rehearsed": "",
}
"""Who may read what is not for everybody, by the beginning of its name."""
_FILES: Final = ("feed.atom", "feed.json", "digest.atom", "digest.json")
_SHARED: Final = ("resources/", *(f"resources/{file}" for file in _FILES))
_LINKS: Final = ("links/", "links/feed.atom", "links/feed.json")
ENDS: Final = re.compile(rb"event: (seen|closed|state|reload)\n.*?\n\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Visit:
    """An address, who may open it, and with which answers they and the others are met."""

    path: str
    who: str = EVERYBODY
    status: int = 200
    refused: int = 404
    outside: int = 0

    def expected(self, reader: str) -> int:
        """The status that somebody is to get; who is in no room may get another one."""
        if reader in self.who.split():
            return self.status
        return self.refused if reader in IN_THE_ROOM.split() else self.outside or self.refused


def visits(house: WholeHouse) -> dict[str, list[Visit]]:
    """Addresses of every route."""
    pages = {**_at_the_root(house), **_of_rooms(house), **_of_the_community(house), **_of_chats(house)}
    return {**pages, **_of_the_desk(house), **_afterwards(house)}


def _at_the_root(house: WholeHouse) -> dict[str, list[Visit]]:
    links = house.links
    sign_in = [Visit(links[kind]) for kind in ("host", "return", "reading")]
    return {
        "/": [Visit("/", status=307)],
        "/robots.txt": [Visit("/robots.txt")],
        "/sitemap.xml": [Visit("/sitemap.xml")],
        "/healthz": [Visit("/healthz")],
        "/metrics": [Visit("/metrics")],
        "/favicon.ico": [Visit("/favicon.ico", status=308)],
        "/static/{digest}/{name:path}": [
            Visit(static("base.css")),
            Visit("/static/0/nothing.css", status=404),
        ],
        "/in/{secret}": [*sign_in, Visit("/in/wrong", status=403)],
        "/l/{secret}": [Visit(links["l"], status=303), Visit("/l/wrong", status=403)],
        "/l/{secret}/{day}": [Visit(f"{links['l']}/2026-11-18", status=303)],
        "/join/{secret}": [Visit(links["join"], "stranger link", 200, 303), Visit("/join/x", status=403)],
    }


def _of_rooms(house: WholeHouse) -> dict[str, list[Visit]]:
    at, said = house.room, house.said
    odd = "?thread=%3Cb%3E&reply=x&edit=%00&before=" + "9" * 300
    queries = (
        *("", "?thread=room", f"?thread=room&reply={said['talk']}", f"?thread=room&edit={said['marked']}"),
        *(f"?thread=room&before={said['whisper']}", f"?answer={said['whisper']}", "?answer=later", odd),
    )
    forms = ("privacy%20name", "privacy%20forget", "help", "series%20list")
    of_hosts = ("chat%20plan", "question%20edit%201", "series%20create", "chat%20end", "answers%20move")
    return {
        "/room/": [Visit("/room/", IN_THE_ROOM, outside=403)],
        "/room/{place}/": [
            *(Visit(at + query, IN_THE_ROOM, outside=303) for query in queries),
            Visit("/room/staff/", IN_THE_ROOM, outside=403),
            Visit(house.links["hosts"], "host"),
            Visit("/room/nowhere/", status=404),
        ],
        "/room/{place}/do": [
            *(Visit(f"{at}do?line={line}", IN_THE_ROOM, outside=303) for line in forms),
            *(Visit(f"{at}do?line={line}", "host", outside=303) for line in of_hosts),
        ],
        "/room/{place}/events": [Visit(f"{at}events?after=0", IN_THE_ROOM, outside=303)],
        "/room/{place}/m/{message:int}/report": [
            Visit(f"{at}m/{said['talk']}/report", IN_THE_ROOM, outside=303),
            Visit(f"{at}m/{said['whisper']}/report", "", outside=303),
        ],
        "/room/{place}/words": [Visit(f"{at}words", IN_THE_ROOM, outside=303)],
        "/room/{place}/words.json": [Visit(f"{at}words.json", IN_THE_ROOM, outside=303)],
        "/room/{place}/back": [Visit(f"{at}back", IN_THE_ROOM)],
    }


def _of_the_desk(house: WholeHouse) -> dict[str, list[Visit]]:
    at, archive = house.desk, house.pages.archive
    ids = {"shown": archive.ahead, "off": house.ids["off-ahead"], "live": archive.live}
    odd = [Visit(f"{at}chat/{number}/", "host", 404, 403) for number in (house.ids["rehearsed"], 9**30)]
    return {
        "/desk/": [Visit("/desk/", "host", 303, 403)],
        "/desk/{community}/": [
            Visit(at, "host", refused=403),
            Visit(f"{at}?said=x", "host", refused=403),
            Visit("/desk/nowhere/", status=403),
        ],
        "/desk/{community}/chat/{chat:int}/": [
            *(Visit(f"{at}chat/{number}/", "host", refused=403) for number in ids.values()),
            *odd,
        ],
        "/desk/{community}/series/{series:int}/": [
            *(Visit(f"{at}series/{house.ids[name]}/", "host", refused=403) for name in ("off", "members")),
            Visit(f"{at}series/{9**30}/", "host", 404, 403),
        ],
    }


def _afterwards(house: WholeHouse) -> dict[str, list[Visit]]:
    at, archive = house.desk, house.pages.archive
    heaps = ("unsorted", "q1", "q2", "comments", "hosts", "hidden", "reported")
    chats = (archive.held, archive.live, house.ids["unpublished"], house.ids["off-held"])
    after = [f"{at}chat/{number}/after/" for number in chats]
    not_there = [f"{at}chat/{number}/after/" for number in (archive.ahead, house.ids["rehearsed"], 9**30)]
    return {
        "/desk/{community}/chat/{chat:int}/after/": [
            *(Visit(path, "host", refused=403) for path in after),
            *(Visit(path, "host", 404, 403) for path in not_there),
        ],
        "/desk/{community}/chat/{chat:int}/after/{heap}/": [
            *(Visit(f"{path}{heap}/", "host", refused=403) for path in after for heap in heaps),
            *(Visit(f"{after[0]}{heap}/", "host", 404, 403) for heap in ("q99", "nothing", "%3Cb%3E")),
        ],
        "/desk/{community}/chat/{chat:int}/after/{heap}/{past:int}/": [
            Visit(f"{after[0]}q1/3/", "host", refused=403)
        ],
        "/desk/{community}/chat/{chat:int}/after/preview/": [
            *(Visit(f"{path}preview/", "host", refused=403) for path in after[:3]),
            Visit(f"{after[3]}preview/", "host", 404, 403),
        ],
        "/desk/{community}/chat/{chat:int}/after/preview/print/": [
            Visit(f"{after[0]}preview/print/", "host", refused=403),
        ],
        "/desk/{community}/removals/": [Visit(f"{at}removals/", "host", refused=403)],
    }


def _of_the_community(house: WholeHouse) -> dict[str, list[Visit]]:
    at = house.pages.at
    said = {"upcoming/": ("", "?tz=Paris", "?tz=%3Cb%3E"), "feed.atom": ("", f"?key={house.links['key']}")}
    plain = (
        *("", "upcoming/", "archive/", "about/", "about/first-time/", "privacy/", "accessibility/", "data/"),
        *("feeds/", "feed.atom", "feed.json", "calendar.ics", *_SHARED),
    )
    series = [(at(path), MAY.get(name, EVERYBODY)) for name, path in house.series.items()]
    return {
        **{
            f"/{{community}}/{rest}": [Visit(at(rest) + asked) for asked in said.get(rest, ("",))]
            for rest in plain
        },
        # With the beginning of every word that is for some eyes only: the form says again what was asked.
        "/{community}/search": [
            *(Visit(at(f"search?q={word}")) for word in sorted({one.words[:4] for one in house.kept})),
            *(
                Visit(at(f"search{asked}"))
                for asked in ("", "?q=%22%3Cb%3E", "?q=stud&series=inquirychat&older=9")
            ),
            *(Visit(at("search?q=stud&in=" + house.chats[name]), _may(name)) for name in ("held", "live")),
            Visit(at("search?q=stud&in=nowhere/x"), status=404),
        ],
        "/{community}/archive/{year}/{month}/": [
            Visit(at("archive/2026/11/")),
            Visit(at("archive/2026/13/"), ""),
        ],
        **{
            f"/{{community}}/{{series}}/{rest}": [Visit(path + rest, who) for path, who in series]
            for rest in ("", "feed.atom", "feed.json", "calendar.ics", *_SHARED)
        },
        "/{community}/{series}/latest/": [
            Visit(f"{path}latest/", who if "firstyears" not in path else "", 307) for path, who in series
        ],
    }


def _of_chats(house: WholeHouse) -> dict[str, list[Visit]]:
    at, chat = house.pages.at, "/{community}/{series}/{slug}/"
    chats = [(at(path), _may(name)) for name, path in house.chats.items()]
    answers = [(at(f"a/{public_id}"), _may(name)) for name, public_id in house.answers.items()]
    followed = [at(house.chats[name]) + "live/" for name in ("live", "ahead")]
    views = ("", "?view=time", "?view=person", "?view=all", "?view=%3Cb%3E")
    chosen = "&".join(f"a={public_id}" for public_id in house.answers.values())
    sheets = ("", f"?{chosen}", f"?choose=1&{chosen}", "?a=nobody&a=%3Cb%3E&a=%00")
    return {
        chat: [Visit(path + view, who) for path, who in chats for view in views],
        **{
            chat + rest: [Visit(path + rest, who) for path, who in chats]
            for rest in ("print/", "chat.json", "chat.csv", "chat.md", "event.ics", *_LINKS)
        },
        f"{chat}handout/": [Visit(f"{path}handout/{asked}", who) for path, who in chats for asked in sheets],
        f"{chat}live/": [Visit(path) for path in followed],
        f"{chat}live/events": [Visit(f"{path}events") for path in followed],
        "/{community}/a/{id}": [Visit(path, who, 302) for path, who in answers],
        "/{community}/a/{id}/report": [Visit(f"{path}/report", who) for path, who in answers],
    }


def _may(name: str) -> str:
    return IN_THE_ROOM if name == "staff" else MAY.get(name.partition("-")[0], EVERYBODY)


# --- The tour: everybody opens everything, and follows every link they find ------------------


@dataclass(slots=True)
class Tour:
    """What everybody got, by reader and address."""

    house: WholeHouse
    got: dict[tuple[str, str], Got] = field(default_factory=dict)
    found_on: dict[tuple[str, str], str] = field(default_factory=dict)
    _read: dict[tuple[str, str], Document] = field(default_factory=dict)

    async def go(self) -> None:
        """Open every address as every reader, then what is linked there."""
        for reader in READERS:
            every = [one.path for some in visits(self.house).values() for one in some]
            while every:
                for path in every:
                    self.got[reader, path] = await self._open(reader, path)
                every = self._linked(reader, every)

    async def _open(self, reader: str, path: str) -> Got:
        browser = self.house.readers[reader]
        if reader == "stranger":
            browser.session.cookie_jar.clear()
        return await (followed(browser, path) if "/events" in path else browser.get(path, follow=False))

    def _linked(self, reader: str, paths: list[str]) -> list[str]:
        new: dict[str, None] = {}
        for path in paths:
            got = self.got[reader, path]
            for target in self._document(path, got).links() if is_html(got) and got.status == 200 else ():
                address = path_of(target)
                if (reader, address) not in self.got and address not in new:
                    new[address] = None
                    self.found_on[reader, address] = path
        return list(new)

    def pages(self) -> Iterator[tuple[str, str, Document]]:
        """Every HTML page, each wording of it once."""
        seen = set()
        for (reader, path), got in self.got.items():
            if is_html(got) and got.text not in seen:
                seen.add(got.text)
                yield reader, path, self._document(path, got)

    def _document(self, path: str, got: Got) -> Document:
        """A page, to be judged; what several readers and several tests see is taken apart once."""
        whole = Document(got.text, self.house.pages.web.base + path)
        return self._read.setdefault((path, got.text), whole)


def is_html(got: Got) -> bool:
    """Whether it is a page."""
    return got.headers.get("content-type", "").startswith("text/html")


def path_of(address: str) -> str:
    """What a browser asks for when it follows a link."""
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


async def followed(browser: Browser, path: str) -> Got:
    """What somebody is sent at once who follows live; whoever may not is answered as ever."""
    address = URL(browser.base + path, encoded=True)
    async with browser.session.get(address, allow_redirects=False) as answer, asyncio.timeout(20):
        body = b""
        while not ENDS.search(body) and (piece := await answer.content.readany()):
            body += piece
        return Got(answer.status, answer.headers, body.decode(), body, path)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tour(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Tour]:
    """Everything there is, as everybody saw it."""
    async with whole_house(tmp_path_factory.mktemp("whole")) as house:
        made = Tour(house)
        await made.go()
        yield made


# --- What is to be true of it ----------------------------------------------------------------


def test_every_route_is_on_the_tour(tour: Tour) -> None:
    routes = {page.path for page in (*ROOT, *WITHIN) if "GET" in page.methods} | {"/"}
    assert set(visits(tour.house)) == routes


def test_everybody_is_let_in_where_they_may_and_nowhere_else(tour: Tour) -> None:
    wrong = [
        f"{reader} got {tour.got[reader, one.path].status} of {one.path}, not {one.expected(reader)}"
        for some in visits(tour.house).values()
        for one in some
        for reader in READERS
        if tour.got[reader, one.path].status != one.expected(reader)
    ]
    assert wrong == []


def test_every_answer_tells_the_browser_what_not_to_do(tour: Tour) -> None:
    unsafe = [
        (path, name)
        for (_, path), got in tour.got.items()
        for name, value in SAFE.items()
        if got.headers.get(name) != value
    ]
    assert unsafe == []


def test_what_is_not_for_everybody_is_kept_by_no_cache_between(tour: Tour) -> None:
    public = re.compile(r"public|max-age=[1-9]")
    kept = {
        path
        for (_, path), got in tour.got.items()
        if public.search(got.headers.get("cache-control", "")) and not path.startswith("/static/")
    }
    assert kept == set()


def test_every_page_is_sound_and_labelled_and_loads_only_what_is_ours(tour: Tour) -> None:
    pages = list(tour.pages())
    assert len(pages) > 100
    assert {f"{path}: {fault}" for _, path, page in pages for fault in page.faults()} == set()


def test_every_link_leads_somewhere(tour: Tour) -> None:
    assert len(tour.found_on) > 100
    dead = {
        f"{tour.found_on[reader, path]} leads {reader} to {path}: {tour.got[reader, path].status}"
        for reader, path in tour.found_on
        if tour.got[reader, path].status >= 400
    }
    assert dead == set()


def test_every_link_into_a_page_finds_its_place_there(tour: Tour) -> None:
    lost, inside = set(), 0
    for reader, path, page in tour.pages():
        for target in page.links():
            address, mark = urldefrag(target)
            there = tour.got.get((reader, path_of(address)))
            if mark and there is not None and there.status == 200:
                inside += 1
                if f'id="{mark}"' not in there.text:
                    lost.add(f"{path} leads {reader} to {path_of(address)}#{mark}")
    assert lost == set()
    assert inside > 100


def test_a_permalink_leads_to_its_answer(tour: Tour) -> None:
    led = 0
    for (reader, path), got in tour.got.items():
        if got.status == 302:
            page, mark = urldefrag(got.headers["location"])
            assert f'id="{mark}"' in tour.got[reader, page].text, (reader, path)
            led += 1
    assert led > 20


def test_every_feed_calendar_and_file_is_read_by_those_who_read_such(tour: Tour) -> None:
    read = Counter(
        _read(path.partition("?")[0], got) for (_, path), got in tour.got.items() if got.status == 200
    )
    assert {kind for kind, times in read.items() if times > 3} == {"", "atom", "json", "ics", "csv", "xml"}


def _read(path: str, got: Got) -> str:
    ending = path.rpartition(".")[2]
    if ending == "atom":
        assert feedparser.parse(got.body).bozo == 0, path
    elif ending == "json":
        json.loads(got.body)
    elif ending == "ics":
        assert not icalendar.Calendar.from_ical(got.body).errors, path
    elif ending == "csv":
        assert {len(row) for row in csv.reader(io.StringIO(got.body.decode("utf-8-sig")))} in ({15}, {20}), (
            path
        )
    elif ending == "xml":
        ET.fromstring(got.body)
    else:
        return ""
    return ending


@pytest.mark.parametrize("reader", READERS)
def test_nobody_gets_words_that_are_for_other_eyes(tour: Tour, reader: str) -> None:
    told = {
        (kept.words, path)
        for kept in tour.house.kept
        if reader not in kept.readers.split()
        for (who, path), got in tour.got.items()
        if who == reader and kept.words in got.text and "key=" not in path
    }
    assert told == set()


def test_those_whose_words_they_are_find_them(tour: Tour) -> None:
    missed = {
        (kept.words, reader)
        for kept in tour.house.kept
        for reader in kept.readers.split()
        if kept.shown
        and not any(who == reader and kept.words in got.text for (who, _), got in tour.got.items())
    }
    assert missed == set()


def test_no_page_holds_a_secret_or_what_networks_call_people(tour: Tour) -> None:
    """But a handout of a chat by link names that link for those who may read it, and the desk for hosts."""
    links = tour.house.links
    given_on = re.compile(r"/handout/|/desk/[^/]+/chat/\d+/after/")
    secrets = [links[name].rpartition("/")[2] for name in ("join", "l", "host", "reading", "return")]
    tokens = [token for one in tour.house.readers.values() for token in one.cookies.values()]
    told = [
        (path, word)
        for (reader, path), got in tour.got.items()
        for word in [*secrets, *tokens, *(["native-"] if reader != "host" else [])]
        if word in got.text and word not in path
        if not (word in links["l"] and reader != "stranger" and given_on.search(path))
    ]
    assert told == []
