"""The archive as files: every link works from the disk, nothing private is in it, nothing stale stays."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from posixpath import dirname, normpath
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import feedparser
import html5lib
import icalendar
import pytest
import pytest_asyncio

from bot.core.model import Refused
from bot.exporting.folder import MARK, replaced
from bot.exporting.site import export_site
from tests.exporting.houses import files_in, folder_of, names_in, pages_in, settings_of, told_by
from tests.support.archive_pages import archive_pages
from tests.support.whole_house import WholeHouse, whole_house

BASE: Final = "https://chat.example.org"
LEADING: Final = {"a": "href", "link": "href", "script": "src", "img": "src", "form": "action"}
LEFT: Final = "INSERT INTO former_address VALUES (?, '2026-11-09', '2026-11-01 20:00:00.000000')"
AWAY: Final = frozenset({"http", "https", "mailto"})


@dataclass(frozen=True, slots=True)
class Exported:
    """A house, where it was exported to, and what lies there."""

    house: WholeHouse
    folder: Path
    files: dict[str, bytes]
    said: str


@dataclass(frozen=True, slots=True)
class Link:
    """One link of one page."""

    page: str
    tag: str
    rel: str
    to: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exported(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exported]:
    """A house with something of everything, exported while its bot serves it."""
    folder = tmp_path_factory.mktemp("exported")
    async with whole_house(folder / "data") as house:
        settings = settings_of(folder_of(house.pages.web.store))
        async with house.pages.web.store.begin() as tx:
            await tx.connection.exec_driver_sql(LEFT, (house.pages.archive.held,))
        said = await export_site(settings, folder / "copy", None, BASE)
        yield Exported(house, folder / "copy", files_in(folder / "copy"), said)


def links_of(name: str, page: str) -> list[Link]:
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return [
        Link(name, tag, one.get("rel") or "", one.get(attribute))
        for tag, attribute in LEADING.items()
        for one in tree.iter(tag)
        if one.get(attribute) is not None
    ]


def every_link(files: dict[str, bytes]) -> list[Link]:
    return [link for name, page in pages_in(files) for link in links_of(name, page)]


def lost(files: dict[str, bytes]) -> list[str]:
    """The links that lead nowhere on a disk."""
    found = []
    for link in every_link(files):
        parts = urlsplit(link.to)
        if parts.scheme in AWAY:
            continue
        there = normpath(f"{dirname(link.page)}/{unquote(parts.path)}") if parts.path else link.page
        if link.to.startswith("/") or parts.netloc or there.lstrip("./") not in files:
            found.append(f"{link.page} leads to {link.to}")
        elif parts.fragment and f'id="{parts.fragment}"'.encode() not in files[there.lstrip("./")]:
            found.append(f"{link.page} leads to {link.to}, which has no such place")
    return found


def test_every_link_leads_to_a_file_that_is_there(exported: Exported) -> None:
    assert len(every_link(exported.files)) > 500
    assert lost(exported.files) == []


def test_whole_addresses_lead_elsewhere_or_say_where_the_page_came_from(exported: Exported) -> None:
    whole = [link for link in every_link(exported.files) if link.to.startswith(BASE)]
    assert {link.rel for link in whole} == {"canonical"}


def test_nothing_leads_to_what_only_a_running_bot_answers(exported: Exported) -> None:
    for name, page in pages_in(exported.files):
        assert not re.search(
            r"""(?:href|src|action)="[^"]*(?:room/|/live/|report|/join/|feeds/\?)""", page
        ), name
        assert 'type="module"' not in page, name
        assert "another time zone" not in page, name
    forms = [link for link in every_link(exported.files) if link.tag == "form"]
    assert {Path(link.to).parent.name or "search" for link in forms} == {"search"}


def test_where_a_chat_stood_before_it_was_moved_leads_to_it(exported: Exported) -> None:
    [page] = [body for name, body in exported.files.items() if name.endswith("/2026-11-09/index.html")]
    assert b'<a href="../2026-11-17/index.html">' in page


def test_every_page_is_sound(exported: Exported) -> None:
    faults = []
    for name, page in pages_in(exported.files):
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        parser.parse(page)
        faults += [f"{name}: {code}" for _, code, _ in parser.errors]
    assert faults == []


def test_styles_name_only_files_that_are_there(exported: Exported) -> None:
    named = 0
    for name, body in exported.files.items():
        for address in re.findall(r'url\("([^")]+)"\)', body.decode()) if name.endswith(".css") else ():
            named += 1
            assert normpath(f"{dirname(name)}/{address}") in exported.files, (name, address)
    assert named >= 4


def test_nothing_is_in_it_that_strangers_may_not_read(exported: Exported) -> None:
    private = [kept.words for kept in exported.house.kept if "stranger" not in kept.readers.split()]
    assert len(private) > 20
    told = {
        (words, name)
        for name, body in exported.files.items()
        for words in private
        if words.encode() in told_by(name, body)
    }
    assert told == set()


def test_the_index_of_the_search_holds_what_was_said(exported: Exported) -> None:
    held = [told_by(name, body) for name, body in exported.files.items() if ".pf_fragment" in name]
    assert sum(b"I say this under another name." in one for one in held) == 1
    assert not any(b"Report this" in one or b"Show the other" in one for one in held)


def test_no_secret_and_no_cookie_is_in_it(exported: Exported) -> None:
    links = exported.house.links
    secrets = [links[name].rpartition("/")[2] for name in ("join", "l", "host", "reading", "return", "key")]
    tokens = [token for one in exported.house.readers.values() for token in one.cookies.values()]
    told = [
        name for name, body in exported.files.items() for one in (*secrets, *tokens) if one.encode() in body
    ]
    assert told == []


def test_files_beside_the_pages_are_read_by_those_who_read_such(exported: Exported) -> None:
    read: Counter[str] = Counter()
    for name, body in exported.files.items():
        ending = name.rpartition(".")[2]
        if ending == "atom":
            assert feedparser.parse(body).bozo == 0, name
        elif ending == "json":
            json.loads(body)
        elif ending == "ics":
            assert not icalendar.Calendar.from_ical(body).errors, name
        elif ending == "xml":
            ET.fromstring(body)
        read[ending] += 1
    assert all(read[ending] for ending in ("atom", "json", "ics", "xml", "csv", "md"))


@pytest.mark.asyncio(loop_scope="module")
async def test_data_is_what_the_server_gives_to_strangers(exported: Exported) -> None:
    stranger, chat = (
        exported.house.pages.web.stranger(),
        exported.house.pages.at(exported.house.chats["held"]),
    )
    for name in ("chat.md", "chat.csv"):
        got = await stranger.get(f"{chat}{name}")
        served = got.body.replace(exported.house.pages.web.base.encode(), BASE.encode())
        lasting, anchor = f"{BASE}{exported.house.pages.at('a/')}".encode(), f"{BASE}{chat}#a-".encode()
        assert lasting in served
        served = served.replace(lasting, anchor)
        assert exported.files[f"{chat.strip('/')}/{name}"] == served


def test_a_copy_tells_of_each_answer_where_it_stands(exported: Exported) -> None:
    chat = exported.house.pages.at(exported.house.chats["held"])
    page = exported.files[f"{chat.strip('/')}/index.html"].decode()
    told = re.findall(r'"url":"([^"]+)"', page.partition('<script type="application/ld+json">')[2])
    told += [one["url"] for one in json.loads(exported.files[f"{chat.strip('/')}/chat.json"])["messages"]]
    marks = [one.removeprefix(f"{BASE}{chat}#") for one in told if "#a-" in one]
    assert (len(marks) > 20, any("/a/" in one for one in told)) == (True, False)
    assert all(f'id="{mark}"' in page for mark in marks)


def test_other_orders_of_a_chat_are_pages_of_their_own(exported: Exported) -> None:
    chat = exported.house.pages.at(exported.house.chats["held"]).strip("/")
    for view in ("view-time", "view-person", "print"):
        assert b"I say this under another name." in exported.files[f"{chat}/{view}/index.html"]


def test_a_link_to_one_answer_leads_on_to_it(exported: Exported) -> None:
    at, answer = exported.house.pages.at("").strip("/"), exported.house.answers["marked"]
    page = exported.files[f"{at}/a/{answer}/index.html"].decode()
    [link] = {link.to for link in links_of(f"{at}/a/{answer}/index.html", page)}
    assert f"url={link}" in page
    assert link.endswith(f"/index.html#a-{answer}")
    assert f"{at}/a/{exported.house.answers['staff']}/index.html" not in exported.files


def test_every_page_says_of_which_day_the_copy_is(exported: Exported) -> None:
    home = exported.files[f"{exported.house.pages.at('').strip('/')}/index.html"].decode()
    assert re.search(r"This is a copy of the archive, made on \w+ \d+ \w+ \d{4}\. ", home)


def test_the_front_page_of_a_copy_leads_with_what_there_is_to_read_and_says_no_today(
    exported: Exported,
) -> None:
    home = exported.files[f"{exported.house.pages.at('').strip('/')}/index.html"].decode()
    for word in ("Next chat", "Next week", "This week", "today", "Add to calendar", "webcal:", "From URL"):
        assert word not in home, word
    assert home.index("Fresh in the archive") < home.index("Planned when this copy was made")
    assert "Week of 23 Nov" in home


def test_a_copys_search_names_the_weekly_chat_and_the_day_and_keeps_lists_and_buttons_out(
    exported: Exported,
) -> None:
    chat = exported.house.pages.at(exported.house.chats["held"]).strip("/")
    page = exported.files[f"{chat}/index.html"].decode()
    assert f'data-chat="{chat.partition("/")[2]}/"' in page
    assert re.search(r'data-series="[^"]+" data-when="\w+ \d+ \w+ \d{4}, ', page)
    held = [told_by(name, body) for name, body in exported.files.items() if ".pf_fragment" in name]
    assert sum(b'"when"' in one for one in held) == len(held) > 1
    ours = (b"Add to calendar", b"Change how you appear", b"These links alone", b"Asked at", b"beforehand")
    for words in (*ours, b"This chat is called off"):
        assert not [one for one in held if words in one], words


def test_a_copys_search_shows_nothing_of_what_stands_under_a_veil(exported: Exported) -> None:
    held = [told_by(name, body) for name, body in exported.files.items() if ".pf_fragment" in name]
    [marked] = [one for one in held if b"quoted" in one]
    assert (b"slanted" in marked, b"hidden" in marked) == (True, False)


def test_it_says_where_it_lies_and_how_much_it_is(exported: Exported) -> None:
    assert f"{len(exported.files):,} files" in exported.said
    assert str(exported.folder) in exported.said


def test_everybody_may_read_its_files_as_a_web_server_has_to(exported: Exported) -> None:
    modes = {one.stat().st_mode & 0o777 for one in exported.folder.rglob("*")}
    assert modes == {0o644, 0o755}
    assert exported.folder.stat().st_mode & 0o777 == 0o755


async def test_the_next_export_holds_nothing_that_was_forgotten_and_no_stale_file(tmp_path: Path) -> None:
    async with archive_pages(tmp_path / "data", answers=12) as pages:
        store = pages.web.store
        settings, copy = settings_of(folder_of(store)), tmp_path / "copy"
        await export_site(settings, copy, None, BASE)
        rows = await _said(store, pages.archive.held)
        person = rows[0]["person_id"]
        theirs = [one["text"].encode() for one in rows if one["person_id"] == person]
        ids = [one["public_id"] for one in rows if one["person_id"] == person]
        before = files_in(copy)
        assert any(theirs[0] in told_by(name, body) for name, body in before.items())
        inside = f"{pages.archive.community.slug}/mine.txt"
        mine = {"CNAME": "chats.example", ".git/HEAD": "ref: main", inside: "my own"}
        for name, words in mine.items():
            (copy / name).parent.mkdir(exist_ok=True)
            (copy / name).write_text(words)
        async with store.begin() as tx:
            [found] = [one for one in await _people(tx) if one.id == person]
            await tx.forget(found, pages.archive.community.id, pages.clock.now())
        await export_site(settings, copy, None, BASE)
        after = files_in(copy)
        assert not any(words in told_by(name, body) for name, body in after.items() for words in theirs)
        assert not any(f"/a/{one}/" in name for one in ids for name in after)
        assert {name: after[name].decode() for name in mine} == mine
        assert names_in(tmp_path) == ["copy", "data"]
        assert not [one for one in names_in(folder_of(store)) if one.startswith("exporting-")]
        assert lost(after) == []


async def _said(store: Any, chat_id: int) -> list[dict[str, Any]]:
    async with store.read() as tx:
        rows = await tx.connection.exec_driver_sql(
            "SELECT person_id, text, public_id FROM message WHERE kind = 'answer'"
            " AND length(text) > 40 AND public_id IS NOT NULL AND chat_id = ? ORDER BY id",
            (chat_id,),
        )
        return [dict(row) for row in rows.mappings()]


async def _people(tx: Any) -> list[Any]:
    rows = await tx.connection.exec_driver_sql("SELECT platform, native_id FROM person")
    return [await tx.met(row.platform, row.native_id, 2) for row in rows]


async def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    async with archive_pages(tmp_path / "data", answers=4) as pages:
        settings = settings_of(folder_of(pages.web.store))
        assert (await pages.get("")).status == 200
        (tmp_path / "full").mkdir()
        (tmp_path / "full" / "thesis.txt").write_text("years of work")
        for folder, sentence in (
            (tmp_path / "full", "holds something else"),
            (tmp_path / "data", "holds something else"),
            (tmp_path / "full" / "thesis.txt", "is no folder"),
            (tmp_path / "nowhere" / "copy", "There is no folder"),
        ):
            with pytest.raises(Refused, match=sentence):
                await export_site(settings, folder, None, BASE)
        assert (tmp_path / "full" / "thesis.txt").read_text() == "years of work"
        assert names_in(tmp_path) == ["data", "full"]


def test_what_is_in_the_way_of_an_export_or_may_be_somebodys_own_is_named_and_stays(tmp_path: Path) -> None:
    copy, now = tmp_path / "copy", datetime(2026, 11, 22, tzinfo=UTC)
    with replaced(copy, now) as made:
        made.write("index.html", b"one")
        made.write("old/index.html", b"one")
    (copy / "robots.txt").write_text("mine")
    with pytest.raises(Refused, match=r"robots\.txt in .* is not of the export"), replaced(copy, now) as made:
        made.write("robots.txt", b"two")
    assert (copy / "index.html").read_bytes() == b"one"
    with replaced(copy, now) as made:
        made.write("index.html", b"two")
    assert names_in(copy) == [MARK, "index.html", "robots.txt"]
    (copy / MARK).write_text('{"format": "edchat-site", "version": 1}')  # as one was marked before
    with pytest.raises(Refused, match=r"robots\.txt is in none"), replaced(copy, now) as made:
        made.write("index.html", b"three")
    assert (copy / "robots.txt").read_text() == "mine"
    (copy / "robots.txt").unlink()
    with replaced(copy, now) as made:
        made.write("index.html", b"four")
    assert (copy / "index.html").read_bytes() == b"four"
    assert names_in(tmp_path) == ["copy"]


async def test_an_export_that_fails_leaves_the_earlier_one_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with archive_pages(tmp_path / "data", answers=4) as pages:
        settings, copy = settings_of(folder_of(pages.web.store)), tmp_path / "copy"
        await export_site(settings, copy, None, BASE)
        before = files_in(copy)
        monkeypatch.setenv("PAGEFIND_BINARY_PATH", "/bin/false")
        with pytest.raises(Refused, match="search of the exported site could not be made"):
            await export_site(settings, copy, None, BASE)
        assert files_in(copy) == before
        assert names_in(tmp_path) == ["copy", "data"]


async def test_one_community_alone_stands_at_the_top(tmp_path: Path) -> None:
    async with archive_pages(tmp_path / "data", answers=4) as pages:
        settings = settings_of(folder_of(pages.web.store))
        await export_site(settings, tmp_path / "copy", pages.archive.community.name, None)
        files = files_in(tmp_path / "copy")
        assert lost(files) == []
        assert f"url={pages.archive.community.slug}/index.html".encode() in files["index.html"]
        with pytest.raises(Refused, match="Chess"):
            await export_site(settings, tmp_path / "other", "Chess", None)


async def test_where_nothing_is_public_nothing_is_written(tmp_path: Path) -> None:
    async with archive_pages(tmp_path / "data", answers=4) as pages:
        async with pages.web.store.begin() as tx:
            await tx.connection.exec_driver_sql("UPDATE series SET visibility = 'members'")
        with pytest.raises(Refused, match="nothing that everybody may read"):
            await export_site(settings_of(folder_of(pages.web.store)), tmp_path / "copy", None, BASE)
    assert not (tmp_path / "copy").exists()


async def test_titles_and_addresses_in_any_letters_are_files_like_others(tmp_path: Path) -> None:
    async with archive_pages(tmp_path / "data", answers=4) as pages:
        async with pages.web.store.begin() as tx:
            await tx.connection.exec_driver_sql(
                "UPDATE series SET title = '../../x <b>', slug = 'fråga-质问' WHERE slug = 'inquirychat'"
            )
            tx.stale_communities.add(pages.archive.community.id)
        settings = settings_of(folder_of(pages.web.store))
        await export_site(settings, tmp_path / "copy", None, BASE)
        files = files_in(tmp_path / "copy")
        assert lost(files) == []
        assert f"{pages.archive.community.slug}/fråga-质问/2026-11-17/index.html" in files
        assert names_in(tmp_path) == ["copy", "data"]


async def test_the_copy_of_a_community_speaks_its_language(tmp_path: Path) -> None:
    async with archive_pages(tmp_path / "data", answers=4) as pages:
        async with pages.web.store.begin() as tx:
            await tx.connection.exec_driver_sql("UPDATE community SET language = 'de' WHERE id = 2")
            tx.stale_communities.add(2)
        settings, slug = settings_of(folder_of(pages.web.store)), pages.archive.community.slug
        await export_site(settings, tmp_path / "copy", None, BASE)
        files = files_in(tmp_path / "copy")
    assert b'<html lang="de">' in files["index.html"], "the other community shows nothing there"
    for page in ("index.html", "search/index.html", "inquirychat/2026-11-17/index.html"):
        assert b'<html lang="de">' in files[f"{slug}/{page}"], page
        copied = r"Kopie des Archivs vom \w+, \d+\. \w+ \d{4}"
        assert re.search(copied, files[f"{slug}/{page}"].decode()), page
    chat = files[f"{slug}/inquirychat/2026-11-17/index.html"].decode()
    assert "Dienstag, 17. November 2026, 20:00" in chat
    assert not re.search(r"\b(?:Tuesday|[0-9]:[0-9]{2} [ap]m)\b", chat.split("<main", 1)[1])
    assert any(".de_" in name or "/de_" in name for name in files if "/pagefind/" in name)
