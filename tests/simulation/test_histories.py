"""Random lives of the whole bot: whatever happens, what must be so is so afterwards."""

from __future__ import annotations

import pytest

from tests.simulation.life import history

A_TEST = 10


@pytest.mark.parametrize("first", range(0, 100, A_TEST))
def test_a_random_history_comes_out_well(first: int) -> None:
    for seed in range(first, first + A_TEST):
        history(seed)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1_000, 3_100, 10 * A_TEST))
def test_two_thousand_random_histories_come_out_well(first: int) -> None:
    for seed in range(first, first + 10 * A_TEST):
        history(seed)


@pytest.mark.parametrize("seed", range(500, 520))
def test_the_same_seed_gives_the_same_history(seed: int) -> None:
    assert history(seed) == history(seed)
