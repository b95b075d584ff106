"""Calendars: what a calendar program expands from them are the chats, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar

from bot.core.archive.chat_page import Listed
from bot.core.model import Chat, Series
from bot.core.times.recurrence import Recurrence, parse_recurrence, upcoming
from bot.storage.archive.lists import Slot
from bot.web.calendar_file import Diary, calendar_file
from tests.support.archive_pages import ArchivePages, archive_pages
from tests.support.archive_seed import AHEAD, NOW, TOPIC
from tests.support.bad_inputs import case

FAR = NOW + timedelta(weeks=7)


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[ArchivePages]:
    async with archive_pages(tmp_path) as opened:
        yield opened


def parsed(body: bytes) -> Any:
    """The calendar, after a look at how its lines are written."""
    assert body.endswith(b"\r\n")
    lines = body.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    return Calendar.from_ical(body)


def expanded(calendar: Any, until: datetime) -> dict[datetime, str]:
    """The moments and titles that a calendar program shows, from RRULE, EXDATE and RECURRENCE-ID."""
    events = calendar.walk("VEVENT")
    moved = {(e["UID"], e["RECURRENCE-ID"].dt.astimezone(UTC)) for e in events if "RECURRENCE-ID" in e}
    found: dict[datetime, str] = {}
    for event in events:
        for at in _moments(event, until):
            if "RECURRENCE-ID" in event or (event["UID"], at) not in moved:
                assert at not in found, f"{at} stands there twice"
                found[at] = str(event["SUMMARY"])
    return found


def _moments(event: Any, until: datetime) -> Iterator[datetime]:
    start = event["DTSTART"].dt
    if "RRULE" not in event:
        yield start.astimezone(UTC)
        return
    given = event.get("EXDATE", [])
    without = {
        one.dt.astimezone(UTC) for part in (given if isinstance(given, list) else [given]) for one in part.dts
    }
    rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=start)
    for at in rule.between(start - timedelta(days=1), until, inc=True):
        if at.astimezone(UTC) not in without:
            yield at.astimezone(UTC)


async def materialise(pages: ArchivePages) -> None:
    """Make chats of the recurring times, as the planner does."""
    async with pages.web.store.begin() as tx:
        await tx.connection.exec_driver_sql(
            "DELETE FROM question WHERE chat_id IN"
            " (SELECT id FROM chat WHERE state IN ('planned', 'announced'))"
        )
        await tx.connection.exec_driver_sql(
            "DELETE FROM chat WHERE state IN ('planned', 'announced', 'cancelled')"
        )
        for series, slot in await tx.slots_to_materialise():
            await tx.materialise(series, slot, NOW)
        await tx.give_addresses()
        tx.stale_communities.add(pages.archive.community.id)


async def coming(pages: ArchivePages) -> dict[datetime, str]:
    """The coming chats that are to be held, by the database."""
    rows = await pages.rows(
        "SELECT c.starts_at, c.topic, s.title FROM chat c JOIN series s ON s.id = c.series_id"
        " WHERE c.state IN ('planned', 'announced') ORDER BY 1"
    )
    at = [datetime.fromisoformat(row["starts_at"]).replace(tzinfo=UTC) for row in rows]
    titles = [f"{row['title']}: {row['topic']}" if row["topic"] else row["title"] for row in rows]
    return dict(zip(at, titles, strict=True))


def ahead(found: dict[datetime, str], last: datetime) -> dict[datetime, str]:
    return {at: title for at, title in sorted(found.items()) if NOW < at <= last}


async def the_same(pages: ArchivePages) -> dict[datetime, str]:
    """See that the calendar's dates are the chats, and give them."""
    chats = await coming(pages)
    calendar = parsed((await pages.get("calendar.ics")).body)
    last = max(chats)
    assert ahead(expanded(calendar, last), last) == chats
    return chats


async def test_the_dates_of_the_calendar_are_the_chats(pages: ArchivePages) -> None:
    await materialise(pages)
    chats = await the_same(pages)
    assert len(chats) > 14
    calendar = parsed((await pages.get("calendar.ics")).body)
    rules = [event for event in calendar.walk("VEVENT") if "RRULE" in event]
    assert sorted(str(event["SUMMARY"]) for event in rules) == ["First Years", "Weeknight Inquiry"]
    assert all(event["DTSTART"].params["TZID"] == "America/New_York" for event in rules)
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["America/New_York"]
    beyond = ahead(expanded(calendar, NOW + timedelta(weeks=20)), NOW + timedelta(weeks=20))
    assert len(beyond) > len(chats)


async def test_titled_moved_longer_and_cancelled_dates_are_exceptions(pages: ArchivePages) -> None:
    await materialise(pages)
    ids = [
        row["id"]
        for row in await pages.rows("SELECT id FROM chat WHERE state = 'planned' ORDER BY starts_at")
    ]
    titled, moved, longer, off, gone = ids[2:7]
    await pages.change("UPDATE chat SET topic = 'Marks' WHERE id = :id", id=titled)
    await pages.change(
        "UPDATE chat SET starts_at = datetime(starts_at, '+90 minutes'),"
        " ends_at = datetime(ends_at, '+90 minutes') WHERE id = :id",
        id=moved,
    )
    await pages.change("UPDATE chat SET ends_at = datetime(ends_at, '+30 minutes') WHERE id = :id", id=longer)
    await pages.change("UPDATE chat SET state = 'cancelled' WHERE id = :id", id=off)
    await pages.change("DELETE FROM step WHERE chat_id = :id", id=gone)
    await pages.change("DELETE FROM chat WHERE id = :id", id=gone)
    chats = await the_same(pages)
    assert len(chats) == len(ids) - 2
    calendar = parsed((await pages.get("calendar.ics")).body)
    own = [
        event for event in calendar.walk("VEVENT") if "RECURRENCE-ID" in event and event["DTSTART"].dt > NOW
    ]
    assert len(own) == 3
    assert any("Marks" in event["SUMMARY"] for event in own)
    assert any(event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=90) for event in own)


async def test_days_of_rest_are_left_out_also_beyond_what_is_planned(pages: ArchivePages) -> None:
    await materialise(pages)
    rest = datetime(2027, 3, 2, 20, tzinfo=ZoneInfo("America/New_York"))
    async with pages.web.store.begin() as tx:
        [slot] = await tx.slots(pages.archive.series.id)
        await tx.skip_dates(slot, [rest.date()])
        tx.stale_communities.add(pages.archive.community.id)
    found = expanded(parsed((await pages.get("calendar.ics")).body), rest + timedelta(days=30))
    assert rest.astimezone(UTC) not in found
    assert (rest + timedelta(days=7)).astimezone(UTC) in found
    await the_same(pages)


async def test_a_series_that_rests_has_no_coming_dates(pages: ArchivePages) -> None:
    await materialise(pages)
    await pages.change("UPDATE series SET paused = 1 WHERE id = :id", id=pages.archive.series.id)
    found = expanded(parsed((await pages.get("calendar.ics")).body), FAR)
    assert {title for at, title in found.items() if at > NOW} == {"First Years"}


async def test_a_weekly_chat_has_a_calendar_of_its_own(pages: ArchivePages) -> None:
    await materialise(pages)
    got = await pages.get(f"{pages.archive.series.slug}/calendar.ics")
    assert got.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = parsed(got.body)
    assert str(calendar["X-WR-CALNAME"]) == "Weeknight Inquiry"
    assert {title.partition(":")[0] for title in expanded(calendar, FAR).values()} == {"Weeknight Inquiry"}


async def test_a_date_tells_its_questions_once_they_are_announced(pages: ArchivePages) -> None:
    calendar = parsed((await pages.get("calendar.ics")).body)
    events = {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}
    told = str(events["Weeknight Inquiry: Questions worth staying in for"]["DESCRIPTION"])
    page = pages.web.base + pages.at(await pages.page(pages.archive.ahead))
    assert told.split("\n") == [*(f"Q{number}: {text}" for number, text in enumerate(AHEAD, 1)), page]
    assert str(events["Weeknight Inquiry: Questions worth staying in for"]["URL"]) == page
    await pages.change("UPDATE chat SET state = 'planned' WHERE id = :id", id=pages.archive.ahead)
    assert AHEAD[0] not in (await pages.get("calendar.ics")).text.replace("\r\n ", "")


async def test_ids_of_events_stay(pages: ArchivePages) -> None:
    await materialise(pages)
    before = {str(e["UID"]) for e in parsed((await pages.get("calendar.ics")).body).walk("VEVENT")}
    await pages.change("UPDATE chat SET topic = 'Other', slug = slug || '-9' WHERE state = 'planned'")
    await pages.change("UPDATE series SET title = 'Other'")
    assert {str(e["UID"]) for e in parsed((await pages.get("calendar.ics")).body).walk("VEVENT")} == before


async def test_one_chat_is_one_appointment(pages: ArchivePages) -> None:
    got = await pages.get(await pages.page(pages.archive.held) + "event.ics")
    assert got.headers["content-disposition"] == (
        'attachment; filename="2026-11-17-feedback-that-moves-learning-not-just-grades.ics"'
    )
    [event] = parsed(got.body).walk("VEVENT")
    assert str(event["SUMMARY"]) == f"Weeknight Inquiry: {TOPIC}"
    assert event["DTSTART"].dt == datetime(2026, 11, 17, 20, tzinfo=ZoneInfo("America/New_York"))
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=1)
    assert str(event["STATUS"]) == "CONFIRMED"
    [off] = parsed((await pages.get(await pages.page(pages.archive.cancelled) + "event.ics")).body).walk(
        "VEVENT"
    )
    assert str(off["STATUS"]) == "CANCELLED"


@pytest.mark.parametrize(
    "title",
    [
        case("B085").input,
        "a, b; c \\ d\n" + "x" * 200,
        "é" * 100,
        "\U0001f600" * 99 + "\r\nBEGIN:VEVENT",
        case("B095").input,
        "nul \0 bell \x07",
    ],
)
async def test_b344_titles_are_escaped_and_folded(pages: ArchivePages, title: str) -> None:
    await pages.change("UPDATE chat SET topic = :topic WHERE id = :id", topic=title, id=pages.archive.ahead)
    got = await pages.get(await pages.page(pages.archive.ahead) + "event.ics")
    [event] = parsed(got.body).walk("VEVENT")
    kept = title.replace("\r\n", "\n").replace("\0", "\ufffd").replace("\x07", "")
    assert str(event["SUMMARY"]) == f"Weeknight Inquiry: {kept}"


@pytest.mark.parametrize(
    "zone", ["America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca"]
)
@pytest.mark.parametrize(
    "words",
    [
        "every Tuesday 8 pm",
        "every 2 weeks on Thu 2:30 am",
        "1st and 3rd Sunday 2:30 am",
        "every day 1:30 am 12 times",
        "weekdays 05:30 until 1 Apr 2027",
    ],
)
def test_every_kind_of_rule_expands_to_its_dates(zone: str, words: str) -> None:
    now = datetime(2026, 9, 20, 12, tzinfo=UTC)
    rule = parse_recurrence(words, zone, now)
    found = upcoming(rule, now, weeks=40)
    calendar = parsed(calendar_file(diary(rule, found, now)))
    last = found[-1].at
    shown = {at for at in expanded(calendar, last + timedelta(days=1)) if at <= last}
    assert shown == {one.at for one in found}


@pytest.mark.parametrize(
    "zone", ["America/New_York", "Europe/London", "Australia/Lord_Howe", "Europe/Dublin", "America/Sao_Paulo"]
)
def test_the_file_says_itself_when_clocks_change(zone: str) -> None:
    now = datetime(2026, 9, 20, 12, tzinfo=UTC)
    rule = parse_recurrence("every day 8 pm", zone, now)
    [told] = parsed(calendar_file(diary(rule, upcoming(rule, now), now))).walk("VTIMEZONE")
    onsets, theirs = sorted(changes(told)), ZoneInfo(zone)
    hours = [now + timedelta(hours=number) for number in range(24 * 500)]
    after = [at for at in hours if offset(at, theirs) != offset(at + timedelta(hours=1), theirs)]
    assert len(after) == (0 if zone == "America/Sao_Paulo" else 3)
    for at in [
        *hours[::97],
        *(one + timedelta(minutes=part) for one in after for part in range(-90, 151, 15)),
    ]:
        mine = next(after for began, after in reversed(onsets) if began <= at)
        assert mine == offset(at, theirs), at


def changes(told: Any) -> Iterator[tuple[datetime, timedelta]]:
    """When each offset of a zone begins, as RFC 5545 means it: on the clock that is about to change."""
    for part in told.subcomponents:
        given = part["RDATE"].dts if "RDATE" in part else []
        for local in (part["DTSTART"].dt, *(one.dt for one in given)):
            yield local.replace(tzinfo=UTC) - part.TZOFFSETFROM, part.TZOFFSETTO


def offset(at: datetime, zone: tzinfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def diary(rule: Recurrence, found: Any, now: datetime) -> Diary:
    """A diary of one rule with its chats."""
    series = Series(1, 1, "Weekly EdChat", slug="edchat")
    chats = [
        Listed(Chat(number, 1, rule.zone, one.at, one.at + series.length, 7, one.local, slug="x"), series)
        for number, one in enumerate(found, 1)
    ]
    slot = Slot(7, 1, rule, frozenset(one.local for one in found), found[-1].local)
    return Diary("Ed", "https://ed.example/ed/", now, chats, [slot])
