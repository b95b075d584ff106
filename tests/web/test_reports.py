"""Reporting an answer: asked on a page, told to the hosts' room once, and decided there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.commands import Asker, Reply
from bot.core.hearing import Author
from bot.core.model import Role, Visibility
from bot.web.pages.reports import MOST_ANSWERS, MOST_REASONS, Once
from tests.support.archive_seed import Archive, sow
from tests.support.bad_inputs import case
from tests.support.web_house import Browser, WebHouse, web_house
from tests.web.room_setting import said


@dataclass(slots=True)
class Seeded:
    """Pages with an archive, and one answer in it."""

    house: WebHouse
    archive: Archive
    message_id: int
    path: str

    async def rows(self, query: str) -> list[Any]:
        async with self.house.store.read() as tx:
            return list((await tx.connection.execute(text(query))).all())

    async def do(self, statement: str) -> None:
        async with self.house.store.begin() as tx:
            await tx.connection.exec_driver_sql(statement)

    async def told(self) -> list[Any]:
        """What the hosts' room is told of reports."""
        return await self.rows("SELECT payload FROM outbox WHERE key LIKE 'report.%' ORDER BY id")

    async def hosts_say(self, line: str) -> Reply:
        community = self.archive.community
        async with self.house.store.begin() as tx:
            host = await tx.person("browser", Author("mo", "Mo"), community.id)
            room = await tx.place(community.hosts_place_id or 0)
        return await self.house.app.tree.answer(Asker(host, room, Role.HOST), line)


@pytest.fixture
async def seeded(tmp_path: Path) -> AsyncIterator[Seeded]:
    async with web_house(tmp_path) as house:
        archive = await sow(house.store, answers=12)
        async with house.store.read() as tx:
            query = "SELECT id, public_id FROM message WHERE kind = 'answer' ORDER BY id LIMIT 1"
            row = (await tx.connection.execute(text(query))).one()
        yield Seeded(house, archive, row.id, f"/{archive.community.slug}/a/{row.public_id}/report")


async def test_everybody_who_reads_an_answer_can_report_it(seeded: Seeded) -> None:
    reader = seeded.house.stranger()
    page = await reader.get(seeded.path)
    assert page.status == 200
    assert "<textarea" in page.text
    assert "<script" not in page.text
    assert page.text.count(f'href="{seeded.path.removesuffix("/report")}"') == 2, "no way back"
    writer = f"(SELECT person_id FROM message WHERE id = {seeded.message_id})"
    [row] = await seeded.rows(f"SELECT name FROM person WHERE id = {writer}")
    assert f"<bdi>{row.name}</bdi></footer>" in page.text
    sent = await reader.post(seeded.path, {"reason": "It names a pupil <b>"})
    assert sent.status == 200
    assert "The hosts of this chat have been told" in sent.text
    [row] = await seeded.rows("SELECT message_id, by_person_id, reason, settled_at FROM report")
    assert row == (seeded.message_id, None, "It names a pupil <b>", None)
    [post] = await seeded.told()
    assert "It names a pupil <b>" in post.payload
    assert seeded.path.removesuffix("/report") in post.payload


async def test_one_address_is_thanked_each_time_and_each_reason_from_it_is_heard_once(seeded: Seeded) -> None:
    for reason in ("first", "First ", "", "second", "third", "fourth", "second"):
        got = await seeded.house.stranger().post(seeded.path, {"reason": reason})
        assert got.status == 200
        assert "The hosts of this chat have been told" in got.text
    assert await seeded.rows("SELECT reason FROM report") == [("first",), ("second",), ("third",)]
    assert len(await seeded.told()) == MOST_REASONS


@pytest.mark.parametrize("where", ["on its page", "in a room"])
async def test_what_could_not_be_kept_is_heard_when_it_is_sent_again(seeded: Seeded, where: str) -> None:
    reader, path, why = seeded.house.stranger(), seeded.path, {"reason": "It names a pupil"}
    if where == "in a room":
        _, reader, _, path = await _talk(seeded)
    await seeded.do("CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'full'); END")
    assert (await reader.post(path, why)).status == 500
    await seeded.do("DROP TRIGGER full")
    assert (await reader.post(path, why)).status == 200
    told = await seeded.rows("SELECT payload FROM outbox WHERE key LIKE '%report.%'")
    assert ["It names a pupil" in post.payload for post in told] == [True]


def test_one_address_is_heard_about_so_many_answers_a_day_and_others_still_are() -> None:
    once, now = Once(), datetime(2026, 11, 22, tzinfo=UTC)
    for number in range(MOST_ANSWERS):
        assert not once.again(("here", number, "192.0.2.1"), now)
        once.note(("here", number, "192.0.2.1"), now)
    assert once.again(("here", 0, "192.0.2.1"), now)
    assert once.again(("here", MOST_ANSWERS, "192.0.2.1"), now)
    assert not once.again(("here", 0, "192.0.2.2"), now)
    assert not once.again(("here", MOST_ANSWERS, "192.0.2.1"), now + timedelta(days=1))


async def test_a_member_is_heard_about_so_many_answers_a_day_as_well(
    seeded: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.pages.reports.MOST_ANSWERS", 3)
    slug, room = seeded.archive.community.slug, seeded.archive.places[0]
    public = "SELECT public_id FROM message WHERE kind = 'answer' AND public_id IS NOT NULL LIMIT 6"
    answers = [row.public_id for row in await seeded.rows(public)]
    ana, ben = [await seeded.house.join(name, room) for name in ("Ana", "Ben")]
    for one in answers:
        got = await ana.post(f"/{slug}/a/{one}/report", {"reason": "why"})
        assert "The hosts of this chat have been told" in got.text
    assert len(await seeded.told()) == 3
    await ben.post(f"/{slug}/a/{answers[0]}/report", {"reason": "from the same school"})
    assert len(await seeded.told()) == 4


async def test_one_person_is_heard_once_a_day_about_one_answer(seeded: Seeded) -> None:
    now = seeded.house.site.clock.now()
    async with seeded.house.store.begin() as tx:
        ben = await tx.person("browser", Author("ben", "Ben"), seeded.archive.community.id)
        heard = [await tx.report(seeded.message_id, "x", why, ben.id, now) for why in ("a", "b")]
        strangers = [await tx.report(seeded.message_id, "x", str(n), None, now) for n in range(7)]
    assert heard == [True, False]
    assert strangers == [True] * 5 + [False] * 2


async def test_a_reason_that_is_too_long_is_asked_for_again_and_kept(seeded: Seeded) -> None:
    got = await seeded.house.stranger().post(seeded.path, {"reason": "x" * 1_001})
    assert got.status == 422
    assert "x" * 1_000 in got.text
    assert await seeded.rows("SELECT * FROM report") == []


async def test_what_one_may_not_read_one_cannot_report(seeded: Seeded) -> None:
    reader = seeded.house.stranger()
    for path in (seeded.path.replace("/a/", "/a/nothing"), f"/{seeded.archive.community.slug}/a/%00/report"):
        assert (await reader.get(path)).status == 404
    async with seeded.house.store.begin() as tx:
        await tx.set_visibility(seeded.archive.series, Visibility.MEMBERS)
    assert (await reader.get(seeded.path)).status == 404
    assert (await reader.post(seeded.path, {"reason": "why?"})).status == 404
    assert await seeded.rows("SELECT * FROM report") == []


async def test_a_form_from_elsewhere_reports_nothing(seeded: Seeded) -> None:
    got = await seeded.house.stranger().post(
        seeded.path, {"reason": "spam"}, Sec_Fetch_Site="cross-site", Origin="https://evil.example"
    )
    assert got.status == 403
    assert await seeded.rows("SELECT * FROM report") == []


async def test_b382_a_hidden_answer_is_gone_everywhere_and_its_reason_kept(seeded: Seeded) -> None:
    assert "reason kept" in case("B382").expect
    reader = seeded.house.stranger()
    await reader.post(seeded.path, {"reason": "It names a pupil"})
    [post] = await seeded.told()
    assert f"answers hide m{seeded.message_id}" in post.payload
    assert f"answers keep m{seeded.message_id}" in post.payload
    chat = seeded.archive.held
    said = await seeded.hosts_say(f'answers hide m{seeded.message_id} because="a pupil" chat={chat}')
    assert said.text == "Readers no longer see that message."
    [row] = await seeded.rows(f"SELECT hidden_why FROM message WHERE id = {seeded.message_id}")
    assert row.hidden_why == "a pupil"
    assert await seeded.rows("SELECT * FROM report WHERE settled_at IS NULL") == []
    assert (await reader.get(seeded.path)).status == 404
    assert (await reader.get(seeded.path.removesuffix("/report"))).status == 404
    await seeded.hosts_say(f"answers hide m{seeded.message_id} undo=yes chat={chat}")
    assert (await reader.get(seeded.path)).status == 200
    assert await seeded.rows(f"SELECT hidden_why FROM message WHERE id = {seeded.message_id}") == [(None,)]


async def test_hosts_may_leave_an_answer_as_it_is(seeded: Seeded) -> None:
    await seeded.house.stranger().post(seeded.path, {"reason": ""})
    assert "They gave no reason." in (await seeded.told())[0].payload
    said = await seeded.hosts_say(f"answers keep m{seeded.message_id} chat={seeded.archive.held}")
    assert said.text == "It stays as it is, and what was reported of it is settled."
    assert await seeded.rows("SELECT * FROM report WHERE settled_at IS NULL") == []
    assert (await seeded.house.stranger().get(seeded.path)).status == 200


async def test_a_forgotten_reporter_leaves_no_words(seeded: Seeded) -> None:
    now, here = seeded.house.site.clock.now(), seeded.archive.community.id
    async with seeded.house.store.begin() as tx:
        ben = await tx.person("browser", Author("ben", "Ben"), here)
        await tx.report(seeded.message_id, "an answer", "armadillo", ben.id, now)
        await tx.forget(ben, here, now)
    assert await seeded.rows("SELECT reason, by_person_id FROM report") == [("", None)]
    assert "armadillo" not in str(await seeded.told())


async def _talk(seeded: Seeded) -> tuple[Browser, Browser, str, str]:
    """Two in a room where one says what belongs to no chat: both, the room, and where that is reported."""
    place = seeded.archive.places[0]
    ana, ben = [await seeded.house.join(name, place) for name in ("Ana", "Ben")]
    at = f"/room/{place.native_id}/"
    sent = await ana.post(f"{at}say", {"text": "armadillos are rude", "thread": "room"}, follow=False)
    return ana, ben, at, f"{at}m/{said(sent)}/report"


async def test_words_of_no_chat_are_reported_by_whoever_sees_them_in_the_room(seeded: Seeded) -> None:
    ana, ben, at, link = await _talk(seeded)
    assert f'href="{link}"' in (await ben.get(at)).text
    assert link not in (await ana.get(at)).text
    assert "armadillos are rude" in (await ben.get(link)).text
    assert "armadillos" not in (await seeded.house.stranger().get(link)).text
    for reason in ("It hurts", "It still hurts"):
        sent = await ben.post(link, {"reason": reason})
        assert "The hosts of this room have been told" in sent.text
    query = "SELECT payload FROM outbox WHERE key LIKE 'room_report.%'"
    [post] = await seeded.rows(query)
    number = link.split("/")[-2]
    assert "It hurts" in post.payload
    assert f"{at}?thread=room#m{number}" in post.payload
    assert (await ana.post(link, {"reason": "mine"})).status == 404
    assert (await ben.post(link, {"reason": "x" * 1_001})).status == 422
    await ana.post(f"{at}m/{number}/", {"act": "delete"})
    assert "It hurts" not in (await seeded.rows(query))[0].payload
    assert (await ben.get(link)).status == 404


async def test_a_forgotten_reporter_of_words_in_a_room_leaves_none(seeded: Seeded) -> None:
    _, ben, _, link = await _talk(seeded)
    await ben.post(link, {"reason": "it hurts"})
    here = seeded.archive.community.id
    async with seeded.house.store.begin() as tx:
        [(number,)] = (await tx.connection.execute(text("SELECT id FROM person WHERE name = 'Ben'"))).all()
        await tx.forget(await tx.person_by_id(number, here), here, seeded.house.site.clock.now())
    [post] = await seeded.rows("SELECT payload FROM outbox WHERE key LIKE 'room_report.%'")
    assert "it hurts" not in post.payload
