"""The virtual loop keeps time, lets sockets speak, ends the same way twice, and says when it is stuck."""

import asyncio
import itertools
import random
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import aiosqlite
import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from tests.support.virtual_loop import StuckError, run_virtual, running_virtual_loop

START = datetime(2026, 1, 7, 19, 0, tzinfo=UTC)


# Time


def test_a_year_of_weekly_jobs_is_leapt_over_and_each_is_on_its_minute() -> None:
    seen: list[datetime] = []

    async def year() -> None:
        scheduler = AsyncIOScheduler(timezone=UTC)
        done = asyncio.Event()

        async def chat() -> None:
            seen.append(running_virtual_loop().wall)
            if len(seen) == 52:
                done.set()
            else:
                scheduler.add_job(chat, "date", run_date=seen[-1] + timedelta(weeks=1))

        scheduler.start()
        scheduler.add_job(chat, "date", run_date=START + timedelta(weeks=1))
        await done.wait()
        scheduler.shutdown()

    began = time.perf_counter()
    run_virtual(year(), START)
    assert seen == [START + timedelta(weeks=week) for week in range(1, 53)]
    assert time.perf_counter() - began < 1


def test_the_wall_clock_moves_with_the_loop_to_the_microsecond() -> None:
    async def scenario() -> None:
        loop = running_virtual_loop()
        for delay in (0.1, 1 / 3, 86_400 * 200.7, 1e-7, 0.000_001):
            before = loop.time()
            await asyncio.sleep(delay)
            assert loop.time() - before >= delay - 1e-7
            assert datetime.now(UTC) == loop.wall == START + loop.elapsed
            assert time.time() == pytest.approx(START.timestamp() + loop.time(), abs=1e-6)

    run_virtual(scenario(), START)


def test_a_clock_step_moves_the_wall_alone() -> None:
    async def scenario() -> list[tuple[float, datetime]]:
        loop, seen = running_virtual_loop(), []
        for step in (timedelta(0), timedelta(hours=2), timedelta(hours=-5, microseconds=-1)):
            timer = loop.call_later(60, lambda: None)
            loop.step_wall_clock(step)
            await asyncio.sleep(60)
            assert timer.when() == loop.time()
            seen.append((loop.time(), loop.wall))
        return seen

    assert run_virtual(scenario(), START) == [
        (60, START + timedelta(minutes=1)),
        (120, START + timedelta(hours=2, minutes=2)),
        (180, START + timedelta(hours=-3, minutes=3, microseconds=-1)),
    ]


def test_timers_of_one_instant_run_in_the_order_of_their_setting() -> None:
    async def scenario() -> list[int]:
        loop, order = running_virtual_loop(), list[int]()
        for number in range(50):
            loop.call_later(5, order.append, number)
        await asyncio.sleep(5)
        return order

    assert run_virtual(scenario(), START) == list(range(50))


def fail() -> None:
    raise LookupError("as a scenario may")


@pytest.mark.parametrize("ending", [lambda: None, fail])
def test_real_time_is_back_afterwards(ending: Callable[[], None]) -> None:
    async def scenario() -> None:
        await asyncio.sleep(86_400)
        ending()

    before, zone, queue = datetime.now(UTC), time.tzname, vars(aiosqlite.core)["SimpleQueue"]
    try:
        run_virtual(scenario(), START - timedelta(days=9000))
    except LookupError:
        assert ending is fail
    else:
        assert ending is not fail
    assert timedelta(0) <= datetime.now(UTC) - before < timedelta(seconds=30)
    assert (time.tzname, vars(aiosqlite.core)["SimpleQueue"]) == (zone, queue)


# Sockets


def answer_once(server: socket.socket) -> None:
    """Play a slow server in a thread of its own, of which the loop knows nothing."""
    connection, _ = server.accept()
    with connection:
        threading.Event().wait(0.05)  # real time, which the virtual clock does not touch
        connection.sendall(connection.recv(100))


@pytest.mark.parametrize("deadline", [10, None])
def test_sockets_get_their_moment_before_a_leap(deadline: float | None) -> None:
    async def scenario(server: socket.socket) -> tuple[bytes, float]:
        async with asyncio.timeout(deadline):
            reader, writer = await asyncio.open_connection(*server.getsockname())
            writer.write(b"Q1\n")
            said = await reader.readline()
            writer.close()
            await writer.wait_closed()
        passed = running_virtual_loop().time()
        await asyncio.sleep(86_400)
        return said, passed

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer_once, args=(server,), daemon=True)
        thread.start()
        assert run_virtual(scenario(server), START, settle=0.5) == (b"Q1\n", 0)
        thread.join(5)


# Ends


def test_what_fails_inside_comes_out() -> None:
    async def scenario() -> None:
        await asyncio.sleep(1)
        fail()

    with pytest.raises(LookupError, match="as a scenario may"):
        run_virtual(scenario(), START)


def test_leftovers_are_cancelled_oldest_first_and_clean_up() -> None:
    async def linger(number: int, ended: list[int]) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(5)
            ended.append(number)

    async def scenario(ended: list[int], tasks: list[asyncio.Task[None]]) -> None:
        for number in range(3000):
            task = asyncio.create_task(linger(number, ended) if number % 100 == 0 else asyncio.sleep(0))
            tasks.append(task)
        await asyncio.sleep(1)

    ended, tasks = list[int](), list[asyncio.Task[None]]()
    run_virtual(scenario(ended, tasks), START)
    assert ended == list(range(0, 3000, 100))
    assert [number for number, task in enumerate(tasks) if task.cancelled()] == ended


def test_a_group_that_falls_falls_the_same_way_every_time() -> None:
    async def member(number: int, fallen: list[str]) -> None:
        try:
            await asyncio.sleep(1 if number == 20 else 9)
            fail()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            fallen.append(task.get_name() if task else "")
            raise

    async def scenario(fallen: list[str]) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(40):
                group.create_task(member(number, fallen))

    runs, ballast = list[list[str]](), list[list[object]]()
    for _ in range(10):
        runs.append([])
        ballast.append([object() for _ in range(random.randrange(5000))])  # moves what is made next in memory
        with pytest.raises(ExceptionGroup):
            run_virtual(scenario(runs[-1]), START)
    assert len(runs[0]) == 39
    assert all(run == runs[0] for run in runs)


def test_a_deadlock_is_told_with_its_place() -> None:
    async def wait_for_nobody() -> None:
        await asyncio.Event().wait()

    async def scenario() -> None:
        await asyncio.sleep(60)
        await wait_for_nobody()

    with pytest.raises(
        StuckError,
        match=r"(?s)no timer.*2026-01-07T19:01:00.*scenario:\d+ .*wait_for_nobody:\d+ .*Event.wait",
    ):
        run_virtual(scenario(), START)


def test_spinning_is_told() -> None:
    async def scenario() -> None:
        for _ in itertools.repeat(None):
            await asyncio.sleep(0)

    with pytest.raises(StuckError, match="nothing ever waits"):
        run_virtual(scenario(), START, timeout=0.1)


def test_an_endless_run_is_told() -> None:
    async def scenario() -> None:
        for _ in itertools.repeat(None):
            await asyncio.sleep(3600)

    with pytest.raises(StuckError, match="still not done after 30 days"):
        run_virtual(scenario(), START, horizon=timedelta(days=30))
