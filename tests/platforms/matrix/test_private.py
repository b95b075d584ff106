"""What is said to one person: aloud where they asked aloud, else in a room of two; and the hosts' room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.actions import Action
from bot.core.hearing import Author
from bot.core.model import Offer
from bot.core.sentences import matrix as sentences
from bot.core.sentences import refusals
from bot.platform import Impossible
from tests.platforms.matrix.speaking import SENDS, Speaking, insisted, speaking
from tests.support.synapse.people import People, Person, Unanswered
from tests.support.synapse.proxy import FaultProxy

CREATES = r"/_matrix/client/v3/createRoom"


@pytest.fixture
async def room(people: People, proxy: FaultProxy, tmp_path: Path) -> AsyncIterator[Speaking]:
    async with speaking(people, tmp_path, proxy.url) as made:
        yield made


async def invited(person: Person) -> dict[str, Any]:
    """Give the rooms to which somebody is invited."""
    told = await person.ask("GET", "v3/sync", timeout=0)
    found: dict[str, Any] = (told.get("rooms") or {}).get("invite") or {}
    return found


async def letters(room: Speaking, person: Person) -> list[str]:
    """Give what the bot wrote to somebody alone; they accept its invitation."""
    for native_id in await invited(person):
        await person.joins(native_id)
    joined = (await person.ask("GET", "v3/joined_rooms"))["joined_rooms"]
    events = [
        one for each in joined if each != room.room for one in await person.events(each, "m.room.message")
    ]
    return [one["content"]["body"] for one in events if one["sender"] == room.bot.user]


async def test_a_whisper_comes_in_a_room_of_two_that_is_made_once(room: Speaking) -> None:
    ann, ben = await room.person("ann"), await room.person("ben")
    out = room.out(Action.WHISPER, "Three are unanswered.", person=ann.user)
    assert await room.platform.send(out) == await room.platform.send(out)
    (there,) = await invited(ann)
    members = (await invited(ann))[there]["invite_state"]["events"]
    assert any(one["content"].get("is_direct") for one in members if one["type"] == "m.room.member")
    await room.does(Action.WHISPER, "Two are.", person=ann.user)
    assert await letters(room, ann) == ["Three are unanswered.", "Two are."]
    assert await letters(room, ben) == await room.bodies() == []
    with pytest.raises(Unanswered):
        await ben.events(there)
    kept = await room.bot.ask("GET", f"v3/user/{room.bot.user}/account_data/m.direct")
    assert kept == {ann.user: [there]}


async def test_the_room_of_two_is_made_once_whatever_happens_on_the_way(
    room: Speaking, proxy: FaultProxy
) -> None:
    ann = await room.person("ann")
    out = room.out(Action.WHISPER, "Three are unanswered.", person=ann.user)
    proxy.faults.on("POST", CREATES).store_then_reset()
    proxy.faults.on("PUT", r".*/account_data/m.direct").reset()
    proxy.faults.on("PUT", SENDS).store_then_reset()
    sent = await insisted(room, out)
    late = replace(out, first_attempt_at=room.ago(minutes=1))
    assert await room.platform.find(late) == sent
    assert len(await invited(ann)) == 1
    assert await letters(room, ann) == ["Three are unanswered."]


async def test_two_whispers_at_once_share_a_room(room: Speaking) -> None:
    ann = await room.person("ann")
    await asyncio.gather(*(room.does(Action.WHISPER, text, person=ann.user) for text in ("one", "two")))
    assert len(await invited(ann)) == 1
    assert sorted(await letters(room, ann)) == ["one", "two"]


async def test_whoever_left_the_room_of_two_is_written_to_in_a_new_one_made_once(
    room: Speaking, proxy: FaultProxy
) -> None:
    """As somebody who asks for a reminder after that: they were told that it comes."""
    ann, rooms = await room.person("ann"), set[str]()
    for number in range(3):
        out = room.out(Action.WHISPER, f"Reminder {number}", person=ann.user)
        proxy.faults.on("POST", CREATES).store_then_reset()
        sent = await insisted(room, out)
        assert await room.platform.find(replace(out, first_attempt_at=room.ago(minutes=1))) == sent
        (there,) = await invited(ann)
        assert await letters(room, ann) == [f"Reminder {number}"]
        rooms.add(there)
        await ann.acts_on(there, "leave")
    assert len(rooms) == 3


@pytest.mark.parametrize("person", [None, "", "ann", "42"])
async def test_a_whisper_to_nobody_is_impossible(room: Speaking, person: str | None) -> None:
    with pytest.raises(Impossible) as no:
        await room.does(Action.WHISPER, "Hello.", person=person)
    assert str(no.value) == refusals.NOBODY


async def test_what_was_asked_aloud_is_answered_aloud_as_a_reply(room: Speaking) -> None:
    asked = await room.dana.says(room.room, "!edchat chat next")
    sent = await room.does(Action.WHISPER, "Q2 is asked.", person=room.dana.user, reply_to=asked)
    content = await room.content(sent)
    assert content["m.relates_to"] == {"m.in_reply_to": {"event_id": asked}}
    assert (content["msgtype"], content["m.mentions"]) == ("m.notice", {})
    assert await invited(room.dana) == {}


async def test_what_was_asked_in_a_thread_is_answered_there(room: Speaking) -> None:
    question = await room.posts("Q1")
    asked = await room.dana.says(room.room, "!edchat chat next", thread=question)
    sent = await room.does(Action.WHISPER, "Q2 is asked.", person=room.dana.user, reply_to=asked)
    relation = (await room.content(sent))["m.relates_to"]
    assert (relation["rel_type"], relation["event_id"]) == ("m.thread", question)
    assert (relation["m.in_reply_to"], relation["is_falling_back"]) == ({"event_id": asked}, False)


async def test_what_was_asked_elsewhere_is_not_answered_here(room: Speaking) -> None:
    elsewhere = await room.dana.makes_room("elsewhere")
    asked = await room.dana.says(elsewhere, "!edchat chat next")
    await room.does(Action.WHISPER, "Q2 is asked.", person=room.dana.user, reply_to=asked)
    assert await room.bodies() == []
    assert len(await invited(room.dana)) == 1


async def test_a_confirmation_says_so_bears_the_tick_already_and_is_known_by_it(room: Speaking) -> None:
    asked = await room.dana.says(room.room, "!edchat series delete 3")
    offer = Offer("Delete #edchat", "series delete 3 sure=yes")
    async with room.store.begin() as tx:
        text, offers = "This deletes it.", (offer, Offer("Not now", "series list"))
        await tx.whisper(
            room.place, room.dana.user, text, offers, "reply.1", room.ago(minutes=1), reply_to=asked
        )
        row = await tx.waiting_in(room.place.id)
    assert row is not None
    assert row.reply_to == asked
    out = room.out(Action.WHISPER, row.text, offers=row.offers, person=row.person, reply_to=row.reply_to)
    sent = await room.platform.send(out)
    assert (await room.bodies())[-1].endswith(f"\n{sentences.REACT_TO_CONFIRM}")
    assert await room.signs(sent) == ["✅"]
    async with room.store.begin() as tx:
        await tx.confirm(row, sent, room.ago(minutes=0))
    async with room.store.read() as tx:
        assert await tx.offers_of_sent("matrix", sent) == (room.dana.user, (offer,))
        assert await tx.offers_of_sent("discord", sent) == (None, ())


async def test_a_tick_on_a_post_takes_nothing_up(room: Speaking) -> None:
    async with room.store.begin() as tx:
        await tx.post(
            room.place, "Next chat", (Offer("Remind me", "chat remind"),), "test.1", room.ago(days=0)
        )
        row = await tx.waiting_in(room.place.id)
        assert row is not None
        await tx.confirm(row, "$sent", room.ago(minutes=0))
        assert await tx.offers_of_sent("matrix", "$sent") == (None, ())


async def test_the_hosts_room_is_one_private_room_with_hosts_in_it_as_such(
    room: Speaking, proxy: FaultProxy
) -> None:
    ann, ben = await room.person("ann"), await room.person("ben")
    async with room.store.begin() as tx:
        person = await tx.person("matrix", Author(ben.user, "ben"), room.place.community_id)
        await tx.make_community_host(room.place.community_id, person.id)
    out = room.out(Action.ROOM, "EdChat hosts", person=ann.user)
    proxy.faults.on("POST", CREATES).store_then_reset()
    made = await insisted(room, out)
    assert await room.platform.send(out) == await room.platform.find(out) == made
    for one in (ann, ben):
        assert [*await invited(one)] == [made]
        await one.joins(made)
    levels = await ann.state(made, "m.room.power_levels")
    assert (levels["users"][ann.user], levels["users"][ben.user]) == (50, 50)
    assert (await ann.state(made, "m.room.name"))["name"] == "EdChat hosts"
    assert (await ann.state(made, "m.room.join_rules"))["join_rule"] == "invite"


async def test_one_more_host_is_let_into_the_hosts_room_that_is_there(room: Speaking) -> None:
    ann, ben = await room.person("ann"), await room.person("ben")
    made = await room.does(Action.ROOM, "EdChat hosts", person=ann.user)
    assert await room.does(Action.ROOM, "EdChat hosts", person=ben.user, target=made) == made
    assert [*await invited(ben)] == [made]
