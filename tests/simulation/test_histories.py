"""Random lives of the whole bot: whatever happens, what must be so is so afterwards."""

from __future__ import annotations

import pytest

from tests.simulation.life import history, history_on_discord

A_TEST = 5
SLOW_TEST = 50


@pytest.mark.parametrize("first", range(0, 50, A_TEST))
def test_a_random_history_comes_out_well(first: int) -> None:
    for seed in range(first, first + A_TEST):
        history(seed)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(50, 1_050, SLOW_TEST))
def test_a_thousand_random_histories_come_out_well(first: int) -> None:
    for seed in range(first, first + SLOW_TEST):
        history(seed)


@pytest.mark.parametrize("seed", range(500, 504))
def test_the_same_seed_gives_the_same_history(seed: int) -> None:
    assert history(seed) == history(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(504, 520))
def test_the_same_seed_gives_the_same_history_however_often(seed: int) -> None:
    assert history(seed) == history(seed)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 100, 10))
def test_a_hundred_random_histories_on_discord_come_out_well(first: int) -> None:
    for seed in range(first, first + 10):
        history_on_discord(seed)
