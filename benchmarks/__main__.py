"""Measures all in one run and prints ratios, and what readers may wait for; a missed target is a fault."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import crowd, discord, ingest, lateness, markup, matrix, pages, parsing, search, waking
from benchmarks.rooms import Lacking
from bot import logs


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio, or what somebody waits for, and what it should be."""

    name: str
    limit: float
    at_least: bool = False

    def met(self, value: float) -> bool:
        """Whether what was measured is good enough."""
        return value >= self.limit if self.at_least else value <= self.limit

    def written(self) -> str:
        """The target in a table."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


MEASURES: dict[str, Callable[[Path], Awaitable[dict[str, float]]]] = {
    "ingest": ingest.measure,
    "waking": waking.measure,
    "parsing": parsing.measure,
    "markup": markup.measure,
    "lateness": lateness.measure,
    "pages": pages.measure,
    "search": search.measure,
    "crowd": crowd.measure,
    "discord": discord.measure,
    "matrix": matrix.measure,
}
TARGETS = (
    Target("step p99 / bare alarm p99", 4),
    Target("step p99 beside 1,000 msg/s / alone", 1.5),
    Target("batched / commit a message", 20, at_least=True),
    Target("batched / bare SQLite", 0.3, at_least=True),
    Target("100,000 planned / 100 planned", 2),
    Target("worst t(2n)/t(n)", 3),
    Target("rendering, worst t(2n)/t(n)", 3),
    Target("cached page / static file", 1, at_least=True),
    Target("cached page a second", 1500, at_least=True),
    Target("uncached page / datasette", 3, at_least=True),
    Target("uncached page, one reader, p99 ms", 30),
    Target("loop lag p99 ms, 16 readers", 50),
    Target("page of 360 answers, kB packed", 35),
    Target("first part of 10,000 answers p95 ms", 300),
    Target("search, commonest word, p95 ms", 50),
    Target("search, commonest beginning, p95 ms", 50),
    Target("search, commonest word, small community, p95 ms", 50),
    Target("search, commonest word, little to read, p95 ms", 50),
    Target("search, commonest word, long ago, p95 ms", 50),
    Target("search, commonest word, one person, p95 ms", 50),
    Target("search, commonest phrase, p95 ms", 50),
    Target("search, word that is nowhere, p95 ms", 50),
    Target("search, commonest sign, p95 ms", 50),
    Target("search, commonest signs, one weekly chat, p95 ms", 50),
    Target("search, commonest signs, little to read, p95 ms", 50),
    Target("search, commonest signs, one person, p95 ms", 50),
    Target("search, commonest signs and word, one weekly chat, p95 ms", 50),
    Target("search / bare FTS5 by rank", 1),
    Target("500 readers of the live view, p99 ms", 1000),
    Target("500 readers of the live view, loop lag p99 ms", 50),
    Target("500 readers of the room, p99 ms", 1000),
    Target("500 readers of the room, loop lag p99 ms", 50),
    Target("500 chats on Discord, drained / (N / 50 s)", 1.2),
    Target("500 chats on Discord, failed", 0),
    Target("500 chats on Discord, threads and pins too early, share", 0.1),
    Target("idle bot / bare discord.py", 2),
    Target("Matrix: caught up / bare /messages", 0.8, at_least=True),
    Target("Matrix: said to stored / bare /messages", 12),
    Target("Matrix: said to stored, p99 ms", 1000),
)


async def measure(names: list[str]) -> tuple[dict[str, float], dict[str, str]]:
    """Every figure of the measures named; and for those that lack something, the command that gets it."""
    found: dict[str, float] = {}
    lacking: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names or MEASURES:
            print(f"measuring {name} ...", file=sys.stderr)
            try:
                found |= await MEASURES[name](Path(folder) / name)
            except Lacking as command:
                lacking[name] = str(command)
    return found, lacking


def missed(found: Mapping[str, float]) -> list[str]:
    """The targets that were measured and not met."""
    return [one.name for one in TARGETS if one.name in found and not one.met(found[one.name])]


def show(found: dict[str, float], lacking: dict[str, str]) -> None:
    """The targets as a table, then the figures behind them."""
    table = Table("what", "measured", "target", "")
    for target in (t for t in TARGETS if t.name in found):
        value = found[target.name]
        table.add_row(target.name, f"{value:.2f}", target.written(), "met" if target.met(value) else "missed")
    for name, command in lacking.items():
        table.add_row(name, "not measured", "", f"first: {command}")
    behind = Table("behind it", "figure")
    for name in sorted(found.keys() - {target.name for target in TARGETS}):
        behind.add_row(name, f"{found[name]:.2f}")
    console = Console(width=100)
    console.print(table, behind)


def main() -> None:
    """Measure and print, and exit with 1 where a target is missed.

    `--json` prints one JSON object alone, names choose measures, `--size=` how much.
    """
    logs.set_up("error")
    names = [name for name in sys.argv[1:] if not name.startswith("-")]
    found, lacking = asyncio.run(measure(names))
    if "--json" not in sys.argv:
        show(found, lacking)
    print(json.dumps({name: round(value, 3) for name, value in found.items()}))
    if names_missed := missed(found):
        sys.exit(f"missed: {'; '.join(names_missed)}")


if __name__ == "__main__":
    main()
