"""What one typed survives; what was sent twice stands once; one person's flood stops nobody else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Request, Route, expect

from bot.web.limits import Limits, Rate, Rates
from tests.journeys.evenings import evening
from tests.journeys.visitors import PHONE, Visitors

pytestmark = pytest.mark.asyncio(loop_scope="session")

SAY = "Say something to everybody here"


async def test_unsent_words_survive_a_locked_phone_and_are_gone_once_they_are_sent(
    tmp_path: Path, come: Visitors
) -> None:
    async with evening(tmp_path, come) as night:
        ana = await night.guest("Ana", PHONE)
        await ana.page.get_by_label(SAY).fill("A long thought about homework")
        await ana.shuts_and_opens(night.room)
        await expect(ana.page.get_by_label(SAY)).to_have_value("A long thought about homework")
        await ana.button("Send").click()
        await ana.sees("A long thought about homework")
        await expect(ana.page.get_by_label(SAY)).to_have_value("")
        await ana.page.reload()
        await ana.sees("A long thought about homework")
        await expect(ana.page.get_by_label(SAY)).to_have_value("")


async def test_a_message_whose_answer_was_lost_on_the_way_is_sent_again_and_stands_once(
    tmp_path: Path, come: Visitors
) -> None:
    async with evening(tmp_path, come) as night:
        ana, ben = await night.guest("Ana", PHONE), await night.guest("Ben")
        lost: list[Request] = []

        async def lose(route: Route) -> None:
            await route.fetch()  # it arrives, and the answer does not
            lost.append(route.request)
            await route.abort()

        await ana.page.route("**/say", lose, times=1)
        await ana.page.get_by_label(SAY).fill("Once is enough")
        await ana.button("Send").click()
        await expect(ana.page.get_by_text("That was not sent")).to_be_visible()
        await ben.sees("Once is enough")
        await expect(ana.page.get_by_label(SAY)).to_have_value("Once is enough")
        await ana.button("Send").click()
        await expect(ana.page.get_by_label(SAY)).to_have_value("")
        for one in (ana, ben):
            await one.page.reload()
            await one.sees("Once is enough")
            await expect(one.message("Once is enough")).to_have_count(1)
        assert len(lost) == 1
        come.were_told("net::ERR_FAILED", "/say")


async def test_what_is_filed_while_a_page_is_on_its_way_is_seen_on_it(tmp_path: Path, come: Visitors) -> None:
    async with evening(tmp_path, come) as night:
        ana, ben, host = await night.guest("Ana", PHONE), await night.guest("Ben"), await night.host()
        await host.begins()
        await ana.says("The same at home")
        await ben.sees("The same at home")
        filed = asyncio.Event()

        async def hold(route: Route) -> None:
            await filed.wait()
            await route.continue_()

        await ana.page.route("**/events*", hold, times=1)
        await ana.page.reload()
        await ana.sees("The same at home")
        await host.turns_to("Conversation")
        await host.files("The same at home", "Q1")
        filed.set()
        await ana.finds("The same at home", "filed under Q1")


async def test_an_answer_that_comes_late_takes_nothing_back_of_what_was_seen_meanwhile(
    tmp_path: Path, come: Visitors
) -> None:
    async with evening(tmp_path, come) as night:
        ana, host = await night.guest("Ana", PHONE), await night.host()
        await host.begins()
        seen, answered = asyncio.Event(), asyncio.Event()

        async def hold(route: Route) -> None:
            answer = await route.fetch()
            await seen.wait()
            await route.fulfill(response=answer)
            answered.set()

        await ana.page.route("**/say", hold, times=1)
        await ana.says("The same at home")
        await host.turns_to("Conversation")
        await host.files("The same at home", "Q1")
        await ana.finds("The same at home", "filed under Q1")
        seen.set()
        await answered.wait()
        await expect(ana.page.get_by_label(SAY)).to_have_value("")
        await ana.finds("The same at home", "filed under Q1")


async def test_one_persons_flood_is_slowed_and_another_notices_nothing(
    tmp_path: Path, come: Visitors
) -> None:
    limits = Limits(Rates(send_one=Rate(5, 0.01)))
    async with evening(tmp_path, come, limits=limits) as night:
        ana, ben = await night.guest("Ana", PHONE), await night.guest("Ben")
        for number in range(5):
            await ben.says(f"Buy number {number}")
        await ben.page.get_by_label(SAY).fill("Buy yet another")
        await ben.button("Send").click()
        await expect(ben.page.get_by_text("Your words are kept; send them again in")).to_be_visible()
        await expect(ben.page.get_by_label(SAY)).to_have_value("Buy yet another")
        await ana.says("Good evening")
        await ben.turns_to("Conversation")
        await ben.sees("Good evening")
        come.were_told("429", "/say")
