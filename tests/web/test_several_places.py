"""A chat held in places of several communities: whence each answer is, and who may read it."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.audience import Audience
from bot.core.model import Person, Place, Visibility
from bot.storage.archive.addresses import BROWSER
from bot.storage.schema import tables as t
from bot.web.pages.on_now import on_now
from tests.support.archive_pages import ArchivePages, archive_pages
from tests.support.archive_seed import NOW
from tests.support.web_house import Browser

THERE, HERE = "said among physicists", "said at home"


@dataclass(slots=True)
class Shared:
    """An archive, one chat of which was held in a room of the Physics Club as well."""

    pages: ArchivePages
    club: Place
    ben: Person

    @property
    def held(self) -> int:
        """The chat."""
        return self.pages.archive.held

    async def says(self, words: str, place: Place, person: int, **values: Any) -> int:
        """Somebody answers the first question in a place."""
        row = {
            "place_id": place.id,
            "chat_id": self.held,
            "person_id": person,
            "platform_message_id": f"native {words}",
            "text": words,
            "body_html": f"<p>{words}</p>",
            "public_id": f"pub{abs(hash(words))}",
            "kind": "answer",
            "said_at": NOW - timedelta(days=3),
            "heard_at": NOW,
        } | values
        async with self.pages.web.store.begin() as tx:
            message = await tx._add(t.message, **row)
            question = next(one.id for one in await tx.questions(self.held) if one.position == 1)
            filed = {"message_id": message, "question_id": question, "how": "label", "filed_at": NOW}
            await tx._do(t.filing.insert().values(**filed))
            tx.stale.add(self.held)
        return message

    async def read(self, name: str = "", browser: Browser | None = None) -> str:
        """The chat's page, or one of its files."""
        got = await self.pages.get(await self.pages.page(self.held) + name, browser)
        assert got.status == 200, got.text
        return got.text


@pytest.fixture
async def shared(tmp_path: Path) -> AsyncIterator[Shared]:
    async with archive_pages(tmp_path) as pages:
        async with pages.web.store.begin() as tx:
            community = await tx.add_community("Physics Club", "Europe/Paris")
            club = await tx.add_place(community.id, "matrix", "!club", "physics")
            await tx.open_rooms([club], Visibility.PUBLIC)
            chat = await tx.chat(pages.archive.held)
            assert chat is not None
            await tx.come_in(chat, club, NOW)
            await tx.go_out(chat, club, None)
            ben = Person(
                await tx._add(t.person, platform="matrix", native_id="@ben", name="Ben Club"),
                "matrix",
                "@ben",
                "Ben Club",
            )
        opened = Shared(pages, club, ben)
        await opened.says(THERE, club, ben.id)
        await opened.says(HERE, pages.archive.places[1], 1)
        yield opened


async def test_the_page_says_whence_each_answer_is(shared: Shared) -> None:
    page = await shared.read()
    entry = page[: page.index(THERE)].rpartition("<li>")[2]
    assert "Matrix, Physics Club" in entry
    at_home = page[: page.index(HERE)].rpartition("<li>")[2]
    assert "Physics Club" not in at_home
    assert "Discord" in at_home


async def test_every_file_says_whence_each_answer_is(shared: Shared) -> None:
    document = await shared.pages.document(await shared.pages.page(shared.held) + "chat.json")
    found = {one["text"]: one["where"] for one in document["messages"]}
    club = {"place": "physics", "network": "Matrix", "community": "Physics Club"}
    assert found[THERE] == club
    assert found[HERE]["community"] == shared.pages.archive.community.name
    assert club in document["places"]
    table = csv.DictReader(io.StringIO((await shared.read("chat.csv")).removeprefix("\ufeff")))
    row = next(row for row in table if row["text"] == THERE)
    assert (row["where"], row["network"], row["community"]) == ("physics", "Matrix", "Physics Club")
    assert "**Ben Club** in physics of Physics Club (Matrix), " in await shared.read("chat.md")


async def test_an_answer_is_as_open_as_its_own_place_and_the_others_stay_as_open_as_theirs(
    shared: Shared,
) -> None:
    member = await shared.pages.member()
    async with shared.pages.web.store.begin() as tx:
        await tx.open_rooms([shared.club], Visibility.MEMBERS)
        tx.stale.add(shared.held)
    for name in ("", "chat.json", "chat.csv", "chat.md"):
        stranger = await shared.read(name)
        assert THERE not in stranger, name
        assert HERE in stranger, name
        assert THERE in await shared.read(name, member), name


async def test_who_was_told_that_members_read_is_read_by_members_whatever_the_place_becomes(
    shared: Shared,
) -> None:
    await shared.pages.change(
        "UPDATE chat_place SET told = 'members' WHERE place_id = :place", place=shared.club.id
    )
    async with shared.pages.web.store.begin() as tx:
        tx.stale.add(shared.held)
    stranger = await shared.read()
    assert THERE not in stranger
    assert HERE in stranger
    assert THERE in await shared.read(browser=await shared.pages.member())


async def test_what_people_agreed_to_where_they_spoke_counts(shared: Shared) -> None:
    async with shared.pages.web.store.begin() as tx:
        await tx.set_consent(shared.ben.id, shared.pages.archive.community.id, NOW, excluded_at=NOW)
        tx.stale.add(shared.held)
    assert THERE in await shared.read()
    async with shared.pages.web.store.begin() as tx:
        await tx.exclude(shared.ben, shared.club.community_id, NOW)
    page = await shared.read()
    assert THERE not in page
    assert HERE in page
    assert "1\xa0person took part and keeps their answers out" in page


async def test_a_name_that_guests_choose_stands_on_the_owners_page_at_once(shared: Shared) -> None:
    assert "Ben Club" in await shared.read()
    async with shared.pages.web.store.begin() as tx:
        await tx.rename(shared.ben, shared.club.community_id, "Quiet Heron", NOW)
    page = await shared.read()
    assert "Quiet Heron" in page
    assert "Ben Club" not in page


async def test_who_is_forgotten_where_they_spoke_is_gone_from_the_owners_page_and_files(
    shared: Shared,
) -> None:
    await shared.says("I agree with @Ben Club on this", shared.pages.archive.places[1], 1)
    async with shared.pages.web.store.begin() as tx:
        assert await tx.forget(shared.ben, shared.club.community_id, NOW) == 1
    for name in ("", "chat.json", "chat.csv", "chat.md"):
        text = await shared.read(name)
        assert THERE not in text, name
        assert "Ben Club" not in text, name


async def test_words_go_when_the_community_in_whose_place_they_were_said_keeps_nothing_so_long(
    shared: Shared,
) -> None:
    async with shared.pages.web.store.begin() as tx:
        await tx.change_house(shared.club.community_id, {"retention_days": 30})
        await tx.keep_house(NOW + timedelta(days=20))
    assert THERE in await shared.read()
    async with shared.pages.web.store.begin() as tx:
        await tx.keep_house(NOW + timedelta(days=40))
        [noted] = tx.erasures
        assert (noted.what, noted.place, noted.native_id) == ("message", "!club", f"native {THERE}")
    page = await shared.read()
    assert THERE not in page
    assert HERE in page


async def test_a_community_that_goes_takes_its_own_words_along_and_nobody_elses(shared: Shared) -> None:
    async with shared.pages.web.store.begin() as tx:
        await tx.erase_community(shared.club.community_id, NOW)
    page = await shared.read()
    assert THERE not in page
    assert HERE in page


async def test_a_community_that_goes_takes_its_chats_along_wherever_they_were_held(shared: Shared) -> None:
    async with shared.pages.web.store.begin() as tx:
        await tx.erase_community(shared.pages.archive.community.id, NOW)
    assert await shared.pages.rows("SELECT * FROM message WHERE text IN (:a, :b)", a=THERE, b=HERE) == []
    assert await shared.pages.rows("SELECT * FROM place WHERE id = :id", id=shared.club.id)


async def test_a_page_that_was_read_before_shows_no_word_of_a_community_that_went(shared: Shared) -> None:
    assert THERE in await shared.read()
    async with shared.pages.web.store.begin() as tx:
        await tx.erase_community(shared.club.community_id, NOW)
    assert THERE not in await shared.read()


async def test_a_room_of_guests_is_no_way_in_to_what_is_live_for_the_owners_readers(shared: Shared) -> None:
    async with shared.pages.web.store.begin() as tx:
        den = await tx.add_place(shared.club.community_id, BROWSER, "den", "den")
        chat = await tx.chat(shared.pages.archive.live)
        assert chat is not None
        series = await tx.series(chat.series_id)
        await tx.take_in(series, den, NOW)
        own = await on_now(tx, Audience(series.community_id))
        await tx._do(t.series_place.delete().where(t.series_place.c.place_id != den.id))
        alone = await on_now(tx, Audience(series.community_id))
    assert ([one.room != "" for one in own], [one.room for one in alone]) == ([True], [""])
