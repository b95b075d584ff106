"""A slow chat by talking: made in one line, planned, shown, steered by days, and alone in its place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.model import ChatState, Pace, StepKind
from tests.support.planning_room import PlanningRoom, planning_room

MADE = 'series create Slow EdChat when="every Monday 09:00" zone="New York" pace=daily days="Mon-Sat"'
MONDAY = datetime(2026, 11, 23, 14, tzinfo=UTC)
SIX = "chat plan Homework\nWhy?\nHow?\nWhen?\nWho?\nWhere?\nWhat now?"


@pytest.fixture
async def room(tmp_path: Path, rooms: str) -> AsyncIterator[PlanningRoom]:
    async with planning_room(tmp_path, rooms) as opened:
        yield opened


async def slow_week(room: PlanningRoom, plan: str = SIX) -> int:
    """A slow chat that was planned."""
    await room.say(MADE)
    await room.say(plan)
    return (await room.chats())[0].id


async def test_one_line_makes_a_slow_chat_and_says_how_it_goes(room: PlanningRoom) -> None:
    made = (await room.say(MADE)).text
    rule = "every Monday, 9:00 am New York (ET)"
    assert made.splitlines()[0] == f"Slow EdChat is set: {rule}, slow: a question a day, Mon to Sat."
    series = await room.series()
    assert (series.asks, series.days) == (Pace.DAILY, (0, 1, 2, 3, 4, 5))
    chat = (await room.chats())[0]
    assert chat.starts_at == MONDAY
    assert chat.ends_at == MONDAY + timedelta(days=5, hours=12)
    assert "slow: a question a day, Mon to Sat" in (await room.say("series show")).text


async def test_its_run_sheet_names_days(room: PlanningRoom) -> None:
    await room.say(MADE)
    planned = (await room.say(SIX)).text.splitlines()
    assert planned[1:4] == [
        "Mon 23 Nov, 9:00 am ET welcome",
        "Mon 23 Nov, 9:00 am ET Q1: Why?",
        "Tue 24 Nov, 9:00 am ET Q2: How?",
    ]
    assert "Sat 28 Nov, 9:00 pm ET end" in planned
    assert (await room.say("chat preview")).text.splitlines()[1:] == planned[1:]


async def test_more_questions_than_days_are_refused(room: PlanningRoom) -> None:
    await room.say(MADE)
    refused = (await room.say(f"{SIX}\nAnd a seventh?")).text
    assert refused == "7 questions do not fit: at a day each there is time for 6."


async def test_it_asks_each_day_and_closes_on_saturday(room: PlanningRoom) -> None:
    chat = await slow_week(room)
    for day in range(6):
        await room.at(MONDAY + timedelta(days=day, minutes=1))
        asked = [post for post in await room.posts(chat) if post.startswith("Q")]
        assert len([post for post in asked if "is out" not in post]) == day + 1
    await room.at(MONDAY + timedelta(days=5, hours=12, minutes=1))
    assert (await room.running(chat)).chat.state is ChatState.TAIL
    assert any(post.startswith("That was Homework.") for post in await room.posts(chat))


async def test_on_the_way_one_reads_which_day_it_is(room: PlanningRoom) -> None:
    await slow_week(room)
    await room.at(MONDAY + timedelta(days=1, hours=3))
    said = (await room.say("chat now")).text.splitlines()
    assert said[:2] == ["Q2: How?", "Day 2 of 6. Next question: Wed 25 Nov, 9:00 am ET."]
    assert said[2:] == ["Asked so far:", "Q1: Why?"]


async def test_one_more_day_is_a_press(room: PlanningRoom) -> None:
    chat = await slow_week(room, "chat plan Homework\nWhy?\nHow?\nWhen?")
    await room.at(MONDAY + timedelta(days=1, hours=3))
    offers = {offer.label: offer.line for offer in (await room.say("chat preview")).offers}
    assert "5 more minutes" not in offers
    said = (await room.say(offers["One more day"])).text
    assert said.startswith("This question has time until Thu 26 Nov, 9:00 am ET.")
    steps = (await room.running(chat)).steps
    asks = [step.due_at for step in steps if step.kind is StepKind.ASK]
    assert asks == [MONDAY + timedelta(days=3)]


async def test_an_extension_never_runs_into_a_chat_that_is_planned(room: PlanningRoom) -> None:
    await slow_week(room)
    await room.say("chat plan Next\nA?\nB?")
    await room.at(MONDAY + timedelta(days=1, hours=3))
    refused = (await room.say('chat extend "1 day"')).text
    where = "Next is held here on Mon 30 Nov 2026, 9:00 am ET"
    assert refused == f"{where}, before this one would end; move that or end this."


async def test_a_pause_never_runs_into_a_chat_that_is_planned_either(room: PlanningRoom) -> None:
    await slow_week(room)
    await room.say("chat plan Next\nA?\nB?")
    await room.at(MONDAY + timedelta(days=1, hours=3))
    paused = (await room.say("chat pause")).text
    assert paused == "Paused; nothing is asked until you use `chat resume`. After a week it would end."
    await room.at(MONDAY + timedelta(days=3))
    assert "before this one would end" in (await room.say("chat resume")).text
    await room.say("chat cancel chat=2 sure=yes")
    said = (await room.say("chat resume")).text
    assert said.startswith("On it goes; the chat ends on Tue 1 Dec, 9:00 pm ET. The next question comes on")


async def test_a_date_that_nobody_planned_makes_way_and_the_host_reads_so(room: PlanningRoom) -> None:
    await slow_week(room)
    await room.at(MONDAY + timedelta(days=1, hours=3))
    said = (await room.say('chat extend "1 day"')).text
    assert said == (
        "This question has time until Thu 26 Nov, 9:00 am ET. The chat ends on Mon 30 Nov, 9:00 pm ET. "
        "Nothing was planned for Mon 30 Nov yet, so that is left out."
    )


async def test_whoever_steers_reads_when_the_next_question_comes(room: PlanningRoom) -> None:
    await slow_week(room)
    await room.at(MONDAY + timedelta(days=1, hours=3))
    out = "Q3 is going out. The next question comes on Thu 26 Nov, 9:00 am ET."
    assert (await room.say("chat next")).text == out
    await room.later(seconds=10)
    left_out = (
        "Q4 is left out, and the later ones move up. The next question comes on Thu 26 Nov, 9:00 am ET."
    )
    assert (await room.say("chat skip")).text == left_out
    extra = "Q5 is going out. The next question comes on Thu 26 Nov, 9:00 am ET."
    assert (await room.say('chat ask "Who else?"')).text == extra
    await room.later(seconds=10)
    assert (await room.say("chat skip 7")).text.startswith("Q7 is left out, and the later ones move up.")
    assert (await room.say("chat skip 6")).text == "Q6 is left out; no other waits."


async def test_a_slow_chat_has_its_place_for_the_whole_week(room: PlanningRoom) -> None:
    await room.say(MADE)
    refused = (await room.say('series create Hour when="every Thursday 8 pm" zone="New York"')).text
    assert refused.startswith("Slow EdChat is in edchat from Mon 23 Nov 2026, 9:00 am ET to ")
    assert "this one would be there from Thu 26 Nov 2026, 8:00 pm ET to 9:00 pm ET." in refused
    assert (await room.say('series create Hour when="every Sunday 8 pm" zone="New York"')).text.startswith(
        "Hour is set"
    )


async def test_an_hours_chat_keeps_a_slow_one_out_of_its_week(room: PlanningRoom) -> None:
    await room.say('series create Hour when="every Thursday 8 pm" zone="New York"')
    refused = (await room.say(MADE)).text
    assert refused.startswith("Hour is in edchat from Thu 26 Nov 2026, 8:00 pm ET to 9:00 pm ET;")
    assert " Choose another time, another day or another room. " in refused


async def test_a_slow_chat_that_comes_too_often_is_refused(room: PlanningRoom) -> None:
    refused = (await room.say(MADE.replace("every Monday", "weekdays"))).text
    assert refused.startswith("Slow EdChat would begin again before it has ended;")


async def test_an_hour_has_no_days(room: PlanningRoom) -> None:
    refused = (await room.say('series create Hour when="every Sunday 8 pm" days="Mon-Sat"')).text
    assert refused == "Days belong to a slow chat: add pace=daily or pace=all, or leave them out."


async def test_an_hour_becomes_slow_and_an_hour_again(room: PlanningRoom) -> None:
    await room.say('series create EdChat when="every Monday 09:00" zone="New York"')
    shown = (await room.say('series edit pace=all days="weekdays"')).text
    assert "slow: all questions at once, answers until Friday" in shown
    assert (await room.chats())[0].ends_at == MONDAY + timedelta(days=4, hours=12)
    assert "60 minutes" in (await room.say("series edit pace=hour")).text
    assert (await room.chats())[0].ends_at == MONDAY + timedelta(hours=1)


async def test_an_hour_becomes_slow_by_one_press_and_a_form_of_two_fields(room: PlanningRoom) -> None:
    made = await room.say('series create EdChat when="every Monday 09:00" zone="New York"')
    [over_days] = [one for one in made.offers if one.label == "Over days instead"]
    assert (over_days.form, over_days.line) == (True, "series pace series=1")
    asks = await room.tree.form_for(await room.asker("Ana"), "series pace", {"series": "1"})
    begins = {name: asks.given[name] for name in ("pace", "days")}
    assert begins == {"pace": "daily", "days": "Mon, Tue, Wed, Thu, Fri, Sat"}
    assert "slow: a question a day, Mon to Fri" in (await room.say('series pace daily days="weekdays"')).text
    slow = await room.tree.form_for(await room.asker("Ana"), "series pace", {"series": "1"})
    assert slow.given["days"] == "Mon, Tue, Wed, Thu, Fri"
    assert "60 minutes" in (await room.say('series pace hour days="weekdays"')).text


async def test_while_it_is_on_its_pace_stays(room: PlanningRoom) -> None:
    await slow_week(room)
    await room.at(MONDAY + timedelta(days=1))
    refused = (await room.say("series edit pace=hour")).text
    assert refused.startswith("A chat of it is on;")


async def test_all_at_once_is_one_moment(room: PlanningRoom) -> None:
    await room.say(MADE.replace("daily", "all"))
    await room.say(SIX)
    chat = (await room.chats())[0].id
    await room.at(MONDAY + timedelta(minutes=1))
    posts = await room.posts(chat)
    welcome = next(post for post in posts if post.startswith("Welcome"))
    assert "All questions are here at once; take your time until Sat 28 Nov." in welcome
    assert [post[:2] for post in posts if post.startswith("Q")] == ["Q1", "Q2", "Q3", "Q4", "Q5", "Q6"]


async def test_a_rehearsal_of_a_week_takes_a_minute(room: PlanningRoom) -> None:
    await slow_week(room)
    said = (await room.say("chat rehearse")).text
    assert "6 questions in 60 seconds" in said
    await room.later(seconds=70)
    asked = [post for post in await room.posts(place=room.hosts) if post.startswith("Q")]
    assert len(asked) == 6


async def test_moved_by_a_day_it_still_ends_on_saturday(room: PlanningRoom) -> None:
    chat = await slow_week(room, "chat plan Homework\nWhy?\nHow?\nWhen?")
    await room.say(f'series move {chat} to="24 Nov 9 am"')
    moved = (await room.running(chat)).chat
    assert moved.starts_at == MONDAY + timedelta(days=1)
    assert moved.ends_at == MONDAY + timedelta(days=5, hours=12)
