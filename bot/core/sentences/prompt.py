"""The sentences of the terminal: what its prompt says, and why a room there refuses a post."""

from __future__ import annotations

from bot.core.sentences.room import NOT_IN_ROOM, WHISPER_TO_NOBODY

__all__ = ["NO_TARGET", "TARGET_GONE", "WHISPER_TO_NOBODY"]

NO_TARGET = "Say on which message that should be done."
TARGET_GONE = NOT_IN_ROOM

PROMPT_WELCOME = "This is {room}. Type ana> hello to speak as Ana, or help to see what else can be typed."
PROMPT_HELP = """\
ana> A1: We start with a story    ana says it; lines pasted along with it belong to it
@mod> !edchat chat next           the leading @ gives mod the power of a host
ana Q2> I agree with Dana         in the thread of Q2
ana ^15> A2: Yes, often           a reply to message 15
ana edit 15> A2: Yes, always      changes message 15
ana delete 15>                    takes message 15 back
ana react 15> 2                   puts the digit 2 on message 15; unreact takes it off
Without a name in front, the last one to speak goes on. A command such as chat plan asks for the lines
that go with it. Ctrl-D leaves the room."""

LINES_COME = "Now type its lines, one after the other; an empty line ends them."
BOT_STOPPED = "The bot has stopped; what you type is kept, and it is heard once the bot is started again."

NOBODY_SPEAKS = "Say first who is speaking, like this: ana> A1: We start with a story."
NOTHING_SAID = "Write something after the >."
NOT_UNDERSTOOD = "That line is not understood; type help to see what can be typed here."
REACT_WITH_A_DIGIT = "React with one digit from 1 to 9, like this: ana react 15> 2."
NOT_YOURS = "Only the one who wrote a message can change it."
NOT_YOURS_TO_DELETE = "Only the one who wrote a message, or a host, can take it back."


def too_long_for_a_post(limit: int) -> str:
    """Refuse a post that is longer than the room takes."""
    return f"A post here has at most {limit} characters; split it."


def no_such_message(number: int) -> str:
    """Refuse a number that stands on no message."""
    return f"There is no message {number} here; use a number that you see in square brackets."


def no_such_thread(name: str) -> str:
    """Refuse to speak in a thread that is not open."""
    return f"There is no thread {name} yet; it opens when the question is asked."


def said(number: int, name: str, hangs_on: str, text: str) -> str:
    """Show a message with the number that it can be answered by."""
    return f"[{number}] {name}{hangs_on}: {text}"


def whispered(name: str, person: str, text: str) -> str:
    """Show what the bot tells one person only."""
    return f"{name} → {person}: {text}"


def in_thread_of(number: int) -> str:
    """Tell on which message's thread something was said."""
    return f" (thread of {number})"


def in_reply_to(number: int) -> str:
    """Tell which message was replied to."""
    return f" (to {number})"


def offered(label: str, line: str) -> str:
    """Show a suggested command as a line to copy."""
    return f"[{label}] !edchat {line}"


def thread_opened(number: int, name: str) -> str:
    """Tell of a new thread."""
    return f"thread on [{number}]: {name}"


def pinned(number: int | None) -> str:
    """Tell which message is pinned now."""
    return "nothing is pinned" if number is None else f"pinned: [{number}]"


def topic_is(topic: str) -> str:
    """Tell the room's new topic."""
    return f"topic: {topic}"


def receipt_on(number: int, text: str) -> str:
    """Tell that the bot has put a receipt on a message, or taken it off."""
    return f"receipt on [{number}]: {text}" if text else f"receipt off [{number}]"


def now_reads(number: int, text: str) -> str:
    """Tell a message's new text."""
    return f"[{number}] now reads: {text}"


def taken_back(number: int) -> str:
    """Tell that a message was taken back."""
    return f"[{number}] was taken back"


def reacted_to(number: int, name: str, digit: int, removed: bool) -> str:
    """Tell that somebody put a digit on a message, or took it off."""
    return f"{name} took {digit} off [{number}]" if removed else f"{name} put {digit} on [{number}]"
