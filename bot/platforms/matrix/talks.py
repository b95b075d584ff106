"""Which rooms are talks with one person alone: the bot's account keeps it, and one at a time changes it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from bot.platforms.matrix.asking import insist
from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused, part
from bot.platforms.matrix.translating import listing, mapping, named

DIRECT: Final = "m.direct"
"""Under this name an account keeps it."""


async def talks(home: Homeserver, *, tries: int = 1) -> Mapping[str, Any]:
    """The rooms with each person alone, newest last, as they were kept."""
    try:
        return mapping(await insist(home, "GET", _account(home), tries=tries))
    except MatrixRefused as no:
        if no.status == HTTPStatus.NOT_FOUND and no.code:  # there is none yet
            return {}
        raise  # whoever took that for nothing would write over all that is kept


async def keep_talk(home: Homeserver, person: str, room: str, *, tries: int = 1) -> Mapping[str, Any]:
    """Keep that a room is a talk with this person, and give all that is kept then."""
    async with home.keeping:
        kept = await talks(home, tries=tries)
        others = [one for one in listing(kept.get(person)) if one != room]
        known = {**kept, person: [*others, room]}
        await insist(home, "PUT", _account(home), known, tries=tries)
        return known


def rooms_of(kept: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The rooms with each person; what is no id is passed by."""
    return {user: tuple(filter(None, map(named, listing(ids)))) for user, ids in kept.items() if named(user)}


def _account(home: Homeserver) -> str:
    return f"v3/user/{part(home.user)}/account_data/{DIRECT}"
