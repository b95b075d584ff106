"""Weekly chats over a year and its changes of clocks: each at its minute on the wall."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.core import drafting
from bot.core.model import Series
from bot.core.times.recurrence import parse_recurrence
from bot.platforms.terminal.lines import Posted
from tests.support.house import House, housed
from tests.support.inline_database import inline_database
from tests.support.virtual_loop import run_virtual

WEEK = timedelta(days=7)


async def _live(house: House, rule: str, zone: str, until: datetime) -> None:
    """Run a weekly chat with two questions, each planned as soon as it has a date."""
    now = house.clock.now()
    async with house.store.begin() as tx:
        slots = [parse_recurrence(rule, zone, now)]
        await tx.add_series(Series(0, 1, "#edchat"), house.place.id, slots, now)
        for series, slot in await tx.slots_to_materialise():
            await tx.materialise(series, slot, now)
    while house.clock.now() < until:
        for (chat_id,) in house.rows("SELECT id FROM chat WHERE state = 'planned' AND topic = ''"):
            await house.steer(chat_id, drafting.plan, "Weekly", ["What worked?", "What next?"])
        await asyncio.sleep(WEEK.total_seconds())


def _weeks(house: House, zone: str) -> Iterator[tuple[date, list[str]]]:
    """The days on which something was opened or asked, with the minutes on the wall."""
    found: dict[date, list[str]] = {}
    for event in house.room().read(None).events:
        if (
            isinstance(event, Posted)
            and event.action.once
            and event.text.startswith(("Welcome", "Q1:", "Q2:"))
        ):
            wall = event.at.astimezone(ZoneInfo(zone))
            found.setdefault(wall.date(), []).append(f"{wall:%H:%M:%S} {event.text[:2]}")
    yield from found.items()


@pytest.mark.parametrize(
    ("zone", "rule", "first", "weeks"),
    [
        pytest.param(
            *("America/New_York", "every Tuesday 8 pm", datetime(2026, 1, 2, tzinfo=UTC), 52),
            marks=pytest.mark.slow,
        ),
        ("America/New_York", "every Tuesday 8 pm", datetime(2026, 2, 20, tzinfo=UTC), 5),
        pytest.param(
            *("America/New_York", "every Tuesday 8 pm", datetime(2026, 10, 16, tzinfo=UTC), 5),
            marks=pytest.mark.slow,
        ),
        pytest.param(
            *("Australia/Lord_Howe", "every Sunday 00:30", datetime(2026, 3, 18, tzinfo=UTC), 5),
            marks=pytest.mark.slow,
        ),
        ("Australia/Lord_Howe", "every Sunday 00:30", datetime(2026, 9, 17, tzinfo=UTC), 5),
    ],
)
def test_every_chat_opens_and_asks_at_its_minute(
    folder: Path, zone: str, rule: str, first: datetime, weeks: int
) -> None:
    async def year() -> dict[date, list[str]]:
        with inline_database():
            async with housed(folder, longest_sleep=None) as house:
                await _live(house, rule, zone, first + weeks * WEEK)
                return dict(_weeks(house, zone))

    held = run_virtual(year(), first)
    days = sorted(held)
    assert len(days) == weeks
    assert [b - a for a, b in pairwise(days)] == [WEEK] * (weeks - 1)
    begin = "20:00 20:06 20:14" if zone == "America/New_York" else "00:30 00:36 00:44"
    minutes = [f"{at}:00 {what}" for at, what in zip(begin.split(), ("We", "Q1", "Q2"), strict=True)]
    assert all(shown == minutes for shown in held.values()), held
    offsets = {datetime(d.year, d.month, d.day, 20, tzinfo=ZoneInfo(zone)).utcoffset() for d in days}
    assert len(offsets) == 2, "the clocks must change on the way"
