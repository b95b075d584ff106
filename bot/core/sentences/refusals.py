"""Why a chat network does not take what the bot wants to say or do there, and what helps."""

from typing import Final

MESSAGE_GONE: Final = "The message is gone: somebody deleted it."
THREAD_GONE: Final = "The thread is gone: somebody deleted it, or it was never made."
THREAD_LOCKED: Final = "The thread is locked: open its menu and unlock it, or give me Manage Threads."
NO_THREADS_HERE: Final = "There can be no thread in this kind of channel: hold chats in a text channel."
THREADS_FULL: Final = (
    "The server has as many open threads as there can be. "
    "Close old ones, and the next question has one again."
)
AUTOMOD: Final = (
    "the server's AutoMod stopped these words: ask it in other words with `chat ask`, or let me pass in the "
    "server's AutoMod settings"
)
SYSTEM_MESSAGE: Final = "That is a line of the network itself; nothing can be done with it."
PRIVATE_CLOSED: Final = (
    "They take no private messages from me: they open the server's menu, then Privacy Settings, "
    "and allow direct messages."
)
UNREACHED: Final = (
    "A reminder that you asked for did not reach you: you take no private messages from me. Open the "
    "server's menu, then Privacy Settings, and allow direct messages."
)
NOBODY: Final = "I do not know whom to say that to."
PINS_FULL: Final = "The channel has as many pins as it can hold: take an old one off."
EVENTS_FULL: Final = "The server has 100 events already: delete old ones under Events."
NO_EVENTS: Final = "This server keeps no list of events, so the chat does not stand in it."
REACTIONS_FULL: Final = "The message has as many kinds of reactions as it can hold."
TOO_OLD: Final = "The network lets me change messages older than an hour only now and then."
NOT_DONE_HERE: Final = "That cannot be done on this network."
TOO_LONG: Final = "A message here has at most {limit:,} characters; split it."


def said_no(what: str, code: int) -> str:
    """Said when the network refuses in words of its own."""
    return f'The network says no: "{what}" ({code}).' if code else f'The network says no: "{what}".'
