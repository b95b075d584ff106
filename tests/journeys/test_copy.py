"""A copy of the archive, opened from a disk without any bot: a word is searched, and the answer is found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.exporting.site import export_site
from tests.exporting.houses import settings_of
from tests.journeys.evenings import QUESTIONS, Evening, evening
from tests.journeys.test_afterwards import begun, ends
from tests.journeys.visitors import PHONE, Visitors
from tests.support.looks import LIGHTS, SCRIPT

pytestmark = pytest.mark.asyncio(loop_scope="session")

ANSWER = "We began each lesson with the zeppelin story"
OTHER = "Fewer slides, and 1 < 2"


async def kept(night: Evening, folder: Path, copy: Path) -> str:
    """Hold a chat, and keep a copy of the archive; gives where it lies."""
    ana, host = await night.guest("Ana Łuk", PHONE), await begun(night)
    await ana.answers("Q1", ANSWER)
    await host.asks(2)
    await ana.answers("Q2", OTHER)
    await ends(host)
    await export_site(settings_of(folder), copy, None, None)
    return copy.as_uri()


async def searches(page: Page, words: str) -> None:
    """Type words into the search of the copy."""
    await page.get_by_role("searchbox").fill(words)
    await page.get_by_role("button", name="Search", exact=True).click()
    await expect(page.get_by_role("status")).to_have_text(re.compile(r"found\.$"))


async def test_a_copy_is_read_and_searched_from_the_disk_after_the_bot_is_gone(
    tmp_path: Path, come: Visitors
) -> None:
    async with evening(tmp_path / "data", come) as night:
        base = await kept(night, tmp_path / "data", tmp_path / "copy")
    reader = await come(base)
    await reader.opens("/index.html")
    page = reader.page
    await page.get_by_role("main").get_by_role("link", name="Homework").first.click()
    await expect(page.get_by_role("region", name=QUESTIONS[0])).to_contain_text(ANSWER)
    await page.get_by_role("link", name="Search this copy").click()
    await searches(page, "zepp")
    await expect(page.get_by_role("status")).to_have_text("One chat was found.")
    await expect(page.locator("mark")).to_have_text("zeppelin")
    await page.get_by_role("list").get_by_role("link", name="Homework").click()
    await expect(page.locator(":target")).to_contain_text(ANSWER)
    await expect(page.locator(":target")).to_be_in_viewport()
    assert page.url.startswith(base)


@pytest.mark.slow
async def test_words_of_any_kind_can_be_searched_in_a_copy_on_a_phone(tmp_path: Path, come: Visitors) -> None:
    async with evening(tmp_path / "data", come) as night:
        base = await kept(night, tmp_path / "data", tmp_path / "copy")
    reader = await come(base, PHONE)
    page = reader.page
    await reader.opens("/maths-chat/search/index.html")
    for words in ("łuk", '"zeppelin story"', "lessons", "zep", "homew story", "slides", "stories", "ands"):
        await searches(page, words)
        await expect(page.get_by_role("status")).to_have_text("One chat was found.")
    await expect(page.get_by_role("main")).to_contain_text("1 < 2")
    await page.evaluate(SCRIPT)
    for light in LIGHTS:
        await page.emulate_media(color_scheme=light)
        # From a disk nobody may fetch a style sheet, nor may the one who looks for barriers.
        found = await page.evaluate("axe.run({resultTypes: ['violations'], preload: false})")
        assert found["violations"] == []
    for words in ("<script>alert(1)</script>xyzzy", "qqqqqq", "theory", "zeppelin qqqqqq"):
        await searches(page, words)
        await expect(page.get_by_role("status")).to_have_text("Nothing was found.")
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.slow
async def test_a_copy_can_be_read_without_scripts(tmp_path: Path, come: Visitors) -> None:
    async with evening(tmp_path / "data", come) as night:
        base = await kept(night, tmp_path / "data", tmp_path / "copy")
    reader = await come(base, scripts=False)
    await reader.opens("/index.html")
    await expect(reader.page).to_have_title(re.compile("Maths Chat"))
    await reader.page.get_by_role("main").get_by_role("link", name="Homework").first.click()
    await expect(reader.page.get_by_role("main")).to_contain_text(ANSWER)
    await reader.opens("/maths-chat/search/index.html")
    await expect(reader.page.get_by_text("it is a script that searches, and scripts are off")).to_be_visible()
