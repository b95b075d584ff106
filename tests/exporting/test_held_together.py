"""A chat that two communities held together, when one leaves: whose words go along, what pages say."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot.core.archive.page_words import standing
from bot.core.audience import Audience
from bot.core.model import Visibility
from bot.exporting.bundle import export_bundle, import_bundle
from bot.exporting.manifest import MANIFEST
from bot.settings import Settings
from bot.storage.engine import database_url
from bot.storage.export import export, own_words
from bot.storage.schema import tables as t
from bot.storage.store import Store, Tx
from tests.exporting.houses import folder_of, rows_in, settings_of
from tests.support.archive_pages import ArchivePages, archive_pages
from tests.support.archive_seed import NOW

THERE = "said among physicists"
PLACE = "physics (Physics Club)"
GAP = f"Not complete: this chat was brought here without what was said in {PLACE}."


@dataclass(slots=True)
class Together:
    """Two communities with one chat, and a bundle of each."""

    pages: ArchivePages
    owners: Path
    guests: Path

    @property
    def settings(self) -> Settings:
        return settings_of(folder_of(self.pages.web.store))


@pytest.fixture
async def together(tmp_path: Path) -> AsyncIterator[Together]:
    async with archive_pages(tmp_path / "data", answers=4) as pages:
        async with pages.web.store.begin() as tx:
            club = await tx.add_community("Physics Club", "Europe/Paris")
            place = await tx.add_place(club.id, "matrix", "!club", "physics")
            await tx.open_rooms([place], Visibility.PUBLIC)
            chat = await tx.chat(pages.archive.held)
            assert chat is not None
            await tx.come_in(chat, place, NOW)
            await tx.go_out(chat, place, None)
            ben = await tx._add(t.person, platform="matrix", native_id="@ben", name="Ben Club")
            question = next(one.id for one in await tx.questions(chat.id) if one.position == 1)
            said = {"place_id": place.id, "chat_id": chat.id, "person_id": ben, "text": THERE}
            said |= {"platform_message_id": "$1", "kind": "answer", "thread_question_id": question}
            said |= {
                "said_at": NOW - timedelta(days=3),
                "heard_at": NOW,
                "render_version": 1,
                "body_html": THERE,
            }
            message = await tx._add(t.message, **said)
            filed = {"message_id": message, "question_id": question, "how": "label", "filed_at": NOW}
            await tx._do(t.filing.insert().values(**filed))
        made = Together(pages, tmp_path / "owners.zip", tmp_path / "guests.zip")
        told = await export_bundle(made.settings, made.owners, pages.archive.community.name)
        assert told.endswith(f"What was said in {PLACE} stays with that place's own community.")
        await export_bundle(made.settings, made.guests, "Physics Club")
        yield made


def apart(file: Path) -> object:
    with ZipFile(file) as bundle:
        return json.loads(bundle.read(MANIFEST))["apart"]


def store_of(settings: Settings) -> Store:
    return Store(database_url("", settings.data_dir))


async def test_the_owners_page_names_what_stays_with_guests_and_goes_on_naming_it(
    together: Together, tmp_path: Path
) -> None:
    held = together.pages.archive.held
    assert THERE not in {one["text"] for one in rows_in(together.owners)["message"]}
    assert apart(together.owners) == {PLACE: [held]}
    fresh, again = settings_of(tmp_path / "fresh"), tmp_path / "again.zip"
    await import_bundle(fresh, together.owners)
    async with store_of(fresh) as there, store_of(together.settings) as here:
        pages = [one.chat_page(held, Audience(together.pages.archive.community.id)) for one in (here, there)]
    told = [standing(page) if page else () for page in pages]
    assert [GAP in said for said in told] == [False, True]
    assert [any(one.startswith("Complete") for one in said) for said in told] == [True, False]
    for named in (None, together.pages.archive.community.name):
        again.unlink(missing_ok=True)
        await export_bundle(fresh, again, named)
        assert apart(again) == {PLACE: [held]}
    async with store_of(fresh) as store, store.begin() as tx:
        await tx.erase_community(together.pages.archive.community.id, NOW)
        assert await tx.installed(f"apart.{held}") is None


async def test_a_bundle_of_everything_lacks_nothing(together: Together, tmp_path: Path) -> None:
    await export_bundle(together.settings, tmp_path / "all.zip", None)
    [said] = [one for one in rows_in(tmp_path / "all.zip")["message"] if one["text"] == THERE]
    assert (said["chat_id"], apart(tmp_path / "all.zip")) == (together.pages.archive.held, {})


async def test_guests_words_leave_with_the_guests_and_stay_theirs(together: Together, tmp_path: Path) -> None:
    [said] = rows_in(together.guests)["message"]
    assert (said["text"], said["chat_id"], said["thread_question_id"]) == (THERE, None, None)
    assert (rows_in(together.guests)["chat"], rows_in(together.guests)["filing"]) == ([], [])
    fresh = settings_of(tmp_path / "fresh")
    await import_bundle(fresh, together.guests)
    async with store_of(fresh) as store:
        async with store.read() as tx:
            [club] = await tx.communities()
            ben = await tx.person_by_id(said["person_id"], club.id)
            out = io.StringIO()
            await own_words(tx, out.write, ben, club, NOW)
        assert THERE in out.getvalue()
        async with store.begin() as tx:
            await tx.forget(ben, club.id, NOW)
        async with store.read() as tx:
            rows = await tx.connection.exec_driver_sql("SELECT text, person_id FROM message")
            assert [tuple(row) for row in rows] == [("", None)]


async def test_guests_words_that_left_stand_with_their_community_in_one_document(
    together: Together, tmp_path: Path
) -> None:
    fresh, out = settings_of(tmp_path / "fresh"), io.StringIO()
    await import_bundle(fresh, together.guests)
    await import_bundle(fresh, together.owners)
    async with store_of(fresh) as store, store.read() as tx:
        await export(tx, out.write, NOW)
    club, owners = json.loads(out.getvalue())["communities"]
    [said] = club["messages"]
    assert (said["text"], said["author"]["name"], said["filed"]) == (THERE, "Ben Club", [])
    assert said["place"] == club["places"][0]["id"]
    assert (club["name"], owners["messages"], out.getvalue().count(THERE)) == ("Physics Club", [], 1)


async def test_guests_words_that_left_go_when_their_community_keeps_nothing_so_long(
    together: Together, tmp_path: Path
) -> None:
    fresh = settings_of(tmp_path / "fresh")
    await import_bundle(fresh, together.guests)
    async with store_of(fresh) as store, store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE community SET retention_days = 30")
        await tx.keep_house(NOW + timedelta(days=20))
        assert await _said(tx) == [THERE]
        await tx.keep_house(NOW + timedelta(days=40))
        assert await _said(tx) == [""]


async def _said(tx: Tx) -> list[str]:
    rows = await tx.connection.exec_driver_sql("SELECT text FROM message")
    return [row.text for row in rows]
