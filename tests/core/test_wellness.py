"""What counts as wrong with the bot, and what of that makes it unwell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.sentences import wellness as say
from bot.core.wellness import (
    AWAY,
    FAILING,
    LITTLE_ROOM,
    NO_ROOM,
    STOOD_STILL,
    UNSENT,
    Kind,
    NetworkState,
    Reading,
    Unstored,
    Waiting,
    faults,
    reason,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WELL = Reading(NOON, looked=timedelta(seconds=20), free=2 * LITTLE_ROOM)


def kinds(reading: Reading) -> list[str]:
    return [fault.key for fault in faults(reading)]


def discord(*, connected: bool = True, since: datetime = NOON, unwell: str = "") -> NetworkState:
    return NetworkState("discord", connected, since, unwell)


def test_a_bot_of_which_nothing_is_known_is_well() -> None:
    assert faults(Reading(NOON)) == faults(WELL) == ()
    assert reason(faults(WELL)) == ""


@pytest.mark.parametrize(
    ("change", "key", "grave"),
    [
        ({"database": say.UNWRITABLE}, "database", True),
        ({"looked": STOOD_STILL + SECOND}, "scheduler", True),
        ({"late": True}, "steps", True),
        ({"free": NO_ROOM - 1}, "disk", True),
        ({"free": LITTLE_ROOM - 1}, "little_disk", False),
        ({"networks": (discord(unwell="Discord refuses the token."),)}, "network.discord", True),
        ({"networks": (discord(connected=False, since=NOON - AWAY),)}, "network.discord", True),
        ({"waiting": (Waiting("browser", 1, UNSENT + SECOND),)}, "posts.browser", True),
        ({"unstored": (Unstored("edchat", "discord", FAILING),)}, "unstored.discord", True),
        ({"unrendered": FAILING}, "unrendered", True),
        ({"backup_failing": True}, "backup", False),
        ({"copies_remember": True}, "copies", False),
        ({"ailing": ((7, "edchat", "discord"),)}, "place.7", False),
    ],
)
def test_each_thing_that_may_be_wrong_is_named(change: dict[str, object], key: str, grave: bool) -> None:
    found = faults(replace(WELL, **change))  # type: ignore[arg-type] # one field each
    assert [(fault.key, fault.grave) for fault in found] == [(key, grave)]
    assert (reason(found) == found[0].sentence) is grave
    assert found[0].sentence.endswith(".")


@pytest.mark.parametrize(
    "change",
    [
        {"looked": STOOD_STILL},
        {"free": LITTLE_ROOM},
        {"networks": (discord(connected=False, since=NOON - AWAY + SECOND),)},
        {"waiting": (Waiting("browser", 900, UNSENT),)},
        {"unstored": (Unstored("edchat", "discord", FAILING - SECOND),)},
        {"unrendered": FAILING - SECOND},
    ],
)
def test_what_is_short_or_just_enough_is_not_wrong(change: dict[str, object]) -> None:
    assert kinds(replace(WELL, **change)) == []  # type: ignore[arg-type] # as above


def test_many_places_that_store_nothing_are_told_of_once_and_not_beside_a_broken_database() -> None:
    stuck = tuple(Unstored(f"room-{k}", "matrix", FAILING) for k in range(3))
    [one] = faults(replace(WELL, unstored=stuck))
    assert one.sentence.startswith("What is said in room-0 and 2 more places (matrix) cannot be stored")
    broken = replace(WELL, unstored=stuck, unrendered=FAILING, database=say.UNWRITABLE)
    assert kinds(broken) == ["database"]


def test_what_waits_for_a_network_that_is_away_is_no_fault_of_its_own() -> None:
    waits = (Waiting("discord", 3, timedelta(hours=1)), Waiting("matrix", 3, timedelta(hours=1)))
    away = (discord(connected=False), NetworkState("matrix", True, NOON))
    assert kinds(replace(WELL, waiting=waits, networks=away)) == ["posts.matrix"]


def test_the_gravest_comes_first_and_the_rest_is_no_reason() -> None:
    found = faults(replace(WELL, backup_failing=True, backup_at=NOON, late=True))
    assert [fault.kind for fault in found] == [Kind.STEPS, Kind.BACKUP]
    assert reason(found) == say.STEPS_LATE
    assert "2026-11-22 12:00 UTC" in found[1].sentence


def test_the_host_is_told_what_is_wrong_and_what_is_over() -> None:
    assert say.host_told(["A.", "B."], []) == "Something is wrong with the bot:\n- A.\n- B."
    assert say.host_told([], ["A."]) == "That is over:\n- A."
    assert say.host_told([], []) == ""
    many = say.host_told([f"{n}." for n in range(500)], []).splitlines()
    assert many[10:] == ["- 9.", "- and 490 more: `edchat status`"]
