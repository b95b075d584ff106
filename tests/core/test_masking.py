"""A forgotten person's name leaves what the bot said, and nothing else does."""

from __future__ import annotations

from dataclasses import replace

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


def test_who_has_no_name_left_is_not_looked_for() -> None:
    mask = Mask(replace(ANA, name="", pseudonym=None))
    assert (mask.words("Hello"), mask.html("<p>Hello</p>"), mask.finds("Hello")) == (
        "Hello",
        "<p>Hello</p>",
        False,
    )
