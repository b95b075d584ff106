"""Follows the links of the pages from the first one on, and writes each page as a file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from bot.core.archive.folding import ALIKE, UNSPACED
from bot.core.model import Community
from bot.exporting.folder import Folder
from bot.exporting.places import address_of, file_of, is_search, link_to, needs_the_bot
from bot.exporting.rewriting import DROPPED, restyled, rewritten
from bot.exporting.searching import FOLDER, FOUND
from bot.exporting.visit import Answer, visit
from bot.web.app import pages_app
from bot.web.site import Site

Step = Callable[[str], None]
"""Is told of each page."""

_HTML: Final = "text/html"
_CHAT: Final = re.compile(r"(?P<top>.*)/[^/]+/\d{4}-\d\d-\d\d(-\d+)?/(?P<part>\?page=\d+)?")
"""The address of a chat's own page, or of a part of it."""
_ANSWER: Final = re.compile(r'<div class="a" id="a-([\w-]{1,64})"')
_QUESTION: Final = re.compile(r'<li><a href="((?:\?page=\d+)?)#(q\d+)"')
"""A question in the list on a chat's own page, with the part in which it begins."""
_TOLD: Final = re.compile(r'<script type="application/ld\+json">.*?</script>', re.DOTALL)
_PART: Final = r'{base}[^"\s?]*/)\?page=(\d+)'
_CARD: Final = re.compile(r'<meta property="og:image" content="([^"]+)"')
_MAIN: Final = '<main id="main"'
_LED_ON: Final = range(300, 400)


class Crawl:
    """The pages of one export: which are known, which lie there, which lead nowhere."""

    def __init__(self, site: Site, made: Folder) -> None:
        self._site, self._made, self._app = site, made, pages_app(site)
        self._known: set[str] = set()
        self._waiting: list[str] = []
        self._lost: set[str] = set()
        self._linked_from: dict[str, set[str]] = {}
        self._written: set[str] = set()

    @property
    def pages(self) -> int:
        """How many pages lie there."""
        return len(self._written)

    async def follow(self, address: str, step: Step) -> None:
        """Write a page, and every page that is linked from there on."""
        self._meet(address)
        while self._waiting:
            page = self._waiting.pop()
            step("pages")
            await self._write(page)

    def search_page(self, community: Community) -> None:
        """Write the page on which a community's chats are searched."""
        address = self._site.path(community, "search")
        letters = {"alike": json.dumps(ALIKE), "unspaced": json.dumps(UNSPACED)}
        page = self._site.html("copy_search.html", community=community, reader=None, **letters)
        self._page(address, page)

    def lead(self, address: str, to: str) -> None:
        """Write a file that leads on to another page."""
        target, _, fragment = to.partition("#")
        link = link_to(file_of(target), file_of(address), fragment)
        self._made.write(file_of(address), self._site.page("moved.html", to=link))

    async def mend(self) -> None:
        """Write those pages again that link to what turned out not to be there."""
        again = {page for lost in self._lost for page in self._linked_from.get(lost, ())}
        for page in sorted(again):
            await self._write(page)

    def _meet(self, address: str) -> None:
        if address not in self._known:
            self._known.add(address)
            self._waiting.append(address)

    async def _write(self, address: str) -> None:
        pieces: list[bytes] = []
        # Data may be long and is written as it comes; a page is changed whole.
        if file_of(address).endswith(".html"):
            answer = await visit(self._app, address, pieces.append)
            self._answered(address, answer, b"".join(pieces))
            return
        with self._made.opened(file_of(address)) as file:
            take = pieces.append if address.endswith(".css") else file.write
            answer = await visit(self._app, address, take)
            file.write(restyled(b"".join(pieces).decode(), partial(self._led, address)).encode())
        if answer.status != 200:
            self._lose(address)
            self._made.remove(file_of(address))

    def _answered(self, address: str, answer: Answer, body: bytes) -> None:
        if answer.status in _LED_ON:
            self._led_on(address, answer.headers["location"])
        elif answer.status != 200 or answer.kind != _HTML:
            self._lose(address)
        else:
            self._written.add(address)
            self._page(address, body.decode())

    def _page(self, address: str, page: str) -> None:
        chat = _CHAT.fullmatch(address)
        if chat:
            page = page.replace(_MAIN, f'<main {FOUND} id="main"', 1)
            self._permalinks(chat["top"], address, page)
        if chat and not chat["part"]:
            self._meet(f"{address.removesuffix('/').rpartition('/')[0]}/latest/")
            self._questions(address, page)
        for card in _CARD.findall(page):
            self._led(address, card)
        part = re.compile(_PART.format(base=f"({re.escape(self._site.base_url)}"))
        page = _TOLD.sub(lambda told: part.sub(r"\1page-\2/", told[0]), page)
        whole = rewritten(page, partial(self._led, address), partial(self._asked, address))
        self._made.write(file_of(address), whole.encode())

    def _permalinks(self, top: str, address: str, page: str) -> None:
        """Let links to single answers that were given away lead on."""
        for public_id in _ANSWER.findall(page):
            self.lead(f"{top}/a/{public_id}", f"{address}#a-{public_id}")

    def _questions(self, address: str, page: str) -> None:
        """Let addresses of questions lead to the part in which each begins."""
        for part, question in _QUESTION.findall(page):
            self.lead(f"{address}?page={question}", f"{address}{part}#{question}")

    def _led_on(self, address: str, location: str) -> None:
        found = address_of(location, address, self._site.base_url)
        if found is None or needs_the_bot(found[0]):
            self._lose(address)
            return
        self._meet(found[0])
        self.lead(address, f"{found[0]}#{found[1]}" if found[1] else found[0])

    def _lose(self, address: str) -> None:
        self._lost.add(address)

    def _led(self, here: str, link: str) -> str | None:
        """Where a link on a page leads in the export."""
        found = address_of(link, here, self._site.base_url)
        if found is None:
            return link
        address, fragment = found
        if needs_the_bot(address):
            return DROPPED
        if address in self._lost:
            return None
        if not is_search(address) and f"/{FOLDER}/" not in address:
            self._linked_from.setdefault(address, set()).add(here)
            self._meet(address)
        elif is_search(address):
            address = urlsplit(address).path
        return link_to(file_of(address), file_of(here), fragment)

    def _asked(self, here: str, action: str) -> str | None:
        """Where a form leads: to the search, or nowhere."""
        found = address_of(action, here, self._site.base_url)
        return self._led(here, action) if found is not None and is_search(found[0]) else None
