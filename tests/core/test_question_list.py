"""A pasted question list: what is stripped, what is refused, what is doubted."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Refused
from bot.core.question_list import LONGEST, decoded, read_question, read_questions
from tests.support.bad_inputs import case


@pytest.mark.parametrize(
    ("line", "bare"),
    [
        ("Why?", "Why?"),
        ("1) Why?", "Why?"),
        ("1. Why?", "Why?"),
        ("1.Why?", "Why?"),
        ("(1) Why?", "Why?"),
        ("1) 2. Why?", "Why?"),
        ("- Why?", "Why?"),
        ("\u2022 1. Q1: Why?", "Why?"),
        ("q1. Why?", "Why?"),
        ("Question 1: Why?", "Why?"),
        ("Q1 - Why?", "Why?"),
        ("Q1 Why?", "Why?"),
        ("Q3 results: what now?", "Q3 results: what now?"),
        ("1.5 million pupils: who teaches them?", "1.5 million pupils: who teaches them?"),
        ("Why? \u200b\r", "Why?"),
        ("\ufeffWhy?", "Why?"),
        ("-1 or +1?", "-1 or +1?"),
        ("```", "```"),
        ("@everyone, <@&123> and @room: why?", "@everyone, <@&123> and @room: why?"),
        ("Half \ud800 a letter?", "Half \ufffd a letter?"),
    ],
)
def test_marks_before_a_question_go_and_its_words_stay(line: str, bare: str) -> None:
    assert read_questions([line]).texts == (bare,)


def test_b115_a_label_that_stands_twice_goes_and_a_third_is_the_hosts_own() -> None:
    assert read_questions([case("B115").input]).texts == ("Why?",)
    assert read_questions(["Q1: Q1: Q1: Why?"]).texts == ("Q1: Why?",)
    assert read_questions(["Q1: Q2: Why?"]).texts == ("Q2: Why?",)


def test_the_letter_of_a_series_is_a_label_too() -> None:
    assert read_questions(["F1: Warum?"], "F").texts == ("Warum?",)
    assert read_questions(["F1: Why?"], "Q").texts == ("F1: Why?",)


def test_b116_bullets_and_windows_line_ends() -> None:
    assert read_questions(["1) Why?\r", "2. How?\r", "* Who?\r"]).texts == ("Why?", "How?", "Who?")


@pytest.mark.parametrize("empty", ["", "  ", "\u200b", "2.", "Q2:", "- "])
def test_b107_an_empty_line_between_two_is_refused_by_its_number(empty: str) -> None:
    with pytest.raises(Refused, match="Line 2 is empty"):
        read_questions(["Why?", empty, "How?"])


def test_empty_lines_around_the_list_do_no_harm() -> None:
    assert read_questions(["", "Why?", "How?", " "]).texts == ("Why?", "How?")
    assert read_questions(["", ""]).texts == ()


def test_b108_too_long_a_question_is_refused_by_its_number() -> None:
    with pytest.raises(Refused, match=r"Question 2 has 2,001 characters; 2,000 are the most"):
        read_questions(["Why?", case("B108").input])
    with pytest.raises(Refused, match="2,001 characters"):
        read_question(case("B108").input)


def test_b109_characters_are_counted_and_not_bytes() -> None:
    long = case("B109").input
    assert len(long) < LONGEST < len(long.encode())
    assert read_questions([long]).texts == (long,)


def test_b112_what_looks_like_a_token_is_doubted_without_being_repeated() -> None:
    token = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"  # made up
    found = read_questions(["Why?", f"Is {token} ours?"])
    assert found.texts[1] == f"Is {token} ours?"
    assert len(found.doubts) == 1
    assert "Question 2" in found.doubts[0]()
    assert token[:8] not in found.doubts[0]()


@pytest.mark.parametrize(
    "harmless",
    [
        "See https://example.org/watch?v=Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9?",
        "What of Donaudampfschifffahrtsgesellschaften?",
        "What of 100,000,000,000,000,000,000 grains?",
    ],
)
def test_a_link_or_a_long_word_is_no_token(harmless: str) -> None:
    assert read_questions([harmless]).doubts == ()


def test_b118_the_same_question_twice_is_taken_with_a_word() -> None:
    found = read_questions(["Why?", "How?", "why? "])
    assert found.texts == ("Why?", "How?", "why?")
    assert [doubt() for doubt in found.doubts] == ["Questions 1 and 3 are the same: why?"]


def test_one_question_may_have_lines_but_needs_words() -> None:
    assert read_question("Q2: Why?\nAnd how?").texts == ("Why?\nAnd how?",)
    with pytest.raises(Refused, match="no words"):
        read_question(" Q2: ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_b124_a_file_says_how_it_is_written(encoding: str) -> None:
    assert decoded("Warum übt man?".encode(encoding)) == "Warum übt man?"


@pytest.mark.parametrize("raw", ["Warum übt man?".encode("latin-1"), b"\xff\xfeW", b"\xfe\xff\xd8\x00\x00a"])
def test_b124_any_other_file_is_asked_for_again(raw: bytes) -> None:
    with pytest.raises(Refused, match="UTF-8"):
        decoded(raw)


@given(st.lists(st.text(max_size=60), max_size=8))
def test_whatever_is_pasted_is_taken_or_refused_kindly(lines: list[str]) -> None:
    taken: tuple[str, ...] = ("nothing",)
    with suppress(Refused):
        taken = read_questions(lines).texts
    assert all(0 < len(text) <= LONGEST and text == text.strip() for text in taken)
