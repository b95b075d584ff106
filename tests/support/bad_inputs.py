"""The table of bad inputs: each case by its id, and which ids the tests name."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

TABLE: Final = Path(__file__).parents[1] / "data" / "bad_inputs.json"
TESTS: Final = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Case:
    """One bad input and what is to happen."""

    id: str
    area: str
    input: str
    expect: str

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """Read one row; a huge input is written as {repeat, times}."""
        given = row["input"]
        text = given if isinstance(given, str) else given["repeat"] * given["times"]
        return cls(row["id"], row["area"], text, row["expect"])


@cache
def cases() -> dict[str, Case]:
    """Give every case of the table by its id."""
    rows = json.loads(TABLE.read_text(encoding="utf-8"))
    return {row["id"]: Case.of(row) for row in rows}


def case(name: str) -> Case:
    """Give one case by its id."""
    return cases()[name]


def of_area(area: str) -> list[Case]:
    """Give the cases of one area."""
    return [one for one in cases().values() if one.area == area]


def named_in_tests() -> frozenset[str]:
    """Give the ids that test sources name in a string or a test's name; comments prove nothing."""
    files = [file for file in TESTS.rglob("test_*.py") if file.name != "test_bad_inputs.py"]
    return frozenset(name for file in files for name in _names(ast.parse(file.read_bytes())))


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(r"\bB\d{3}\b", node.value)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from re.findall(r"(?<![A-Z0-9])B\d{3}(?!\d)", node.name.upper().replace("_", " "))
