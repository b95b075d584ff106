"""Words around what was looked for: marked, cut between words, and without what is veiled."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core.archive.search_query import Query, Word, read_query
from bot.core.archive.search_results import WIDTH, excerpt, words_of


def marked(text: str, typed: str) -> str:
    return "".join(f"[{one.text}]" if one.marked else one.text for one in excerpt(text, read_query(typed)))


def test_words_are_marked_by_their_beginning_whatever_their_accents() -> None:
    assert marked("Die Schüler und das Schulhaus", "schul") == "Die [Schüler] und das [Schulhaus]"
    assert marked("It's a student's work: STUDENTS!", "student") == "It's a [student]'s work: [STUDENTS]!"


def test_arabic_words_are_marked_as_they_were_written() -> None:
    assert marked("أنا أنتظر المُدَرِّسة", "انتظر مدرس المدرسه") == "أنا [أنتظر] [المُدَرِّسة]"
    assert marked("مســـؤول و کتاب", "مسوول كتاب") == "[مســـؤول] و [کتاب]"


def test_a_word_with_a_sharp_s_is_marked_in_either_spelling() -> None:
    assert marked("Straße oder Strasse, STRAẞE", "strasse") == "[Straße] oder [Strasse], [STRAẞE]"
    assert marked("Straßen, Strassen, Strudel", "straß") == "[Straßen], [Strassen], Strudel"
    assert marked("auf der langen Straße", '"langen Strasse"') == "auf der [langen Straße]"


def test_a_phrase_is_marked_where_it_stands_as_it_is() -> None:
    assert marked("exit ticket, exit tickets", '"exit tickets"') == "exit ticket, [exit tickets]"
    assert marked("don't do it", "don't") == "[don't] do it"


def test_words_of_languages_without_spaces_are_marked_inside_others() -> None:
    assert marked("日本語の授業", "本語") == "日[本語]の授業"


def test_a_long_text_is_cut_between_words_around_what_was_found() -> None:
    text = "before " * 60 + "needle " + "after " * 60
    found = marked(text.strip(), "needle")
    assert found.startswith("…before ")
    assert "[needle] after" in found
    assert found.endswith("after…")
    assert len(found) <= WIDTH + 10


def test_what_stands_under_a_veil_is_not_shown() -> None:
    html = '<p>The answer is <span class="spoiler" tabindex="0">forty two</span> &amp; more</p>\n<p>So</p>'
    assert words_of(html) == "The answer is [spoiler] & more So"


@given(st.text(max_size=600), st.lists(st.text(min_size=1, max_size=8), max_size=4))
def test_nothing_is_added_to_the_words_but_marks_and_what_says_that_there_is_more(
    text: str, wanted: list[str]
) -> None:
    query = Query(words=tuple(map(Word, wanted)), glyphs=tuple(one for one in wanted if one in text))
    shown = "".join(one.text for one in excerpt(text, query))
    assert shown.strip("…") in text
    assert shown == text if len(text) <= WIDTH else len(shown) <= WIDTH + 40
