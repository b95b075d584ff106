"""Clocks: the machine's, and the faster one of the demo that survives a kill."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import Clock, ScaledClock, SystemClock

START = datetime(2026, 3, 8, 6, 0, tzinfo=UTC)
REAL = datetime(2026, 1, 1, tzinfo=UTC)

SECONDS_UNTIL_2100 = 130 * 365 * 86_400
moments = st.integers(0, SECONDS_UNTIL_2100 * 10**6).map(
    lambda us: datetime.fromtimestamp(0, UTC) + timedelta(microseconds=us)
)
rates = st.floats(0.01, 10_000, allow_nan=False)
clocks = st.builds(ScaledClock, moments, moments, rates)


def test_the_system_clock_tells_the_machines_time() -> None:
    clock: Clock = SystemClock()
    with time_machine.travel(START, tick=False):
        assert clock.now() == clock.real() == START
    assert clock.rate == 1.0
    assert clock.to_real(START) == START


def test_a_clock_answers_in_utc() -> None:
    plus_two = START.astimezone(timezone(timedelta(hours=2)))
    assert SystemClock().to_real(plus_two).tzinfo is UTC
    assert ScaledClock(plus_two, plus_two, 2.0).to_real(plus_two).tzinfo is UTC


def test_a_time_without_a_zone_is_refused() -> None:
    naive = START.replace(tzinfo=None)
    with pytest.raises(ValueError, match="zone"):
        SystemClock().to_real(naive)
    with pytest.raises(ValueError, match="zone"):
        ScaledClock(naive, START, 1.0)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("inf"), float("nan")])
def test_a_clock_that_stands_still_or_runs_back_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        ScaledClock(REAL, START, rate)


def test_sixty_times_as_fast_an_hour_is_a_minute() -> None:
    clock = ScaledClock(REAL, START, 60.0)
    with time_machine.travel(REAL + timedelta(minutes=1), tick=False):
        assert clock.now() == START + timedelta(hours=1)
        assert clock.real() == REAL + timedelta(minutes=1)
    assert clock.to_real(START + timedelta(hours=1)) == REAL + timedelta(minutes=1)


@given(clocks, moments)
def test_when_the_alarm_rings_the_step_is_due_and_not_a_tick_later_than_need_be(
    clock: ScaledClock, due: datetime
) -> None:
    offset = abs(due - clock.chat_anchor) / clock.rate
    if offset > timedelta(days=300_000):
        return  # a year that no calendar holds
    rings = clock.to_real(due)
    assert clock.at(rings) >= due
    assert clock.at(rings - timedelta(microseconds=1)) <= due


@given(clocks, *[st.timedeltas(timedelta(0), timedelta(days=30))] * 2)
def test_chat_time_never_runs_back(clock: ScaledClock, first: timedelta, second: timedelta) -> None:
    earlier, later = sorted((clock.real_anchor + first, clock.real_anchor + second))
    assert clock.at(earlier) <= clock.at(later)


@given(clock=clocks)
def test_a_kept_clock_is_the_same_clock(clock: ScaledClock, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("clock") / "clock.json"
    clock.write(path)
    assert ScaledClock.read(path) == clock
    assert [kept.name for kept in path.parent.iterdir()] == ["clock.json"]


def test_opening_again_goes_on_whatever_is_asked(tmp_path: Path) -> None:
    first = ScaledClock.open(tmp_path / "clock.json", START, 60.0)
    assert (first.chat_anchor, first.rate) == (START, 60.0)
    assert ScaledClock.open(tmp_path / "clock.json", REAL, 2.0) == first


def test_the_clock_of_a_killed_process_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    program = (
        "import os, pathlib, signal; from datetime import UTC, datetime; from bot.clock import ScaledClock; "
        f"clock = ScaledClock.open(pathlib.Path({str(path)!r}), datetime(2026, 3, 8, 6, tzinfo=UTC), 60.0); "
        "print(repr(clock), flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert killed.returncode == -9
    assert repr(ScaledClock.open(path, REAL, 1.0)) == killed.stdout.strip()


@pytest.mark.parametrize("kept", ["", "[]", "{}", '{"real_anchor": "x", "chat_anchor": "y", "rate": 1}'])
def test_a_file_that_holds_no_clock_is_named(kept: str, tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    path.write_text(kept)
    with pytest.raises(ValueError, match=r"clock\.json holds no clock"):
        ScaledClock.open(path, START, 1.0)
    assert path.read_text() == kept
