"""The desk in a real browser: what its scripts add, and that nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Dialog, Page, expect

from tests.web.room_setting import Room, open_room

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path, asked=0) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def plan(chromium: Browser, room: Room) -> AsyncIterator[Page]:
    """The plan of the chat to come in its host's browser."""
    context = await chromium.new_context()
    for name, value in room.host.cookies.items():
        await context.add_cookies([{"name": name, "value": value, "url": room.house.base}])
    page = await context.new_page()
    await page.goto(f"{room.house.base}/desk/{room.house.community.slug}/chat/{room.chat_id}/")
    yield page
    await context.close()


async def test_whoever_leaves_a_plan_that_is_not_saved_is_asked_first(plan: Page) -> None:
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    plan.on("dialog", stay)
    await plan.locator("#t1").click()
    await plan.locator("#t1").press_sequentially("Indeed: ")
    await expect(plan.locator(".unsaved")).to_have_text("Not saved yet.")
    at = plan.url
    async with plan.expect_event("dialog"):
        await plan.evaluate("setTimeout(() => location.assign('/desk/'))")
    assert asked == ["beforeunload"]
    assert plan.url == at
    await expect(plan.locator("#t1")).to_have_value(re.compile("Indeed: "))


async def test_a_plan_that_is_saved_or_untouched_is_left_without_a_question(plan: Page) -> None:
    asked: list[str] = []

    async def go(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.accept()

    plan.on("dialog", go)
    await plan.locator("#t1").fill("What went well?")
    await plan.get_by_role("button", name="Save").first.click()
    await expect(plan.locator(".unsaved")).to_be_empty()
    await expect(plan.locator("#t1")).to_have_value("What went well?")
    await plan.reload()
    await expect(plan.locator("#t1")).to_have_value("What went well?")
    assert asked == []
