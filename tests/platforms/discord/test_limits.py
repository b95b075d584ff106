"""The order in which requests go out, how many a second, and how waiting looks to whoever asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.actions import Action, Urgency
from bot.platform import Later, Outgoing
from bot.platforms.discord import sending
from bot.platforms.discord.limits import MANY, RATE, Bucket, Limits, Turn, taking
from tests.platforms.discord.speaking import Speaking, speaking
from tests.support.bad_inputs import case
from tests.support.fake_discord.server import FakeDiscord
from tests.support.virtual_loop import run_virtual


@pytest.fixture
async def room(fake: FakeDiscord, tmp_path: Path) -> AsyncIterator[Speaking]:
    async with speaking(fake, tmp_path) as made:
        yield made


def dry(limits: Limits, rate: float) -> None:
    """Let the bucket be empty, and fill slowly."""
    limits.bucket.rate, limits.bucket.burst = rate, 1
    limits.bucket._fill()
    limits.bucket._level = 0


async def test_no_more_pass_in_a_second_than_discord_takes() -> None:
    bucket, began = Bucket(), asyncio.get_running_loop().time()
    passed: list[float] = []

    async def one() -> None:
        await bucket.take(0, 0, None)
        passed.append(asyncio.get_running_loop().time() - began)

    await asyncio.gather(*(one() for _ in range(95)))
    assert max(sum(at <= other < at + 1 for other in passed) for at in passed) <= 49
    assert passed[-1] <= 1.2 * 95 / RATE


def test_a_bucket_that_is_all_but_full_is_waited_for_and_not_spun_for() -> None:
    async def take() -> float:
        bucket = Bucket(burst=1)
        await bucket.take(0, 0, None)
        bucket._level = 1 - 1e-9
        await bucket.take(0, 0, 1)
        return asyncio.get_running_loop().time()

    assert run_virtual(take(), datetime(2026, 11, 24, 20, tzinfo=UTC)) == 0.001


async def test_the_most_urgent_and_among_equals_the_earliest_goes_first() -> None:
    bucket = Bucket(rate=200, burst=1)
    await bucket.take(0, 0, None)
    passed: list[tuple[str, int]] = []

    async def one(urgency: Urgency, number: int) -> None:
        await bucket.take(urgency, number, None)
        passed.append((urgency.name, number))

    kinds = (Urgency.RECEIPT, Urgency.CARD, Urgency.PIN, Urgency.THREAD, Urgency.POST)
    await asyncio.gather(*(one(kind, number) for kind in kinds for number in (2, 1)))
    names = ("POST", "THREAD", "PIN", "CARD", "RECEIPT")
    assert passed == [(name, number) for name in names for number in (1, 2)]


def test_who_gives_up_waiting_takes_nobodys_place() -> None:
    async def take() -> float:
        bucket = Bucket(rate=20, burst=1)
        await bucket.take(0, 0, None)
        for _ in range(3):
            with pytest.raises(TimeoutError):
                await bucket.take(0, 0, 0.01)
        await bucket.take(1, 1, None)
        return asyncio.get_running_loop().time()

    assert run_virtual(take(), datetime(2026, 11, 24, 20, tzinfo=UTC)) == pytest.approx(0.05, abs=0.002)


async def test_a_turn_that_comes_in_the_very_moment_in_which_waiting_ends_is_taken() -> None:
    bucket = Bucket(rate=25, burst=1)
    await bucket.take(0, 0, None)
    asked = asyncio.create_task(bucket.take(0, 0, 0.05))
    await asyncio.sleep(0)
    time.sleep(0.1)  # noqa: ASYNC251 - both are overdue when the loop looks again
    await asked


async def test_what_is_begun_waits_longer_than_what_is_not() -> None:
    limits = Limits(Bucket(rate=10, burst=1))
    turn = Turn(Urgency.PIN, 0, 0.01)
    with taking(turn):
        await limits.let_through()
        await limits.let_through()
        assert turn.patience > 1


async def test_a_waiting_question_overtakes_whatever_else_waits(room: Speaking) -> None:
    messages = [await room.posts(f"old {number}") for number in range(3)]
    dry(room.limits, 20)
    mark = len(room.fake.requests)
    waiting = [
        asyncio.create_task(room.does(action, "1", target=target))
        for action in (Action.RECEIPT, Action.EDIT, Action.PIN, Action.THREAD)
        for target in messages[:2]
    ]
    await asyncio.sleep(0)
    question = asyncio.create_task(room.posts("Q1"))
    await question
    first = [(one.method, one.path.rpartition("/")[2]) for one in room.fake.requests[mark:]]
    assert first == [("POST", "messages")]
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_waiting_for_a_turn_is_no_failed_attempt_and_keeps_its_number(
    room: Speaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "POST_WAITS", 0.05)
    dry(room.limits, 2)
    first, second = room.out(Action.POST, "Q1"), room.out(Action.POST, "Q2")
    with pytest.raises(Later) as later:
        await room.life.platform.send(first)
    assert later.value.seconds == 0
    await asyncio.gather(_until_sent(room, second), _until_sent(room, first, 0.02))
    assert room.texts() == ["Q1", "Q2"]
    assert not room.life.platform._sender._lining


async def test_while_many_questions_go_out_a_thread_waits_and_costs_no_request(
    room: Speaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await room.posts("Q1")
    for _ in range(MANY):
        room.limits.rush.note()
    mark = len(room.fake.requests)
    thread = room.out(Action.THREAD, "17 Nov Q1", target=message)
    with pytest.raises(Later) as later:
        await room.life.platform.send(thread)
    assert later.value.seconds >= 1
    assert room.fake.requests[mark:] == []
    await room.posts("Q2")
    monkeypatch.setattr(sending, "LONGEST_RUSH", 0.0)
    await room.life.platform.send(thread)


async def test_a_few_posts_are_no_rush(room: Speaking) -> None:
    message = await room.posts("Q1")
    for _ in range(MANY - 3):
        room.limits.rush.note()
    await room.life.platform.send(room.out(Action.THREAD, "17 Nov Q1", target=message))


@pytest.mark.parametrize(
    ("name", "many", "seconds"), [("B390", 200, 10), pytest.param("B391", 500, 20, marks=pytest.mark.slow)]
)
async def test_many_questions_at_once_all_go_out_within_discords_limits(
    name: str, many: int, seconds: int, fake: FakeDiscord, tmp_path: Path
) -> None:
    assert f"all Q1 posted <= {seconds} s" in case(name).expect
    fake.limits.on = True
    async with speaking(fake, tmp_path) as room:
        world = fake.world
        rooms = [world.make_channel(room.guild, f"room-{number}") for number in range(many)]
        await asyncio.sleep(1.1)  # what the login asked for is forgotten
        outs = [
            room.out(Action.POST, "Q1", place=replace(room.place, native_id=str(one.id))) for one in rooms
        ]
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*(_until_sent(room, out) for out in outs))
        took = asyncio.get_running_loop().time() - began
    assert [len(world.messages[one.id]) for one in rooms] == [1] * many
    assert fake.limits.said_too_many <= 2  # what was let through in turn may arrive together
    assert took <= seconds


async def _until_sent(room: Speaking, out: Outgoing, wait: float = 0) -> None:
    while True:
        await asyncio.sleep(wait)
        try:
            await room.life.platform.send(out)
        except Later as later:
            wait = later.seconds
        else:
            return
