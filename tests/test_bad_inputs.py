"""Every case of the table of bad inputs is tested, or waits for a platform or page that is named here."""

from __future__ import annotations

from collections import Counter
from typing import Final

from tests.support.bad_inputs import cases, named_in_tests

WAITING: Final[dict[str, str]] = {}
"""The cases whose behaviour only exists where they will be met, under what will bring it."""


def waiting() -> list[str]:
    return [name for names in WAITING.values() for name in names.split()]


def test_every_case_is_tested_or_waits() -> None:
    settled = named_in_tests() | set(waiting())
    assert [f"{one.id} ({one.area})" for one in cases().values() if one.id not in settled] == []


def test_what_is_tested_no_longer_waits() -> None:
    assert sorted(named_in_tests() & set(waiting())) == []


def test_no_case_waits_twice() -> None:
    assert [name for name, times in Counter(waiting()).items() if times > 1] == []


def test_only_cases_of_the_table_are_named() -> None:
    assert (named_in_tests() | set(waiting())) - set(cases()) == set()


def test_a_huge_input_is_written_small_and_read_whole() -> None:
    assert len(cases()) == 264
    assert cases()["B022"].input == "9" * 10_000
