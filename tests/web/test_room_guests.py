"""Two houses in the browser hold one chat: what guests see in their room, and what their hosts can press."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pytest

from bot.core.model import Place
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
        assert "Shall it be held in edchat too?" in await houses.presses(f"series join {code}")
        assert "It is on right now." in await houses.presses(f"series join {code} sure=yes")
        query = "SELECT count(*) FROM room_message WHERE place_id = :p AND text LIKE 'Q1: %'"
        await room.until(query, 1, p=houses.club.id)
        yield houses


async def test_the_question_that_is_on_stands_in_both_rooms_and_no_answer_in_another(two: TwoHouses) -> None:
    pat = await two.room.house.join("Pat", two.club)
    await pat.post(f"{two.at}say", {"text": "A1: With magnets", "thread": "room"})
    await two.room.until("SELECT count(*) FROM filing", 1)
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
