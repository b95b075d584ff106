"""Somebody gives a weekly chat's address to their calendar, which follows when the chat is moved."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from icalendar import Calendar

from tests.journeys.evenings import HOME, Evening, evening
from tests.journeys.visitors import Visitor, Visitors

pytestmark = pytest.mark.asyncio(loop_scope="session")

PLANNED: Final = datetime(2026, 11, 24, 20, tzinfo=UTC)
THURSDAY: Final = datetime(2026, 11, 26, 19, tzinfo=UTC)
FRIDAY: Final = datetime(2026, 11, 27, 18, 30, tzinfo=UTC)


async def subscribed(night: Evening, address: str) -> list[datetime]:
    """When "Homework" is held, as a program reads it that keeps no cookies and runs no scripts."""
    got = await night.house.stranger().get(address)
    assert (got.status, got.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    calendar: Any = Calendar.from_ical(got.body)
    return [
        one["DTSTART"].dt.astimezone(UTC) for one in calendar.walk("VEVENT") if "Homework" in one["SUMMARY"]
    ]


async def leads_to(visitor: Visitor, link: str) -> str:
    """The address behind a link, as somebody copies it into their calendar."""
    address: str = await visitor.link(link).evaluate("link => link.href")
    return address.replace("webcal:", "http:")


async def test_a_calendar_follows_a_chat_that_is_moved_in_the_open_and_by_a_members_key(
    tmp_path: Path, come: Visitors
) -> None:
    async with evening(tmp_path, come) as night:
        ana = await night.guest("Ana")
        await ana.opens(HOME)
        await ana.page.get_by_role("main").get_by_role("link", name="Homework").first.click()
        await ana.page.get_by_role("main").get_by_role("link", name="Weekly EdChat", exact=True).first.click()
        address = await leads_to(ana, "Follow by calendar")
        assert await subscribed(night, address) == [PLANNED]
        await night.says('series move date=2026-11-24 to="26 Nov 7 pm"', night.house.place)
        assert await subscribed(night, address) == [THURSDAY]

        await night.says("series edit readers=members", night.house.place)
        assert (await night.house.stranger().get(address)).status == 404
        await ana.opens(f"{HOME}feeds/")
        await ana.button("Give me personal addresses").click()
        row = ana.page.get_by_role("row", name="Weekly EdChat")
        mine: str = await row.get_by_role("link", name="iCalendar").evaluate("link => link.href")
        assert await subscribed(night, mine) == [THURSDAY]
        await night.says('series move date=2026-11-26 to="27 Nov 6:30 pm"', night.house.place)
        assert await subscribed(night, mine) == [FRIDAY]
        await ana.button("End all I was given").click()
        assert (await night.house.stranger().get(mine)).status == 404
