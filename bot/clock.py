"""What time it is: for the chats, which may run on a faster clock, and for the world outside."""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol, Self

_MICROSECOND: Final = timedelta(microseconds=1)


class Clock(Protocol):
    """Tells chat time and real time, both aware and in UTC."""

    @property
    def rate(self) -> float:
        """How many seconds of chat time pass in a real second."""

    def now(self) -> datetime:
        """Give chat time: what a step's due time is compared with."""

    def real(self) -> datetime:
        """Give real time: for nonce windows, back-off, limits and sign-in."""

    def to_real(self, due: datetime) -> datetime:
        """Give the first real instant at which chat time has reached `due`."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock: chat time is real time."""

    @property
    def rate(self) -> float:
        """Give 1."""
        return 1.0

    def now(self) -> datetime:
        """Give the machine's time."""
        return datetime.now(UTC)

    def real(self) -> datetime:
        """Give the machine's time."""
        return datetime.now(UTC)

    def to_real(self, due: datetime) -> datetime:
        """Give the same instant."""
        return _utc(due)


@dataclass(frozen=True, slots=True)
class ScaledClock:
    """A clock `rate` times as fast, for the demo and tests; at `real_anchor` it shows `chat_anchor`."""

    real_anchor: datetime
    chat_anchor: datetime
    rate: float

    def __post_init__(self) -> None:
        """Refuse a rate that stands still or runs backwards, and times without a zone."""
        if not 0 < self.rate < math.inf:
            raise ValueError(f"A clock's rate is a number above 0, not {self.rate}.")
        object.__setattr__(self, "real_anchor", _utc(self.real_anchor))
        object.__setattr__(self, "chat_anchor", _utc(self.chat_anchor))

    @classmethod
    def open(cls, path: Path, start: datetime, rate: float) -> Self:
        """Go on with the clock kept at `path`; where there is none, start one at chat time `start`."""
        if path.exists():
            return cls.read(path)
        clock = cls(datetime.now(UTC), start, rate)
        clock.write(path)
        return clock

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a kept clock; ValueError says so when the file holds none."""
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            real, chat = (datetime.fromisoformat(kept[name]) for name in ("real_anchor", "chat_anchor"))
            return cls(real, chat, float(kept["rate"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} holds no clock; delete it to start a new one.") from error

    def write(self, path: Path) -> None:
        """Keep this clock at `path`, whole or not at all, even when the power goes."""
        kept = {
            "real_anchor": self.real_anchor.isoformat(),
            "chat_anchor": self.chat_anchor.isoformat(),
            "rate": self.rate,
        }
        _write_durably(path, json.dumps(kept))

    def now(self) -> datetime:
        """Give chat time."""
        return self.at(self.real())

    def real(self) -> datetime:
        """Give the machine's time."""
        return datetime.now(UTC)

    def at(self, real: datetime) -> datetime:
        """Give the chat time that belongs to a real one."""
        return self.chat_anchor + (real - self.real_anchor) * self.rate

    def to_real(self, due: datetime) -> datetime:
        """Give the first real instant at which chat time has reached `due`."""
        # Whole numbers, rounded up: an alarm rung a microsecond early would find nothing due.
        above, below = self.rate.as_integer_ratio()
        microseconds = (_utc(due) - self.chat_anchor) // _MICROSECOND
        return self.real_anchor + -(-microseconds * below // above) * _MICROSECOND


def in_chat_time(clock: Clock, real: datetime) -> datetime:
    """An instant of the world outside in chat time."""
    if isinstance(clock, SystemClock):
        return real
    if isinstance(clock, ScaledClock):  # two looks at it would put words out of their order
        return clock.at(real)
    return clock.now() + (real - clock.real()) * clock.rate


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("A time needs its zone.")
    return moment.astimezone(UTC)


def _write_durably(path: Path, text: str) -> None:
    new = path.with_name(path.name + ".new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
