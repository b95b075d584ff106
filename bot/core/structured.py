"""A command given part by part instead of as a line, as it waits among typed ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_MARK: Final = "\x1e"
"""Begins what nobody types: the control character that separates records."""


@dataclass(frozen=True, slots=True)
class Structured:
    """Which command, and what is given to each of its parameters."""

    path: str
    given: Mapping[str, str] = field(default_factory=dict, hash=False)


def written(asked: Structured) -> str:
    """As it waits."""
    return _MARK + json.dumps([asked.path, dict(asked.given)], ensure_ascii=False)


def read(text: str) -> Structured | None:
    """Read what waits; None where that is a line like any other."""
    if not text.startswith(_MARK):
        return None
    try:
        path, given = json.loads(text.removeprefix(_MARK))
        return Structured(" ".join(str(path).split()), {str(name): str(one) for name, one in given.items()})
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
