"""Asks what is new on the homeserver, from where the last answer that is stored ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bot.platforms.matrix.asking import insist
from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused
from bot.platforms.matrix.structured import DESCRIPTION
from bot.platforms.matrix.talks import DIRECT
from bot.platforms.matrix.translating import listing, mapping

LIMIT: Final = 50
"""Events of one room in one answer; what is more is read page by page."""
WAIT: Final = 30
"""Seconds for which the server may keep us waiting for news."""
_GRACE: Final = 30
_WHOLE: Final = 180
"""Seconds within which a server tells how everything stands: of hundreds of rooms that takes its time."""
_UNKNOWN: Final = 400
_STATE: Final = (
    *("m.room.create", "m.room.name", "m.room.canonical_alias", "m.room.topic", "m.room.power_levels"),
    *("m.room.join_rules", "m.room.history_visibility", "m.room.encryption", "m.room.pinned_events"),
    *("m.room.tombstone", "m.room.member", "m.space.child", DESCRIPTION),
)
# Members are told again and again: a server remembers of whom it told, and we forget when we fall.
_LAZY: Final = {"lazy_load_members": True, "include_redundant_members": True}
_NONE: Final[dict[str, list[str]]] = {"types": []}
_FILTER: Final = json.dumps(
    {
        "presence": _NONE,
        "account_data": {"types": [DIRECT]},
        "room": {
            "timeline": {"limit": LIMIT, **_LAZY},
            "state": {"types": list(_STATE), **_LAZY},
            "ephemeral": _NONE,
            "account_data": _NONE,
        },
    }
)
_PARTS: Final = ("timeline", "state", "ephemeral", "account_data")
_NOTHING: Final = json.dumps({"presence": _NONE, "account_data": _NONE, "room": dict.fromkeys(_PARTS, _NONE)})


@dataclass(frozen=True, slots=True)
class Point:
    """How far everything is stored: what the server calls it, and when that was."""

    since: str
    at: datetime

    def written(self) -> str:
        """As it stands in our books."""
        return json.dumps({"since": self.since, "at": self.at.isoformat()})

    @classmethod
    def read(cls, written: str | None) -> Point | None:
        """Read it; None where there is none."""
        if written is None:
            return None
        kept = json.loads(written)
        return cls(kept["since"], datetime.fromisoformat(kept["at"]))


@dataclass(frozen=True, slots=True)
class News:
    """What is new in one room; with a `gap` before it unless the server told everything."""

    native_id: str
    state: tuple[Any, ...] = ()
    timeline: tuple[Any, ...] = ()
    gap: str = ""
    """From here back is what the server did not tell."""


@dataclass(frozen=True, slots=True)
class Told:
    """One answer of the server; without a `start` it told how everything stands."""

    point: str
    joined: tuple[News, ...] = ()
    left: tuple[News, ...] = ()
    invited: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    direct: Mapping[str, Any] | None = None
    start: str | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing happened."""
        return not (self.joined or self.left or self.invited or self.direct is not None)


async def sync(home: Homeserver, since: str | None, *, whole: bool) -> Told:
    """What is new since then, and how every room stands where the `whole` is asked for.

    A point that the server does not know any more is like none.
    """
    query: dict[str, str | int | None] = {"filter": _FILTER, "since": since}
    query |= {"full_state": "true", "timeout": 0} if whole else {"timeout": WAIT * 1000}
    try:
        answer = await insist(home, "GET", "v3/sync", within=_WHOLE if whole else WAIT + _GRACE, query=query)
    except MatrixRefused as no:
        if since is None or no.status != _UNKNOWN:
            raise
        return await sync(home, None, whole=True)
    return _told(mapping(answer), since)


async def invitations(home: Homeserver) -> Mapping[str, tuple[Any, ...]]:
    """All invitations that wait for an answer: the server tells of each only once by itself."""
    query: dict[str, str | int | None] = {"filter": _NOTHING, "timeout": 0}
    return _told(mapping(await insist(home, "GET", "v3/sync", query=query)), None).invited


def _told(answer: Mapping[str, Any], since: str | None) -> Told:
    rooms, data = mapping(answer.get("rooms")), mapping(answer.get("account_data"))
    kept = [one for one in listing(data.get("events")) if mapping(one).get("type") == DIRECT]
    return Told(
        str(answer.get("next_batch") or ""),
        tuple(_news(*one) for one in mapping(rooms.get("join")).items()),
        tuple(_news(*one) for one in mapping(rooms.get("leave")).items()),
        {
            native_id: tuple(listing(mapping(mapping(room).get("invite_state")).get("events")))
            for native_id, room in mapping(rooms.get("invite")).items()
        },
        mapping(mapping(kept[-1]).get("content")) if kept else None,
        since,
    )


def _news(native_id: str, room: object) -> News:
    told = mapping(room)
    line = mapping(told.get("timeline"))
    gap = line.get("prev_batch") if line.get("limited") is True else ""
    return News(
        native_id,
        tuple(listing(mapping(told.get("state")).get("events"))),
        tuple(listing(line.get("events"))),
        gap if isinstance(gap, str) else "",
    )
