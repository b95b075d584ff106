"""The pages of the archive as machines judge them: valid HTML, no barriers, nothing the policy forbids."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.reading_room import ReadingRoom, reading_room

CHROMIUM = Path("/usr/bin/chromium")
SIZES = {"desk": (1280, 900), "phone": (390, 844), "small": (320, 640)}
needs_a_browser = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium is installed here")


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[ReadingRoom]:
    async with reading_room(tmp_path, answers=60) as made:
        yield made


def pages(room: ReadingRoom) -> tuple[str, ...]:
    """A page of every kind."""
    return (
        room.home,
        f"{room.home}inquirychat/",
        room.held,
        f"{room.held}?view=time",
        f"{room.held}?view=person",
        f"{room.held}print/",
        f"{room.home}inquirychat/2026-11-24/",
        f"{room.home}firstyears/2026-11-29/",
        room.live,
        f"{room.live}live/",
    )


async def test_every_page_is_valid_html(room: ReadingRoom) -> None:
    for path in pages(room):
        html5lib.HTMLParser(strict=True).parse(await room.get(path))


@pytest.mark.slow
@needs_a_browser
async def test_no_page_has_a_barrier_by_day_or_by_night_at_any_width(room: ReadingRoom) -> None:
    assert await asyncio.to_thread(_barriers, room.base, pages(room)) == []


@needs_a_browser
async def test_no_page_asks_for_what_the_policy_forbids_or_scrolls_sideways(room: ReadingRoom) -> None:
    assert await asyncio.to_thread(_faults, room.base, pages(room)) == []


@needs_a_browser
async def test_a_link_into_a_folded_answer_opens_the_fold(room: ReadingRoom) -> None:
    await room.change("UPDATE filing SET question_id = 1", chat=room.archive.held)
    await room.change("DELETE FROM filing WHERE message_id IN (SELECT id FROM message WHERE chat_id != 1)")
    page = await room.get(room.held)
    folded = page.partition('<details class="more">')[2].partition('id="')[2].partition('"')[0]
    assert await asyncio.to_thread(_in_view, room.base + room.held, folded)


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
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


def _barriers(base: str, paths: tuple[str, ...]) -> list[str]:
    found = []
    with _browser() as browser:
        for width, scheme in (("desk", "light"), ("desk", "dark"), ("phone", "dark"), ("small", "light")):
            page = _page(browser, width, scheme)
            for path in paths:
                page.goto(base + path)
                result = Axe().run(page)
                found += [f"{width} {scheme} {path}: {one['id']}" for one in result.response["violations"]]
            page.context.close()
    return found


def _faults(base: str, paths: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    with _browser() as browser:
        for width in SIZES:
            page = _page(browser, width, "light")
            page.on("console", lambda message: found.append(message.text))
            page.on("pageerror", lambda error: found.append(str(error)))
            page.on("request", lambda asked: None if asked.url.startswith(base) else found.append(asked.url))
            for path in paths:
                page.goto(base + path)
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                found.extend([f"{width} {path}: {wide} too wide"] if wide > 0 else [])
            page.context.close()
    return found


def _in_view(address: str, target: str) -> bool:
    with _browser() as browser:
        page = _page(browser, "desk", "light")
        page.goto(f"{address}#{target}")
        expect(page.locator(f'[id="{target}"]')).to_be_in_viewport(timeout=10_000)
        return page.locator("details.more[open]").count() == 1


def _page(browser: Browser, width: str, scheme: str) -> Page:
    wide, high = SIZES[width]
    context = browser.new_context(
        viewport={"width": wide, "height": high}, color_scheme="dark" if scheme == "dark" else "light"
    )
    return context.new_page()
