"""A copy's search takes letters for the same that the live one does, and shows them as they were written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.core.archive.folding import signs_named
from bot.exporting import searching
from bot.exporting.site import export_site
from tests.exporting.houses import files_in, folder_of, settings_of, told_by
from tests.support.archive_pages import archive_pages

pytestmark = pytest.mark.slow

ARABIC: Final = "أنا أنتظر الإجابة مع المُدَرِّسة ـ مســـؤول جدا"
UNSPACED: Final = (
    "今日は日本語を勉強します。ガス、日本語 again on tatami",
    "我们的课堂很好。Python课堂 today",
    "ครูสอนภาษาไทยที่นี่",
)
GERMAN: Final = "Die lange Straße am Fluss entlang"
WORDS: Final = "UPDATE message SET text = :words, body_html = '<p>' || :words || '</p>' WHERE id = :id"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def copy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    """Where a copy lies in which people wrote Arabic, German, Japanese, Chinese and Thai."""
    folder: Path = tmp_path_factory.mktemp("letters")
    async with archive_pages(folder / "data", answers=12) as pages:
        for number, words in enumerate((ARABIC, GERMAN, *UNSPACED), 1):
            await pages.change(WORDS, words=words, id=number)
        await export_site(settings_of(folder_of(pages.web.store)), folder / "copy", None, None)
        yield folder / "copy" / pages.at("").strip("/")


async def finds(chromium: Browser, copy: Path, typed: str, marked: list[str]) -> None:
    """Search a copy from the disk: one chat is found, so marked, and the field says again what was typed."""
    page = await chromium.new_page()
    await page.goto(f"{(copy / 'search/index.html').as_uri()}?q={typed}")
    await expect(page.locator("#said")).to_have_text("One chat was found.")
    await expect(page.locator("#found mark")).to_have_text(marked)
    await expect(page.get_by_role("searchbox")).to_have_value(typed)
    await page.close()


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("انتظر", ["أنتظر"]),
        ("أنتظر", ["أنتظر"]),
        ("الاجابه", ["الإجابة"]),
        ("المدرسة", ["المُدَرِّسة"]),
        ("مسوول", ["مســـؤول"]),
        ("مســـــؤول", ["مســـؤول"]),
        ('"انا انتظر الإجابة"', ["أنا", "أنتظر", "الإجابة"]),
        ("STRASSE", ["Straße"]),
        ("straße", ["Straße"]),
        ("strass", ["Straße"]),
        ("fluß", ["Fluss"]),
    ],
)
async def test_words_are_found_however_their_letters_are_written(
    chromium: Browser, copy: Path, typed: str, marked: list[str]
) -> None:
    await finds(chromium, copy, typed, marked)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("日本語", ["日本語", "日本語"]),
        ("勉強", ["勉強"]),
        ("語を", ["語を"]),
        ("ガ", ["ガ"]),
        ("tatami 日本語 勉強", ["日本語", "勉強", "日本語", "tatami."]),
        ('"again on tatami"', ["again", "on", "tatami."]),
        ('"日本語 again"', ["日本語", "日本語", "again"]),
        ("课堂", ["课堂", "课堂"]),
        ("课堂。", ["课堂", "课堂"]),
        ("Python", ["。Python"]),
        ("python课堂", ["课堂", "。Python课堂"]),
        ("ไทย", ["ไทย"]),
        ("ที่นี่", ["ที่นี่."]),
    ],
)
async def test_words_are_found_inside_a_sentence_without_spaces(
    chromium: Browser, copy: Path, typed: str, marked: list[str]
) -> None:
    await finds(chromium, copy, typed, marked)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    "typed", ["ـ", "كلمة", "strudel", "カス", "本日", "ガス日本", "日本語 strudel", "勉強 课学", "theory"]
)
async def test_what_is_not_there_is_not_found(chromium: Browser, copy: Path, typed: str) -> None:
    page = await chromium.new_page()
    await page.goto(f"{(copy / 'search/index.html').as_uri()}?q={typed}")
    await expect(page.locator("#said")).to_have_text("Nothing was found.")
    await page.close()


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("typed", ["STRASSE", "straße", "fluß"])
async def test_in_a_german_copy_a_sharp_s_is_found_without_a_second_index(
    chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.delattr(searching, "_show_as_written")
    async with archive_pages(tmp_path / "data", answers=12) as pages:
        await pages.change(WORDS, words=GERMAN, id=1)
        await pages.change("UPDATE community SET language = 'de'")
        await export_site(settings_of(folder_of(pages.web.store)), tmp_path / "copy", None, None)
        top = tmp_path / "copy" / pages.at("").strip("/")
    page = await chromium.new_page()
    await page.goto(f"{(top / 'search/index.html').as_uri()}?q={typed}")
    await expect(page.locator("#found mark")).to_have_text(["Fluss" if typed == "fluß" else "Straße"])
    await page.close()


def test_what_people_wrote_is_told_as_they_wrote_it(copy: Path) -> None:
    shown = [told_by(f"/pagefind/{name}", body) for name, body in files_in(copy / "pagefind").items()]
    shown = [one.replace("\u200b".encode(), b"") for one in shown]
    for words in (ARABIC, GERMAN, *UNSPACED):
        assert sum(words.encode() in one for one in shown) == 1, words
    assert [one.name for one in copy.parent.iterdir() if one.name.startswith("tmp")] == []


def test_where_places_do_not_fit_the_words_of_the_index_are_shown_in_their_signs() -> None:
    plain = {"content": f"one {signs_named('日本')} two", "anchors": [{"id": "a-1", "location": 3}]}
    theirs = {"content": "one日本", "anchors": [{"id": "a-1", "location": 1}], "url": "/one"}
    shown = searching._shown(theirs, plain)
    assert (shown["content"].split(), shown["url"]) == (["one", "日", "本", "two"], "/one")
    assert shown["anchors"] == plain["anchors"]
