"""What the bot says otherwise on Matrix, where there are no buttons, and commands are lines to copy."""

from collections.abc import Callable, Mapping
from typing import Final

from bot.core.sentences import chat, command, health, setup
from bot.core.spoken import CALL

OPEN_ENDED: Final = "..."
"""Stands for the rest of what a line may say."""


def _how_it_goes(sentence: str, usage: str, example: str) -> str:
    return f"{sentence}\nIt goes like this: `{CALL} {usage}`\nFor example:{_line(example)}"


def _line(typed: str) -> str:
    """A line to copy, or several."""
    return f"\n```\n{CALL} {typed}\n```" if "\n" in typed else f" `{CALL} {typed}`"


SAID_HERE: Final[Mapping[str, str | Callable[..., str]]] = {
    chat.HOW_TO_ANSWER: (
        "Write in the question's thread, or reply to the question. {answer}1: in the room works too, "
        "now or later."
    ),
    command.HOW_IT_GOES: _how_it_goes,
    command.HELP_HEAD: (
        f"What you can do here, each line after `{CALL}`; "
        f"`{CALL} help chat plan` tells more about one of them."
    ),
    health.PLACE_GONE: "I am no longer in {place}; invite me there again, and everything goes on.",
    setup.HOSTS_ROOM_COMES: (
        "I am making a private room for the hosts that you name, and invite you there; accept it once."
    ),
    setup.NOT_PUBLIC: (
        "Not everybody may come into {room} and read what was said before, so what is said there stands on "
        "no public page; whoever has the link may read it. "
        "Let everybody join and see the history, in the room's settings, to change that."
    ),
    setup.HOST_NOT_MET: (
        "I cannot tell who {who} is; write the whole name, "
        f'as in `{CALL} setup hosts="@name:server"`, and they are a host.'
    ),
    setup.CALL_WHOM: "Shall announcements call everybody in the room? Say ping=@room, or ping=none.",
}
"""Sentences of ours, with gaps, and what stands for each here."""


def all_of_it(path: str) -> str:
    """Where everything stands that a line too long to be read may say."""
    return f", all of it by `{CALL} help {path}`"
