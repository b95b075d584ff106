"""What only the bot answers with, in every width and light: no barriers, nothing cut off, nothing covered."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import expect

from tests.journeys.evenings import evening
from tests.journeys.visitors import PHONE, Visitor, Visitors
from tests.support.looks import barriers_on

pytestmark = pytest.mark.asyncio(loop_scope="session")

EDGES: Final = """
[".tabs .on", "[data-tab=room]"].map((one) => document.querySelector(one).getBoundingClientRect().toJSON())
"""


async def sends(who: Visitor, button: str, **fields: str) -> None:
    """Fill in the form of this page, and send it."""
    for name, words in fields.items():
        await who.page.locator(f'main [name$="{name}"]').last.fill(words)
    await who.button(button).click()


async def asks_for_help(host: Visitor) -> None:
    """Get the longest reply there is."""
    await sends(host, "Send", text="!edchat help")
    await expect(host.page.get_by_role("region", name="Only you see this")).to_contain_text("Show")


@pytest.mark.slow
async def test_what_the_bot_answers_has_no_barrier(tmp_path: Path, come: Visitors) -> None:
    found = []
    async with evening(tmp_path, come) as night:
        host, ana = await night.host(), await night.guest("Ana")
        await host.opens(f"{night.room}do?line=series%20create")
        await sends(host, "Make a weekly chat", title="Another chat", when="whenever it suits")
        await expect(host.page.get_by_role("alert")).to_be_visible()
        found += await barriers_on(host.page)
        come.were_told("422", f"{night.room}do")
        await host.opens(f"{night.room}?thread=room")
        await asks_for_help(host)
        found += await barriers_on(host.page)
        await ana.opens(f"{night.room}words")
        await sends(ana, "Use it", pseudonym="Anne")
        await expect(ana.page.get_by_role("main")).to_contain_text("Anne")
        found += await barriers_on(ana.page)
        await sends(ana, "Leave me out")
        await expect(ana.button("Let me back in")).to_be_visible()
        found += await barriers_on(ana.page)
        await ana.page.get_by_text("Forget me…").click()
        await sends(ana, "Yes, forget me")
        await expect(ana.page.get_by_role("heading", name="Done")).to_be_visible()
        found += await barriers_on(ana.page)
    assert found == []


async def test_a_long_reply_leaves_the_talk_and_the_way_to_write_in_view(
    tmp_path: Path, come: Visitors
) -> None:
    async with evening(tmp_path, come) as night:
        host = await night.host(width=PHONE)
        await asks_for_help(host)
        for width, height in ((PHONE, 844), (1280, 800), (1280, 620)):
            await host.page.set_viewport_size({"width": width, "height": height})
            await expect(host.button("Send")).to_be_in_viewport(ratio=1)
            below = await host.page.evaluate("document.scrollingElement.scrollHeight - innerHeight")
            assert below <= 0, f"{width} x {height}: {below} below the window"


async def test_on_a_phone_the_question_that_is_on_is_never_covered_by_another_tab(
    tmp_path: Path, come: Visitors
) -> None:
    async with evening(tmp_path, come) as night:
        for number in range(4, 10):
            await night.says(f"question add Question number {number}?", night.house.place)
        host, ana = await night.host(), await night.guest("Ana", PHONE)
        await host.begins()
        for number in range(2, 10):
            await host.asks(number)
        await ana.turns_to("Q1")
        await expect(ana.tab("Q9")).to_have_class("on")
        on, talk = await ana.page.evaluate(EDGES)
        assert 0 <= on["left"] < on["right"] <= talk["left"] + 1
        assert talk["right"] <= PHONE
