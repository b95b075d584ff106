"""What is said otherwise where there are no buttons, and lines that can be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.core.model import Chat, Place, Series
from bot.core.sentences import chat, command, health, setup
from bot.core.sentences.matrix_said import SAID_HERE
from bot.platforms.matrix.phrasing import as_said_here, shortened

AT = datetime(2026, 11, 24, 20, tzinfo=UTC)
SERIES = Series(1, 1, "Lake chat")
CHAT = Chat(1, 1, "UTC", AT, AT + timedelta(hours=1))
LAKE = Place(1, 1, "matrix", "!lake", "Lakeside")
PATHS = ("chat plan", "series create", "help")


@pytest.mark.parametrize(
    ("said", "there", "here"),
    [
        (chat.welcome(CHAT, SERIES, None), "Tap Answer", "reply to the question. A1: in the room works too"),
        (setup.not_public("Lakeside"), "@everyone", "Let everybody join and see the history"),
        (setup.host_not_met("Tom"), "once somebody", 'as in `!edchat setup hosts="@name:server"`'),
        (health.place_gone(LAKE), "channel", "I am no longer in Lakeside; invite me there again"),
        (setup.HOSTS_ROOM_COMES, "thread", "private room for the hosts"),
        (setup.CALL_WHOM, "role", "ping=@room"),
        (command.HELP_HEAD, "`help chat plan`", "each line after `!edchat`"),
    ],
)
def test_a_sentence_for_networks_with_buttons_is_another_here(said: str, there: str, here: str) -> None:
    assert there in said
    told = as_said_here(f"Before.\n{said}\nAfter.", PATHS)
    assert there not in told
    assert here in told
    assert told.startswith("Before.\n")
    assert told.endswith("\nAfter.")


def test_nothing_that_is_said_here_is_of_another_network() -> None:
    texts = [
        one if isinstance(one, str) else one(sentence="s", usage="u", example="e")
        for one in SAID_HERE.values()
    ]
    for word in ("button", "Tap ", "channel", "in this server", "@everyone", "role", "/edchat"):
        assert not [one for one in texts if word in one], word


@pytest.mark.parametrize(
    ("example", "line"),
    [
        ("chat plan Homework", "For example: `!edchat chat plan Homework`"),
        ("chat plan\nOne?\nTwo?", "For example:\n```\n!edchat chat plan\nOne?\nTwo?\n```"),
    ],
)
def test_how_a_command_is_written_is_shown_as_lines_to_copy(example: str, line: str) -> None:
    need = "I still need topic."
    said = command.HOW_IT_GOES.format(sentence=need, usage="chat plan topic [chat=...]", example=example)
    told = as_said_here(said, PATHS)
    assert told == f"I still need topic.\nIt goes like this: `!edchat chat plan topic [chat=...]`\n{line}"


def test_help_on_a_command_gives_its_example_as_it_is_typed() -> None:
    page = command.help_page(
        "chat plan topic", "Plan.", ["topic: What"], "chat plan Homework", ["For hosts."]
    )
    lines = as_said_here(page, PATHS).splitlines()
    assert lines[-2:] == ["For example: `!edchat chat plan Homework`", "For hosts."]


@pytest.mark.parametrize(
    "words",
    [
        "Q1: What do you plan?\nFor example: chat plan B",
        "Q1: Which channel works too, now or later?",
        "**Ana** answered in the channel:\n> For example: help",
    ],
)
def test_what_people_wrote_is_left_alone(words: str) -> None:
    assert as_said_here(words, PATHS) == words


@pytest.mark.parametrize(
    ("line", "path", "shown"),
    [
        ("setup [where=...] [hosts=...] [readers=...]", "setup", None),
        ("chat plan chat=1 [topic] [lines below: questions]", "chat plan", None),
        (
            "series edit 1 [title=...] [when=...] [also=...] [zone=...]",
            "series edit",
            ("series edit 1 [title=...] [when=...] ...", ", all of it by `!edchat help series edit`"),
        ),
    ],
)
def test_a_line_that_is_too_much_to_read_is_shortened(line: str, path: str, shown: Any) -> None:
    assert shortened(line, path) == (shown or (line, ""))
