"""One weekly chat in several places: joined by a code, steered by its owners alone, muted and left."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.model import ChatState, Role
from bot.core.sentences import sharing as say
from bot.core.which import Which
from bot.storage.outgoing.outbound import SHOWS_WORDS
from cogs._setup import option
from tests.support.guests import Guests, with_guests

PLAN = "chat plan Homework\nWhy?\nHow?\nWhat now?\nWho?"


@pytest.fixture
async def two(tmp_path: Path, rooms: str) -> AsyncIterator[Guests]:
    async with with_guests(tmp_path, rooms) as opened:
        yield opened


async def opened(two: Guests, *, joined: bool = True) -> int:
    """A chat in its hour, with nothing asked yet; gives its id."""
    await two.owner(PLAN)
    if joined:
        await two.join()
    chat = (await two.house.chats())[0]
    await two.house.at(chat.starts_at)
    return chat.id


async def test_a_code_brings_a_weekly_chat_into_another_communitys_room_when_its_own_host_accepts(
    two: Guests,
) -> None:
    code = await two.code()
    asked = await two.guest(f"series join {code}")
    assert "Weekly EdChat of Edhouse: " in asked.text
    assert "Whoever has the link can read your answers afterwards." in asked.text
    assert (await two.guest("series list")).text.startswith("There is no weekly chat")
    accepted = await two.guest(asked.offers[0].line)
    assert accepted.text.startswith(
        "Weekly EdChat of Edhouse is held in physics from now on. The next one is"
    )
    assert [offer.label for offer in accepted.offers] == [say.MUTE, say.LEAVE]
    assert "Weekly EdChat" in (await two.guest("series list")).text
    told = await two.house.posts(place=two.house.hosts)
    assert any("physics of Physics Club too" in text for text in told)


async def test_a_code_is_given_with_the_words_that_are_typed_in_the_other_place(two: Guests) -> None:
    text = (await two.owner("series share")).text
    assert "`!edchat series join " in text
    assert re.search("on Discord `/?series join`", text)  # there it is a command that can be pressed


async def test_a_room_that_joins_is_not_about_a_chat_that_was_never_held_there(two: Guests) -> None:
    over = await opened(two, joined=False)
    await two.owner("chat end sure=yes")
    await two.house.later(seconds=1)
    await two.join()
    async with two.house.store.read() as tx:
        there, home = [await tx.chat_here(p.id, Which.RECENT) for p in (two.room, two.house.place)]
        next_one = await tx.chat_here(two.room.id, Which.LIVE)
    assert (there, home.id if home else None) == (None, over)
    assert next_one is not None


async def test_a_code_is_good_once(two: Guests) -> None:
    code = await two.code()
    await two.guest(f"series join {code} sure=yes")
    await two.guest("series leave sure=yes")
    again = await two.guest(f"series join {code} sure=yes")
    assert (again.refused, again.text) == (True, say.CODE_WRONG)


async def test_old_wrong_and_revoked_codes_get_one_clear_sentence(two: Guests) -> None:
    old, revoked = await two.code(), await two.code()
    assert (await two.owner("series share revoke=yes")).text == say.CODES_REVOKED
    fresh = await two.code()
    for code in (old, revoked, "nonsense", "x" * 300, "`-`", "-Ab_c-", "_--"):
        assert (await two.guest(f"series join {code} sure=yes")).text == say.CODE_WRONG
    two.house.clock.at += timedelta(days=8)
    assert (await two.guest(f"series join {fresh} sure=yes")).text == say.CODE_WRONG
    assert len(await two.house.rows("SELECT * FROM series_place")) == 1


async def test_a_code_of_a_deleted_weekly_chat_opens_nothing(two: Guests) -> None:
    code = await two.code()
    await two.owner("series delete sure=yes")
    assert (await two.guest(f"series join {code} sure=yes")).text == say.CODE_WRONG


async def test_codes_are_not_in_the_database(two: Guests) -> None:
    code = await two.code()
    rows = await two.house.rows("SELECT hash, kind FROM secret")
    assert [row.kind for row in rows] == ["place"]
    assert code not in rows[0].hash


async def test_only_hosts_give_codes_and_let_chats_in(two: Guests) -> None:
    code = await two.code()
    assert (await two.guest(f"series join {code} sure=yes", Role.ANYONE)).text.startswith("Only a host")
    assert (await two.owner("series share", Role.ANYONE)).text.startswith("Only a host")
    await two.guest(f"series join {code} sure=yes")
    assert (await two.guest("series share")).text == say.series_not_ours("Edhouse")


async def test_a_place_that_has_the_weekly_chat_is_refused_kindly(two: Guests) -> None:
    await two.join()
    again = await two.join()
    assert again.text == "Weekly EdChat is held in physics already; nothing was changed."
    home = await two.owner(f"series join {await two.code()} sure=yes")
    assert home.text == "Weekly EdChat is held in edchat already; nothing was changed."


async def test_among_hosts_a_weekly_chat_is_held_in_their_only_room_for_everybody(
    two: Guests, rooms: str
) -> None:
    joined = await two.guest(f"series join {await two.code()} sure=yes", place=two.hosts)
    if rooms == "discord":  # a server begins with a channel of its own, so that there are two
        assert joined.text.endswith("add place=physics or place=general.")
    else:
        assert joined.text.startswith("Weekly EdChat of Edhouse is held in physics")


async def test_a_hosts_room_is_no_place_for_a_chat_and_the_real_rooms_are_named(
    two: Guests, rooms: str
) -> None:
    async with two.house.store.begin() as tx:
        labs = await tx.add_place(two.room.community_id, rooms, "73", "labs")
    refused = await two.guest(f"series join {await two.code()} sure=yes", place=two.hosts)
    options = [option("place", one) for one in (two.room, labs)]
    assert refused.text.startswith("A weekly chat is held where everybody is, not among hosts; add place=")
    assert [one for one in options if one not in refused.text] == []
    hosts = await two.guest(f"series join {await two.code()} place=p{two.hosts.id} sure=yes", place=two.hosts)
    assert hosts.text == refused.text
    named = await two.guest(f"series join {await two.code()} place=physics sure=yes", place=two.hosts)
    assert named.text.startswith("Weekly EdChat of Edhouse is held in physics")


async def test_a_place_with_another_chat_at_that_hour_is_refused_kindly(two: Guests) -> None:
    await two.guest('series create Physics when="every Tuesday 8 pm" zone="New York"')
    refused = await two.join()
    assert refused.refused
    assert refused.text.startswith("Physics is held in physics then, on Tue 24 Nov 2026, 8:00 pm ET;")
    assert len(await two.house.rows("SELECT * FROM series_place WHERE place_id = :id", id=two.room.id)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "chat next",
        "chat extend 5 min",
        "chat pause",
        "chat skip",
        "chat ask Why",
        "chat end",
        "question add Why",
    ],
)
async def test_hosts_of_a_place_that_joined_do_not_steer_and_hear_whose_chat_it_is(
    two: Guests, line: str
) -> None:
    chat = await opened(two)
    before = await two.house.running(chat)
    refused = await two.guest(line)
    assert (refused.refused, refused.text) == (True, say.only_hosts_of("Edhouse"))
    assert await two.house.running(chat) == before


@pytest.mark.parametrize(
    "line", ["series edit minutes=30", "series pause", "series skip 1 Dec", "archive visibility public"]
)
async def test_nor_do_they_change_it(two: Guests, line: str) -> None:
    await two.join()
    refused = await two.guest(line)
    assert (refused.refused, refused.text) == (True, say.series_not_ours("Edhouse"))


async def test_nor_do_they_publish_it_or_get_what_is_for_members_alone(two: Guests) -> None:
    chat = await opened(two)
    await two.owner("chat end sure=yes")
    await two.house.later(seconds=1)
    for line in ("archive publish", "archive unpublish", "archive export"):
        assert (await two.guest(line)).text == say.series_not_ours("Edhouse"), line
    await two.owner("archive visibility members")
    async with two.house.store.begin() as tx:
        await tx.install("address", "https://chat.example")
        await tx.give_addresses()
        await tx.publish(chat, two.house.clock.at)
    for line in ("archive link", "archive feed"):
        assert (await two.guest(line)).text == say.NOT_FOR_GUESTS.format(community="Edhouse"), line
    assert await two.house.rows("SELECT * FROM member") == []


async def test_they_hide_and_file_what_was_said_in_their_own_place_and_nothing_else(two: Guests) -> None:
    chat = await opened(two)
    await two.owner("chat next")
    theirs = await two.hear("A1: Because of Newton", two.room)
    ours = await two.hear("A1: Because of us", two.house.place, "Cy")
    hidden = await two.guest(f"answers hide m{(await two.message(theirs)).id} chat={chat}")
    assert not hidden.refused
    assert (await two.message(theirs)).hidden_at
    refused = await two.guest(f"answers hide m{(await two.message(ours)).id} chat={chat}")
    assert (refused.refused, refused.text) == (True, say.NOT_SAID_HERE)
    assert (await two.guest(f"answers move m{(await two.message(ours)).id} 1 chat={chat}")).refused
    talk = await two.hear("Because of Kepler", two.room)
    moved = await two.guest(f"answers move m{(await two.message(talk)).id} 1 chat={chat}")
    assert not moved.refused
    for line in ("answers pick", "answers keep"):
        assert (await two.guest(f"{line} m{(await two.message(talk)).id} chat={chat}")).refused


async def test_a_host_of_a_guest_place_is_a_participant_in_the_chat(two: Guests) -> None:
    await opened(two)
    await two.owner("chat next")
    said = await two.hear("Q2: is this the next one?", two.room, "Eve", Role.HOST)
    answer = await two.hear("A1: Because I say so", two.room, "Eve", Role.HOST)
    assert not (await two.message(said)).by_host
    row = await two.message(answer)
    assert (row.kind, row.by_host) == ("answer", False)


async def test_one_question_goes_into_every_place_and_answers_from_all_stand_under_it(two: Guests) -> None:
    chat = await opened(two)
    await two.owner("chat next")
    assert (await two.waiting(two.room))[-2:] == ["open", "q1"]
    for place in (two.house.place, two.room):
        assert "q1" in [
            row.subject
            for row in await two.house.rows(
                "SELECT subject FROM outbox WHERE place_id = :p AND state != 'withdrawn'", p=place.id
            )
        ]
    await two.hear("A1: here", two.house.place, "Cy")
    await two.hear("A1: there", two.room, "Ben")
    rows = await two.house.rows(
        "SELECT m.place_id, q.position FROM filing f JOIN question q ON q.id = f.question_id"
        " JOIN message m ON m.id = f.message_id ORDER BY m.id"
    )
    assert [tuple(row) for row in rows] == [(two.house.place.id, 1), (two.room.id, 1)]
    who = (await two.owner(f"answers unanswered chat={chat}")).text
    assert "Ben" not in who
    assert "Cy" not in who


async def test_who_searches_in_a_place_that_joined_finds_the_chat_that_is_held_there(two: Guests) -> None:
    await opened(two)
    await two.owner("chat next")
    await two.hear("A1: zebras at home", two.house.place, "Cy")
    await two.hear("A1: zebras among guests", two.room)
    async with two.house.store.begin() as tx:
        drawn = "UPDATE message SET body_html = text, render_version = 1, public_id = 'p' || id"
        await tx.connection.exec_driver_sql(drawn)
        await tx.give_addresses()
    found = [
        (await two.guest(f"archive search zebra{more}", Role.ANYONE)).text
        for more in ("", " series:weekly", " from:cy")
    ]
    assert [("at home" in text, "among guests" in text) for text in found] == [
        (True, True),
        (True, True),
        (True, False),
    ]
    assert (await two.guest("archive search zebra from:zed")).text.startswith("Nobody whom you may read")
    assert (await two.guest("archive search zebra", place=two.hosts)).text.startswith("Nothing was found")
    await two.owner("archive visibility members")
    assert (await two.guest("archive search zebra", Role.ANYONE)).text.startswith("Nothing was found")


async def test_each_place_is_told_who_reads_and_where_all_of_it_stands(two: Guests) -> None:
    async with two.house.store.begin() as tx:
        await tx.install("address", "https://chat.example")
        await tx.give_addresses()
        secret = await tx.link_secret(1)
    await opened(two)
    page = f"https://chat.example/l/{secret}/{(await two.house.chats())[0].slug}"
    own, there = [
        next(text for text in await two.house.posts(place=place) if text.startswith("Welcome"))
        for place in (two.house.place, two.room)
    ]
    assert f"This chat is held in several places at once. Read all of it together: {page}" in own
    assert "It is Edhouse's." in there
    assert page in there
    assert "Whoever has the link can read" in own
    assert "Whoever has the link can read" in there


async def test_guests_of_a_chat_for_members_are_told_whose_members_read(two: Guests) -> None:
    await two.owner("archive visibility members")
    await opened(two)
    texts = {place.id: "\n".join(await two.house.posts(place=place)) for place in (two.house.place, two.room)}
    assert "Members of this place can read your answers" in texts[two.house.place.id]
    assert "Members of Edhouse can read your answers" in texts[two.room.id]
    assert "Members of this place" not in texts[two.room.id]
    assert "Weekly EdChat is Edhouse's: Members of Edhouse can read" in (await two.guest("privacy show")).text


async def test_the_announcement_takes_no_guest_into_the_owners_rooms(two: Guests, rooms: str) -> None:
    await two.owner(PLAN)
    await two.join()
    async with two.house.store.begin() as tx:
        await tx.install("address", "https://chat.example")
        secret = await tx.join_secret(two.house.place.id)
    await two.owner("chat announce")
    here = await two.house.posts(place=two.house.place)
    assert any(secret in text for text in here) is (rooms != "browser")  # there they are in it already
    there = await two.house.posts(place=two.room)
    assert any(text.startswith("Next chat: Homework") for text in there)
    assert not any(secret in text for text in there)


async def test_nothing_is_posted_in_a_muted_place_until_it_is_unmuted(two: Guests) -> None:
    await opened(two)
    await two.owner("chat next")
    muted = await two.guest("series mute")
    assert muted.text.startswith("Weekly EdChat is muted in physics")
    before = await two.waiting(two.room)
    await two.house.later(minutes=9)
    assert await two.waiting(two.room) == before
    assert (await two.guest("series mute")).text == "Weekly EdChat is muted in physics already."
    assert [offer.label for offer in muted.offers] == [say.UNMUTE, say.LEAVE]
    assert (await two.guest("series unmute")).text == "Weekly EdChat is heard in physics again."
    assert (await two.waiting(two.room))[-1] == "q2"
    assert (await two.waiting(two.room)).count("q1") == before.count("q1")
    assert (await two.guest("series unmute")).refused


async def test_a_chat_that_opens_while_a_place_is_muted_is_not_held_there(two: Guests) -> None:
    await two.join()
    await two.guest("series mute")
    await opened(two, joined=False)
    assert await two.house.rows("SELECT * FROM chat_place WHERE place_id = :id", id=two.room.id) == []
    assert await two.message(await two.hear("Hello everybody", two.room)) is None
    assert await two.message(await two.hear("Hello here", two.house.place)) is not None


async def test_owners_do_not_mute_their_own_place_nor_leave_the_last_one(two: Guests) -> None:
    assert (await two.owner("series mute")).text == say.OWN_PLACE_MUTE.format(series="Weekly EdChat")
    assert (await two.owner("series leave sure=yes")).text == say.OWN_PLACE_LAST.format(
        series="Weekly EdChat"
    )


async def test_a_place_leaves_and_the_others_go_on(two: Guests) -> None:
    chat = await opened(two)
    await two.owner("chat next")
    before = await two.hear("A1: said in time", two.room)
    sure = await two.guest("series leave")
    assert "stays on its page" in sure.text
    left = await two.guest(sure.offers[0].line)
    assert left.text.startswith("physics has left Weekly EdChat")
    there = await two.waiting(two.room)
    await two.house.later(minutes=9)
    assert await two.waiting(two.room) == there
    assert (await two.house.running(chat)).chat.asked == 2
    assert (await two.message(before)).deleted_at is None
    assert await two.message(await two.hear("A1: said too late", two.room)) is None
    assert any(
        "physics of Physics Club has left" in one for one in await two.house.posts(place=two.house.hosts)
    )
    assert (await two.guest("chat now")).refused


async def test_what_was_found_for_guests_is_told_nobody_once_they_are_guests_no_more(two: Guests) -> None:
    await opened(two)
    async with two.house.store.begin() as tx:
        for place in (two.room, two.house.place):
            key = f"reply.{place.id}"
            await tx.whisper(place, "Ben", "zebras", (), key, two.house.clock.at, subject=SHOWS_WORDS)
    assert (await two.guest("series leave sure=yes")).text.startswith("physics has left")
    kept = await two.house.rows("SELECT place_id, payload FROM outbox WHERE action = 'whisper' ORDER BY id")
    assert [(row.place_id, "zebras" in row.payload) for row in kept] == [
        (two.room.id, False),
        (two.house.place.id, True),
    ]


async def test_owners_take_a_place_out(two: Guests) -> None:
    chat = await opened(two)
    shared = await two.owner("series share")
    assert "- physics of Physics Club" in shared.text
    asked = await two.owner(shared.offers[0].line)
    assert "stays on your page" in asked.text
    assert "physics" in (await two.owner("series share")).text
    out = await two.owner(asked.offers[0].line)
    assert out.text == "Weekly EdChat is no longer held in physics."
    assert any("Edhouse no longer holds" in text for text in await two.house.posts(place=two.hosts))
    assert await two.message(await two.hear("Hello?", two.room)) is None
    assert (await two.house.running(chat)).chat.state is ChatState.OPEN
    assert (await two.owner(shared.offers[0].line)).refused


async def test_who_joins_in_the_middle_gets_the_welcome_and_the_question_that_is_on(two: Guests) -> None:
    await opened(two, joined=False)
    await two.owner("chat next")
    await two.house.later(minutes=8)
    assert (await two.join()).text.endswith("It is on right now.")
    assert await two.waiting(two.room) == ["open", "q2"]
    await two.hear("A2: in time", two.room)
    assert len(await two.house.rows("SELECT * FROM filing")) == 1


async def test_a_place_where_another_chat_is_still_on_goes_without_and_hosts_are_told(two: Guests) -> None:
    await two.guest('series create Physics when="every Tuesday 7 pm" zone="New York" minutes=60')
    await two.join()
    await two.guest("chat plan Forces\nWhy?\nHow?")
    [physics] = await two.house.rows("SELECT id FROM chat WHERE topic = 'Forces'")
    await two.owner(PLAN)
    chat = next(one for one in await two.house.chats() if one.topic == "Homework")
    await two.house.at(chat.starts_at - timedelta(minutes=5))
    assert not (await two.guest(f"chat extend 30 min chat={physics.id}")).refused
    await two.house.later(minutes=6)
    assert (await two.house.running(chat.id)).chat.state is ChatState.OPEN
    told = await two.house.posts(place=two.house.hosts)
    assert any("It is not held in physics tonight: Physics is still on there." in text for text in told)
    opened_there = "SELECT * FROM outbox WHERE chat_id = :c AND place_id = :p AND subject = 'open'"
    assert await two.house.rows(opened_there, c=chat.id, p=two.room.id) == []


async def test_the_card_tells_hosts_of_a_guest_place_whose_chat_it_is(two: Guests) -> None:
    await opened(two)
    card = await two.guest("")
    assert "Weekly EdChat is Edhouse's, and physics is a guest of it: its own hosts steer." in card.text
    assert [offer.label for offer in card.offers][:3] == ["Catch up", say.MUTE, say.LEAVE]
    everybody = await two.guest("", Role.ANYONE)
    assert "guest" not in everybody.text
    assert "Edhouse's" in (await two.guest("series show")).text


async def test_their_own_weekly_chat_is_planned_though_the_guests_chat_comes_sooner(two: Guests) -> None:
    await two.join()
    await two.guest('series create Physics when="every Friday 8 pm"')
    planned = await two.guest("chat plan Forces\nWhy?\nHow?")
    assert not planned.refused, planned.text
    assert planned.text.startswith("Forces")


async def test_owners_plan_without_regard_to_what_else_happens_in_a_guests_room(two: Guests) -> None:
    await two.join()
    await two.guest('series create Physics when="every Thursday 8 pm" zone="New York"')
    edited = await two.owner('series edit when="every Thursday 8 pm"')
    assert not edited.refused, edited.text
