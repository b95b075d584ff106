"""What is said where the bot is asked by options, forms, buttons and files of a network's own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.core.tongue import marked

NOT_IN_PRIVATE = "Please ask me in one of your server's channels; here I cannot tell which chat you mean."
CHANNEL_UNSEEN = (
    "I do not see this channel; ask me in another one, or let somebody give me View Channel here "
    "(channel settings, Permissions)."
)
OLD_BUTTON = "That button is from an earlier time and does nothing any more; `/edchat` shows what you can do."
OLD_COMMAND = "I know that command no more, or not like that; please type it anew, or see `/edchat`."
TOO_SLOW = "That took me too long; please try it once more."
ANSWER_LOST = "It is done, but I could not show you the answer; `/edchat` shows how things stand."
AGAIN = "Try again"
COMES_AS_FILE = "It is long, so it comes as a file."
FILE_UNDER = "File under question..."

FILE_LARGE = "That file has {size:,} bytes; one with words alone has at most {limit:,}."
FILE_NO_TEXT = "That file holds more than words; save it as plain text (.txt) and send it again."
FILE_GONE = "I could not fetch that file; please send it again."
FORM_FULL = "{name}: that is more than a form here takes, {limit:,} characters; send it as a file instead."
FORM_CROWDED = "That is too much for one form; give less of it before the form opens."

GROUPS = {
    "series": "Weekly chats: make, change, show, pause, move, delete",
    "chat": "One chat: plan, preview, rehearse, announce, steer",
    "question": "The questions of a chat: add, change, reorder, remove",
    "answers": "What was answered: move, pick, hide, undo, who is missing",
    "archive": "Pages, links and files of past chats",
    "host": "Who steers a chat beside the moderators",
    "room": "The bot's own rooms in the browser",
    "house": "Communities in the browser",
    "privacy": "Your own words: see, rename, leave out, take along, erase",
}
"""What a group of commands is about."""


def about_group(name: str) -> str:
    """What a group of commands is about."""
    return GROUPS.get(name, f"Commands about {name}")


_ACTS = {
    "setup": marked("Set it up"),
    "question edit": marked("Change it"),
    "question add": marked("Add it"),
    "chat plan": marked("Keep the plan"),
}

_HEADS = {
    "setup": marked("Set up"),
    "chat plan": marked("Plan a chat"),
}


def heading(path: str, about: str) -> tuple[str, str]:
    """What stands above a form, and what is said below that: the two halves of what its command does."""
    head, _semicolon, rest = about.rstrip(".").partition("; ")
    return (_HEADS[path], "") if path in _HEADS else (head, rest)


def act(path: str, about: str) -> str:
    """What the button of a form says: what happens when it is pressed, as in "Make a weekly chat"."""
    return _ACTS.get(path) or re.split("[:;,.]", about)[0]


def not_lost(refusal: str, typed: Iterable[str]) -> str:
    """A refusal of a form, with what was typed in it, so that nobody types it twice."""
    return "\n".join([refusal, "This is what you wrote:", *typed])
