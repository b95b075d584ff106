"""How typed commands are read: words, quotes, options, free text, lines below."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.echo import discreet, secretive, shown
from bot.core.grammar import LINE_LIMIT, LINES_LIMIT, Misread, Shape, bind, command_text, read
from bot.core.model import Refused
from tests.support.bad_inputs import case

PLAN = Shape(
    ordered=("topic",),
    named=("chat", "after", "at_once", "questions"),
    flags=frozenset({"at_once"}),
    rest=True,
    runs_on=True,
    below="questions",
)
ANSWER = Shape(ordered=("number", "text"), named=("chat",), rest=True, runs_on=True)
NEXT = Shape(named=("chat", "after"))
CREATE = Shape(
    ordered=("title",), named=("when", "zone"), rest=True, runs_on=True, needed=frozenset({"title", "when"})
)
EDIT = Shape(ordered=("series",), named=("zone",), rest=True)
PAIR = Shape(ordered=("one", "two"))


def given_by(text: str, shape: Shape = PLAN) -> dict[str, str]:
    return bind(read(text), 0, shape)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("!edchat", ""),
        ("!edchat chat next", "chat next"),
        ("  !EdChat  help", "help"),
        ("\n!edchat help\n", "help"),
        ("\ufeff\u200b!edchat help", "help"),
        ("！edchat help", "help"),
        ("!edchat chat plan Homework\nOne?\n\nTwo?\n", "chat plan Homework\nOne?\n\nTwo?"),
    ],
)
def test_a_command_begins_with_its_call(text: str, command: str) -> None:
    assert command_text(text) == command


@pytest.mark.parametrize(
    "text",
    ["", "hello", "!edchats", "!edchat:x", "so: !edchat help", "A1: !edchat help", "Hello\n!edchat help"],
)
def test_talk_is_no_command(text: str) -> None:
    assert command_text(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "```\n!edchat start\n```",
        "```!edchat start```",
        "`!edchat start`",
        "    !edchat start",
        "\t!edchat start",
        "> !edchat start",
        "> !edchat start\n\nI would not do that",
    ],
)
def test_b220_code_and_quotes_are_no_command(text: str) -> None:
    assert case("B220").expect == "ignored"
    assert command_text(text) is None


def test_free_text_keeps_apostrophes_and_spacing() -> None:
    assert given_by("What's  next?   Isn't it") == {"topic": "What's  next?   Isn't it"}


def test_double_quotes_group() -> None:
    assert given_by('"first word" second', PAIR) == {"one": "first word", "two": "second"}
    assert given_by('one="a b" "c d"', PAIR) == {"one": "a b", "two": "c d"}
    assert given_by('"What\'s next"') == {"topic": "What's next"}
    assert given_by('""') == {"topic": ""}


def test_quotes_inside_free_text_stay() -> None:
    assert given_by('a "b c" d') == {"topic": 'a "b c" d'}
    assert given_by('"b c" d') == {"topic": '"b c" d'}
    assert given_by('12" pizza and 6" pie') == {"topic": '12" pizza and 6" pie'}
    assert given_by('"unclosed words') == {"topic": '"unclosed words'}


def test_b222_smart_quotes_and_long_dashes_are_normalised() -> None:
    assert "smart quotes" in case("B222").input
    assert given_by("“What’s next” —chat 7") == {"topic": "What’s next", "chat": "7"}
    assert given_by("„first word“ ”second word”", PAIR) == {"one": "first word", "two": "second word"}
    assert given_by("–chat=7 ——after 3", NEXT) == {"chat": "7", "after": "3"}
    assert given_by("— what a night") == {"topic": "— what a night"}


def test_options_come_before_free_text_or_end_it() -> None:
    assert given_by("chat=7 Homework") == {"chat": "7", "topic": "Homework"}
    assert given_by("Homework chat=7 --after 3") == {"topic": "Homework", "chat": "7", "after": "3"}
    assert given_by("topic=Homework chat=7") == {"topic": "Homework", "chat": "7"}
    assert given_by("--Chat=7 AFTER=3", NEXT) == {"chat": "7", "after": "3"}
    assert given_by("Homework --at-once") == {"topic": "Homework", "at_once": "yes"}
    assert given_by("Homework at-once=no") == {"topic": "Homework", "at_once": "no"}


def test_what_only_looks_like_an_option_is_text() -> None:
    assert given_by("2+2=4 and x=y") == {"topic": "2+2=4 and x=y"}
    assert given_by("why chat=7 matters") == {"topic": "why chat=7 matters"}
    assert given_by("Fun title=games we play", CREATE) == {"title": "Fun title=games we play"}
    assert given_by("when=noon Fun when=ever we play", CREATE)["title"] == "Fun when=ever we play"
    assert given_by('"chat=7"') == {"topic": "chat=7"}
    assert given_by("--foo bar") == {"topic": "--foo bar"}
    assert given_by("we ask --chat") == {"topic": "we ask --chat"}


def test_lines_below_are_kept_raw_between_their_ends() -> None:
    assert given_by("Homework\r\n\r\n One? \r\n\r\nTwo?\r\n\r\n") == {
        "topic": "Homework",
        "questions": " One? \n\nTwo?",
    }


def test_free_text_runs_on_below_where_no_lines_are_declared() -> None:
    assert given_by("2 First\nsecond", ANSWER) == {"number": "2", "text": "First\nsecond"}
    assert given_by("2\nOnly below", ANSWER) == {"number": "2", "text": "Only below"}


@pytest.mark.parametrize(
    ("text", "shape", "why"),
    [
        ("chat=1 chat=2", NEXT, "You gave chat twice; give it once."),
        ("topic=a questions=b\nc", PLAN, "You gave questions twice; give it once."),
        ("--chat", NEXT, "Something is missing after --chat."),
        ("now", NEXT, 'I do not know what to do with "now".'),
        ("a b c", PAIR, 'I do not know what to do with "c".'),
        ('Fun when="Tue 8 pm" length=30', CREATE, 'There is no option "length" here.'),
        ("Fun when=noon --length 30", CREATE, 'There is no option "length" here.'),
        ('Fun when="Tue 8 pm" zone=new york', CREATE, 'What has spaces needs quotes: write zone="new york".'),
        ("Fun when=every Tue 8 pm", CREATE, 'What has spaces needs quotes: write when="every Tue 8 pm".'),
        ('Fun when="Tue 8 pm" and so on', CREATE, 'I do not know what to do with "and".'),
        ("Fun zone=new york", EDIT, 'What has spaces needs quotes: write zone="new york".'),
        ("chat=1\nmore", NEXT, "This command takes one line only; leave out what stands below it."),
    ],
)
def test_what_fits_nowhere_is_misread(text: str, shape: Shape, why: str) -> None:
    with pytest.raises(Misread, match=f"^{re.escape(why)}$"):
        given_by(text, shape)


def test_b206_a_line_of_6000_characters_passes_and_one_more_is_refused() -> None:
    assert "6,000 characters" in case("B206").input
    assert given_by("x" * LINE_LIMIT) == {"topic": "x" * 6_000}
    with pytest.raises(Refused, match="at most 6,000 characters"):
        read("x" * (LINE_LIMIT + 1))
    with pytest.raises(Refused, match="at most 6,000 characters"):
        read("x\n" + "y" * (LINE_LIMIT + 1))


def test_too_many_lines_are_refused() -> None:
    assert len(read("\n".join(["topic", *["q"] * (LINES_LIMIT - 1)])).below) == LINES_LIMIT - 1
    with pytest.raises(Refused, match="at most 200 lines"):
        read("\n" * LINES_LIMIT)


def test_a_nul_is_refused_and_half_a_character_replaced() -> None:
    with pytest.raises(Refused, match="NUL"):
        read("chat plan a\0b")
    assert given_by("a\ud800b") == {"topic": "a\ufffdb"}


def test_b226_what_may_be_a_secret_is_not_repeated() -> None:
    assert "secret" in case("B226").input
    token = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"  # made up
    assert secretive(token)
    assert secretive("syt_YWxpY2U_abc123")
    assert shown(token) == shown(f"my {token}") == "that word"
    assert discreet(f"I know no {token} here.", (f'say "{token}"',)) == "I know no that word here."
    assert discreet("I know no cat here.", ("say cat",)) == "I know no cat here."


def test_errors_repeat_little_and_nothing_unprintable() -> None:
    assert shown("statr") == '"statr"'
    assert shown("two  words\x1b[31m") == '"two words[31m"'
    assert shown("ab " * 40) == '"' + ("ab " * 13) + "…" + '"'
    assert not secretive("2026-11-24")
    assert not secretive("differentiation")


ANY = st.text(st.characters(codec=None), max_size=80) | st.text('a1 "“”=-—–\t\n\\chatopic', max_size=60)


@given(ANY, st.sampled_from([PLAN, ANSWER, NEXT, PAIR]))
@example('"', PLAN)
@example("--chat", PLAN)
@example('= "= =', PAIR)
def test_reading_never_raises_anything_but_a_refusal(text: str, shape: Shape) -> None:
    command_text(text)
    try:
        found = given_by(text, shape)
    except Refused:
        return
    assert set(found) <= {*shape.ordered, *shape.named}


@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Zl", "Zp"], exclude_characters='\0\r\n"“”„‟＂'), max_size=200
    )
)
def test_free_text_comes_back_as_typed(text: str) -> None:
    said = text.strip()
    looks_optional = re.search(r"(^|\s)(--|[—–])?-*(number|text|chat)\b", said, re.IGNORECASE)
    if said and not looks_optional:
        assert given_by(f"3 {text}", ANSWER)["text"] == said


@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Zl", "Zp"], exclude_characters='\0\r\n"“”„‟＂'), max_size=200
    )
)
def test_quoted_text_comes_back_whatever_it_is(text: str) -> None:
    assert given_by(f'"{text}"')["topic"] == text


@pytest.mark.parametrize(
    "piece", ['"a "b ', "a=", '"', "a=b ", "--chat ", "chat=1 ", '= "', "— ", "-" * 5, " "]
)
def test_reading_takes_time_in_proportion_to_the_line(piece: str) -> None:
    def seconds(size: int) -> float:
        line = read((piece * size)[:size])
        best = 9.0
        for _ in range(3):
            began = time.process_time()
            command_text(line.text)
            with suppress(Misread):
                bind(read(line.text), 0, PLAN)
            best = min(best, time.process_time() - began)
        return best

    # Four times the text within ten times the seconds: squares would take sixteen times as many.
    assert seconds(6_000) <= 10 * seconds(1_500) + 0.002
