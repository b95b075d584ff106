"""Names: what may be chosen, and which ones a reader could take for somebody else's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Refused
from bot.core.names import NAME_LIMIT, alike, chosen, free_name


@pytest.mark.parametrize(
    "twin",
    [
        "Ana",
        "ANA",
        "ana",
        " Ana ",
        "@Ana",
        "A na",
        "A.n.a",
        "Аna",
        "Αna",
        "АΝА",
        "A\u200bna",
        "Ａｎａ",
        "𝐀𝐧𝐚",
        "An\u0430",
    ],
)
def test_a_name_is_known_in_whatever_letters(twin: str) -> None:
    assert alike("Ana", twin)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ian", "lan"), ("IAN", "1AN"), ("Bob", "B0b"), ("ВОВ", "BOB"), ("Νίκος", "ΝΊΚΟΣ"), ("Mo", "Μo"),
     ("Warner", "Wamer"), ("Straße", "STRASSE"), ("Иван", "ИВАН"), ("Will", "WiII")],
)  # fmt: skip
def test_names_that_look_alike_are_alike(one: str, other: str) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ana", "Anna"), ("Ai", "Al"), ("Reader 1", "Reader 12"), ("José", "Jose"), ("Нина", "Инна"),
     ("李", "王"), ("🦊", "🐻"), ("!", "?"), ("Ben", "Den")],
)  # fmt: skip
def test_names_that_differ_at_a_glance_are_two_names(one: str, other: str) -> None:
    assert not alike(one, other)


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\u200b", "\u3164", "...", "\0", "\u202e"])
def test_a_name_needs_something_to_see(typed: str) -> None:
    with pytest.raises(Refused, match="A name needs"):
        chosen(typed)


def test_a_name_is_one_clean_line_of_forty_characters() -> None:
    assert chosen("  Ana \u202e\n Lopez ") == "Ana Lopez"
    assert chosen("x" * NAME_LIMIT) == "x" * NAME_LIMIT
    with pytest.raises(Refused, match="at most 40"):
        chosen("x" * 41)


@pytest.mark.parametrize("ours", ["EdChat", "edchat bot", "Εdchat", "Host", "moderat0r", "ED CHAT"])
def test_nobody_takes_the_bots_name_or_a_right_for_one(ours: str) -> None:
    with pytest.raises(Refused):
        free_name(ours, ())


def test_a_name_that_is_free_is_given_as_it_was_typed() -> None:
    assert free_name("Ana María", ["Ana", "Maria", "", "\0", "x" * 5_000, "ﷺ" * 300]) == "Ana María"
    with pytest.raises(Refused, match="belongs to somebody"):
        free_name("anamaria", ["Ana Maria"])


@given(st.text(max_size=100), st.text(max_size=100))
def test_any_two_names_can_be_compared_from_either_side(one: str, other: str) -> None:
    assert alike(one, one)
    assert alike(one, other) == alike(other, one)


@given(st.text(min_size=1, max_size=60))
def test_what_may_be_chosen_is_chosen_again_as_it_is(typed: str) -> None:
    try:
        name = chosen(typed)
    except Refused:
        return
    assert 0 < len(name) <= NAME_LIMIT
    assert chosen(name) == name
