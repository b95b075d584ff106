"""Answers, by talking: given by form, filed by a digit or by a host, and who is missing."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.hearing import Author, Deleted, Edited, Reacted
from bot.core.model import Offer, Role
from cogs.answers import Answers
from cogs.privacy import Privacy
from tests.support.bad_inputs import case
from tests.support.evening import START, Evening, add_chat, evening


@pytest.fixture
async def room(tmp_path: Path, rooms: str) -> AsyncIterator[Evening]:
    async with evening(tmp_path, Answers(), Privacy(), rooms=rooms) as opened:
        await opened.until(7)
        yield opened


async def forms(room: Evening) -> list[tuple[str, str, bool]]:
    rows = await room.rows(
        "SELECT platform_message_id, text, by_host FROM message"
        " WHERE platform_message_id LIKE 'form:%' ORDER BY id"
    )
    return [(row[0], row[1], bool(row[2])) for row in rows]


def form(room: Evening, name: str) -> str:
    """The native id of an answer by form, by what its asking is called."""
    return f"form:{room.press(name)}"


async def number_of(room: Evening, native_id: str) -> str:
    return f"m{(await room.message(native_id)).id}"


async def test_an_answer_by_form_is_stored_and_filed(room: Evening) -> None:
    reply = await room.asks("ana", "answer 1 We start with\nnovels", id_="press.5")
    assert (reply.text, reply.private) == ("Filed under Q1.", True)
    assert await forms(room) == [(form(room, "press.5"), "We start with\nnovels", False)]
    assert await room.filed(form(room, "press.5")) == [(1, "form")]
    assert await room.rows("SELECT p.name FROM filing f JOIN person p ON p.id = f.by_person_id") == [("Ana",)]


async def test_answers_without_a_native_id_are_told_apart(room: Evening) -> None:
    for words in ("novels", "comics"):
        assert (await room.asks("ana", f"answer Q1 {words}")).text == "Filed under Q1."
    assert [text for _, text, _ in await forms(room)] == ["novels", "comics"]


async def test_the_same_press_twice_is_one_answer(room: Evening) -> None:
    for _ in range(2):
        assert (await room.asks("mod", "answer 1 novels", Role.HOST, id_="press.5")).text == "Filed under Q1."
    assert await forms(room) == [(form(room, "press.5"), "novels", True)]


async def test_an_answer_before_its_question_waits_for_it(room: Evening) -> None:
    reply = await room.asks("ana", "answer 2 novels", id_="9")
    assert reply.text == "Q2 is not asked yet; I keep your answer and file it as soon as it is."
    assert await room.filed(form(room, "9")) == []
    await room.until(15)
    assert await room.filed(form(room, "9")) == [(2, "form")]
    assert await room.rows("SELECT held FROM message") == [(None,)]


async def test_late_answers_count_until_the_seal(room: Evening) -> None:
    await room.until(24 * 60)
    assert (await room.asks("ana", "answer last novels")).text == "Filed under Q3."
    await room.until(60 + 7 * 24 * 60 + 1)
    assert (await room.asks("ana", "answer 1 novels")).text.startswith("No chat here takes answers just now")
    sealed = await room.asks("ana", f"answer 1 novels chat={room.chat.id}")
    assert sealed.text == "That chat takes no more answers; `chat now` says which one does."
    assert len(await forms(room)) == 1


async def test_before_the_chat_nobody_answers(tmp_path: Path) -> None:
    async with evening(tmp_path, Answers()) as room:
        assert (await room.asks("ana", "answer 1 novels")).text.startswith(
            "No chat here takes answers just now"
        )
        assert (await room.asks("ana", "answer 1 novels chat=1")).text.startswith(
            "That chat takes no more answers"
        )
        assert await forms(room) == []


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('answer 1 " "', "There is no answer in that yet"),
        ("answer 1 " + "x" * 5_900 + "\n" + "y" * 200, "That is 6,101 characters long"),
        ("answer 9 novels", "number: There is no question"),
        ("answer Q novels", "number: There is no question"),
        ("answer 1", "I still need text"),
        ("answer", "I still need number"),
    ],
)
async def test_what_is_no_answer_is_refused_and_not_kept(room: Evening, line: str, sentence: str) -> None:
    reply = await room.asks("ana", line)
    assert reply.text.startswith(sentence)
    assert reply.private
    assert await forms(room) == []


async def test_a_question_left_out_takes_no_form(room: Evening) -> None:
    async with room.store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE question SET state = 'skipped' WHERE position = 3")
    assert (await room.asks("ana", "answer 3 novels")).text == "Q3 was not asked; choose one that was."
    assert await forms(room) == []


async def test_who_is_left_out_is_told_so_and_nothing_is_kept(room: Evening) -> None:
    await room.asks("ana", "privacy exclude")
    assert (await room.asks("ana", "answer 1 novels")).text.startswith(
        "You asked that nothing of yours be kept"
    )
    assert await forms(room) == []


async def test_authors_and_hosts_file_by_a_digit(room: Evening) -> None:
    said = await room.says("ana", "novels")
    await room.reacts("ana", said, 1)
    assert await room.filed(said) == [(1, "reaction")]
    await room.until(15)
    await room.reacts("mod", said, 2, Role.HOST)
    assert await room.filed(said) == [(2, "reaction")]
    assert await room.rows("SELECT p.name FROM filing f JOIN person p ON p.id = f.by_person_id") == [("Mod",)]


async def test_what_is_heard_again_of_digits_changes_nothing_that_was_done_since(tmp_path: Path) -> None:
    """As a homeserver tells again what a bot heard that fell before it could note how far."""
    async with evening(tmp_path, Answers()) as room:
        await room.until(15)
        said, ana, at = await room.says("ana", "novels"), Author("ana", "Ana"), room.clock.at
        first = Reacted(said, ana, 1, at, event="$1"), Reacted(said, ana, 1, at, removed=True, event="$2")
        for heard in (first, (*first, Reacted(said, ana, 1, at, event="$3"))):
            await room.hear(*heard)
        assert await room.filed(said) == [(1, "reaction")]
        await room.hear(*first)
        assert await room.filed(said) == [(1, "reaction")]
        await room.asks("mod", f"answers move {await number_of(room, said)} 2", Role.HOST)
        await room.hear(*first, Reacted(said, ana, 1, at, event="$3"))
        assert await room.filed(said) == [(2, "moderator")]


async def test_other_peoples_digits_do_nothing_and_they_are_not_noted_down(room: Evening) -> None:
    said = await room.says("ana", "novels")
    await room.says("ben", "hello")
    for who in ("ben", "stranger"):
        await room.reacts(who, said, 1)
    assert await room.filed(said) == []
    joined = [("Stranger",)] if room.place.platform == "browser" else []  # whoever reacts there came in first
    assert await room.rows("SELECT name FROM person ORDER BY id") == [("Ana",), ("Ben",), *joined]


async def test_a_guest_host_of_this_chat_files_by_a_digit(room: Evening) -> None:
    said = await room.says("ana", "novels")
    await room.says("guest", "hello")
    async with room.store.begin() as tx:
        guest = await tx.met(room.place.platform, room.native("guest"), room.place.community_id)
        assert guest is not None
        await tx.invite(room.chat.id, guest.id, room.clock.at)
    await room.reacts("guest", said, 1)
    assert await room.filed(said) == [(1, "reaction")]


async def test_taking_the_digit_off_files_by_words_again(room: Evening) -> None:
    labelled, talk = await room.says("ana", "A1: novels"), await room.says("ana", "comics")
    await room.until(15)
    for said in (labelled, talk):
        await room.reacts("ana", said, 2)
        assert await room.filed(said) == [(2, "reaction")]
        await room.reacts("ana", said, 1, removed=True)  # another digit than the one that counts
        await room.reacts("mod", said, 2, Role.HOST, removed=True)  # somebody else's digit
        assert await room.filed(said) == [(2, "reaction")]
        await room.reacts("ana", said, 2, removed=True)
    assert await room.filed(labelled) == [(1, "label")]
    assert await room.filed(talk) == []
    assert (await room.message(talk)).kind == "conversation"


async def test_a_digit_that_names_no_asked_question_does_nothing(room: Evening) -> None:
    said = await room.says("ana", "A1: novels")
    for digit in (2, 9):
        await room.reacts("ana", said, digit)
    await room.reacts("ana", "never heard", 1)
    assert await room.filed(said) == [(1, "label")]
    await room.hear(Deleted(said, room.clock.at))
    await room.reacts("ana", said, 1)
    assert await room.filed(said) == []


async def test_a_digit_stays_through_an_edit_and_ends_with_the_seal(room: Evening) -> None:
    said = await room.says("ana", "A1: novels")
    await room.until(15)
    await room.reacts("ana", said, 2)
    await room.hear(Edited(said, Author("ana", "Ana"), "A1: comics", room.clock.at))
    assert await room.filed(said) == [(2, "reaction")]
    await room.until(60 + 8 * 24 * 60)
    await room.reacts("ana", said, 1)
    await room.reacts("ana", said, 2, removed=True)
    assert await room.filed(said) == [(2, "reaction")]


async def test_a_host_moves_a_message_by_either_number(room: Evening) -> None:
    await room.until(15)
    said = await room.says("ana", "A1: novels\nand more")
    moved = await room.asks("mod", f"answers move {said} 2", Role.HOST)
    assert (moved.text, moved.private) == ("Filed under Q2: “A1: novels and more”", True)
    assert await room.filed(said) == [(2, "moderator")]
    line = f"answers move {await number_of(room, said)} 1 chat={room.chat.id}"
    assert (await room.asks("mod", line, Role.HOST, room.hosts)).text.startswith("Filed under Q1")
    line = f"answers move {(await room.message(said)).id} 2 chat={room.chat.id}"
    assert (await room.asks("mod", line, Role.HOST, room.hosts)).text.startswith("Filed under Q2")
    assert await room.filed(said) == [(2, "moderator")]


async def test_a_message_is_moved_within_its_own_chat_only(room: Evening) -> None:
    said = await room.says("ana", "novels")
    async with room.store.read() as tx:
        series = await tx.series(room.chat.series_id)
    await add_chat(room, series, START + timedelta(days=2))
    await room.until(2 * 24 * 60 + 7)
    refused = await room.asks("mod", f"answers move {said} 1", Role.HOST)
    assert re.match(r'I find no message ("\S+"|that word) in that chat', refused.text)
    for nothing in ("m999", "999", "9" * 30, "m", "mm1", "m-1", "m²", "²"):
        assert "I find no message" in (await room.asks("mod", f"answers move {nothing} 1", Role.HOST)).text
    assert await room.filed(said) == []


async def test_moving_needs_an_asked_question_and_an_unsealed_chat(room: Evening) -> None:
    said = await room.says("ana", "novels")
    assert (await room.asks("mod", f"answers move {said} 2", Role.HOST)).text.startswith("Q2 was not asked")
    await room.until(60 + 8 * 24 * 60)
    sealed = await room.asks("mod", f"answers move {said} 1 chat={room.chat.id}", Role.HOST)
    assert sealed.text == "That chat is sealed: its answers stay where they are."
    assert await room.filed(said) == []


async def test_picking_and_hiding_can_be_undone(room: Evening) -> None:
    said = await room.says("ana", "A1: novels")
    for what, column in (("pick", "picked_at"), ("hide", "hidden_at")):
        done = await room.asks("mod", f"answers {what} {said}", Role.HOST)
        assert getattr(await room.message(said), column) is not None
        again = await room.asks("mod", f"answers {what} {said}", Role.HOST)
        assert again.text == done.text  # pressed twice it stays
        [undo] = done.offers
        await room.asks("mod", undo.line, Role.HOST)
        assert getattr(await room.message(said), column) is None


async def test_who_left_themselves_out_stays_hidden(room: Evening) -> None:
    said = await room.says("ana", "A1: novels")
    await room.asks("ana", "privacy exclude")
    shown = await room.asks("mod", f"answers hide {said} --undo", Role.HOST)
    assert shown.text == "Its writer asked to be left out, so it stays hidden."
    assert (await room.message(said)).hidden_at is not None


async def test_b216_participants_steer_no_answers(room: Evening) -> None:
    assert "refusal" in case("B216").expect
    said = await room.says("ana", "novels")
    for line in (f"move {said} 1", f"pick {said}", f"hide {said}", "unanswered"):
        assert (await room.asks("ana", f"answers {line}")).text.startswith("Only a host")
    assert await room.filed(said) == []


async def test_unanswered_names_people_and_offers_what_may_be_answers(room: Evening) -> None:
    hello = await room.says("zoe", "hello from York")
    await room.until(15)
    await room.says("ana", "A2: novels")
    await room.says("cy", "A1: only the first")
    talk = await room.says("zoe", "we read " + "a lot " * 20)
    await room.says("mod", "well said", Role.HOST)
    reply = await room.asks("mod", "answers unanswered", Role.HOST)
    assert reply.text == (
        "Spoke, without an answer to Q2: Cy, Zoe.\n"
        "2 messages are filed under no question; these may be answers:"
    )
    line = f"answers move {await number_of(room, talk)} 2 chat={room.chat.id}"
    assert line in [offer.line for offer in reply.offers]
    await room.asks("mod", line, Role.HOST)
    await room.asks("mod", f"answers hide {await number_of(room, hello)}", Role.HOST)
    await room.asks("cy", "answer 2 comics")
    reply = await room.asks("mod", "answers unanswered", Role.HOST)
    assert (reply.text, reply.offers) == ("Everybody who spoke has answered Q2.\nEvery message is filed.", ())


async def test_before_the_first_question_nobody_is_missing(tmp_path: Path) -> None:
    async with evening(tmp_path, Answers()) as room:
        await room.until(2)
        reply = await room.asks("mod", "answers unanswered", Role.HOST)
        assert reply.text == "No question is out yet, so nobody is missing."


async def test_the_panel_at_the_end_is_short_and_ready_to_file(room: Evening) -> None:
    await room.says("ana", "A1: novels")
    await room.says("ana", "A1: and comics")
    await room.says("ben", "hello")
    long = [await room.says("ben", f"we read {'x' * length}") for length in range(50, 57)]
    await room.until(70)
    panel = room.posts[room.hosts.id, "panel"]
    assert panel == (
        "Thursday Chat is over.\n"
        "Answers: Q1: 2, Q2: 0, Q3: 0.\n"
        "Spoke, but answered nothing yet: Ben.\n"
        "Here for the first time: Ana, Ben.\n"
        "8 messages are filed under no question; these may be answers:"
    )
    assert (room.place.id, "panel") not in room.posts
    [offers] = await room.rows("SELECT payload FROM outbox WHERE subject = 'panel'")
    for native_id in long[-5:]:
        assert f"answers move {await number_of(room, native_id)} 1 chat={room.chat.id}" in offers[0]
    assert offers[0].count("answers move") == 5
    assert "Sort the rest at the desk" not in offers[0], "there are no pages here"


async def test_from_the_panel_at_the_end_a_button_leads_to_the_desk_where_the_rest_is_sorted(
    room: Evening,
) -> None:
    async with room.store.begin() as tx:
        await tx.install("address", "https://chat.example.org")
    await room.says("ben", "we read a lot of novels, and one comic")
    await room.until(70)
    [row] = await room.rows("SELECT payload FROM outbox WHERE subject = 'panel'")
    assert json.loads(row[0])["offers"][-1][:2] == ["Sort the rest at the desk", "desk"]


async def test_first_timers_are_new_to_the_whole_community(room: Evening) -> None:
    await room.says("ana", "A1: novels")
    await room.until(70)
    async with room.store.read() as tx:
        series = await tx.series(room.chat.series_id)
    await add_chat(room, series, START + timedelta(days=2))
    await room.until(2 * 24 * 60 + 7)
    await room.says("ana", "A1: novels")
    await room.says("ben", "A1: comics")
    await room.until(2 * 24 * 60 + 70)
    assert "Here for the first time: Ben.\n" in room.posts[room.hosts.id, "panel"]
    assert room.posts[room.hosts.id, "panel"].endswith("Every message is filed.")


async def test_a_rehearsal_leaves_no_panel(room: Evening) -> None:
    async with room.store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE chat SET rehearsal = 1")
    await room.until(70)
    assert (room.hosts.id, "panel") not in room.posts


async def test_offers_fit_a_button(room: Evening) -> None:
    await room.says("a" * 200, "x" * 4_000)
    reply = await room.asks("mod", "answers unanswered", Role.HOST)
    [offer] = reply.offers
    assert isinstance(offer, Offer)
    assert len(offer.label) <= 80
