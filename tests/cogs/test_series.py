"""Weekly chats, by talking: typed in a room, read from the replies and from what is stored."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.commands import Asker, Reply
from bot.core import sentences
from bot.core.model import ChatState, Collecting, Role, Series, Visibility
from cogs.archive import Archive
from cogs.series import Series as SeriesCog
from tests.support.bad_inputs import case
from tests.support.parlour import parlour
from tests.support.planning_room import TUESDAY, PlanningRoom, planning_room
from tests.support.set_clock import SATURDAY

WEEKLY = 'series create Weekly EdChat when="every Tuesday 8 pm" zone="New York"'


@pytest.fixture
async def house(tmp_path: Path, rooms: str) -> AsyncIterator[PlanningRoom]:
    async with planning_room(tmp_path, rooms) as opened:
        yield opened


async def starts(house: PlanningRoom, *states: ChatState) -> list[datetime]:
    return [chat.starts_at for chat in await house.chats() if not states or chat.state in states]


async def test_a_weekly_chat_is_made_with_its_dates(house: PlanningRoom) -> None:
    reply = await house.say(f"{WEEKLY} hashtag=edchat letters=F/A readers=public minutes=45")
    assert "every Tuesday, 8:00 pm New York (ET), 45 minutes." in reply.text
    assert "Tue 24 Nov 2026, 8:00 pm ET; Tue 1 Dec 2026, 8:00 pm ET; Tue 8 Dec" in reply.text
    assert "Tue 15 Dec 2026, 8:00 pm ET." in reply.text
    lines = [offer.line for offer in reply.offers]
    assert lines == ["chat plan chat=1", "series edit 1", "series pace series=1"]
    made = await house.series()
    assert (made.title, made.hashtag, made.letters) == ("Weekly EdChat", "#edchat", "F/A")
    assert (made.visibility, made.length) == (Visibility.PUBLIC, timedelta(minutes=45))
    assert (await starts(house))[:2] == [TUESDAY, TUESDAY + timedelta(days=7)]


async def test_the_communitys_zone_is_meant_when_none_is_named(house: PlanningRoom) -> None:
    reply = await house.say('series create EdChat when="last Friday 16:00"')
    assert "4:00 pm London" in reply.text
    reply = await house.say('series create Nights when="every Sun 01:30"')
    assert "The clocks go" in reply.text
    reply = await house.say('series create Ends when="on the 31st 10:00"')
    assert "Months without a 31st are skipped." in reply.text


async def test_a_community_whose_zone_nobody_named_lives_in_that_of_its_first_weekly_chat(
    house: PlanningRoom,
) -> None:
    async with house.store.begin() as tx:
        new = await tx.add_community("New", "UTC")
        room = await tx.add_place(new.id, "terminal", "9", "new")
    for title, zone, lives_in in (("One", "ET", "America/New_York"), ("Two", "Madrid", "America/New_York")):
        await house.say(f'series create {title} when="every Tue 8 pm" zone={zone}', place=room)
        async with house.store.read() as tx:
            assert (await tx.community(new.id)).zone == lives_in


async def test_a_community_without_a_known_zone_is_asked(house: PlanningRoom) -> None:
    async with house.store.begin() as tx:
        nowhere = await tx.add_community("Nowhere", "")
        room = await tx.add_place(nowhere.id, "terminal", "9", "nowhere")
    reply = await house.say('series create EdChat when="every Tue 8 pm"', place=room)
    assert reply.text.startswith("Which time zone?")
    reply = await house.say('series create EdChat when="every Tue 8 pm" zone=Madrid', place=room)
    assert "every Tuesday, 8:00 pm Madrid, 60 minutes." in reply.text


async def test_two_times_in_two_zones(house: PlanningRoom) -> None:
    reply = await house.say('series create Twice when="every Tue 12:00; every Tue 19:00 New York"')
    assert "12:00 pm London (UK); every Tuesday, 7:00 pm New York (ET)" in reply.text
    assert "Tue 24 Nov 2026, 12:00 pm GMT; Tue 24 Nov 2026, 7:00 pm ET" in reply.text
    assert len({chat.slot_id for chat in await house.chats()}) == 2


async def test_only_hosts_make_one_but_everybody_may_look(house: PlanningRoom) -> None:
    reply = await house.say(WEEKLY, "Cy", Role.ANYONE)
    assert reply.text.startswith("Only a host")
    assert "no weekly chat here yet" in (await house.say("series list", "Cy", Role.ANYONE)).text
    await house.say(WEEKLY)
    assert "Weekly EdChat (1)" in (await house.say("series list", "Cy", Role.ANYONE)).text
    assert "Who" not in (await house.say("series show", "Cy", Role.ANYONE)).text


async def test_hosts_who_type_in_their_own_room_make_it_in_the_other(house: PlanningRoom) -> None:
    await house.say(WEEKLY, place=house.hosts)
    assert (await house.series()).title == "Weekly EdChat"
    async with house.store.begin() as tx:
        await tx.add_place(house.place.community_id, "terminal", "3", "third")
    assert "Add place=edchat or place=third." in (await house.say(WEEKLY, place=house.hosts)).text
    reply = await house.say('series create Three when="every Wed 8 pm" place=#third', place=house.hosts)
    assert reply.text.startswith("Three is set")


async def test_hosts_in_their_own_room_see_the_weekly_chats_of_all_rooms(house: PlanningRoom) -> None:
    await house.say(WEEKLY)
    assert "Weekly EdChat" in (await house.say("series list", place=house.hosts)).text


async def test_b072_one_place_one_chat_at_a_time(house: PlanningRoom) -> None:
    await house.say(WEEKLY)
    reply = await house.say('series create Other when="every 2 weeks on Tuesday 8:30 pm" zone="New York"')
    assert reply.text == (
        "Weekly EdChat is in edchat from Tue 24 Nov 2026, 8:00 pm ET to 9:00 pm ET; this one would be there "
        "from Tue 24 Nov 2026, 8:30 pm ET to 9:30 pm ET. From 9:30 pm ET the room is free: choose that, "
        "another day or another room. Or give Weekly EdChat another time first: `series edit` for all its "
        "dates, `series move` for one."
    )
    assert len({chat.series_id for chat in await house.chats()}) == 1
    reply = await house.say('series create Other when="every Tuesday 9 pm" zone="New York"')
    assert reply.text.startswith("Other is set")


async def test_b072_the_weeks_between_two_clock_changes_are_seen(house: PlanningRoom) -> None:
    await house.say('series create London when="every Tuesday 19:00"')
    reply = await house.say('series create Boston when="every Tuesday 3 pm New York"')
    assert "London is in edchat from Tue 16 Mar 2027, 3:00 pm ET to 4:00 pm ET;" in reply.text


async def test_b072_a_chat_that_was_moved_keeps_its_place_too(house: PlanningRoom) -> None:
    await house.say(WEEKLY)
    await house.say('series move 2026-12-01 to="2 Dec 8 pm"')
    reply = await house.say('series create Other when="every Wednesday 8 pm" zone="New York"')
    assert "Weekly EdChat is in edchat from Wed 2 Dec 2026, 8:00 pm ET" in reply.text


async def test_one_series_does_not_stand_in_its_own_way(house: PlanningRoom) -> None:
    reply = await house.say('series create Twice when="every Tue 12:00; every Tue 12:30"')
    assert reply.text.startswith("Two times of Twice overlap on Tue 24 Nov 2026")
    assert await house.chats() == []


async def test_b075_a_hundred_weekly_chats_are_the_most(house: PlanningRoom) -> None:
    async with house.store.begin() as tx:
        for number in range(100):
            room = await tx.add_place(house.place.community_id, "terminal", f"r{number}", f"r{number}")
            series = Series(0, house.place.community_id, f"Series {number}")
            await tx.add_series(series, room.id, (), SATURDAY)
    assert "at most 100 weekly chats" in (await house.say(WEEKLY)).text
    async with house.store.read() as tx:
        assert await tx.count_series(house.place.community_id) == 100


@pytest.mark.parametrize("name", ["B094", "B101", "B103"])
async def test_a_title_is_stored_as_typed(house: PlanningRoom, name: str) -> None:
    given = {"title": case(name).input, "when": "every Tue 8 pm"}
    await house.tree.run(await house.asker("Ana"), "series create", given)
    assert (await house.series()).title == case(name).input


@pytest.mark.parametrize(("name", "stored"), [("B091", "a b c"), ("B099", "\ufffd")])
async def test_a_title_is_one_sound_line(house: PlanningRoom, name: str, stored: str) -> None:
    given = {"title": case(name).input, "when": "every Tue 8 pm"}
    await house.tree.run(await house.asker("Ana"), "series create", given)
    assert (await house.series()).title == stored


async def test_b098_a_title_keeps_three_marks_a_letter(house: PlanningRoom) -> None:
    given = {"title": case("B098").input, "when": "every Tue 8 pm"}
    await house.tree.run(await house.asker("Ana"), "series create", given)
    runs = re.split("[a-zA-Z]", (await house.series()).title)
    assert max(map(len, re.split("[a-zA-Z]", case("B098").input))) > 3
    assert max(map(len, runs)) == 3


@pytest.mark.parametrize(("name", "said"), [("B082", "visible character"), ("B083", "101 characters long")])
async def test_a_title_that_is_none_is_refused(house: PlanningRoom, name: str, said: str) -> None:
    given = {"title": case(name).input, "when": "every Tue 8 pm"}
    reply = await house.tree.run(await house.asker("Ana"), "series create", given)
    assert said in reply.text
    assert await house.chats() == []


async def test_what_does_not_fit_a_weekly_chat_is_named(house: PlanningRoom) -> None:
    made = 'series create Weekly EdChat when="every Tuesday 8 pm"'
    for rest, why in (
        ("length=30", 'There is no option "length" here.'),
        ("zone=new york", 'What has spaces needs quotes: write zone="new york".'),
    ):
        reply = await house.say(f"{made} {rest}")
        assert reply.text.splitlines()[0] == why
        assert "minutes=" in reply.text
    assert await house.chats() == []
    assert (await house.say(WEEKLY)).text.startswith("Weekly EdChat")
    reply = await house.say("series edit Weekly EdChat zone=new york")
    assert reply.text.startswith('What has spaces needs quotes: write zone="new york".')


async def test_words_change_at_once(house: PlanningRoom) -> None:
    await house.say(WEEKLY)
    reply = await house.say(
        'series edit title="EdChat Nights" hashtag=#nights letters=T/T readers=link'
        ' welcome="Hello all" tail-days=3 publish-at-once=no'
    )
    assert "EdChat Nights (number 1)" in reply.text
    assert "Welcome: Hello all" in reply.text
    now = await house.series()
    assert (now.hashtag, now.letters, now.tail, now.publish_at_once) == (
        "#nights", "T/T", timedelta(days=3), False,
    )  # fmt: skip
    assert len(await house.chats()) == 8
    assert (await house.say("series edit")).text.startswith("What should change?")


async def test_hosts_let_people_answer_without_a_name_and_search_engines_in(house: PlanningRoom) -> None:
    await house.say(WEEKLY)
    was = await house.series()
    assert (was.anonymous_answers, was.indexable, was.about) == (False, False, "")
    reply = await house.say(
        'series edit readers=public anonymous-answers=yes search-engines=yes about="For new teachers."'
    )
    now = await house.series()
    assert (now.anonymous_answers, now.indexable, now.about) == (True, True, "For new teachers.")
    assert {sentences.ANSWERS_NAMELESS, sentences.FOUND_BY_ENGINES} < set(reply.text.splitlines())
    await house.say("series edit anonymous-answers=no search-engines=no about=none")
    assert (await house.series()) == replace(was, visibility=Visibility.PUBLIC)


async def test_other_readers_are_let_in_by_an_edit_as_by_the_archives_own_command(tmp_path: Path) -> None:
    async with parlour(tmp_path, SeriesCog(), Archive()) as room:
        async with room.store.begin() as tx:
            await tx.connection.execute(text("UPDATE place SET openness = 'link'"))
        ana = await room.joins("Ana")

        async def says(line: str) -> Reply:
            return await room.evening.tree.answer(Asker(ana, room.place, Role.HOST), line)

        asked = await says("series edit readers=public")
        assert asked.text.startswith("People in edchat were told")
        assert asked.text == (await says("archive visibility public")).text
        asked = await says("series edit readers=public title=Nights")
        assert "Nights (number 1)" in asked.text
        assert "People in edchat were told" in asked.text
        async with room.store.read() as tx:
            assert (await tx.series(1)).visibility is Visibility.MEMBERS
            assert await tx.openness(room.place.id) is Visibility.LINK
        before = await room.versions()
        await says(asked.offers[-1].line)
        async with room.store.read() as tx:
            assert (await tx.series(1)).visibility is Visibility.PUBLIC
            assert await tx.openness(room.place.id) is Visibility.PUBLIC
        assert (await room.versions())[1] > before[1]
        closer = await says("series edit readers=link")
        assert sentences.VISIBILITY_OLDER_CLOSES in closer.text.splitlines()
        closed = await says("series edit readers=off")
        assert sentences.VISIBILITY_OFF in closed.text.splitlines()


async def test_another_length_lays_coming_chats_out_anew(house: PlanningRoom) -> None:
    chat = await house.planned("A?", "B?", "C?")
    await house.say("series edit minutes=30")
    state = await house.running(chat.id)
    assert state.chat.ends_at == TUESDAY + timedelta(minutes=30)
    assert state.wrap_at == TUESDAY + timedelta(minutes=27)
    await house.say("\n".join([f"chat plan Many chat={chat.id}", *(f"What of {k}?" for k in range(9))]))
    reply = await house.say("series edit title=Short minutes=10")
    assert reply.text == "9 questions do not fit: at a minute each there is time for 8."
    assert (await house.series()).title == "Weekly EdChat"


async def test_a_new_rule_deletes_empty_chats_and_asks_about_planned_ones(house: PlanningRoom) -> None:
    chat = await house.planned()
    reply = await house.say('series edit when="every Thursday 7 pm"')
    assert "every Thursday, 7:00 pm New York (ET)" in reply.text
    assert f"{chat.id}: Homework, Tue 24 Nov 2026, 8:00 pm ET" in reply.text
    assert [offer.line for offer in reply.offers] == [
        f'series move {chat.id} to="2026-11-26 19:00"', f"chat cancel chat={chat.id}",
    ]  # fmt: skip
    thursday = TUESDAY + timedelta(days=1, hours=23)
    assert (await starts(house))[:3] == [TUESDAY, thursday, thursday + timedelta(days=7)]
    await house.say(reply.offers[0].line)
    assert (await starts(house))[:2] == [thursday, thursday + timedelta(days=7)]
    assert [q.text for q in await house.questions(chat.id)] == ["Why?", "How?", "What now?", "Who?"]
    await house.scheduler.plan_ahead()
    assert (await starts(house))[:2] == [thursday, thursday + timedelta(days=7)]


async def test_a_planned_chat_that_stays_is_not_held_twice(house: PlanningRoom) -> None:
    chat = await house.planned()
    await house.say('series edit when="every Tuesday 8:30 pm"')
    later = TUESDAY + timedelta(days=7, minutes=30)
    assert (await starts(house))[:2] == [chat.starts_at, later]


async def test_one_more_time_and_another_zone(house: PlanningRoom) -> None:
    await house.say(WEEKLY)
    reply = await house.say('series edit also="every Thu 12:00 Europe/London"')
    assert "every Thursday, 12:00 pm London" in reply.text
    assert len(await house.chats()) == 16
    reply = await house.say("series edit zone=Chicago")
    assert "8:00 pm Chicago (CT)" in reply.text
    assert "12:00 pm Chicago (CT)" in reply.text
    assert len(await house.chats()) == 16


async def test_a_rule_that_cannot_be_read_changes_nothing(house: PlanningRoom) -> None:
    await house.say(WEEKLY)
    before = await house.chats()
    for rule in ("every blue moon 8 pm", "every 0 weeks on Tue 8 pm", "* * * * *"):
        await house.say(f'series edit title=New when="{rule}"')
    assert await house.chats() == before
    assert (await house.series()).title == "Weekly EdChat"


async def test_b076_a_weekly_chat_goes_on_without_who_made_it(house: PlanningRoom) -> None:
    """Nobody owns one: it is the community's, so nothing passes on, and nothing has to be told."""
    assert case("B076").expect.startswith("keeps running; ownership passes to the community's moderators")
    chat = await house.planned()
    series = await house.series()
    assert not (await house.say(f"series edit {series.id} title=Ours", "Ben")).refused
    await house.at(chat.starts_at)
    assert (await house.running(chat.id)).chat.state is ChatState.OPEN
    assert (await house.say("chat next", "Ben")).text == "Q1 is going out."


async def test_b080_a_pause_posts_nothing_afterwards_for_what_went_by(house: PlanningRoom) -> None:
    chat = await house.planned()
    await house.say("series pause")
    assert "paused already" in (await house.say("series pause")).text
    await house.at(TUESDAY + timedelta(minutes=30))
    assert await house.posts() == []
    reply = await house.say("series resume")
    assert "The next one is on Tue 1 Dec 2026, 8:00 pm ET." in reply.text
    await house.later(minutes=1)
    assert await house.posts() == []
    assert (await house.running(chat.id)).chat.state is ChatState.CANCELLED
    assert (await starts(house, ChatState.PLANNED))[0] == TUESDAY + timedelta(days=7)
    assert "not paused" in (await house.say("series resume")).text


async def test_b080_a_pause_that_ends_in_time_changes_nothing(house: PlanningRoom) -> None:
    chat = await house.planned()
    await house.say("series pause")
    await house.at(TUESDAY - timedelta(hours=2))
    await house.say("series resume")
    await house.later(minutes=1)
    assert [post.splitlines()[0] for post in await house.posts()] == ["Next chat: Homework"]
    await house.at(TUESDAY)
    assert (await house.running(chat.id)).chat.state is ChatState.OPEN


async def test_it_goes_on_whoever_made_it(house: PlanningRoom) -> None:
    await house.say(WEEKLY, "Gone")
    await house.say("chat plan Homework\nWhy?", "Ben")
    await house.at(TUESDAY)
    assert "Welcome to Homework!" in (await house.posts())[-1]
    assert "Weekly EdChat" in (await house.say("series edit minutes=30", "Ben")).text


async def test_an_unplanned_date_is_left_out(house: PlanningRoom) -> None:
    await house.say(WEEKLY)
    reply = await house.say("series skip 2026-12-01")
    assert reply.text == "Weekly EdChat leaves out Tue 1 Dec 2026."
    await house.scheduler.plan_ahead()
    assert TUESDAY + timedelta(days=7) not in await starts(house)
    assert "Left out: Tue 1 Dec 2026." in (await house.say("series show")).text
    reply = await house.say("series skip 2 Dec")
    assert "no chat there; the next are Tue 24 Nov 2026" in reply.text


async def test_a_break_leaves_out_dates_not_made_yet(house: PlanningRoom) -> None:
    await house.say(WEEKLY)
    reply = await house.say("series skip 2027-07-20 until 2027-08-31")
    assert reply.text.count("2027") == 7
    async with house.store.read() as tx:
        (slot,) = await tx.slots(1)
    assert len(slot.rule.exdates) == 7


async def test_a_planned_date_is_left_out_only_by_name(house: PlanningRoom) -> None:
    chat = await house.planned()
    reply = await house.say("series skip 24 Nov until 1 Dec")
    assert "leaves out Tue 1 Dec 2026." in reply.text
    assert "Planned already, so still on: Homework on Tue 24 Nov." in reply.text
    assert [offer.line for offer in reply.offers] == [f"series skip 2026-11-24 series=1 chat={chat.id}"]
    assert (await house.running(chat.id)).chat.state is ChatState.PLANNED
    wrong = await house.say("series skip 2026-12-08 series=1 chat=1")
    assert "Chat 1 is not the one coming on Tue 8 Dec 2026" in wrong.text
    await house.say(reply.offers[0].line)
    assert (await house.running(chat.id)).chat.state is ChatState.CANCELLED
    assert await house.posts() == ["Homework on Tue 24 Nov 2026, 8:00 pm ET is cancelled."]
    again = await house.say(reply.offers[0].line)
    assert "nothing was changed" in again.text


async def test_one_chat_moves_and_the_others_stay(house: PlanningRoom) -> None:
    chat = await house.planned()
    reply = await house.say('series move 2026-11-24 to="25 Nov 6:30 pm"')
    assert reply.text == "Homework is now on Wed 25 Nov 2026, 6:30 pm ET."
    moved = (await house.running(chat.id)).chat
    assert moved.starts_at == datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    assert str(moved.occurrence_local) == "2026-11-24 20:00:00"
    assert "no chat here" in (await house.say("series move 2026-11-24 to=tomorrow")).text


async def test_a_move_into_another_chat_is_refused(house: PlanningRoom) -> None:
    await house.planned()
    await house.say("chat plan Reading\nWhat?")
    reply = await house.say('series move 2026-11-24 to="1 Dec 8:30 pm"')
    assert reply.text.startswith("Reading is held here on Tue 1 Dec 2026")
    await house.say('series create Other when="every Friday 8 pm" zone="New York"')
    reply = await house.say('series move 2026-11-24 to="27 Nov 8:30 pm"')
    assert reply.text.startswith("Other is held here on Fri 27 Nov 2026")


async def test_b078_delete_asks_first_and_keeps_what_was_said(house: PlanningRoom) -> None:
    chat = await house.opened()
    await house.say("chat plan Reading\nWhat?")
    await house.say("chat next")
    await house.hear("A1: because", "m1", "Cy", Role.ANYONE)
    reply = await house.say("series delete")
    assert "The one running now ends. 1 planned chat is cancelled. The archive is kept." in reply.text
    assert (await house.running(chat.id)).chat.state is ChatState.OPEN
    await house.say(reply.offers[0].line)
    await house.later(seconds=1)
    assert (await house.running(chat.id)).chat.state is not ChatState.OPEN
    assert [row[0] for row in await house.rows("SELECT text FROM message")] == ["A1: because"]
    assert "Reading on Tue 1 Dec 2026, 8:00 pm ET is cancelled: Weekly EdChat is no longer held." in (
        await house.posts()
    )
    assert await starts(house, ChatState.PLANNED, ChatState.ANNOUNCED) == []
    await house.scheduler.plan_ahead()
    assert await starts(house, ChatState.PLANNED, ChatState.ANNOUNCED) == []
    assert "no weekly chat" in (await house.say("series list")).text


async def test_hosts_of_a_place_that_only_joined_change_nothing(house: PlanningRoom) -> None:
    await house.say(WEEKLY)
    async with house.store.begin() as tx:
        guests = await tx.add_community("Guests", "Europe/Paris")
        room = await tx.add_place(guests.id, "terminal", "7", "guests")
        await tx.connection.exec_driver_sql(
            "INSERT INTO series_place (series_id, place_id, accepted_at, muted) VALUES (1, ?, ?, 0)",
            (room.id, "2026-11-21 12:00:00.000000"),
        )
    for line in ("series pause", "series edit title=Ours", "series delete sure=yes", "series skip 1 Dec"):
        assert "Edhouse's, and its own hosts" in (await house.say(line, "Eve", place=room)).text
    assert not (await house.series()).paused


async def as_guest(house: PlanningRoom, chat_id: int, line: str) -> Reply:
    """What a guest host of one chat is answered."""
    guest = await house.asker("Gus", Role.ANYONE)
    async with house.store.begin() as tx:
        await tx.invite(chat_id, guest.person.id, house.clock.at)
    return await house.tree.answer(guest, line)


async def test_a_guest_host_leaves_out_the_day_of_their_own_chat_and_no_other(house: PlanningRoom) -> None:
    await house.say(WEEKLY)
    first = (await house.chats())[0]
    await house.say(f"chat plan Topic chat={first.id}\nA?")
    before = await starts(house, ChatState.PLANNED)
    refused = await as_guest(house, first.id, f'series skip "24 Nov until 15 Dec" chat={first.id}')
    assert refused.text.startswith("You are guest host of one chat")
    assert await starts(house, ChatState.PLANNED) == before
    await as_guest(house, first.id, f'series skip "24 Nov" chat={first.id}')
    assert await starts(house, ChatState.PLANNED) == before[1:]


async def test_a_guest_host_moves_their_chat_only_to_where_no_other_is(house: PlanningRoom) -> None:
    await house.say(WEEKLY)
    first = (await house.chats())[0]
    before = await starts(house, ChatState.PLANNED)
    refused = await as_guest(house, first.id, f'series move {first.id} to="1 Dec 8 pm"')
    assert refused.text.startswith("You are guest host of one chat")
    assert await starts(house, ChatState.PLANNED) == before
    await as_guest(house, first.id, f'series move {first.id} to="25 Nov 8 pm"')
    assert (await starts(house, ChatState.PLANNED))[0] == before[0] + timedelta(days=1)


async def test_how_answers_given_elsewhere_get_into_a_thread_is_set_and_told(house: PlanningRoom) -> None:
    await house.say(f"{WEEKLY} collecting=link")
    assert (await house.series()).collecting is Collecting.LINK
    assert sentences.HOW_COLLECTED["link"] in (await house.say("series show")).text
    ana = await house.asker("Ana")
    form = await house.tree.form(ana, "series edit")
    assert form.command.param("collecting").meanings == sentences.HOW_COLLECTED
    await house.say("series edit collecting=off")
    assert (await house.series()).collecting is Collecting.OFF
    assert (await house.tree.form(ana, f"series edit {(await house.series()).id}")).given[
        "collecting"
    ] == "off"
    await house.say("series edit minutes=30")
    assert (await house.series()).collecting is Collecting.OFF
