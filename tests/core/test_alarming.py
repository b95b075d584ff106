"""The host is told of each fault once, once when it is over, and never too often."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from bot.core.alarming import AGAIN, APART, CALM, LASTS, Known, news
from bot.core.wellness import AWAY, Fault, Kind

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DISK = Fault(Kind.DISK, "The disk is full.")
TOKEN = Fault(Kind.NETWORK, "Discord refuses the token.", "discord")


class Host:
    """Somebody who is told, look after look."""

    def __init__(self) -> None:
        self.known: Mapping[str, Known] = {}
        self.told: list[tuple[float, str]] = []

    def look(self, minutes: float, *found: Fault) -> None:
        """Let the bot look at a minute after noon."""
        heard = news(self.known, found, NOON + minutes * MINUTE)
        self.known = heard.known
        self.told += [(minutes, one.key) for one in heard.wrong]
        self.told += [(minutes, f"{one.key} is over") for one in heard.over]


def test_a_fault_that_lasts_is_told_once_and_so_is_its_end() -> None:
    host = Host()
    for minute in range(30):
        host.look(minute, DISK)
    for minute in range(30, 60):
        host.look(minute)
    assert host.told == [(1, "disk"), (36, "disk is over")]


def test_what_is_over_at_once_is_never_told() -> None:
    host = Host()
    for minute in range(60):
        host.look(minute, *[DISK] * (minute % 2))
    assert (LASTS, host.told) == (MINUTE, [])


def test_a_fault_that_comes_and_goes_is_no_flood() -> None:
    host = Host()
    for minute in range(24 * 60):
        host.look(minute, *[DISK] * (minute % 20 < 10))
    hours = 24 * 60 * MINUTE / AGAIN
    assert 2 <= len(host.told) <= 2 * hours
    began = [minute for minute, said in host.told if said == "disk"]
    assert all(later - earlier >= 60 for earlier, later in pairwise(began))


def test_what_flickers_within_the_calm_stays_one_fault() -> None:
    host = Host()
    for minute in range(40):
        host.look(minute, *[DISK] * (minute % 4 != 3))
    assert (CALM, host.told) == (6 * MINUTE, [(1, "disk")])
    assert CALM > AWAY, "a bot that is started anew would take a network that is away for one that works"


def test_faults_that_come_together_are_told_together_and_a_later_one_waits() -> None:
    host = Host()
    host.look(0, DISK)
    for minute in range(1, 20):
        host.look(minute, DISK, TOKEN)
    assert (APART, host.told) == (5 * MINUTE, [(1, "disk"), (6, "network.discord")])
    both = Host()
    for minute in range(3):
        both.look(minute, DISK, TOKEN)
    assert both.told == [(1, "disk"), (1, "network.discord")]


def test_after_an_hour_the_same_is_news_again() -> None:
    host = Host()
    for minute in range(10):
        host.look(minute, DISK)
    for minute in range(10, 100):
        host.look(minute)
    assert host.known == {}
    for minute in range(100, 110):
        host.look(minute, DISK)
    assert host.told == [(1, "disk"), (16, "disk is over"), (101, "disk")]


def test_a_fault_that_came_back_soon_after_its_end_is_told_when_the_hour_is_over() -> None:
    host = Host()
    for minute in range(100):
        host.look(minute, *[DISK] * (minute < 10 or minute >= 20))
    assert host.told == [(1, "disk"), (16, "disk is over"), (76, "disk")]


def test_a_clock_that_is_set_back_silences_nothing() -> None:
    host = Host()
    for minute in range(10):
        host.look(minute, DISK)
    for minute in range(-300, -280):
        host.look(minute)
    assert host.told == [(1, "disk"), (-294, "disk is over")]


def test_never_two_messages_within_five_minutes_whatever_happens() -> None:
    dice, host, wrong = Random(7), Host(), set[Fault]()
    for minute in range(2_000):
        wrong ^= {one for one in (DISK, TOKEN) if dice.random() < 0.05}
        host.look(minute, *sorted(wrong, key=lambda fault: fault.key))
    moments = sorted({minute for minute, _ in host.told})
    assert len(moments) > 5
    assert all(later - earlier >= 5 for earlier, later in pairwise(moments))
    for key in ("disk", "network.discord"):
        said = [what for _, what in host.told if what.startswith(key)]
        assert said == [key, f"{key} is over"] * (len(said) // 2) + [key] * (len(said) % 2)
