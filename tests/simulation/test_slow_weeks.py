"""A slow chat through a week in which the clocks change, with outages and restarts, told from end to end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.core import drafting
from bot.core.model import Pace
from bot.core.times.recurrence import Recurrence
from tests.simulation.telling import SIX, Told, asked_at, down, state_of, until
from tests.support.faulty import Faulty
from tests.support.house import House, housed
from tests.support.inline_database import inline_database
from tests.support.networks import IN_TURN
from tests.support.virtual_loop import run_virtual

ZONE = "America/New_York"
DAY = timedelta(days=1)
THURSDAY_TO_TUESDAY = (3, 4, 5, 6, 0, 1)
BACK = datetime(2026, 10, 29, 9)  # noqa: DTZ001 - a clock on a wall
"""A Thursday: on the Sunday after it the clocks of New York go back."""
FORWARD = datetime(2027, 3, 11, 9)  # noqa: DTZ001 - a clock on a wall
"""A Thursday: on the Sunday after it they go forward."""


def wall(day: datetime, days: int, clock: str = "09:00") -> datetime:
    """A moment so many days after another, on the clocks of New York."""
    hour, minute = map(int, clock.split(":"))
    return (day + days * DAY).replace(hour=hour, minute=minute, tzinfo=ZoneInfo(ZONE))


async def planned(
    house: House,
    first: datetime,
    questions: Sequence[str] = SIX,
    days: tuple[int, ...] = THURSDAY_TO_TUESDAY,
) -> int:
    """A slow chat with its questions, and the weekly rule that it comes from."""
    now = house.clock.now()
    series = await house.add_series("Slow", asks=Pace.DAILY, days=days)
    async with house.store.begin() as tx:
        slot = await tx.add_slot(series.id, Recurrence(ZONE, first, "FREQ=WEEKLY;BYDAY=TH"))
        chat, *_ = await tx.materialise(series, slot, now)
        before = await tx.running(chat)
        await tx.change(before, drafting.plan(before, "Homework", questions, now), now)
    return chat


def told(
    folder: Path, rooms: str, first: datetime, tell: Told, before: int = 2, clock: str = "19:00"
) -> None:
    """Tell a week in a house whose rooms are on this network, from an hour of some day before."""

    async def telling() -> None:
        with inline_database():
            async with housed(folder, wrap=Faulty, rooms=rooms, longest_sleep=None) as house:
                await tell(house)

    run_virtual(telling(), wall(first, -before, clock))


@pytest.mark.parametrize("rooms", ["terminal", pytest.param("browser", marks=pytest.mark.slow)])
@pytest.mark.parametrize("first", [BACK, FORWARD], ids=["back", "forward"])
def test_a_week_of_outages_asks_each_question_once_at_nine(folder: Path, rooms: str, first: datetime) -> None:
    async def tell(house: House) -> None:
        chat = await planned(house, first)
        await down(house, wall(first, 1, "07:00"), wall(first, 1, "15:30"))
        await down(house, wall(first, 2, "12:00"), wall(first, 2, "12:01"))
        await until(wall(first, 4, "10:00"))
        who = house.person("Ana")
        await who.say("A1: a late thought on the first one")
        await down(house, wall(first, 4, "23:00"), wall(first, 5, "08:59"))
        await until(wall(first, 5, "20:59"))
        assert state_of(house, chat) == "wrapping"
        await until(wall(first, 5, "21:30"))
        await _nothing_twice(house, chat, first)

    told(folder, rooms, first, tell)


async def _nothing_twice(house: House, chat: int, first: datetime) -> None:
    at = asked_at(house)
    assert house.asked() == [f"Q{k}" for k in range(1, 7)]
    on_time = [wall(first, day) for day in range(6)]
    on_time[1] = wall(first, 1, "15:30")
    late = [moment - due for moment, due in zip(at.values(), on_time, strict=True)]
    assert max(late) < timedelta(minutes=2), late
    assert min(late) >= timedelta(), late
    heads = [text[:10] for text, _ in house.posted()]
    for once in ("Next chat:", "Welcome to", "Before we ", "That was H"):
        assert heads.count(once) == 1, once
    assert state_of(house, chat) == "tail"
    [(answers,)] = house.rows("SELECT count(*) FROM message WHERE kind = 'answer'")
    assert answers == 1
    assert not house.rows("SELECT place_id FROM chat_place WHERE live")


@pytest.mark.parametrize("rooms", IN_TURN[:-1])
def test_two_days_pass_with_answers_reminders_and_an_outage(folder: Path, rooms: str) -> None:
    async def tell(house: House) -> None:
        chat = await planned(house, BACK, questions=SIX[:2], days=(3, 4))
        await house.person("Ana").types("!edchat chat remind")
        await until(wall(BACK, 0, "09:05"))
        await house.person("Ana").say("A1: we begin with the morning")
        await down(house, wall(BACK, 1, "08:55"), wall(BACK, 1, "09:20"))
        await until(wall(BACK, 1, "09:30"))
        await house.person("Ben").say("A2: and end in the evening")
        await until(wall(BACK, 1, "21:10"))
        words = [seen.text[:18] for seen in house.network.whispers("Ana")]
        assert words == ["I will remind you ", "Homework starts at", "Homework: Q2: Ques"]
        assert house.asked() == ["Q1", "Q2"]
        filed = "SELECT q.position FROM filing f JOIN question q ON q.id = f.question_id ORDER BY 1"
        assert house.rows(filed) == [(1,), (2,)]
        assert [text for text in house.posts() if text.startswith("That was Homework.")]
        assert state_of(house, chat) == "tail"

    told(folder, rooms, BACK, tell, before=1)


@pytest.mark.parametrize("rooms", IN_TURN[-1:])
def test_hosts_steer_and_end_a_slow_chat_in_its_first_hour(folder: Path, rooms: str) -> None:
    """A homeserver is asked for news every half a minute, so that days take it minutes."""

    async def tell(house: House) -> None:
        chat = await planned(house, BACK, questions=SIX[:2], days=(3, 4))
        await house.person("Ana").types("!edchat chat remind")
        await until(wall(BACK, 0, "09:01"))
        await house.person("Ana").say("A1: we begin with the morning")
        assert "Q2 is going out." in await house.types("!edchat chat next")
        await house.person("Ben").say("A2: and end with the same")
        assert "answers are open until Fri 30 Oct, 9:00 pm ET" in await house.types("!edchat chat next")
        await house.types("!edchat chat end sure=yes")
        await until(wall(BACK, 0, "09:03"))
        words = [seen.text[:18] for seen in house.network.whispers("Ana")]
        assert words == ["I will remind you ", "Homework starts at", "Homework: Q2: Ques"]
        assert house.asked() == ["Q1", "Q2"]
        assert state_of(house, chat) == "tail"

    told(folder, rooms, BACK, tell, before=0, clock="08:45")


def test_days_away_drop_what_has_no_day_left_and_say_so(folder: Path) -> None:
    async def tell(house: House) -> None:
        await planned(house, BACK)
        await down(house, wall(BACK, 0, "12:00"), wall(BACK, 3, "15:00"))
        await until(wall(BACK, 5, "21:30"))
        assert house.asked() == ["Q1", "Q2", "Q3", "Q4"]
        at = list(asked_at(house).values())
        assert at[1] - wall(BACK, 3, "15:00") < timedelta(minutes=2)
        assert [moment.astimezone(ZoneInfo(ZONE)).hour for moment in at[2:]] == [9, 9]
        assert any("no time is left for Q5 and Q6" in text for text in house.posts(house.hosts))

    told(folder, "terminal", BACK, tell)


def test_the_next_week_comes_at_nine_as_well(folder: Path) -> None:
    async def tell(house: House) -> None:
        await planned(house, BACK)
        chats = house.rows("SELECT starts_at, ends_at FROM chat ORDER BY starts_at LIMIT 2")
        assert [starts[11:16] for starts, _ in chats] == ["13:00", "14:00"]
        assert [ends[11:16] for _, ends in chats] == ["02:00", "02:00"]

    told(folder, "terminal", BACK, tell)
