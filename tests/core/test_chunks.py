"""Long text in parts: nothing is lost but blanks, and no part is longer than allowed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.chunks import chunks


@given(text=st.text(st.sampled_from("ab. \n"), max_size=300), limit=st.integers(2, 60))
def test_every_letter_is_kept_in_order_and_every_part_fits(text: str, limit: int) -> None:
    parts = chunks(text, limit)
    assert all(len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_text_that_fits_stays_whole() -> None:
    assert chunks("Q1: What worked?", 16) == ["Q1: What worked?"]


def test_it_is_cut_at_paragraphs_before_lines_before_words() -> None:
    assert chunks("One two.\n\nThree four five", 18) == ["One two.", "Three four five"]
    assert chunks("One two three\nfour five", 16) == ["One two three", "four five"]
    assert chunks("One two three four", 12) == ["One two", "three four"]
    assert chunks("abcdefghij", 4) == ["abcd", "efgh", "ij"]


def test_a_cut_far_too_early_is_not_taken() -> None:
    assert chunks("a\n\n" + "b" * 10, 8)[0] == "a\n\nbbbbb"


@pytest.mark.parametrize(
    "whole",
    [
        "[a long read](https://example.org/a)",
        "https://example.org/abcdefg",
        "`a b c d`",
        "```\na b\n\nc d\n```",
    ],
)
def test_links_and_code_stay_whole_where_they_fit(whole: str) -> None:
    text = f"{'word ' * 6}{whole} and more words after it"
    for limit in range(len(whole) + 2, len(text)):
        assert any(whole in part for part in chunks(text, limit)), limit


def test_code_that_fits_nowhere_is_cut_all_the_same() -> None:
    assert max(map(len, chunks(f"See: ```{'x ' * 40}```", 30))) <= 30
