"""What a link is called, whatever words stand around it: one whole sentence, or what led on to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core.archive.link_titles import LONGEST_TITLE, title

HOST = "cards.example"
WORD = st.text("abcdefghijklmnopqrstuvwxyzäé", min_size=3, max_size=12)
SENTENCE = st.builds(
    lambda words, end: f"{' '.join(words).capitalize()}{end}",
    st.lists(WORD, min_size=2, max_size=9),
    st.sampled_from([".", "!", "?"]),
)
BEFORE = st.lists(SENTENCE, max_size=3)
CLAUSE = st.one_of(st.just(""), st.lists(WORD, min_size=1, max_size=5).map(" ".join))
LEADING = st.sampled_from(["", ":", " –", " ->"])


@given(BEFORE, CLAUSE.map(str.capitalize), LEADING, CLAUSE, BEFORE)
def test_it_is_one_whole_sentence_or_what_led_on_to_the_link(
    whole: list[str], begun: str, leading: str, then: str, more: list[str]
) -> None:
    before = " ".join([*whole, f"{begun}{leading}"] if begun else whole)
    after = " ".join([f"{then}."] * bool(then) + more)
    if begun and leading:
        told = begun
    elif begun and (then or more):
        told = f"{begun} {HOST} {then or more[0]}"
    elif begun:
        told = begun
    elif then:
        told = f"{HOST} {then}"
    else:
        told = next(iter([*whole[-1:], *more[:1]]), "")
    told = told.removesuffix(".")
    assert title(before, "", after, HOST) == (told if " " in told else "")


@given(st.text(max_size=400), st.text(max_size=60), st.text(max_size=400))
def test_whatever_was_typed_it_is_one_line_that_fits(before: str, words: str, after: str) -> None:
    said = title(before, words, after, HOST)
    assert len(said) <= LONGEST_TITLE
    assert said == " ".join(said.split())


def test_a_single_word_says_nothing_of_a_page_but_where_words_stand_without_spaces() -> None:
    assert title("", "Here", "", HOST) == title("Named:", "", "", HOST) == ""
    assert title("", "Exit tickets", "", HOST) == "Exit tickets"
    assert title("", "出口票模板", "", HOST) == "出口票模板"
