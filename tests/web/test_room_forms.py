"""The forms of commands in a room, and what hosts are offered before a chat."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest_asyncio
from sqlalchemy import text as sql

from bot.core import sentences
from bot.core.model import Offer, Visibility
from bot.core.times import clockface
from tests.support.web_house import WebHouse, web_house
from tests.web.room_setting import Room, open_room, words


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[WebHouse]:
    async with web_house(tmp_path, running=True) as opened:
        yield opened


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path, asked=0) as opened:
        yield opened


def panel(page: str) -> list[str]:
    """The buttons of the hosts' panel."""
    part = page.partition('data-part="panel"')[2].partition("</section>")[0]
    return re.findall(r'<(?:a class="btn"|button name="line")[^>]*>([^<]+)</', part)


def tags(form: str, name: str) -> list[str]:
    """The fields of a form with this name."""
    return re.findall(rf'<(?:input|select|textarea)[^>]*name="{re.escape(name)}"[^>]*>', form)


async def test_setting_up_asks_with_a_sentence_for_each_choice_and_chooses_nothing(house: WebHouse) -> None:
    mo, at = await house.host(), f"/room/{house.hosts.native_id}/"
    form = (await mo.get(f"{at}do?line=setup")).text
    choices = tags(form, "p.readers")
    assert len(choices) == len(sentences.WHO_READS)
    assert all('type="radio"' in one and "required" in one and "checked" not in one for one in choices)
    assert all(said in words(form) for said in sentences.WHO_READS.values())
    assert words(form).count("(may stay empty)") == 1
    assert "Who moderates beside you" in words(form)


async def test_setting_up_asks_for_the_room_only_where_there_are_several(house: WebHouse) -> None:
    mo, at = await house.host(), f"/room/{house.hosts.native_id}/"
    assert tags((await mo.get(f"{at}do?line=setup")).text, "p.where") == []
    async with house.store.begin() as tx:
        await tx.add_room(house.community.id, "staff", "Staff")
    [where] = tags((await mo.get(f"{at}do?line=setup")).text, "p.where")
    assert "required" in where


async def test_a_house_that_was_set_up_finds_its_answers_in_the_form(house: WebHouse) -> None:
    mo, at = await house.host(), f"/room/{house.hosts.native_id}/"
    assert panel((await mo.get(at)).text) == ["Set up"]
    await mo.post(f"{at}do", {"command": "setup", "p.readers": "members"})
    async with house.store.begin() as tx:
        await tx.add_room(house.community.id, "staff", "Staff")
    form = (await mo.get(f"{at}do?line=setup")).text
    [chosen] = [one for one in tags(form, "p.readers") if "checked" in one]
    assert 'value="members"' in chosen
    assert '<option value="edchat" selected>' in form
    assert panel((await mo.get(at)).text) == ["Weekly chat"]


async def test_what_is_refused_comes_back_in_its_form_with_what_was_typed(house: WebHouse) -> None:
    mo, at = await house.host(), f"/room/{house.hosts.native_id}/"
    typed = {"p.title": 'The "big" chat', "p.when": "when the moon is full", "p.readers": "link"}
    got = await mo.post(f"{at}do", {"command": "series create", **typed})
    assert got.status == 422
    assert 'role="alert"' in got.text
    assert "At what time?" in words(got.text.partition('role="alert"')[2].partition("</p>")[0])
    assert 'value="The &#34;big&#34; chat"' in got.text
    assert 'value="when the moon is full"' in got.text
    [chosen] = [one for one in tags(got.text, "p.readers") if "checked" in one]
    assert 'value="link"' in chosen
    assert "series create" not in words(got.text)


async def test_a_name_is_one_line_and_questions_are_several(room: Room) -> None:
    weekly = (await room.host.get(f"{room.at}do?line=series%20create")).text
    assert tags(weekly, "p.title")[0].startswith("<input")
    plan = (await room.host.get(f"{room.at}do?line=chat%20plan%20chat={room.chat_id}")).text
    assert tags(plan, "p.questions")[0].startswith("<textarea")
    assert "What worked?\nWhat did not?\nWhat will you try?</textarea>" in plan
    assert 'value="Homework"' in tags(plan, "p.topic")[0]


async def test_an_edit_says_which_question_it_is_about(room: Room) -> None:
    line = quote(f"question edit 2 chat={room.chat_id}")
    form = (await room.host.get(f"{room.at}do?line={line}")).text
    assert '<p class="qn">Q2</p>' in form
    assert 'type="hidden"' in tags(form, "p.number")[0]
    assert ">What did not?</textarea>" in form


async def test_an_old_button_is_answered_in_the_room(room: Room) -> None:
    line = quote(f"question edit 9 chat={room.chat_id}")
    got = await room.host.get(f"{room.at}do?line={line}")
    assert got.status == 200
    assert 'data-list="room"' in got.text
    assert "9" in words(got.text.partition("data-only")[2].partition("</section>")[0])


async def test_before_a_chat_hosts_are_offered_all_that_prepares_it(room: Room) -> None:
    prepares = [
        "Run sheet",
        "Questions",
        "Rehearse",
        "Announce",
        "Start now",
        "Edit Q1",
        "Edit Q2",
        "Edit Q3",
    ]
    for at in (room.at, f"/room/{room.house.hosts.native_id}/"):
        page = (await room.host.get(at)).text
        assert panel(page) == prepares
        for line in re.findall(r'value="(chat [^"]*)"', page):
            room.house.app.tree.check(Offer("Do it", line))


async def test_the_room_and_the_card_of_ones_words_say_the_same_of_who_reads(room: Room) -> None:
    ana = await room.house.join("Ana")
    await room.presses(room.host, f"chat start chat={room.chat_id}")
    expected = sentences.READERS[Visibility.LINK.value]
    for openness, said in ((Visibility.PUBLIC, expected), (Visibility.OFF, sentences.READERS["off"])):
        async with room.house.store.begin() as tx:
            series = (await tx.running(room.chat_id)).series
            await tx.connection.execute(sql("update place set openness = :it"), {"it": openness.value})
            assert series.visibility is Visibility.PUBLIC
        page = (await ana.get(room.at)).text
        card = (await ana.post(f"{room.at}say", {"text": "!edchat privacy show", "thread": "room"})).text
        assert said in words(page)
        assert said in words(card.partition('id="reply"')[2].partition("</section>")[0])


async def test_the_hello_in_the_hosts_room_stands_with_its_button(house: WebHouse) -> None:
    mo, at = await house.host(), f"/room/{house.hosts.native_id}/"
    async with house.store.begin() as tx:
        await tx.post(house.hosts, *sentences.first_words(), "hello", house.site.clock.now())
    page = ""
    while "m bot" not in page:
        page = (await mo.get(at)).text
    stands = page.partition('data-list="room"')[2].partition("</ol>")[0]
    assert f'href="{at}do?line=setup">Set up</a>' in stands


async def test_before_the_first_weekly_chat_its_zone_is_asked_for_and_not_filled_in(house: WebHouse) -> None:
    mo, at = await house.host(), f"/room/{house.hosts.native_id}/"
    async with house.store.begin() as tx:
        await tx.change_house(house.community.id, {"zone": "UTC"})
    form = (await mo.get(f"{at}do?line=series%20create")).text
    [zone] = tags(form, "p.zone")
    assert 'value=""' in zone
    assert "required" in zone
    assert tags(form, "p.collecting") == []
    assert "How answers given elsewhere" not in words(form)
    assert "Its time zone For example: ET or London" in words(form)
    refused = await mo.post(f"{at}do", {"command": "series create", "p.title": "A", "p.when": "at noon"})
    assert (refused.status, "required" in tags(refused.text, "p.zone")[0]) == (422, True)
    made = {"p.title": "Maths", "p.when": "every Tuesday 8 pm", "p.zone": "ET"}
    await mo.post(f"{at}do", {"command": "series create", **made})
    again = (await mo.get(f"{at}do?line=series%20create")).text
    assert 'value="America/New_York"' in tags(again, "p.zone")[0]
    assert "required" not in tags(again, "p.zone")[0]


async def test_a_form_is_headed_by_what_it_is_and_its_questions_come_on_a_timer(house: WebHouse) -> None:
    mo, at = await house.host(), f"/room/{house.hosts.native_id}/"
    form = (await mo.get(f"{at}do?line=setup")).text
    assert "<h1>Set up</h1>" in form
    assert 'class="lede"' not in form.partition("<h1>")[2].partition("<form")[0]
    weekly = (await mo.get(f"{at}do?line=series+create")).text
    assert "<h1>Make a weekly chat</h1>" in weekly
    [checked] = (one for one in tags(weekly, "p.pace") if "checked" in one)
    assert 'value="hour"' in checked


async def test_the_button_of_a_form_says_what_it_does_and_a_plan_for_which_date(room: Room) -> None:
    async def button(line: str) -> tuple[str, str]:
        page = (await room.host.get(f"{room.at}do?line={quote(line)}")).text
        found = re.search(r'<button class="solid">([^<]*)<', page)
        assert found
        return found[1], words(page)

    said, page = await button(f"chat plan chat={room.chat_id}")
    async with room.house.store.read() as tx:
        chat = await tx.chat(room.chat_id)
    assert chat is not None
    assert said == "Keep the plan"
    assert f"{clockface.moment(chat.starts_at, chat.zone)}: Homework" in page
    assert (await button("series create"))[0] == "Make a weekly chat"
    assert (await button("setup"))[0] == "Set it up"
    assert (await button(f"chat end chat={room.chat_id}"))[0] == "Yes, end the hour now"
