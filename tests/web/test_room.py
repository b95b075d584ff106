"""A room in the browser: what people see and do there, with forms and links alone."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest_asyncio

from bot.core import drafting, sentences
from bot.core.model import Chat, Role, Series, Visibility
from bot.core.tongue import speaking
from bot.web.room.view import RoomContext
from bot.web.tongues import tongue_of
from tests.web.room_setting import Room, open_room, said, words


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path, anonymous_answers=True) as opened:
        yield opened


def test_the_clock_of_a_room_is_that_of_the_pages() -> None:
    shown: dict[str, Any] = {"host": False, "letter": "Q", "chat_id": None, "asked": (), "language": "en"}
    room = RoomContext("/room/x/", "/x/", "Europe/London", **shown)
    at = datetime(2026, 11, 22, 17, 25, tzinfo=UTC)
    assert room.clock(at) == "5:25 pm"
    with speaking(tongue_of("de")):
        assert room.clock(at) == "17:25"


async def test_what_is_said_is_stored_before_the_form_is_answered_and_stands_on_the_page(room: Room) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    got = await room.says(ana, "Hello from **Leeds**!")
    assert got.status == 303
    assert await room.rows("select text from room_message where id = :id", id=said(got)) == [
        ("Hello from **Leeds**!",)
    ]
    page = (await ben.get(f"{room.at}?thread=room")).text
    assert "Hello from <strong>Leeds</strong>!" in page
    assert "Ana" in words(page)


async def test_on_top_stand_the_question_the_time_left_and_who_reads_this(room: Room) -> None:
    ana = await room.house.join("Ana")
    page = (await ana.get(room.at)).text
    assert "Q1 of 3" in page
    assert '<h1 dir="auto">What worked?</h1>' in page
    assert "min left" in words(page)
    assert sentences.READERS["link"] in words(page)
    assert 'data-rate="1.0"' in page
    assert f'href="{room.at}?thread={await room.root(1)}#write"' in page


async def test_without_scripts_the_page_after_sending_shows_where_an_answer_is_filed(room: Room) -> None:
    ana, root = await room.house.join("Ana"), await room.root(1)
    for number in range(3):
        fields = {"text": f"Story number {number}", "thread": str(root), "by_form": "yes"}
        page = (await ana.post(f"{room.at}say", fields)).text
        assert words(page).count("filed under Q1") >= number + 1


async def test_an_answer_by_form_is_filed_under_its_thread_whatever_its_label_says(room: Room) -> None:
    ana, root = await room.house.join("Ana"), await room.root(1)
    got = await room.says(ana, "A3: we start with a story", root, by_form="yes")
    await room.until("select how from filing", "form")
    page = (await ana.get(f"{room.at}?thread={root}")).text
    assert "filed under Q1" in words(page)
    assert f"thread={root}" in got.headers["Location"]


async def test_an_answer_without_a_name_shows_none_to_others_nor_to_hosts(room: Room) -> None:
    ana, ben, root = await room.house.join("Ana"), await room.house.join("Ben"), await room.root(1)
    await room.says(ana, "I never managed it", root, by_form="yes", anonymous="yes")
    for reader in (ben, room.host):
        page = (await reader.get(f"{room.at}?thread={root}")).text
        assert "I never managed it" in page
        assert "Ana" not in words(page)
        assert "without a name" in page
    assert ">Edit</a>" in (await ana.get(f"{room.at}?thread={root}")).text
    assert "without my name" in (await ana.get(f"{room.at}?thread={root}")).text


async def test_the_same_form_sent_twice_is_one_message(room: Room) -> None:
    ana = await room.house.join("Ana")
    first = await room.says(ana, "Hello", once="k1")
    again = await room.says(ana, "Hello", once="k1")
    assert said(first) == said(again)
    assert await room.rows("select count(*) from room_message where text = 'Hello'") == [(1,)]


async def test_who_holds_a_reading_link_that_was_made_anew_reads_nothing_more(room: Room) -> None:
    await room.presses(room.host, "archive visibility link")
    async with room.house.store.begin() as tx:
        chat = await tx.chat(room.chat_id)
        assert chat is not None
        link = f"/l/{await tx.link_secret(chat.series_id)}/{chat.slug}"
        await tx.install("address", room.house.base)
    stranger = room.house.stranger()
    page = await stranger.get(link)
    assert page.status == 200
    await room.presses(room.host, "archive link new=yes")
    told = "select count(*) from room_message where only_for <> '' and text like '%The old link opens%'"
    await room.until(told, 1)
    [(text,)] = await room.rows(told.replace("count(*)", "text"))
    new = re.search(r"/l/[\w-]+", text)
    assert new is not None
    assert [(await stranger.get(path)).status for path in (page.path, link)] == [404, 403]
    assert (await stranger.get(f"{new[0]}/{chat.slug}")).status == 200


async def test_the_door_says_what_was_told_when_the_chat_that_is_on_was_opened(room: Room) -> None:
    link = await room.house.join_link()
    before = (await room.house.stranger().get(link)).text
    assert sentences.READERS["link"] in words(before)
    ana = await room.house.join("Ana")
    async with room.house.store.begin() as tx:
        await tx.open_rooms([room.house.place], Visibility.PUBLIC)
    for page in (await room.house.stranger().get(link), await ana.get(room.at)):
        assert sentences.READERS["link"] in words(page.text)
        assert sentences.READERS["public"] not in words(page.text)


async def test_what_cannot_be_said_comes_back_in_its_form_with_the_reason(room: Room) -> None:
    ana = await room.house.join("Ana")
    got = await room.says(ana, "ab " * 1500, once="k2")
    assert got.status == 422
    assert "at most 4,000" in words(got.text)
    assert "ab ab ab" in got.text
    assert 'value="k2"' in got.text


async def test_ones_own_words_are_changed_and_taken_back(room: Room) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    number = said(await room.says(ana, "Helo"))
    form = (await ana.get(f"{room.at}?thread=room&edit={number}")).text
    assert ">Helo</textarea>" in form
    await room.acts(ana, number, "edit", text="Hello there")
    page = (await ben.get(f"{room.at}?thread=room")).text
    assert "Hello there" in page
    assert "<span>edited</span>" in page
    await room.acts(ana, number, "delete")
    assert "Hello there" not in (await ben.get(f"{room.at}?thread=room")).text
    assert await room.rows("select text from room_message where id = :id", id=number) == [("",)]


async def test_nobody_changes_or_takes_back_what_another_said_but_hosts_take_it_back(room: Room) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    number = said(await room.says(ana, "Mine"))
    assert (await room.acts(ben, number, "edit", text="Yours")).status == 422
    assert (await room.acts(ben, number, "delete")).status == 422
    assert (await room.acts(ben, number, "hold")).status == 422
    assert (await room.acts(ben, number, "ban")).status == 422
    assert "Mine" in (await ben.get(f"{room.at}?thread=room")).text
    assert (await room.acts(room.host, number, "delete")).status == 303
    assert "Mine" not in (await ben.get(f"{room.at}?thread=room")).text


async def test_a_digit_on_ones_own_message_files_it_and_takes_it_out_again(room: Room) -> None:
    ana = await room.house.join("Ana")
    number = said(await room.says(ana, "I agree with everybody"))
    await room.until("select count(*) from message where text like 'I agree%'", 1)
    await room.acts(ana, number, "react 1")
    await room.until("select how from filing", "reaction")
    assert "filed under Q1" in words((await ana.get(f"{room.at}?thread=room")).text)
    await room.acts(ana, number, "unreact 1")
    await room.until("select count(*) from filing", 0)


async def test_a_host_files_a_message_with_one_tap(room: Room) -> None:
    ana = await room.house.join("Ana")
    number = said(await room.says(ana, "We start each week with a story that the class tells"))
    await room.until("select count(*) from message where text like 'We start%'", 1)
    panel = (await room.host.get(room.at)).text
    assert "1 message may be an answer" in words(panel)
    got = await room.host.post(
        f"{room.at}m/{number}/", {"line": f"answers move {number} 1 chat={room.chat_id}"}
    )
    assert "Filed under Q1:" in words(got.text)
    await room.until("select how from filing", "moderator")


async def test_a_reply_says_to_whom_and_links_there(room: Room) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    number = said(await room.says(ana, "Does anybody use cards?"))
    form = (await ben.get(f"{room.at}?thread=room&reply={number}")).text
    assert "Your reply to <bdi>Ana</bdi>" in form
    await room.says(ben, "We do", reply=str(number))
    page = (await ana.get(f"{room.at}?thread=room")).text
    link = f'<a href="{room.at}?thread=room#m{number}">'
    assert words(page.partition(link)[2].partition("</a>")[0]) == "to Ana"


async def test_a_typed_command_is_answered_to_the_asker_alone(room: Room) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    got = await ana.post(f"{room.at}say", {"text": "!edchat privacy show", "thread": "room"})
    assert "Only you see this" in words(got.text)
    assert "Readers see you as Ana." in words(got.text)
    assert "!edchat" not in words(got.text)
    asked = got.path.partition("answer=")[2]
    stranger = (await ben.get(f"{room.at}?answer={asked}")).text
    assert "Readers see you as Ana." not in words(stranger)


async def test_two_presses_of_next_ask_one_question(room: Room) -> None:
    line = f"chat next chat={room.chat_id} after=1"
    await room.rows("select 1")
    async with room.house.store.begin() as tx:
        state = await tx.running(room.chat_id)
        await tx.save(state, state.with_chat(steered_by="", steered_at=None), room.house.site.clock.now())
    first = await room.presses(room.host, line)
    again = await room.presses(room.host, line)
    assert "Q2 of 3" in words(first.text)
    assert "already going out" in words(again.text)
    assert await room.rows("select count(*) from question where asked_at is not null") == [(2,)]


async def test_people_without_the_right_get_a_refusal_and_no_panel(room: Room) -> None:
    ana = await room.house.join("Ana")
    assert "For hosts" not in (await ana.get(room.at)).text
    got = await room.presses(ana, f"chat end chat={room.chat_id}")
    assert "Only a host" in words(got.text)
    assert await room.rows("select state from chat where id = :id", id=room.chat_id) == [("open",)]
    form = await ana.get(f"{room.at}do?line=chat%20end")
    assert form.status == 404


async def test_the_form_of_a_question_holds_its_old_words_and_changes_them(room: Room) -> None:
    line = f"question%20edit%203%20chat={room.chat_id}"
    form = (await room.host.get(f"{room.at}do?line={line}")).text
    assert ">What will you try?</textarea>" in form
    text = 'What will you "try"\non Monday, chat=9?'
    fields = {"command": "question edit", "p.number": "3", "p.text": text, "p.chat": str(room.chat_id)}
    got = await room.host.post(f"{room.at}do", fields)
    assert "Now it reads" in words(got.text)
    [(stored,)] = await room.rows("select text from question where position = 3")
    assert stored.split() == text.split()


async def test_ending_the_hour_asks_once_more(room: Room) -> None:
    page = (await room.host.get(room.at)).text
    link = f"{room.at}do?line=chat%20end%20chat%3D{room.chat_id}%20sure%3Dyes"
    assert f'href="{link}"' in page
    form = (await room.host.get(link)).text
    assert "Yes, end the hour now" in form
    hidden = dict(re.findall(r'name="(command|p[.]\w+)" value="([^"]*)"', form))
    assert hidden == {"command": "chat end", "p.chat": str(room.chat_id), "p.sure": "yes"}
    got = await room.host.post(f"{room.at}do", hidden)
    assert "The chat ends now" in words(got.text)
    assert "late answers count until" in words((await room.host.get(room.at)).text)


async def test_a_room_opens_to_members_alone_and_the_hosts_room_to_hosts_alone(room: Room) -> None:
    ana, stranger = await room.house.join("Ana"), room.house.stranger()
    hosts = f"/room/{room.house.hosts.native_id}/"
    for path in ("", "words", "words.json", "events", "do?line=chat%20now"):
        assert (await stranger.get(room.at + path)).status == 403
        assert (await ana.get(hosts + path)).status == 404
        assert (await stranger.get(hosts + path)).status == 404
    assert (await stranger.post(f"{room.at}say", {"text": "let me in"})).status == 403
    assert (await ana.post(f"{hosts}say", {"text": "let me in"})).status == 404
    assert (await room.host.get(hosts)).status == 200
    assert (await ana.get("/room/nowhere/")).status == 404
    assert await room.rows("select count(*) from room_message where text = 'let me in'") == [(0,)]


async def test_the_hosts_room_steers_the_chat_that_is_on(room: Room) -> None:
    page = (await room.host.get(f"/room/{room.house.hosts.native_id}/")).text
    assert f'value="chat next chat={room.chat_id} after=1"' in page
    assert "Only hosts read what is said here." in page


async def test_the_list_of_rooms_leads_straight_into_the_only_one(room: Room) -> None:
    ana = await room.house.join("Ana")
    assert (await ana.get("/room/", follow=False)).headers["Location"] == room.at
    both = (await room.host.get("/room/")).text
    assert room.at in both
    assert f"/room/{room.house.hosts.native_id}/" in both
    assert '<a href="/desk/">Desk</a>' in both
    shut = await room.house.stranger().get("/room/")
    assert (shut.status, "/desk/" in shut.text) == (403, False)


async def test_words_that_are_held_wait_for_the_hosts(room: Room) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    number = said(await room.says(ana, "First"))
    await room.acts(room.host, number, "hold")
    held = said(await room.says(ana, "Buy my books"))
    assert "Buy my books" not in (await ben.get(f"{room.at}?thread=room")).text
    assert "Buy my books" in (await ana.get(f"{room.at}?thread=room")).text
    assert "1 held back or shut out" in words((await room.host.get(f"{room.at}?thread=room")).text)
    assert (await room.acts(room.host, held, "let-in")).status == 303
    assert "Buy my books" in (await ben.get(f"{room.at}?thread=room")).text
    ana_id = (await room.house.person("Ana")).id
    for strange in ("", "held", f"{ana_id}", "held 999", "nameless", "nameless x", "host 1"):
        await room.host.post(f"{room.at}people", {"release": strange})
    assert "1 held back or shut out" in words((await room.host.get(f"{room.at}?thread=room")).text)
    await room.host.post(f"{room.at}people", {"release": f"held {ana_id}"})
    assert "held back or shut out" not in words((await room.host.get(f"{room.at}?thread=room")).text)
    await room.says(ana, "Free again")
    assert "Free again" in (await ben.get(f"{room.at}?thread=room")).text


async def test_whoever_is_shut_out_finds_the_door_closed_but_no_host_is(room: Room) -> None:
    ana = await room.house.join("Ana")
    mine = said(await room.says(room.host, "Be kind"))
    other = await room.house.host("Nia")
    assert (await room.acts(other, mine, "ban")).status == 422
    await room.acts(room.host, said(await room.says(ana, "Spam")), "ban")
    assert (await ana.get(room.at)).status == 403
    assert (await room.says(ana, "More spam")).status == 403


async def test_my_words_tell_what_is_kept_and_give_it_all(room: Room) -> None:
    ana = await room.house.join("Ana")
    await room.says(ana, "We start with a story", await room.root(1), by_form="yes")
    await room.until("select count(*) from filing", 1)
    page = (await ana.get(f"{room.at}words")).text
    assert "1 message in 1 chat, 1 answer among them" in words(page)
    given = await ana.get(f"{room.at}words.json")
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert "We start with a story" in json.dumps(json.loads(given.text))


async def test_my_words_change_a_name_leave_out_and_forget(room: Room) -> None:
    ana = await room.house.join("Ana")
    root = await room.root(1)
    await room.says(ana, "We start with a story", root, by_form="yes")
    await room.until("select count(*) from filing", 1)
    form = {"command": "privacy name", "p.pseudonym": "Reader 12", "back": "words"}
    got = await ana.post(f"{room.at}do", form)
    assert "/words" in got.path
    assert "Readers now see you as Reader 12" in words(got.text)
    assert "Reader 12" in words((await room.host.get(f"{room.at}?thread={root}")).text)
    await ana.post(f"{room.at}do", {"line": "privacy exclude", "back": "words"})
    assert "Let me back in" in (await ana.get(f"{room.at}words")).text
    await ana.post(f"{room.at}do", {"line": "privacy forget sure=yes", "back": "words"})
    assert "We start with a story" not in (await room.host.get(f"{room.at}?thread={root}")).text


async def test_a_return_link_brings_one_back_and_ends_the_one_before(room: Room) -> None:
    ana = await room.house.join("Ana")
    page = (await ana.post(f"{room.at}words/return")).text
    new = page.partition('class="link" href="')[2].partition('"')[0].removeprefix(room.house.site.base_url)
    elsewhere = room.house.stranger()
    assert (await elsewhere.post(ana.back)).status == 403
    assert (await elsewhere.post(new)).status == 200
    assert (await elsewhere.get(room.at)).status == 200


async def test_earlier_messages_are_a_link_away(room: Room) -> None:
    ana = await room.house.join("Ana")
    person = await room.house.person("Ana")
    async with room.house.store.begin() as tx:
        for number in range(130):
            now = room.house.site.clock.now()
            html = f"<p>word {number}.</p>"
            await tx.room_say(room.house.place, person, Role.ANYONE, f"word {number}.", html, now)
    page = (await ana.get(f"{room.at}?thread=room")).text
    assert "word 129." in page
    assert "word 20." not in page
    earlier = page.partition("before=")[2].partition('"')[0]
    older = (await ana.get(f"{room.at}?thread=room&before={earlier}")).text
    assert "word 20." in older
    assert "word 129." not in older


async def test_odd_numbers_in_addresses_and_forms_do_no_harm(room: Room) -> None:
    ana = await room.house.join("Ana")
    huge = "9" * 40
    odd = (f"thread={huge}", f"before={huge}", f"reply={huge}", f"answer={huge}", "edit=-1", "thread=%C2%B2")
    for query in odd:
        assert (await ana.get(f"{room.at}?{query}")).status == 200
    assert (await room.acts(ana, 999_999, "delete")).status == 422
    assert (await ana.post(f"{room.at}m/{huge}/", {"act": "delete"})).status in (404, 422)
    for number in (huge, "9" * 5_000):  # so many digits Python itself refuses to read
        assert (await room.says(ana, "hi", reply=number)).status in (303, 422)
    assert (await ana.post(f"{room.at}do", {"command": "no such thing"})).status == 200


async def test_before_the_chat_its_date_stands_on_top_and_hosts_prepare_it(tmp_path: Path) -> None:
    async with open_room(tmp_path, asked=0) as room:
        ana = await room.house.join("Ana")
        page = (await ana.get(room.at)).text
        assert "Next" in words(page)
        assert "Homework," in words(page)
        assert "data-answer" not in page
        panel = (await room.host.get(room.at)).text
        assert f'value="chat start chat={room.chat_id}"' in panel
        form = (await room.host.get(f"{room.at}do?line=chat%20plan%20chat%3D{room.chat_id}")).text
        assert 'value="Homework"' in form
        assert "What worked?\nWhat did not?\nWhat will you try?</textarea>" in form
        plan = {"command": "chat plan", "p.topic": 'On "grit"', "p.questions": "One?\r\nTwo?"}
        await room.host.post(f"{room.at}do", plan | {"p.chat": str(room.chat_id)})
        assert await room.rows("select text from question order by position") == [("One?",), ("Two?",)]


async def test_the_form_of_another_communitys_question_gives_nothing_away(room: Room) -> None:
    now = room.house.site.clock.now()
    async with room.house.store.begin() as tx:
        other = await tx.add_house("Other house", "Europe/London")
        places = await tx.places_of_community(other.id)
        weekly = await tx.add_series(Series(0, other.id, "#other"), places[0].id, (), now)
        chat = await tx.add_chat(Chat(0, weekly.id, "Europe/London", now, now + weekly.length))
        state = await tx.running(chat.id)
        change = drafting.plan(state, "T", ("A secret one?",), now)
        await tx.save(state, change.state, now)
    form = await room.host.get(f"{room.at}do?line=question%20edit%201%20chat%3D{chat.id}")
    assert form.status == 200
    assert "A secret one?" not in form.text
    assert (await room.host.get(f"/room/{places[0].native_id}/")).status == 403


async def test_words_hang_on_questions_alone(room: Room) -> None:
    ana = await room.house.join("Ana")
    number = said(await room.says(ana, "Hello"))
    assert (await room.says(ana, "Out of sight", thread=number)).status == 422
    assert (await room.says(ana, "Out of sight", thread=987_654)).status == 422


async def test_hostile_words_and_names_stay_words_on_the_page_and_in_its_forms(room: Room) -> None:
    hostile = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>[a](javascript:alert(3))"
    eve = await room.house.join("<b onclick=1>Eve</b>")
    number = said(await room.says(eve, hostile))
    for query in ("?thread=room", f"?thread=room&reply={number}", f"?thread=room&edit={number}"):
        page = (await eve.get(room.at + query)).text
        inside = page.partition("<main")[2]
        assert "alert(2)" in inside
        assert "<img" not in inside
        assert "<script" not in inside
        assert "<b onclick" not in inside
        assert 'href="javascript' not in inside
    refused = (await room.says(eve, hostile * 60)).text.partition("<main")[2]
    assert ("alert(2)" in refused, "<img" in refused) == (True, False)


async def test_a_room_that_all_the_world_may_read_leads_strangers_to_its_name_form(tmp_path: Path) -> None:
    async with open_room(tmp_path) as room:
        stranger = room.house.stranger()
        shut = await stranger.get(room.at)
        assert (shut.status, "<h1>You are not in this room</h1>" in shut.text) == (403, True)
        assert ("link opens nothing" in shut.text, 'href="/room/"' in shut.text) == (False, True)
        async with room.house.store.begin() as tx:
            await tx.join_secret(room.house.place.id)
            await tx.open_rooms([room.house.place], Visibility.PUBLIC)
        page = await stranger.get(room.at)
        assert (page.status, 'name="name"' in page.text) == (200, True)


async def test_what_a_host_hides_is_gone_from_the_room_too_but_not_for_its_writer(tmp_path: Path) -> None:
    async with open_room(tmp_path) as room:
        ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
        message = said(await room.says(ana, "A1: what nobody else should read"))
        await room.until("select count(*) from filing", 1)
        for line, seen_by_ben in (
            (f"answers hide m{message}", False),
            (f"answers hide m{message} undo=yes", True),
        ):
            stored = (await room.rows("select id from message where text like 'A1:%'"))[0][0]
            await room.presses(room.host, f"{line.replace(f'm{message}', f'm{stored}')} chat={room.chat_id}")
            for who, sees in ((ben, seen_by_ben), (ana, True), (room.host, True)):
                assert ("what nobody else" in (await who.get(room.at)).text) is sees


async def test_an_answer_too_long_for_one_message_comes_whole_and_in_order(room: Room) -> None:
    got = await room.host.post(f"{room.at}say", {"text": "!edchat help", "thread": "room"})
    note = got.text.partition("data-only>")[2].partition("</section>")[0]
    parts = re.findall(r'data-reply="([^"]+)"', note)
    assert len(parts) == 2
    assert len(set(parts)) == 1
    listed = [words(note).index(f"{path} ") for path in ("setup", "privacy forget")]
    assert listed == sorted(listed)
    assert words(note).index("What you can do here;") < listed[0]


async def test_what_names_commands_names_the_button_or_what_is_typed_in_a_room(room: Room) -> None:
    ana = await room.house.join("Ana")
    talk = words((await ana.get(f"{room.at}?thread=room")).text)
    assert "My words tells what is kept and how to be left out." in talk
    card = await ana.post(f"{room.at}say", {"text": "!edchat", "thread": "room"})
    note = words(card.text.partition("data-only>")[2].partition("</section>")[0])
    assert "To answer, use Answer , write in its thread, or begin with A1:" in note
    assert "!edchat help shows all that you can do here." in note


async def test_from_the_hosts_room_a_plain_way_leads_to_the_chat(room: Room) -> None:
    page = (await room.host.get(f"/room/{room.house.hosts.native_id}/")).text
    assert f'<a class="btn" href="{room.at}">Go to <bdi>{room.house.place.name}</bdi></a>' in page
    assert "Go to" not in words((await room.host.get(room.at)).text)


async def test_when_the_hour_is_over_the_bar_leads_to_the_page(room: Room) -> None:
    ana = await room.house.join("Ana")
    assert "Read it all" not in words((await ana.get(room.at)).text)
    await room.presses(room.host, f"chat end chat={room.chat_id} sure=yes")
    await room.until("select published_at is not null from chat where id = :id", 1, id=room.chat_id)
    page = (await ana.get(room.at)).text
    assert "Over “Homework”: the hour is over, and late answers count until" in words(page)
    link = re.search(r'<a class="btn" href="([^"]*)">Read it all</a>', page)
    assert link
    got = await ana.get(link[1])
    assert (got.status, "What worked?" in got.text) == (200, True)


async def test_whom_a_reply_is_for_is_said_once(room: Room) -> None:
    ana, ben = await room.house.join("Una Stone"), await room.house.join("Ben")
    number = said(await room.says(ana, "Hello"))
    page = (await ben.get(f"{room.at}?thread=room&reply={number}")).text
    form = page.partition('id="write"')[2].partition("</form>")[0]
    assert words(form).count("Una Stone") == 1
    assert "Never mind" in words(form)
