"""Without JavaScript: everything that people read and do, by links and forms alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from tests.journeys.evenings import QUESTIONS, evening
from tests.journeys.visitors import PHONE, Visitor, Visitors

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_without_javascript_one_joins_reads_answers_replies_and_hosts(
    tmp_path: Path, come: Visitors
) -> None:
    async with evening(tmp_path, come) as night:
        ana = await night.guest("Ana", PHONE, scripts=False)
        host = await night.host(scripts=False)
        await host.panel.get_by_role("button", name="Start now").click()
        await host.panel.get_by_role("button", name="Next question").click()
        await expect(told(host)).to_contain_text("Q1")
        await ana.link("Look for new messages").click()
        await expect(ana.page.get_by_role("heading", name=QUESTIONS[0], level=1)).to_be_visible()
        await expect(ana.page.get_by_text(re.compile("min left"))).to_be_visible()
        await answers(ana)
        await asks_the_bot(ana)
        await host.link("Look for new messages").click()
        await host.turns_to("Q1")
        await host.replies("We began with a story", "Which one?")
        await ana.turns_to("Q1")
        await ana.sees("Which one?")


async def answers(ana: Visitor) -> None:
    """Answer by the form, and take back something that was said."""
    await ana.link("Answer").click()
    await ana.page.get_by_label("Your answer to Q1").fill("We began with a story")
    await ana.button("Answer").click()
    await ana.sees("We began with a story")
    await ana.page.reload()
    await ana.finds("We began with a story", "filed under Q1")
    await ana.says("Hello from Leeds")
    await (await ana.more("Hello from Leeds")).get_by_role("button", name="Delete").click()
    await expect(ana.message("Hello from Leeds")).to_have_count(0)


async def asks_the_bot(ana: Visitor) -> None:
    """Type the one command to remember; its answer is for one's own eyes, on the page that comes back."""
    await ana.turns_to("Conversation")
    await ana.page.get_by_label("Say something to everybody here").fill("!edchat")
    await ana.button("Send").click()
    await expect(told(ana)).to_contain_text("Homework")
    await expect(told(ana).get_by_role("button", name="My words")).to_be_visible()
    await ana.link("Put away").click()
    await expect(told(ana)).to_have_count(0)


def told(one: Visitor) -> Locator:
    """What the bot answered to somebody alone."""
    return one.page.get_by_role("region", name="Only you see this")
