"""What the bot says about servers of other networks: its first words, and what it lacks there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.core.model import Offer
from bot.core.sentences.setup import set_up_offer

HELLO: Final = "Hello. `/edchat` is all you need."
NOT_HERE: Final = "I am set up for other servers only, so I leave this one; whoever runs me can change that."
SERVER_LEFT: Final = "I am no longer in this server; invite me again, and everything goes on."
CHANNEL_GONE: Final = "The channel {name} was deleted."
CONTENT_OFF: Final = (
    "I cannot read what people write, so only the Answer button and `/answer` reach me: whoever runs the bot "
    "opens Discord's developer page, then Bot, switches on Message Content Intent, and starts the bot again."
)
AGE_RESTRICTED: Final = (
    "{channel} is age-restricted, so no chat held in it is shown to everybody: hold chats elsewhere, "
    "or open the channel's settings and switch Age-Restricted Channel off."
)
SLOW: Final = (
    "{channel} is in slow mode, so one writes there only once in {wait}: tell people that the Answer button "
    "always works, or open the channel's settings and switch Slow Mode off."
)
SLOW_HERE: Final = (
    "Slow mode is on here, so you can write only once in {wait}; the Answer button under each question "
    "always works."
)
_AN_HOUR: Final = 60
THREAD_SHUT: Final = (
    "The thread {name} was locked, so people cannot write there: the Answer button and labels in the channel "
    "still count. To open it, choose Unlock Thread in its menu."
)
STICKER: Final = "sticker {name}"
POLL: Final = "poll: {question}"
FORWARDED: Final = "a forwarded message"
"""What somebody sent beside words, in the list of files."""
REFUSED: Final = (
    "Discord refuses the bot's token: open Discord's developer page, then Bot, choose Reset Token, "
    "put the new one into EDCHAT_DISCORD_TOKEN, and start the bot again."
)


@dataclass(frozen=True, slots=True)
class Without:
    """What a permission is called on the network, and what goes missing without it."""

    permission: str
    so: str
    server_wide: bool = False


WITHOUT: Final[Mapping[str, Without]] = {
    "view_channel": Without("View Channel", "nothing can happen there"),
    "send_messages": Without("Send Messages", "I cannot ask anything there"),
    "send_messages_in_threads": Without("Send Messages in Threads", "answers are not collected"),
    "create_public_threads": Without("Create Public Threads", "questions get no threads"),
    "create_private_threads": Without("Create Private Threads", "hosts get no thread of their own"),
    "manage_threads": Without("Manage Threads", "threads are neither renamed nor opened again"),
    "read_message_history": Without("Read Message History", "what was said while I was away is lost"),
    "pin_messages": Without("Pin Messages", "questions stay unpinned"),
    "add_reactions": Without("Add Reactions", "nobody sees that an answer was filed"),
    "create_events": Without("Create Events", "chats do not stand among the server's events", True),
}
"""The permissions that are needed, each under the network's own word for it."""


def hello() -> tuple[str, tuple[Offer, ...]]:
    """The first words in a server, with the first step."""
    return HELLO, (set_up_offer(),)


def lacks(needed: str, channel: str, role: str) -> str:
    """Say which permission is missing, what goes missing with it, and how to give it."""
    without = WITHOUT[needed]
    if without.server_wide:
        where, way = "", "the server's settings, then Roles"
    else:
        where, way = f" in #{channel}", "the channel's settings, then Permissions"
    return f"{without.permission} is missing{where}, so {without.so}: open {way}, choose {role}, allow it."


def thread_shut(name: str) -> str:
    """Told to hosts when somebody locked a question's thread."""
    return THREAD_SHUT.format(name=name)


def slow(channel: str, seconds: int) -> str:
    """Told to hosts of a channel in which people may write only now and then."""
    return SLOW.format(channel=channel, wait=_wait(seconds))


def slow_here(seconds: int) -> str:
    """Told to everybody where they may write only now and then."""
    return SLOW_HERE.format(wait=_wait(seconds))


def _wait(seconds: int) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < _AN_HOUR else f"{round(minutes / _AN_HOUR)} h"


def channel_gone(name: str) -> str:
    """Say that a channel was deleted."""
    return CHANNEL_GONE.format(name=f"#{name}")
