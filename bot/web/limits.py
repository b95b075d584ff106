"""How fast one address and one person may ask: buckets of tokens that fill up again."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from time import monotonic
from typing import Final

MOST_BUCKETS: Final = 20_000
"""How many addresses and people are remembered; who was longest away is forgotten first."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many in a second ever after."""

    burst: float
    per_second: float


@dataclass(slots=True)
class Buckets:
    """One bucket of tokens for each address or person, all of the same rate."""

    rate: Rate
    most: int = MOST_BUCKETS
    _full_at: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def wait(self, key: str, now: float) -> float:
        """In how many seconds there will be a token; 0 when there is one."""
        lacking = max(0.0, self._full_at.get(key, now) - now) * self.rate.per_second
        return max(0.0, (lacking + 1 - self.rate.burst) / self.rate.per_second)

    def take(self, key: str, now: float) -> None:
        """Take a token."""
        self._full_at[key] = max(self._full_at.get(key, now), now) + 1 / self.rate.per_second
        self._full_at.move_to_end(key)
        while len(self._full_at) > self.most:
            self._full_at.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Rates:
    """What is allowed; a whole school may sit behind one address, one person behind a cookie."""

    read: Rate = Rate(200, 40)
    read_one: Rate = Rate(60, 10)
    send: Rate = Rate(120, 10)
    send_one: Rate = Rate(20, 1)
    join: Rate = Rate(40, 5 / 60)


@dataclass(slots=True)
class Limits:
    """Says of each request whether it comes too fast; with `lift_loopback` this machine's own never do."""

    rates: Rates = field(default_factory=Rates)
    lift_loopback: bool = False
    now: Callable[[], float] = monotonic
    _read: Buckets = field(init=False)
    _read_one: Buckets = field(init=False)
    _send: Buckets = field(init=False)
    _send_one: Buckets = field(init=False)
    _join: Buckets = field(init=False)

    def __post_init__(self) -> None:
        """Put up the buckets."""
        self._read, self._read_one = Buckets(self.rates.read), Buckets(self.rates.read_one)
        self._send, self._send_one = Buckets(self.rates.send), Buckets(self.rates.send_one)
        self._join = Buckets(self.rates.join)

    def wait(self, address: str, person: str, *, sends: bool, joins: bool = False) -> int:
        """0 when the request may go on, else in how many whole seconds to come again.

        A request that may not go on takes no token: who floods empties their own bucket alone.
        """
        if self.lift_loopback and loopback(address):
            return 0
        now, place = self.now(), neighbourhood(address)
        wanted = [(self._send if sends else self._read, place)]
        wanted += [(self._send_one if sends else self._read_one, person)] if person else []
        wanted += [(self._join, place)] if joins else []
        seconds = max(buckets.wait(key, now) for buckets, key in wanted)
        if seconds > 0:
            return math.ceil(seconds)
        for buckets, key in wanted:
            buckets.take(key, now)
        return 0


def neighbourhood(address: str) -> str:
    """What counts as one address: of the sixth version the /64 that a household or school is given."""
    known = _read(address)
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped) if known.ipv4_mapped else known.exploded[:19]
    return address


def loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    known = _read(address)
    return known is not None and known.is_loopback


def _read(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address.partition("%")[0])
    except ValueError:
        return None
