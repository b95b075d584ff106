"""The house: what its plan, its lock and its papers say is so."""

from __future__ import annotations

import ast
import json
import os
import re
import statistics
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools.lock import faults, pins

HOUSE = Path(__file__).parents[1]
PRODUCT = sorted(file for room in ("bot", "cogs", "migrations") for file in (HOUSE / room).rglob("*.py"))
PYPROJECT = (HOUSE / "pyproject.toml").read_text(encoding="utf-8")
LOCK = (HOUSE / "requirements.lock").read_text(encoding="utf-8")
CORE = sorted((HOUSE / "bot" / "core").rglob("*.py"))
CORE_MAY_IMPORT = sys.stdlib_module_names - {
    "asyncio", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "select", "shutil",
    "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "uuid",
} | {"bot.core", "dateutil"}  # fmt: skip


def imported(file: Path) -> set[str]:
    """Give what a file imports: `bot.core` for our own rooms, the package for others."""
    names = [
        name
        for node in ast.walk(ast.parse(file.read_bytes()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
        )
    ]
    return {
        ".".join(name.split(".")[:2]) if name.startswith("bot.") else name.split(".")[0] for name in names
    }


def defined(file: Path) -> set[str]:
    """Give the public names that a file defines itself."""
    names: set[str] = set()
    for node in ast.parse(file.read_bytes()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return {name for name in names if not name.startswith("_")}


def called(file: Path) -> set[str]:
    """Give the names of the methods a file calls."""
    nodes = ast.walk(ast.parse(file.read_bytes()))
    return {n.func.attr for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}


def sizes() -> list[tuple[int, str]]:
    """Give each function's lines and name, longest first."""
    functions = [
        ((node.end_lineno or 0) - node.lineno + 1, f"{file.relative_to(HOUSE)}:{node.lineno} {node.name}")
        for file in PRODUCT
        for node in ast.walk(ast.parse(file.read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return sorted(functions, reverse=True)


def test_the_core_imports_nothing_but_itself_and_dateutil() -> None:
    more = {file.name: imported(file) - CORE_MAY_IMPORT - {"bot"} for file in CORE}
    assert {file: names for file, names in more.items() if names} == {}
    for file in CORE:  # it takes addresses apart, and opens none
        assert "urllib.request" not in file.read_text(encoding="utf-8")


def test_the_core_never_asks_what_time_it_is() -> None:
    asks = {file.name: called(file) & {"now", "utcnow", "today", "monotonic"} for file in CORE}
    assert {file: names for file, names in asks.items() if names} == {}


def test_every_room_has_its_place_in_the_arrows() -> None:
    contract = tomllib.loads(PYPROJECT)["tool"]["importlinter"]["contracts"][0]
    placed = {name for layer in contract["layers"] for name in re.findall(r"[\w.]+", layer)}
    inside = [*(HOUSE / "bot").glob("*.py"), *(file.parent for file in (HOUSE / "bot").glob("*/__init__.py"))]
    rooms = {f"bot.{room.stem}" for room in inside}
    assert rooms - {"bot.__init__"} - placed == set()


def test_no_file_is_over_300_lines() -> None:
    long = {
        str(file.relative_to(HOUSE)): len(file.read_text(encoding="utf-8").splitlines()) for file in PRODUCT
    }
    assert {file: lines for file, lines in long.items() if lines > 300} == {}


def test_functions_are_short() -> None:
    found = sizes()
    lines = [size for size, _ in found]
    assert statistics.median(lines) <= 6
    assert statistics.quantiles(lines, n=10)[-1] <= 16
    assert [name for size, name in found if size > 25 and "/versions/" not in name] == []


def test_every_module_opens_with_a_sentence() -> None:
    assert [str(file) for file in PRODUCT if not ast.get_docstring(ast.parse(file.read_bytes()))] == []


def test_no_two_rooms_of_sentences_define_one_name() -> None:
    homes: dict[str, set[str]] = {}
    for file in (HOUSE / "bot" / "core" / "sentences").glob("*.py"):
        for name in defined(file):
            homes.setdefault(name, set()).add(file.name)
    assert {name: sorted(files) for name, files in homes.items() if len(files) > 1} == {}


def test_the_lock_pins_what_the_project_asks_for() -> None:
    assert list(faults(PYPROJECT, LOCK)) == []
    assert len(pins(LOCK)) > 50


@pytest.mark.parametrize(
    ("lock", "fault"),
    [
        ("", "x>=2 is not pinned (found: nothing)"),
        ("x==1.9 \\\n    --hash=sha256:00", "x>=2 is not pinned (found: 1.9)"),
        ("x==2.0", "x 2.0 has no hash"),
        ("--index-url elsewhere\nx==2.0 \\\n    --hash=sha256:00", "names an address: --index-url elsewhere"),
        (
            "y @ https://a.example/y\nx==2.0 \\\n    --hash=sha256:00",
            "names an address: y @ https://a.example/y",
        ),
    ],
)
def test_a_wrong_lock_is_noticed(lock: str, fault: str) -> None:
    pyproject = '[project]\ndependencies = ["x>=2"]\noptional-dependencies.dev = []\n'
    assert fault in list(faults(pyproject, lock))
    assert (
        list(faults(pyproject, "x==2.0 ; python_version > '3' \\\n    --hash=sha256:00\n    # via y\n")) == []
    )


def make(*arguments: str) -> str:
    """Ask make, in a clean environment, and give its standard output."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    asked = subprocess.run(
        ["make", *arguments],
        cwd=HOUSE,
        env=clean,
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return asked.stdout


def test_help_lists_every_target() -> None:
    makefile = (HOUSE / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)
    assert [line.split()[1] for line in make("help").splitlines()] == targets
    assert {"demo", "run", "test", "test-all", "check", "bench", "audit"} <= set(targets)


def test_targets_that_print_for_machines_echo_nothing_of_make() -> None:
    commands = make("--dry-run", "--assume-old=.venv/.ready", "demo", "ARGS=--exit --json").splitlines()
    assert commands == [".venv/bin/edchat demo --exit --json"]
    makefile = (HOUSE / "Makefile").read_text(encoding="utf-8")
    assert re.findall(r"^\t(?!@|\$\(call step|\t).*", makefile, re.MULTILINE) == []


def test_ci_runs_as_a_script_and_calls_what_people_call() -> None:
    script = HOUSE / ".ci" / "run"
    assert os.access(script, os.X_OK)
    called = re.findall(r"^(?:make|patiently) (\S+)$", script.read_text(encoding="utf-8"), re.MULTILINE)
    assert called == ["check", "test", "test-slow"]


def test_ruff_says_why_it_looks_away() -> None:
    lint = PYPROJECT.partition("[tool.ruff.lint]")[2].partition("[tool.ruff.lint.pydocstyle]")[0]
    ignored = [line for line in lint.splitlines() if re.match(r'^  "[A-Z]+\d*",\s*(#.*)?$', line)]
    assert len(ignored) > 10
    assert [line for line in ignored if "#" not in line] == []


def test_every_looking_away_in_the_code_says_why() -> None:
    files = [
        file
        for room in ("bot", "cogs", "tests", "tools", "benchmarks")
        for file in (HOUSE / room).rglob("*.py")
    ]
    waived = [
        f"{file.relative_to(HOUSE)}: {line.strip()}"
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if re.search(r"# noqa(?!: [A-Z]+\d+(, [A-Z]+\d+)* - \w)", line) and file != Path(__file__)
    ]
    assert waived == []


def test_the_samples_name_their_sources() -> None:
    chats = json.loads((HOUSE / "bot" / "samples" / "real_chats.json").read_text(encoding="utf-8"))
    assert len(chats) == 9
    assert [chat["topic"] for chat in chats if not chat["source"]] == []
