"""Places that joined a chat: what their hosts may and may not do, and what becomes of words said there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core import sentences
from bot.core.audience import Audience, Reads
from bot.core.hearing import Author, Barred, Edited, Said
from bot.core.model import ChatState, Place, Role, Series, Visibility
from bot.core.sentences import sharing as say
from bot.core.sentences.desk import CANNOT_HOLD
from bot.core.state import Change
from bot.inbox import Inbox
from cogs.health import Health
from tests.support.guests import Guests, with_guests
from tests.support.talking import everything

PLAN = "chat plan Homework\nWhy?\nHow?\nWhat now?\nWho?"


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Guests]:
    async with with_guests(tmp_path, "terminal") as opened:
        yield opened


async def opened(two: Guests) -> int:
    """A chat in its hour, held in both places, with its first question out; gives its id."""
    await two.owner(PLAN)
    await two.join()
    chat = (await two.house.chats())[0]
    await two.house.at(chat.starts_at)
    await two.owner("chat next")
    return chat.id


async def ended(two: Guests, chat: int) -> None:
    """The hour is over and its page is out."""
    await two.owner("chat end")
    async with two.house.store.begin() as tx:
        await tx.publish(chat, two.house.clock.at)


async def sealed(two: Guests, chat: int) -> None:
    """The days of late answers are over."""
    async with two.house.store.begin() as tx:
        before = await tx.running(chat)
        change = Change(before.with_chat(state=ChatState.SEALED))
        await tx.change(before, change, two.house.clock.at + timedelta(days=8))


async def test_when_guests_leave_for_good_no_name_or_word_of_theirs_stays_among_the_owners(
    two: Guests,
) -> None:
    chat = await opened(two)
    await two.hear("A1: armadillos", two.room, "Aardvark")
    await two.hear("@Aardvark, yes", two.house.place, "Ben")
    await two.hear("A1: badgers", two.house.place, "Ben")
    await two.house.at((await two.house.running(chat)).chat.ends_at + timedelta(minutes=1))
    thanked = [one for one in await two.house.posts() if "Thank you for your answers" in one]
    assert "Aardvark" in str(thanked)
    async with two.house.store.begin() as tx:
        await tx.erase_community(two.room.community_id, two.house.clock.at)
    assert await two.house.store.scrub()
    kept = everything(Path(str(two.house.store.url.database)).parent)
    assert b"ardvark" not in kept
    assert b"rmadillo" not in kept
    assert b"badgers" in kept
    posts = "\n".join(await two.house.posts())
    assert "Thank you for your answers, somebody and Ben." in posts


async def test_guests_hosts_do_not_show_again_what_the_owners_hid(two: Guests) -> None:
    chat = await opened(two)
    said = await two.message(await two.hear("A1: Pupil Tom told me", two.room))
    assert not (await two.owner(f"answers hide m{said.id} chat={chat}")).refused
    refused = await two.guest(f"answers hide m{said.id} undo=yes chat={chat}")
    assert (refused.refused, refused.text) == (True, say.SHOWN_BY_OWNERS.format(community="Edhouse"))
    assert (await two.message(said.platform_message_id)).hidden_at


async def test_what_guests_hide_the_owners_show_again_and_guests_are_offered_no_way_back(two: Guests) -> None:
    chat = await opened(two)
    said = await two.message(await two.hear("A1: Because of Newton", two.room))
    assert (await two.guest(f"answers hide m{said.id} chat={chat}")).offers == ()
    assert not (await two.owner(f"answers hide m{said.id} undo=yes chat={chat}")).refused
    assert (await two.message(said.platform_message_id)).hidden_at is None


async def test_words_go_with_the_late_answers_where_people_were_told_that_nobody_reads_them(
    two: Guests,
) -> None:
    async with two.house.store.begin() as tx:
        await tx.open_rooms([two.room], Visibility.OFF)
        zoe = await tx.person(two.room.platform, Author("Zoe", "Zoe", Role.ANYONE), two.room.community_id)
        await tx.make_member(two.room.community_id, zoe.id, two.house.clock.at)
    chat = await opened(two)
    assert any("Nobody reads your answers" in text for text in await two.house.posts(place=two.room))
    there = await two.hear("A1: not to be kept", two.room)
    here = await two.hear("A1: to be kept", two.house.place, "Cy")
    await ended(two, chat)
    await sealed(two, chat)
    assert (await two.message(there)).text == ""
    assert (await two.message(here)).text == "A1: to be kept"


async def test_who_joins_a_chat_that_is_for_members_is_told_so_though_the_series_is_opened_meanwhile(
    two: Guests,
) -> None:
    await two.owner("archive visibility members")
    await two.owner(PLAN)
    chat = (await two.house.chats())[0]
    await two.house.at(chat.starts_at)
    await two.owner("archive visibility public sure=yes")
    await two.join()
    assert any("Members of Edhouse can read" in text for text in await two.house.posts(place=two.room))


async def test_a_place_that_left_is_not_led_to_the_page(two: Guests) -> None:
    async with two.house.store.begin() as tx:
        await tx.install("address", "https://chat.example")
        await tx.give_addresses()
    chat = await opened(two)
    await ended(two, chat)
    assert "/l/" in (await two.guest("archive link", Role.ANYONE)).text
    await two.guest("series leave sure=yes")
    assert (await two.guest("archive link", Role.ANYONE)).refused
    assert (await two.guest(f"archive link chat={chat}", Role.ANYONE)).refused


async def _receipts(two: Guests) -> list[str]:
    query = "SELECT json_extract(payload, '$.target') AS target FROM outbox WHERE action = 'receipt'"
    rows = await two.house.rows(f"{query} AND state != 'withdrawn' AND place_id = :place", place=two.room.id)
    return [str(row.target) for row in rows]


async def test_no_receipt_is_given_in_a_muted_place_until_it_is_unmuted(two: Guests) -> None:
    await opened(two)
    await two.guest("series mute")
    now, ben = two.house.clock.at, Author("Ben", "Ben", Role.ANYONE)
    inbox = Inbox(two.house.store, two.house.clock, {}, frozenset({two.room.platform}))
    hearing = asyncio.create_task(inbox.run())
    await inbox.hear(two.room, [Said("555", ben, "A1: quietly", now)], "1")
    await inbox.hear(two.room, [Edited("555", ben, "A2: and edited", now)], "2")
    assert (await two.message("555")).text == "A2: and edited"
    assert await _receipts(two) == []
    await two.guest("series unmute")
    await inbox.hear(two.room, [Said("556", ben, "A1: aloud", now)], "3")
    assert await _receipts(two) == ["556"]
    hearing.cancel()


async def test_hosts_look_after_what_was_said_in_their_place_from_their_own_room_too(two: Guests) -> None:
    chat = await opened(two)
    said = await two.message(await two.hear("A1: Because of Newton", two.room))
    hidden = await two.guest(f"answers hide m{said.id} chat={chat}", place=two.hosts)
    assert not hidden.refused, hidden.text


async def test_a_guest_host_who_is_forgotten_at_home_is_named_on_the_chat_no_more(two: Guests) -> None:
    chat = await opened(two)
    await two.hear("A1: said by the lead", two.room, "Lea")
    async with two.house.store.begin() as tx:
        lea = await tx.met(two.room.platform, "Lea", two.room.community_id)
        assert lea is not None
        await tx.invite(chat, lea.id, two.house.clock.at)
        await tx.forget(lea, two.room.community_id, two.house.clock.at + timedelta(minutes=1))
    assert await two.house.rows("SELECT * FROM chat_host") == []


async def test_who_is_known_to_the_owners_too_hosts_their_chat_on(two: Guests) -> None:
    chat = await opened(two)
    for place in (two.room, two.house.place):
        await two.hear("A1: said in both", place, "Lea")
    async with two.house.store.begin() as tx:
        lea = await tx.met(two.room.platform, "Lea", two.room.community_id)
        assert lea is not None
        await tx.invite(chat, lea.id, two.house.clock.at)
        await tx.forget(lea, two.room.community_id, two.house.clock.at + timedelta(minutes=1))
    assert len(await two.house.rows("SELECT * FROM chat_host")) == 1


async def test_who_is_forgotten_at_home_is_gone_from_what_the_owners_were_told_of_the_chat(
    two: Guests,
) -> None:
    chat = await opened(two)
    await two.hear("A1: said once", two.room, "Quentin Rare")
    await two.house.later(minutes=60)
    told = "SELECT count(*) AS n FROM outbox WHERE payload LIKE '%Quentin Rare%' AND chat_id = :chat"
    assert (await two.house.rows(told, chat=chat))[0].n > 0
    async with two.house.store.begin() as tx:
        who = await tx.met(two.room.platform, "Quentin Rare", two.room.community_id)
        assert who is not None
        await tx.forget(who, two.room.community_id, two.house.clock.at + timedelta(minutes=1))
    assert (await two.house.rows(told, chat=chat))[0].n == 0


async def test_who_asked_to_be_left_out_at_home_is_called_nowhere_in_the_chat(two: Guests) -> None:
    await opened(two)
    await two.hear("A1: hello", two.room, "Ben")
    async with two.house.store.begin() as tx:
        ben = await tx.met(two.room.platform, "Ben", two.room.community_id)
        assert ben is not None
        await tx.exclude(ben, two.room.community_id, two.house.clock.at)
    said = await two.message(await two.hear("A1: I agree with @Ben", two.house.place, "Cy"))
    assert "Ben" not in said.text


async def _lose(two: Guests, place: Place, times: int = 1) -> None:
    """The bot is thrown out of a place, which its network may tell more than once."""
    now = two.house.clock.at
    async with two.house.store.begin() as tx:
        await tx.leave_channel(place.id, now)
    inbox = Inbox(two.house.store, two.house.clock, {Barred: (Health().barred,)}, frozenset({place.platform}))
    hearing = asyncio.create_task(inbox.run())
    for number in range(times):
        await inbox.hear(place, [Barred(f"lost.{number}", ("Gone.",), now, gone=True)], str(number))
    hearing.cancel()


async def _lost_there(two: Guests) -> list[str]:
    """What the hosts of the guests' place are told of the owners' places."""
    return [text for text in await two.house.posts(place=two.hosts) if "has lost its last place" in text]


async def _paused(two: Guests, chat: int) -> bool:
    async with two.house.store.read() as tx:
        return (await tx.running(chat)).chat.paused_at is not None


async def test_a_chat_whose_owners_lost_their_last_place_waits_in_guests_places_and_their_hosts_hear_it_once(
    two: Guests,
) -> None:
    chat = await opened(two)
    await _lose(two, two.house.place, times=2)
    assert await _paused(two, chat)
    assert any("paused" in text for text in await two.house.posts(place=two.room))
    assert await _lost_there(two) == [say.owners_lost(Series(1, 1, "Weekly EdChat"), "Edhouse", paused=True)]


async def test_a_chat_that_lost_a_guests_place_alone_goes_on(two: Guests) -> None:
    chat = await opened(two)
    await _lose(two, two.room)
    assert not await _paused(two, chat)
    assert await _lost_there(two) == []


async def test_a_chat_that_nobody_can_steer_does_not_begin_in_guests_places(two: Guests) -> None:
    await two.owner(PLAN)
    await two.join()
    chat = (await two.house.chats())[0]
    before = await two.waiting(two.room)
    await _lose(two, two.house.place, times=2)
    await two.house.at(chat.starts_at + timedelta(minutes=10))
    assert await two.waiting(two.room) == before
    assert await _lost_there(two) == [say.owners_lost(Series(1, 1, "Weekly EdChat"), "Edhouse", paused=False)]


async def test_owners_who_hide_words_of_another_place_hold_nobody_back_there(two: Guests) -> None:
    chat = await opened(two)
    there = await two.message(await two.hear("A1: Pupil Tom told me", two.room))
    here = await two.message(await two.hear("A1: Pupil Ann told me", two.house.place, "Cy"))
    no = await two.owner(f"answers hide m{here.id} hold=yes chat={chat}")
    assert (no.refused, no.text) == (True, CANNOT_HOLD)
    async with two.house.store.begin() as tx:
        await tx.make_member(two.house.place.community_id, here.person_id, two.house.clock.at)
    told = (await two.owner(f"answers hide m{there.id} hold=yes chat={chat}")).text
    assert told == f"{sentences.HIDDEN}\n{say.NOT_HELD_BACK}"
    assert (await two.message(there.platform_message_id)).hidden_at
    assert await two.house.rows("SELECT * FROM member WHERE held_at IS NOT NULL") == []
    told = (await two.owner(f"answers hide m{here.id} hold=yes chat={chat}")).text
    assert told == f"{sentences.HIDDEN}\n{sentences.WRITER_HELD}"
    assert len(await two.house.rows("SELECT * FROM member WHERE held_at IS NOT NULL")) == 1


async def _named_on_the_page(two: Guests, chat: int) -> list[str]:
    """The hosts whom the owners' page names."""
    async with two.house.store.read() as tx:
        page = await tx.chat_page(chat, Audience(two.house.place.community_id, Reads.HOSTS))
    assert page is not None
    return list(page.hosts)


@pytest.mark.parametrize(("asks", "named"), [("pseudonym", ["Magnet"]), ("exclude", [])])
async def test_a_guest_host_is_named_to_the_owners_readers_as_they_asked_at_home(
    two: Guests, asks: str, named: list[str]
) -> None:
    chat = await opened(two)
    await two.hear("A1: said by the lead", two.room, "Lea")
    async with two.house.store.begin() as tx:
        lea = await tx.met(two.room.platform, "Lea", two.room.community_id)
        assert lea is not None
        await tx.invite(chat, lea.id, two.house.clock.at)
        before = await tx.running(chat)
        await tx.change(before, Change(before.with_chat(lead="Lea")), two.house.clock.at)
    assert await _named_on_the_page(two, chat) == ["Lea"]
    async with two.house.store.begin() as tx:
        if asks == "exclude":
            await tx.exclude(lea, two.room.community_id, two.house.clock.at)
        else:
            await tx.rename(lea, two.room.community_id, "Magnet", two.house.clock.at)
    assert await _named_on_the_page(two, chat) == named


@pytest.mark.parametrize(("asks", "named"), [("pseudonym", "Magnet"), ("exclude", "somebody"), ("", "Lea")])
async def test_the_owners_hosts_hear_of_guests_as_these_asked_at_home_and_of_their_own_by_name(
    two: Guests, asks: str, named: str
) -> None:
    chat, now = await opened(two), two.house.clock.at
    for who, place in (("Lea", two.room), ("Cyd", two.house.place)):
        await two.hear("Magnets, because they hum", place, who)
        async with two.house.store.begin() as tx:
            person = await tx.met(place.platform, who, place.community_id)
            assert person is not None
            if asks == "exclude" and who == "Lea":
                await tx.set_consent(person.id, place.community_id, now, excluded_at=now)
            elif asks:
                await tx.rename(person, place.community_id, "Magnet" if who == "Lea" else "Teal", now)
    answer = await two.owner("answers unanswered")
    offered = " ".join(offer.label for offer in answer.offers)
    assert (named in offered, "Lea" in offered, "Cyd" in offered) == (True, named == "Lea", True)
    missing = answer.text.splitlines()[0]
    assert ("Cyd" in missing, named in missing) == (True, asks != "exclude")
    assert ("Lea" in missing, "Teal" in answer.text) == (named == "Lea", False)
    async with two.house.store.read() as tx:
        new = [one.name for one in await tx.first_timers((await tx.running(chat)).chat)]
    assert new == sorted(["Cyd", *([named] if asks != "exclude" else [])])
