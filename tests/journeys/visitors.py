"""People at browsers: what they see and press by its name, and every fault that they meet."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

from tests.support.chromium import PATIENCE

PHONE: Final = 390
DESK: Final = 1280

_WATCH: Final = """
document.addEventListener("securitypolicyviolation", (no) => {
  console.error(`policy: ${no.violatedDirective} ${no.blockedURI} ${no.sourceFile}:${no.lineNumber}`);
});
"""


@dataclass(slots=True)
class Visitor:
    """Somebody at a browser."""

    page: Page
    browser: BrowserContext
    base: str
    name: str = ""
    back: str = ""
    """The personal link by which they come back."""

    async def opens(self, path: str) -> None:
        """Open a page."""
        await self.page.goto(path if path.startswith("http") else self.base + path)

    async def joins(self, link: str, name: str) -> None:
        """Come into a room by its link."""
        await self.opens(link)
        await self.page.get_by_label("Your name").fill(name)
        await self.button("Join").click()
        self.name = name
        self.back = await self.page.get_by_role("link", name="/in/").inner_text()
        await self.link("To the room").click()
        await expect(self.page.get_by_role("navigation", name="Questions and conversation")).to_be_visible()
        await self.page.wait_for_load_state()  # from now on its scripts keep what is typed

    async def becomes_host(self, link: str, name: str) -> None:
        """Become a host by a one-time link."""
        await self.opens(link)
        await self.page.get_by_label("Your name").fill(name)
        await self.button("Continue").click()
        self.name = name

    async def shuts_and_opens(self, path: str) -> None:
        """Close the page, and open another in the same browser."""
        await self.page.close()
        self.page = await self.browser.new_page()
        await self.opens(path)

    def button(self, name: str) -> Locator:
        """A button with these words."""
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        """A link with these words."""
        return self.page.get_by_role("link", name=name, exact=True)

    @property
    def panel(self) -> Locator:
        """What hosts can press."""
        return self.page.get_by_role("region", name="For hosts")

    def tab(self, label: str) -> Locator:
        """The tab of a question or of the conversation."""
        tabs = self.page.get_by_role("navigation", name="Questions and conversation")
        return tabs.get_by_role("link", name=re.compile(rf"^{label}\b"))

    def sheet(self, label: str) -> Locator:
        """A question's answers, or the conversation."""
        return self.page.get_by_role("region", name=re.compile(rf"^{label}\b"))

    def message(self, words: str, label: str = "") -> Locator:
        """What somebody said, wherever it can be seen; with a label under that question alone."""
        within = self.sheet(label) if label else self.page.get_by_role("main")
        said = within.get_by_role("listitem").filter(has=self.page.get_by_label("link to what"))
        return said.filter(has_text=words, visible=True)

    def time_left(self) -> Locator:
        """How long the question is on yet, as the page counts it down."""
        return self.page.get_by_text(re.compile(r"^\d+:\d\d left$"))

    async def turns_to(self, label: str) -> None:
        """Turn to a question or to the conversation."""
        await self.tab(label).click()
        await expect(self.tab(label)).to_have_attribute("aria-current", "page")

    async def sees(self, words: str, label: str = "") -> None:
        """See that somebody said this; with a label under that question."""
        await expect(self.message(words, label).first).to_be_visible()

    async def says(self, words: str) -> None:
        """Say something to everybody."""
        await self.turns_to("Conversation")
        await self.page.get_by_label("Say something to everybody here").fill(words)
        await self.button("Send").click()
        await self.sees(words)

    async def answers(self, label: str, words: str) -> None:
        """Press Answer, and answer the question that is on."""
        await self.link("Answer").click()
        await self.page.get_by_label(f"Your answer to {label}").fill(words)
        await self.button("Answer").click()
        await self.finds(words, f"filed under {label}")

    async def finds(self, words: str, mark: str) -> None:
        """See a mark at something that was said."""
        await expect(self.message(words).get_by_text(mark, exact=True).first).to_be_visible()

    async def replies(self, words: str, reply: str) -> None:
        """Reply to something that was said."""
        await self.message(words).get_by_role("link", name="Reply to").first.click()
        await self.page.get_by_label("Your reply to").fill(reply)
        await self.button("Reply").click()
        await expect(self.page.get_by_label("Your reply to")).to_have_count(0)
        await self.sees(reply)

    async def rewrites(self, words: str, better: str) -> None:
        """Change one's own words."""
        await (await self.more(words)).get_by_role("link", name="Edit").click()
        await expect(self.page.get_by_label("Your words")).to_have_value(words)
        await self.page.get_by_label("Your words").fill(better)
        await self.button("Change").click()
        await expect(self.page.get_by_label("Your words")).to_have_count(0)
        await self.finds(better, "edited")

    async def files(self, words: str, label: str) -> None:
        """File one's own words under a question, or, as a host, somebody's; they stand there then."""
        await (await self.more(words)).get_by_role("button", name=f"File under {label}").click()
        await self.turns_to(label)
        await self.finds(words, f"filed under {label}")

    async def deletes(self, words: str) -> None:
        """Take one's own words back."""
        await (await self.more(words)).get_by_role("button", name="Delete").click()
        await expect(self.message(words)).to_have_count(0)

    async def more(self, words: str) -> Locator:
        """Open what more can be done with something that was said."""
        said = self.message(words).first
        if not await said.get_by_role("group").get_by_role("button", name="Delete").is_visible():
            await said.get_by_label("More about").click()
        return said

    async def presses(self, label: str, reply: str) -> None:
        """Press a button of the hosts' panel, and read what the bot answers to them alone."""
        await self.panel.get_by_role("button", name=label).click()
        await expect(self.page.get_by_role("region", name="Only you see this")).to_contain_text(reply)

    async def begins(self) -> None:
        """As a host, begin the chat and ask its first question."""
        await self.presses("Start now", "begin")
        await self.asks(1)

    async def asks(self, number: int) -> None:
        """As a host, ask the next question, and see that it stands there."""
        await self.presses("Next question", f"Q{number} is going out")
        await expect(self.page.get_by_text(re.compile(rf"^Q{number} of \d+$"))).to_be_visible()


@dataclass(slots=True)
class Visitors:
    """Lets people come, and notes their faults."""

    browser: Browser
    faults: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    async def __call__(self, base: str, width: int = DESK, *, scripts: bool = True) -> Visitor:
        """Somebody with a browser that was never here, on a phone or at a desk."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": 844},
            has_touch=width == PHONE,
            is_mobile=width == PHONE,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        context.on("request", lambda asked: self._asked(base, asked))
        context.on("console", partial(Visitors._said, self))
        context.on("weberror", lambda no: self.faults.append(f"{no.page and no.page.url}: {no.error}"))
        context.on("dialog", lambda box: self.faults.append(f"a dialog: {box.message}"))
        await context.add_init_script(_WATCH)
        return Visitor(await context.new_page(), context, base)

    def were_told(self, fault: str, path: str) -> None:
        """Take note that a request to this path failed as it should; one that did not is a fault."""
        found = [one for one in self.faults if fault in one and one.endswith(path)]
        assert found, f"nobody was told {fault} by {path}: {self.faults}"
        self.faults.remove(found[0])

    async def leave(self) -> None:
        """Let everybody close their browser."""
        while self._contexts:
            await self._contexts.pop().close()

    def _asked(self, base: str, asked: Request) -> None:
        if not asked.url.startswith((f"{base}/", "data:", "blob:")):
            self.faults.append(f"a request elsewhere: {asked.url}")

    def _said(self, line: ConsoleMessage) -> None:
        if line.type in {"error", "warning", "assert"}:
            self.faults.append(f"{line.text} at {line.location.get('url')}")


@asynccontextmanager
async def visitors(browser: Browser) -> AsyncIterator[Visitors]:
    """People who come to one journey; none of them may have met a fault."""
    people = Visitors(browser)
    yield people
    await people.leave()
    assert people.faults == []
