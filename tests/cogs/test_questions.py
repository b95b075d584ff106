"""The question list, by talking: changed before and during a chat; questions that hosts type themselves."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.model import QuestionState, Role
from tests.support.bad_inputs import case
from tests.support.planning_room import PlanningRoom, planning_room


@pytest.fixture
async def house(tmp_path: Path, rooms: str) -> AsyncIterator[PlanningRoom]:
    async with planning_room(tmp_path, rooms) as opened:
        yield opened


async def listed(house: PlanningRoom) -> list[str]:
    return [f"{q.position} {q.text}" for q in await house.questions(1)]


async def filed(house: PlanningRoom) -> list[tuple[str, int, str]]:
    rows = await house.rows(
        "SELECT m.platform_message_id, q.position, f.how FROM filing f"
        " JOIN message m ON m.id = f.message_id JOIN question q ON q.id = f.question_id ORDER BY m.id"
    )
    return [tuple(row) for row in rows]


async def test_the_list_changes_before_the_chat(house: PlanningRoom) -> None:
    await house.planned("A?", "B?", "C?")
    reply = await house.say("question add 4. D?")
    assert reply.text == "Added as Q4; the chat now has 4 questions."
    assert (await house.say("question add Q1: First? at=1")).text.startswith("Added as Q1")
    assert await listed(house) == ["1 First?", "2 A?", "3 B?", "4 C?", "5 D?"]
    assert (await house.say("question edit 2 Q2: Better?")).text == "Now it reads Q2: Better?"
    reply = await house.say("question reorder 5, Q1 3 2 4")
    assert reply.text.splitlines()[1:] == ["Q1: D?", "Q2: First?", "Q3: B?", "Q4: Better?", "Q5: C?"]
    assert (await house.say("question remove last")).text == "Q5 is out; later ones moved up. It read: C?"
    assert await listed(house) == ["1 D?", "2 First?", "3 B?", "4 Better?"]


@pytest.mark.parametrize(
    "words",
    ["B?", "What does “good” mean – to you?", "at last", "1 + 1 = 2?", "--at 3", '"B"', "B\nB?", "x" * 90],
)
async def test_what_was_removed_is_shown_and_can_be_put_back(house: PlanningRoom, words: str) -> None:
    await house.planned("A?", "B?", "C?")
    await house.say(f"question edit 2 chat=1\n{words}")
    kept = (await house.questions(1))[1].text
    assert kept == words
    reply = await house.say("question remove 2")
    assert reply.text == f"Q2 is out; later ones moved up. It read: {words}"
    assert reply.private, "where it was taken out it is not said aloud again"
    back = reply.offers[0]
    if back.form:  # a button cannot carry them: they are typed into a form once more
        assert re.fullmatch(r"question add at=2 seen=\d+ chat=1", back.line)
        assert words not in ("B?", "What does “good” mean – to you?", "at last")
        return
    assert (await house.say(back.line)).text == "Added as Q2; the chat now has 3 questions."
    assert await listed(house) == ["1 A?", f"2 {words}", "3 C?"]
    again = await house.say(back.line)
    assert again.text == "That question is back already, as Q2; nothing was changed."
    assert await listed(house) == ["1 A?", f"2 {words}", "3 C?"]


async def test_what_is_put_back_comes_back_however_the_list_changed_meanwhile(house: PlanningRoom) -> None:
    await house.planned("A?", "A?", "B?")
    back = (await house.say("question remove 2")).offers[0]
    assert (await house.say(back.line)).text.startswith("Added as Q2")  # the same stood there already
    await house.say("question add C?")
    again = await house.say(back.line)
    assert again.text == "That question is back already, as Q2; nothing was changed."
    back = (await house.say("question remove 3")).offers[0]
    await house.say("question add D?")
    assert (await house.say(back.line)).text.startswith("Added as Q3")
    assert await listed(house) == ["1 A?", "2 A?", "3 B?", "4 C?", "5 D?"]


async def test_an_order_names_each_question_once(house: PlanningRoom) -> None:
    await house.planned("A?", "B?", "C?")
    for order in ("1 2", "1 2 2", "1 2 3 4"):
        reply = await house.say(f"question reorder {order}")
        assert "as in `question reorder 3 2 1`" in reply.text
    assert "as in `question reorder 1 3 2`" in (await house.say("question reorder up")).text
    assert await listed(house) == ["1 A?", "2 B?", "3 C?"]


async def test_b108_and_b112_hold_for_one_question_too(house: PlanningRoom) -> None:
    await house.planned("A?")
    assert "2,001 characters" in (await house.say(f"question add {case('B108').input}")).text
    reply = await house.say("question edit 1 Is MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ ours?")
    assert "Please look: Question 1 holds what looks like a password" in reply.text
    assert "MTk4" in (await listed(house))[0]
    assert "no words" in (await house.say("question add Q2:")).text


async def test_b121_a_number_that_was_asked_stays_empty(house: PlanningRoom) -> None:
    await house.opened(*(f"{letter}?" for letter in "ABCDEFGH"))
    for _ in range(2):
        await house.say("chat next")
        await house.later(seconds=10)
    reply = await house.say("question remove 2")
    assert reply.text == "Q2 is out; its number stays empty. It read: B?"
    back = reply.offers[0]
    assert (back.label, back.line.endswith(" chat=1 B?")) == ("Ask it once more, as the last", True)
    assert " at=" not in back.line
    states = {q.position: q.state for q in await house.questions(1)}
    assert states[2] is QuestionState.REMOVED
    assert list(states) == list(range(1, 9))
    await house.say("question remove 4")
    assert await listed(house) == ["1 A?", "2 B?", "3 C?", "4 E?", "5 F?", "6 G?", "7 H?"]
    assert "B?" not in (await house.say("chat now")).text
    assert (await house.say("chat next")).text == "Q3 is going out."
    reworded = await house.rows("SELECT payload FROM outbox WHERE subject = 'q2.edit'")
    assert "Q2 was taken out by the hosts." in reworded[0][0]
    assert (await house.say(back.line)).text.startswith("Added as Q8")
    again = await house.say(back.line)
    assert again.text == "That question is back already, as Q8; nothing was changed."


async def test_b120_an_edit_while_the_question_goes_out(house: PlanningRoom) -> None:
    await house.opened("A?", "B?", "C?")
    await house.say("chat next")
    await house.later(seconds=10)
    await house.say("chat next")
    async with house.store.begin() as tx:
        row = await tx.waiting_in(house.place.id)
        assert row is not None
        assert row.text == "Q2: B?"
        await tx.claim(row, house.clock.at)
    reply = await house.say("question edit 2 Better?")
    assert reply.text == "Now it reads Q2: Better? Its post and thread follow."
    rows = await house.rows("SELECT payload FROM outbox WHERE subject = 'q2.edit' AND state = 'waiting'")
    assert len(rows) == 1
    assert "Q2: Better?" in rows[0][0]
    await house.deliver()
    assert [post for post in await house.posts() if post.startswith("Q2:")] == ["Q2: B?"]
    assert (await house.running(1)).chat.asked == 2


async def test_what_was_asked_keeps_its_place_in_a_new_order(house: PlanningRoom) -> None:
    await house.opened("A?", "B?", "C?")
    await house.say("chat next")
    await house.say("question reorder 3 2")
    assert await listed(house) == ["1 A?", "2 C?", "3 B?"]


async def test_a_typed_question_is_shown_to_the_hosts_once(house: PlanningRoom) -> None:
    chat = await house.opened("A?", "B?")
    await house.say("chat next")
    await house.hear("Q2: My own words?", "m1")
    await house.hear("Q2: My own words?", "m1")
    posts = await house.posts(place=house.hosts)
    assert posts == ["Ana typed Q2 in the chat: Q2: My own words?\nWhat is it?"]
    rows = await house.rows("SELECT payload FROM outbox WHERE subject LIKE 'typed.%'")
    for meant in ("2", "extra", "reminder"):
        assert f"question adopt 1 chat={chat.id} meant={meant}" in rows[0][0]
    assert (await house.running(chat.id)).chat.asked == 1


@pytest.mark.parametrize(
    ("words", "power"),
    [
        ("Q2: an answer by its number", Role.ANYONE),
        ("A2: my answer", Role.HOST),
        ("Q2 coming up!", Role.HOST),
        ("Question 2, in case you missed it", Role.HOST),
        ("Q9: no such question?", Role.HOST),
        ("hello all", Role.HOST),
        ("!edchat chat now Q2: ?", Role.HOST),
    ],
)
async def test_what_is_no_hosts_question_is_let_be(house: PlanningRoom, words: str, power: Role) -> None:
    await house.opened("A?", "B?")
    await house.hear(words, "m1", "Cy", power)
    assert await house.posts(place=house.hosts) == []


async def test_a_typed_question_before_the_chat_is_let_be(house: PlanningRoom) -> None:
    await house.planned("A?", "B?")
    await house.hear("Q2: My own words?", "m1")
    assert await house.posts(place=house.hosts) == []


async def test_a_guest_hosts_question_counts(house: PlanningRoom) -> None:
    chat = await house.opened("A?", "B?")
    guest = (await house.asker("Gus", Role.ANYONE)).person
    async with house.store.begin() as tx:
        await tx.invite(chat.id, guest.id, house.clock.at)
    await house.hear("Q1: From a guest?", "m1", "Gus", Role.ANYONE)
    assert (await house.posts(place=house.hosts))[0].startswith("Gus typed Q1")


@pytest.mark.parametrize("power", [Role.HOST, Role.ANYONE])
async def test_a_question_below_other_words_counts_too(house: PlanningRoom, power: Role) -> None:
    chat = await house.opened("A?", "B?")
    guest = (await house.asker("Gus", Role.ANYONE)).person
    async with house.store.begin() as tx:
        await tx.invite(chat.id, guest.id, house.clock.at)
    await house.hear("Here we go!\n**Q1:** From a guest?", "m1", "Gus", power)
    assert (await house.posts(place=house.hosts))[0].startswith("Gus typed Q1")


async def test_without_a_hosts_room_whoever_typed_it_is_asked(house: PlanningRoom) -> None:
    await house.opened("A?", "B?")
    async with house.store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE place SET hosts_room = 0")
    await house.hear("Q1: My own words?", "m1")
    rows = await house.rows("SELECT action, place_id FROM outbox WHERE subject LIKE 'typed.%'")
    assert [tuple(row) for row in rows] == [("whisper", house.place.id)]


async def test_an_adopted_question_is_not_asked_again_and_its_replies_count(house: PlanningRoom) -> None:
    chat = await house.opened("A?", "B?", "C?")
    await house.say("chat next")
    await house.later(seconds=10)
    await house.hear("Q2: My own words?", "m1")
    reply = await house.say(f"question adopt 1 chat={chat.id} meant=2", place=house.hosts)
    assert reply.text == "That is Q2 now; I do not ask it again."
    await house.deliver()
    assert (await house.questions(chat.id))[1].text == "My own words?"
    row = (await house.rows("SELECT state, platform_message_id FROM outbox WHERE subject = 'q2'"))[0]
    assert tuple(row) == ("sent", house.ids["m1"])
    hung = await house.rows(
        "SELECT o.action FROM outbox o JOIN outbox p ON p.id = o.depends_on WHERE p.subject = 'q2'"
    )
    assert {"thread", "pin"} <= {one[0] for one in hung}
    await house.hear("because", "m2", "Cy", Role.ANYONE, reply_to="m1")
    await house.hear("A2: so", "m3", "Di", Role.ANYONE)
    assert await filed(house) == [(house.ids["m2"], 2, "reply"), (house.ids["m3"], 2, "label")]
    await house.later(minutes=2)
    again = await house.say(f"question adopt 1 chat={chat.id} meant=2", place=house.hosts)
    assert again.text == "Q2 is not waiting to be asked; `chat preview` shows what is."
    assert (await house.say("chat extend 5")).text.startswith("This question has time until")
    assert (await house.say("chat next")).text == "Q3 is going out."


async def test_adopting_a_later_number_leaves_those_between_out(house: PlanningRoom) -> None:
    chat = await house.opened("A?", "B?", "C?")
    await house.hear("Q3: My own?", "m1")
    reply = await house.say(f"question adopt 1 chat={chat.id} meant=Q3")
    assert reply.text == "That is Q3 now; I do not ask it again. Q1, Q2 left out."
    assert [q.state for q in await house.questions(chat.id)] == [
        QuestionState.SKIPPED, QuestionState.SKIPPED, QuestionState.ASKED,
    ]  # fmt: skip


async def test_an_extra_one_gets_the_next_number(house: PlanningRoom) -> None:
    chat = await house.opened("A?", "B?")
    await house.say("chat next")
    await house.later(seconds=10)
    await house.hear("Q2: Something else?", "m1")
    reply = await house.say(f"question adopt 1 chat={chat.id} meant=extra")
    assert reply.text == "That is Q2 now; I do not ask it again."
    assert await listed(house) == ["1 A?", "2 Something else?", "3 B?"]
    await house.deliver()
    row = (await house.rows("SELECT platform_message_id FROM outbox WHERE subject = 'q2'"))[0]
    assert row[0] == house.ids["m1"]


async def test_a_reminder_changes_nothing(house: PlanningRoom) -> None:
    chat = await house.opened("A?", "B?")
    await house.say("chat next")
    await house.later(seconds=10)
    await house.hear("Q1: A? Still on!", "m1")
    rows = await house.rows("SELECT payload FROM outbox WHERE subject LIKE 'typed.%'")
    assert "This is Q1" not in "".join(row[0] for row in rows)
    before = await house.running(chat.id)
    reply = await house.say(f"question adopt 1 chat={chat.id} meant=reminder")
    assert reply.text == "A reminder, then; nothing was changed."
    assert await house.running(chat.id) == before


async def test_only_what_a_host_typed_in_this_chat_is_adopted(house: PlanningRoom) -> None:
    chat = await house.opened("A?", "B?")
    await house.hear("Q1: mine", "m1", "Cy", Role.ANYONE)
    assert "not there any more" in (await house.say(f"question adopt 9 chat={chat.id} meant=1")).text
    reply = await house.say(f"question adopt 1 chat={chat.id} meant=1", "Cy", Role.ANYONE)
    assert reply.text.startswith("Only a host")
    await house.hear("Q1: My own?", "m2")
    assert "as in meant=2" in (await house.say(f"question adopt 2 chat={chat.id} meant=maybe")).text
    assert (await house.running(chat.id)).chat.asked == 0


async def taken_back(house: PlanningRoom) -> None:
    """The first message that was heard is erased, as when its writer deletes it."""
    async with house.store.begin() as tx:
        await tx.erase([1], house.clock.at)


@pytest.mark.parametrize("rooms", ["terminal"])
async def test_a_typed_question_that_is_taken_back_leaves_the_hosts_post_on_another_network(
    house: PlanningRoom,
) -> None:
    await house.opened("A?", "B?")
    await house.hear("Q2: What do aardvarks eat?", "m1")
    await house.deliver()
    await taken_back(house)
    assert not [row for row in await house.rows("SELECT payload FROM outbox") if "aardvark" in row[0]]
    [edit] = await house.rows("SELECT payload, state FROM outbox WHERE key LIKE 'typed.%.gone'")
    assert ("was taken back" in edit[0], edit[1]) == (True, "waiting")


async def test_a_typed_question_that_is_taken_back_in_time_is_never_shown(house: PlanningRoom) -> None:
    await house.opened("A?", "B?")
    await house.hear("Q2: What do aardvarks eat?", "m1")
    await taken_back(house)
    [row] = await house.rows("SELECT payload, state FROM outbox WHERE subject LIKE 'typed.%'")
    assert ("aardvark" in row[0], row[1]) == (False, "withdrawn")
