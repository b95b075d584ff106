"""Scripts in pieces: each that a page or another one names is there, served right, and of one version."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from posixpath import join, normpath
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from bot.web import site
from bot.web.site import STATIC, static
from tests.support.web_house import Browser as Person
from tests.web.room_setting import Room, open_room

_together: Final = pytest.mark.asyncio(loop_scope="session")
FIRST: Final = "room/start.js"
SCRIPTS: Final = sorted(file.relative_to(STATIC).as_posix() for file in STATIC.rglob("*.js"))
TEMPLATES: Final = sorted((site.HERE / "templates").rglob("*.*"))
_IMPORT: Final = re.compile(r'^import (?:\{([^}]*)\} from )?"([^"]*)";$', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?:const|let|class|(?:async )?function) (\w+)", re.MULTILINE)
_OLD: Final = "0" * 12
Answers = list[tuple[str, int]]


def written(name: str) -> str:
    """What a script holds."""
    return (STATIC / name).read_text(encoding="utf-8")


def imports(name: str) -> dict[str, set[str]]:
    """Which scripts one names, and what it takes from each."""
    found = _IMPORT.findall(written(name))
    return {normpath(join(name, "..", path)): set(re.findall(r"\w+", words)) for words, path in found}


def reached(name: str) -> set[str]:
    """A script and all that come with it."""
    known, new = set[str](), {name}
    while new:
        known |= new
        new = {other for one in new for other in imports(one)} - known
    return known


# --- What is written ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_small_and_opens_with_a_sentence(name: str) -> None:
    lines = written(name).splitlines()
    assert lines[0].startswith("// ")
    assert len(lines) <= 150
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_names_only_others_beside_itself_and_what_those_give(name: str) -> None:
    text = written(name)
    named = _IMPORT.findall(text)
    assert len(named) == len(re.findall(r"\bimport\b", text)), "an import that nobody can follow"
    assert all(re.fullmatch(r"\./\w+\.js", path) for _, path in named)
    lacking = {other: words - set(_EXPORT.findall(written(other))) for other, words in imports(name).items()}
    assert {other: words for other, words in lacking.items() if words} == {}


def test_every_script_of_the_room_comes_with_its_first_which_no_other_names() -> None:
    ours = {name for name in SCRIPTS if name.startswith("room/")}
    assert reached(FIRST) == ours
    assert len(ours) > 5
    assert [name for name in SCRIPTS if FIRST in imports(name)] == []


def test_nothing_that_a_script_gives_is_left_lying() -> None:
    taken = {(other, word) for name in SCRIPTS for other, words in imports(name).items() for word in words}
    assert {(name, word) for name in SCRIPTS for word in _EXPORT.findall(written(name))} - taken == set()


def test_templates_name_only_files_that_are_there() -> None:
    named = {
        name
        for template in TEMPLATES
        for name in re.findall(r"""\bstatic\(["']([^"']+)""", template.read_text(encoding="utf-8"))
    }
    assert FIRST in named
    assert [name for name in named if not (STATIC / name).is_file()] == []


# --- What is served -------------------------------------------------------------------------------


@pytest_asyncio.fixture(loop_scope="session")
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened


@_together
async def test_every_script_is_served_under_one_hash_as_a_script_that_is_kept_for_good(room: Room) -> None:
    stranger = room.house.stranger()
    folder = static(FIRST).rpartition("/")[0]
    for name in reached(FIRST):
        got = await stranger.get(f"{folder}/{name.rpartition('/')[2]}", follow=False)
        assert (got.status, got.text) == (200, written(name)), name
        assert got.headers["content-type"] == "text/javascript; charset=utf-8"
        assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert got.headers["x-content-type-options"] == "nosniff"


@_together
async def test_of_an_older_version_only_the_first_script_leads_to_that_of_today(room: Room) -> None:
    stranger = room.house.stranger()
    for name in reached(FIRST):
        got = await stranger.get(f"/static/{_OLD}/{name}", follow=False)
        wanted = (307, static(FIRST)) if name == FIRST else (404, None)
        assert (got.status, got.headers.get("location")) == wanted, name


def test_a_change_in_any_script_of_a_folder_gives_all_of_them_another_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "STATIC", tmp_path)
    (tmp_path / "room").mkdir()
    names = ("alone.css", "room/start.js", "room/tabs.js")

    def paths(*texts: str) -> list[str]:
        for name, text in zip(names, texts, strict=True):
            (tmp_path / name).write_text(text, encoding="utf-8")
        return [static.__wrapped__(name) for name in names]

    before = paths("a", "let b; ", "let c;")
    assert before[1].split("/")[2] == before[2].split("/")[2]
    assert paths("a", "let b; ", "let c;") == before
    for other in (paths("a", "let b; ", "let d;"), paths("a", "let b; let c;", "")):
        assert other[0] == before[0]
        assert not set(other[1:]) & set(before)


# --- What a browser asks for ----------------------------------------------------------------------


@asynccontextmanager
async def browsing(chromium: Browser, room: Room, who: Person) -> AsyncIterator[tuple[Page, Answers]]:
    """Somebody's browser, and what it asked for with which answer; no fault of a script passes unseen."""
    context = await chromium.new_context()
    for name, value in who.cookies.items():
        await context.add_cookies([{"name": name, "value": value, "url": room.house.base}])
    page, faults, answers = await context.new_page(), list[str](), Answers()
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.on("response", lambda one: answers.append((one.url.removeprefix(room.house.base), one.status)))
    yield page, answers
    assert faults == []
    await context.close()


async def hears(room: Room, page: Page, words: str) -> None:
    """What somebody says now appears on the page."""
    await room.says(await room.house.join("Ben"), words)
    await expect(page.locator("[data-list=room]")).to_contain_text(words)


@_together
async def test_a_room_asks_for_every_script_once_and_for_no_file_that_is_not_there(
    room: Room, chromium: Browser
) -> None:
    async with browsing(chromium, room, await room.house.join("Ana")) as (page, answers):
        await page.goto(room.house.base + room.at)
        await hears(room, page, "Hello")
        scripts = [path for path, _ in answers if path.endswith(".js")]
        assert sorted(scripts) == sorted(map(static, reached(FIRST)))
        assert [(path, status) for path, status in answers if status != 200] == []


@_together
async def test_a_page_from_before_an_upgrade_gets_all_its_scripts_from_after_it(
    room: Room, chromium: Browser
) -> None:
    async def older(route: Route) -> None:
        answer = await route.fetch()
        page = await answer.text()
        assert static(FIRST) in page
        await route.fulfill(response=answer, body=page.replace(static(FIRST), f"/static/{_OLD}/{FIRST}"))

    async with browsing(chromium, room, await room.house.join("Ana")) as (page, answers):
        await page.route(f"**{room.at}", older)
        await page.goto(room.house.base + room.at)
        await hears(room, page, "Hello")
        scripts = [path for path, _ in answers if path.endswith(".js")]
        assert sorted(scripts) == sorted([f"/static/{_OLD}/{FIRST}", *map(static, reached(FIRST))])
