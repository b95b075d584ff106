"""What a reader looks for: whatever is typed is read, words mean themselves, and a wrong prefix is told."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.archive.search_query import LONGEST, MOST_WORDS, Query, Word, each_alone, lettered, read_query
from bot.core.model import Refused
from tests.support.bad_inputs import case


def words(typed: str) -> list[str]:
    return [word.text for word in read_query(typed).words]


def test_b324_nothing_typed_looks_for_nothing() -> None:
    assert "empty state" in case("B324").expect
    assert read_query(case("B324").input) == Query()
    assert read_query("  \t ").empty


def test_b325_signs_alone_are_no_words() -> None:
    with pytest.raises(Refused, match="no letter and no digit"):
        read_query(case("B325").input)
    assert words("100%_sure") == ["100%_sure"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("B327", ["NEAR(", "OR", "AND", "NOT"]),
        ("B328", ["a*b*", "c:d", "{x}", "^y"]),
        ("B332", ["OR", "1=1"]),
    ],
)
def test_what_means_something_to_a_database_means_itself_here(name: str, expected: list[str]) -> None:
    assert words(case(name).input) == expected


def test_b329_what_is_long_is_cut_and_says_so() -> None:
    found = read_query(case("B329").input)
    assert len(case("B329").input) > LONGEST
    assert (len(found.words), found.cut) == (MOST_WORDS, True)
    assert not read_query("a " * MOST_WORDS).cut
    assert sum(len(word.text) for word in read_query("b" * 10_000).words) == LONGEST


def test_b330_words_without_spaces_between_are_found_wherever_they_stand() -> None:
    assert read_query(case("B330").input) == Query(glyphs=("日本語",))
    assert read_query("A1日本語 school") == Query(
        words=(Word("A1", whole=True), Word("school")), glyphs=("日本語",)
    )
    assert read_query("การศึกษา") == Query(glyphs=("การศึกษา",))


def test_words_match_by_their_beginning_and_phrases_as_they_stand() -> None:
    assert read_query('half "exit tickets" x') == Query(
        words=(Word("half"), Word("exit tickets", whole=True), Word("x", whole=True))
    )
    assert read_query("“exit tickets”") == read_query('"exit tickets"')
    assert read_query('"never closed') == Query(words=(Word("never closed", whole=True),))


def test_prefixes_say_where_to_look() -> None:
    found = read_query('Series:inquiry from:"Ana Lee" after:2026-03 before:2026-06-15 q:Q3 link:padlet notes')
    assert found == Query(
        words=(Word("notes"),),
        series="inquiry",
        person="Ana Lee",
        since=date(2026, 3, 1),
        until=date(2026, 6, 15),
        number=3,
        link="padlet",
    )
    assert read_query("after:2026").since == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "after:soon",
            "after: takes a day, a month or a year, as in after:2026-11-17, after:2026-11 or after:2026.",
        ),
        ("before:2026-13", "before: takes a day"),
        ("before:2026-02-30", "before: takes a day"),
        ("after:0001", "after: takes a day"),
        ("q:third", "q: takes the number of a question, as in q:3."),
        ("q:9999", "q: takes the number of a question, as in q:3."),
        ("series:", "Write right behind series: what it is to be, as in series:inquiry."),
        ('from:""', "Write right behind from: what it is to be, as in from:ana."),
    ],
)
def test_a_prefix_that_makes_no_sense_is_told_in_one_sentence(typed: str, told: str) -> None:
    with pytest.raises(Refused) as no:
        read_query(f"notes {typed}")
    assert str(no.value).startswith(told)
    assert "\n" not in str(no.value)


def test_what_only_stretches_words_or_stands_above_them_is_no_word() -> None:
    assert words("أنا ـــ \u064e مُعلِّمة") == ["انا", "معلمه"]
    with pytest.raises(Refused):
        read_query("ـــ")


def test_what_is_no_prefix_of_ours_is_a_word() -> None:
    assert words("https://padlet.com note:3 xfrom:ana") == ["https://padlet.com", "note:3", "xfrom:ana"]


def test_fields_of_a_form_say_the_same_as_prefixes() -> None:
    chosen = read_query("notes", series="inquiry", month="2026-12", person="Ana", mine=True)
    typed = read_query("notes series:inquiry after:2026-12 before:2027-01 from:Ana", mine=True)
    assert chosen == typed
    assert read_query("after:2026-12-20", month="2026-12").since == date(2026, 12, 20)


@pytest.mark.parametrize("month", ["2026", "2026-13", "2026-11-17", "November", "0000-01", "٢٠٢٦-١١"])
def test_a_month_that_is_none_is_told(month: str) -> None:
    with pytest.raises(Refused, match=r"^A month is written as 2026-11\.$"):
        read_query("notes", month=month)


@given(st.text(max_size=400), st.text(max_size=20), st.text(max_size=20))
def test_whatever_is_typed_is_read_or_told(typed: str, series: str, person: str) -> None:
    told = ""
    try:
        found = read_query(typed, series=series, person=person)
    except Refused as no:
        found, told = Query(), str(no)
    assert "\n" not in told
    for text in (*(word.text for word in found.words), *found.glyphs):
        assert lettered(text)
        assert '"' not in text
        assert not any(sign < " " or "\ud800" <= sign <= "\udfff" for sign in text)
    assert len(found.words) + len(found.glyphs) <= MOST_WORDS


def test_of_several_words_each_is_offered_alone_once_with_what_narrows_beside_it() -> None:
    typed = '"exit tickets" maths exit from:"Ana B" q:3'
    beside = 'from:"Ana B" q:3'
    assert each_alone(typed) == tuple((word, f"{word} {beside}") for word in ("exit", "tickets", "maths"))
    for lone in ("", "maths", "maths maths", "maths !!", "maths series:inquiry"):
        assert each_alone(lone) == ()


@given(st.text(max_size=LONGEST))
def test_whatever_was_typed_what_is_offered_alone_is_read_and_has_fewer_words(typed: str) -> None:
    for _word, alone in each_alone(typed):
        try:
            read_query(typed)
        except Refused:
            continue
        assert len(read_query(alone).words) <= max(1, len(read_query(typed).words))
