"""A host sorts a chat at the desk, by keys or by buttons alone, and lets out a page that shows just that."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Locator, Page, expect

from tests.journeys.evenings import HOME, QUESTIONS, Evening, evening
from tests.journeys.test_afterwards import reads
from tests.journeys.test_by_keyboard import Keyboard
from tests.journeys.visitors import PHONE, Visitor, Visitors
from tests.support.web_house import Browser

pytestmark = pytest.mark.asyncio(loop_scope="session")

STORY, PHONES, SILENCE = "Story circles worked", "Phones in the break did not", "I try silence next"
CHAT: Final = "Sorry, my connection is so slow tonight"
SNACKS, PUPIL, RUDE = "A1: Snacks worked", "A1: Timmy Miller cried again", "A1: None of your business"


async def said(night: Evening) -> None:
    """An hour in which two people spoke, most of it without labels; its page stays with its hosts."""
    await night.says("series edit publish-at-once=no")
    ana, ben = await night.house.join("Ana Lund"), await night.house.join("Ben")
    await night.says("chat start", night.house.place)
    while not await live(night):  # noqa: ASYNC110 - nothing rings when a step was taken
        await asyncio.sleep(0.05)
    for words in ((STORY, SNACKS, PUPIL, RUDE), (PHONES, CHAT), (SILENCE,)):
        await night.says("chat next", night.house.place)
        for one in words:
            await says(night, ben if one.startswith("A1") else ana, one)
    await night.says("chat end sure=yes", night.house.place)
    await report(night, ana, PUPIL, "She names a child of my class.")


async def live(night: Evening) -> bool:
    """Whether the hour has begun."""
    async with night.house.store.read() as tx:
        chat = await tx.last_begun(night.house.place.id)
    return chat is not None


async def says(night: Evening, who: Browser, words: str) -> None:
    """Say something to everybody, and let it be heard."""
    await who.post(f"{night.room}say", {"text": words, "thread": "room"})
    while not await found(night, words):
        await night.house.app.inbox.sweep()


async def found(night: Evening, words: str) -> str:
    """The id under which words are reported, once they were heard and drawn."""
    async with night.house.store.read() as tx:
        rows = await tx.connection.exec_driver_sql(
            "SELECT public_id FROM message WHERE text = ? AND body_html IS NOT NULL", (words,)
        )
        row = rows.first()
    return row.public_id if row else ""


async def report(night: Evening, who: Browser, words: str, reason: str) -> None:
    """Ask the hosts to remove something."""
    got = await who.post(f"{HOME}a/{await found(night, words)}/report", {"reason": reason})
    assert got.status == 200, got.text


async def under(page: Page, number: int) -> str:
    """What stands under a question on the chat's page, folded or not; only what is out can be reported."""
    shown = await page.get_by_role("region", name=QUESTIONS[number - 1]).text_content() or ""
    return shown.replace("Report", "")


def lying(host: Visitor, words: str) -> Locator:
    """A message in the open heap."""
    return host.page.locator(".heap > li", has_text=words)


async def told(host: Visitor, words: str) -> None:
    """Hear what came of it."""
    await expect(host.page.locator("#told")).to_contain_text(words)


async def to_the_chat(host: Visitor) -> None:
    """Go from the term to what was said in the chat."""
    await host.opens("/desk/")
    await host.page.get_by_role("link", name="Homework", exact=True).click()
    await expect(host.page.get_by_role("heading", name="To sort")).to_be_visible()


async def sorts_by_key(host: Visitor) -> None:
    """File three messages, take one back, file it elsewhere, and leave the rest with the conversation."""
    keys, page = Keyboard(host), host.page
    await keys.goes_to("To sort")
    await page.keyboard.press("j")
    await expect(lying(host, STORY)).to_be_focused()
    await page.keyboard.press("1")
    await told(host, "Filed under Q1: “Story circles worked”")
    await expect(lying(host, PHONES)).to_be_focused()
    await page.keyboard.press("1")
    await told(host, "Filed under Q1: “Phones")
    await expect(lying(host, CHAT)).to_be_focused()
    for key, at in (("j", SILENCE), ("k", CHAT), ("j", SILENCE)):
        await page.keyboard.press(key)
        await expect(lying(host, at)).to_be_focused()
    await page.keyboard.press("3")
    await told(host, "Filed under Q3")
    await page.keyboard.press("u")
    await told(host, "Taken back: “I try silence next”; it is conversation again.")
    await expect(lying(host, SILENCE)).to_be_focused()
    await page.keyboard.press("3")
    await told(host, "Filed under Q3")
    await expect(lying(host, CHAT)).to_be_focused()


async def picks_and_hides_by_key(host: Visitor) -> None:
    """Among the answers to the first question: move one on, pick one, hide one with a reason."""
    keys, page = Keyboard(host), host.page
    await keys.goes_to("Q1", "Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Q1")).to_be_visible()
    await keys.goes_to("Q1")
    for _ in range(5):
        await page.keyboard.press("j")
    await expect(lying(host, PHONES)).to_be_focused()
    await page.keyboard.press("2")
    await told(host, "Filed under Q2: “Phones")
    await expect(lying(host, RUDE)).to_be_focused()
    await page.keyboard.press("h")
    await page.keyboard.type("It is rude")
    await page.keyboard.press("Enter")
    await told(host, "Readers no longer see that message.")
    for _ in range(3):
        await page.keyboard.press("k")
    await expect(lying(host, STORY)).to_be_focused()
    await page.keyboard.press("p")
    await told(host, "Picked as one of the good bits.")
    await expect(lying(host, STORY)).to_contain_text("★ picked")
    await expect(lying(host, STORY)).to_be_focused()


async def rather_does_not_erase(host: Visitor) -> None:
    """What erases asks at the message, and tells of nothing that was not done."""
    asks = host.page.locator("#said")
    await lying(host, SNACKS).get_by_text("Hide, message of Ben").click()
    await lying(host, SNACKS).get_by_role("button", name="Erase it for good").click()
    await expect(lying(host, SNACKS).locator("#said")).to_be_focused()
    await expect(asks).to_contain_text("Erase “A1: Snacks worked” for good?")
    await expect(host.page.locator("#told")).to_be_empty()
    await asks.get_by_role("link", name="No").click()
    await expect(asks).to_have_count(0)
    await expect(lying(host, SNACKS)).to_be_focused()


async def undoes_at_the_bar(host: Visitor) -> None:
    """What was hidden comes back from where it was told; the bar goes by itself, but from nobody's hands."""
    page, told_there = host.page, host.page.locator("#told")
    undo = page.locator(".told").get_by_role("button", name="Undo")
    await page.clock.install()
    await page.reload()
    await lying(host, SNACKS).get_by_text("Hide, message of Ben").click()
    await lying(host, SNACKS).get_by_role("button", name="Hide it").click()
    await told(host, "Readers no longer see that message.")
    await expect(undo).to_be_in_viewport(ratio=1)
    await undo.focus()
    await page.clock.fast_forward(40_000)
    await expect(told_there).to_contain_text("Readers no longer see")
    await page.keyboard.press("Enter")
    await told(host, "Taken back")
    await expect(undo).to_have_count(0)
    await expect(lying(host, SNACKS)).to_be_focused()
    await page.clock.fast_forward(40_000)
    await expect(told_there).to_be_empty()


async def erases_for_good(host: Visitor) -> None:
    """What is gone for good cannot be taken back: the bar offers not to take back what was done before it."""
    await host.page.get_by_role("link", name=re.compile("^To sort")).click()
    await lying(host, CHAT).get_by_text("Hide, message of Ana Lund").click()
    await lying(host, CHAT).get_by_role("button", name="Erase it for good").click()
    await lying(host, CHAT).get_by_role("button", name="Yes, erase it").click()
    await told(host, "It is erased for good.")
    assert await host.page.locator(".told button").count() == 0
    await expect(host.page.locator("#sort").get_by_role("button", name="Undo")).to_be_visible()


async def settles_by_key(host: Visitor) -> None:
    """Hide what somebody asked to remove."""
    keys, page = Keyboard(host), host.page
    await host.opens("/desk/")
    await keys.presses("What readers reported")
    await expect(lying(host, PUPIL)).to_contain_text("She names a child of my class.")
    await keys.presses("Hide, message of Ben")
    await keys.goes_to("Why")
    await page.keyboard.type("A pupil's name")
    await keys.presses("Hide it")
    await expect(page.get_by_role("status").first).to_contain_text("Readers no longer see that message.")
    await expect(page.get_by_text("Nothing waits for you.")).to_be_visible()


async def test_by_keys_a_host_sorts_settles_previews_and_publishes(tmp_path: Path, come: Visitors) -> None:
    async with evening(tmp_path, come) as night:
        await said(night)
        host, reader = await night.host(), await night.reader()
        await to_the_chat(host)
        await sorts_by_key(host)
        await picks_and_hides_by_key(host)
        await rather_does_not_erase(host)
        await undoes_at_the_bar(host)
        await erases_for_good(host)
        await settles_by_key(host)
        await to_the_chat(host)
        await Keyboard(host).presses("See it as a reader")
        await expect(host.page.get_by_role("complementary", name="Preview")).to_contain_text(
            "not published yet"
        )
        seen = [await under(host.page, number) for number in (1, 2, 3)]
        await Keyboard(host).presses("Back to the desk")
        await expect(host.page.get_by_role("heading", name="To sort")).to_be_visible()
        await Keyboard(host).presses("Publish")
        await expect(host.page.get_by_role("status").first).to_contain_text("is published")
        page = await reads(reader)
        assert [await under(page, number) for number in (1, 2, 3)] == seen
        for number, there, not_there in (
            (1, (STORY, "host’s pick", "Snacks worked"), (PHONES, "Timmy", "None of your business")),
            (2, (PHONES,), (STORY, CHAT)),
            (3, (SILENCE,), (CHAT,)),
        ):
            assert [one for one in there if one not in seen[number - 1]] == []
            assert [one for one in not_there if one in seen[number - 1]] == []


@pytest.mark.slow
async def test_on_a_phone_without_scripts_buttons_do_the_same(tmp_path: Path, come: Visitors) -> None:
    async with evening(tmp_path, come) as night:
        await said(night)
        host, reader = await night.host(width=PHONE, scripts=False), await night.reader()
        await to_the_chat(host)
        await lying(host, PHONES).get_by_role("button", name="Q2", exact=True).click()
        await expect(host.page.get_by_role("status").first).to_contain_text("Filed under Q2")
        await expect(host.page).to_have_url(re.compile(r"#m\d+$"))
        await lying(host, STORY).get_by_role("button", name="Q3", exact=True).click()
        await host.button("Undo").last.click()
        await expect(host.page.get_by_role("status").first).to_contain_text("it is conversation again")
        await host.page.get_by_role("link", name=re.compile("^Q1")).click()
        await lying(host, PUPIL).get_by_text("Hide, message of Ben").click()
        await lying(host, PUPIL).get_by_label("Why, for hosts only").fill("A pupil")
        await lying(host, PUPIL).get_by_role("button", name="Hide it").click()
        await lying(host, SNACKS).get_by_role("button", name="Pick").click()
        await expect(lying(host, SNACKS)).to_contain_text("★ picked")
        await host.button("Publish").click()
        page = await reads(reader)
        first, second = await under(page, 1), await under(page, 2)
        assert ("Snacks worked" in first, "host’s pick" in first, "Timmy" in first) == (True, True, False)
        assert (PHONES in second, STORY in first + second) == (True, False)
