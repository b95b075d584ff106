"""After the hour: late answers, answers put elsewhere, words that are forgotten, and readers who follow."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.evenings import HOME, QUESTIONS, Evening, evening
from tests.journeys.visitors import PHONE, Visitor, Visitors

pytestmark = pytest.mark.asyncio(loop_scope="session")

ANSWER = "We began each lesson with a story"


async def begun(night: Evening) -> Visitor:
    """A host who began the chat and asked its first question."""
    host = await night.host()
    await host.begins()
    return host


async def ends(host: Visitor) -> None:
    """The host ends the hour."""
    await host.panel.get_by_role("link", name="End", exact=True).click()
    await host.button("Yes, end the hour now").click()
    await expect(host.page.get_by_role("heading", name="the hour is over")).to_be_visible()


async def reads(reader: Visitor) -> Page:
    """Somebody goes from the front page to the page of the chat."""
    await reader.opens(HOME)
    await reader.page.get_by_role("main").get_by_role("link", name="Homework").first.click()
    await expect(reader.page.get_by_role("heading", name="Homework")).to_be_visible()
    return reader.page


async def under(page: Page, number: int) -> str:
    """What stands under a question on the page of the chat."""
    question = page.get_by_role("region", name=QUESTIONS[number - 1])
    return await question.inner_text() if await question.count() else ""


@pytest.mark.slow
async def test_a_late_answer_stands_on_the_page_of_the_chat(tmp_path: Path, come: Visitors) -> None:
    async with evening(tmp_path, come) as night:
        ana, host = await night.guest("Ana", PHONE), await begun(night)
        await ends(host)
        reader = await night.reader()
        page = await reads(reader)
        assert ANSWER not in await under(page, 1)
        await ana.turns_to("Q1")
        await ana.page.get_by_label("Your answer to Q1").fill(ANSWER)
        await ana.button("Answer").click()
        await ana.finds(ANSWER, "filed under Q1")
        async with asyncio.timeout(15):
            while ANSWER not in await under(page, 1):  # it is drawn a moment later
                await page.reload()


@pytest.mark.slow
async def test_an_answer_that_a_host_moves_stands_under_its_other_question_everywhere(
    tmp_path: Path, come: Visitors
) -> None:
    async with evening(tmp_path, come) as night:
        ana, host = await night.guest("Ana", PHONE), await begun(night)
        await host.asks(2)
        await ana.answers("Q2", ANSWER)
        await host.turns_to("Q2")
        await host.files(ANSWER, "Q1")
        await expect(ana.message(ANSWER)).to_have_count(0)
        await ana.turns_to("Q1")
        await ana.finds(ANSWER, "filed under Q1")
        await ends(host)
        page = await reads(await night.reader())
        assert ANSWER in await under(page, 1)
        assert ANSWER not in await under(page, 2)


async def test_who_asks_to_be_forgotten_is_gone_from_room_page_data_and_feed(
    tmp_path: Path, come: Visitors
) -> None:
    async with evening(tmp_path, come) as night:
        ana, ben, host = await night.guest("Ana Lund", PHONE), await night.guest("Ben"), await begun(night)
        await ana.answers("Q1", ANSWER)
        await ben.turns_to("Q1")
        await ben.sees(ANSWER)
        await ends(host)
        page = await reads(await night.reader())
        copies = [page.url, f"{page.url}chat.json", f"{page.url}chat.md", f"{page.url}chat.csv"]
        feeds = [f"{night.house.base}{HOME}feed.atom", f"{night.house.base}{HOME}feed.json"]
        assert all([ANSWER in await fetched(page, one) for one in copies])
        before = [await fetched(page, one) for one in feeds]
        await forgets(ana)
        come.were_told("403", "/room/")
        await expect(ben.message(ANSWER)).to_have_count(0)
        for one in copies:
            assert not re.search(f"{ANSWER}|Ana Lund", await fetched(page, one))
        after = [await fetched(page, one) for one in feeds]
        assert after != before
        assert not any(re.search(f"{ANSWER}|Ana Lund", one) for one in after)


async def forgets(ana: Visitor) -> None:
    """Somebody asks in My words to be forgotten."""
    await ana.link("My words").click()
    await ana.page.get_by_text("Forget me…").click()
    await ana.button("Yes, forget me").click()
    await expect(ana.page.get_by_role("heading", name="Done")).to_be_visible()
    await ana.opens("/room/")
    await expect(ana.page.get_by_text("You are in no room on this device.")).to_be_visible()


async def fetched(page: Page, url: str) -> str:
    """What stands at an address now."""
    return await (await page.request.get(url)).text()


async def test_who_follows_live_is_led_into_the_archive_when_the_hour_is_over(
    tmp_path: Path, come: Visitors
) -> None:
    async with evening(tmp_path, come, rate=60, minutes=10) as night:
        ana, host = await night.guest("Ana"), await night.host()
        reader = await night.reader(PHONE)
        await host.presses("Start now", "begin")
        await reader.opens(HOME)
        await reader.link("Follow along").click()
        await expect(reader.page.get_by_role("heading", name=QUESTIONS[0])).to_be_visible()
        await ana.link("Answer").click()
        await ana.page.get_by_label("Your answer to Q").fill(ANSWER)
        await ana.button("Answer").click()
        await expect(reader.page.get_by_text(ANSWER)).to_be_visible()
        await reader.page.wait_for_url(re.compile(r"/weekly-edchat/[\d-]+/$"))
        await expect(reader.page.get_by_text(ANSWER)).to_be_visible()
        await expect(reader.link("Print or PDF")).to_be_visible()
