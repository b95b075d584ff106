"""What stands on top of a room in the browser: which question is on, and how long."""

from datetime import timedelta

from bot.core.tongue import _, marked, ngettext

GATHERING = marked("Welcome! The first question comes soon.")
WRAPPING = marked("Last words: what is the one thing you take away?")
NOTHING_ON = marked("No chat is on or coming up here.")
ON_PAUSE = marked("Paused")
WELCOME = marked("Welcome")
WRAP_UP = marked("Wrap-up")
COMING = marked("Next")
OVER = marked("Over")
ONLY_HOSTS_READ = marked("Only hosts read what is said here.")


def of_so_many(letter: str, number: int, count: int) -> str:
    """Which question of how many, as in "Q2 of 6"."""
    return _("{question} of {count}").format(question=f"{letter}{number}", count=count)


def left(length: timedelta) -> str:
    """How long something lasts yet, as in "4 min left"."""
    seconds = max(0.0, length.total_seconds())
    if seconds < 60:
        return _("less than a minute left")
    if seconds < 2 * 3600:
        return _("{count} min left").format(count=round(seconds / 60))
    if seconds < 48 * 3600:
        return _("{count} hours left").format(count=round(seconds / 3600))
    return _("{count} days left").format(count=round(seconds / 86400))


def begins_in(length: timedelta) -> str:
    """How far off a beginning is, as in "begins in 5 min"; nothing where a date tells it better."""
    seconds = length.total_seconds()
    if seconds >= 2 * 3600:
        return ""
    minutes = round(seconds / 60)
    return _("begins in {count} min").format(count=minutes) if minutes > 0 else _("begins now")


def late_until(name: str, until: str, *, slow: bool = False) -> str:
    """Said of a chat whose hour is over, or whose days are."""
    hour = _("“{name}”: the hour is over, and late answers count until {until}.")
    days = _("“{name}”: its days are over, and late answers count until {until}.")
    return (days if slow else hour).format(name=name, until=until)


def rehearsed(name: str) -> str:
    """Said of a rehearsal that is over."""
    return _("The rehearsal of “{name}” is over.").format(name=name)


def coming(name: str, when: str) -> str:
    """Said of the chat that comes next."""
    return f"{name}, {when}"


# --- What hosts press ------------------------------------------------------------------------

NEXT_NOW = marked("Next question")
MORE_TIME = marked("+2 min")
MORE_DAYS = marked("+1 day")
PAUSE_NOW = marked("Pause")
GO_ON = marked("Resume")
END_NOW = marked("End")
ADD_ONE = marked("Add a question")
WHO_WAITS = marked("Who has not answered?")
PREVIEW = marked("Run sheet")
START = marked("Start now")
WRITE_THEM = marked("Questions")
HELD_BACK = marked("held back")
SHUT_OUT = marked("shut out")
ANSWERS = marked("Answers")
TALK = marked("Conversation")
NO_ANSWER_YET = marked("Nobody has answered yet.")
NO_WORD_YET = marked("Nobody has said anything yet.")


def skip_one(letter: str, number: int) -> str:
    """The button that leaves one question out."""
    return _("Skip {question}").format(question=f"{letter}{number}")


def edit_one(letter: str, number: int) -> str:
    """The button that changes one question's words."""
    return _("Edit {question}").format(question=f"{letter}{number}")


def may_be_answers(count: int) -> str:
    """How many messages may be answers."""
    said = ngettext("{count} message may be an answer", "{count} messages may be answers", count)
    return said.format(count=count)


# --- The door of a room ----------------------------------------------------------------------

NOT_IN_HERE = marked("This room is for those who joined it.")
HOSTS_STAY = marked("A host cannot be held back or shut out here.")
CARRIED_OUT = marked("Done; the answer comes in a moment.")
TOO_MANY_TABS = marked("This room is open in too many tabs of yours; close some of them.")
NAMELESS = marked("Somebody who answered without a name")
