"""One chat, by talking: planned, previewed, rehearsed, steered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.model import Chat, ChatState, QuestionState, Role, StepKind
from bot.markup import render
from tests.support.bad_inputs import case
from tests.support.planning_room import TUESDAY, PlanningRoom, planning_room
from tests.support.set_clock import SATURDAY


@pytest.fixture
async def house(tmp_path: Path, rooms: str) -> AsyncIterator[PlanningRoom]:
    async with planning_room(tmp_path, rooms) as opened:
        yield opened


async def texts(house: PlanningRoom, chat_id: int) -> list[str]:
    return [question.text for question in await house.questions(chat_id)]


async def due(house: PlanningRoom, chat_id: int, kind: StepKind) -> list[int]:
    """Minutes after eight at which steps of a kind are due."""
    steps = (await house.running(chat_id)).steps
    return [round((step.due_at - TUESDAY) / timedelta(minutes=1)) for step in steps if step.kind is kind]


async def test_a_pasted_list_becomes_the_run_sheet(house: PlanningRoom) -> None:
    await house.say('series create Weekly EdChat when="every Tuesday 8 pm" zone="New York"')
    reply = await house.say("chat plan Homework that matters\n1) Why?\n2) How?\nQ3: What?\n- Who?\nA?\nB?")
    assert reply.text.splitlines() == [
        "Homework that matters, Tue 24 Nov 2026, 8:00 pm ET:",
        "8:00 pm ET welcome",
        "8:06 pm ET Q1: Why?",
        "8:14 pm ET Q2: How?",
        "8:22 pm ET Q3: What?",
        "8:30 pm ET Q4: Who?",
        "8:38 pm ET Q5: A?",
        "8:46 pm ET Q6: B?",
        "8:54 pm ET wrap-up",
        "9:00 pm ET end",
        "Announcement Mon 23 Nov 2026, 8:00 pm ET.",
        "Reminder Tue 24 Nov 2026, 7:50 pm ET.",
    ]
    lines = [offer.line for offer in reply.offers]
    assert lines[:2] == ["chat rehearse chat=1", "chat announce chat=1"]
    assert lines[2:] == [f"question edit {number} chat=1" for number in range(1, 7)]
    assert (await house.say("chat preview")).text == reply.text


async def test_b113_an_open_code_fence_swallows_nothing_that_follows(house: PlanningRoom) -> None:
    await house.opened(case("B113").input, "How?")
    for _ in range(2):
        await house.say("chat next")
        await house.later(seconds=20)
    assert [one for one in await house.posts() if one.startswith("Q")][:2] == ["Q1: ```", "Q2: How?"]
    assert "<p>Q1: ```<br>\nQ2: How?</p>" in render("Q1: ```\nQ2: How?")


async def test_b125_a_picture_alone_is_a_question_only_with_what_it_shows(house: PlanningRoom) -> None:
    assert case("B125").expect == "accept only with alt text"
    chat = await house.planned()
    reply = await house.say("question add ![ ](https://e.org/wall.png)")
    assert reply.refused
    assert "say what it shows" in reply.text
    assert (await house.say("chat plan Homework\nWhy?\n![](https://e.org/wall.png)")).refused
    assert len(await house.questions(chat.id)) == 4
    assert not (await house.say("question add ![our wall](https://e.org/wall.png)")).refused


async def test_b116_windows_line_ends_and_bullets(house: PlanningRoom) -> None:
    chat = await house.planned("1) Why?\r", "2. How?\r")
    assert await texts(house, chat.id) == ["Why?", "How?"]


async def test_b115_a_doubled_label_is_posted_once(house: PlanningRoom) -> None:
    chat = await house.planned(case("B115").input)
    await house.at(chat.starts_at)
    await house.say("chat next")
    assert (await house.posts())[-1] == "Q1: Why?"


async def test_b107_an_empty_line_refuses_the_list_and_keeps_the_draft(house: PlanningRoom) -> None:
    chat = await house.planned("Old?")
    reply = await house.say(f"chat plan New chat={chat.id}\nWhy?\n\nHow?")
    assert reply.text == "Line 2 is empty; fill or remove it, then send the list again. Nothing was changed."
    assert await texts(house, chat.id) == ["Old?"]
    assert (await house.running(chat.id)).chat.topic == "Homework"


async def test_b108_too_long_is_refused_and_b109_long_in_bytes_is_not(house: PlanningRoom) -> None:
    chat = await house.planned("Old?")
    reply = await house.say(f"chat plan New chat={chat.id}\n{case('B108').input}")
    assert "2,001 characters; 2,000 are the most" in reply.text
    assert await texts(house, chat.id) == ["Old?"]
    await house.say(f"chat plan New chat={chat.id}\n{case('B109').input}")
    assert await texts(house, chat.id) == [case("B109").input]


async def test_b112_a_token_is_doubted_and_never_logged(
    house: PlanningRoom, capsys: pytest.CaptureFixture[str]
) -> None:
    token = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"  # made up
    await house.planned()
    reply = await house.say(f"chat plan Keys chat=1\nIs {token} safe?")
    assert "Please look: Question 1 holds what looks like a password or token" in reply.text
    said = capsys.readouterr()
    assert token not in said.out + said.err


async def test_b118_the_same_twice_is_taken_with_a_word(house: PlanningRoom) -> None:
    await house.planned()
    reply = await house.say("chat plan Again chat=1\nWhy?\nwhy?")
    assert "Please look: Questions 1 and 2 are the same: why?" in reply.text
    assert await texts(house, 1) == ["Why?", "why?"]


async def test_what_would_ping_is_kept_as_text(house: PlanningRoom) -> None:
    chat = await house.planned("Do @everyone, <@&123> and @room agree?", "```", "||Why?|| https://a.example")
    assert await texts(house, chat.id) == [
        "Do @everyone, <@&123> and @room agree?", "```", "||Why?|| https://a.example",
    ]  # fmt: skip


async def test_planning_goes_to_the_next_chat_without_questions(house: PlanningRoom) -> None:
    await house.planned()
    reply = await house.say("chat plan Reading\nWhat?")
    assert reply.text.startswith("Reading, Tue 1 Dec 2026, 8:00 pm ET:")
    reply = await house.say("chat plan Better chat=1\nWhat?")
    assert "The 4 questions drafted before were replaced." in reply.text
    reply = await house.say("chat plan Only the topic chat=1")
    assert reply.text.startswith("Only the topic, Tue 24 Nov")
    assert await texts(house, 1) == ["What?"]


async def test_who_plans_within_a_day_hears_that_everybody_is_told_now(house: PlanningRoom) -> None:
    told = "It begins in less than a day, so everybody is told now: the announcement goes out."
    await house.say('series create Weekly EdChat when="every Tuesday 8 pm" zone="New York"')
    assert "Announcement Mon 23 Nov" in (await house.say("chat plan Only the topic chat=1")).text
    await house.at(TUESDAY - timedelta(hours=3))
    assert told not in (await house.say("chat plan Still only the topic chat=1")).text
    added = await house.say("question add Why? chat=1")
    assert added.text == f"Added as Q1; the chat now has 1 question.\n{told}"
    planned = await house.say("chat plan Homework chat=1\nWhy?\nHow?")
    assert told in planned.text.splitlines()
    assert "Announcement" not in planned.text
    await house.later(seconds=1)
    [post] = await house.posts()
    assert post.startswith("Next chat: Homework")
    assert told not in (await house.say("chat plan Homework chat=1\nWhy?")).text


async def test_planning_nothing_shows_how_and_what_is_there(house: PlanningRoom) -> None:
    await house.planned()
    reply = await house.say("chat plan chat=2")
    assert reply.private
    assert "Write the topic behind `chat plan`" in reply.text
    assert "No questions yet: without any it is called off." in reply.text


async def test_more_questions_than_minutes_are_refused(house: PlanningRoom) -> None:
    await house.planned()
    reply = await house.say("\n".join(["chat plan Many chat=1", *(f"What of {k}?" for k in range(49))]))
    assert reply.text == "49 questions do not fit: at a minute each there is time for 48."


@pytest.mark.parametrize(("name", "said"), [("B082", "visible character"), ("B083", "101 characters long")])
async def test_a_topic_is_a_title(house: PlanningRoom, name: str, said: str) -> None:
    await house.planned()
    given = {"topic": case(name).input, "chat": "1"}
    reply = await house.tree.run(await house.asker("Ana"), "chat plan", given, ["Why?"])
    assert said in reply.text
    assert (await house.running(1)).chat.topic == "Homework"


async def test_a_rehearsal_is_quick_and_for_hosts_only(house: PlanningRoom) -> None:
    chat = await house.planned()
    reply = await house.say("chat rehearse")
    assert "edchat-hosts" in reply.text
    assert "4 questions in 60 seconds" in reply.text
    assert "A rehearsal is running" in (await house.say("chat rehearse")).text
    for _ in range(70):
        await house.later(seconds=1)
    assert await house.posts() == []
    posts = await house.posts(place=house.hosts)
    asked = [post for post in posts if post.startswith("Q") and " is out" not in post]
    assert asked == ["Q1: Why?", "Q2: How?", "Q3: What now?", "Q4: Who?"]
    assert (await house.running(chat.id)).chat.state is ChatState.PLANNED
    assert (await house.say("chat preview")).text.startswith("Homework, Tue 24 Nov 2026")
    assert "The rehearsal starts" in (await house.say("chat rehearse")).text


async def live(house: PlanningRoom) -> dict[bool, Chat]:
    """The chats in their hour, by whether they are rehearsals."""
    async with house.store.read() as tx:
        return {chat.rehearsal: chat for chat in await tx.live_chats()}


async def test_among_hosts_the_real_chat_is_steered_while_a_rehearsal_is_on_as_well(
    house: PlanningRoom,
) -> None:
    chat = await house.planned()
    await house.at(chat.starts_at - timedelta(seconds=20))
    await house.say("chat rehearse", place=house.hosts)
    await house.later(seconds=10)
    assert list(await live(house)) == [True]
    await house.say("chat pause", place=house.hosts)
    assert (await live(house))[True].paused_at
    await house.say("chat resume", place=house.hosts)
    await house.at(chat.starts_at + timedelta(seconds=5))
    await house.say("chat pause", place=house.hosts)
    assert {one.rehearsal: one.paused_at is not None for one in (await live(house)).values()} == {
        True: False,
        False: True,
    }


async def test_a_rehearsal_needs_questions_and_a_room(house: PlanningRoom) -> None:
    await house.planned()
    assert "no questions yet" in (await house.say("chat rehearse chat=2")).text
    async with house.store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE place SET hosts_room = 0")
    assert "no hosts' room here yet" in (await house.say("chat rehearse")).text


async def test_a_chat_begins_when_a_host_says_so(house: PlanningRoom) -> None:
    chat = await house.planned()
    reply = await house.say("chat start")
    assert reply.text == "Homework begins now and ends at 8:00 am ET."
    await house.scheduler.take_due()
    assert (await house.running(chat.id)).chat.state is ChatState.OPEN
    rows = await house.rows("SELECT subject FROM outbox WHERE action = 'post'")
    assert [row.subject for row in rows] == ["open"]
    reply = await house.say("chat start chat=2")
    assert reply.text == "This chat has no questions yet; write them with `chat plan`, one a line."


async def test_no_second_chat_beside_a_running_one(house: PlanningRoom) -> None:
    await house.opened()
    await house.say("chat plan Reading\nWhat?")
    reply = await house.say("chat start")
    assert reply.text == "Homework is on here until 9:00 pm ET; start when it has ended."


async def test_no_start_that_would_run_into_another_chat(house: PlanningRoom) -> None:
    await house.planned()
    await house.say("chat plan Reading\nWhat?")
    await house.at(TUESDAY - timedelta(minutes=30))
    reply = await house.say("chat start chat=2")
    assert reply.text.startswith("Homework is held here on Tue 24 Nov 2026, 8:00 pm ET")


async def test_b140_start_just_before_its_time_is_one_chat(house: PlanningRoom) -> None:
    chat = await house.planned()
    await house.at(TUESDAY - timedelta(seconds=30))
    await house.say("chat start")
    await house.later(seconds=1)
    await house.at(TUESDAY + timedelta(minutes=1))
    opened = [post for post in await house.posts() if post.startswith("Welcome")]
    assert len(opened) == 1
    assert [c.id for c in await house.chats() if c.state is ChatState.OPEN] == [chat.id]


async def test_b140_start_at_its_very_time_does_nothing(house: PlanningRoom) -> None:
    await house.planned()
    house.clock.at = TUESDAY
    reply = await house.say("chat start")
    assert reply.text == "It starts this very moment by itself; nothing needs to be done."


async def test_a_start_long_before_the_time_that_people_were_told_asks_once(house: PlanningRoom) -> None:
    chat = await house.planned()
    await house.say("chat announce")
    await house.at(TUESDAY - timedelta(hours=5))
    asked = await house.say("chat start")
    assert asked.text == "Begin Homework now? People were told to come on Tue 24 Nov 2026, 8:00 pm ET."
    [begin] = asked.offers
    assert begin.line == f"chat start chat={chat.id} sure=yes"
    assert [one.state for one in await house.chats() if one.id == chat.id] == [ChatState.ANNOUNCED]
    await house.say(begin.line)
    await house.later(seconds=1)
    assert [one.state for one in await house.chats() if one.id == chat.id] == [ChatState.OPEN]


async def test_next_asks_and_offers_what_can_come_then(house: PlanningRoom) -> None:
    chat = await house.opened()
    reply = await house.say("chat next")
    assert reply.text == "Q1 is going out."
    assert [offer.line for offer in reply.offers] == [
        f"chat next chat={chat.id} after=1",
        f"chat extend 5 chat={chat.id} after=1",
        f"chat pause chat={chat.id} after=1",
        f"chat skip 2 chat={chat.id}",
        f"chat end chat={chat.id}",
    ]
    for number in (2, 3, 4):
        await house.later(seconds=20)
        assert (await house.say("chat next")).text == f"Q{number} is going out."
    await house.later(seconds=20)
    reply = await house.say("chat next")
    assert "the wrap-up begins" in reply.text
    more, end = [offer.line for offer in reply.offers]
    assert (more, end) == (f"chat extend 5 chat={chat.id} after=4", f"chat end chat={chat.id}")
    await house.later(seconds=1)
    assert (await house.running(chat.id)).chat.state is ChatState.WRAPPING
    assert "wrap-up is running" in (await house.say("chat next")).text


async def test_b134_two_hosts_press_next_within_a_second(house: PlanningRoom) -> None:
    chat = await house.opened()
    line = f"chat next chat={chat.id} after=0"
    assert (await house.say(line, "Ana")).text == "Q1 is going out."
    await house.later(seconds=1)
    assert (await house.say(line, "Ben")).text == "Q1 is already going out; nothing was changed."
    reply = await house.say("chat next", "Ben")
    assert reply.text == "Ana was just faster (Q1 is on); do it again in a moment if you still want it."
    assert [q.state for q in await house.questions(chat.id)].count(QuestionState.ASKED) == 1


@pytest.mark.parametrize(
    ("name", "minutes"),
    [
        ("B126", "0 minutes"),
        ("B127", "-5 minutes"),
        ("B129", "1e309"),
        ("B130", "NaN"),
        ("B131", "5 min 5 min"),
        ("B132", "99999999 minutes"),
    ],
)
async def test_minutes_that_are_none_change_nothing(house: PlanningRoom, name: str, minutes: str) -> None:
    assert minutes.split(maxsplit=1)[0] in case(name).input
    chat = await house.opened()
    await house.say("chat next")
    before = await house.running(chat.id)
    reply = await house.say(f"chat extend {minutes}")
    assert reply.text.startswith("minutes: ")
    assert await house.running(chat.id) == before


async def test_extend_gives_time_and_then_moves_the_end(house: PlanningRoom) -> None:
    chat = await house.opened("A?", "B?", "C?", "D?", "E?", "F?")
    await house.say("chat next")
    await house.later(seconds=30)
    reply = await house.say(f"chat extend 10 chat={chat.id} after=1")
    assert reply.text == "This question has time until 8:18 pm ET. The chat ends at 9:00 pm ET."
    assert await due(house, chat.id, StepKind.ASK) == [18, 25, 32, 40, 47]
    reply = await house.say("chat extend 60")
    assert "The chat ends at 9:44 pm ET." in reply.text
    assert (await house.say(f"chat extend 5 chat={chat.id} after=0")).text == (
        "Q1 is already going out; nothing was changed."
    )


async def test_b137_extend_at_the_last_second_and_after_the_end(house: PlanningRoom) -> None:
    chat = await house.opened()
    await house.at(TUESDAY + timedelta(minutes=55))
    await house.at(TUESDAY + timedelta(minutes=59, seconds=59))
    reply = await house.say(f"chat extend 5 chat={chat.id}")
    assert "The chat ends at 9:05 pm ET." in reply.text
    await house.at(TUESDAY + timedelta(minutes=65))
    assert (await house.say(f"chat extend 5 chat={chat.id}")).text == "This chat has ended."


async def test_b136_a_pause_of_three_hours_keeps_the_gap_and_moves_the_end(house: PlanningRoom) -> None:
    chat = await house.opened()
    await house.say("chat next")
    await house.later(minutes=3)
    reply = await house.say("chat pause")
    assert [offer.line for offer in reply.offers] == [
        f"chat resume chat={chat.id}", f"chat end chat={chat.id}",
    ]  # fmt: skip
    assert "paused" in (await house.say("chat next")).text
    await house.later(hours=3)
    assert (await house.running(chat.id)).chat.asked == 1
    reply = await house.say("chat resume")
    assert reply.text == "On it goes; the chat ends at 12:00 am ET."
    assert (await due(house, chat.id, StepKind.ASK))[0] == 188
    assert (await house.say("chat resume")).text == "The chat is not paused; it is running."


async def test_b136_after_a_day_the_chat_ends_by_itself(house: PlanningRoom) -> None:
    chat = await house.opened()
    await house.say("chat pause")
    await house.later(hours=24)
    assert (await house.running(chat.id)).chat.state in (ChatState.CLOSED, ChatState.TAIL)
    assert "The chat was paused for a whole day" in (await house.posts())[-1]


async def test_a_question_is_left_out_and_another_asked(house: PlanningRoom) -> None:
    chat = await house.opened()
    await house.say("chat next")
    await house.later(seconds=10)
    said = (await house.say("chat skip 3")).text
    assert said == "Q3 is left out; the questions still to come share its minutes."
    assert (
        await house.say("chat skip Q3")
    ).text == "Q3 is not waiting to be asked; `chat preview` shows what is."
    assert "no question" in (await house.say("chat skip 9")).text
    reply = await house.say("chat ask Q2: What surprised you?")
    assert reply.text == "Q2 is going out."
    assert (await house.posts())[-2:] == ["Q2: What surprised you?", "Q2 is out: What surprised you?"]
    assert [q.position for q in await house.questions(chat.id)] == [1, 2, 3, 4, 5]


async def test_when_the_last_one_is_left_out_the_wrap_up_is_next(house: PlanningRoom) -> None:
    await house.opened("A?", "B?")
    await house.say("chat next")
    await house.later(seconds=10)
    said = (await house.say("chat skip 2")).text
    assert said == "Q2 is left out; no question is left to ask, so the wrap-up is next."


async def test_a_second_press_of_skip_skips_no_more(house: PlanningRoom) -> None:
    chat = await house.opened("A?", "B?", "C?")
    reply = await house.say("chat next")
    skip = next(offer.line for offer in reply.offers if offer.label == "Skip the next")
    await house.later(seconds=10)
    await house.say(skip, "Ana")
    assert (await house.say(skip, "Ben")).text.startswith("Q2 is not waiting")
    assert [q.state for q in await house.questions(chat.id)].count(QuestionState.SKIPPED) == 1


async def test_end_and_b139_end_when_nothing_runs(house: PlanningRoom) -> None:
    chat = await house.planned()
    reply = await house.say("chat end")
    assert reply.text == "The chat has not started; it does on Tue 24 Nov 2026, 8:00 pm ET."
    await house.at(chat.starts_at)
    sure = await house.say("chat end")
    assert sure.text == (
        "End Homework now? It has time until 9:00 pm ET; 4 questions would not be asked. "
        "Late answers still count."
    )
    assert (await house.running(chat.id)).chat.state is ChatState.OPEN
    [yes] = sure.offers
    assert (await house.say(yes.line)).text == "The chat ends now; late answers still count."
    await house.later(seconds=1)
    assert (await house.posts())[-1].startswith("That was Homework.")
    assert (await house.say(f"chat end chat={chat.id}")).text == "This chat has ended."


async def test_cancel_tells_every_place(house: PlanningRoom) -> None:
    await house.planned()
    sure = await house.say('chat cancel Half-term "already"')
    assert sure.text == (
        "Cancel Homework on Tue 24 Nov 2026, 8:00 pm ET? Everybody is told: Half-term 'already'."
    )
    assert await house.posts() == []
    [yes] = (await house.say("chat cancel Half-term")).offers
    reply = await house.say(yes.line)
    assert reply.text == "Homework on Tue 24 Nov 2026, 8:00 pm ET is cancelled; everybody is told."
    assert await house.posts() == ["Homework on Tue 24 Nov 2026, 8:00 pm ET is cancelled: Half-term."]
    assert (await house.say("chat cancel chat=1")).text == "This chat was called off."


async def test_a_reason_too_long_for_a_button_is_written_again_with_the_yes(house: PlanningRoom) -> None:
    chat = await house.planned()
    reason = "Half-term came earlier than anybody thought, and the hall is painted; see you all in December."
    sure = await house.say(f"chat cancel {reason}")
    assert sure.text.endswith(f"write it once more with it:\n{reason}")
    [yes] = sure.offers
    assert yes.form
    form = await house.tree.form_for(await house.asker("Ana"), "chat cancel", {"sure": "yes", "chat": "1"})
    assert [param.name for param in form.command.params if form.asks(param)] == ["reason"]
    assert (await house.running(chat.id)).chat.state is ChatState.PLANNED
    await house.say(f'{yes.line} reason="{reason}"')
    assert (await house.running(chat.id)).chat.state is ChatState.CANCELLED


async def test_the_button_that_ends_a_chat_asks_once(house: PlanningRoom) -> None:
    chat = await house.opened()
    end = next(one for one in (await house.say("chat next")).offers if one.label == "End")
    [yes] = (await house.say(end.line)).offers
    assert (await house.running(chat.id)).chat.state.live
    assert (await house.say(yes.line)).offers == ()
    await house.later(seconds=1)
    assert (await house.running(chat.id)).chat.state is ChatState.TAIL


async def test_a_running_chat_is_ended_not_cancelled(house: PlanningRoom) -> None:
    chat = await house.opened()
    reply = await house.say(f"chat cancel chat={chat.id}")
    assert reply.text == "This chat is already running; `chat end` closes it."


async def test_now_says_what_is_on_to_everybody(house: PlanningRoom) -> None:
    chat = await house.planned()
    reply = await house.say("chat now", "Cy", Role.ANYONE)
    assert reply.private
    assert reply.text == "Nothing is on now. Next: Homework, Tue 24 Nov 2026, 8:00 pm ET."
    assert reply.offers == ()
    await house.at(chat.starts_at)
    assert "We are gathering" in (await house.say("chat now", "Cy", Role.ANYONE)).text
    await house.at(TUESDAY + timedelta(minutes=18))
    reply = await house.say("chat now", "Cy", Role.ANYONE)
    assert reply.text.splitlines() == ["Q2: How?", "4 minutes left.", "Asked so far:", "Q1: Why?"]
    assert [offer.line for offer in reply.offers] == [f"chat now chat={chat.id}"]
    assert f"chat next chat={chat.id} after=2" in [o.line for o in (await house.say("chat now")).offers]
    await house.say("chat pause")
    assert "paused the chat." in (await house.say("chat now")).text


async def test_now_at_the_end(house: PlanningRoom) -> None:
    chat = await house.opened()
    await house.at(TUESDAY + timedelta(minutes=56))
    reply = await house.say("chat now")
    assert reply.text.startswith("The wrap-up is on. 4 minutes left.")
    assert [offer.label for offer in reply.offers] == ["Catch up", "5 more minutes", "End"]
    await house.at(TUESDAY + timedelta(minutes=61))
    assert (
        await house.say(f"chat now chat={chat.id}")
    ).text == "That chat is over. Late answers still count."
    await house.at(TUESDAY + timedelta(days=8))
    assert (await house.say(f"chat now chat={chat.id}")).text == "That chat is over."


async def test_only_hosts_steer(house: PlanningRoom) -> None:
    await house.opened()
    for line in ("chat plan X", "chat next", "chat end", "chat extend 5", "chat rehearse", "chat cancel"):
        assert (await house.say(line, "Cy", Role.ANYONE)).text.startswith("Only a host")
    assert house.clock.at > SATURDAY


async def test_b215_a_button_of_a_chat_long_over_says_so(house: PlanningRoom) -> None:
    chat = await house.opened()
    line = f"chat next chat={chat.id} after=0"
    await house.say("chat end sure=yes")
    await house.later(days=90)
    before = await house.posts(chat.id)
    assert (await house.say(line)).text == "This chat has ended."
    assert await house.posts(chat.id) == before


async def test_a_skip_without_a_number_says_which_question_it_was(house: PlanningRoom) -> None:
    await house.opened("One?", "Two?", "Three?")
    assert (await house.say("chat skip")).text.startswith("Q1 is left out")
    assert (await house.say("chat skip")).text.startswith("Q2 is left out")
    assert (await house.say("chat skip")).text.startswith("Q3 is left out")


async def test_an_extra_question_takes_no_number_that_was_announced_as_left_out(house: PlanningRoom) -> None:
    chat = await house.opened("One?", "Two?", "Three?")
    await house.say("chat next")
    await house.later(seconds=10)
    await house.say("chat skip 2")
    await house.say("chat ask What surprised you?")
    assert [(q.position, q.text) for q in await house.questions(chat.id) if q.asked_at] == [
        (1, "One?"),
        (3, "What surprised you?"),
    ]


async def test_cancel_while_a_chat_runs_touches_no_other_week(house: PlanningRoom) -> None:
    await house.opened()
    assert "already running" in (await house.say("chat cancel")).text
    assert [chat.state for chat in await house.chats()].count(ChatState.CANCELLED) == 0
