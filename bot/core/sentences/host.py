"""What the command line says to the person who hosts the bot."""

from collections.abc import Sequence

from bot.core.model import Chat, Series
from bot.core.times import clockface

EXPLAIN_WHAT = 'Say which message, as in edchat explain "A1: we start with a puzzle".'
SAY_WHAT = 'Say which command, as in edchat say "chat now".'
BACKUP_WHAT = "Say which new file to write, as in edchat backup copy.sqlite."
RESTORE_WHAT = "Say which copy to put in place, as in edchat restore copy.sqlite."
NOTHING_HERE = "There is no bot in this data folder yet; `edchat run` or `edchat chat` begins one."
EXPLAIN_ROW = 'Each line needs "text", "role" P or M, "questions" as a number, and "letters" like "Q/A".'
NOTHING_TO_EXPORT = "There is nothing to export yet; `edchat run` or `edchat chat` begins a data folder."

_KINDS = {
    "answer": "An answer to {numbers}.",
    "question": "A moderator typed {numbers}.",
    "teaser": "A word that {numbers} is coming; nothing is asked yet.",
    "none": "Conversation: it is kept, but filed under no question.",
}


def explained(kind: str, numbers: Sequence[int], flags: Sequence[str], why: str) -> str:
    """How a message is read, in words."""
    which = "question" if len(numbers) == 1 else "questions"
    head = _KINDS[kind].format(numbers=f"{which} {' and '.join(map(str, numbers))}")
    return "\n".join(filter(None, [head, why, f"Noted: {', '.join(flags)}." if flags else ""]))


def coming_of(chat: Chat, series: Series) -> str:
    """A coming chat with its weekly chat, what it is about, and when."""
    at = clockface.moment(chat.starts_at, chat.zone)
    return f"{series.title}: {chat.topic or 'not planned yet'}, {at}"


def no_folder(folder: str) -> str:
    """Said when a file is to be written where no folder is."""
    return f"There is no folder {folder}; make it first, or name another."


def backed_up(file: str) -> str:
    """Said after a backup."""
    return f"The database is copied to {file}."


def migrated(had: str | None) -> str:
    """Said after a migration."""
    return (
        "The database is up to date." if had is None else f"The database was brought up from revision {had}."
    )
