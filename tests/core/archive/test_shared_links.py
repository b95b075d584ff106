"""Shared links: what their sharers said of them, each once, and nothing from under a veil."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from sys import getrefcount

import pytest

from bot.core.archive.chat_page import Answer, Answered, ChatPage
from bot.core.archive.shared_links import links_in, marks_in, shared_links
from bot.core.archive.web_addresses import mark
from bot.core.audience import Audience
from bot.core.model import Chat, Community, Question, Series
from bot.markup import render
from tests.support.bad_inputs import case
from tests.support.xss_payloads import XSS_PAYLOADS

AT = datetime(2026, 11, 3, 20, tzinfo=UTC)
CARD = "https://cards.example/two-stars"


def titles(words: str) -> list[str]:
    return [link.title for link in links_in(render(words))]


def said(number: int, words: str, *, hidden: bool = False, minutes: int = 0) -> Answer:
    at = AT + timedelta(minutes=minutes)
    return Answer(number, f"p{number}", f"Name {number}", number, "", render(words), at, hidden=hidden)


def page(*answers: Answer, removed: frozenset[str] = frozenset()) -> ChatPage:
    asked = Answered(Question(1, 1, "What?", asked_at=AT), "Q1", answers)
    chat, series = Chat(1, 1, "UTC", AT, AT + timedelta(hours=1), slug="2026-11-03"), Series(1, 1, "Tuesday")
    return ChatPage(
        chat, series, Community(1, "House", "UTC"), Audience(1), questions=(asked,), removed=removed
    )


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (f"[the card]({CARD})", "the card"),
        (f"A1: Two stars and a wish: {CARD}", "Two stars and a wish"),
        (f"A1 Two stars {CARD}", "Two stars"),
        (f"A great article at {CARD}", "A great article at cards.example"),
        (f"Two stars, found on {CARD}.", "Two stars, found on cards.example"),
        (f"{CARD} is what we use", "cards.example is what we use"),
        (f"Before it {CARD} and after", "Before it cards.example and after"),
        (f"Great idea. {CARD} is what we use. More soon.", "cards.example is what we use"),
        (f"For years we did. Here is the template: {CARD} and it works. Really.", "Here is the template"),
        (f"Have you seen {CARD}?", "Have you seen cards.example?"),
        (f"See {CARD}, it works", "See cards.example, it works"),
        (f"Two stars ({CARD}) is great", "Two stars is great"),
        (f"A1: {CARD} (two stars and a wish). Nice", "two stars and a wish"),
        (f"For e.g. Dr. Who lessons: {CARD}", "For e.g. Dr. Who lessons"),
        (f"{CARD} Great for reading aloud.", "Great for reading aloud"),
        (f"and {CARD}", "cards.example/two-stars"),
        (f"More on the card [here]({CARD}). Good night.", "More on the card here"),
        (f"[here]({CARD})", "cards.example/two-stars"),
        (f"One line\nTwo stars, {CARD}\nanother line", "Two stars"),
        (CARD, "cards.example/two-stars"),
        (f"A1: {CARD}", "cards.example/two-stars"),
        (f"**Two** stars `code` {CARD}", "Two stars code"),
        (f"Top 10: {CARD}", "Top 10"),
        (f"One {'x' * 400} {CARD}", f"One {'x' * 135}…"),
        (f"A1: [named]({CARD})", "cards.example/two-stars"),
        ("words " * 40 + CARD, "words " * 22 + "words…"),
    ],
)
def test_a_link_is_called_what_its_sharer_called_it(words: str, title: str) -> None:
    assert titles(words) == [title]


def test_words_do_not_stay_in_memory_because_their_links_were_read() -> None:
    words = render(f"A1: Two stars and a wish: {CARD}")
    before = getrefcount(words)
    assert links_in(words)
    assert getrefcount(words) == before


@pytest.mark.parametrize(
    "words", [f"[a card]({CARD}) and {CARD}?x=1\n||{CARD}#hidden||", "https://b.example/ " + CARD, "no link"]
)
def test_marks_are_those_of_the_links_in_their_order(words: str) -> None:
    assert marks_in(render(words)) == tuple(link.mark for link in links_in(render(words)))


def test_several_links_in_a_line_have_each_the_words_before_it() -> None:
    words = f"My cards: {CARD} and our stems https://stems.example/x and [a form](https://forms.example/)"
    assert titles(words) == ["My cards", "our stems", "a form"]


def test_b353_links_under_a_veil_or_in_code_are_not_listed() -> None:
    assert case("B353").expect.startswith("not listed")
    assert titles(f"||{CARD}|| `{CARD}`\n```\n{CARD}\n```") == []
    assert titles(f"not ||hidden words|| {CARD}") == ["not [spoiler]"]


def test_where_a_link_leads_is_told_as_the_network_knows_it() -> None:
    [link] = links_in(render("[paypal.com](https://pаypal.com/login)"))
    assert link.host == "xn--pypal-4ve.com"
    assert link.url.startswith("https://xn--pypal-4ve.com/")


def test_the_same_page_is_one_link_with_how_often_it_was_shared() -> None:
    answers = (
        said(1, f"A1: the card {CARD}?utm_source=x"),
        said(2, f"A1: mine too {CARD}#top {CARD}", minutes=3),
        said(3, f"A1: [again]({CARD}?fbclid=1)", minutes=2),
        said(4, "A1: https://other.example/"),
    )
    first, other = shared_links(page(*answers))
    assert (first.title, first.url, first.name, first.times) == ("the card", CARD, "Name 1", 3)
    assert (first.first_at, first.last_at) == (AT, AT + timedelta(minutes=3))
    assert (other.times, other.public_id) == (1, "p4")


def test_a_link_is_given_its_words_once_however_often_it_was_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    named: list[str] = []

    def noted(before: str, words: str, after: str, host: str) -> str:
        named.append(before)
        return before

    monkeypatch.setattr("bot.core.archive.shared_links.title", noted)
    [link] = shared_links(page(*(said(k, f"A1: number {k} {CARD}") for k in range(1, 100))))
    assert (link.title, link.times, named) == ("number 1", 99, ["number 1"])


def test_a_message_under_two_questions_shares_once() -> None:
    one = page(said(1, f"A1/A2: {CARD}"))
    twice = replace(one, questions=(*one.questions, replace(one.questions[0], label="Q2")))
    assert [link.times for link in shared_links(twice)] == [1]


def test_what_hosts_took_out_or_hid_is_not_listed() -> None:
    answers = (said(1, f"A1: {CARD}"), said(2, "A1: https://b.example/", hidden=True))
    assert shared_links(page(*answers, removed=frozenset((mark(CARD),)))) == ()


@pytest.mark.parametrize("payload", XSS_PAYLOADS)
def test_nothing_but_web_addresses_becomes_a_link(payload: str) -> None:
    assert all(link.url.startswith(("http://", "https://")) for link in links_in(render(payload)))
