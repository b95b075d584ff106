"""What is heard: stored once, filed where it belongs, changed and taken back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.core import drafting
from bot.core.hearing import Author, Deleted, Edited, Said
from bot.core.model import Chat, ChatState, How, Role
from bot.core.state import Change, Running
from bot.inbox import Inbox
from tests.support.bad_inputs import case
from tests.support.evening import START, Evening, add_chat, evening

ANA = Author("ana", "Ana")


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Evening]:
    async with evening(tmp_path) as opened:
        await opened.until(1)
        yield opened


def q(room: Evening, number: int) -> str:
    """Give the native id of a question's post."""
    return f"q{number}@{room.chat.id}.{room.place.id}"


async def kinds(room: Evening, *native_ids: str) -> list[str]:
    return [(await room.message(native_id)).kind for native_id in native_ids]


async def test_before_the_chat_nothing_is_kept(tmp_path: Path) -> None:
    async with evening(tmp_path) as room:
        assert await room.message(await room.says("ana", "A1: too early")) is None


async def test_a_label_files_and_talk_is_kept(room: Evening) -> None:
    await room.until(7)
    answer, talk = await room.says("ana", "A1: novels"), await room.says("ben", "hello all")
    assert (await room.filed(answer), await room.filed(talk)) == ([(1, "label")], [])
    assert await kinds(room, answer, talk) == ["answer", "conversation"]


async def test_threads_and_replies_file_what_has_no_label(room: Evening) -> None:
    await room.until(15)
    threaded = await room.says("ana", "novels", thread=q(room, 1))
    replied = await room.says("ben", "comics", reply_to=q(room, 2))
    comment = await room.says("cy", "which ones?", reply_to=replied)
    lost = await room.says("cy", "me too", reply_to="nowhere")
    assert [await room.filed(one) for one in (threaded, replied, comment, lost)] == [
        [(1, "thread")],
        [(2, "reply")],
        [],
        [],
    ]
    assert await kinds(room, comment, lost) == ["comment", "conversation"]


async def test_b177_a_label_wins_over_the_reply(room: Evening) -> None:
    assert "label wins" in case("B177").expect
    await room.until(15)
    both = await room.says("ana", "A1: novels", reply_to=q(room, 2))
    assert await room.filed(both) == [(1, "label")]
    assert (await room.message(both)).reply_to == q(room, 2)


async def test_b150_a_label_alone_is_kept_and_no_answer(room: Evening) -> None:
    assert case("B150").input == "A1"
    await room.until(7)
    bare = await room.says("ana", "A1")
    assert (await room.message(bare)).text == "A1"
    assert (await kinds(room, bare), await room.filed(bare)) == (["conversation"], [])


async def test_a_label_with_a_picture_is_an_answer(room: Evening) -> None:
    await room.until(7)
    seen = await room.says("ana", "A1", attachments=("shelf.jpg",))
    only = await room.says("ben", "", attachments=("desk.jpg",), thread=q(room, 1))
    assert (await room.filed(seen), await room.filed(only)) == ([(1, "label")], [(1, "thread")])


async def test_b180_an_early_answer_is_held_until_its_question(room: Evening) -> None:
    assert "held" in case("B180").expect
    await room.until(7)
    early = await room.says("ana", "A1/A2: novels")
    assert (await room.message(early)).held == "2"
    assert await room.filed(early) == [(1, "label")]
    await room.until(15)
    assert await room.filed(early) == [(1, "label"), (2, "label")]
    assert (await room.message(early)).held is None


async def test_b181_late_answers_count_until_the_seal(room: Evening) -> None:
    assert "late answer" in case("B181").expect
    await room.until(70)
    late, talk = await room.says("ana", "A1: novels"), await room.says("ana", "good night")
    assert await room.filed(late) == [(1, "label")]
    assert await room.message(talk) is None
    await room.until(60 + 7 * 24 * 60 + 1)
    assert await room.message(await room.says("ana", "A1: much too late")) is None
    assert await room.rows("SELECT state FROM chat") == [(ChatState.SEALED,)]


async def test_b182_an_edited_label_moves_the_answer_and_keeps_its_history(room: Evening) -> None:
    assert "history kept" in case("B182").expect
    await room.until(15)
    said = await room.says("ana", "A1: novels")
    for _ in range(2):  # a network may bring an edit twice
        await room.hear(Edited(said, ANA, "A2: novels", room.clock.at))
    assert await room.filed(said) == [(2, "label")]
    assert await room.rows("SELECT text FROM message_revision") == [("A1: novels",)]
    await room.hear(Edited(said, ANA, "A3: an older one", room.clock.at - timedelta(minutes=1)))
    assert (await room.message(said)).text == "A2: novels"


async def test_b183_an_answer_emptied_by_its_author_keeps_its_place(room: Evening) -> None:
    assert "removed by author" in case("B183").expect
    await room.until(7)
    said = await room.says("ana", "A1: novels")
    await room.hear(Edited(said, ANA, "  ", room.clock.at))
    row = await room.message(said)
    assert (row.text, row.deleted_at) == ("", None)
    assert row.edited_at is not None
    assert await room.filed(said) == [(1, "label")]
    async with room.store.read() as tx:
        assert await tx.answer_counts(room.chat.id) == {}


async def test_b184_a_deletion_erases_words_and_keeps_the_place(room: Evening) -> None:
    assert "tombstone" in case("B184").expect
    await room.until(7)
    said = await room.says("ana", "A1: novels")
    await room.hear(Edited(said, ANA, "A1: novels!", room.clock.at))
    for _ in range(2):
        await room.hear(Deleted(said, room.clock.at))
    row = await room.message(said)
    assert (row.text, row.body_html, row.held) == ("", None, None)
    assert row.deleted_at is not None
    assert await room.filed(said) == []
    assert await room.rows("SELECT * FROM message_revision") == []
    await room.hear(Edited(said, ANA, "A1: back again", room.clock.at + timedelta(minutes=1)))
    assert (await room.message(said)).text == ""
    assert await room.filed(await room.says("ben", "oh?", reply_to=said)) == []


async def test_a_deletion_heard_before_its_message_holds(room: Evening) -> None:
    await room.hear(Deleted("m.9", room.clock.at))
    await room.hear(Said("m.9", ANA, "gone already", room.clock.at))
    assert (await room.message("m.9")).text == ""
    await room.until(60 + 8 * 24 * 60)
    await room.hear(Deleted("m.10", room.clock.at))
    assert await room.message("m.10") is None


async def test_b185_forty_at_once_are_all_stored_once(room: Evening) -> None:
    assert "all stored once" in case("B185").expect
    await room.until(7)
    flood = [Said(f"f.{k}", ANA, "A1", room.clock.at) for k in range(40)]
    await room.hear(*flood, *flood)
    await room.hear(*flood)
    assert await room.rows("SELECT count(*) FROM message") == [(40,)]


async def test_b190_a_repost_is_kept_as_its_posters_talk(room: Evening) -> None:
    assert "counted for the poster" in case("B190").expect
    await room.until(7)
    said = await room.says("ben", "RT @ana A1: novels")
    assert (await kinds(room, said), await room.filed(said)) == (["conversation"], [])
    assert await room.rows(
        "SELECT p.name FROM person p JOIN message m ON m.person_id = p.id WHERE platform_message_id = :id",
        id=said,
    ) == [("Ben",)]


async def test_b191_b194_labels_by_the_hundred_are_one_answer(room: Evening) -> None:
    await room.until(7)
    for name in ("B191", "B194"):
        said = await room.says("ana", case(name).input)
        assert await room.filed(said) == [(1, "label")]
        assert (await room.message(said)).text == case(name).input.rstrip()


async def test_b193_blank_lines_around_words_are_not_kept(room: Evening) -> None:
    lines = case("B193").input
    alone, around = await room.says("ana", lines), await room.says("ana", f"{lines}  two\n\n\nlines {lines}")
    assert (await room.message(alone)).text == ""
    assert (await room.message(around)).text == "  two\n\n\nlines"


async def test_half_characters_and_nul_are_replaced_and_endless_words_cut(room: Evening) -> None:
    said = await room.says("ana", "one \ud83d two \0 three" + "x" * 70_000)
    words = (await room.message(said)).text
    assert words.startswith("one \ufffd two \ufffd three")
    assert len(words) == 65_536


async def test_b200_the_bots_own_posts_are_no_messages(room: Evening) -> None:
    assert case("B200").expect == "ignored"
    await room.until(55)
    assert (room.place.id, "q1") in room.posts
    assert await room.rows("SELECT * FROM message") == []


async def test_a_message_that_was_never_heard_is_stored_by_its_edit(room: Evening) -> None:
    await room.until(7)
    await room.hear(Edited("m.77", ANA, "A1: novels", room.clock.at))
    assert await room.filed("m.77") == [(1, "label")]


async def test_a_correction_files_the_message_before(room: Evening) -> None:
    await room.until(7)
    first, other = await room.says("ana", "novels"), await room.says("ben", "comics")
    said = await room.says("ana", "sorry, this is A1")
    assert (await room.filed(first), await room.filed(other)) == ([(1, "label")], [])
    assert await kinds(room, said) == ["conversation"]


async def test_a_correction_to_a_question_to_come_is_held(room: Evening) -> None:
    await room.until(7)
    first = await room.says("ana", "novels")
    await room.says("ana", "sorry, that was A2")
    assert (await room.message(first)).held == "2"
    await room.until(15)
    assert await room.filed(first) == [(2, "label")]


async def test_a_correction_without_a_message_before_changes_nothing(room: Evening) -> None:
    await room.until(7)
    said = await room.says("ana", "sorry, this is A1")
    assert (await kinds(room, said), await room.filed(said)) == (["conversation"], [])


async def test_what_a_person_filed_stays_through_edits_and_corrections(room: Evening) -> None:
    await room.until(15)
    said = await room.says("ana", "A1: novels")
    async with room.store.begin() as tx:
        [two] = [one for one in await tx.questions(room.chat.id) if one.position == 2]
        row = await tx.message((await tx.messages_by_native_id(room.place.id, [said]))[said])
        assert row is not None
        await tx.file_by_person(row.id, [two.id], How.MODERATOR, None, room.clock.at)
    await room.hear(Edited(said, ANA, "A1: comics", room.clock.at))
    await room.says("ana", "sorry, this is A1")
    assert await room.filed(said) == [(2, "moderator")]


async def test_a_sealed_chat_keeps_its_filing_and_no_history(room: Evening) -> None:
    await room.until(7)
    said = await room.says("ana", "A1: novels")
    await room.hear(Edited(said, ANA, "A1: old novels", room.clock.at))
    await room.until(60 + 8 * 24 * 60)
    assert await room.rows("SELECT * FROM message_revision") == []
    await room.hear(Edited(said, ANA, "comics", room.clock.at))
    assert (await room.message(said)).text == "comics"
    assert await room.filed(said) == [(1, "label")]
    assert await room.rows("SELECT * FROM message_revision") == []


async def following(room: Evening) -> Chat:
    """Give a second chat, a week later, in its hour; the first is still open for late answers."""
    async with room.store.read() as tx:
        series = await tx.series(room.chat.series_id)
    chat = await add_chat(room, series, START + timedelta(days=6))
    await room.until(6 * 24 * 60 + 7)
    return chat


async def chat_of(room: Evening, native_id: str) -> int:
    found: int = (await room.message(native_id)).chat_id
    return found


async def test_a_label_belongs_to_the_chat_opened_last(room: Evening) -> None:
    await room.until(7)
    first = await room.says("ana", "A1: novels")
    second = await following(room)
    assert await chat_of(room, await room.says("ana", "A1: comics")) == second.id
    assert await chat_of(room, await room.says("ana", "A2: more", reply_to=first)) == room.chat.id


async def test_a_reply_to_a_sealed_chat_is_talk_of_the_present_one(room: Evening) -> None:
    await room.until(7)
    old = await room.says("ana", "A1: novels")
    await following(room)
    await room.until(8 * 24 * 60)
    async with room.store.read() as tx:
        series = await tx.series(room.chat.series_id)
    third = await add_chat(room, series, START + timedelta(days=9))
    await room.until(9 * 24 * 60 + 7)
    said = await room.says("ben", "I read that too", reply_to=old)
    assert (await chat_of(room, said), await kinds(room, said)) == (third.id, ["conversation"])
    assert await room.message(await room.says("ben", "still here", thread=q(room, 1))) is None
    answer = await room.says("ana", "novels", reply_to=q(room, 1))
    await room.hear(Edited(answer, ANA, "more novels", room.clock.at))
    assert (await chat_of(room, answer), await room.filed(answer)) == (third.id, [])


async def test_a_bundle_keeps_its_order_and_its_cursor(room: Evening) -> None:
    await room.until(7)
    await room.hear(
        Said("m.1", ANA, "novels", room.clock.at),
        Edited("m.1", ANA, "A1: novels", room.clock.at),
        Said("m.2", Author("mod", "Mo", Role.HOST), "Q1: what do you read?", room.clock.at),
        Deleted("m.1", room.clock.at),
    )
    assert (await room.message("m.1")).text == ""
    assert (await room.message("m.2")).by_host
    assert await room.inbox.cursor(room.place) == "0"


async def test_a_time_from_the_future_is_not_believed(room: Evening) -> None:
    await room.until(7)
    await room.hear(Said("m.1", ANA, "A1: novels", room.clock.at + timedelta(days=3)))
    async with room.store.read() as tx:
        row = await tx.message(1)
    assert row is not None
    assert row.said_at == room.clock.at + timedelta(minutes=5)


async def test_words_of_a_chat_called_off_are_let_go(room: Evening) -> None:
    await room.until(70)
    async with room.store.read() as tx:
        series = await tx.series(room.chat.series_id)
    unplanned = await add_chat(room, series, START + timedelta(days=2), texts=())
    room.clock.at = START + timedelta(days=2, seconds=5)
    said = await room.says("ana", "hello?")
    assert await chat_of(room, said) == unplanned.id
    await room.until(2 * 24 * 60 + 1)
    assert await room.message(said) is None


async def test_an_edit_of_words_from_before_the_chat_is_none_of_its_words(room: Evening) -> None:
    await room.until(7)
    before = START - timedelta(minutes=10)
    await room.hear(Edited("m.77", ANA, "A1: said before", room.clock.at, before))
    assert await room.message("m.77") is None
    await room.hear(Edited("m.78", ANA, "A1: novels", room.clock.at, START + timedelta(minutes=6)))
    assert (str((await room.message("m.78")).said_at)[:16], await room.filed("m.78")) == (
        "2026-11-24 20:06",
        [(1, "label")],
    )


async def test_a_deletion_of_unheard_words_leaves_nothing_in_the_chat_and_keeps_late_ones_away(
    room: Evening,
) -> None:
    await room.until(7)
    await room.hear(Deleted("m.1", room.clock.at, START - timedelta(minutes=10)))
    assert await room.message("m.1") is None
    await room.hear(Deleted("m.2", room.clock.at, START + timedelta(minutes=6)))
    await room.hear(Said("m.2", ANA, "A1: novels", START + timedelta(minutes=6)))
    assert await room.rows("SELECT text, chat_id FROM message") == [("", None)]


async def held_after(room: Evening, act: Callable[[Running], Change]) -> str | None:
    """Where an answer that said "A3" before Q3 was asked waits, after hosts changed the list."""
    await room.until(7)
    early = await room.says("ana", "A3: in bed")
    async with room.store.begin() as tx:
        state = await tx.running(room.chat.id)
        await tx.change(state, act(state), room.clock.at)
    found: str | None = (await room.message(early)).held
    return found


async def test_an_early_answer_follows_the_words_its_writer_read_when_hosts_reorder(room: Evening) -> None:
    assert await held_after(room, lambda state: drafting.reorder(state, (3, 2), room.clock.at)) == "2"
    await room.until(15)
    [row] = await room.rows("SELECT id, text FROM question WHERE position = 2")
    assert row.text == "Where do you read?"
    assert await room.rows("SELECT question_id FROM filing") == [(row.id,)]


async def test_an_early_answer_moves_up_when_a_question_is_put_before(room: Evening) -> None:
    assert await held_after(room, lambda state: drafting.add(state, "Why?", room.clock.at, 2)) == "4"


async def test_an_early_answer_to_a_question_that_is_taken_out_waits_no_longer(room: Evening) -> None:
    assert await held_after(room, lambda state: drafting.remove(state, 3, room.clock.at)) is None
    async with room.store.read() as tx:
        assert [one.text for one in await tx.talk(room.chat.id)] == ["A3: in bed"]


async def receipts(room: Evening) -> list[tuple[str, str]]:
    """What each receipt says that is sent or about to be, as the network would be told."""
    rows = await room.rows("SELECT payload, state FROM outbox WHERE action = 'receipt' ORDER BY id")
    return [(json.loads(row.payload)["text"], row.state) for row in rows]


async def test_a_receipt_follows_an_edit_and_a_correction(tmp_path: Path) -> None:
    async with evening(tmp_path) as room:
        room.inbox = Inbox(room.store, room.clock, {}, frozenset({room.place.platform}))
        await room.until(15)
        said = await room.says("ana", "A1: novels")
        assert await receipts(room) == [("1", "waiting")]
        await room.hear(Edited(said, ANA, "A1: novels, mostly", room.clock.at))
        assert await receipts(room) == [("1", "waiting")]
        await room.hear(Edited(said, ANA, "A2: novels", room.clock.at))
        assert await receipts(room) == [("1", "withdrawn"), ("2", "waiting")]
        async with room.store.begin() as tx:
            await tx.connection.execute(text("UPDATE outbox SET state = 'sent' WHERE state = 'waiting'"))
        await room.hear(Edited(said, ANA, "just talk", room.clock.at))
        assert (await receipts(room))[-1] == ("", "waiting")
        await room.hear(Edited(said, ANA, "A2: novels", room.clock.at))
        await room.says("ana", "sorry, this is A1")
        assert [one for one in await receipts(room) if one[1] != "withdrawn"][1:] == [("1", "waiting")]


async def test_a_receipt_comes_with_a_label_that_an_edit_brings_but_not_in_a_thread(tmp_path: Path) -> None:
    async with evening(tmp_path) as room:
        room.inbox = Inbox(room.store, room.clock, {}, frozenset({room.place.platform}))
        await room.until(15)
        talk = await room.says("ana", "novels")
        threaded = await room.says("ben", "comics", thread=q(room, 1))
        await room.hear(Edited(talk, ANA, "A1: novels", room.clock.at))
        await room.hear(Edited(threaded, Author("ben", "Ben"), "A2: comics", room.clock.at))
        assert await receipts(room) == [("1", "waiting")]
