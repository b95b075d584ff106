"""What machines ask for: robots.txt, the sitemap, and whether the bot is well."""

from __future__ import annotations

import json
import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.model import Visibility
from tests.support.archive_pages import ArchivePages, archive_pages
from tests.support.archive_seed import NOW
from tests.support.web_house import Got

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[ArchivePages]:
    async with archive_pages(tmp_path) as opened:
        await opened.change("UPDATE step SET state = 'done' WHERE due_at < :now", now=NOW)
        yield opened


async def ask(pages: ArchivePages, path: str) -> Got:
    return await pages.web.stranger().get(path)


async def mapped(pages: ArchivePages) -> dict[str, str | None]:
    got = await ask(pages, "/sitemap.xml")
    assert got.headers["content-type"] == "application/xml; charset=utf-8"
    return {str(url.findtext(f"{MAP}loc")): url.findtext(f"{MAP}lastmod") for url in ET.fromstring(got.body)}


async def test_search_engines_may_come_where_something_is_public_and_for_them(pages: ArchivePages) -> None:
    robots = (await ask(pages, "/robots.txt")).text
    assert "Disallow: /\n" not in robots
    assert "Disallow: /room/\n" in robots
    assert f"Sitemap: {pages.web.base}/sitemap.xml\n" in robots
    await pages.change("UPDATE series SET indexable = 0")
    assert (await ask(pages, "/robots.txt")).text == "User-agent: *\nDisallow: /\n"
    assert await mapped(pages) == {}


@pytest.mark.parametrize("visibility", [Visibility.OFF, Visibility.MEMBERS, Visibility.LINK])
async def test_what_is_not_public_is_in_no_map(tmp_path: Path, visibility: Visibility) -> None:
    async with archive_pages(tmp_path, visibility=visibility) as pages:
        assert (await ask(pages, "/robots.txt")).text == "User-agent: *\nDisallow: /\n"
        assert await mapped(pages) == {}


async def test_the_map_has_every_public_page_and_when_it_changed(pages: ArchivePages) -> None:
    found = await mapped(pages)
    home = pages.web.base + pages.at()
    assert f"{home}resources/" in found
    held = pages.web.base + pages.at(await pages.page(pages.archive.held))
    assert found[home] is None
    assert found[held] == "2026-11-18T02:00:00Z"
    assert len(found) == 1 + 2 + 1 + 5
    assert home + await pages.page(pages.archive.cancelled) not in found
    await pages.change("UPDATE series SET indexable = 0 WHERE id = :id", id=pages.archive.series.id)
    assert held not in await mapped(pages)


async def test_the_bot_is_well(pages: ArchivePages) -> None:
    got = await ask(pages, "/healthz")
    assert (got.status, json.loads(got.text)) == (200, {"status": "ok"})
    assert got.headers["cache-control"] == "no-store"


async def test_steps_that_are_long_overdue_are_not_well(pages: ArchivePages) -> None:
    [step] = await pages.rows("SELECT id FROM step WHERE kind = 'ask' AND state = 'planned'")
    await pages.change(
        "UPDATE step SET due_at = :at WHERE id = :id", at=NOW - timedelta(seconds=50), id=step["id"]
    )
    assert (await ask(pages, "/healthz")).status == 200
    pages.clock.at += timedelta(seconds=20)
    got = await ask(pages, "/healthz")
    assert got.status == 503
    assert json.loads(got.text) == {"status": "failing", "reason": "Steps of a chat are overdue."}


async def test_a_database_that_cannot_be_written_is_not_well(pages: ArchivePages) -> None:
    await pages.change(
        "CREATE TRIGGER full BEFORE INSERT ON installation BEGIN SELECT RAISE(ABORT, 'full'); END"
    )
    got = await ask(pages, "/healthz")
    assert (got.status, json.loads(got.text)["reason"]) == (503, "The database cannot be written.")


async def test_a_database_that_cannot_be_read_is_not_well(pages: ArchivePages) -> None:
    await pages.change("ALTER TABLE step RENAME TO gone")
    got = await ask(pages, "/healthz")
    assert (got.status, json.loads(got.text)["reason"]) == (503, "The database cannot be read.")


@pytest.mark.slow
async def test_a_database_that_somebody_else_holds_is_not_well_for_long(
    pages: ArchivePages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.health.vitals.SLOW", 0.3)
    with closing(sqlite3.connect(str(pages.web.store.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        got = await ask(pages, "/healthz")
        assert (got.status, json.loads(got.text)["reason"]) == (503, "The database takes too long to write.")
        other.execute("ROLLBACK")
    pages.clock.at += timedelta(seconds=5)
    assert (await ask(pages, "/healthz")).status == 200
