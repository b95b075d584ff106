"""A room in a real browser: what its script adds, and that nothing typed is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.core import drafting
from bot.core.model import Chat
from tests.support.web_house import Browser as Person
from tests.web.room_setting import Room, open_room, said

pytestmark = pytest.mark.asyncio(loop_scope="session")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Opens = Callable[..., AbstractAsyncContextManager[Page]]


@pytest_asyncio.fixture(loop_scope="session")
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened


@pytest.fixture
def opened(chromium: Browser, room: Room) -> Opens:
    return partial(page_of, chromium, room)


@asynccontextmanager
async def page_of(
    chromium: Browser, room: Room, who: Person, query: str = "", width: int = 1280
) -> AsyncIterator[Page]:
    """A room's page in somebody's browser; no fault of a script or of its policy passes unseen."""
    context = await chromium.new_context(viewport={"width": width, "height": 844})
    for name, value in who.cookies.items():
        await context.add_cookies([{"name": name, "value": value, "url": room.house.base}])
    page, faults = await context.new_page(), list[str]()
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda line: faults.append(line.text) if "Security Policy" in line.text else None)
    await page.goto(room.house.base + room.at + query)
    yield page
    assert faults == []
    await context.close()


async def test_what_others_say_appears_and_what_one_sends_needs_no_new_page(
    room: Room, opened: Opens
) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    async with opened(ana) as page:
        await room.says(ben, "Hello from Ben")
        talk = page.locator("[data-list=room]")
        await expect(talk).to_contain_text("Hello from Ben")
        await page.evaluate("window.same = true")
        box = page.locator("#w-room")
        await box.fill("Hello <b>Ben</b>")
        await box.press("Control+Enter")
        await expect(talk).to_contain_text("Hello <b>Ben</b>")
        await expect(box).to_have_value("")
        assert await talk.locator(".m", has_text="Hello <b>Ben</b>").count() == 1
        assert await page.evaluate("window.same") is True


async def test_unsent_words_survive_a_reload_and_a_lost_connection(room: Room, opened: Opens) -> None:
    ana = await room.house.join("Ana")
    async with opened(ana) as page:
        box = page.locator("#w-room")
        await box.fill("A long thought")
        await page.reload()
        await expect(box).to_have_value("A long thought")
        await page.context.set_offline(True)
        await box.press("Control+Enter")
        await expect(page.locator("[data-only]")).to_contain_text("not sent")
        await expect(box).to_have_value("A long thought")
        await page.context.set_offline(False)
        await box.press("Control+Enter")
        await expect(page.locator("[data-list=room]")).to_contain_text("A long thought")
        await expect(page.locator("[data-only]")).not_to_contain_text("not sent")
        await page.reload()
        await expect(box).to_have_value("")
    assert await room.rows("select count(*) from room_message where text = 'A long thought'") == [(1,)]


async def test_a_new_question_changes_the_bar_and_leaves_the_focus_where_it_is(
    room: Room, opened: Opens
) -> None:
    ana = await room.house.join("Ana")
    async with opened(ana) as page:
        await expect(page.locator(".left")).to_contain_text(":")
        await page.locator("#w-room").focus()
        async with room.house.store.begin() as tx:
            state = await tx.running(room.chat_id)
            steered = state.with_chat(steered_by="", steered_at=None)
            await tx.save(state, steered, room.house.site.clock.now())
        await room.presses(room.host, f"chat next chat={room.chat_id} after=1")
        await expect(page.locator("#bar h1")).to_have_text("What did not?")
        await expect(page.locator("[data-line]")).to_have_text("Q2 of 3: What did not?")
        assert await page.evaluate("document.activeElement.id") == "w-room"
        await page.locator("[data-answer]").click()
        await page.wait_for_url("**#write")
        await expect(page.locator("label", has_text="Your answer to Q2")).to_be_visible()


async def test_on_a_phone_one_turns_between_tabs_and_sees_what_is_new(room: Room, opened: Opens) -> None:
    ana, ben, root = await room.house.join("Ana"), await room.house.join("Ben"), await room.root(1)
    async with opened(ana, width=390) as page:
        await expect(page.locator("[data-sheet=room]")).to_be_hidden()
        await page.wait_for_timeout(300)
        await room.says(ben, "Anybody here?")
        await expect(page.locator("[data-tab=room] .n")).to_have_text(" 1 new")
        await page.locator("[data-tab=room]").click()
        await expect(page.locator("[data-list=room]")).to_contain_text("Anybody here?")
        await expect(page.locator("[data-tab=room] .n")).to_be_hidden()
        await expect(page.locator(f'[data-sheet="{root}"]')).to_be_hidden()
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


async def test_a_host_presses_a_button_and_reads_the_answer_in_place(room: Room, opened: Opens) -> None:
    ana = await room.house.join("Ana")
    number = said(await room.says(ana, "We start each week with a story that the class tells"))
    async with opened(room.host, "?thread=room") as page:
        await page.locator(f"#m{number} summary").click()
        await page.locator(f"#m{number} .file button").first.click()
        await expect(page.locator("[data-only]")).to_contain_text("Filed under Q1")
        await expect(page.locator(f"#m{number} .filed")).to_have_text("filed under Q1")


async def test_both_parts_of_a_long_answer_stand_in_order_and_go_when_another_comes(
    room: Room, opened: Opens
) -> None:
    async with opened(room.host, "?thread=room") as page:
        await page.locator("#w-room").fill("!edchat help")
        await page.locator("#w-room").press("Control+Enter")
        notes = page.locator("[data-only] .note")
        await expect(notes).to_have_count(2)
        await expect(notes.first).to_contain_text("What you can do here")
        await page.wait_for_timeout(500)  # the same comes by the room's events once more
        await expect(notes).to_have_count(2)
        await expect(notes.first).to_contain_text("What you can do here")
        await page.locator("#w-room").fill("!edchat privacy show")
        await page.locator("#w-room").press("Control+Enter")
        await expect(notes).to_have_count(1)
        await expect(notes).to_contain_text("Readers see you as")


async def test_when_a_rehearsal_is_over_its_sheets_go_with_their_tabs(room: Room, chromium: Browser) -> None:
    hosts = f"/room/{room.house.hosts.native_id}/"
    async with room.house.store.begin() as tx:
        state, now = await tx.running(room.chat_id), room.house.site.clock.now()
        other = Chat(0, state.series.id, "Europe/London", now + DAY, now + DAY + HOUR)
        planned = await tx.running((await tx.add_chat(other)).id)
        await tx.change(planned, drafting.plan(planned, "Marking", ("Why?",), now), now)
    await room.presses(room.host, f"chat end chat={room.chat_id} sure=yes")
    await room.host.post(f"{hosts}do", {"line": f"chat rehearse chat={planned.chat.id}"})
    async with room.house.store.read() as tx:
        [played] = [one for one in await tx.coming_in(room.house.hosts.id) if one.rehearsal]
    await asyncio.sleep(max(0.0, (played.starts_at - room.house.site.clock.now()).total_seconds()))
    await room.until("select state from chat where id = :id", "open", id=played.id)
    await room.host.post(f"{hosts}do", {"line": f"chat next chat={played.id} after=0"})
    async with page_of(chromium, replace(room, at=hosts), room.host) as page:
        await expect(page.locator("[data-tab]")).to_have_count(2)
        await expect(page.locator("[data-sheet]")).to_have_count(2)
        await room.host.post(f"{hosts}do", {"line": f"chat end chat={played.id}"})
        await expect(page.locator("[data-tab]")).to_have_count(1)
        await expect(page.locator("[data-sheet]")).to_have_count(1)
        await expect(page.locator("[data-sheet=room]")).to_be_visible()


async def test_what_one_does_is_seen_though_the_stream_does_not_come_through(
    room: Room, opened: Opens
) -> None:
    ben = await room.house.join("Ben")
    await room.presses(room.host, "room hold Ben")
    await room.says(ben, "Buy this")
    async with opened(room.host) as page:
        await page.route("**/events*", lambda _: None)  # a proxy keeps it until it ends
        await page.reload()
        await page.locator(".m", has_text="Buy this").get_by_text("More").click()
        await page.get_by_role("button", name="Let in").click()
        await expect(page.get_by_text("held back: only hosts and you see it")).to_have_count(0)
        await expect(page.locator(".m", has_text="Buy this")).to_be_visible()


async def test_on_a_wide_screen_the_tabs_of_both_sheets_in_view_are_marked(room: Room, opened: Opens) -> None:
    ana, root = await room.house.join("Ana"), await room.root(1)
    async with opened(ana, "?thread=room") as page:
        marked = (
            "[...document.querySelectorAll('[data-tab]')].filter(one => getComputedStyle(one)"
            ".borderBottomColor !== 'rgba(0, 0, 0, 0)').map(one => one.dataset.tab)"
        )
        assert await page.evaluate(marked) == [str(root), "room"]
        await expect(page.locator(".left")).to_contain_text(":")
        await room.presses(room.host, f"chat end chat={room.chat_id} sure=yes")
        await expect(page.locator(".where b")).to_have_text("Over")
        assert await page.evaluate(marked) == [str(root), "room"]
        await page.set_viewport_size({"width": 390, "height": 844})
        assert await page.evaluate(marked) == ["room"]
