"""What goes on paper, and what opens without scripts: the page of a chat and a handout in a real browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.support.chromium import CHROMIUM, needs_a_browser
from tests.support.paper import FORMATS, pages_of
from tests.support.reading_room import ReadingRoom, reading_room
from tests.web.test_handout import of, offered

pytestmark = needs_a_browser
Seen = TypeVar("Seen")

SENTENCE = "We began each lesson with a question that nobody could answer alone, and gave them time. "
USUAL = (SENTENCE * 4)[:280]
"""As long as people were used to writing where such chats began."""


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[ReadingRoom]:
    async with reading_room(tmp_path, answers=60) as made:
        yield made


async def seen(look: Callable[[Page], Seen]) -> Seen:
    """What somebody sees whose browser runs no scripts."""

    def looked() -> Seen:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            found = look(browser.new_context(java_script_enabled=False).new_page())
            browser.close()
            return found

    return await asyncio.to_thread(looked)


async def a_folded_one(room: ReadingRoom) -> str:
    """The id of an answer under a fold."""
    fold = (await room.get(room.held)).partition('<details class="more">')[2]
    return fold.partition('<div class="a" id="')[2].partition('"')[0]


async def test_a_permalink_opens_the_fold_of_its_answer_without_scripts_too(
    room: ReadingRoom,
) -> None:
    folded = await a_folded_one(room)

    def look(page: Page) -> tuple[bool, bool]:
        page.goto(room.base + room.held)
        shut = page.locator(f"#{folded}").is_visible()
        page.goto(f"{room.base}{room.home}a/{folded.removeprefix('a-')}")
        page.locator(f"#{folded}").wait_for(state="visible")
        return shut, page.url.endswith(f"#{folded}")

    assert await seen(look) == (False, True)


async def test_on_paper_every_fold_of_the_page_is_open(room: ReadingRoom) -> None:
    folded = await a_folded_one(room)

    def look(page: Page) -> tuple[bool, ...]:
        page.goto(room.base + room.held)
        page.emulate_media(media="print")
        marks = (f"#{folded}", f"#{folded} .say", ".more > summary", ".keep", ".pn", ".toc")
        return tuple(page.locator(mark).first.is_visible() for mark in marks)

    assert await seen(look) == (True, True, False, False, False, False)


async def test_an_address_is_written_out_on_paper_where_it_cannot_be_read_already(room: ReadingRoom) -> None:
    bare, named = (f'<a href="https://e.example/{end}">' for end in ("bare", "named"))
    body = f"<p>{bare}https://e.example/bare</a></p>"
    body += f'<p>{named}a card</a> <span class="host">(e.example)</span></p>'
    folded = (await a_folded_one(room)).removeprefix("a-")
    change = "UPDATE message SET body_html = :body WHERE public_id = :id"
    await room.change(change, chat=room.archive.held, body=body, id=folded)

    def look(page: Page) -> list[str]:
        page.goto(f"{room.base}{room.held}print/")
        page.emulate_media(media="print")
        links = page.locator(f"#a-{folded} .say a, #links a.l[href*='e.example']")
        said = links.evaluate_all("all => all.map(one => getComputedStyle(one, '::after').content)")
        return [*said, *(one for one in ("host", "t i") if page.locator(f"#a-{folded} .{one}").is_visible())]

    address = '" <https://e.example/named>"'
    assert await seen(look) == ["none", address, "none", address]


@pytest.mark.parametrize("chosen", [1, 12])
async def test_a_handout_of_twelve_answers_of_the_usual_length_is_one_page(
    room: ReadingRoom, chosen: int
) -> None:
    body = "UPDATE message SET body_html = :body WHERE kind = 'answer'"
    await room.change(body, chat=room.archive.held, body=f"<p>{USUAL}</p>")
    every = offered(await room.get(f"{room.held}handout/"))
    address = of(room, every[:: len(every) // chosen][:chosen])

    def look(page: Page) -> list[int]:
        page.goto(room.base + address)
        assert page.locator(".leaf blockquote").count() == chosen
        return [pages_of(page.pdf(format=paper)) for paper in FORMATS]

    assert await seen(look) == [1, 1]


async def test_of_a_handout_nothing_but_the_sheet_goes_on_paper(room: ReadingRoom) -> None:
    address = of(room, [*offered(await room.get(f"{room.held}handout/"))[:4], "nobody"])

    def look(page: Page) -> list[bool]:
        page.goto(room.base + address)
        page.emulate_media(media="print")
        marks = (".leaf h1", ".leaf .from a", ".mast", "body > .foot", ".howto")
        return [page.locator(mark).first.is_visible() for mark in marks]

    assert await seen(look) == [True, True, False, False, False]


async def test_on_a_handout_no_question_begins_in_one_column_and_ends_in_the_other(room: ReadingRoom) -> None:
    await room.change("UPDATE question SET text = :text", chat=room.archive.held, text=SENTENCE * 3)
    every = offered(await room.get(f"{room.held}handout/"))

    def look(page: Page) -> list[int]:
        page.set_viewport_size({"width": 1280, "height": 900})
        left, most = "one => new Set([...one.getClientRects()].map(box => box.left)).size", list[int]()
        for chosen in range(3, 9):
            page.goto(room.base + of(room, every[:: len(every) // chosen][:chosen]))
            for media in ("screen", "print"):
                page.emulate_media(media=media)
                most += [one.evaluate(left) for one in page.locator(".said h2").all()]
        return most

    columns = await seen(look)
    assert len(columns) > 30
    assert set(columns) == {1}
