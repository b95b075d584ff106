"""What was reported in a community's own room, and stands on no page, waits on the desk of its hosts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest

from bot.core.model import Role
from bot.web.desk import removals
from tests.support.archive_pages import ArchivePages, archive_pages
from tests.support.web_house import Browser, Got
from tests.web.room_setting import said as number_of

LEFT = "It stays as it is, and what was reported of it is settled."


@dataclass(slots=True)
class Reported:
    """Ana said something in a room, Ben reported it; a host looks at the desk."""

    pages: ArchivePages
    ana: Browser
    ben: Browser
    host: Browser
    number: int = 0

    @property
    def room(self) -> str:
        """The room's path."""
        return f"/room/{self.pages.archive.places[0].native_id}/"

    @property
    def desk(self) -> str:
        """The desk's path."""
        return f"/desk/{self.pages.archive.community.slug}/"

    async def says(self, words: str, thread: str = "room") -> int:
        """Ana says this in the room."""
        sent = await self.ana.post(f"{self.room}say", {"text": words, "thread": thread}, follow=False)
        return number_of(sent)

    async def reports(self, number: int, reason: str) -> Got:
        """Ben reports it."""
        return await self.ben.post(f"{self.room}m/{number}/report", {"reason": reason})

    async def presses(self, act: str, number: int, who: Browser | None = None, **more: str) -> Got:
        """Press a button of the desk's page."""
        fields = {"act": act, "message": f"r{number}", **more}
        return await (who or self.host).post(f"{self.desk}removals/", fields)

    async def state(self) -> list[object]:
        """What these buttons may change."""
        held = await self.pages.rows("SELECT id, held_at, deleted_at FROM room_message ORDER BY id")
        return [*held, *await self.pages.rows("SELECT message_id, settled_at FROM room_report")]


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Reported]:
    async with archive_pages(tmp_path) as pages:
        ana, ben = await pages.member("Ana"), await pages.member("Ben")
        made = Reported(pages, ana, ben, await pages.host())
        made.number = await made.says("armadillos are rude")
        await made.reports(made.number, "It hurts <b>")
        yield made


def said(got: Got) -> str:
    found = re.search(r'<div id="said"[^>]*>\s*<p>(.*?)</p>', got.text, re.DOTALL)
    assert found is not None, got.text
    return unescape(found[1])


def lying(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'<li id="r(\d+)"', page)]


async def test_what_was_reported_in_a_room_waits_on_the_desk_with_its_words_and_where_it_stands(
    one: Reported, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (await one.host.get(f"{one.desk}removals/")).text
    assert lying(page) == [one.number]
    assert "armadillos are rude" in page
    assert "It hurts &lt;b&gt;" in page
    assert f'href="{one.room}?thread=room#m{one.number}"' in page
    assert "Ben" not in page, "nobody learns who reported it"
    assert ">1 waits for you<" in (await one.host.get(one.desk)).text
    second = await one.says("and aardvarks")
    await one.reports(second, "")
    assert "no reason given" in (await one.host.get(f"{one.desk}removals/")).text
    assert ">2 wait for you<" in (await one.host.get(one.desk)).text
    monkeypatch.setattr(removals, "MOST", 1)
    assert ">1 more comes up when" in (await one.host.get(f"{one.desk}removals/")).text


async def test_it_waits_there_where_no_hosts_room_hears_of_it(one: Reported) -> None:
    await one.pages.change("UPDATE place SET hosts_room = 0")
    second = await one.says("and aardvarks")
    assert (await one.reports(second, "It hurts")).status == 200
    assert lying((await one.host.get(f"{one.desk}removals/")).text) == [one.number, second]


async def test_hiding_leaves_it_to_its_writer_and_hosts_and_settles_it(one: Reported) -> None:
    hidden = await one.presses("hide", one.number)
    assert said(hidden).startswith("Only its writer and the hosts see that message now")
    assert lying(hidden.text) == []
    assert "waits for you" not in (await one.host.get(one.desk)).text
    seen = ["armadillos" in (await who.get(one.room)).text for who in (one.ben, one.ana, one.host)]
    assert seen == [False, True, True]
    await one.host.post(f"{one.room}m/{one.number}/", {"act": "let-in"})
    assert "armadillos" in (await one.ben.get(one.room)).text
    again = await one.presses("keep", one.number)
    assert (again.status, said(again)[:25]) == (422, "That was settled already,")


async def test_leaving_it_settles_it_and_everybody_sees_it(one: Reported) -> None:
    kept = await one.presses("keep", one.number)
    assert (said(kept), lying(kept.text)) == (LEFT, [])
    assert "armadillos" in (await one.ben.get(one.room)).text
    await one.reports(one.number, "It still hurts")
    assert lying((await one.host.get(f"{one.desk}removals/")).text) == [], "one person is heard once"


async def test_its_writers_next_words_wait_for_hosts_where_these_wish_so(one: Reported) -> None:
    await one.presses("hide", one.number, hold="yes")
    await one.says("aardvarks too")
    assert "aardvarks" not in (await one.ben.get(one.room)).text
    assert "aardvarks" in (await one.host.get(one.room)).text


async def test_of_words_without_a_name_their_writers_next_ones_without_it_wait(one: Reported) -> None:
    await one.pages.change("UPDATE room_message SET anonymous = 1 WHERE id = :one", one=one.number)
    told = said(await one.presses("hide", one.number, hold="yes"))
    assert "What its writer says next without a name waits until you let it in" in told
    await one.says("aardvarks too")
    assert "aardvarks" in (await one.ben.get(one.room)).text, "under their name they speak as before"


async def test_a_host_is_not_held_back_and_nothing_is_done_then(one: Reported) -> None:
    await one.pages.change(
        "INSERT INTO community_host SELECT place.community_id, person_id FROM room_message"
        " JOIN place ON place.id = place_id WHERE room_message.id = :one",
        one=one.number,
    )
    before = await one.state()
    refused = await one.presses("hide", one.number, hold="yes")
    assert (refused.status, said(refused)) == (422, "A host cannot be held back or shut out here.")
    assert await one.state() == before


async def test_nobody_but_this_communitys_hosts_sees_or_settles_it(one: Reported) -> None:
    before = await one.state()
    other = await one.pages.web.host()  # of the first community
    desk = f"/desk/{one.pages.web.community.slug}/"
    page = await other.get(f"{desk}removals/")
    assert (page.status, "armadillos" in page.text) == (200, False)
    for act in ("hide", "keep"):
        there = await other.post(f"{desk}removals/", {"act": act, "message": f"r{one.number}"})
        assert (there.status, "armadillos" in there.text) == (422, False)
        assert (await one.presses(act, one.number, one.ben)).status == 403
        assert (await one.presses(act, one.number, one.pages.web.stranger())).status == 403
    for strange in ("delete", "publish", ""):
        assert (await one.presses(strange, one.number)).status == 422
    for number in ("", "x", "9" * 5_000, str(one.number + 1)):
        got = await one.host.post(f"{one.desk}removals/", {"act": "keep", "message": f"r{number}"})
        assert got.status == 422
    assert await one.state() == before


async def test_words_that_a_chat_heard_are_hidden_on_its_page_too(one: Reported) -> None:
    await one.pages.change(
        "INSERT INTO message (place_id, platform_message_id, chat_id, text, said_at, heard_at)"
        " SELECT place_id, id, :chat, text, said_at, said_at FROM room_message WHERE id = :one",
        chat=one.pages.archive.held,
        one=one.number,
    )
    await one.presses("hide", one.number)
    query = "SELECT hidden_at IS NOT NULL AS gone FROM message WHERE platform_message_id = :one"
    assert [row["gone"] for row in await one.pages.rows(query, one=str(one.number))] == [1]


async def test_what_hosts_decided_of_an_answer_settles_what_was_reported_in_its_room(one: Reported) -> None:
    [row] = await one.pages.rows(
        "SELECT place_id, text, said_at FROM room_message WHERE id = :one", one=one.number
    )
    await one.pages.change(
        "INSERT INTO message (place_id, platform_message_id, chat_id, text, said_at, heard_at)"
        " VALUES (:place, :one, :chat, :text, :at, :at)",
        place=row["place_id"],
        one=str(one.number),
        chat=one.pages.archive.held,
        text=row["text"],
        at=row["said_at"],
    )
    [message] = await one.pages.rows(
        "SELECT id FROM message WHERE platform_message_id = :one", one=str(one.number)
    )
    async with one.pages.web.store.begin() as tx:
        await tx.settle_reports(message["id"], one.pages.clock.now())
    assert lying((await one.host.get(f"{one.desk}removals/")).text) == []


async def test_words_taken_back_and_reporters_who_are_forgotten_leave_nothing_there(one: Reported) -> None:
    here, pages = one.pages.archive.community.id, one.pages
    async with pages.web.store.begin() as tx:
        [ben] = [who for who, _ in await tx.members(here) if who.name == "Ben"]
        await tx.forget(ben, here, pages.clock.now())
    page = (await one.host.get(f"{one.desk}removals/")).text
    assert (lying(page), "It hurts" in page) == ([one.number], False)
    await one.ana.post(f"{one.room}m/{one.number}/", {"act": "delete"})
    assert lying((await one.host.get(f"{one.desk}removals/")).text) == []
    assert await pages.rows("SELECT * FROM room_report") == []


async def test_words_without_a_name_stay_without_one(one: Reported) -> None:
    await one.pages.change("UPDATE room_message SET anonymous = 1 WHERE id = :one", one=one.number)
    page = (await one.host.get(f"{one.desk}removals/")).text
    assert re.findall(r'<p class="by"><b><bdi>([^<]*)</bdi></b>', page) == ["somebody"]


async def test_the_names_of_who_is_forgotten_leave_the_reasons(one: Reported) -> None:
    second = await one.says("and aardvarks")
    await one.reports(second, "Ana says such things every day")
    here, pages = one.pages.archive.community.id, one.pages
    async with pages.web.store.begin() as tx:
        room = pages.archive.places[0]
        [ben] = [who for who, _ in await tx.members(here) if who.name == "Ben"]
        bens = await tx.room_say(room, ben, Role.ANYONE, "badgers", "badgers", pages.clock.now())
        await tx.report_in_room(room, bens, "words", "like Ana", ben.id, pages.clock.now())
        [ana] = [who for who, _ in await tx.members(here) if who.name == "Ana"]
        await tx.forget(ana, here, pages.clock.now())
    assert await pages.rows("SELECT message_id, reason FROM room_report") == [
        {"message_id": bens, "reason": "like somebody"}
    ]
