"""What the person who hosts the bot is told by `edchat doctor` and `edchat restore`."""

from collections.abc import Sequence
from typing import Final

LINK_NEEDS_BOT: Final = (
    "The bot does not run on this data folder. Start it with `edchat run`, then ask again."
)
NOT_OUR_COPY: Final = (
    "{file} is no copy of an EdChat database; choose one that `edchat backup` or the night made."
)
NO_SUCH_FILE: Final = "There is no file {file}."
UNREADABLE_COPY: Final = "{file} cannot be read by this user; make it readable, or restore as another user."
DAMAGED_COPY: Final = "{file} is damaged (SQLite found: {found}); choose another copy. Nothing was changed."


def copy_newer(file: str, has: str, known: str) -> str:
    """Say that a copy is a newer version's."""
    return f"{file} is at revision {has}, this version knows {known}; restore it with the newer version."


def restored(file: str, chats: int, messages: int, again: int, aside: str | None) -> str:
    """Say what was brought back, what stays forgotten, and where the former database is."""
    lines = [f"Restored {file}: {chats} chats, {messages} messages."]
    if again:
        what = "1 erasure" if again == 1 else f"{again} erasures"
        lines.append(f"{what} since that copy carried out again: what was forgotten stays forgotten.")
    if aside:
        lines.append(f"The database that was here before is kept as {aside}; it goes in 30 days.")
    return "\n".join(lines)


def checked(fine: bool, what: str, found: str, advice: str = "") -> str:
    """One line of the doctor's."""
    mark = "ok   " if fine else "WRONG"
    return f"{mark}  {what:<14} {found}" + (f"\n       {'':<14} {advice}" if advice else "")


ALL_WELL: Final = "All is well."
SETTINGS_FINE: Final = "understood"
FOLDER_NEW: Final = "{folder}, made at the first start"
FOLDER_ROOM: Final = "{folder}, {room} free"
FOLDER_CLOSED: Final = "this user may not read and write it; run the bot as its owner"
FOLDER_OPEN: Final = "other users of this machine may look into the data folder"
MAKE_ROOM: Final = "make room on this disk; the bot stores nothing when it is full"
SET_BASE_URL: Final = "set EDCHAT_WEB_BASE_URL to the address that readers use"
USE_HTTPS: Final = (
    "readers send names and words unprotected: put a proxy with HTTPS before it, and write https://"
)
RUNS_SILENTLY: Final = "something runs here, and does not answer"
NO_COPIES_WANTED: Final = "none are made (EDCHAT_BACKUPS=0)"
COPIES_OLD: Final = "look for no_backup in the log; `edchat backup FILE` says what hinders"
NO_DATABASE: Final = "none yet; `edchat run` makes one"
NO_SCHEMA: Final = "that is no database of EdChat; name another with EDCHAT_DATABASE_URL, or move it away"
MIGRATES: Final = "the next start brings it up to date, after a copy"
PREFIX_NEEDED: Final = "its pages are not found: there are others too, so write EDCHAT_WEB_PREFIX=true"
HOSTS_NOWHERE: Final = "it has no room for its hosts: `edchat say setup`"
OPEN_LINK: Final = "open the link that `edchat link` prints while the bot runs"
ZONE_NOT_THERE: Final = "{zone} is not in the time zone database"
LIST_MISSING: Final = "erased.jsonl is missing: an older copy would bring back what was forgotten"
BRING_LIST: Final = "put it back into the data folder, from where you keep the copies"
SENDS_NOTHING: Final = "overdue: is the bot running, and may it write in its rooms?"


def copies_kept(names: Sequence[str]) -> str:
    """How many nights' copies there are."""
    return (
        f"{len(names)}, the newest {names[-1]}" if names else "none yet; a running bot makes one each night"
    )


def lacks_erasures(count: int) -> str:
    """Whether this database knows all that was forgotten."""
    return f"the next start forgets {count} more, as erased.jsonl says" if count else "and stays forgotten"


def no_hosts_yet(community: str) -> str:
    """Say that nobody hosts a community."""
    return f"nobody has come to host {community} yet"


def another_zone(series: str) -> str:
    """How to give a weekly chat another zone."""
    return f"choose another: `edchat say 'series edit \"{series}\" zone=...'`"


def to_mend(count: int) -> str:
    """How much is wrong."""
    return f"{count} thing{'s' if count != 1 else ''} to mend."


def which_community(named: str | None, names: Sequence[str]) -> str:
    """Ask which community is meant."""
    asked = (
        "Say which community the link is for" if named is None else f"No one community is called {named!r}"
    )
    return f"{asked}: --community {' | '.join(names)}"
