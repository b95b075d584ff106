"""A homeserver's limits: learned from its own no; what matters most goes first, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from bot.core.actions import Action, Urgency
from bot.platform import Later, Outgoing
from bot.platforms.matrix.limits import BURST, FORGET_AFTER, KEPT_BACK, LONGEST_PACE, Limits
from tests.platforms.matrix.speaking import REACTS, SENDS, Speaking, speaking
from tests.support.bad_inputs import case
from tests.support.synapse.people import People, people_on
from tests.support.synapse.proxy import FaultProxy, too_many
from tests.support.synapse.server import Synapse
from tests.support.virtual_loop import run_virtual

NOON: Final = datetime(2026, 11, 19, 12, tzinfo=UTC)


@pytest.fixture
async def room(people: People, proxy: FaultProxy, tmp_path: Path) -> AsyncIterator[Speaking]:
    async with speaking(people, tmp_path, proxy.url) as made:
        yield made


async def insisted(room: Speaking, out: Outgoing, waits: list[float] | None = None) -> str:
    """Do something as the outbox does, waiting as it is told."""
    while True:
        try:
            return await room.platform.send(out)
        except Later as later:
            if waits is not None:
                waits.append(later.seconds)
            await asyncio.sleep(later.seconds)


async def test_b255_a_long_limit_is_told_to_whoever_waits_and_holds_for_every_message(
    room: Speaking, proxy: FaultProxy
) -> None:
    assert "retry_after_ms 120000" in case("B255").input
    proxy.faults.on("PUT", SENDS).does(too_many(120))
    out = room.out(Action.POST, "Q1")
    before = len(proxy.asked("PUT", "/send/"))
    for _ in range(5):
        with pytest.raises(Later) as later:
            await room.platform.send(out)
        assert later.value.seconds == pytest.approx(120, abs=2)
    with pytest.raises(Later):
        await room.posts("Q2")
    assert len(proxy.asked("PUT", "/send/")) == before + 1
    assert await room.bodies() == []


async def test_after_a_short_limit_the_same_key_is_posted_once_and_in_order(
    room: Speaking, proxy: FaultProxy
) -> None:
    proxy.faults.on("PUT", SENDS, times=3).does(too_many(0.3))
    outs = [room.out(Action.POST, f"Q{number}") for number in (1, 2, 3)]
    for out in outs:
        await insisted(room, out)
    assert await room.bodies() == ["Q1", "Q2", "Q3"]
    paths = [one.path for one in proxy.asked("PUT", "/send/m.room.message/")]
    assert len(paths) == 6
    assert len(set(paths)) == 3


async def test_a_limit_that_names_no_time_is_waited_for_as_well(room: Speaking, proxy: FaultProxy) -> None:
    proxy.faults.on("PUT", SENDS).does(too_many(1, told=False))
    with pytest.raises(Later) as later:
        await room.posts("Q1")
    assert 1 <= later.value.seconds <= 10


async def test_a_question_does_not_wait_for_receipts(room: Speaking, proxy: FaultProxy) -> None:
    said = [await room.dana.says(room.room, f"A1: {number}") for number in range(6)]
    proxy.faults.on("PUT", REACTS).does(too_many(0.2))
    done: list[str] = []

    async def does(out: Outgoing, name: str) -> None:
        await insisted(room, out)
        done.append(name)

    receipts = [room.out(Action.RECEIPT, "1", target=one) for one in said]
    with pytest.raises(Later):
        await room.platform.send(receipts[0])
    waiting = [asyncio.create_task(does(out, "receipt")) for out in receipts]
    await does(room.out(Action.POST, "Q2"), "question")
    assert done[0] == "question"
    async with asyncio.timeout(20):
        await asyncio.gather(*waiting)


@pytest.mark.slow
async def test_on_a_server_with_its_makers_limits_all_is_said_in_order_and_questions_first(
    strict_homeserver: Synapse, tmp_path: Path
) -> None:
    async with (
        people_on(strict_homeserver.url) as people,
        FaultProxy(strict_homeserver.url) as proxy,
        speaking(people, tmp_path, proxy.url) as room,
    ):
        posts = [room.out(Action.POST, f"Q{number}") for number in range(14)]
        for out in posts:
            await insisted(room, out)
        assert await room.bodies() == [f"Q{number}" for number in range(14)]
        refusals = [one for one in proxy.requests if one.status == 429]
        assert len(refusals) <= 6


# -- on a time of its own -----------------------------------------------------------------------------------


async def passed(limits: Limits, urgency: Urgency, log: list[str]) -> None:
    number = limits.number()
    while True:
        try:
            await limits.let_through(urgency, number)
        except Later as later:
            await asyncio.sleep(later.seconds)
        else:
            log.append(urgency.name)
            return


def test_nothing_is_held_back_until_the_server_says_so() -> None:
    async def main() -> None:
        limits, log, loop = Limits(), list[str](), asyncio.get_running_loop()
        began = loop.time()
        for _ in range(1_000):
            await passed(limits, Urgency.RECEIPT, log)
        assert loop.time() == began

    run_virtual(main(), NOON)


def test_once_told_the_pace_is_kept_and_something_is_kept_back_for_a_question() -> None:
    async def main() -> None:
        limits, log, loop = Limits(), list[str](), asyncio.get_running_loop()
        limits.refused(5.0)
        began = loop.time()
        receipts = [asyncio.create_task(passed(limits, Urgency.RECEIPT, log)) for _ in range(4)]
        await asyncio.sleep(1)
        await passed(limits, Urgency.POST, log)
        assert loop.time() - began == pytest.approx(5.0, abs=0.1)
        await passed(limits, Urgency.PIN, log)
        assert loop.time() - began == pytest.approx(10.0, abs=1.1)
        await asyncio.gather(*receipts)
        assert log == ["POST", "PIN", *["RECEIPT"] * 4]
        assert loop.time() - began >= 5.0 * (1 + KEPT_BACK)
        at = loop.time()
        for _ in range(int(KEPT_BACK)):
            await passed(limits, Urgency.POST, log)
        assert loop.time() == at

    run_virtual(main(), NOON)


def test_after_a_pause_as_many_may_go_at_once_as_a_server_takes() -> None:
    async def main() -> None:
        limits, log, loop = Limits(), list[str](), asyncio.get_running_loop()
        limits.refused(5.0)
        await asyncio.sleep(300)
        at = loop.time()
        for _ in range(int(BURST)):
            await passed(limits, Urgency.POST, log)
        assert loop.time() == at
        await passed(limits, Urgency.POST, log)
        assert loop.time() - at == pytest.approx(5.0, abs=0.6)

    run_virtual(main(), NOON)


def test_what_the_server_said_is_forgotten_when_it_has_not_said_it_again_for_long() -> None:
    async def main() -> None:
        limits, log = Limits(), list[str]()
        limits.refused(120.0)
        assert limits.pace == LONGEST_PACE
        await asyncio.sleep(FORGET_AFTER + 1)
        await passed(limits, Urgency.POST, log)
        assert limits.pace == 0.0

    run_virtual(main(), NOON)
