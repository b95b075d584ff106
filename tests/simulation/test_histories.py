"""Random lives of the whole bot: whatever happens, what must be so is so afterwards."""

from __future__ import annotations

import pytest

from tests.simulation.life import history, history_on_discord

A_TEST = 5
SLOW_TEST = 20


@pytest.mark.parametrize(
    "first", [0, *(pytest.param(first, marks=pytest.mark.slow) for first in range(A_TEST, 20, A_TEST))]
)
def test_a_random_history_comes_out_well(first: int) -> None:
    for seed in range(first, first + A_TEST):
        history(seed)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(20, 220, SLOW_TEST))
def test_two_hundred_random_histories_come_out_well(first: int) -> None:
    for seed in range(first, first + SLOW_TEST):
        history(seed)


def test_words_of_an_hour_that_began_by_a_clock_that_was_ahead_are_kept() -> None:
    history(410)


@pytest.mark.parametrize("seed", [500, pytest.param(501, marks=pytest.mark.slow)])
def test_the_same_seed_gives_the_same_history(seed: int) -> None:
    assert history(seed) == history(seed)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 30, 5))
def test_thirty_random_histories_on_discord_come_out_well(first: int) -> None:
    for seed in range(first, first + 5):
        history_on_discord(seed)
