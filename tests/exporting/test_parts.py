"""A chat with more answers than one page shows, as files: each is searched, and a link to it leads on."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.core.archive.parts import MOST
from bot.exporting.places import file_of
from bot.exporting.site import export_site
from tests.exporting.houses import files_in, folder_of, settings_of, told_by
from tests.support.archive_pages import archive_pages

pytestmark = pytest.mark.slow

BASE: Final = "https://chat.example.org"
STANDS: Final = re.compile(r'<div class="a" id="a-([\w-]+)"')
LEADS: Final = re.compile(r'<a href="([^"#]+)#(q\d+)">')
TOLD: Final = re.compile(r'<script type="application/ld\+json">(.*?)</script>')


@dataclass(frozen=True, slots=True)
class Copy:
    """What lies in a copy, the path of its long chat, and that of its community."""

    files: dict[str, bytes]
    chat: str
    top: str
    folder: Path

    def read(self, part: str) -> str:
        """A page of the long chat."""
        return self.files[f"{self.chat}/{part}index.html"].decode()

    def said(self, public_id: str) -> str:
        """Everything from one answer to the next, on whatever page it stands."""
        pages = [body.decode() for name, body in self.files.items() if name.endswith("/index.html")]
        found = next(page for page in pages if f'<div class="a" id="a-{public_id}"' in page)
        return found.partition(f'id="a-{public_id}"')[2].partition('id="a-')[0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def copy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Copy]:
    """A copy of an archive in which one chat is read in two parts; its last question is in the second."""
    folder: Path = tmp_path_factory.mktemp("parts")
    async with archive_pages(folder / "data", answers=MOST + 160) as pages:
        await export_site(settings_of(folder_of(pages.web.store)), folder / "copy", None, BASE)
        chat = pages.at(await pages.page(pages.archive.held)).strip("/")
        yield Copy(files_in(folder / "copy"), chat, pages.at("").strip("/"), folder / "copy")


def _plain(words: str) -> str:
    """The letters alone, without a page's elements."""
    return re.sub(r"<[^>]*>|[\W_]", "", words)


def test_every_answer_of_a_long_chat_is_searched_and_has_its_link_in_a_copy(copy: Copy) -> None:
    first, later = (STANDS.findall(copy.read(part)) for part in ("", "page-2/"))
    assert (len(set(first) - set(later)) >= MOST, len(set(later) - set(first)) > 1) == (True, True)
    for part, ids in (("", first), ("page-2/", later)):
        for one in ids:
            leads = copy.files[f"{copy.top}/a/{one}/index.html"].decode()
            assert f"/{copy.chat.partition('/')[2]}/{part}index.html#a-{one}" in leads, one
    index = b"".join(told_by(name, body) for name, body in copy.files.items() if ".pf_fragment" in name)
    assert all(f'"a-{one}"'.encode() in index for one in later)


@pytest.mark.asyncio(loop_scope="session")
async def test_a_long_chat_is_found_once_with_its_day_and_no_answer_runs_into_the_next(
    chromium: Browser, copy: Copy
) -> None:
    page = await chromium.new_page()
    await page.goto(f"{(copy.folder / copy.top / 'search/index.html').as_uri()}?q=sentence")
    chats = page.locator("#found > li")
    await expect(page.locator("#said")).to_have_text("3 chats were found.")
    await expect(chats).to_have_count(3)
    [long] = [one for one in await chats.all_inner_texts() if one.startswith("Feedback that moves")]
    assert "Weeknight Inquiry, Tue 17 Nov 2026, 8:00 pm ET" in long
    for one in await chats.nth(0).locator("ul > li").all():
        [answer] = re.findall(r"#a-([\w-]+)", await one.locator("a").get_attribute("href") or "")
        words = await one.locator("p").first.inner_text()
        words = words if words.startswith("…") else words.partition(". ")[2]  # without who said it
        assert "sentence" in await one.locator("mark").first.inner_text()
        assert _plain(words) in _plain(copy.said(answer)), words
    await page.close()


def test_the_address_of_each_question_in_a_copys_data_leads_to_its_part(copy: Copy) -> None:
    parts = {}
    for question in json.loads(copy.files[f"{copy.chat}/chat.json"])["questions"]:
        address = urlsplit(question["url"])
        assert (question["url"].startswith(f"{BASE}/"), address.query) == (True, "")
        [(to, anchor)] = LEADS.findall(copy.files[file_of(address.path)].decode())
        part = to.removeprefix("../").removesuffix("index.html")
        assert (anchor, f'id="{anchor}"' in copy.read(part)) == (address.fragment, True)
        parts[question["number"]] = part
    assert (parts[1], parts[6]) == ("", "page-2/")


def test_whatever_a_copy_says_of_its_own_addresses_is_a_file_in_it(copy: Copy) -> None:
    told = set(re.findall(r'"url":"([^"]+)"', TOLD.findall(copy.read(""))[0]))
    told |= set(re.findall(r'og:image" content="([^"]+)"', copy.read("")))
    assert any("/page-2/#a-" in one for one in told)
    for address in map(urlsplit, told):
        assert (address.query, file_of(address.path) in copy.files) == ("", True), address
