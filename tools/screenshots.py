"""Takes the README's pictures and the card of links: an evening is played, and a browser looks at it."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bot import logs
from bot.app import App, opened
from bot.demo.evening import Evening, beside, pages
from bot.demo.links import Links, links
from bot.demo.playing import Demo
from bot.settings import Settings
from bot.web.site import STATIC

PICTURES = Path("docs/pictures")
CARD = Path("tools/card.html").resolve().as_uri()
DESK, PHONE = (1280, 800), (390, 844)
WANTED_QUESTION = 4


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: where it is taken, how wide, in which light, of the whole page or its beginning."""

    name: str
    path: str
    size: tuple[int, int] = DESK
    dark: bool = False
    whole: bool = False


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium, without a window where it comes so."""
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if found is None:
        sys.exit("Taking pictures needs Chromium: apt-get install chromium-headless-shell")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


async def taken(browser: Browser, base: str, state: BrowserContext, picture: Picture) -> None:
    """Take one picture with the cookies of somebody who came in."""
    width, height = picture.size
    look = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.dark else "light",
        storage_state=await state.storage_state(),
        device_scale_factor=1,
    )
    page = await look.new_page()
    await page.goto(base + picture.path)
    await page.evaluate("document.fonts.ready")
    await page.wait_for_timeout(300)
    await page.screenshot(path=PICTURES / f"{picture.name}.png", full_page=picture.whole)
    await look.close()


async def card(browser: Browser) -> None:
    """Take the picture that chat apps show beside a link."""
    page = await browser.new_page(viewport={"width": 1200, "height": 630})
    await page.goto(CARD)
    await page.evaluate("document.fonts.ready")
    await page.wait_for_timeout(300)
    await page.screenshot(path=STATIC / "card.png")
    await page.close()


async def came_in(browser: Browser, link: str, name: str) -> BrowserContext:
    """Somebody who opened a link and gave a name."""
    context = await browser.new_context()
    page: Page = await context.new_page()
    await page.goto(link)
    await page.fill("input[name=name]", name)
    await page.click("main button")
    return context


async def evening(folder: Path, browser: Browser) -> None:
    """Play one evening; take the room's pictures in its middle, the archive's at its end."""
    settings = Settings(_env_file=None).model_copy(update={"data_dir": folder, "web_port": 0})
    played = Evening(Demo(seconds=60, people=30), settings)
    await played.prepare()
    async with opened(settings, played.clock()) as app:
        site = await pages(app, settings)
        found = await links(app, site)
        await beside(app, _pictured(app, played, found, browser))
    await played.close()


async def _pictured(app: App, played: Evening, found: Links, browser: Browser) -> None:
    guest = await came_in(browser, found.participant, "Robin")
    host = await came_in(browser, found.host, "Sasha")
    playing = asyncio.create_task(played.play(app, found, None))
    while True:
        async with app.store.read() as tx:
            running = await tx.running(found.running.chat.id)
        if running.chat.asked >= WANTED_QUESTION:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(5)
    room = f"/room/{found.room.native_id}/"
    chat = found.data.removesuffix("chat.json")
    home = chat.split("/", 2)[1]
    await taken(browser, found.base, guest, Picture("room", room))
    await taken(browser, found.base, guest, Picture("room-phone", room, PHONE))
    await taken(browser, found.base, guest, Picture("room-dark", room, PHONE, dark=True))
    await taken(browser, found.base, host, Picture("room-host", room))
    await taken(browser, found.base, guest, Picture("live", f"{chat}live/", PHONE))
    await playing
    await taken(browser, found.base, guest, Picture("chat", chat))
    await taken(browser, found.base, guest, Picture("chat-phone", chat, PHONE, dark=True))
    await taken(browser, found.base, guest, Picture("home", f"/{home}/"))


def main() -> None:
    """Take the pictures."""
    logs.set_up("error")
    PICTURES.mkdir(parents=True, exist_ok=True)

    async def all_of_it() -> None:
        async with chromium() as browser:
            await card(browser)
            with tempfile.TemporaryDirectory() as folder:
                await evening(Path(folder), browser)

    asyncio.run(all_of_it())


if __name__ == "__main__":
    main()
