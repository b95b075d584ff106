"""The pages of a slow chat: its days instead of the hour, before it, while it goes on and afterwards."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import html5lib
import pytest
from icalendar import Calendar
from playwright.sync_api import sync_playwright

from bot.core.archive.chat_page import Held, Listed
from bot.core.archive.day_chart import by_day
from bot.core.model import Chat, Pace, Series
from bot.core.times.recurrence import Recurrence
from bot.storage.archive.lists import Slot
from bot.web.calendar_file import Diary, calendar_file
from tests.support.chromium import CHROMIUM, needs_a_browser
from tests.support.looks import barriers, too_wide
from tests.support.reading_room import ReadingRoom, reading_room

DAY = timedelta(days=1)
MONDAY = datetime(2026, 11, 16, 14, tzinfo=UTC)
"""Nine in the morning in New York."""


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[ReadingRoom]:
    async with reading_room(tmp_path) as made:
        yield made


async def slow(room: ReadingRoom, chat: int, starts: datetime, ends: datetime | None = None) -> None:
    """Let a chat of the archive be a slow one: a question each day, and its answers a few hours later."""
    span = {"starts": starts, "ends": ends or starts + 5 * DAY + timedelta(hours=12), "id": chat}
    await room.change(
        "UPDATE series SET asks = 'daily', days = '012345'"
        " WHERE id = (SELECT series_id FROM chat WHERE id = :id)",
        chat=chat,
        id=chat,
    )
    zone = "America/New_York"
    change = "UPDATE chat SET starts_at = :starts, ends_at = :ends, zone = :zone WHERE id = :id"
    await room.change(change, chat=chat, zone=zone, **{k: _stored(v) for k, v in span.items()})
    for number in range(1, 7):
        asked = starts + (number - 1) * DAY
        where = "chat_id = :id AND position = :number AND asked_at IS NOT NULL"
        change = f"UPDATE question SET asked_at = :at WHERE {where}"
        await room.change(change, chat=chat, id=chat, number=number, at=_stored(asked))
        answers = (
            "UPDATE message SET said_at = :at WHERE id IN (SELECT f.message_id FROM filing f"
            " JOIN question q ON q.id = f.question_id WHERE q.chat_id = :id AND q.position = :number)"
        )
        at = _stored(asked + timedelta(hours=3))
        await room.change(answers, chat=chat, id=chat, number=number, at=at)


def _stored(value: object) -> object:
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


async def path_of(room: ReadingRoom, chat: int) -> str:
    """The address of a chat's page."""
    async with room.store.read() as tx:
        found = await tx.chat(chat)
        assert found is not None
        series = await tx.series(found.series_id)
    return f"{room.home}{series.slug}/{found.slug}/"


def rows(page: str) -> list[tuple[str, str, int]]:
    """The days of a page: which, what was asked, and how many answers came."""
    table = page.partition('<table class="days">')[2].partition("</table>")[0]
    cell = r'<th scope="row">(.*?)</th><td class="ask">(.*?)</td><td class="n">(\d+)</td>'
    return [(day, asked, int(answers)) for day, asked, answers in re.findall(cell, table)]


def events(file: bytes) -> list[Any]:
    """The events of a calendar file."""
    return list(Calendar.from_ical(file).walk("VEVENT"))


async def test_a_slow_chat_is_read_by_its_days(room: ReadingRoom) -> None:
    await slow(room, room.archive.held, MONDAY)
    page = await room.get(await path_of(room, room.archive.held))
    found = rows(page)
    days = ["Mon 16 Nov", "Tue 17 Nov", "Wed 18 Nov", "Thu 19 Nov", "Fri 20 Nov", "Sat 21 Nov"]
    assert [(day, asked) for day, asked, _ in found] == list(
        zip(days, ["Q1", "Q2", "Q3", "Q4", "Q5", "Q6"], strict=True)
    )
    assert sum(answers for *_, answers in found) == 40
    assert "40 answers came in 6 days, most of them on " in page
    assert "per minute" not in page
    assert "The hour" not in page
    assert "Asked at 9:00 am on 18 Nov" in page
    assert "hours" not in re.sub(r"<[^>]+>", " ", page).lower()
    html5lib.HTMLParser(strict=True).parse(page)


async def test_its_times_have_dates(room: ReadingRoom) -> None:
    await slow(room, room.archive.held, MONDAY)
    page = await room.get(await path_of(room, room.archive.held))
    utc = '<span class="utc">(14:00 UTC)</span>'
    assert f">Mon 16 Nov to Sat 21 Nov 2026</time>, a question a day at 9:00 am ET {utc}" in page
    assert "12:00 pm on 17 Nov" in page
    assert "Mon 16\xa0Nov to Sat 21\xa0Nov 2026" in await room.get(f"{room.home}archive/")
    assert "16\xa0Nov to 21\xa0Nov" in await room.get(room.home)
    feed = await room.get(f"{(await path_of(room, room.archive.held)).rsplit('/', 2)[0]}/feed.atom")
    assert "Mon 16 Nov to Sat 21 Nov 2026" in feed


async def test_its_days_begin_with_the_first_word_and_those_without_answers_are_not_counted(
    room: ReadingRoom,
) -> None:
    await slow(room, room.archive.held, MONDAY)
    two = "(SELECT id FROM question WHERE chat_id = :id AND position IN (1, 4))"
    gone = f"DELETE FROM filing WHERE question_id IN {two}"
    await room.change(gone, chat=room.archive.held, id=room.archive.held)
    late = "UPDATE question SET asked_at = :at WHERE chat_id = :id AND position = 1"
    at = _stored(MONDAY + DAY)
    await room.change(late, chat=room.archive.held, id=room.archive.held, at=at)
    page = await room.get(await path_of(room, room.archive.held))
    found = rows(page)
    assert [day for day, *_ in found][:2] == ["Tue 17 Nov", "Wed 18 Nov"]
    assert [(asked, answers) for day, asked, answers in found if day == "Thu 19 Nov"] == [("Q4", 0)]
    assert "in 4 of 5 days, most of them on " in page


async def test_answers_after_its_days_are_told_apart(room: ReadingRoom) -> None:
    await slow(room, room.archive.held, MONDAY, ends=MONDAY + 2 * DAY + timedelta(hours=12))
    found = rows(await room.get(await path_of(room, room.archive.held)))
    assert [day for day, *_ in found] == ["Mon 16 Nov", "Tue 17 Nov", "Wed 18 Nov", "Afterwards"]
    assert sum(answers for *_, answers in found) == 40


def test_in_a_list_its_bars_are_its_days() -> None:
    chat = Chat(1, 1, "America/New_York", MONDAY, MONDAY + 2 * DAY + timedelta(hours=12))
    minutes = (3, 0, 1, 0, 2)
    asked = tuple((f"Q{number + 1}", MONDAY + number * DAY) for number in range(3))
    held = Held(chat, Series(1, 1, "Slow", asks=Pace.DAILY, days=(0, 1, 2)), minutes=minutes, asked=asked)
    assert by_day(held) == ((3, 1, 2), (0.0, 1 / 3, 2 / 3))


async def test_an_hour_is_read_as_before(room: ReadingRoom) -> None:
    page = await room.get(room.held)
    assert rows(page) == []
    assert "The hour at a glance" in page


async def test_while_it_goes_on_every_question_stays_open(room: ReadingRoom) -> None:
    await slow(room, room.archive.live, room.clock.at - DAY, ends=room.clock.at + 4 * DAY)
    path = await path_of(room, room.archive.live)
    for page in (await room.get(path), await room.get(f"{path}live/")):
        words = " ".join(re.sub(r"<[^>]+>", "", page).split())
        assert re.search(r"Q\d is the newest question; every one stays open until Thu 26 Nov, ", words)
        assert "Being answered now" not in words
        html5lib.HTMLParser(strict=True).parse(page)


async def test_while_it_goes_on_its_page_counts_the_days_that_went_by(room: ReadingRoom) -> None:
    await slow(room, room.archive.live, room.clock.at - DAY, ends=room.clock.at + 4 * DAY)
    path = await path_of(room, room.archive.live)
    page = await room.get(path)
    assert "<b>Day 1 of 5</b>" in page  # Saturday; this Sunday is none of its days
    assert " so far, most of them on " in page
    assert "Thu 26 Nov" not in [day for day, *_ in rows(page)]
    room.clock.at += DAY
    assert "<b>Day 2 of 5</b>" in await room.get(path)
    stop = "UPDATE chat SET paused_at = :at WHERE id = :id"
    await room.change(stop, chat=room.archive.live, id=room.archive.live, at=_stored(room.clock.at))
    paused = "The chat is paused; answers count all the same."
    assert paused in await room.get(path)
    assert paused in await room.get(f"{path}live/")


async def test_before_it_begins_its_page_says_how_it_goes(room: ReadingRoom) -> None:
    await slow(room, room.archive.ahead, datetime(2026, 11, 23, 14, tzinfo=UTC))
    page = await room.get(await path_of(room, room.archive.ahead))
    said = "A slow chat, until Sat 28 Nov: a question a day at "
    assert said in page
    assert re.findall(r"<small>(.*?)</small></li>", page)[:2] == ["Mon 23 Nov", "Tue 24 Nov"]
    html5lib.HTMLParser(strict=True).parse(page)


async def test_agenda_and_timetable_show_it_all_week(room: ReadingRoom) -> None:
    await slow(room, room.archive.ahead, datetime(2026, 11, 23, 14, tzinfo=UTC))
    assert "Until Sat 28 Nov: a question a day." in await room.get(f"{room.home}upcoming/")
    home = await room.get(room.home)
    at = re.findall(r'<span class="at">(.*?)</span>', home)
    assert [one for one in at if "day" in one] == [f"day {number} of 6" for number in range(2, 7)]


async def test_a_calendar_shows_its_days_and_leaves_people_free(room: ReadingRoom) -> None:
    await slow(room, room.archive.ahead, datetime(2026, 11, 23, 14, tzinfo=UTC))
    file = await room.get(f"{await path_of(room, room.archive.ahead)}event.ics")
    [event] = events(file.encode())
    assert event["dtend"].dt - event["dtstart"].dt == 5 * DAY + timedelta(hours=12)
    assert event["transp"] == "TRANSPARENT"
    assert event["dtstart"].params["TZID"] == "America/New_York"
    assert event["description"].startswith("A question a day at 9:00 am ET\n")


def test_the_rule_in_a_calendar_lasts_until_its_last_day_whatever_the_clocks_do() -> None:
    wall = datetime(2027, 3, 8, 9)  # noqa: DTZ001 - a clock on a wall
    series = Series(1, 1, "Slow", asks=Pace.DAILY, days=tuple(range(6)), slug="slow")
    starts, new_york = MONDAY.replace(month=11), "America/New_York"
    chat = Chat(1, 1, new_york, starts, starts + 5 * DAY, 1, wall - 7 * DAY)
    slot = Slot(1, 1, Recurrence(new_york, wall, "FREQ=WEEKLY;BYDAY=MO"), frozenset(), wall)
    diary = Diary("Slow", "https://a.example/slow/", MONDAY, [Listed(chat, series)], [slot])
    [rule] = [one for one in events(calendar_file(diary)) if "rrule" in one]
    assert rule["duration"].to_ical() == b"P5DT12H"
    assert rule["transp"] == "TRANSPARENT"
    assert "slow: a question a day, Mon to Sat" in rule["description"]


@pytest.mark.slow
@needs_a_browser
async def test_its_pages_have_no_barrier_and_fit_on_a_phone(room: ReadingRoom) -> None:
    await slow(room, room.archive.held, MONDAY)
    await slow(room, room.archive.live, room.clock.at - DAY, ends=room.clock.at + 4 * DAY)
    await slow(room, room.archive.ahead, datetime(2026, 11, 23, 14, tzinfo=UTC))
    chats = (room.archive.held, room.archive.live, room.archive.ahead)
    paths = [await path_of(room, chat) for chat in chats]
    live, print_ = f"{paths[1]}live/", f"{paths[0]}print/"
    pages = [room.base + path for path in (*paths, live, print_, room.home, f"{room.home}upcoming/")]
    assert await asyncio.to_thread(looked_at, pages) == []


def looked_at(pages: list[str]) -> list[str]:
    """What axe finds on these pages by day and by night, and which do not fit."""
    found = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        for address in pages:
            page.goto(address)
            found += [*barriers(page), *too_wide(page)]
        browser.close()
    return found
