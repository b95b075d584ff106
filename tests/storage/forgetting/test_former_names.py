"""Names that somebody laid down go with them, and so do a contact and the titles that bear their name."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.core.actions import Action
from bot.core.hearing import Author, Said
from bot.core.model import Offer, Person, Question
from bot.core.sentences.steering import put_back
from bot.erasures import reapply
from bot.storage.engine import database_url
from bot.storage.export import export, own_words
from bot.storage.schema import tables as t
from bot.storage.store import Store
from cogs.answers import Answers
from cogs.privacy import Privacy
from tests.support.evening import START
from tests.support.parlour import Parlour, every_byte, native_id, parlour

FIRST, THEN, PSEUDONYM, LAST = "Aardvark Zebedee", "Quokka", "Alpaca", "Llama"
NAMES = (b"ardvark", b"ebedee", b"uokka", b"lpaca", b"lama")


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Parlour]:
    async with parlour(tmp_path, Answers(), Privacy()) as opened:
        await opened.evening.until(7)
        yield opened


async def called(room: Parlour, name: str, community_id: int = 1) -> Person:
    """The network calls the first one so from now on, and they say so here."""
    async with room.store.begin() as tx:
        return await tx.person("browser", Author(native_id(FIRST), name), community_id)


async def chooses(room: Parlour, pseudonym: str | None) -> None:
    async with room.store.begin() as tx:
        known = await tx.met("browser", native_id(FIRST), 1)
        assert known is not None
        await tx.rename(known, 1, pseudonym, room.evening.clock.at)


async def thanked(room: Parlour, who: str) -> None:
    """The bot says a name in its room and elsewhere, as a thread, on a button, and of who leads."""
    async with room.store.begin() as tx:
        words, html = f"Thank you, {who}!", f"<p>Thank you, {who}!</p>"
        offers = (Offer(f"Uninvite {who}", "host invite"),)
        key = f"thanks {native_id(who)}"
        said = await tx.room_post(room.place, key, words, html, offers, START)
        await tx.room_change(room.place, Action.THREAD, START, target=said, text=f"{who} asks")
        row: dict[str, Any] = {
            "place_id": room.evening.hosts.id,
            "chat_id": room.evening.chat.id,
            "urgency": 0,
        }
        row |= {"due_at": START, "action": Action.POST, "subject": key, "key": key, "state": "sent"}
        payload = {"text": f"Spoke, but answered nothing yet: {who}.", "offers": []}
        await tx.connection.execute(t.outbox.insert().values(**row, payload=payload))
        await tx.connection.execute(text("UPDATE chat SET lead = :who"), {"who": who})


async def forget(room: Parlour, who: Person, community_id: int = 1) -> None:
    async with room.store.begin() as tx:
        await tx.forget(who, community_id, room.evening.clock.at)


async def with_four_names(room: Parlour) -> Person:
    """Somebody who was thanked, and called, by each of the names that they had one after another."""
    ben = await room.joins("Ben")
    ana = await room.joins(FIRST)
    await room.says(ana, "A1: armadillos")
    await thanked(room, FIRST)
    await room.says(ben, "as Aardvark Zebedee says")
    ana = await called(room, THEN)
    await thanked(room, THEN)
    await room.says(ben, "A2: @Quokka is right")
    for one in (PSEUDONYM, LAST):
        await chooses(room, one)
        await thanked(room, one)
        await room.says(ben, f"A1: @{one} again")
    return ana


async def test_b375_of_none_of_the_names_that_somebody_had_a_byte_is_left(room: Parlour) -> None:
    ana = await with_four_names(room)
    assert all(name in room.bytes() for name in NAMES)
    await forget(room, ana)
    assert await room.store.scrub()
    kept = room.bytes()
    assert [name for name in NAMES if name in kept] == []
    query = "SELECT text, thread_name, offers FROM room_message WHERE key LIKE 'bot.%'"
    posts = await room.evening.rows(query)
    assert {tuple(row) for row in posts if row.thread_name} == {
        ("Thank you, somebody!", "somebody asks", None)
    }
    assert await room.evening.rows("SELECT * FROM former_name") == []


async def test_no_button_puts_a_name_back_with_the_question_that_was_taken_out(room: Parlour) -> None:
    ana, chat = await room.joins(FIRST), room.evening.chat
    out = Question(0, 2, "What would Aardvark Zebedee ask?")
    offers = (put_back(chat, out, 1, 500), Offer("End", f"chat end chat={chat.id}"))
    async with room.store.begin() as tx:
        said = await tx.room_post(room.place, "out", out.text, f"<p>{out.text}</p>", offers, START)
        await tx.whisper(room.place, "mo", out.text, offers, "reply.9", START)
    assert b"ebedee ask" in room.bytes()
    await forget(room, ana)
    assert await room.store.scrub()
    assert b"ebedee" not in room.bytes()
    [post] = await room.evening.rows("SELECT offers FROM room_message WHERE id = :id", id=said)
    assert [line for _label, line, *_ in json.loads(post.offers)] == [f"chat end chat={chat.id}"]


async def test_a_former_name_that_is_a_word_too_stays_in_questions_and_goes_where_somebody_is_meant(
    room: Parlour,
) -> None:
    await room.joins(FIRST)
    await called(room, "Will")
    ana = await called(room, "Yak")
    question = "Will it work?"
    async with room.store.begin() as tx:
        await tx.connection.execute(text("UPDATE question SET text = :t WHERE position = 2"), {"t": question})
        html = f"<p>Q2: {question}</p>"
        asked = await tx.room_post(room.place, "q2", f"Q2: {question}", html, (), START)
        await tx.room_change(room.place, Action.TOPIC, START, text=f"Q2: {question}")
        await tx.room_post(room.place, "thanks", f"Will asked: {question}", "<p>Will asked</p>", (), START)
    await room.evening.until(20)
    await forget(room, ana)
    rows = await room.evening.rows("SELECT id, text, html FROM room_message WHERE key LIKE 'bot.%'")
    assert {tuple(row) for row in rows if "work?" in row.text} == {
        (asked, f"Q2: {question}", html),
        (asked + 1, "somebody asked: somebody it work?", "<p>somebody asked</p>"),
    }
    said = "SELECT DISTINCT payload ->> 'text' AS said FROM outbox WHERE payload LIKE '%work?%'"
    asking = {f"Q2: {question}", f"Q2 is out: {question}", f"24 Nov Q2 {question}"}
    assert {row.said for row in await room.evening.rows(said)} == asking
    assert (await room.evening.rows("SELECT topic FROM place WHERE id = :id", id=room.place.id)) == [
        (f"Q2: {question}",)
    ]


async def test_what_others_said_calls_people_by_their_newest_name_whichever_they_had(room: Parlour) -> None:
    ben, ana = await room.joins("Ben"), await room.joins(FIRST)
    said = [await room.says(ben, "A1: as @Aardvark Zebedee says")]
    await called(room, THEN)
    said.append(await room.says(ben, "A1: as @quokka says"))
    await chooses(room, PSEUDONYM)
    texts = [(await room.evening.message(str(one))).text for one in said]
    assert texts == ["A1: as @Alpaca says"] * 2
    async with room.store.begin() as tx:
        await tx.exclude(ana, 1, room.evening.clock.at)
    texts = [(await room.evening.message(str(one))).text for one in said]
    assert texts == ["A1: as somebody says"] * 2


async def test_a_former_name_that_somebody_else_goes_by_now_is_theirs(room: Parlour) -> None:
    ben, ana = await room.joins("Ben"), await room.joins(FIRST)
    await called(room, THEN)
    await called(room, "Yak")
    await room.joins(THEN)
    said = await room.says(ben, "A1: @Quokka, @Aardvark Zebedee and @Yak")
    await forget(room, ana)
    assert (await room.evening.message(str(said))).text == "A1: @Quokka, somebody and somebody"


async def test_a_name_heard_with_words_takes_the_former_ones_place_and_is_noted_once(room: Parlour) -> None:
    ana = await room.joins(FIRST)
    for number, name in enumerate((FIRST, THEN, FIRST, THEN)):
        heard = Said(f"m.{number}", Author(native_id(FIRST), name), "A1: novels", room.evening.clock.at)
        await room.evening.hear(heard, place=room.place)
    async with room.store.read() as tx:
        assert await tx.former_names(ana.id, 1) == (THEN, FIRST)


async def test_somebody_alone_is_told_which_names_of_theirs_are_kept(room: Parlour) -> None:
    await room.joins(FIRST)
    ana, pieces = await called(room, THEN), list[str]()
    async with room.store.read() as tx:
        await own_words(tx, pieces.append, ana, await tx.community(1), START)
    assert json.loads("".join(pieces))["person"]["former_names"] == [FIRST]
    async with room.store.read() as tx:
        everything = list[str]()
        await export(tx, everything.append)
    assert FIRST not in "".join(everything)


@pytest.mark.parametrize("known_as", ["member", "host"])
async def test_forgetting_in_one_community_leaves_the_names_of_another(room: Parlour, known_as: str) -> None:
    ana = await room.joins(FIRST)
    async with room.store.begin() as tx:
        other = await tx.add_house("Elsewhere", "UTC")
        third = await tx.add_house("Nowhere", "UTC")
        if known_as == "member":
            await tx.make_member(other.id, ana.id, START)
        else:
            await tx.make_community_host(other.id, ana.id)
    ana = await called(room, THEN)
    async with room.store.read() as tx:
        noted = [await tx.former_names(ana.id, one) for one in (1, other.id, third.id)]
    assert noted == [(FIRST,), (FIRST,), ()]
    await forget(room, ana)
    await called(room, "Yak", other.id)
    async with room.store.read() as tx:
        noted = [await tx.former_names(ana.id, one) for one in (1, other.id)]
    assert noted == [(), (THEN, FIRST)]
    await forget(room, ana, other.id)
    assert await room.evening.rows("SELECT * FROM former_name") == []


async def test_b384_a_restored_copy_forgets_former_names_again(room: Parlour, tmp_path: Path) -> None:
    ana, old = await with_four_names(room), tmp_path / "old"
    old.mkdir()
    await room.store.backup(old / "edchat.sqlite")
    room.evening.clock.at += timedelta(minutes=1)
    await forget(room, ana)
    async with Store(database_url("", old)) as restored:
        assert await reapply(restored, room.listed.read(), room.evening.clock.at) == 1
    kept = every_byte(old)
    assert [name for name in NAMES if name in kept] == []


async def test_a_community_that_goes_takes_the_former_names_along(room: Parlour) -> None:
    await room.joins(FIRST)
    await called(room, THEN)
    async with room.store.begin() as tx:
        await tx.erase_community(1, room.evening.clock.at)
    assert await room.evening.rows("SELECT name FROM former_name UNION SELECT name FROM person") == []


# --- Whom readers may turn to, and what weekly chats are called -------------------------------


async def titled(room: Parlour, title: str, contact: str) -> None:
    async with room.store.begin() as tx:
        await tx.change_house(1, {"contact": contact})
        await tx.connection.execute(
            text("UPDATE series SET title = :title, slug = NULL, hashtag = ''"), {"title": title}
        )
        await tx.give_addresses()


async def stands(room: Parlour) -> list[tuple[str, str, str]]:
    query = "SELECT contact, title, series.slug FROM community JOIN series ON community_id = community.id"
    return [tuple(row) for row in await room.evening.rows(query)]


async def test_a_contact_and_a_weekly_chat_that_bear_a_name_lose_it_and_hosts_are_told(room: Parlour) -> None:
    ana = await room.joins(FIRST)
    await titled(room, "Aardvark Zebedee’s Hour", "Aardvark Zebedee, zebedee@school.example")
    before = await room.versions()
    await forget(room, ana)
    assert await stands(room) == [("", "somebody’s Hour", "somebody-s-hour")]
    assert all(now > then for now, then in zip(await room.versions(), before, strict=True))
    told = await room.evening.rows("SELECT payload FROM outbox WHERE key LIKE 'contact.%'")
    assert ["The contact on your pages was" in row.payload for row in told] == [True]
    assert await room.store.scrub()
    assert b"ebedee" not in room.bytes()


async def test_an_address_from_an_earlier_title_lets_go_of_a_name_too(room: Parlour) -> None:
    ana = await room.joins(FIRST)
    await titled(room, "Aardvark Zebedee’s Hour", "")
    async with room.store.begin() as tx:
        await tx.connection.execute(text("UPDATE series SET title = 'Book Hour'"))
    await forget(room, ana)
    assert await stands(room) == [("", "Book Hour", "book-hour")]


async def test_a_weekly_chat_is_called_by_the_name_that_its_host_chose_and_the_contact_stays(
    room: Parlour,
) -> None:
    ana = await room.joins(FIRST)
    await titled(room, "The hour with Aardvark Zebedee", "Aardvark Zebedee")
    async with room.store.begin() as tx:
        await tx.rename(ana, 1, "Night Owl", room.evening.clock.at)
    assert await stands(room) == [
        ("Aardvark Zebedee", "The hour with Night Owl", "the-hour-with-night-owl"),
    ]


async def test_a_contact_and_a_title_of_others_stay(room: Parlour) -> None:
    ana = await room.joins("School")
    before = ("office@school.example", "School Chat", "school-chat")
    await titled(room, before[1], before[0])
    await forget(room, ana)
    assert await stands(room) == [before]
    assert await room.evening.rows("SELECT * FROM outbox WHERE key LIKE 'contact.%'") == []
