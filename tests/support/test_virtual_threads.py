"""Threads that work for the virtual loop: waited for, never leapt over, and the same in every run."""

import asyncio
import random
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from tests.support.virtual_loop import StuckError, run_virtual, running_virtual_loop

START = datetime(2026, 1, 7, 19, 0, tzinfo=UTC)
Log = list[tuple[float, str]]


def pause_for_real(seconds: float) -> int:
    """Hold the calling thread up in real time, which virtual time does not touch."""
    threading.Event().wait(seconds)
    return 1


@asynccontextmanager
async def database(path: Path, pause: Callable[[], int], connections: int = 1) -> AsyncIterator[AsyncEngine]:
    """Open a SQLite file in which `pause()` may be called from SQL, in the connection's thread."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", pool_size=connections, max_overflow=0)

    @event.listens_for(engine.sync_engine, "connect")
    def teach(connection: Any, _record: object) -> None:
        connection.create_function("pause", 0, pause)

    try:
        yield engine
    finally:
        await engine.dispose()


async def value_of(engine: AsyncEngine, sql: str) -> Any:
    async with engine.connect() as connection:
        return (await connection.execute(text(sql))).scalar()


def test_a_slow_job_is_waited_for_and_not_leapt_over(tmp_path: Path) -> None:
    async def scenario() -> Log:
        loop, log = running_virtual_loop(), Log()
        loop.call_later(1, lambda: log.append((loop.time(), "a second is over")))
        async with database(tmp_path / "slow.db", lambda: pause_for_real(0.2)) as engine:
            log.append((loop.time(), f"answer {await value_of(engine, 'SELECT pause()')}"))
            await asyncio.sleep(2)
        return log

    assert run_virtual(scenario(), START) == [(0, "answer 1"), (1, "a second is over")]


def test_an_executor_works_in_its_own_thread_while_the_loop_stands_still() -> None:
    async def scenario() -> None:
        loop = running_virtual_loop()
        loop.call_later(1, lambda: None)
        worker = await asyncio.to_thread(lambda: (pause_for_real(0.05), threading.get_ident())[1])
        assert worker != threading.get_ident()
        assert loop.time() == 0
        with pytest.raises(KeyError):
            await loop.run_in_executor(None, {}.popitem)

    run_virtual(scenario(), START)


class BusyDay:
    """People write and read at times that collide; some give up while their job is in the thread."""

    def __init__(self, seed: int) -> None:
        self.dice, self.jitter = random.Random(seed), random.Random()
        self.log = Log()

    def note(self, what: str) -> None:
        self.log.append((running_virtual_loop().time(), what))

    def pause(self) -> int:
        return pause_for_real(self.jitter.random() / 1000)

    async def run(self, path: Path, readers: int) -> Log:
        """One connection writes; readers have their own, or share it if there are none."""
        async with database(path, self.pause) as writer, database(path, self.pause, readers or 1) as library:
            async with writer.begin() as connection:
                await connection.execute(text("PRAGMA journal_mode=WAL"))
                await connection.execute(text("CREATE TABLE said (who TEXT, yes INTEGER)"))
            await self.gather_people(writer, library if readers else writer)
            self.note(await asyncio.to_thread(lambda: f"thread {self.pause()}"))
            self.note(f"in the end {await value_of(writer, 'SELECT count(*) FROM said')}")
        return self.log

    async def gather_people(self, writer: AsyncEngine, library: AsyncEngine) -> None:
        loop = running_virtual_loop()
        crowd = [asyncio.create_task(self.person(name, writer, library)) for name in "abcdefgh"]
        for task in crowd[::3]:
            loop.call_later(self.dice.choice([0.001, 0.25, 0.5]), task.cancel)
        for number in range(40):
            loop.call_later(number / 40, self.note, f"tick {number}")
        outcomes = await asyncio.gather(*crowd, return_exceptions=True)
        self.note(" ".join(type(outcome).__name__ for outcome in outcomes))

    async def person(self, name: str, writer: AsyncEngine, library: AsyncEngine) -> None:
        for turn in range(6):
            await asyncio.sleep(self.dice.choice([0, 0, 0.001, 0.25]))
            asyncio.get_running_loop().call_soon(self.note, f"{name}{turn} soon")
            async with writer.begin() as connection:
                await connection.execute(text("INSERT INTO said VALUES (:who, pause())"), {"who": name})
                self.note(f"{name}{turn} wrote")
            count = await value_of(library, "SELECT pause() * count(*) FROM said")
            self.note(f"{name}{turn} counts {count}")


@pytest.mark.parametrize("times", [5, pytest.param(20, marks=pytest.mark.slow)])
@pytest.mark.parametrize("readers", [0, 3])
def test_runs_of_one_seed_are_the_same_run(tmp_path: Path, readers: int, times: int) -> None:
    runs = [run_virtual(BusyDay(7).run(tmp_path / f"{n}.db", readers), START) for n in range(times)]
    assert [number for number, run in enumerate(runs) if run != runs[0]] == []
    written = sum("wrote" in what for _, what in runs[0])
    assert 30 <= written < 48, "some were cancelled in the middle, most were not"
    assert runs[0][-1][1] in {f"in the end {written}", f"in the end {written - 1}"}
    assert "CancelledError" in runs[0][-3][1]


def test_another_seed_is_another_run(tmp_path: Path) -> None:
    runs = [run_virtual(BusyDay(seed).run(tmp_path / f"{seed}.db", 0), START) for seed in (1, 2)]
    assert runs[0] != runs[1]


def test_a_cancelled_wait_leaves_nothing_owed_and_the_job_done(tmp_path: Path) -> None:
    async def insert(connection: aiosqlite.Connection) -> None:
        await connection.execute("INSERT INTO said VALUES ('yes')")

    async def scenario() -> tuple[bool, bool, int]:
        loop = running_virtual_loop()
        async with aiosqlite.connect(tmp_path / "cancelled.db", isolation_level=None) as connection:
            await connection.execute("CREATE TABLE said (what TEXT)")
            waiter = asyncio.create_task(insert(connection))
            await asyncio.sleep(0)
            waiter.cancel()
            await asyncio.wait([waiter])
            await asyncio.sleep(3600)
            rows = await connection.execute_fetchall("SELECT * FROM said")
        return loop.threads.owing, waiter.cancelled(), len(list(rows))

    assert run_virtual(scenario(), START) == (False, True, 1)


def test_a_job_after_the_end_of_its_connection_holds_nobody_up(tmp_path: Path) -> None:
    async def scenario() -> float:
        connection = await aiosqlite.connect(tmp_path / "stopped.db")
        for _ in range(3):
            connection.stop()
        await asyncio.sleep(1)
        return running_virtual_loop().time()

    began = time.perf_counter()
    assert run_virtual(scenario(), START) == 1
    assert time.perf_counter() - began < 1


def test_a_connection_that_waits_for_anothers_lock_gets_it(tmp_path: Path) -> None:
    async def add(path: Path, log: list[str], name: str) -> None:
        async with aiosqlite.connect(path, isolation_level=None, timeout=5) as connection:
            await connection.execute("BEGIN IMMEDIATE")
            log.append(f"{name} in")
            for _ in range(5):
                await connection.execute("INSERT INTO said VALUES (?)", (name,))
            log.append(f"{name} out")
            await connection.execute("COMMIT")

    async def scenario() -> list[str]:
        path, log = tmp_path / "contended.db", list[str]()
        async with aiosqlite.connect(path) as connection:
            await connection.execute("CREATE TABLE said (what TEXT)")
        await asyncio.gather(add(path, log, "ana"), add(path, log, "bo"))
        return log

    assert run_virtual(scenario(), START, patience=0.1) in (
        ["ana in", "ana out", "bo in", "bo out"],
        ["bo in", "bo out", "ana in", "ana out"],
    )


def test_an_engine_closed_at_once_lets_its_threads_end(tmp_path: Path) -> None:
    async def scenario() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'pool.db'}", poolclass=NullPool)
        for _ in range(3):
            assert await value_of(engine, "SELECT 1") == 1
        await engine.dispose()

    before = threading.active_count()
    run_virtual(scenario(), START)
    for _ in range(100):
        if threading.active_count() <= before:
            break
        pause_for_real(0.01)
    assert threading.active_count() <= before


def test_a_thread_that_never_answers_is_told(tmp_path: Path) -> None:
    free = threading.Event()

    async def scenario() -> None:
        async with database(tmp_path / "hung.db", free.wait) as engine:
            try:
                await value_of(engine, "SELECT pause()")
            finally:
                free.set()

    with pytest.raises(StuckError, match="a database thread does not answer"):
        run_virtual(scenario(), START, timeout=0.1)


def test_an_executor_that_never_ends_is_told() -> None:
    free = threading.Event()

    async def scenario() -> None:
        try:
            await asyncio.to_thread(free.wait)
        finally:
            free.set()

    with pytest.raises(StuckError, match="does not come back from its thread"):
        run_virtual(scenario(), START, timeout=0.1)
