"""Numbers that stand in addresses and forms: one that is beyond all bounds names nothing of ours."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

LARGEST: Final = 10**15
"""Nothing has so high a number; SQLite keeps higher ones, and Python reads no text of thousands of digits."""
_DIGITS: Final = len(str(LARGEST)) - 1


def numbered(said: str) -> int | None:
    """The number that was given as text; None where that is none of ours."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= _DIGITS else None


def in_path(request: Request, name: str) -> int:
    """The number in a path; too high a one is one that nothing has."""
    return min(int(request.path_params[name]), LARGEST)
