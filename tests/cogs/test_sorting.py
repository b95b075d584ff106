"""Sorting afterwards, by talking: what is no answer, what goes for good, and taking back what was done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.hearing import Author, Edited
from bot.core.model import Role
from cogs.answers import Answers
from cogs.privacy import Privacy
from cogs.sorting import Sorting
from tests.support.evening import Evening, evening

NOTHING = "There is nothing of yours to take back in that chat, or somebody changed it since."


@pytest.fixture
async def room(tmp_path: Path, rooms: str) -> AsyncIterator[Evening]:
    async with evening(tmp_path, Answers(), Sorting(), Privacy(), rooms=rooms) as opened:
        await opened.until(15)
        yield opened


async def undo(room: Evening, who: str = "mod") -> str:
    return (await room.asks(who, "answers undo", Role.HOST)).text


async def test_what_is_no_answer_is_left_with_the_conversation_also_when_it_is_edited(room: Evening) -> None:
    said = await room.says("ana", "A1: novels")
    reply = await room.asks("mod", f"answers unfile {said}", Role.HOST)
    assert (reply.text, reply.private) == ("Left with the conversation: “A1: novels”", True)
    assert await room.filed(said) == []
    assert (await room.message(said)).kind == "conversation"
    await room.hear(Edited(said, Author("ana", "Ana"), "A1: comics", room.clock.at))
    assert (await room.filed(said), (await room.message(said)).text) == ([], "A1: comics")
    await room.reacts("ana", said, 2)
    assert await room.filed(said) == [(2, "reaction")], "its writer still has a say"


async def test_what_was_moved_goes_back_to_where_it_was_and_how_it_came_there(room: Evening) -> None:
    labelled, talk = await room.says("ana", "A1: novels"), await room.says("ana", "comics")
    await room.reacts("ana", talk, 2)
    for said in (labelled, talk):
        await room.asks("mod", f"answers move {said} 2", Role.HOST)
    assert await undo(room) == "Taken back: “comics”; it is under Q2 again."
    assert await undo(room) == "Taken back: “A1: novels”; it is under Q1 again."
    assert await room.filed(labelled) == [(1, "label")]
    assert await room.filed(talk) == [(2, "reaction")]
    assert await undo(room) == NOTHING


async def test_an_answer_by_form_is_given_by_form_again(room: Evening) -> None:
    await room.asks("ana", "answer 1 novels", id_="press.5")
    form = f"form:{room.press('press.5')}"
    number = (await room.message(form)).id
    await room.asks("mod", f"answers unfile m{number}", Role.HOST)
    assert await room.filed(form) == []
    assert await undo(room) == "Taken back: “novels”; it is under Q1 again."
    assert await room.filed(form) == [(1, "form")]
    assert await room.rows("SELECT p.name FROM filing f JOIN person p ON p.id = f.by_person_id") == [("Ana",)]


async def test_what_was_conversation_is_so_again_and_what_waits_for_its_question_waits_again(
    room: Evening,
) -> None:
    talk, early = await room.says("ana", "novels"), await room.says("ana", "A3: comics")
    await room.asks("mod", f"answers move {talk} 1", Role.HOST)
    assert await undo(room) == "Taken back: “novels”; it is conversation again."
    assert (await room.filed(talk), (await room.message(talk)).kind) == ([], "conversation")
    await room.asks("mod", f"answers move {early} 1", Role.HOST)
    await undo(room)
    assert (await room.filed(early), (await room.message(early)).held) == ([], "3")
    await room.asks("mod", f"answers move {early} 1", Role.HOST)
    await room.until(25)  # Q3 is out
    assert await room.filed(early) == [(1, "moderator")]
    await undo(room)
    assert (await room.filed(early), (await room.message(early)).held) == ([(3, "label")], None)


async def test_hiding_and_picking_are_taken_back_last_first(room: Evening) -> None:
    one, other = await room.says("ana", "A1: novels"), await room.says("ben", "A1: comics")
    await room.asks("mod", f"answers pick {one}", Role.HOST)
    await room.asks("mod", f"answers hide {other} because=Rude", Role.HOST)
    await room.asks("other", f"answers pick {other}", Role.HOST)
    assert await undo(room) == "Taken back: “A1: novels”; it is not picked."
    assert await undo(room) == NOTHING, "somebody else changed the other one since"
    assert await undo(room, "other") == "Taken back: “A1: comics”; it is not picked."
    assert (await room.message(other)).hidden_why == "Rude"
    await room.asks("mod", f"answers hide {other} undo=yes", Role.HOST)
    assert await undo(room) == "Taken back: “A1: comics”; readers do not see it."
    assert (await room.message(other)).hidden_why == "Rude"


async def test_what_was_reported_waits_again_when_the_decision_is_taken_back(room: Evening) -> None:
    said = await room.says("ana", "A1: novels")
    number = (await room.message(said)).id
    async with room.store.begin() as tx:
        await tx.report(number, "an answer", "It names a pupil", None, room.clock.at)
    for line in (f"answers hide {said}", f"answers keep {said}"):
        await room.asks("mod", line, Role.HOST)
        assert (await room.rows("SELECT settled_at FROM report"))[0][0] is not None
        assert (await undo(room)).endswith("what was reported of it waits again.")
        assert await room.rows("SELECT settled_at FROM report") == [(None,)]
        assert (await room.message(said)).hidden_at is None


async def test_what_was_changed_twice_is_taken_back_twice_and_nothing_older_before_it(
    room: Evening,
) -> None:
    older, said = await room.says("ben", "A1: comics"), await room.says("ana", "A1: novels")
    await room.asks("mod", f"answers hide {older}", Role.HOST)
    await room.asks("mod", f"answers pick {said}", Role.HOST)
    await room.asks("mod", f"answers hide {said} because=Rude", Role.HOST)
    await room.asks("mod", f"answers move {said} 2", Role.HOST)
    assert await undo(room) == "Taken back: “A1: novels”; it is under Q1 again."
    assert await undo(room) == "Taken back: “A1: novels”; readers see it again."
    assert (await room.message(older)).hidden_at is not None
    assert await undo(room) == "Taken back: “A1: novels”; it is not picked."
    assert await undo(room) == "Taken back: “A1: comics”; readers see it again."
    assert await undo(room) == NOTHING


async def test_only_so_many_changes_of_one_message_are_kept(
    room: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.heard.sorting.MOST_BACK", 2)
    said = await room.says("ana", "A1: novels")
    for number in (2, 1, 2):
        await room.asks("mod", f"answers move {said} {number}", Role.HOST)
    for number in (1, 2):
        assert await undo(room) == f"Taken back: “A1: novels”; it is under Q{number} again."
    assert await undo(room) == NOTHING


async def test_what_waited_all_along_does_not_wait_again(room: Evening) -> None:
    said = await room.says("ana", "A1: novels")
    async with room.store.begin() as tx:
        number = (await room.message(said)).id
        await tx.report(number, "an answer", "It names a pupil", None, room.clock.at)
    await room.asks("mod", f"answers pick {said}", Role.HOST)
    assert await undo(room) == "Taken back: “A1: novels”; it is not picked."


async def test_who_wants_to_be_left_out_is_not_shown_by_taking_it_back(room: Evening) -> None:
    said = await room.says("ana", "A1: novels")
    await room.asks("mod", f"answers hide {said}", Role.HOST)
    async with room.store.begin() as tx:
        ana = await tx.met(room.place.platform, room.native("ana"), room.place.community_id)
        assert ana is not None
        await tx.set_consent(ana.id, room.place.community_id, room.clock.at, excluded_at=room.clock.at)
    assert await undo(room) == "Its writer asked to be left out, so it stays hidden."
    assert (await room.message(said)).hidden_at is not None


async def test_a_sealed_chat_keeps_its_answers_where_they_are(room: Evening) -> None:
    said = await room.says("ana", "A1: novels")
    await room.asks("mod", f"answers move {said} 2", Role.HOST)
    await room.until(60 + 8 * 24 * 60)
    for line in ("answers undo", f"answers unfile {said}"):
        refused = await room.asks("mod", f"{line} chat={room.chat.id}", Role.HOST)
        assert refused.text == "That chat is sealed: its answers stay where they are."
    assert await room.filed(said) == [(2, "moderator")]


async def test_a_host_erases_a_message_for_good_once_they_said_so(room: Evening) -> None:
    said = await room.says("ana", "A1: Timmy Miller hates novels")
    asked = await room.asks("mod", f"answers delete {said}", Role.HOST)
    assert asked.text.startswith("Erase “A1: Timmy Miller hates novels” for good?")
    assert (await room.message(said)).text
    [sure] = asked.offers
    done = await room.asks("mod", sure.line, Role.HOST)
    assert done.text.startswith("It is erased for good.")
    assert ("please delete it there too" in done.text) == (room.place.platform != "browser")
    row = await room.message(said)
    assert (row.text, row.deleted_at is not None, row.sorted_from) == ("", True, None)
    assert await undo(room) == NOTHING


async def test_nobody_but_hosts_sorts(room: Evening) -> None:
    said = await room.says("ana", "A1: novels")
    for line in (f"answers unfile {said}", f"answers delete {said} sure=yes", "answers undo"):
        assert (await room.asks("ana", line)).refused, line
    assert await room.filed(said) == [(1, "label")]


async def test_what_a_forgotten_host_did_is_no_more_to_be_taken_back(room: Evening) -> None:
    said = await room.says("ana", "A1: novels")
    await room.asks("mod", f"answers move {said} 2", Role.HOST)
    async with room.store.begin() as tx:
        mod = await tx.met(room.place.platform, room.native("mod"), room.place.community_id)
        assert mod is not None
        await tx.forget(mod, room.place.community_id, room.clock.at)
    assert (await room.message(said)).sorted_from is None


@pytest.mark.parametrize("rooms", ["terminal"])
async def test_a_host_erases_what_a_webhook_said_for_somebody_and_for_nobody_else(room: Evening) -> None:
    for who, words in (("700/ab12", "A1: armadillos"), ("ana", "A1: badgers")):
        await room.says(who, words)
    [name] = [row.name for row in await room.rows("SELECT name FROM person WHERE native_id = '700/ab12'")]
    assert (await room.asks("ana", f'answers forget "{name}"')).refused
    assert "No webhook said anything" in (await room.asks("mod", "answers forget ana", Role.HOST)).text
    asked = await room.asks("mod", f'answers forget "{name}"', Role.HOST)
    assert asked.text.startswith(f"This erases 1 message that a webhook said here as {name}")
    assert "Erased: 1 message" in (await room.asks("mod", asked.offers[0].line, Role.HOST)).text
    assert [row.text for row in await room.rows("SELECT text FROM message ORDER BY id")] == [
        "",
        "A1: badgers",
    ]
    assert "`answers forget`" not in (await room.asks("ana", "privacy forget")).text
