"""The front page of a community, and the page of a weekly chat."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.model import Visibility
from tests.support.archive_seed import ABOUT, AHEAD, NOW, TOPIC
from tests.support.reading_room import ReadingRoom, reading_room


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[ReadingRoom]:
    async with reading_room(tmp_path) as made:
        yield made


async def test_the_next_chat_stands_on_the_front_page_with_its_questions(room: ReadingRoom) -> None:
    page = await room.get(room.home)
    assert "Next chat, in 2 days" in page
    assert all(question in page for question in AHEAD)
    assert page.index("Join in your browser") < page.index("Add to calendar")


async def test_nobody_is_led_to_a_room_that_turns_them_away(room: ReadingRoom) -> None:
    into = f'href="/room/{room.archive.places[0].native_id}/">Join in your browser'
    ahead = f"{room.home}inquirychat/2026-11-24/"
    leading = (room.home, ahead, room.live, f"{room.live}live/", room.live.rpartition("/2026")[0] + "/")
    for openness in (Visibility.PUBLIC, Visibility.MEMBERS, Visibility.LINK):
        async with room.store.begin() as tx:
            await tx.open_rooms(await tx.places_of_community(room.archive.community.id), openness)
        opens = [into in await room.get(path) for path in leading]
        assert opens == [openness is Visibility.PUBLIC] * len(leading)


async def test_what_is_live_is_said_with_its_question(room: ReadingRoom) -> None:
    page = await room.get(room.home)
    assert (
        "<bdi>First Years</bdi> is on Q3: “<bdi>Which bit of planning can you drop this week?</bdi>”" in page
    )
    assert f'href="{room.live}live/"' in page
    bar = page.partition('class="live"')[2].partition("</aside>")[0]
    assert re.search(r'href="/room/[\w-]+/">Join in your browser', bar)
    weekly = room.live.rpartition("/2026")[0] + "/"
    assert f'href="{room.live}live/"' in await room.get(weekly)
    assert "Live now" not in await room.get(f"{room.home}inquirychat/")
    await room.change("UPDATE chat SET state = 'tail' WHERE state = 'open'", chat=room.archive.live)
    assert "Live now" not in await room.get(room.home)
    assert "Live now" not in await room.get(weekly)


async def test_the_timetable_is_in_the_communitys_zone_or_in_the_readers(room: ReadingRoom) -> None:
    page = await room.get(room.home)
    assert "Times in New York (ET)" in page
    assert '<b>Tue</b> 24 Nov</p>\n<a class="ev"' in page
    elsewhere = await room.get(f"{room.home}?tz=Europe/Paris")
    assert '<b>Wed</b> 25 Nov</p>\n<a class="ev"' in elsewhere
    assert '<span class="at">2:00 am</span>' in elsewhere


async def test_a_zone_that_is_none_is_refused_in_a_sentence_and_the_page_stands(room: ReadingRoom) -> None:
    page = await room.get(f"{room.home}?tz=Middle-earth")
    assert "Middle-earth" in page
    assert "Times in New York (ET)" in page


async def test_a_chat_that_is_called_off_and_a_holiday_say_so(room: ReadingRoom) -> None:
    await room.change("UPDATE slot SET exdates = '[\"2026-12-01\"]' WHERE series_id = 1")
    page = await room.get(room.home)
    assert (
        'class="off"><p class="day"><b>Sun</b> 29 Nov</p>\n<p class="ev"><bdi class="sr">First Years' in page
    )
    assert "No chat, holiday" in page


async def test_the_archive_is_there_newest_first_with_how_much_there_is_to_read(room: ReadingRoom) -> None:
    page = await room.get(room.home)
    assert re.search(r"6\xa0questions, 40\xa0answers, \d+\xa0people\.", page)
    assert page.index(TOPIC) < page.index("Cold calls, warm calls")
    assert re.search(r"A host’s pick\.", page)


async def test_a_calendar_is_followed_by_an_address_that_calendar_programs_take(room: ReadingRoom) -> None:
    follows = f'href="webcal:{room.base.partition(":")[2]}{room.home}'
    for page in ("", "upcoming/", "feeds/"):
        text = await room.get(room.home + page)
        assert f'{follows}calendar.ics"' in text, page
        assert "“From URL”" in text, page
        assert f'<code class="copy">{room.base}{room.home}calendar.ics</code>' in text, page
    weekly = await room.get(f"{room.home}inquirychat/")
    assert f'{follows}inquirychat/calendar.ics"' in weekly
    assert f'<code class="copy">{room.base}{room.home}inquirychat/calendar.ics</code>' in weekly
    await room.change("UPDATE series SET visibility = 'members' WHERE id = 1")
    members = await room.get(f"{room.home}inquirychat/", Cookie=await room.sign_in())
    assert "webcal:" not in members
    assert f'href="{room.home}feeds/">Follow by calendar' in members


async def test_resources_feeds_and_data_are_led_to_from_every_page(room: ReadingRoom) -> None:
    page = await room.get(f"{room.home}about/")
    head, foot = page.partition("</header>")[0], page.partition("<footer")[2]
    assert f'href="{room.home}resources/"' in head
    assert all(f'href="{room.home}{one}"' in foot for one in ("feeds/", "data/"))


async def test_how_far_off_the_next_chat_is_changes_with_the_day(room: ReadingRoom) -> None:
    assert "Next chat, in 2 days" in await room.get(room.home)
    room.clock.at = NOW + timedelta(days=1)
    assert "Next chat, tomorrow" in await room.get(room.home)


async def test_a_stranger_to_a_members_community_sees_no_chat(tmp_path: Path) -> None:
    async with reading_room(tmp_path, visibility=Visibility.MEMBERS) as room:
        page = await room.get(room.home)
        for word in ("Weeknight", "First Years", TOPIC, AHEAD[0]):
            assert word not in page
        await room.get(f"{room.home}inquirychat/", 404)
        assert "Weeknight" in await room.get(room.home, Cookie=await room.sign_in())


async def test_search_engines_keep_away_from_what_is_not_for_them(room: ReadingRoom) -> None:
    files = [f"{room.held}{name}" for name in ("chat.json", "chat.csv", "chat.md")]
    for path in files:
        async with room.session.get(room.base + path) as answer:
            assert (answer.status, answer.headers["X-Robots-Tag"]) == (200, "noindex"), path
    assert "noindex" not in await room.get(room.home)
    await room.change("UPDATE series SET indexable = 0")
    assert '<meta name="robots" content="noindex">' in await room.get(room.home)


async def test_a_series_says_when_it_meets_and_has_all_that_was_held(room: ReadingRoom) -> None:
    page = await room.get(f"{room.home}inquirychat/")
    assert "Every Tuesday, 8:00 pm New York (ET)" in page
    assert ABOUT in page
    assert f'href="{room.held}"' in page
    assert f'href="{room.home}inquirychat/2026-11-10/"' in page
    assert "Tue 1\xa0Dec 2026, 8:00\xa0pm\xa0ET" in page
    await room.get(f"{room.home}nochat/", 404)
