"""Somebody half remembers a word of a chat long ago, finds the answer by it, and links it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Final

import pytest
from playwright.async_api import expect
from sqlalchemy import select, update

from bot.core.model import Place
from bot.storage.schema import tables as t
from tests.journeys.visitors import PHONE, Visitors
from tests.support.archive_pages import ArchivePages, archive_pages
from tests.support.archive_seed import NOW, Sower

pytestmark = pytest.mark.asyncio(loop_scope="session")

SPRING: Final = "Beginnings that wake a class"
ANSWER: Final = "We began each lesson with a kaleidoscope of stories"
LATELY: Final = "A kaleidoscope on the desk, and nobody looks out of the window"
QUESTIONS: Final = ("How do you begin?", "What woke them last?")


async def answered(sower: Sower, chat: int, person: int, place: Place, words: str) -> None:
    """Somebody's answer to the second question of a chat that was held."""
    table = t.question
    asked = select(table.c.id, table.c.asked_at).where(table.c.chat_id == chat, table.c.position == 2)
    question = (await sower.tx.connection.execute(asked)).one()
    at = question.asked_at + timedelta(minutes=3)
    message = await sower.say(chat, place, person, words, at, "answer")
    filed = {"message_id": message, "question_id": question.id, "how": "label", "filed_at": at}
    await sower.tx.connection.execute(t.filing.insert().values(**filed))


async def years(pages: ArchivePages) -> None:
    """Chats of eight months, among them last spring's; people spoke of nearly the same lately."""
    archive, places = pages.archive, pages.archive.places
    async with pages.web.store.begin() as tx:
        sower = Sower(tx, NOW, Random(7))
        rows = await tx.connection.execute(select(t.person.c.id).order_by(t.person.c.id))
        people = [row.id for row in rows]
        for days in (243, 236, 229, 222, 40):
            topic, words = (SPRING, ANSWER) if days == 229 else (f"Week {days}", "")
            at = sower.at(-days, 20)
            chat = await sower.held(archive.series, at, topic, QUESTIONS, 6, people, places)
            said = words or (LATELY if days == 40 else "")
            if said:
                await answered(sower, chat, people[7], places[0], said)
            await tx.connection.execute(update(t.chat).where(t.chat.c.id == chat).values(state="sealed"))
            await tx.connection.execute(update(t.step).where(t.step.c.chat_id == chat).values(state="done"))
        await tx.give_addresses()
        tx.stale_communities.add(archive.community.id)


@pytest.mark.parametrize("scripts", [True, False])
async def test_last_springs_chat_is_found_by_half_a_word_and_the_answer_linked(
    tmp_path: Path, come: Visitors, scripts: bool
) -> None:
    async with archive_pages(tmp_path) as pages:
        await years(pages)
        reader = await come(pages.web.base, PHONE, scripts=scripts)
        page = reader.page
        await reader.opens(pages.at("search"))
        await page.get_by_label("What do you remember of it?").fill("kaleid")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("region").filter(has_text="2026").get_by_role("heading")).to_have_text(
            ["Week 40", SPRING]
        )
        found = page.get_by_role("region", name=SPRING)
        await expect(found.locator("mark")).to_have_text(["kaleidoscope"])
        await expect(found.locator("time")).to_contain_text("7 Apr 2026")
        await found.get_by_role("link", name="Samir Haddad, on Q2").click()
        await page.wait_for_url(re.compile("#a-"))
        link = page.url
        await expect(page.locator(":target")).to_contain_text(ANSWER)
        await expect(page.get_by_role("heading", level=1)).to_have_text(SPRING)
        friend = await come(pages.web.base)
        await friend.opens(link)
        await expect(friend.page.locator(":target")).to_contain_text(ANSWER)
        await reader.opens(pages.at("search?q=kaleidoscopes"))
        await expect(page.get_by_role("status")).to_contain_text("Nothing was found.")
        await come.leave()
