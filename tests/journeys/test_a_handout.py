"""For a staff meeting: somebody who missed the chat chooses answers on its page and prints one sheet."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.evenings import QUESTIONS, Evening, evening
from tests.journeys.test_afterwards import begun, ends, forgets, reads
from tests.journeys.visitors import Visitor, Visitors
from tests.support.paper import FORMATS, pages_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

STORY, SONG, CARDS = "We began each lesson with a story", "We sang the times tables", "Cards on every desk"


async def held(night: Evening) -> Visitor:
    """A chat in which two people answered; gives one of them."""
    ana, ben, host = await night.guest("Ana Lund"), await night.guest("Ben"), await begun(night)
    await ana.answers("Q1", STORY)
    await ben.answers("Q1", SONG)
    await host.asks(2)
    await ana.answers("Q2", CARDS)
    await ends(host)
    return ana


async def test_a_reader_chooses_answers_and_prints_them_on_one_sheet_that_others_can_open(
    tmp_path: Path, come: Visitors
) -> None:
    async with evening(tmp_path, come) as night:
        ana = await held(night)
        reader = await night.reader(scripts=False)
        page = await reads(reader)
        await reader.link("Handout").click()
        await page.get_by_role("group", name=QUESTIONS[0]).get_by_role("checkbox", name=STORY).check()
        await page.get_by_role("group", name=QUESTIONS[1]).get_by_role("checkbox", name=CARDS).check()
        await reader.button("Make the handout").click()
        await sheet_has(reader, [STORY, CARDS], [SONG])
        assert [pages_of(await page.pdf(format=paper)) for paper in FORMATS] == [1, 1]

        colleague = await night.reader()
        await colleague.opens(page.url)
        await sheet_has(colleague, [STORY, CARDS], [SONG])
        await colleague.link("Choose other answers").click()
        await colleague.page.get_by_role("checkbox", name=CARDS).uncheck()
        await colleague.page.get_by_role("checkbox", name=SONG).check()
        await expect(colleague.page.get_by_text("2 of 24 chosen")).to_be_visible()
        await colleague.button("Make the handout").click()
        await sheet_has(colleague, [STORY, SONG], [CARDS, QUESTIONS[1]])

        await forgets(ana)
        come.were_told("403", "/room/")
        await colleague.page.reload()
        await sheet_has(colleague, [SONG], [STORY, "Ana Lund"])
        await expect(colleague.page.get_by_text("1 chosen answer is not to be read here")).to_be_visible()


async def sheet_has(reader: Visitor, there: list[str], not_there: list[str]) -> None:
    """See a sheet with these words and without those."""
    sheet = reader.page.get_by_role("article", name="Homework")
    for words in there:
        await expect(sheet.get_by_text(words)).to_be_visible()
    for words in not_there:
        await expect(sheet.get_by_text(words)).to_have_count(0)
