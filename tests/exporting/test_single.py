"""One chat as a single page: nothing is loaded from anywhere, and only these readers' words are in it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import html5lib
import pytest
import pytest_asyncio

from bot.core.model import Refused
from bot.exporting.chat import Wish, export_chat
from bot.settings import Settings
from tests.exporting.houses import folder_of, settings_of, words_of
from tests.support.whole_house import WholeHouse, whole_house

DAY = "2026-11-17"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WholeHouse]:
    async with whole_house(tmp_path_factory.mktemp("single") / "data") as made:
        yield made


def settings_for(house: WholeHouse, **more: str) -> Settings:
    return settings_of(folder_of(house.pages.web.store), **more)


async def written(house: WholeHouse, file: Path, form: str, readers: str, **more: str) -> str:
    await export_chat(settings_for(house, **more), Wish("inquirychat", DAY, form, readers), file)
    return words_of(file)


async def test_the_page_needs_no_other_file(house: WholeHouse, tmp_path: Path) -> None:
    more = {"web_base_url": "https://chat.example.org"}
    page = await written(house, tmp_path / "chat.html", "html", "members", **more)
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(page)
    assert [code for _, code, _ in parser.errors] == []
    assert not [one for one in tree.iter("script") if one.get("src")]
    assert not list(tree.iter("form"))
    links = [one.get("href") for one in tree.iter("a")]
    assert links
    assert [one for one in links if not re.match(r"https://|mailto:|#", one)] == []
    assert {one.get("rel") for one in tree.iter("link")} == {"canonical"}
    assert set(re.findall(r'url\("?([a-z]+):', page)) == {"data"}
    assert "font-family" in page
    assert not re.search(r"/room/|/report|/live/", page)


async def test_a_chat_is_also_meant_by_the_day_on_which_it_stood_before_it_was_moved(
    house: WholeHouse, tmp_path: Path
) -> None:
    left = (house.pages.archive.held, "2001-01-01", "2026-11-01 20:00:00.000000")
    async with house.pages.web.store.begin() as tx:
        await tx.connection.exec_driver_sql("INSERT INTO former_address VALUES (?, ?, ?)", left)
    wish = Wish("inquirychat", "2001-01-01", "md", "public")
    await export_chat(settings_for(house), wish, tmp_path / "chat.md")
    assert words_of(tmp_path / "chat.md") == await written(house, tmp_path / "same.md", "md", "public")


async def test_without_an_address_of_the_archive_links_into_it_are_words(
    house: WholeHouse, tmp_path: Path
) -> None:
    page = await written(house, tmp_path / "chat.html", "html", "members")
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    links = [one.get("href") for one in tree.iter("a")]
    assert [one for one in links if not re.match(r"https?://|mailto:|#", one)] == []


@pytest.mark.parametrize("more", [{}, {"web_base_url": "https://chat.example.org"}])
async def test_a_time_leads_to_its_answer_within_the_file(
    house: WholeHouse, tmp_path: Path, more: dict[str, str]
) -> None:
    page = await written(house, tmp_path / "chat.html", "html", "members", **more)
    linked = re.findall(r'id="a-([\w-]+)"><a class="t" href="#a-([\w-]+)"', page)
    assert len(linked) > 20
    assert [one for one, there in linked if one != there] == []
    assert page.count('<a class="t" href="#a-') == page.count('class="t"')


@pytest.mark.parametrize("form", ["html", "md", "json", "csv"])
@pytest.mark.parametrize(
    ("readers", "eyes"), [("public", "stranger"), ("members", "member"), ("hosts", "host")]
)
async def test_only_words_for_these_eyes_are_in_it(
    house: WholeHouse, tmp_path: Path, form: str, readers: str, eyes: str
) -> None:
    text = await written(house, tmp_path / f"chat.{form}", form, readers)
    told = {kept.words for kept in house.kept if kept.words in text}
    allowed = {kept.words for kept in house.kept if eyes in kept.readers.split()}
    assert told <= allowed
    staff = next(kept.words for kept in house.kept if "inthestaffroom" in kept.words)
    assert (staff in text) == (readers != "public")


@pytest.mark.parametrize("form", ["html", "md"])
async def test_who_may_not_read_it_gets_no_file(house: WholeHouse, tmp_path: Path, form: str) -> None:
    series, day = house.chats["members-held"].strip("/").split("/")
    wish = Wish(series, day, form, "public")
    with pytest.raises(Refused, match="There is no weekly chat"):
        await export_chat(settings_for(house), wish, tmp_path / "chat")
    assert not (tmp_path / "chat").exists()
