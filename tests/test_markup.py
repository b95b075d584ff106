"""What people write is shown as they meant it, and never becomes more than words."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.markup import LONGEST, href, mentioned, render
from bot.markup._cleaning import ATTRIBUTES, CLASSES, REL, TAGS, clean
from tests.support.bad_inputs import case
from tests.support.xss_payloads import XSS_PAYLOADS

NAMES = {"123": "Ann", "7": "lounge"}
PIECES = (
    *(
        "![",
        "[",
        "]",
        "(",
        ")",
        "](https://e.org)",
        "[x](",
        '[x](a "',
        "[x]( ",
        "[x](<",
        "<",
        "<a",
        "<@",
        "<t:1",
    ),
    *(
        "<https://",
        ">",
        "> ",
        ">>",
        "- ",
        "* ",
        "1. ",
        "  * a\n",
        "\n",
        "a\n",
        "> a\n",
        "  \n",
        "\t",
        "```\n",
        "~~~",
    ),
    *(
        "`",
        "`a ",
        "``",
        "*",
        "**",
        "*a **b ",
        "_",
        "__",
        "~~",
        "||",
        "||a",
        "|",
        "\\",
        "!",
        "://",
        "a://",
        "http://",
    ),
    *(
        "https://a.b/",
        "https://a.b ",
        "https://a.b/(",
        "https://%",
        "(https://",
        "e\u0301",
        "&amp;",
        "a",
        "a ",
    ),
    "**[||s||](https://e.org)** ",
)
NASTY = (
    *PIECES,
    *XSS_PAYLOADS,
    *(
        "<@123>",
        "<#7>",
        "<t:1700000000:R>",
        "<:a:1>",
        "</a b:1>",
        "javascript:",
        "data:",
        "\0",
        "\ud800",
        "\u202e",
    ),
    *(
        "\x0b",
        "\x85",
        "\ufffe",
        "&#x202e;",
        "&lt;",
        '"',
        "'",
        "=",
        "\r",
        "\u2028",
        "https://u:p@",
        "аррӏе.com",
        "x",
    ),
)


def parsed(html: str) -> Element:
    """Parse as a browser does; any parse error is raised."""
    root: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(html)
    return root


def elements(html: str) -> Iterator[Element]:
    return (element for element in parsed(html).iter() if element.tag != "DOCUMENT_FRAGMENT")


def depth(element: Element) -> int:
    return 1 + max(map(depth, element), default=0)


def assert_only_ours(html: str) -> None:
    """Nothing but the elements, attributes, classes and addresses that we make."""
    for element in elements(html):
        allowed = ATTRIBUTES.get(element.tag, set()) | (
            {"class", "tabindex"} if element.tag == "span" else set()
        )
        assert element.tag in TAGS
        assert set(element.attrib) <= allowed | ({"rel"} if element.tag == "a" else set())
        assert element.get("class", "host") in CLASSES["span"]
        if element.tag == "a":
            assert element.get("rel") == REL
            assert element.get("href", "").startswith(("https://", "http://", "mailto:"))
            assert href(element.get("href", "")) == element.get("href")
    assert depth(parsed(html)) <= 21  # the fragment itself, then 20
    assert clean(html) == html


def only(html: str, tag: str) -> Element:
    [found] = [element for element in elements(html) if element.tag == tag]
    return found


@pytest.mark.parametrize("payload", XSS_PAYLOADS)
def test_words_that_try_to_become_more_stay_words(payload: str) -> None:
    assert_only_ours(render(payload))
    assert_only_ours(render(f"**A1:** {payload} and ||{payload}||\n> {payload}\n- {payload}"))
    assert_only_ours(render("<@123> <#7>", {"123": payload, "7": payload}))


@settings(max_examples=400)
@given(st.lists(st.sampled_from(NASTY), max_size=40).map("".join))
def test_whatever_is_written_only_our_elements_come_out(text: str) -> None:
    assert_only_ours(render(text, NAMES))


@given(st.text(max_size=200))
def test_any_characters_are_shown_or_left_out(text: str) -> None:
    assert_only_ours(render(text))


def test_b275_an_element_that_somebody_wrote_is_text() -> None:
    assert case("B275").expect == "text"
    assert render(case("B275").input) == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"


def test_b276_an_address_that_is_no_web_page_is_no_link() -> None:
    assert render(case("B276").input) == "<p>[x](javascript:alert(1))</p>\n"


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "JAVASCRIPT:x",
            "vbscript:x",
        ),
        *(
            "data:text/html,x",
            "file:///etc/passwd",
            "ftp://e.org",
            "//e.org",
            "/x",
            "",
            "https:",
            "https://",
            "x",
        ),
        *(
            "https:/e.org",
            "https://e.org\\@evil.org",
            "https://e.org:x/",
            "https://[::1",
            "https://a b.org/",
            "http://℀.org",
        ),
        *(
            "mailto:",
            "mailto:a",
            "mailto:a@b,c@d",
            "https://e..org",
            "http://\ufeff",
            "http://xn--qg7c",
            "http://1.2.3.456",
            "http://[::1::]",
            f"https://{'a' * 64}.org",
        ),
    ],
)
def test_b277_an_address_from_a_webhook_is_a_link_only_if_safe(url: str) -> None:
    assert case("B277").input.endswith("from a webhook")
    assert href(url) is None


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://e.org/a?b=c&d#e", "https://e.org/a?b=c&d#e"),
        ("HTTPS://E.ORG/ä b".replace(" ", "%20"), "https://e.org/%C3%A4%20b"),
        ("http://u:p@e.org:8080", "http://e.org:8080"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("mailto:Ann@E.org?bcc=evil@e.org", "mailto:Ann@e.org"),
    ],
)
def test_a_safe_address_keeps_what_it_needs(url: str, safe: str) -> None:
    assert href(url) == safe == href(safe)


def test_b278_a_link_that_names_another_host_shows_its_own() -> None:
    assert '>https://bank.com</a> <span class="host">(evil.example)</span>' in render(case("B278").input)


@pytest.mark.parametrize("label", ["e.org", "https://e.org", "http://www.e.org/other", "E.org/x"])
def test_a_link_that_names_its_host_says_it_once(label: str) -> None:
    assert 'class="host"' not in render(f"[{label}](https://e.org/x)")


@pytest.mark.parametrize(
    "label", ["this", "https://e.org@evil.org", "e.org bank.com", "e.org.evil.org", "**e.com**"]
)
def test_a_link_with_other_words_shows_its_host(label: str) -> None:
    assert 'class="host">(e.org)<' in render(f"[{label}](https://e.org/x)")


def test_a_link_without_words_shows_where_it_leads() -> None:
    assert only(render("[ ](https://e.org/x)"), "a").text == " https://e.org/x"


def test_a_link_stands_in_no_link() -> None:
    html = render("[a <https://e.org> b https://e.org [c](https://e.org) d](https://f.org)")
    assert [link.get("href") for link in elements(html) if link.tag == "a"] == ["https://f.org"]


def test_b279_a_picture_is_a_link_and_nothing_is_fetched() -> None:
    html = render(case("B279").input)
    assert html.startswith('<p><a href="http://127.0.0.1/pixel"')
    assert "<img" not in html
    assert ">x</a>" in html


@pytest.mark.parametrize(
    ("text", "url", "after"),
    [
        ("see https://e.org/a.", "https://e.org/a", "."),
        ("(https://e.org/a_(b))", "https://e.org/a_(b)", ")"),
        ("**https://e.org**", "https://e.org", None),
        ("||https://e.org||", "https://e.org", None),
        ("“https://e.org”，", "https://e.org", "”，"),
        ("HTTP://e.org/?a=b&c", "http://e.org/?a=b&c", None),
    ],
)
def test_a_bare_address_is_a_link_without_the_marks_around_it(text: str, url: str, after: str | None) -> None:
    link = only(render(text), "a")
    assert (link.get("href"), link.tail) == (url, after)


@pytest.mark.parametrize(
    "text", ["www.e.org", "e.org", "a@e.org", "ftp://e.org", "xhttps://e.org", "https://", "1.2.3.4"]
)
def test_what_only_looks_like_an_address_is_text(text: str) -> None:
    assert "<a" not in render(text)


def test_b281_a_moment_is_a_time_and_a_wrong_one_stays_text() -> None:
    html = render(case("B281").input)
    assert only(html, "time").get("datetime") == "2023-11-14T22:13:20+00:00"
    assert only(html, "time").text == "Tue 14 Nov 2023, 10:13 pm UTC"
    assert "and &lt;t:99999999999999999999:F&gt; and &lt;t:abc&gt;" in html
    assert "<time" not in render("<t:99999999999999> <t:1700000000:q> <t:> <t:1:R")


def test_b282_mentions_show_the_names_given_and_no_others() -> None:
    html = render(case("B282").input, {"123": "Ann"})
    assert html.count('<span class="mention">@Ann</span>') == 2
    unknown = "".join(parsed(render(case("B282").input)).itertext())
    assert unknown.strip() == "@unknown @unknown #unknown :name: :name: /cmd"
    assert mentioned("<@1> <@!2> <@&3> <#4> <@x>") == {"1", "2", "3", "4"}


def test_a_name_is_never_read_as_markdown_or_a_link() -> None:
    html = render("<@123>", {"123": "**A** https://e.org <b>"})
    assert only(html, "span").text == "@**A** https://e.org <b>"


def test_b283_code_is_shown_as_it_was_written() -> None:
    html = render(case("B283").input)
    assert html == "<pre><code>&lt;/code&gt;&lt;/pre&gt;&lt;script&gt;\n</code></pre>\n"
    assert [element.tag for element in elements(html)] == ["pre", "code"]


@pytest.mark.parametrize("code", ["```\na\nb```\nend", "```py\na\nb\n```\nend", "```\na\nb``` \n\nend"])
def test_code_ends_where_its_marks_stand(code: str) -> None:
    assert render(code) == "<pre><code>a\nb\n</code></pre>\n<p>end</p>\n"


@pytest.mark.parametrize(
    "text",
    [
        "**[||spoiler||](https://e.org)** " * 100,
        "**[||" * 100 + "spoiler" + "||](https://e.org)**" * 100,
        "*a **b " * 500 + "c** d*" * 500,
        "- " * 100 + "x",
        "> - " * 100 + "x",
    ],
)
def test_b284_marks_are_nested_only_so_deep_and_no_word_is_lost(text: str) -> None:
    assert "depth limit 20" in case("B284").expect
    html = render(text)
    assert_only_ours(html)
    said = "".join(parsed(html).itertext())
    assert said.count("x") + said.count("spoiler") + said.count("c") >= 1


def test_b286_thousands_of_quote_marks_end_at_a_depth() -> None:
    html = render(case("B286").input + " words")
    assert html.count("<blockquote>") == 8
    assert "words" in html


@pytest.mark.parametrize("piece", PIECES)
def test_twice_the_text_is_twice_the_work(piece: str) -> None:
    assert work((piece * 2_000)[:2_000]) <= 2.5 * work((piece * 1_000)[:1_000]) + 500


def work(text: str) -> int:
    """Count the calls that rendering makes, which no clock and no neighbour changes."""
    calls = 0

    def count(*_: Any) -> None:
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        render(text)
    finally:
        sys.setprofile(before)
    return calls


def test_what_is_too_long_is_cut_between_letters() -> None:
    html = render("👨‍👩‍👧" * LONGEST)
    assert html.endswith("👨‍👩‍👧…</p>\n")
    assert len(html) <= LONGEST + 10


@pytest.mark.parametrize("emoji", ["👨‍👩‍👧‍👦", "🇩🇪", "👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "❤️‍🔥"])
def test_b289_emoji_are_kept_whole(emoji: str) -> None:
    assert case("B289").expect == "kept whole"
    assert render(emoji) == f"<p>{emoji}</p>\n"


def test_b290_marks_do_not_climb_over_other_lines() -> None:
    assert "4,000 combining marks" in case("B290").input
    html = render("a" + "\u0301\u0489" * 2_000 + " b")
    assert sum(unicodedata.category(letter) in ("Mn", "Me") for letter in html) == 4
    assert html.endswith(" b</p>\n")
    assert "ที่นี่" in render("ที่นี่")


def test_b292_credentials_are_left_out_and_a_mixed_host_is_spelt_out() -> None:
    assert "credentials stripped" in case("B292").expect
    mixed = only(render("https://user:pass@аррle.com/x"), "a")
    assert mixed.get("href") == mixed.text == "https://xn--le-6kc8da.com/x"
    single = only(render("https://user:pass@münchen.de/ä"), "a")
    assert (single.get("href"), single.text) == ("https://xn--mnchen-3ya.de/%C3%A4", "https://münchen.de/ä")
    assert only(render("https://xn--80ak6aa92e.com"), "a").text == "https://xn--80ak6aa92e.com"
    assert "pass" not in render("[x](https://user:pass@e.org) <https://user:pass@e.org>")


def test_characters_that_turn_the_reading_direction_are_left_out() -> None:
    assert render("a\u202eb\u2066c\x85d") == "<p>abcd</p>\n"
    assert "\u202e" not in render("[&#x202e;](https://e.org/\u202e)")


@pytest.mark.parametrize("label", ["A1:", "A12", "**A1**", "Q 3 –"])
def test_a_label_does_not_choose_which_way_words_run(label: str) -> None:
    said = render(f"{label} مورد رائع")
    assert re.fullmatch(r"<p><bdi>[^م]+</bdi> مورد رائع</p>\n", said)
    assert "bdi" not in render(f"{label} a fine one, مورد")


def test_lists_keep_their_numbers_and_lines_their_breaks() -> None:
    assert render("3. three\n4. four").startswith('<ol start="3">\n<li>three</li>')
    assert render("one\ntwo") == "<p>one<br>\ntwo</p>\n"
    assert "<h" not in render("# one\n\ntwo\n===")
    assert render("[a]: https://e.org").startswith("<p>[a]: <a ")


def test_a_spoiler_opens_by_keyboard() -> None:
    assert render("a ||b *c*|| d ||||") == (
        '<p>a <span class="spoiler" tabindex="0">b <em>c</em></span> d ||||</p>\n'
    )
