"""By keyboard alone: every stop can be seen, and none is lost when something arrives."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import expect

from tests.journeys.evenings import QUESTIONS, evening
from tests.journeys.test_afterwards import begun, ends, reads
from tests.journeys.visitors import Visitor, Visitors

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOST: Final = 80
"""Presses of Tab after which something is taken to be out of reach."""
_STOP: Final = """() => {
  const at = document.activeElement;
  const box = at.getBoundingClientRect();
  const style = getComputedStyle(at);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const seen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {
    what: at.tagName,
    name: (at.getAttribute("aria-label") || at.labels?.[0]?.textContent || at.textContent).trim(),
    shown: at !== document.body && box.width > 0 && seen && (ring || style.boxShadow !== "none"),
  };
}"""


class Keyboard:
    """Somebody who has no mouse."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page

    async def stop(self) -> str:
        """The name of what has the focus; it can be seen that it has."""
        at = await self.page.evaluate(_STOP)
        assert at["shown"], f"the focus on {at} cannot be seen"
        return str(at["name"])

    async def goes_to(self, name: str, key: str = "Tab") -> None:
        """Press Tab until something of this name has the focus."""
        for _ in range(MOST):
            await self.page.keyboard.press(key)
            if (await self.stop()).startswith(name):
                return
        raise AssertionError(f"Tab never comes to {name}")

    async def presses(self, name: str) -> None:
        """Go to something and press Enter on it."""
        await self.goes_to(name)
        await self.page.keyboard.press("Enter")


async def test_by_keyboard_alone_one_answers_turns_between_questions_and_files(
    tmp_path: Path, come: Visitors
) -> None:
    async with evening(tmp_path, come) as night:
        ana, ben, host = await night.guest("Ana"), await night.guest("Ben"), await night.host()
        await host.begins()
        await expect(ana.page.get_by_role("heading", name=QUESTIONS[0], level=1)).to_be_visible()
        await ana.opens(night.room)
        await expect(ana.link("Answer")).to_be_visible()
        keys = Keyboard(ana)
        await answers(keys, ben, host)
        await turns_and_talks(keys)
        await files(keys, host)
        await keys.goes_to("Reply to Ben", "Shift+Tab")
        await ben.deletes("Hello Ana")
        await expect(ana.message("Hello Ana")).to_have_count(0)
        await keys.stop()


async def answers(keys: Keyboard, ben: Visitor, host: Visitor) -> None:
    """Skip to the room, open the form and write, while others talk and the chat goes on."""
    box = keys.page.get_by_label("Your answer to Q1")
    await keys.presses("Skip to content")
    await keys.presses("Answer")
    await expect(box).to_be_focused()
    await keys.page.keyboard.type("We began with a story")
    await ben.says("Hello Ana")
    await keys.visitor.sees("Hello Ana")
    await host.presses("+2 min", "has time until")
    await expect(box).to_be_focused()
    await keys.presses("Answer")
    await keys.visitor.finds("We began with a story", "filed under Q1")
    await keys.stop()


async def turns_and_talks(keys: Keyboard) -> None:
    """Turn to the conversation, and say something in it."""
    await keys.goes_to("Conversation", "Shift+Tab")
    await keys.page.keyboard.press("Enter")
    await keys.goes_to("Say something to everybody here")
    await keys.page.keyboard.type("The same at home")
    await keys.page.keyboard.press("Control+Enter")
    await keys.visitor.sees("The same at home")


async def files(keys: Keyboard, host: Visitor) -> None:
    """Open what more can be done with one's own words, and file them, while the chat goes on."""
    await keys.goes_to("More about what Ana said", "Shift+Tab")
    await keys.page.keyboard.press("Enter")
    await host.asks(2)
    await expect(keys.page.get_by_role("heading", name=QUESTIONS[1], level=1)).to_be_visible()
    assert await keys.stop() == "More about what Ana said"
    await keys.presses("File under Q1")
    await keys.visitor.finds("The same at home", "filed under Q1")
    assert await keys.stop() == "Take out of Q1"


async def test_by_keyboard_alone_a_chat_is_read_from_its_hour_to_one_answer(
    tmp_path: Path, come: Visitors
) -> None:
    async with evening(tmp_path, come) as night:
        ana, host = await night.guest("Ana"), await begun(night)
        await ana.answers("Q1", "We began with a story")
        await host.asks(2)
        await ana.answers("Q2", "Cards on every desk")
        await ends(host)
        reader = await night.reader()
        page = await reads(reader)
        await page.reload()
        keys, second = Keyboard(reader), page.get_by_role("region", name=QUESTIONS[1])
        await keys.presses("Skip to the chat")
        await keys.presses("The same as a table")
        await expect(page.get_by_role("table").first).to_be_visible()
        await keys.presses("Q2")
        await expect(second).to_be_in_viewport()
        await keys.goes_to("Report this answer by Ana")
        await expect(second.get_by_role("link", name="Report this answer by Ana")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.get_by_text("Cards on every desk")).to_be_visible()
