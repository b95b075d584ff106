"""A forgotten person's name leaves what the bot said, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from time import process_time

from bot.core.masking import Mask
from bot.core.model import Person

ANA = Person(1, "browser", "x", "Ana", "Bluebird")


def test_name_and_pseudonym_go_where_they_are_words() -> None:
    said = "Ana (Bluebird) hosts; Anastasia, banana and bluebirds stay."
    assert Mask(ANA).words(said) == "somebody (somebody) hosts; Anastasia, banana and bluebirds stay."


def test_a_name_that_is_also_a_tag_or_stands_in_an_address_breaks_no_html() -> None:
    mask = Mask(replace(ANA, name="p"))
    html = '<p>p asked: <a href="https://e.org/p">p</a></p>'
    assert mask.html(html) == '<p>somebody asked: <a href="https://e.org/p">somebody</a></p>'


def test_a_name_with_signs_is_found_as_html_writes_it() -> None:
    mask = Mask(replace(ANA, name='A<b>&"c"'))
    for written in ("A&lt;b&gt;&amp;&quot;c&quot;", 'A&lt;b&gt;&amp;"c"'):
        assert mask.html(f"<p>{written} hosts</p>") == "<p>somebody hosts</p>"
    assert mask.finds('Uninvite A<b>&"c"')


def test_a_button_names_somebody_also_in_the_words_that_it_carries_but_not_in_a_commands_own() -> None:
    mask = Mask(ANA)
    assert mask.finds_on("Uninvite Ana", "host uninvite 7")
    assert mask.finds_on("Put it back", "question add at=2 chat=1 What would Ana ask?")
    assert mask.finds_on("Yes, erase all of it", 'answers forget name="Ana" sure=yes')
    assert not mask.finds_on("Put it back", "question add at=2 chat=1 What would Anastasia ask?")
    assert not Mask(replace(ANA, name="chat")).finds_on("End", "chat end chat=1")


def test_a_word_like_any_other_stays_in_questions_and_dates() -> None:
    asked = ("Q1: Will & May decide?", "Q2: What, @Will, did Will Power do?")
    mask = Mask(Person(1, "browser", "x", "Will", former=("May", "Will Power")), asked)
    for kept in (asked[0], "Tue 12 May 2026, 8:00 pm CEST, 1 hour."):
        assert mask.words(f"Thank you, Will!\n{kept}") == f"Thank you, somebody!\n{kept}"
        assert not mask.finds(kept)
    assert mask.html("<p>Q1: Will &amp; May decide?</p><p>May</p>") == (
        "<p>Q1: Will &amp; May decide?</p><p>somebody</p>"
    )
    for said, left in (
        ("Said of Q1: Will & May decide?", "Said of Q1: somebody & somebody decide?"),
        ("Q1: Will & May decide? Will asks.", "Q1: somebody & somebody decide? somebody asks."),
        (asked[1], "Q2: What, @somebody, did somebody do?"),
        ("12 May", "12 somebody"),
        ("willing, will, WILL", "willing, will, WILL"),
    ):
        assert mask.words(said) == left


def test_who_has_no_name_left_is_not_looked_for() -> None:
    mask = Mask(replace(ANA, name="", pseudonym=None))
    assert (mask.words("Hello"), mask.html("<p>Hello</p>"), mask.finds("Hello")) == (
        "Hello",
        "<p>Hello</p>",
        False,
    )


def test_a_name_that_stands_in_thousands_of_questions_is_taken_out_as_fast() -> None:
    asked = [f"Q{k % 9 + 1}: What does Ed mean to school {k}?" for k in range(20_000)]
    mask, begun = Mask(replace(ANA, name="Ed"), asked), process_time()
    for kept in asked[:500]:
        assert mask.words(f"Thank you, Ed!\n{kept}") == f"Thank you, somebody!\n{kept}"
    assert process_time() - begun < 1
