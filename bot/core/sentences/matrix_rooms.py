"""What the bot says about rooms on Matrix: its first words, what it lacks there, where commands are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.core.model import Offer
from bot.core.sentences.setup import set_up_offer

GREETING: Final = "Hello. `!edchat` is all you need."
ROOM_LEFT: Final = "I am no longer in {name}; invite me again, and everything goes on."
ROOM_REPLACED: Final = (
    "{name} was replaced by a newer room. I followed, and everything goes on there; a question that is on "
    "stands there again, for its thread."
)
ENCRYPTED: Final = (
    "This room is encrypted now, and I cannot read encrypted words: nothing that is said here reaches the "
    "archive. Encryption cannot be switched off again, so invite me to a room without it."
)
UNREADABLE: Final = (
    "{name} is encrypted, so I cannot read what people write there: invite me to a room without encryption."
)
POWER_MISSING: Final = (
    "{what} is missing in {name}, so {so}: open the room's settings, then Roles and permissions, "
    "and give me the power {needed:g}, or ask less for it."
)
ENCRYPTED_ALONE: Final = (
    "Our talk is encrypted, and I cannot read encrypted words: type `!edchat` in the room where the chat is, "
    "or begin a talk with me without encryption."
)
COMMANDS_ONLY: Final = (
    "Here I read commands alone: `!edchat` shows what you can do. What you want to say to everybody, "
    "say in the room where the chat is."
)
COMMANDS_ELSEWHERE: Final = "I read commands in the room where the chat is: type `!edchat` there."


@dataclass(frozen=True, slots=True)
class Power:
    """What a power is called, what goes missing without it, and the event that it sends."""

    what: str
    so: str
    kind: str
    state: bool = False


POWERS: Final[Mapping[str, Power]] = {
    "say": Power("The power to send messages", "I cannot ask anything there", "m.room.message"),
    "react": Power("The power to react", "nobody sees that an answer was filed", "m.reaction"),
    "pin": Power("The power to pin messages", "questions stay unpinned", "m.room.pinned_events", state=True),
    "topic": Power(
        "The power to change the topic", "it does not show the current question", "m.room.topic", state=True
    ),
}
"""What is needed in a room; without the first nothing can happen there."""


def greeting() -> tuple[str, tuple[Offer, ...]]:
    """The first words among people who invited the bot, with the first step."""
    return GREETING, (set_up_offer(),)


def lacks_power(needed: str, level: float, name: str) -> str:
    """Say which power is missing, what goes missing with it, and how to give it."""
    power = POWERS[needed]
    return POWER_MISSING.format(what=power.what, name=name, so=power.so, needed=level)


def unreadable(name: str) -> str:
    """Say that a room cannot be read."""
    return UNREADABLE.format(name=name)


def room_replaced(name: str) -> str:
    """Say that the bot followed into another room."""
    return ROOM_REPLACED.format(name=name)


def room_left(name: str) -> str:
    """Say that the bot is no longer in a room."""
    return ROOM_LEFT.format(name=name)
