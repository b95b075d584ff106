"""The demo's line, and when the demo counts as gone right."""

from dataclasses import replace

import pytest

from bot.demo.ledger import Comparison
from bot.demo.outcome import Outcome, at_rank

KEPT = Comparison(sent=3, stored=3, filed={"label": 2}, conversation=1, edited=0, deleted=0)
RIGHT = Outcome(True, 2, 2, 0, KEPT, (1.0, 3.0), 61.04, "http://127.0.0.1:1/l/x/2021-04-15")


def test_the_line_says_what_was_lost_doubled_and_late() -> None:
    assert RIGHT.right
    row = replace(RIGHT, kept=replace(KEPT, lost=("7",), doubled=("8", "9")), again=1).as_row()
    assert (row["lost"], row["doubled"]) == (1, 3)
    assert (row["late_ms_p50"], row["late_ms_p99"], row["seconds"]) == (1.0, 3.0, 61.0)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(RIGHT, closed=False),
        replace(RIGHT, asked=1),
        replace(RIGHT, again=1),
        replace(RIGHT, kept=replace(KEPT, lost=("7",))),
        replace(RIGHT, kept=replace(KEPT, doubled=("7",))),
    ],
)
def test_whatever_went_wrong_makes_the_demo_fail(wrong: Outcome) -> None:
    assert not wrong.right


def test_a_rank_is_one_of_the_values() -> None:
    hundred = tuple(float(k) for k in range(1, 101))
    assert [at_rank(hundred, share) for share in (0.5, 0.99, 1.0)] == [50.0, 99.0, 100.0]
    assert at_rank((), 0.5) == 0.0
