"""Two houses in the browser hold one chat: what guests see in their room, and what their hosts can press."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pytest

from bot.core.model import Place, Visibility
from bot.storage.doors.secrets import SecretKind
from tests.support.web_house import Browser
from tests.web.room_setting import Room, open_room, words


@dataclass(slots=True)
class TwoHouses:
    """The owners' room with its chat, and the room of a second house, with its host."""

    room: Room
    club: Place
    eve: Browser

    @property
    def at(self) -> str:
        """Where the second house's room is."""
        return f"/room/{self.club.native_id}/"

    async def presses(self, line: str, who: Browser | None = None) -> str:
        """Somebody presses a button in the second house; gives what they then see."""
        return words((await (who or self.eve).post(f"{self.at}do", {"line": line})).text)

    async def sees(self, who: Browser | None = None) -> str:
        """What the second house's room shows somebody, with its buttons."""
        return (await (who or self.eve).get(self.at)).text


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[TwoHouses]:
    async with open_room(tmp_path) as room:
        now, store = room.house.site.clock.real(), room.house.store
        async with store.begin() as tx:
            club = await tx.add_house("Physics Club", "Europe/Paris")
            assert club.hosts_place_id is not None
            token = await tx.give_secret(SecretKind.HOST, club.id, now, place_id=club.hosts_place_id)
            places = await tx.places_of_community(club.id)
            code = await tx.give_secret(SecretKind.PLACE, 1, now, series_id=1)
        eve = room.house.stranger()
        assert (await eve.post(f"/in/{token}", {"name": "Eve"}, follow=False)).status == 303
        houses = TwoHouses(room, next(one for one in places if one.id != club.hosts_place_id), eve)
        assert "Shall it be held in Physics Club too?" in await houses.presses(f"series join {code}")
        assert "It is on right now." in await houses.presses(f"series join {code} sure=yes")
        query = "SELECT count(*) FROM room_message WHERE place_id = :p AND text LIKE 'Q1: %'"
        await room.until(query, 1, p=houses.club.id)
        yield houses


async def test_the_question_that_is_on_stands_in_both_rooms_and_no_answer_in_another(two: TwoHouses) -> None:
    pat = await two.room.house.join("Pat", two.club)
    await pat.post(f"{two.at}say", {"text": "A1: With magnets", "thread": "room"})
    await two.room.until("SELECT count(*) FROM message WHERE body_html IS NOT NULL", 1)  # drawn, too
    assert "With magnets" in await two.sees(pat)
    assert "With magnets" not in (await two.room.host.get(two.room.at)).text
    page = await two.room.rows(
        "SELECT c.slug, s.slug AS weekly FROM chat c JOIN series s ON s.id = c.series_id"
    )
    read = await two.room.host.get(f"/maths-chat/{page[0].weekly}/{page[0].slug}/")
    assert "With magnets" in read.text
    assert "Browser, Physics Club" in words(read.text)


async def test_its_host_can_mute_and_leave_and_steers_nothing(two: TwoHouses) -> None:
    seen = await two.sees()
    assert "Mute it here" in seen
    assert "Leave" in seen
    for line in ("chat next", "chat pause", "chat end"):
        assert f'value="{line}' not in seen
    assert "This chat is Maths Chat&#39;s" in escape(await two.presses("chat next")).replace(
        "&#x27;", "&#39;"
    )
    await two.presses(f"series mute 1 place=p{two.club.id}")
    muted = await two.sees()
    assert "Unmute" in muted
    assert "Mute it here" not in muted


async def test_its_host_still_looks_after_the_room(two: TwoHouses) -> None:
    pat = await two.room.house.join("Pat", two.club)
    await two.presses("room hold Pat")
    await pat.post(f"{two.at}say", {"text": "Words that wait", "thread": "room"})
    await two.room.until("SELECT count(*) FROM room_message WHERE held_at IS NOT NULL", 1)
    assert "Words that wait" in await two.sees()


async def test_a_member_of_the_club_reads_nothing_for_members_of_the_owners(two: TwoHouses) -> None:
    pat = await two.room.house.join("Pat", two.club)
    await two.room.presses(two.room.host, "archive visibility members")
    page = await two.room.rows(
        "SELECT c.slug, s.slug AS weekly FROM chat c JOIN series s ON s.id = c.series_id"
    )
    assert (await pat.get(f"/maths-chat/{page[0].weekly}/{page[0].slug}/")).status == 404
    async with two.room.house.store.begin() as tx:
        await tx.install("address", "https://chat.example")
    await two.presses("archive link", pat)
    told = "SELECT count(*) FROM room_message WHERE place_id = :p AND text LIKE '%for members of Maths Chat%'"
    await two.room.until(told, 1, p=two.club.id)
    assert await two.room.rows("SELECT * FROM secret WHERE kind = 'reading'") == []


async def test_who_is_forgotten_in_the_club_is_named_in_the_owners_rooms_no_more(two: TwoHouses) -> None:
    pat = await two.room.house.join("Patricia", two.club)
    await pat.post(f"{two.at}say", {"text": "Good evening", "thread": "room"})
    await two.room.until("SELECT count(*) FROM message WHERE text = 'Good evening'", 1)
    await two.room.presses(two.room.host, "host handover Patricia")
    named = (
        "SELECT count(*) > 0 FROM room_message m JOIN place p ON p.id = m.place_id"
        " WHERE p.community_id = 1 AND m.text LIKE '%Patricia%'"
        " AND m.person_id IS NULL AND m.only_for IS NULL"
    )
    await two.room.until(named, 1)
    await two.presses("privacy forget sure=yes", pat)
    await two.room.until(named, 0)
    assert await two.room.rows("SELECT * FROM chat WHERE lead LIKE '%Patricia%'") == []


async def _said(two: TwoHouses, who: Browser, text: str, at: str) -> Any:
    """Somebody says something; gives it as it is kept, once pages can show it."""
    await who.post(f"{at}say", {"text": text, "thread": "room"})
    await two.room.until("SELECT public_id IS NOT NULL FROM message WHERE text = :text", 1, text=text)
    return (await two.room.rows("SELECT * FROM message WHERE text = :text", text=text))[0]


async def _told(two: TwoHouses, community: int) -> list[str]:
    """What the hosts' room of a community is told of reports, with its buttons."""
    query = (
        "SELECT o.payload FROM outbox o JOIN place p ON p.id = o.place_id"
        " WHERE o.key LIKE 'report.%' AND p.hosts_room AND p.community_id = :one"
    )
    return [row.payload for row in await two.room.rows(query, one=community)]


async def test_a_member_of_the_club_reports_words_said_there_to_both_houses_hosts(two: TwoHouses) -> None:
    pat, ann = [await two.room.house.join(name, two.club) for name in ("Pat", "Ann")]
    await two.room.presses(two.room.host, "archive visibility members")
    said = await _said(two, pat, "A1: Tom in 9b did it", two.at)
    link = f"/physics-club/a/{said.public_id}/report"
    assert link in await two.sees(ann)
    assert link not in await two.sees(pat)
    assert "Tom in 9b did it" in (await ann.get(link)).text
    sent = await ann.post(link, {"reason": "It names a pupil"})
    assert f'href="{two.at}"' in sent.text
    ((owners,), (club,)) = await _told(two, 1), await _told(two, two.club.community_id)
    assert f"/maths-chat/a/{said.public_id}" in owners
    assert f"answers keep m{said.id}" in owners
    assert two.at in club
    assert "/a/" not in club
    assert "answers keep" not in club
    for told in (owners, club):
        assert "It names a pupil" in told
        assert "said in" in told
        assert f"answers hide m{said.id}" in told
    await two.presses(f"answers hide m{said.id} chat={two.room.chat_id}")
    settled = "SELECT count(*) FROM report WHERE settled_at IS NOT NULL"
    assert (await two.room.rows(settled))[0][0] == 1
    assert link not in await two.sees(ann)
    assert (await ann.get(link)).status == 404


async def test_words_of_another_house_are_reported_by_nobody_who_does_not_read_them(two: TwoHouses) -> None:
    pat = await two.room.house.join("Pat", two.club)
    ben = await two.room.house.join("Ben")
    await two.room.presses(two.room.host, "archive visibility members")
    there = await _said(two, pat, "A1: said in the club", two.at)
    here = await _said(two, ben, "A1: said at home", two.room.at)
    for who, path in (
        (two.room.house.stranger(), f"/physics-club/a/{there.public_id}/report"),
        (ben, f"/physics-club/a/{there.public_id}/report"),
        (pat, f"/physics-club/a/{here.public_id}/report"),
        (pat, f"/maths-chat/a/{here.public_id}/report"),
    ):
        assert (await who.get(path)).status == 404


async def test_what_was_reported_is_gone_from_both_hosts_rooms_when_its_reporter_is_forgotten(
    two: TwoHouses,
) -> None:
    pat, ann = [await two.room.house.join(name, two.club) for name in ("Pat", "Ann")]
    said = await _said(two, pat, "A1: Tom did it", two.at)
    await ann.post(f"/physics-club/a/{said.public_id}/report", {"reason": "armadillo"})
    houses = (1, two.club.community_id)
    assert ["armadillo" in str(await _told(two, one)) for one in houses] == [True, True]
    await two.presses("privacy forget sure=yes", ann)
    await two.room.until("SELECT count(*) FROM report WHERE reason = 'armadillo'", 0)
    assert ["armadillo" in str(await _told(two, one)) for one in houses] == [False, False]


async def test_a_reader_of_the_owners_who_is_forgotten_leaves_no_words_about_another_house(
    two: TwoHouses,
) -> None:
    pat, ben = await two.room.house.join("Pat", two.club), await two.room.house.join("Ben")
    said = await _said(two, pat, "A1: Tom did it", two.at)
    await ben.post(f"/maths-chat/a/{said.public_id}/report", {"reason": "armadillo"})
    assert "armadillo" in str(await _told(two, two.club.community_id))
    await two.room.presses(ben, "privacy forget sure=yes")
    await two.room.until("SELECT count(*) FROM report WHERE reason = 'armadillo'", 0)
    assert "armadillo" not in str(await _told(two, two.club.community_id))


async def test_words_in_a_room_that_nobody_reads_afterwards_can_be_reported_from_that_room(
    two: TwoHouses,
) -> None:
    cy, ben = [await two.room.house.join(name) for name in ("Cy", "Ben")]
    said = await _said(two, cy, "A1: Tom did it", two.room.at)
    async with two.room.house.store.begin() as tx:
        await tx.open_rooms([two.room.house.place], Visibility.OFF)
    link = f"/maths-chat/a/{said.public_id}/report"
    assert link in (await ben.get(two.room.at)).text
    assert (await ben.get(link)).status == 200
    sent = await ben.post(link, {"reason": "It names a pupil"})
    assert f'href="{two.room.at}"' in sent.text
    assert len(await _told(two, 1)) == 1
    assert (await two.room.house.stranger().get(link)).status == 404
