"""The bot's own rooms and houses, by talking: made, opened by links, kept civil."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from bot.commands import Asker, CommandTree, Reply
from bot.core import sentences
from bot.core.model import Person, Place, Role
from bot.storage.archive.lists import house_rules
from bot.storage.doors.secrets import SecretKind
from bot.storage.heard.holding import MOST_TOLD
from cogs import every_cog
from tests.support.planning_room import PlanningRoom, planning_room

ADDRESS: Final = "http://127.0.0.1:8080"


@dataclass(slots=True)
class Rooms:
    """A community in the browser, whose host types."""

    house: PlanningRoom
    place: Place
    hosts: Place
    ana: Person

    async def says(self, line: str, who: Person | None = None, place: Place | None = None) -> Reply:
        """Type a command, in the hosts' room if not elsewhere."""
        reply = await self.house.tree.answer(Asker(who or self.ana, place or self.hosts), line)
        for offer in reply.offers:
            self.house.tree.check(offer)
        return reply

    async def joins(self, name: str, place: Place | None = None) -> Person:
        """Somebody comes in by the link."""
        async with self.house.store.begin() as tx:
            return await tx.join(place or self.place, name, self.house.clock.at)

    async def writes(self, who: Person, text: str) -> int:
        """Somebody writes in the room; gives the message's number."""
        async with self.house.store.begin() as tx:
            now = self.house.clock.at
            return await tx.room_say(self.place, who, Role.ANYONE, text, f"<p>{text}</p>", now)

    async def seen(self, by: Person) -> list[str]:
        """What somebody sees in the room."""
        async with self.house.store.read() as tx:
            found = await tx.room_messages(self.place.id, viewer=by.native_id, host=False, thread=None)
        return [message.text for message in found]


@pytest.fixture
async def rooms(tmp_path: Path) -> AsyncIterator[Rooms]:
    async with planning_room(tmp_path) as house:
        house.tree = CommandTree(house.store, house.clock, *every_cog())
        async with house.store.begin() as tx:
            await tx.install("address", ADDRESS)
            community = await tx.add_house("Science", "Europe/London")
            there = await tx.places_of_community(community.id)
            hosts = next(place for place in there if place.id == community.hosts_place_id)
            ana = await tx.join(hosts, "Ana", house.clock.at)
            await tx.make_community_host(community.id, ana.id)
        place = next(place for place in there if place.id != hosts.id)
        yield Rooms(house, place, hosts, ana)


async def led_to(rooms: Rooms, link: str) -> str | None:
    """The room that a join link leads into."""
    async with rooms.house.store.read() as tx:
        place = await tx.place_by_join_secret(link.rpartition("/join/")[2])
    return place.name if place else None


def link_in(reply: Reply) -> str:
    [found] = re.findall(rf"{ADDRESS}/(?:join|in)/\S+", reply.text)
    return str(found)


# --- Rooms -----------------------------------------------------------------------------------


async def test_a_new_room_has_an_address_and_a_link_of_its_own(rooms: Rooms) -> None:
    reply = await rooms.says("room create Physics teachers")
    assert reply.private
    assert f"Physics teachers is open at {ADDRESS}/room/physics-teachers/" in reply.text
    assert await led_to(rooms, link_in(reply)) == "Physics teachers"
    again = await rooms.says("room create physics TEACHERS")
    assert (again.refused, again.text) == (
        True, "There is a room called physics TEACHERS already; choose another name.",
    )  # fmt: skip


async def test_two_communities_may_call_their_rooms_the_same(rooms: Rooms) -> None:
    await rooms.says("room create Physics")
    async with rooms.house.store.begin() as tx:
        other = await tx.add_house("Arts", "Europe/London")
        words = {place.native_id for place in await tx.places_of_community(other.id)}
        room = await tx.add_room(other.id, "Physics", "Physics")
    assert room.native_id not in {"physics", *words}


@pytest.mark.parametrize("name", ["", "\u200b", "x" * 101])
async def test_a_room_needs_a_name_that_can_be_read(rooms: Rooms, name: str) -> None:
    reply = await rooms.house.tree.run(Asker(rooms.ana, rooms.hosts), "room create", {"name": name})
    assert reply.refused
    assert len(await rooms.house.rows("SELECT * FROM place WHERE community_id = 2")) == 2


async def test_one_host_cannot_make_rooms_without_end(rooms: Rooms) -> None:
    async with rooms.house.store.begin() as tx:
        for number in range(48):
            await tx.add_room(rooms.place.community_id, f"r{number}", f"r{number}")
    assert (await rooms.says("room create One more")).text.startswith("A community has at most 50 rooms")


async def test_the_link_of_a_room_stays_until_another_is_wanted(rooms: Rooms) -> None:
    first = await rooms.says("room link", place=rooms.place)
    assert (link_in(await rooms.says("room link")), first.private) == (link_in(first), True)
    [offer] = first.offers
    new = await rooms.says(offer.line)
    assert new.text.startswith("The old link opens nothing any more.")
    assert (await led_to(rooms, link_in(first)), await led_to(rooms, link_in(new))) == (None, "edchat")


async def test_in_the_hosts_room_the_link_is_that_of_the_room_set_up(rooms: Rooms) -> None:
    await rooms.says("room create Physics")
    await rooms.says("setup where=Physics readers=link")
    assert await led_to(rooms, link_in(await rooms.says("room link"))) == "Physics"
    assert await led_to(rooms, link_in(await rooms.says("room link edchat"))) == "edchat"
    assert (await rooms.says("room link hosts")).text == sentences.ROOM_OF_HOSTS


async def test_without_pages_no_link_is_promised(rooms: Rooms) -> None:
    async with rooms.house.store.begin() as tx:
        await tx.install("address", "")
    for line in ("room link", "room create Physics", "setup where=edchat readers=link hosts=Dana"):
        reply = await rooms.says(line)
        assert (reply.refused, reply.text) == (True, sentences.NO_ADDRESS)
    assert len(await rooms.house.rows("SELECT * FROM place WHERE name = 'Physics'")) == 0


async def test_elsewhere_rooms_are_made_by_the_network_itself(rooms: Rooms) -> None:
    for line in (
        "create Physics",
        "link",
        "people",
        "hold Ana",
        "release Ana",
        "ban Ana",
        "unban Ana",
        "pass 1",
    ):
        reply = await rooms.house.say(f"room {line}")
        assert (reply.refused, reply.text) == (True, sentences.ROOMS_ELSEWHERE)


async def test_only_hosts_keep_rooms(rooms: Rooms) -> None:
    eve = await rooms.joins("Eve")
    lines = (
        "create Physics",
        "link new=yes",
        "people",
        "hold Eve",
        "release Eve",
        "ban Eve",
        "unban Eve",
        "pass 1",
    )
    for line in lines:
        assert (await rooms.says(f"room {line}", eve, rooms.place)).text.startswith("Only a host")


# --- People ----------------------------------------------------------------------------------


async def test_hosts_see_who_is_in_held_and_banned(rooms: Rooms) -> None:
    assert (await rooms.says("room people")).text == "Hosts: Ana."
    for name in ("Ben", "Cy", "Dee"):
        await rooms.joins(name)
    await rooms.says("room hold Ben")
    await rooms.says("room ban Cy")
    reply = await rooms.says("room people")
    assert reply.private
    assert reply.text.splitlines() == ["Hosts: Ana.", "In: Dee.", "Held: Ben.", "Banned: Cy."]


async def test_what_somebody_held_writes_waits_for_a_host(rooms: Rooms) -> None:
    ben, dee = await rooms.joins("Ben"), await rooms.joins("Dee")
    reply = await rooms.says("room hold ben")
    assert reply.text == "What Ben writes from now on waits until a host lets it through."
    message = await rooms.writes(ben, "Buy my book")
    assert await rooms.seen(dee) == []
    assert (await rooms.says(f"room pass {message}")).text == sentences.LET_IN
    assert await rooms.seen(dee) == ["Buy my book"]
    assert (await rooms.says(f"room pass {message}")).text == sentences.NO_SUCH_HELD
    waiting = await rooms.writes(ben, "Again")
    await rooms.says(reply.offers[0].line)
    assert await rooms.seen(dee) == ["Buy my book", "Again"]
    assert (await rooms.says(f"room pass {waiting}")).refused
    await rooms.writes(ben, "At once")
    assert (await rooms.seen(dee))[-1] == "At once"


async def test_the_hosts_room_is_told_of_held_words_but_not_flooded(rooms: Rooms) -> None:
    ben = await rooms.joins("Ben")
    await rooms.says("room hold Ben")
    numbers = [await rooms.writes(ben, f"Buy book {number}") for number in range(8)]
    await rooms.writes(ben, "!edchat")
    told = await rooms.house.posts(place=rooms.hosts)
    assert (
        told == ["Ben, who is held, wrote in edchat; until you let it through only hosts see it."] * MOST_TOLD
    )
    rows = await rooms.house.rows("SELECT payload FROM outbox WHERE place_id = :place", place=rooms.hosts.id)
    assert all(f"room pass {number}" in row[0] for number, row in zip(numbers, rows, strict=False))
    await rooms.says("room release Ben")
    await rooms.writes(ben, "Hello")
    assert len(await rooms.house.posts(place=rooms.hosts)) == MOST_TOLD


async def test_held_words_are_let_through_by_their_own_hosts_only(rooms: Rooms) -> None:
    ben = await rooms.joins("Ben")
    await rooms.says("room hold Ben")
    message = await rooms.writes(ben, "Hello")
    async with rooms.house.store.begin() as tx:
        other = await tx.add_house("Arts", "Europe/London")
        assert other.hosts_place_id is not None
        hosts = await tx.place(other.hosts_place_id)
        zoe = await tx.join(hosts, "Zoe", rooms.house.clock.at)
        await tx.make_community_host(other.id, zoe.id)
    assert (await rooms.says(f"room pass {message}", zoe, hosts)).text == sentences.NO_SUCH_HELD


async def test_who_is_banned_is_out_until_let_back_in(rooms: Rooms) -> None:
    ben = await rooms.joins("Ben")
    async with rooms.house.store.begin() as tx:
        session = await tx.give_secret(
            SecretKind.SESSION, rooms.place.community_id, rooms.house.clock.at, person_id=ben.id
        )
    reply = await rooms.says("room ban Ben")
    async with rooms.house.store.read() as tx:
        assert await tx.secret(session, SecretKind.SESSION, rooms.house.clock.at) is None
        member = await tx.membership(rooms.place.community_id, ben.id)
    assert member is not None
    assert member.banned
    assert (await rooms.says(reply.offers[0].line)).text == "Ben may come in again, by a new link."
    assert (await rooms.says("room people")).text.splitlines()[1] == "In: Ben."


@pytest.mark.parametrize(("act", "back"), [("hold", "release"), ("ban", "unban")])
async def test_hosts_see_of_somebody_what_they_did_by_name_whatever_else_is_done(
    rooms: Rooms, act: str, back: str
) -> None:
    ben = await rooms.joins("Ben")
    await rooms.says(f"room {act} Ben")
    before = (await rooms.says("room people")).text
    assert before != "Hosts: Ana.\nIn: Ben."
    for _ in range(2):
        async with rooms.house.store.begin() as tx:
            await tx.hold_for(rooms.place.community_id, ben.id, "7")
            await tx.ban(rooms.place.community_id, ben.id, rooms.house.clock.at, answer="7")
        assert (await rooms.says("room people")).text == before
        assert (await rooms.says(f"room {act} Ben")).text.startswith("Ben is")
    assert not (await rooms.says(f"room {back} Ben")).refused
    assert (await rooms.says("room people")).text == "Hosts: Ana.\nIn: Ben."
    assert (await rooms.says(f"room {back} Ben")).refused


@pytest.mark.parametrize("nameless", ["hold", "ban"])
@pytest.mark.parametrize(
    ("act", "back", "said"), [("hold", "release", "Held: Ben."), ("ban", "unban", "Banned: Ben.")]
)
async def test_what_is_done_by_name_never_shows_what_was_done_without(
    rooms: Rooms, nameless: str, act: str, back: str, said: str
) -> None:
    ben = await rooms.joins("Ben")
    async with rooms.house.store.begin() as tx:
        mark = tx.hold_for if nameless == "hold" else tx.shut_out_for
        await mark(rooms.place.community_id, ben.id, "7")
    for wanted, line in ((["In: Ben."], act), ([said], back), (["In: Ben."], act)):
        assert (await rooms.says("room people")).text.splitlines()[1:] == wanted
        assert not (await rooms.says(f"room {line} Ben")).refused


async def test_who_is_held_without_a_name_speaks_freely_under_their_own(rooms: Rooms) -> None:
    ben, dee = await rooms.joins("Ben"), await rooms.joins("Dee")
    async with rooms.house.store.begin() as tx:
        await tx.hold_for(rooms.place.community_id, ben.id, "7")
    await rooms.writes(ben, "Hello")
    assert await rooms.seen(dee) == ["Hello"]
    assert await rooms.house.posts(place=rooms.hosts) == []
    await rooms.says("room hold Ben")
    await rooms.writes(ben, "Buy my book")
    assert await rooms.seen(dee) == ["Hello"]
    assert (await rooms.says("room release Ben")).text.startswith("Ben speaks freely again")
    await rooms.writes(ben, "Thank you")
    assert await rooms.seen(dee) == ["Hello", "Buy my book", "Thank you"]


async def test_hosts_are_neither_held_nor_banned(rooms: Rooms) -> None:
    for act in ("hold", "ban"):
        assert (
            await rooms.says(f"room {act} Ana")
        ).text == "Ana is a host, and hosts are neither held nor banned."


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("release Ben", "Ben is not held."),
        ("unban Ben", "Ben is not banned."),
        ("hold Zoe", "I have not met"),
    ],
)
async def test_what_cannot_be_done_is_said(rooms: Rooms, line: str, said: str) -> None:
    await rooms.joins("Ben")
    reply = await rooms.says(f"room {line}")
    assert (reply.refused, said in reply.text) == (True, True)


@pytest.mark.parametrize(
    ("act", "said"), [("hold", "Ben is held already."), ("ban", "Ben is banned already.")]
)
async def test_doing_it_twice_is_said(rooms: Rooms, act: str, said: str) -> None:
    await rooms.joins("Ben")
    await rooms.says(f"room {act} Ben")
    assert (await rooms.says(f"room {act} Ben")).text == said


# --- Houses ----------------------------------------------------------------------------------


async def test_the_owner_makes_a_community_of_its_own_with_a_link_for_its_host(rooms: Rooms) -> None:
    reply = await rooms.house.say('house create "Art teachers" zone="New York"', power=Role.OWNER)
    assert reply.private
    async with rooms.house.store.begin() as tx:
        found = await tx.community_called("art-teachers")
        assert found is not None
        assert (found.name, found.zone) == ("Art teachers", "America/New_York")
        places = {place.native_id: place.name for place in await tx.places_of_community(found.id)}
        assert places == {"art-teachers": "Art teachers", "art-teachers-hosts": "hosts"}
        secret = link_in(reply).rpartition("/in/")[2]
        opened = await tx.use_secret(secret, SecretKind.HOST, rooms.house.clock.at)
        assert opened is not None
        assert (opened.community_id, opened.place_id) == (found.id, found.hosts_place_id)
        assert found.hosts_place_id is not None
        hosts = await tx.place(found.hosts_place_id)
    assert await rooms.house.posts(place=hosts) == ["Hello. `!edchat` is all you need."]


async def test_a_host_s_link_that_was_lost_is_given_anew(rooms: Rooms) -> None:
    await rooms.house.say("house create Art teachers", power=Role.OWNER)
    first = await rooms.house.say("house link art-teachers", power=Role.OWNER)
    second = await rooms.house.say("house link ART teachers", power=Role.OWNER)
    assert link_in(first) != link_in(second)
    unknown = await rooms.house.say("house link Maths", power=Role.OWNER)
    assert unknown.refused
    assert 'There is no community called "maths"' in unknown.text


async def test_houses_are_the_owner_s(rooms: Rooms) -> None:
    for line in ("house create Arts", "house link science"):
        assert (await rooms.says(line)).text == "Only whoever hosts the bot can do that."


async def test_a_host_says_whom_to_turn_to_and_how_long_chats_are_kept(rooms: Rooms) -> None:
    assert "Say what to change" in (await rooms.says("house edit")).text
    assert "30 days at least" in (await rooms.says("house edit keep-days=3")).text
    told = await rooms.says(
        'house edit contact="chat@school.example" keep-days=400 about="We talk about maths"'
    )
    assert told.text.startswith("Changed: chats are erased 400 days after they were held")
    community_id = rooms.place.community_id
    async with rooms.house.store.read() as tx:
        assert await house_rules(tx, community_id) == ("chat@school.example", 400)
        assert (await tx.community(community_id)).about == "We talk about maths"
    assert "until somebody deletes them" in (await rooms.says("house edit keep-days=0")).text
    async with rooms.house.store.read() as tx:
        assert await house_rules(tx, community_id) == ("chat@school.example", None)
