"""From an empty folder to an announced chat: the shipped bot in a process of its own, and its first host."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.visitors import Visitor, Visitors

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTIONS = ("Why?", "How?", "What now?", "Who helps?", "When?", "What is next?")
MOST = 8


@dataclass(slots=True)
class Moderator:
    """Somebody new, whose every form sent and button pressed is counted."""

    visitor: Visitor
    actions: int = 0

    async def opens(self, link: str) -> None:
        """Open a link."""
        self.actions += 1
        await self.visitor.opens(link)

    async def sends(self, button: str, **fields: str) -> None:
        """Fill in the form that is open, by the names of its fields, and send it."""
        page = self.visitor.page
        for name, words in fields.items():
            asked = re.compile(name.replace("_", " "), re.IGNORECASE)
            field, choices = page.get_by_label(asked), page.get_by_role("group", name=asked)
            if await choices.count():
                await choices.get_by_label(words).check()
            elif await field.evaluate("field => field.tagName") == "SELECT":
                await field.select_option(words)
            else:
                await field.fill(words)
        await self.presses(button)

    async def presses(self, button: str) -> None:
        """Press a button that does something."""
        self.actions += 1
        await self.visitor.button(button).last.click()

    async def turns_to(self, form: str) -> None:
        """Follow a button that opens a form: what counts is that it is sent."""
        await self.visitor.link(form).last.click()


@asynccontextmanager
async def shipped(folder: Path) -> AsyncIterator[str]:
    """The bot as it is shipped, in an empty folder and without settings; gives the link that it prints."""
    quiet = {"EDCHAT_DATA_DIR": str(folder), "EDCHAT_WEB_PORT": "0", "EDCHAT_LOG_LEVEL": "warning"}
    out = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "bot", "run")
    process = await asyncio.create_subprocess_exec(*command, env=os.environ | quiet, stdout=out)
    try:
        assert process.stdout is not None
        found = None
        async with asyncio.timeout(60):
            while found is None:
                line = (await process.stdout.readline()).decode()
                assert line, "the bot ended"
                found = re.search(r"http://\S+/in/\S+", line)
        yield found[0]
    finally:
        process.terminate()
        await process.wait()


async def test_eight_actions_lead_from_the_printed_link_to_an_announced_chat(
    tmp_path: Path, come: Visitors
) -> None:
    async with shipped(tmp_path / "data") as link:
        base = link.partition("/in/")[0]
        mo = Moderator(await come(base))
        await mo.opens(link)
        await mo.sends("Continue", your_name="Mo")
        await mo.turns_to("Set up")
        await mo.visitor.page.get_by_role("radio", name="Everybody can read").check()
        await mo.sends("Set it up")
        await mo.turns_to("Weekly chat")
        when = {"when_it_comes": "every Tuesday 8 pm", "its_time_zone": "New York"}
        await mo.sends("Make a weekly chat", what_it_is_called="Weekly EdChat", **when)
        mo.actions += 1  # Yes
        await mo.turns_to("Yes, go on")
        planned = {"what_it_is_about": "Rigor", "the_questions": "\n".join(QUESTIONS)}
        await mo.sends("Keep the plan", **planned)
        await mo.presses("Rehearse")
        answer = mo.visitor.page.get_by_role("region", name="Only you see this")
        await expect(answer).to_contain_text("The rehearsal starts")
        await mo.presses("Announce")
        await expect(mo.visitor.page.get_by_text("Announced in")).to_be_visible()
        assert mo.actions <= MOST
        await stands_announced(mo.visitor)
        await come.leave()


async def stands_announced(mo: Visitor) -> None:
    """Look at the announcement in the room, at the chat's page and at its entry for a calendar."""
    await mo.link("Rooms").click()
    await mo.link("edchat").click()
    announcement = mo.message("Rigor")
    await expect(announcement).to_contain_text("Who helps?")
    await announcement.get_by_role("link", name="/weekly-edchat/").first.click()
    await expect(mo.page.get_by_role("heading", name="Rigor")).to_be_visible()
    await expect(mo.page.get_by_text("Who helps?")).to_be_visible()
    async with mo.page.expect_download() as coming:
        await mo.link("Add to calendar").click()
    calendar = await asyncio.to_thread(Path(await (await coming.value).path()).read_text, "utf-8")
    assert "BEGIN:VEVENT" in calendar
    assert "Rigor" in calendar
