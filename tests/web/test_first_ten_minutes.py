"""A moderator's first ten minutes over HTTP, without a script: from the host's link to an announced chat."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from bot.core import sentences
from bot.core.model import ChatState
from tests.support.web_house import Browser, WebHouse, web_house

QUESTIONS = ("Why?", "How?", "What now?", "Who helps?", "When?", "What is next?")


@dataclass(slots=True)
class Moderator:
    """Somebody who presses what the page shows; each form sent and each button pressed is an action."""

    browser: Browser
    at: str
    page: str = ""
    actions: int = 0
    held: dict[str, str] = field(default_factory=dict)

    async def comes(self) -> None:
        """Open the room, and look until the bot's first words stand there."""
        while sentences.SET_UP not in self.page:
            await asyncio.sleep(0.05)
            self.page = (await self.browser.get(self.at)).text

    async def opens(self, label: str) -> None:
        """Follow a button that opens a form."""
        found = re.search(rf'<a class="btn" href="([^"]*/do\?line=[^"]*)">{re.escape(label)}</a>', self.page)
        assert found, f"there is no {label}"
        form = (await self.browser.get(unescape(found[1]))).text
        self.held = {
            name[1]: unescape(value[1]) if (value := re.search(r'value="([^"]*)"', tag)) else ""
            for tag in re.findall(r"<(?:input|select|textarea)[^>]*>", form)
            if 'type="radio"' not in tag or " checked" in tag
            if (name := re.search(r'name="(command|p\.[^"]*)"', tag))
        }

    async def sends(self, **fields: str) -> None:
        """Fill in and send the form that is open."""
        told = {f"p.{name}": text for name, text in fields.items()}
        assert told.keys() <= self.held.keys() | {"p.readers"}
        await self._does(self.held | told)

    async def presses(self, label: str) -> None:
        """Press a button of the newest answer."""
        found = re.findall(rf'<button name="line" value="([^"]*)">{re.escape(label)}</button>', self.page)
        assert found, f"there is no {label}"
        await self._does({"line": unescape(found[-1])})

    async def _does(self, form: dict[str, str]) -> None:
        self.actions += 1
        got = await self.browser.post(f"{self.at}do", form)
        assert got.status == 200, got.text
        self.page = got.text


async def settle_in(house: WebHouse) -> Moderator:
    """Somebody who opened the host's link and gave a name: two actions."""
    async with house.store.begin() as tx:
        await tx.install("address", house.base)
        await tx.post(house.hosts, *sentences.first_words(), "hello", house.site.clock.now())
    ana = Moderator(await house.host("Ana"), f"/room/{house.hosts.native_id}/", actions=2)
    async with asyncio.timeout(20):
        await ana.comes()
    return ana


async def test_eight_actions_lead_from_the_link_to_an_announced_chat(tmp_path: Path) -> None:
    async with web_house(tmp_path, running=True) as house:
        ana = await settle_in(house)
        await ana.opens("Set up")
        assert "p.where" not in ana.held  # there is one room to hold it in
        assert ana.held.get("p.readers") is None
        await ana.sends(readers="public")
        await ana.opens("Weekly chat")
        await ana.sends(title="Weekly EdChat", when="every Tuesday 8 pm", zone="New York")
        ana.actions += 1  # Yes
        await ana.opens("Yes, go on")
        await ana.sends(topic='What is "rigor"?', questions="\n".join(QUESTIONS))
        await ana.presses("Rehearse")
        await ana.presses("Announce")
        assert ana.actions <= 8
        async with house.store.read() as tx:
            [chat, *_] = await tx.coming_in(house.place.id)
        assert (chat.state, chat.topic) == (ChatState.ANNOUNCED, 'What is "rigor"?')
        page = re.search(r'href="([^"]*/weekly-edchat/[^"]*/)"', ana.page)
        assert page, ana.page
        shared = await house.stranger().get(page[1])
        assert (shared.status, "Who helps?" in shared.text) == (200, True)
        calendar = await house.stranger().get(f"{page[1]}event.ics")
        assert (calendar.status, "BEGIN:VEVENT" in calendar.text) == (200, True)
