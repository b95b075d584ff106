"""How fast one may ask: bursts, then a steady pace; nobody's flood is anybody else's."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.limits import Buckets, Limits, Rate, Rates, loopback, neighbourhood


@dataclass
class Hand:
    """A clock's hand."""

    at: float = 1_000.0

    def __call__(self) -> float:
        return self.at


SCHOOL = "203.0.113.7"


def test_a_burst_goes_through_and_then_a_steady_pace() -> None:
    now = Hand()
    limits = Limits(Rates(send_one=Rate(20, 1), send=Rate(1_000, 1_000)), now=now)
    assert [limits.wait(SCHOOL, "ana", sends=True) for _ in range(21)] == [0] * 20 + [1]
    now.at += 3
    assert [limits.wait(SCHOOL, "ana", sends=True) for _ in range(4)] == [0, 0, 0, 1]


def test_one_persons_flood_takes_nothing_from_others_behind_the_same_address() -> None:
    now = Hand()
    limits = Limits(now=now)
    for _ in range(10_000):
        limits.wait(SCHOOL, "flood", sends=True)
    assert [limits.wait(SCHOOL, f"pupil {n}", sends=True) for n in range(60)] == [0] * 60


def test_one_addresses_flood_takes_nothing_from_another() -> None:
    limits = Limits(now=Hand())
    for _ in range(10_000):
        limits.wait(SCHOOL, "", sends=False)
    assert limits.wait(SCHOOL, "", sends=False) > 0
    assert limits.wait("203.0.113.8", "", sends=False) == 0


def test_a_class_of_forty_joins_at_once_and_the_next_waits() -> None:
    now = Hand()
    limits = Limits(now=now)
    joined = [limits.wait(SCHOOL, "", sends=True, joins=True) for _ in range(41)]
    assert joined == [0] * 40 + [12]
    now.at += 12
    assert limits.wait(SCHOOL, "", sends=True, joins=True) == 0
    assert limits.wait(SCHOOL, "", sends=True) == 0


def test_reading_and_sending_are_counted_apart() -> None:
    limits = Limits(now=Hand())
    while not limits.wait(SCHOOL, "", sends=False):
        pass
    assert limits.wait(SCHOOL, "", sends=True) == 0


def test_what_is_remembered_is_bounded() -> None:
    buckets = Buckets(Rate(1, 1), most=100)
    for n in range(1_000):
        buckets.take(f"{n}", 0.0)
    assert len(buckets._full_at) == 100
    assert (buckets.wait("999", 0.0), buckets.wait("0", 0.0)) == (1, 0)


@given(st.floats(1, 50), st.floats(0.1, 50), st.lists(st.floats(0, 3), min_size=1, max_size=80))
def test_no_more_goes_through_than_the_rate_allows_and_who_waits_as_told_gets_through(
    burst: float, pace: float, pauses: list[float]
) -> None:
    buckets, now, through = Buckets(Rate(burst, pace)), 0.0, 0
    for pause in pauses:
        now += pause
        if (wait := buckets.wait("a", now)) > 0:
            assert buckets.wait("a", now + wait + 1e-6) == 0
            continue
        buckets.take("a", now)
        through += 1
    assert through <= burst + pace * sum(pauses) + 1e-6


def test_this_machines_own_requests_are_not_counted_where_that_is_lifted() -> None:
    lifted, usual = Limits(lift_loopback=True, now=Hand()), Limits(now=Hand())
    assert not any(lifted.wait("127.0.0.1", "", sends=True) for _ in range(1_000))
    assert any(usual.wait("127.0.0.1", "", sends=True) for _ in range(1_000))
    assert any(lifted.wait(SCHOOL, "", sends=True) for _ in range(1_000))


@pytest.mark.parametrize(
    ("address", "one"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2::9", "2001:0db8:0001:0002"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
        ("no address", "no address"),
        ("", ""),
    ],
)
def test_a_household_of_the_sixth_version_is_one_address(address: str, one: str) -> None:
    assert neighbourhood(address) == one


def test_this_machine_is_known() -> None:
    assert [loopback(one) for one in ("127.0.0.1", "::1", "203.0.113.7", "")] == [True, True, False, False]
