"""Steps are taken when they fall due, each once, whatever else goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.model import ChatState, Series, Step, StepKind
from bot.core.times.recurrence import parse_recurrence
from bot.scheduler import AFTER_A_FAULT, Scheduler
from bot.storage.engine import StorageFull
from bot.storage.store import Tx
from tests.support.house import House, housed
from tests.support.inline_database import inline_database
from tests.support.virtual_loop import run_virtual, running_virtual_loop

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
EIGHT = NOON.replace(hour=20)

Told = Callable[[House], Awaitable[None]]


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., None]:
    """Tell what happens in a running house, from noon on."""

    async def tell_in(tell: Told, **options: Any) -> None:
        with inline_database():
            async with housed(tmp_path, **options) as house:
                await tell(house)

    return lambda tell, **options: run_virtual(tell_in(tell, **options), NOON)


async def until(moment: datetime) -> None:
    """Wait until the wall clock shows a moment."""
    await asyncio.sleep((moment - running_virtual_loop().wall).total_seconds())


def steppers(house: House) -> dict[StepKind, Any]:
    """What cogs do at each kind of step, open to additions."""
    scheduler = house.app.scheduler
    scheduler._steppers = {kind: list(found) for kind, found in scheduler._steppers.items()}
    return scheduler._steppers


@pytest.mark.parametrize("longest_sleep", [None, timedelta(seconds=30)])
def test_steps_are_taken_at_their_instant(told: Callable[..., None], longest_sleep: timedelta | None) -> None:
    async def tell(house: House) -> None:
        taken: list[tuple[StepKind, datetime, datetime]] = []

        async def note(tx: Tx, chat_id: int, step: Step, now: datetime) -> None:
            taken.append((step.kind, step.due_at, now))

        for found in steppers(house).values():
            found.append(note)
        await house.add_chat(await house.add_series(), EIGHT, ["One?", "Two?"])
        await until(EIGHT + (timedelta(hours=2) if longest_sleep else timedelta(days=8)))
        before = ["announce", "remind", "open", "intro", "ask", "ask", "wrap", "close", "publish"]
        assert [str(kind) for kind, _, _ in taken] == [*before, *([] if longest_sleep else ["seal"])]
        assert all(now == due for _, due, now in taken[1:])

    told(tell, longest_sleep=longest_sleep)


def test_the_alarm_is_set_anew_when_the_plan_changes(told: Callable[..., None]) -> None:
    async def tell(house: House) -> None:
        await until(EIGHT - timedelta(hours=1))
        chat = await house.add_chat(await house.add_series(), EIGHT, ["One?", "Two?"])
        await until(EIGHT - timedelta(minutes=20))
        await house.types("!edchat chat start")
        await until(EIGHT - timedelta(minutes=13))
        assert house.asked() == ["Q1"]
        assert (await house.running(chat)).chat.asked == 1

    told(tell, longest_sleep=None)


async def held(house: House) -> tuple[int, datetime, dict[str, datetime]]:
    """A chat whose hour is over, when it is to be sealed, and since when which networks are away."""
    away: dict[str, datetime] = {}
    house.app.scheduler._behind = lambda: away
    chat = await house.add_chat(await house.add_series(), EIGHT, ["One?"])
    await until(EIGHT + timedelta(hours=2))
    seals = (await house.running(chat)).when(StepKind.SEAL)
    assert seals is not None
    return chat, seals, away


@pytest.mark.parametrize("stays_away", [False, True])
def test_no_chat_is_sealed_before_what_was_said_meanwhile_can_have_been_read(
    told: Callable[..., None], monkeypatch: pytest.MonkeyPatch, stays_away: bool
) -> None:
    monkeypatch.setattr("bot.scheduler.CATCHES_UP", timedelta(minutes=9))

    async def tell(house: House) -> None:
        chat, seals, away = await held(house)
        left = seals - timedelta(hours=1)
        away |= dict.fromkeys(house.app.platforms, left)
        await until(seals + timedelta(minutes=8))
        assert (await house.running(chat)).chat.state is ChatState.TAIL
        if not stays_away:
            away.clear()
        await until(seals + timedelta(minutes=10))
        sealed = (await house.running(chat)).chat
        assert sealed.state is ChatState.SEALED
        async with house.store.read() as tx:
            gaps = [one.since for place in await tx.places(sealed) for one in await tx.missed(place.id)]
        assert set(gaps) == ({left} if stays_away else set())

    told(tell, longest_sleep=None)


def test_a_network_that_is_back_long_after_the_seal_was_due_is_read_before_it(
    told: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.scheduler.CATCHES_UP", timedelta(minutes=9))

    async def tell(house: House) -> None:
        chat, seals, away = await held(house)
        away |= dict.fromkeys(house.app.platforms, seals - timedelta(hours=1))
        await until(seals + timedelta(minutes=8))
        away |= dict.fromkeys(away, seals + timedelta(minutes=8))
        await until(seals + timedelta(minutes=10))
        assert (await house.running(chat)).chat.state is ChatState.TAIL
        away.clear()
        await until(seals + timedelta(minutes=12))
        sealed = (await house.running(chat)).chat
        assert sealed.state is ChatState.SEALED
        async with house.store.read() as tx:
            assert [one for place in await tx.places(sealed) for one in await tx.missed(place.id)] == []

    told(tell, longest_sleep=None)


async def sealed_between(house: House, chat: int, first: datetime, then: datetime) -> None:
    """See that a chat still waits to be sealed at the first of two moments, and not any more at the other."""
    for moment, state in ((first, ChatState.TAIL), (then, ChatState.SEALED)):
        await until(moment)
        assert (await house.running(chat)).chat.state is state


def test_a_network_that_comes_and_goes_for_ever_keeps_no_chat_from_being_sealed(
    told: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.scheduler.CATCHES_UP", timedelta(minutes=9))

    async def tell(house: House) -> None:
        chat, seals, _ = await held(house)
        names, clock = list(house.app.platforms), house.app.clock
        house.app.scheduler._behind = lambda: dict.fromkeys(names, clock.real() - timedelta(seconds=30))
        await sealed_between(house, chat, seals + timedelta(minutes=17), seals + timedelta(minutes=19))

    told(tell, longest_sleep=None)


def test_a_network_that_is_dead_since_the_bot_began_keeps_no_chat_from_being_sealed_for_long(
    told: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.scheduler.CATCHES_UP", timedelta(minutes=9))

    async def tell(house: House) -> None:
        chat, seals, away = await held(house)
        away |= dict.fromkeys(house.app.platforms, seals)
        await until(seals + timedelta(minutes=8))
        house.app.scheduler._began = began = seals + timedelta(minutes=8)  # as though it were begun anew
        away |= dict.fromkeys(away, began)
        await sealed_between(house, chat, began + timedelta(minutes=8), began + timedelta(minutes=11))

    told(tell, longest_sleep=None)


def test_a_feature_that_fails_holds_up_its_own_chat_alone_and_is_tried_again(
    told: Callable[..., None],
) -> None:
    async def tell(house: House) -> None:
        fails = 3

        async def fail(tx: Tx, chat_id: int, step: Step, now: datetime) -> None:
            nonlocal fails
            if chat_id == first and fails:
                fails -= 1
                raise RuntimeError("a feature has a fault")

        lounge = await house.add_place("lounge")
        first = await house.add_chat(await house.add_series(), EIGHT, ["One?"])
        await house.add_chat(await house.add_series("#other", lounge), EIGHT, ["One?"])
        steppers(house)[StepKind.ASK].append(fail)
        await until(EIGHT + timedelta(minutes=6, seconds=2))
        assert house.asked(lounge) == ["Q1"]
        assert house.asked() == []
        await asyncio.sleep(4 * AFTER_A_FAULT.total_seconds())
        assert house.asked() == ["Q1"]
        assert fails == 0

    told(tell, longest_sleep=None)


def test_a_full_disk_stops_nothing_for_good(told: Callable[..., None]) -> None:
    async def tell(house: House) -> None:
        await house.add_chat(await house.add_series(), EIGHT, ["One?"])

        async def full(tx: Tx, chat_id: int, step: Step, now: datetime) -> None:
            if now < EIGHT + timedelta(minutes=7):
                raise StorageFull("no space")

        steppers(house)[StepKind.ASK].append(full)
        await until(EIGHT + timedelta(minutes=6, seconds=59))
        assert house.asked() == []
        await asyncio.sleep(AFTER_A_FAULT.total_seconds() + 2)
        assert house.asked() == ["Q1"]

    told(tell, longest_sleep=None)


def test_a_round_that_fails_is_tried_again(told: Callable[..., None]) -> None:
    async def tell(house: House) -> None:
        await house.add_chat(await house.add_series(), EIGHT, ["One?"])
        await until(EIGHT + timedelta(minutes=5))
        house.write("ALTER TABLE step RENAME TO mislaid")
        await until(EIGHT + timedelta(minutes=6, seconds=20))
        house.write("ALTER TABLE mislaid RENAME TO step")
        await asyncio.sleep(AFTER_A_FAULT.total_seconds() + 1)
        assert house.asked() == ["Q1"]

    told(tell, longest_sleep=None)


def test_a_year_of_dates_is_laid_out_day_by_day(told: Callable[..., None]) -> None:
    async def tell(house: House) -> None:
        async with house.store.begin() as tx:
            rule = parse_recurrence("every Tuesday 8 pm", "Europe/London", NOON)
            await tx.add_series(Series(0, 1, "#edchat"), 1, [rule], NOON)
        await asyncio.sleep(86400 * 15)
        dates = [at for (at,) in house.rows("SELECT starts_at FROM chat ORDER BY starts_at")]
        assert len(dates) == len(set(dates)) >= 8
        assert dates[-1] > (NOON + timedelta(weeks=9)).isoformat(" ")

    told(tell, longest_sleep=None)


def test_a_held_chat_waits_without_turning_in_circles(told: Callable[..., None]) -> None:
    async def tell(house: House) -> None:
        await house.add_chat(await house.add_series(), EIGHT, ["One?"])
        second = await house.add_chat(
            await house.add_series("#other"), EIGHT + timedelta(minutes=50), ["Two?"]
        )
        await until(EIGHT + timedelta(minutes=51))
        rounds = 0
        take_due = Scheduler.take_due

        async def counted(scheduler: Scheduler) -> None:
            nonlocal rounds
            rounds += 1
            await take_due(scheduler)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Scheduler, "take_due", counted)
            await until(EIGHT + timedelta(minutes=61))
        assert rounds < 60
        assert (await house.running(second)).chat.state.live

    told(tell, longest_sleep=None)


def test_a_paused_chat_is_left_alone_until_a_whole_day_has_gone(told: Callable[..., None]) -> None:
    async def tell(house: House) -> None:
        chat = await house.add_chat(await house.add_series(), EIGHT, ["One?", "Two?"])
        await until(EIGHT + timedelta(minutes=10))
        await house.types("!edchat chat pause")
        await until(EIGHT + timedelta(hours=23))
        assert (await house.running(chat)).chat.state.live
        assert house.asked() == ["Q1"]
        await until(EIGHT + timedelta(hours=25))
        assert not (await house.running(chat)).chat.state.live

    told(tell, longest_sleep=None)
