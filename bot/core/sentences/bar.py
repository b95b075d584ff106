"""What stands on top of a room in the browser: which question is on, and how long."""

from datetime import timedelta

GATHERING = "Welcome! The first question comes soon."
WRAPPING = "Last words: what is the one thing you take away?"
NOTHING_ON = "No chat is on or coming up here."
ON_PAUSE = "Paused"
WELCOME = "Welcome"
WRAP_UP = "Wrap-up"
COMING = "Next"
OVER = "Over"
ONLY_HOSTS_READ = "Only hosts read what is said here."


def of_so_many(letter: str, number: int, count: int) -> str:
    """Which question of how many, as in "Q2 of 6"."""
    return f"{letter}{number} of {count}"


def left(length: timedelta) -> str:
    """How long something lasts yet, as in "4 min left"."""
    seconds = max(0.0, length.total_seconds())
    if seconds < 60:
        return "less than a minute left"
    if seconds < 2 * 3600:
        return f"{round(seconds / 60)} min left"
    if seconds < 48 * 3600:
        return f"{round(seconds / 3600)} hours left"
    return f"{round(seconds / 86400)} days left"


def late_until(name: str, until: str) -> str:
    """Said of a chat whose hour is over."""
    return f"“{name}”: the hour is over, and late answers count until {until}."


def rehearsed(name: str) -> str:
    """Said of a rehearsal that is over."""
    return f"The rehearsal of “{name}” is over."


def coming(name: str, when: str) -> str:
    """Said of the chat that comes next."""
    return f"{name}, {when}"


# --- What hosts press ------------------------------------------------------------------------

NEXT_NOW = "Next question"
MORE_TIME = "+2 min"
PAUSE_NOW = "Pause"
GO_ON = "Resume"
END_NOW = "End"
ADD_ONE = "Add a question"
WHO_WAITS = "Who has not answered?"
PREVIEW = "Run sheet"
START = "Start now"
WRITE_THEM = "Questions"
HELD_BACK = "held back"
SHUT_OUT = "shut out"
ANSWERS = "Answers"
TALK = "Conversation"
NO_ANSWER_YET = "Nobody has answered yet."
NO_WORD_YET = "Nobody has said anything yet."


def skip_one(letter: str, number: int) -> str:
    """The button that leaves one question out."""
    return f"Skip {letter}{number}"


def edit_one(letter: str, number: int) -> str:
    """The button that changes one question's words."""
    return f"Edit {letter}{number}"


def may_be_answers(count: int) -> str:
    """How many messages may be answers."""
    return f"{count} message{' may be an answer' if count == 1 else 's may be answers'}"


# --- The door of a room ----------------------------------------------------------------------

NOT_IN_HERE = "This room is for those who joined it."
HOSTS_STAY = "A host cannot be held back or shut out here."
CARRIED_OUT = "Done; the answer comes in a moment."
TOO_MANY_TABS = "This room is open in too many tabs of yours; close some of them."
NAMELESS = "Somebody who answered without a name"
