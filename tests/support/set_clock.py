"""A clock that stands until it is set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

SATURDAY: Final = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
"""When most tests begin: noon in London."""


@dataclass(slots=True)
class SetClock:
    """A clock that shows what it was set to."""

    at: datetime = SATURDAY
    rate: float = 1.0

    def now(self) -> datetime:
        """Give the time set."""
        return self.at

    def real(self) -> datetime:
        """Give the time set."""
        return self.at

    def to_real(self, due: datetime) -> datetime:
        """Give the same instant."""
        return due
