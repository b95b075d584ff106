"""Durations as people type them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Refused
from bot.core.sentences import minutes_words
from bot.core.times.minutes import SLOW_MINUTES, parse_minutes
from tests.support.bad_inputs import case


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("8", 8),
        ("8 min", 8),
        ("8m", 8),
        ("８ mins", 8),
        ("1h", 60),
        ("1 h 30", 90),
        ("1h30", 90),
        ("1 hour and 5 minutes", 65),
        ("2 hrs", 120),
        ("90 minutes", 90),
        ("120", 120),
    ],
)
def test_durations_as_people_write_them(text: str, minutes: int) -> None:
    assert parse_minutes(text) == minutes


def test_a_slow_chat_takes_days() -> None:
    assert parse_minutes("2 days 3 h", high=SLOW_MINUTES) == 2 * 1440 + 180
    with pytest.raises(Refused, match="14 days is the most"):
        parse_minutes("15 days", high=SLOW_MINUTES)


def test_a_pause_of_three_hours_is_read() -> None:
    assert parse_minutes("3 hours", high=1440) == 180


@pytest.mark.parametrize("text", [case("B126").input, "0 minutes"])
def test_b126_zero_minutes_are_too_short(text: str) -> None:
    with pytest.raises(Refused, match="1 min is the least"):
        parse_minutes(text.removesuffix(" between questions"))


@pytest.mark.parametrize("name", ["B127", "B129", "B130", "B131"])
def test_what_is_no_duration_is_refused_with_examples(name: str) -> None:
    with pytest.raises(Refused, match="write it like 8 min"):
        parse_minutes(case(name).input)


@pytest.mark.parametrize("text", ["", "h", "1.5 h", "8:30", "five", "8 min 8", "٨", "min 8"])
def test_doubtful_durations_are_refused(text: str) -> None:
    with pytest.raises(Refused, match="write it like 8 min"):
        parse_minutes(text)


def test_b132_the_cap_of_the_mode_is_named() -> None:
    with pytest.raises(Refused, match="120 min is the most"):
        parse_minutes(case("B132").input)
    with pytest.raises(Refused, match="14 days is the most"):
        parse_minutes(case("B132").input, high=SLOW_MINUTES)


def test_a_gigantic_number_is_refused_by_its_length() -> None:
    began = time.process_time()
    with pytest.raises(Refused, match="10,000 characters"):
        parse_minutes("9" * 10_000)
    assert time.process_time() - began < 1


@given(st.integers(min_value=1, max_value=SLOW_MINUTES))
def test_what_the_bot_says_it_also_reads(minutes: int) -> None:
    assert parse_minutes(minutes_words(minutes), high=SLOW_MINUTES) == minutes
