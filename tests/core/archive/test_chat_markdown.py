"""A chat as Markdown: whatever people typed reads as they typed it, and only web addresses are links."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.core.archive import chat_markdown
from bot.core.archive.chat_document import Asked
from bot.core.tongue import speaking
from bot.web.tongues import tongue_of
from tests.support.chat_files import head, said
from tests.support.xss_payloads import XSS_PAYLOADS

AT = datetime(2026, 11, 25, 1, 7, tzinfo=UTC)
ODD = (
    *(
        "*not bold*",
        "_a_ __b__ snake_case",
        "# heading",
        "1. one\n2. two",
        "- a\n+ b\n* c",
        "> quoted",
        "===\n---",
        "title\n===",
        "title\n---",
    ),
    *(
        "a\\b\\",
        "`code` ``` fence",
        "~~~\nx",
        "[link](https://x.example/)",
        "![img](y)",
        "<b>html</b>",
        "&amp; &lt;",
    ),
    *(
        "a | b\n--|--",
        "    indented",
        "one\n\n\ntwo",
        "line\nline",
        "$x$",
        "a\rb",
        "#edchat A1: yes",
        "1986. A year.",
    ),
    *(
        "***",
        "___",
        "[a]: b",
        "*a*https://x.example/*b*",
        "ends with \\",
        "~strike~ ~~out~~",
        "\ttab",
        "😀 é مرحبا",
    ),
)


def shown(markdown: str, rules: str = "gfm-like") -> tuple[str, str]:
    """What a reader sees of Markdown, and its HTML."""
    html = MarkdownIt(rules, {"linkify": False}).render(markdown)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split()), html


def as_typed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("rules", ["commonmark", "gfm-like"])
@pytest.mark.parametrize("text", [*ODD, *XSS_PAYLOADS])
def test_words_read_as_they_were_typed(text: str, rules: str) -> None:
    seen, html = shown(chat_markdown.message(head(), said(text)), rules)
    _, _, words = seen.partition("( link ) ")
    assert words.replace(" ", "") == as_typed(text).replace(" ", "")
    inside = html.partition("<blockquote>")[2]
    assert set(re.findall(r"<(\w+)", inside)) <= {"p", "br", "a"}
    assert all(link.startswith(("http://", "https://")) for link in re.findall(r'href="([^"]*)"', html))


@given(
    st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=60)
    | st.text("*_[](){}<>#+-.!|~=`$\\1 \nax&;", max_size=60)
)
def test_no_words_become_marks(text: str) -> None:
    seen, html = shown(f"> {chat_markdown.line(text)}\n")
    assert seen.replace(" ", "") == as_typed(text).replace(" ", "")
    assert set(re.findall(r"<(\w+)", html)) <= {"blockquote", "p", "br", "a"}


def test_web_addresses_stay_links() -> None:
    _, html = shown(
        chat_markdown.message(head(), said("see https://x.example/a_b?c=1&d=2, and (http://y.example)!"))
    )
    assert '<a href="https://x.example/a_b?c=1&amp;d=2">https://x.example/a_b?c=1&amp;d=2</a>,' in html
    assert '(<a href="http://y.example">http://y.example</a>)!' in html


def test_a_message_says_who_and_when_and_where_it_stands() -> None:
    written = chat_markdown.message(head(), said("Novels"))
    assert written == ("\n**Ana**, 8:07 pm ET ([link](https://ed.example/ed/a/a1b2))\n\n> Novels\n")
    assert "**Somebody**" in chat_markdown.message(head(), said("x", None))


def test_the_file_opens_with_title_time_host_and_address() -> None:
    opened = chat_markdown.opening(head(lead="Ana *Star*", topic="# 1. Grades\nand more"))
    assert opened == (
        "# \\# 1. Grades and more\n\nWeekly EdChat, Tue 24 Nov 2026, 8:00 pm ET\n\n"
        "Hosted by Ana \\*Star\\*.\n\n"
        "<https://ed.example/ed/edchat/2026-11-24/>\n"
    )


def test_the_days_of_a_slow_chat_stand_at_its_head_in_the_language_of_the_file() -> None:
    slow = head(ends_at=datetime(2026, 11, 29, 2, 0, tzinfo=UTC), zone="Europe/Berlin")
    assert "Wed 25 Nov to Sun 29 Nov 2026" in chat_markdown.opening(slow)
    with speaking(tongue_of("de")):
        assert "Mi., 25. Nov. bis So., 29. Nov. 2026" in chat_markdown.opening(slow)


def test_questions_are_headings_under_their_labels() -> None:
    assert (
        chat_markdown.question(head(letter="F"), Asked(2, "Wer\nhilft?", "asked", AT))
        == "\n## F2: Wer hilft?\n"
    )
