"""A host plans at the desk by keyboard, and on the night the chat runs as it was planned there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Dialog, Locator, expect

from tests.journeys.evenings import HOME, QUESTIONS, Evening, evening
from tests.journeys.test_by_keyboard import Keyboard
from tests.journeys.visitors import PHONE, Visitor, Visitors

pytestmark = pytest.mark.asyncio(loop_scope="session")

NEW: Final = "Who helped you?"
ORDER: Final = [QUESTIONS[0], NEW, QUESTIONS[1], QUESTIONS[2]]


async def test_a_chat_is_planned_on_the_desk_by_keyboard_and_asks_in_that_order(
    tmp_path: Path, come: Visitors
) -> None:
    async with evening(tmp_path, come, rate=240.0) as night:
        async with night.house.store.begin() as tx:
            await tx.install("address", night.house.base)
        host = await night.host()
        await comes_to_the_desk(host)
        await plans(host)
        await moves_in_german(night, host)
        come.were_told("a dialog", "")
        await runs(night, host)


@pytest.mark.parametrize("width", [PHONE])
async def test_without_scripts_buttons_move_questions_on_a_phone(
    tmp_path: Path, come: Visitors, width: int
) -> None:
    async with evening(tmp_path, come) as night:
        host = await night.host(width=width, scripts=False)
        await host.opens("/desk/")
        await host.page.get_by_role("link", name="Homework", exact=True).click()
        assert await words(host) == list(QUESTIONS)
        await host.page.get_by_label("one more question").fill(NEW)
        await host.page.get_by_role("button", name="Move Q3 up").click()
        assert await words(host) == [QUESTIONS[0], QUESTIONS[2], QUESTIONS[1], NEW]
        assert await times(host) == ["8:06 pm", "8:14 pm", "8:22 pm", "8:30 pm"]
        await expect(host.page.get_by_role("button", name="Move Q1 up")).to_be_disabled()


async def test_the_days_of_a_slow_chat_stay_in_order_while_its_questions_move(
    tmp_path: Path, come: Visitors
) -> None:
    async with evening(tmp_path, come) as night:
        await night.says('series pace daily days="Mon-Sat"', night.house.place)
        host = await night.host()
        await host.opens("/desk/")
        await host.page.get_by_role("link", name="Homework", exact=True).click()
        days = await times(host)
        assert [day.partition(",")[0] for day in days] == ["24 Nov", "25 Nov", "26 Nov"]
        await Keyboard(host).goes_to("Q1")
        await host.page.keyboard.press("Alt+ArrowDown")
        assert await words(host) == [QUESTIONS[1], QUESTIONS[0], QUESTIONS[2]]
        assert await times(host) == days


async def comes_to_the_desk(host: Visitor) -> None:
    """Ask the bot for the link, follow it, and press Continue."""
    page = host.page
    await host.turns_to("Conversation")
    await page.get_by_label("Say something to everybody here").fill("!edchat desk")
    await host.button("Send").click()
    answer = page.get_by_role("region", name="Only you see this")
    await answer.get_by_role("link", name="/in/").click()
    await expect(page.get_by_role("heading", name="To the desk")).to_be_visible()
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("heading", name="The term at a glance")).to_be_visible()
    await page.get_by_role("link", name="Homework", exact=True).click()


async def plans(host: Visitor) -> None:
    """Write one more question, bring it to the second place, and keep it."""
    keys, page = Keyboard(host), host.page
    before = await times(host)
    await keys.goes_to("Q4")
    await page.keyboard.type(NEW)
    assert len(await times(host)) == 4, "the times follow what one types"
    await keys.presses("Add it")
    await expect(page.get_by_role("status").first).to_contain_text("Q4")
    await keys.goes_to("Q4")
    await page.keyboard.press("Alt+ArrowUp")
    await page.keyboard.press("Alt+ArrowUp")
    assert await words(host) == ORDER
    await expect(page.locator(".unsaved")).to_contain_text("Now 2 of 4.")
    assert await keys.stop() == "Q2"
    await keys.presses("Move Q2 up")
    assert (await words(host))[0] == NEW
    assert await keys.stop() == "Move Q1 down"
    await page.keyboard.press("Enter")
    await keys.presses("Save")
    await expect(page.get_by_role("status").first).to_be_visible()
    assert await words(host) == ORDER
    after = await times(host)
    assert after[0] == before[0]
    assert len(set(after)) == 4


async def moves_in_german(night: Evening, host: Visitor) -> None:
    """Move a question on a page in German: the times that follow are written as the page wrote them."""
    before = await in_language(night, host, "de")
    assert all(re.fullmatch(r"\d\d:\d\d", time) for time in before)
    await Keyboard(host).goes_to("Q2")
    await host.page.keyboard.press("Alt+ArrowDown")
    assert (await words(host))[1:3] == [ORDER[2], ORDER[1]]
    assert await times(host) == before
    host.page.once("dialog", leaves)
    await in_language(night, host, "en")
    assert await words(host) == ORDER, "nothing was saved"


async def leaves(asked: Dialog) -> None:
    """Leave a page though not all of it is saved."""
    assert asked.type == "beforeunload"
    await asked.accept()


async def in_language(night: Evening, host: Visitor, language: str) -> list[str]:
    """Load the page again in a language; gives its times."""
    async with night.house.store.begin() as tx:
        await tx.connection.exec_driver_sql(f"UPDATE community SET language = '{language}'")
    await host.page.goto(host.page.url.partition("?")[0])
    return await times(host)


async def runs(night: Evening, host: Visitor) -> None:
    """Begin it, let its hour go by by itself, and read on its page what was asked, in which order."""
    await host.opens(night.room)
    await host.presses("Start now", "begin")
    await expect(host.page.get_by_text("Q4 of 4", exact=True)).to_be_visible(timeout=60_000)
    await host.opens("/desk/")
    await expect(host.page.locator(".week.now")).to_contain_text("Homework")
    reader = await night.reader()
    async with night.house.store.read() as tx:
        chat = await tx.chat(1)
    assert chat is not None
    await reader.opens(f"{HOME}weekly-edchat/{chat.slug}/")
    shown = await reader.page.get_by_role("main").inner_text()
    found = [shown.find(text) for text in ORDER]
    assert -1 not in found
    assert found == sorted(found)


def rows(host: Visitor) -> Locator:
    """The questions of the plan."""
    return host.page.locator(".qs > li")


async def words(host: Visitor) -> list[str]:
    """The questions as they stand in the fields, in their order."""
    fields = rows(host).locator("textarea:not([name=new])")
    return [await fields.nth(place).input_value() for place in range(await fields.count())]


async def times(host: Visitor) -> list[str]:
    """The times of the questions."""
    return await rows(host).locator("time").all_inner_texts()
