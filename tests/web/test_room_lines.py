"""Commands as forms: what is filled in becomes a line that reads as what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import SystemClock
from bot.commands import CommandTree
from bot.commands.declared import Form
from bot.core import grammar
from bot.storage.engine import database_url
from bot.storage.store import Store
from bot.web.room.lines import asked, composed, fields
from cogs import every_cog

TREE = CommandTree(Store(database_url("", Path("nowhere")), readers=0), SystemClock(), *every_cog())
KNOWN = {command.path: command for command in TREE.commands}
SOME_WORDS = st.text(st.characters(exclude_categories=("C", "Z")) | st.sampled_from(' "=\n-'), max_size=60)


def read(path: str, line: str) -> dict[str, str]:
    return grammar.bind(grammar.read(line), len(path.split()), KNOWN[path].shape)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("question edit", {"number": "3", "text": "What worked?\nAnd why?", "chat": "7"}),
        ("question edit", {"number": "3", "text": 'He said "no" chat=9', "chat": "7"}),
        ("question add", {"text": "-- what now?", "chat": "7"}),
        ("chat plan", {"topic": "Feedback that moves", "questions": "One?\nTwo?", "chat": "7"}),
        ("chat plan", {"topic": 'On "grit"', "questions": "One?\nTwo?", "chat": "7"}),
        ("privacy name", {"pseudonym": "Reader 12"}),
        ("chat end", {"chat": "7"}),
        ("answers move", {"message": "m12", "number": "2", "chat": "7"}),
    ],
)
def test_a_filled_in_form_reads_as_what_was_meant(path: str, values: dict[str, str]) -> None:
    assert read(path, composed(KNOWN[path], values)) == values


@given(text=SOME_WORDS)
def test_a_question_of_any_words_stays_one(text: str) -> None:
    given_text = "\n".join(line for line in text.strip().split("\n"))
    values = {"number": "3", "text": text, "chat": "7"}
    line = composed(KNOWN["question edit"], values)
    got = read("question edit", line)
    assert (got["number"], got["chat"]) == ("3", "7")
    assert got.get("text", "").split() == given_text.split()


@given(topic=SOME_WORDS)
def test_a_topic_of_any_words_changes_nothing_else(topic: str) -> None:
    got = read("chat plan", composed(KNOWN["chat plan"], {"topic": topic, "questions": "One?", "chat": "7"}))
    assert (got["questions"], got["chat"]) == ("One?", "7")


def test_what_a_line_gives_is_filled_in_and_which_chat_is_not_asked_again() -> None:
    one = asked(TREE.commands, "question edit 4 chat=7")
    assert one is not None
    form = Form(one.command, {**one.given, "text": "Old words"})
    made = {field.name: field for field in fields(form, {})}
    assert made["text"].value == "Old words"
    assert made["text"].kind == "long"
    assert made["number"].value == "4"
    assert (made["chat"].kind, made["number"].kind) == ("hidden", "hidden")


@pytest.mark.parametrize("line", ["question", "no such thing", "chat end what is this", '"'])
def test_a_line_that_is_no_command_asks_for_nothing(line: str) -> None:
    assert asked(TREE.commands, line) is None


def test_an_empty_line_asks_for_the_card() -> None:
    one = asked(TREE.commands, "")
    assert one is not None
    assert (one.command.path, dict(one.given)) == ("", {})


def test_every_offer_of_the_hosts_panel_is_a_command() -> None:
    for line in ("chat plan chat=1", "question add chat=1", "question edit 2 chat=1", "chat end chat=1"):
        assert asked(TREE.commands, line) is not None
