"""What is said of the bot when it is not well: to whoever asks, and to the person who hosts it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from bot.core.tongue import marked

NOT_READABLE: Final = "The database cannot be read."
UNWRITABLE: Final = "The database cannot be written."
WRITES_SLOWLY: Final = "The database takes too long to write."
STEPS_LATE: Final = "Steps of a chat are overdue."
STANDS_STILL: Final = "The scheduler stands still."
NOT_RENDERED: Final = (
    "What people say is stored but cannot be shown on pages; the log says why (rendering_waits)."
)
UNTOLD: Final = "You could not be told what was wrong: no direct message reached anybody."
BE_TOLD: Final = (
    "Let somebody whom EDCHAT_TELL names allow direct messages from the bot, or name somebody else there; "
    "who hosts in the browser is told there."
)

NOT_KEPT: Final = marked(
    "That could not be kept just now, and nobody has seen it; please try again in a moment."
)
"""Said to somebody whose words the disk does not take."""

_MOST: Final = 10
_TEN, _A_THOUSAND = 10, 1000
_HEAD: Final = "Something is wrong with the bot:"
_OVER: Final = "That is over:"


def size(count: int) -> str:
    """So many bytes as people say it, as in "3.4 MB" or "12.1 GB"."""
    mega = count / 2**20
    if mega >= _A_THOUSAND:
        return f"{mega / 2**10:,.1f} GB"
    return f"{mega:.0f} MB" if mega >= _TEN else f"{mega:.1f} MB"


def disk_full(free: int) -> str:
    """Say that there is next to no room left, in bytes."""
    return f"The disk is almost full: {size(free)} free."


def disk_filling(free: int) -> str:
    """Say that room gets scarce; in bytes."""
    return f"The disk is filling up: {size(free)} free. Make room before the bot can store nothing."


def network_away(name: str, since: datetime) -> str:
    """Say that a network cannot be reached."""
    return f"{name.capitalize()} is out of reach since {moment_shown(since)}."


def posts_wait(network: str) -> str:
    """Say that nothing goes out."""
    return f"What is to be said ({network}) has waited too long."


def not_stored(places: Sequence[str], network: str) -> str:
    """Say that what people say somewhere cannot be stored."""
    more = len(places) - 1
    rest = f" and {more} more {'place' if more == 1 else 'places'}" if more else ""
    return f"What is said in {places[0]}{rest} ({network}) cannot be stored; the log says why (not_stored)."


def backup_fails(last: datetime | None) -> str:
    """Say that the nightly copy cannot be made."""
    kept = f"The newest is of {moment_shown(last)}." if last else "There is none yet."
    return f"No copy of the database could be made. {kept} `edchat backup FILE` says what hinders."


def copies_remember() -> str:
    """Say that words which were erased may stand in copies still."""
    return (
        "Words that were erased may still stand in copies of the database: one could not be made anew. "
        "It is tried again; the log says why (copies_not_tidied or copy_not_renewed)."
    )


def place_fails(name: str, network: str) -> str:
    """Say that something is missing in a place."""
    return f"The bot lacks something in {name} ({network}); its hosts are told what."


def host_told(wrong: Sequence[str], over: Sequence[str]) -> str:
    """What the person who hosts the bot is told: what is wrong now, and what no longer is."""
    lines = [_HEAD, *_listed(wrong)] if wrong else []
    lines += [_OVER, *_listed(over)] if over else []
    return "\n".join(lines)


def _listed(told: Sequence[str]) -> list[str]:
    """As many lines as somebody reads: what fails in hundreds of places at once is one thing."""
    rest = len(told) - _MOST
    more = [f"- and {rest} more: `edchat status`"] if rest > 0 else []
    return [*(f"- {one}" for one in told[:_MOST]), *more]


def moment_shown(at: datetime) -> str:
    """An instant for a machine's keeper, as in 2026-11-22 12:34 UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
