"""What is measured is held against what was promised: a target that is missed is no success."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as bench


@pytest.mark.parametrize(
    ("found", "missed"),
    [
        ({"cached page a second": 1500.0, "uncached page, one reader, p99 ms": 30.0}, []),
        ({"cached page a second": 1499.0}, ["cached page a second"]),
        ({"uncached page, one reader, p99 ms": 30.1}, ["uncached page, one reader, p99 ms"]),
        ({"search, commonest phrase, p95 ms": 51.0}, ["search, commonest phrase, p95 ms"]),
        ({"a figure that nobody promised": 1e9}, []),
    ],
)
def test_a_target_is_missed_on_its_wrong_side_only(found: dict[str, float], missed: list[str]) -> None:
    assert bench.missed(found) == missed


@pytest.mark.parametrize(("second", "ends_with"), [(1600.0, None), (12.0, "missed: cached page a second")])
def test_a_missed_target_is_told_to_whoever_started_the_measures(
    monkeypatch: pytest.MonkeyPatch, second: float, ends_with: str | None
) -> None:
    async def measure(_folder: Path) -> dict[str, float]:
        return {"cached page a second": second}

    monkeypatch.setattr(bench, "MEASURES", {"pages": measure})
    monkeypatch.setattr("bot.logs.set_up", lambda _level: None)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--json"])
    if ends_with is None:
        bench.main()
        return
    with pytest.raises(SystemExit) as ended:
        bench.main()
    assert ended.value.code == ends_with
