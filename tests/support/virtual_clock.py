"""The clock of the virtual loop: elapsed time and the wall clock, in whole microseconds, moved together."""

import math
from datetime import UTC, datetime, timedelta
from typing import Self

import time_machine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class VirtualClock:
    """Elapsed time in whole microseconds, as datetimes have them, with the wall clock moved along."""

    def __init__(self, start: datetime) -> None:
        seconds, rest = divmod(start - EPOCH, timedelta(seconds=1))
        self.elapsed = 0
        # Given a datetime, time-machine would also change the local zone of the process.
        self._travel = time_machine.travel(seconds, tick=False)
        self._wall = self._travel.start()
        self._wall.shift(rest)

    def leap(self, seconds: float) -> None:
        """Let time pass, on both clocks."""
        microseconds = round(seconds * 1e6)
        self.elapsed += microseconds
        self._wall.shift(microseconds * MICROSECOND)

    def step_wall(self, delta: timedelta) -> None:
        """Set the wall clock alone forward or back."""
        self._wall.shift(delta)

    def stop(self) -> None:
        """Give back real time."""
        self._travel.stop()


class Due(float):
    """An instant on the grid of microseconds; timers due at the same one keep the order of their setting."""

    number: int

    def __new__(cls, when: float, number: int) -> Self:
        """Put `when` on the grid: a tenth of a microsecond swallows the rounding of floats."""
        due = super().__new__(cls, math.ceil(when * 1e6 - 0.1) / 1e6 if math.isfinite(when) else when)
        due.number = number
        return due

    def __lt__(self, other: float) -> bool:
        """Earlier, or as early and set before."""
        if isinstance(other, Due) and self == other:
            return self.number < other.number
        return super().__lt__(other)
