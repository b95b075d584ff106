"""Commands in the bot's own sentences, as they are given where one reads; people's words stay as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.core import sentences, spoken
from bot.core.model import Chat, ChatState, Question, QuestionState, Series
from bot.core.rooms.bar import BUTTONS
from bot.core.sentences import command
from bot.core.spoken import CALL, spoken_commands

PATHS: Final = frozenset({"", "answer", "chat plan", "chat resume", "help", "privacy show", "series create"})
AT: Final = datetime(2026, 11, 24, 20, tzinfo=UTC)
SERIES: Final = Series(1, 1, "EdChat")
CHAT: Final = Chat(1, 1, "Europe/London", AT, AT + timedelta(hours=1), state=ChatState.OPEN, asked=4)
SAID_IN_ROOM: Final = (
    "No chat is on or coming up here; a host makes one with `!edchat series create` and `!edchat chat plan`."
)
ASKED: Final = "Who uses `chat plan`, and who `help`?"


def slashed(text: str) -> str:
    return spoken_commands(text, PATHS, "/")


def in_room(text: str) -> str:
    return spoken_commands(text, PATHS, f"{CALL} ", BUTTONS)


@pytest.mark.parametrize(
    ("said", "slash", "room"),
    [
        (
            sentences.PAUSED_RESUME_FIRST,
            "The chat is paused; use `/chat resume` first.",
            "The chat is paused; use `!edchat chat resume` first.",
        ),
        (
            command.NO_CHAT["live"],
            "No chat is on or coming up here; a host makes one with `/series create` and `/chat plan`.",
            SAID_IN_ROOM,
        ),
        (
            sentences.PRIVACY_HOW,
            "`/privacy show` tells what is kept and how to be left out.",
            "*My words* tells what is kept and how to be left out.",
        ),
        (sentences.FIRST_WORDS, "Hello. `/edchat` is all you need.", "Hello. `!edchat` is all you need."),
        (
            command.did_you_mean("I know no command halp.", ["help", "#maths"]),
            "I know no command halp. Did you mean `/help` or `#maths`?",
            "I know no command halp. Did you mean `!edchat help` or `#maths`?",
        ),
        (sentences.NOBODY_IN, sentences.NOBODY_IN, sentences.NOBODY_IN),  # no command that is declared
    ],
)
def test_a_command_reads_as_it_is_given_there(said: str, slash: str, room: str) -> None:
    assert (slashed(said), in_room(said)) == (slash, room)


def test_the_card_names_the_button_and_leaves_the_question_alone() -> None:
    question = Question(1, 4, ASKED, QuestionState.ASKED)
    card = sentences.card_live(CHAT, SERIES, question, 6)
    assert f"out: {ASKED}\nTo answer, use *Answer*, write in" in in_room(card)
    assert f"out: {ASKED}\nTo answer, use `/answer 4 your words`, write in" in slashed(card)


@pytest.mark.parametrize("text", [ASKED, f"Q4: {ASKED}", "`help`", "I said `chat resume` first", "a ` b"])
def test_what_people_wrote_is_never_changed(text: str) -> None:
    assert (slashed(text), in_room(text)) == (text, text)


def test_at_the_terminal_no_text_changes() -> None:
    said = sentences.PAUSED_RESUME_FIRST
    assert spoken_commands(said, frozenset(), "/") == said


def _texts(said: object) -> list[str]:
    if isinstance(said, Mapping):
        return [one for each in said.values() for one in _texts(each)]
    return [said] if isinstance(said, str) else []


def test_every_command_in_a_constant_sentence_is_known_as_ours() -> None:
    known = [
        one
        for name, said in vars(sentences).items()
        if name.isupper()
        for one in _texts(said)
        for path in ("chat plan", "privacy show", "chat resume", "series create")
        if f"`{path}" in one
    ]
    assert len(known) > 5
    assert all(slashed(one).count("`/") == one.count("`") // 2 for one in known if "`series edit" not in one)


def test_every_room_of_sentences_that_names_a_command_is_known() -> None:
    names_one = re.compile(r"`(?:answers?|archive|chat|help|house|privacy|question|resource|series|setup)\b")
    rooms = Path(sentences.__file__).parent.glob("*.py")
    naming = {room.stem for room in rooms if names_one.search(room.read_text(encoding="utf-8"))}
    typed_in_a_shell = {"demo", "host", "host_care", "status", "wellness"}
    assert len(naming) > 10
    typed_elsewhere = {"sharing"}  # a code, in whatever network the other place is on
    assert (
        naming - typed_in_a_shell - typed_elsewhere
        == {room.__name__.rpartition(".")[2] for room in spoken._OURS} & naming
    )
