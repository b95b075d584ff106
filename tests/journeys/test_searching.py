"""Somebody half remembers a word of a chat long ago, finds the answer by it, and links it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.evenings import HOME, evening
from tests.journeys.visitors import PHONE, Visitor, Visitors

pytestmark = pytest.mark.asyncio(loop_scope="session")

ANSWER = "We began each lesson with a kaleidoscope of stories"


async def answered(ana: Visitor) -> None:
    """Ana answers the first question."""
    await ana.turns_to("Q1")
    await ana.page.get_by_label("Your answer to Q1").fill(ANSWER)
    await ana.button("Answer").click()
    await ana.finds(ANSWER, "filed under Q1")


@pytest.mark.parametrize("scripts", [True, False])
async def test_last_springs_chat_is_found_by_half_a_word_and_the_answer_linked(
    tmp_path: Path, come: Visitors, scripts: bool
) -> None:
    async with evening(tmp_path, come) as night:
        ana, host = await night.guest("Ana"), await night.host()
        await host.begins()
        await answered(ana)
        reader = await night.reader(PHONE, scripts=scripts)
        page = reader.page
        await reader.opens(f"{HOME}search")
        await page.get_by_label("What do you remember of it?").fill("lesson kaleid")
        await page.keyboard.press("Enter")
        found = page.get_by_role("region", name="Homework")
        await expect(found.locator("mark")).to_have_text(["lesson", "kaleidoscope"])
        await found.get_by_role("link", name="Ana, on Q1").click()
        link = page.url
        assert "#a-" in link
        await expect(page.locator(":target")).to_contain_text(ANSWER)
        friend = await night.reader()
        await friend.opens(link)
        await expect(friend.page.locator(":target")).to_contain_text(ANSWER)
        await reader.opens(f"{HOME}search?q=kaleidoscopes")
        await expect(page.get_by_role("status")).to_contain_text("Nothing was found.")
