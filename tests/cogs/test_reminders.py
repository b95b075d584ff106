"""Reminders, by talking: who asks gets a word of their own, once, and may take the wish back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core import drafting, steering
from bot.core.effects import Moment
from bot.core.model import Chat, Pace, Person, Role, Series
from bot.core.reminding import Word
from cogs import every_cog
from tests.support.evening import START, Evening, evening


@pytest.fixture
async def room(tmp_path: Path, rooms: str) -> AsyncIterator[Evening]:
    async with evening(tmp_path, *every_cog(), rooms=rooms) as opened:
        yield opened


async def whispered(room: Evening) -> list[tuple[str, str]]:
    rows = await room.rows(
        "SELECT json_extract(payload, '$.person') AS who, subject FROM outbox WHERE action = 'whisper'"
    )
    return [(row.who, row.subject) for row in rows]


async def test_who_asks_is_reminded_ten_minutes_before_and_once(room: Evening) -> None:
    said = "I will remind you ten minutes before Thursday Chat, Tue 24 Nov 2026, 8:00 pm GMT."
    for _ in range(2):
        assert (await room.asks("ana", "chat remind")).text == said
    await room.asks("ben", "chat remind")
    await room.until(-10.1)
    assert await whispered(room) == []
    await room.until(-9)
    told = [text for (_, what), text in room.posts.items() if _is_word(what)]
    assert told == ["Thursday Chat starts at 8:00 pm GMT. See you there."] * 2
    await room.until(30)
    assert len(await whispered(room)) == 2


async def test_a_reminder_names_its_instant_and_leads_to_the_announcement(room: Evening) -> None:
    await room.asks("ana", "chat remind")
    await room.until(-10.1)
    async with room.store.begin() as tx:
        who = Person(1, room.place.platform, "ana", "Ana")
        starts = Moment("8:00 pm GMT", START)
        word = Word("once", "It starts at 8:00 pm GMT.", (starts,))
        await tx.whisper_of(room.place, who, word, room.chat.id, START)
        row = await tx.waiting_in(room.place.id)
    assert row is not None
    assert row.moments == (starts,)
    [announced] = await room.rows("SELECT platform_message_id AS id FROM outbox WHERE subject = 'announce'")
    assert row.about == announced.id


async def test_a_wish_taken_back_is_no_wish(room: Evening) -> None:
    reply = await room.asks("ana", "chat remind")
    back = await room.asks("ana", reply.offers[0].line)
    assert back.text == "No reminder for Thursday Chat, then."
    await room.until(-9)
    assert await whispered(room) == []


async def test_who_had_everything_forgotten_is_not_reminded(room: Evening) -> None:
    await room.asks("ana", "chat remind")
    await room.asks("ana", "privacy forget sure=yes")
    assert await room.rows("SELECT * FROM reminder") == []
    await room.until(-9)
    assert await whispered(room) == []


async def test_a_chat_under_way_reminds_of_the_next_or_nobody(room: Evening) -> None:
    await room.until(5)
    assert (await room.asks("ana", f"chat remind chat={room.chat.id}")).text == "This chat has already begun."
    assert await room.rows("SELECT * FROM reminder") == []


async def words(room: Evening) -> list[str]:
    """What was whispered to those who asked, in order."""
    await room._deliver()
    return [text for (_, what), text in room.posts.items() if _is_word(what)]


def _is_word(subject: str) -> bool:
    """Whether a subject is that of a word for somebody who asked."""
    return subject.startswith("remind.") and subject.count(".") > 1


async def test_who_asked_hears_that_it_is_cancelled_and_no_more(room: Evening) -> None:
    await room.asks("ana", "chat remind")
    await room.asks("mod", f'chat cancel "A storm" chat={room.chat.id} sure=yes', Role.HOST)
    await room.until(5)
    assert await words(room) == ["Thursday Chat on Tue 24 Nov 2026, 8:00 pm GMT is cancelled: A storm."]
    assert await room.rows("SELECT * FROM reminder") == []


async def test_who_asked_hears_that_it_moves_and_is_reminded_then(room: Evening) -> None:
    await room.asks("ana", "chat remind")
    await room.asks("mod", f'series move {room.chat.id} to="24 Nov 9 pm"', Role.HOST)
    await room.until(59)
    said = await words(room)
    assert said == [
        "Thursday Chat moves from Tue 24 Nov 2026, 8:00 pm GMT to Tue 24 Nov 2026, 9:00 pm GMT.",
        "Thursday Chat starts at 9:00 pm GMT. See you there.",
    ]


async def test_moved_after_the_reminder_it_reminds_once_more(room: Evening) -> None:
    await room.asks("ana", "chat remind")
    await room.until(-5)
    await room.asks("mod", f'series move {room.chat.id} to="24 Nov 9 pm"', Role.HOST)
    await room.until(59)
    starts = [text for text in await words(room) if "starts at" in text]
    assert starts == [
        "Thursday Chat starts at 8:00 pm GMT. See you there.",
        "Thursday Chat starts at 9:00 pm GMT. See you there.",
    ]


async def test_begun_early_it_says_so(room: Evening) -> None:
    await room.asks("ana", "chat remind")
    await room.asks("mod", f"chat start chat={room.chat.id}", Role.HOST)
    assert await words(room) == ["Thursday Chat begins now, earlier than planned. See you there."]


async def test_called_off_at_its_start_those_who_asked_know_it(room: Evening) -> None:
    await room.asks("ana", "chat remind")
    for _ in range(3):
        await room.asks("mod", f"question remove 1 chat={room.chat.id}", Role.HOST)
    await room.until(5)
    [said] = await words(room)
    assert said.startswith("There is no Thursday Chat today")


async def test_who_asks_in_the_last_minutes_is_told_that_it_begins(room: Evening) -> None:
    await room.until(-5)
    said = (await room.asks("ana", f"chat remind chat={room.chat.id}")).text
    assert said == "Thursday Chat starts at 8:00 pm GMT already; see you there."
    await room.until(5)
    assert await words(room) == []


async def test_once_it_has_begun_no_wish_is_kept(room: Evening) -> None:
    await room.asks("ana", "chat remind")
    await room.until(5)
    assert await room.rows("SELECT * FROM reminder") == []


async def test_who_could_not_be_told_in_time_is_told_when_the_chat_begins_late(room: Evening) -> None:
    await room.asks("ana", "chat remind")
    await away(room, 5)
    assert await words(room) == [
        "Thursday Chat is on now. I was away when I should have reminded you, sorry."
    ]
    assert await room.rows("SELECT * FROM reminder") == []


async def test_who_was_reminded_hears_nothing_more_of_a_chat_that_begins_late(room: Evening) -> None:
    await room.asks("ana", "chat remind")
    await room.until(-9)
    await away(room, 5)
    assert await words(room) == ["Thursday Chat starts at 8:00 pm GMT. See you there."]


async def away(room: Evening, minutes: float) -> None:
    """Nobody takes a step until so many minutes after the start."""
    room.clock.at = START + timedelta(minutes=minutes)
    await room.scheduler.take_due()


async def test_a_word_that_could_not_be_said_until_the_end_is_not_said_after_it(room: Evening) -> None:
    await room.asks("ana", "chat remind")
    await room.until(-9)
    [row] = await room.rows("SELECT not_after FROM outbox WHERE action = 'whisper'")
    assert str(row.not_after).startswith("2026-11-24 21:00")


async def test_moved_to_and_fro_each_move_is_told(room: Evening) -> None:
    await room.asks("ana", "chat remind")
    for hour in (9, 8, 9):
        await room.asks("mod", f'series move {room.chat.id} to="24 Nov {hour} pm"', Role.HOST)
    said = [text.partition(" to ")[2] for text in await words(room)]
    assert said == [f"Tue 24 Nov 2026, {hour}:00 pm GMT." for hour in (9, 8, 9)]


async def test_when_its_weekly_chat_is_paused_those_who_asked_know_it_and_are_reminded_if_it_goes_on(
    room: Evening,
) -> None:
    await room.asks("ana", "chat remind")
    await room.asks("mod", "series pause", Role.HOST)
    rests = "unless its hosts let it go on before, there is no chat on Tue 24 Nov 2026, 8:00 pm GMT."
    [said] = await words(room)
    assert said.endswith(rests)
    asked = (await room.asks("ben", f"chat remind chat={room.chat.id}")).text
    assert asked.endswith("if it goes on before Tue 24 Nov 2026, 8:00 pm GMT, I remind you.")
    await room.asks("mod", "series resume", Role.HOST)
    await room.until(-9)
    assert (await words(room))[1:] == ["Thursday Chat starts at 8:00 pm GMT. See you there."] * 2


async def test_a_date_that_goes_is_told(room: Evening) -> None:
    async with room.store.begin() as tx:
        later = START + timedelta(days=7)
        chat = await tx.add_chat(Chat(0, room.chat.series_id, "Europe/London", later, later))
    await room.asks("ana", f"chat remind chat={chat.id}")
    async with room.store.begin() as tx:
        await tx.drop_chat(chat.id)
    assert await words(room) == ["Thursday Chat is not held on Tue 1 Dec 2026, 8:00 pm GMT."]


# --- Slow chats ------------------------------------------------------------------------------


async def slow(room: Evening) -> int:
    """A chat of three days, a question each, that begins tomorrow at eight."""
    async with room.store.begin() as tx:
        every = Series(0, room.place.community_id, "Slow", asks=Pace.DAILY, days=(1, 2, 3))
        series = await tx.add_series(every, room.place.id, (), room.clock.at)
        chat = await tx.add_chat(
            Chat(0, series.id, "Europe/London", START, START + timedelta(days=2, hours=4))
        )
        await tx.delete_series(room.chat.series_id, room.clock.at)
        await tx.change(
            await tx.running(room.chat.id),
            steering.cancel(await tx.running(room.chat.id), "", room.clock.at),
            room.clock.at,
        )
        before = await tx.running(chat.id)
        change = drafting.plan(before, "Homework", ["Why?", "How?", "When?"], room.clock.at)
        await tx.change(before, change, room.clock.at)
    return chat.id


async def test_a_slow_chat_tells_who_asked_of_each_days_question(room: Evening) -> None:
    chat = await slow(room)
    agreed = (await room.asks("ana", f"chat remind chat={chat}")).text
    assert agreed.endswith("8:00 pm GMT. I tell you of each further question, too.")
    await room.until(3 * 24 * 60)
    assert await words(room) == [
        "Homework starts at 8:00 pm GMT. See you there.",
        "Homework: Q2: How?",
        "Homework: Q3: When?",
    ]
    assert await room.rows("SELECT * FROM reminder") == []


async def test_on_the_way_one_asks_for_the_questions_that_are_still_to_come(room: Evening) -> None:
    chat = await slow(room)
    await room.until(30 * 60)
    reply = await room.asks("ana", f"chat remind chat={chat}")
    assert reply.text == "I will tell you of each question of Homework that is still to come."
    await room.asks("ben", f"chat remind chat={chat}")
    await room.asks("ben", f"chat remind undo=yes chat={chat}")
    await room.until(3 * 24 * 60)
    assert await words(room) == ["Homework: Q3: When?"]


async def test_when_every_question_is_out_there_is_nothing_left_to_ask_for(room: Evening) -> None:
    chat = await slow(room)
    await room.until(2 * 24 * 60 + 30)
    reply = await room.asks("ana", f"chat remind chat={chat}")
    assert reply.text == ("Every question of Homework is out already; answer until Fri 27 Nov, 12:00 am GMT.")
    assert await room.rows("SELECT * FROM reminder") == []


async def test_a_question_that_a_host_asks_by_hand_is_told_as_well(room: Evening) -> None:
    chat = await slow(room)
    await room.asks("ana", f"chat remind chat={chat}")
    await room.until(30)
    await room.asks("mod", f"chat next chat={chat}", Role.HOST)
    assert (await words(room))[1:] == ["Homework: Q2: How?"]
    await room.asks("mod", f'chat ask "Who else?" chat={chat}', Role.HOST)
    told = ["Homework starts at 8:00 pm GMT. See you there.", "Homework: Q2: How?", "Homework: Q3: Who else?"]
    assert await words(room) == told
    await room.until(3 * 24 * 60)
    assert await words(room) == [*told, "Homework: Q4: When?"]
