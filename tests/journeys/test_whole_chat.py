"""A whole chat: two who take part and a host, on phones and at desks; each sees what the others do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.evenings import HOME, QUESTIONS, evening
from tests.journeys.visitors import DESK, PHONE, Visitor, Visitors

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("hosting", "taking_part"), [(DESK, PHONE), pytest.param(PHONE, DESK, marks=pytest.mark.slow)]
)
async def test_two_people_and_a_host_hold_a_chat_and_everybody_sees_it_as_it_happens(
    tmp_path: Path, come: Visitors, hosting: int, taking_part: int
) -> None:
    async with evening(tmp_path, come) as night:
        ana, ben = await night.guest("Ana", taking_part), await night.guest("Ben", taking_part)
        host = await night.host(width=hosting)
        await introduce(ana, ben, host)
        await answer(ana, ben, host)
        await change_their_minds(ana, ben)
        await steer(ana, host)
        await end(ana, ben, host)
        for one in (ana, ben, host):
            assert not await one.page.evaluate("document.documentElement.scrollWidth > innerWidth")


async def introduce(ana: Visitor, ben: Visitor, host: Visitor) -> None:
    """The welcome, an introduction that the others see come, and the first question with its time."""
    await ben.page.evaluate("window.same = true")
    await host.presses("Start now", "begin")
    await ana.says("Hello, I am Ana and teach maths in Leeds")
    await ben.turns_to("Conversation")
    await ben.sees("Hello, I am Ana")
    await host.asks(1)
    for one in (ana, ben, host):
        await expect(one.page.get_by_role("heading", name=QUESTIONS[0], level=1)).to_be_visible()
        await expect(one.time_left()).to_be_visible()
    assert await ben.page.evaluate("window.same") is True


async def answer(ana: Visitor, ben: Visitor, host: Visitor) -> None:
    """An answer by the form, one by its label, a reply, and words that a host files with one tap."""
    await ana.answers("Q1", "We began each lesson with a story")
    await ben.turns_to("Q1")
    await ben.sees("We began each lesson", "Q1")
    await ben.says("A1: Fewer slides, more talk")
    await ben.finds("Fewer slides", "filed under Q1")
    await ben.turns_to("Q1")
    await ben.replies("We began each lesson", "Who chooses the story?")
    await ana.sees("Who chooses the story?", "Q1")
    await ana.finds("Who chooses the story?", "to Ana")
    await ana.says("The class chooses it, one table each week")
    await host.panel.get_by_text("1 message may be an answer").click()
    await host.presses("The class chooses it", "Filed under Q1")
    await ana.finds("The class chooses it", "filed under Q1")


async def change_their_minds(ana: Visitor, ben: Visitor) -> None:
    """Words that their writer files, edits and deletes, before the other's eyes."""
    await ben.says("I agree with Ana")
    await ana.turns_to("Conversation")
    await ana.sees("I agree with Ana")
    await ben.files("I agree with Ana", "Q1")
    await ana.finds("I agree with Ana", "filed under Q1")
    await think_better_of_it(ben)
    await ben.rewrites("I agree with Ana", "I agree with Ana and Mo")
    await ana.finds("I agree with Ana and Mo", "edited")
    await ben.turns_to("Conversation")
    await ben.says("This is nothing")
    await ana.sees("This is nothing")
    await ben.deletes("This is nothing")
    await expect(ana.message("This is nothing")).to_have_count(0)


async def think_better_of_it(ben: Visitor) -> None:
    """Begin a reply, look elsewhere, and let it be: the form is for answers again."""
    await ben.turns_to("Q1")
    await ben.message("We began each lesson").get_by_role("link", name="Reply to").first.click()
    await expect(ben.page.get_by_label("Your reply to Ana")).to_be_visible()
    await ben.turns_to("Conversation")
    await ben.turns_to("Q1")
    await ben.link("Never mind").click()
    await expect(ben.page.get_by_label("Your answer to Q1")).to_be_visible()
    await ben.turns_to("Conversation")


async def steer(ana: Visitor, host: Visitor) -> None:
    """More time, a pause, on, and the next question, at which somebody comes late and catches up."""
    before = await ana.time_left().inner_text()
    await host.presses("+2 min", "has time until")
    await expect(ana.time_left()).not_to_have_text(re.compile(rf"^{before.partition(':')[0]}:"))
    await host.presses("Pause", "aused")
    await expect(ana.page.get_by_text("Paused", exact=True)).to_be_visible()
    await host.presses("Resume", "on")
    await expect(ana.time_left()).to_be_visible()
    await host.asks(2)
    await expect(ana.page.get_by_role("heading", name=QUESTIONS[1], level=1)).to_be_visible()
    await ana.page.get_by_text("Catch up", exact=True).click()
    await expect(ana.page.get_by_role("link", name=f"Q2 {QUESTIONS[1]}")).to_be_visible()
    await ana.page.get_by_role("link", name=f"Q1 {QUESTIONS[0]}").click()
    await ana.sees("We began each lesson", "Q1")
    await ana.answers("Q2", "The seating plan")


async def end(ana: Visitor, ben: Visitor, host: Visitor) -> None:
    """The end, which everybody sees, and the page of the chat with every answer."""
    await host.panel.get_by_role("link", name="End", exact=True).click()
    await host.button("Yes, end the hour now").click()
    for one in (ana, ben, host):
        await expect(one.page.get_by_role("heading", name="the hour is over")).to_be_visible()
    await ben.opens(HOME)
    await ben.page.get_by_role("link", name="Homework").first.click()
    for words in ("We began each lesson", "Fewer slides", "Who chooses the story?", "The class chooses it"):
        await expect(ben.page.get_by_text(words)).to_be_visible()
    await expect(ben.page.get_by_text("I agree with Ana and Mo")).to_be_visible()
    await expect(ben.page.get_by_text("This is nothing")).to_have_count(0)
    await expect(ben.page.get_by_text("teach maths in Leeds")).to_have_count(0)


async def test_an_answer_by_its_label_is_seen_under_its_question_too(tmp_path: Path, come: Visitors) -> None:
    async with evening(tmp_path, come) as night:
        ana, ben, host = await night.guest("Ana", PHONE), await night.guest("Ben"), await night.host()
        await host.begins()
        await ana.turns_to("Q1")
        await ben.says("A1: Fewer slides, more talk")
        await ana.sees("Fewer slides", "Q1")
        await ana.page.reload()
        await ana.sees("Fewer slides", "Q1")
