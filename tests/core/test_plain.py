"""Plain lines, titles, slugs and cuts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Refused
from bot.core.plain import cut, graphemes, plain, slug, title
from tests.support.bad_inputs import case

TEACHER = "👩🏽\u200d🏫"


def test_a_plain_line_is_nfkc_without_invisible_marks() -> None:
    assert plain("  \u202eｗｅｅｋ\u200b\tone\r\n\ufefftwo\u2069 ", 40) == "week one two"


def test_a_plain_line_has_no_terminal_controls() -> None:
    assert plain("a\x1b[31mb\x7f\x9b", 40) == "a[31mb"


def test_a_plain_line_refuses_nul() -> None:
    with pytest.raises(Refused, match="NUL"):
        plain("19:30\0", 40)


def test_a_long_line_is_refused_with_both_lengths() -> None:
    with pytest.raises(Refused, match="41 characters long; 40"):
        plain("x" * 41, 40)


def test_a_line_that_grows_by_nfkc_is_measured_again() -> None:
    with pytest.raises(Refused, match="18 characters long; 5"):
        plain("\ufdfa", 5)


@given(st.text(max_size=60))
def test_a_plain_line_stays_as_it_is(text: str) -> None:
    try:
        once = plain(text, 80)
    except Refused:
        return
    assert plain(once, 80) == once
    assert not set(once) & set("\n\r\0\u200b\u200d\u202e")
    assert once.encode().decode() == once


@pytest.mark.parametrize("empty", ["", "  ", "\u200d\u200d", "\u3164", "\u0301", case("B082").input])
def test_a_title_needs_something_visible(empty: str) -> None:
    with pytest.raises(Refused, match="at least one visible"):
        title(empty)


def test_a_title_of_101_is_refused_with_its_length() -> None:
    with pytest.raises(Refused, match="101 characters long; 100"):
        title(case("B083").input)
    assert title("x" * 100 + " \u200b") == "x" * 100


def test_a_gigantic_title_is_refused_before_it_is_read() -> None:
    with pytest.raises(Refused, match="1,000,000 characters"):
        title("x" * 1_000_000)


def test_newlines_never_stay_in_a_title() -> None:
    assert title(case("B091").input) == "a b c"


@pytest.mark.parametrize("name", ["B094", "B101", "B103"])
def test_a_title_is_kept_as_typed(name: str) -> None:
    assert title(case(name).input) == case(name).input


@pytest.mark.parametrize(
    "kept", ["<script>alert(1)</script>", '=HYPERLINK("http://evil","x")', "مرحبا EdChat שלום"]
)
def test_a_title_leaves_escaping_to_the_page(kept: str) -> None:
    assert title(kept) == kept


def test_a_title_keeps_three_marks_on_a_letter() -> None:
    calm = unicodedata.normalize("NFD", title(case("B098").input))
    longest, run = 0, 0
    for letter in calm:
        run = run + 1 if unicodedata.combining(letter) else 0
        longest = max(longest, run)
    assert longest == 3
    assert "".join(letter for letter in calm if not unicodedata.combining(letter)) == "Zalgo"


def test_a_lone_surrogate_becomes_a_replacement() -> None:
    assert title(case("B099").input).encode() == "\ufffd".encode()


def test_emoji_and_persian_joiners_survive_in_a_title() -> None:
    assert title(f"{TEACHER} می\u200cخواهم") == f"{TEACHER} می\u200cخواهم"
    assert title("\u200da \u200d b\u200d\u200d") == "a b"


def test_a_title_refuses_nul() -> None:
    with pytest.raises(Refused, match="NUL"):
        title("a\0b")


def test_a_cut_never_splits_an_emoji() -> None:
    assert cut(TEACHER * 100, 100) == TEACHER * 24 + "…"
    assert cut("short", 100) == "short"


@pytest.mark.parametrize(
    "cluster",
    [
        TEACHER,
        "🇩🇪",
        "e\u0301\u0323",
        "1\ufe0f\u20e3",
        "🏴\U000e0067\U000e0062\U000e007f",
        "\u1112\u1161\u11ab",
        "क्ष",
        "가",
    ],
)
def test_what_a_reader_sees_as_one_stays_one(cluster: str) -> None:
    assert list(graphemes(f"a{cluster}{cluster}b")) == ["a", cluster, cluster, "b"]


@given(st.text(max_size=60), st.integers(min_value=1, max_value=40))
def test_a_cut_fits_and_begins_as_the_text(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= limit
    assert "".join(graphemes(text)) == text
    assert text.startswith(short.removesuffix("…"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("..%2f..%2f", "2f-2f"),
        ("a\nb\rc", "a-b-c"),
        ("Ｅｄｃｈａｔ", "edchat"),
        ("#EdChat: what's next?", "edchat-what-s-next"),
        ("Straße & Übung", "strasse-übung"),
        ("مرحبا EdChat", "مرحبا-edchat"),
        (TEACHER, "chat"),
        ("CON", "con-chat"),
        ("\ud800", "chat"),
        ("../../etc/passwd\0", "etc-passwd"),
    ],
)
def test_a_slug_is_safe_for_files_and_addresses(text: str, name: str) -> None:
    assert slug(text) == name


def test_a_taken_slug_counts_on() -> None:
    assert slug("Ｅｄｃｈａｔ", {"edchat"}) == "edchat-2"
    assert slug("edchat", {"edchat", "edchat-2"}) == "edchat-3"


@given(st.text(max_size=300))
def test_a_slug_holds_nothing_dangerous(text: str) -> None:
    name = slug(text)
    assert name
    assert not set(name) & set("/\\.:%?#<>\"'|* \0\n\r")
    assert len(name.encode()) <= 255
    assert slug(name) == name
