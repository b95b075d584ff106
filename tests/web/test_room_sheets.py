"""A question's sheet in a room: all that belongs to the question, wherever it was said."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from bot.core.model import Role
from bot.storage.rooms.views import RoomMessage
from tests.support.web_house import Browser
from tests.web.room_setting import Room, open_room, said, words
from tests.web.test_room_browser import page_of
from tests.web.test_room_events import listening

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path, asked=2) as opened:
        yield opened


async def sheet(room: Room, who: Browser, key: int | str) -> list[tuple[str, str]]:
    """What people said on one sheet, in order: what each is called, and what it says."""
    page = (await who.get(f"{room.at}?thread={key}")).text
    part = page.partition(f'data-list="{key}"')[2].partition("</ol>")[0]
    return [
        (name, words(rest))
        for name, rest in re.findall(r'<li class="m(?! bot)[^>]*id="(\w+)"(.*?)</li>', part, re.DOTALL)
    ]


async def says_labelled(room: Room, who: Browser, text: str = "A1: we tell a story") -> int:
    number = said(await room.says(who, text))
    await room.until(
        "select count(*) from filing join message on message.id = message_id where platform_message_id = :id",
        1,
        id=str(number),
    )
    return number


async def refile(room: Room, number: int, question: int) -> None:
    line = f"answers move {number} {question} chat={room.chat_id}"
    await room.host.post(f"{room.at}m/{number}/", {"line": line})


async def test_a_labelled_answer_of_the_conversation_is_seen_under_its_question_too(room: Room) -> None:
    ana, ben, root = await room.house.join("Ana"), await room.house.join("Ben"), await room.root(1)
    number = await says_labelled(room, ana)
    [(name, text)] = await sheet(room, ben, root)
    assert name == f"q{number}"
    assert "we tell a story" in text
    assert "in the conversation" in text
    talk = dict(await sheet(room, ben, "room"))
    assert "filed under Q1" in talk[f"m{number}"]
    assert "in the conversation" not in talk[f"m{number}"]
    page = (await ben.get(f"{room.at}?thread={root}")).text
    names = re.findall(r'\bid="([^"]+)"', page)
    assert len(names) == len(set(names))


async def test_a_reply_on_a_sheet_is_a_comment_that_stands_below_its_answer(room: Room) -> None:
    ana, ben, root = await room.house.join("Ana"), await room.house.join("Ben"), await room.root(1)
    first = said(await room.says(ana, "A story", root, by_form="yes"))
    second = said(await room.says(ben, "A riddle", root, by_form="yes"))
    await room.until("select count(*) from filing", 2)
    form = (await ben.get(f"{room.at}?thread={root}&reply={first}")).text
    assert "Your reply to <bdi>Ana</bdi>" in form
    comment = said(await room.says(ben, "Who chooses it?", root, reply=str(first)))
    await room.until("select kind from message where text = 'Who chooses it?'", "comment")
    assert [name for name, _ in await sheet(room, ana, root)] == [f"m{first}", f"m{comment}", f"m{second}"]
    assert f"m{comment}" not in dict(await sheet(room, ana, "room"))


async def test_whom_words_answer_is_linked_on_the_sheet_where_that_stands(room: Room) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    one, two = await room.root(1), await room.root(2)
    number = said(await room.says(ana, "A story", one, by_form="yes"))
    comment = said(await room.says(ben, "Which one?", one, reply=str(number)))
    await room.until("select count(*) from message", 2)
    await refile(room, comment, 2)
    loose = said(await room.says(ana, "A1: we sing"))
    below = said(await room.says(ben, "We too", reply=str(loose)))
    await room.until("select kind from message where text = 'We too'", "comment")

    async def leads(key: int | str, reply: int) -> str:
        page = (await ben.get(f"{room.at}?thread={key}")).text
        item = page.partition(f'data-list="{key}"')[2].partition(f'data-m="{reply}"')[2]
        found = re.search(r'<p class="to"><a href="([^"]+)"', item)
        assert found is not None
        path, _, name = found[1].partition("#")
        assert f'id="{name}"' in (await ben.get(path)).text
        return found[1]

    assert await leads(two, comment) == f"{room.at}?thread={one}#m{number}"
    assert await leads("room", below) == f"{room.at}?thread=room#m{loose}"
    assert await leads(one, below) == f"{room.at}?thread={one}#q{loose}"


async def test_what_is_refiled_moves_from_sheet_to_sheet_with_its_comments(room: Room) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    one, two = await room.root(1), await room.root(2)
    number = said(await room.says(ana, "A story", one, by_form="yes"))
    await room.until("select count(*) from filing", 1)
    comment = said(await room.says(ben, "Which one?", one, reply=str(number)))
    await room.until("select kind from message where text = 'Which one?'", "comment")
    await refile(room, number, 2)
    assert await sheet(room, ben, one) == []
    assert [name for name, _ in await sheet(room, ben, two)] == [f"m{number}", f"m{comment}"]


async def test_a_message_filed_by_its_writer_or_a_host_stands_under_its_question(room: Room) -> None:
    ana, root = await room.house.join("Ana"), await room.root(1)
    first, second = said(await room.says(ana, "I agree")), said(await room.says(ana, "We use cards for it"))
    await room.until("select count(*) from message where text like 'We use%'", 1)
    await room.acts(ana, first, "react 1")
    await refile(room, second, 1)
    await room.until("select count(*) from filing", 2)
    assert [name for name, _ in await sheet(room, ana, root)] == [f"q{first}", f"q{second}"]


async def test_a_sheet_of_many_answers_leads_to_the_earlier_ones(room: Room) -> None:
    root, place = await room.root(1), room.house.place
    await room.house.join("Ana")
    ana, now = await room.house.person("Ana"), room.house.site.clock.now()
    async with room.house.store.begin() as tx:
        for count in range(120):
            where = {"thread": root, "by_form": True} if count % 2 else {}
            await tx.room_say(place, ana, Role.ANYONE, f"A1: {count}", "", now, **where)
    await room.until("select count(*) from filing", 120)

    async def read(before: int | None) -> tuple[RoomMessage, ...]:
        async with room.house.store.read() as tx:
            return await tx.room_sheet(place.id, root, viewer="", host=False, before=before, most=100)

    newest = await read(None)
    assert [one.text for one in newest] == [f"A1: {count}" for count in range(20, 120)]
    assert [one.text for one in await read(newest[0].id)][1:] == [f"A1: {count}" for count in range(20)]


async def test_an_open_page_is_told_where_a_refiled_message_and_its_comments_stand_now(room: Room) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    one, two = await room.root(1), await room.root(2)
    number = said(await room.says(ana, "A story", one, by_form="yes"))
    comment = said(await room.says(ben, "Which one?", one, reply=str(number)))
    await room.until("select kind from message where text = 'Which one?'", "comment")
    async with listening(room, ben) as ear:
        await ear.next("state")
        await refile(room, number, 2)
        told = [(await ear.next("edited")).data for _ in range(2)]
    assert [re.findall(r'data-m="(\d+)"', one)[0] for one in told] == [str(number), str(comment)]
    assert all(f'data-sheets="{two}"' in one for one in told)
    assert f'data-under="{number}"' in told[1]


async def test_an_open_page_shows_and_moves_what_belongs_to_its_question(
    room: Room, chromium: Chromium
) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    two = await room.root(2)
    async with page_of(chromium, room, ben, f"?thread={two}") as page:
        answers, talk = page.locator(f'[data-list="{two}"]'), page.locator("[data-list=room]")
        await expect(page.get_by_text("Nobody has answered yet.")).to_be_visible()
        number = await says_labelled(room, ana, "A2: we tell a story")
        await expect(answers).to_contain_text("we tell a story")
        await expect(answers.get_by_text("in the conversation")).to_be_visible()
        await expect(talk.locator(f"#m{number} .filed")).to_have_text("filed under Q2")
        await expect(talk.get_by_role("link", name="in the conversation")).to_be_hidden()
        later = said(await room.says(ana, "A riddle", two, by_form="yes"))
        await expect(answers.locator(".m")).to_have_count(2)
        await answers.locator(f"#q{number} .reply").click()
        await page.get_by_label("Your reply to Ana").fill("Which one?")
        await page.get_by_role("button", name="Reply").click()
        await expect(page.get_by_label("Your answer to Q2")).to_be_visible()
        await expect(answers.locator(".m")).to_have_count(3)
        assert await answers.locator(".m").evaluate_all("all => all.map(one => one.dataset.under || 0)") == [
            *(0, str(number), 0)
        ]
        await refile(room, number, 1)
        await expect(answers.locator(".m")).to_have_count(1)
        await expect(talk.locator(f"#m{number} .filed")).to_have_text("filed under Q1")
        await refile(room, later, 1)
        await expect(page.get_by_text("Nobody has answered yet.")).to_be_visible()


async def test_on_a_phone_the_way_to_answer_is_in_view_on_every_tab_however_low_the_window(
    room: Room, chromium: Chromium
) -> None:
    ana = await room.house.join("Ana")
    for count in range(12):
        await room.says(ana, f"Word {count}")
    async with page_of(chromium, room, ana, "?thread=room", width=390) as page:
        for height in (844, 600, 420):
            await page.set_viewport_size({"width": 390, "height": height})
            await page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
            await expect(page.get_by_role("link", name="Answer", exact=True)).to_be_in_viewport()
