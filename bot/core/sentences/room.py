"""The sentences of the bot's own rooms: why something cannot be said or done there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.core.sentences import chat
from bot.core.tongue import marked

SAID_IN_A_ROOM: Final[Mapping[str, str]] = {
    chat.HOW_TO_ANSWER: (
        "Tap Answer, or write under the question's tab. {answer}1: in the conversation works too, "
        "now or later."
    ),
    chat.LATE_HOW: "write under a question's tab, or {answer}1: here.",
}
"""Sentences of ours that speak of threads, and what stands for each in a room, whose questions have tabs."""
LONGEST_SAID = 4_000
"""Characters of one message in a room."""

NOTHING_TO_SAY = marked("Write something first; there are no words in that.")
SAID_TOO_LONG = marked(
    "That is {length} characters long; a message here has at most {limit}, so please say it in two."
)
BANNED_HERE = marked("You cannot write here any more; please ask the hosts.")
HELD_HERE = marked("The hosts read your messages first; please say it again as a new message.")
NAMED_WHILE_HELD = marked(
    "The hosts read your messages first; until they let you in, please answer with your name."
)
NOT_IN_ROOM = marked("That message is no longer in this room.")
NOT_YOUR_MESSAGE = marked("Only the one who wrote a message can change it.")
NOT_YOURS_TO_TAKE_BACK = marked("Only the one who wrote a message, or a host, can take it back.")
NO_DIGIT = marked("React with one digit from 1 to 9.")
NAMES_ONLY = marked("Answers here carry a name; send yours with your name, or leave it.")
POST_TOO_LONG = marked("A post here has at most {limit:,} characters; split it.")
WHISPER_TO_NOBODY = marked("Say to whom that should be whispered.")
