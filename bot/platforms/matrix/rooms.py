"""What the homeserver told of each room: its state, its people and their power."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.platforms.matrix.talks import rooms_of
from bot.platforms.matrix.translating import Stands, listing, mapping, named

_FIRST_WITH_CREATORS: Final = 12
"""From this version on whoever made a room stands above all, and in no list of powers."""
_HYDRA: Final = "org.matrix.hydra"
_MAKERS_POWER: Final = 100
_STATE_NEEDS: Final = 50
_CALLING_NEEDS: Final = 50
_MOST_POWER: Final = 2**53


class Room:
    """One room; ids of rooms are never taken apart, since new ones name no server."""

    def __init__(self, native_id: str) -> None:
        self.native_id = native_id
        self.members: dict[str, str] = {}
        """The names of those of whom the server told, by their ids."""
        self.marked_direct = False
        self.known = False
        """Whether we were told before what was done there."""
        self.comings = 0
        """How often the bot was seen to come in: what it was refused before need not hold any more."""
        self._names: Counter[str] = Counter()
        self._state: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._maker = ""
        self._joined: set[str] = set()

    # -- being told -------------------------------------------------------------------------------

    def take(self, told: Stands) -> None:
        """Note a piece of state."""
        if told.kind == "m.room.member":
            self._take_member(told)
        else:
            self._state[told.kind, told.key] = told.content
        if told.kind == "m.room.create":
            self._maker = told.sender

    def _take_member(self, told: Stands) -> None:
        before = self.members.pop(told.key, None)
        if before is not None:
            self._names[before] -= 1
        membership = told.content.get("membership")
        (self._joined.add if membership == "join" else self._joined.discard)(told.key)
        if membership in ("join", "invite"):
            name = told.content.get("displayname")
            known = name.strip() if isinstance(name, str) and name.strip() else told.key
            self.members[told.key] = known
            self._names[known] += 1

    # -- what it is -------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Its name, its alias, or nothing."""
        named_so, alias = self._text("m.room.name", "name"), self._text("m.room.canonical_alias", "alias")
        return named_so or alias.partition(":")[0]

    @property
    def version(self) -> str:
        """Its version; a room that tells none is of the first."""
        return self._text("m.room.create", "room_version") or "1"

    @property
    def maker(self) -> str:
        """Who made it."""
        return self._maker

    @property
    def creators(self) -> frozenset[str]:
        """Who stands above all: nobody in rooms of old versions."""
        if not _makers_rule(self.version):
            return frozenset()
        more = listing(self._of("m.room.create").get("additional_creators"))
        return frozenset(filter(None, (self._maker, *map(named, more))))

    @property
    def is_space(self) -> bool:
        """Whether it only lists other rooms."""
        return self._text("m.room.create", "type") == "m.space"

    @property
    def children(self) -> frozenset[str]:
        """The rooms that a space lists."""
        listed = ((key, content) for (kind, key), content in self._state.items() if kind == "m.space.child")
        return frozenset(key for key, content in listed if listing(content.get("via")))

    def described(self, kind: str) -> dict[str, Mapping[str, Any]]:
        """What stands there of one kind, by its keys."""
        return {key: content for (each, key), content in self._state.items() if each == kind}

    @property
    def encrypted(self) -> bool:
        """Whether what is said there cannot be read."""
        return ("m.room.encryption", "") in self._state

    @property
    def history(self) -> str:
        """Who may read what was said: world_readable, shared, invited or joined."""
        return self._text("m.room.history_visibility", "history_visibility") or "shared"

    @property
    def join_rule(self) -> str:
        """Who may come in, as in public or invite."""
        return self._text("m.room.join_rules", "join_rule") or "invite"

    @property
    def topic(self) -> str:
        """Its topic."""
        return self._text("m.room.topic", "topic")

    @property
    def pinned(self) -> tuple[str, ...]:
        """The events that are pinned."""
        ids = listing(self._of("m.room.pinned_events").get("pinned"))
        return tuple(filter(None, map(named, ids)))

    @property
    def replaced_by(self) -> str:
        """The room that takes its place, or nothing."""
        return named(self._of("m.room.tombstone").get("replacement_room"))

    @property
    def predecessor(self) -> str:
        """The room whose place it takes, or nothing."""
        return named(mapping(self._of("m.room.create").get("predecessor")).get("room_id"))

    @property
    def direct(self) -> bool:
        """Whether it is a talk between two."""
        return self.marked_direct

    # -- who is in it -----------------------------------------------------------------------------

    def is_in(self, mxid: str) -> bool:
        """Whether somebody came in, and did not leave."""
        return mxid in self._joined

    def shown(self, mxid: str) -> str:
        """What somebody is called there; two with one name are told apart."""
        name = self.members.get(mxid, mxid)
        return f"{name} ({mxid})" if self._names[name] > 1 and name != mxid else name

    def power(self, mxid: str) -> float:
        """How much somebody may there; whoever made a new room, more than any number."""
        if mxid in self.creators:
            return math.inf
        if ("m.room.power_levels", "") not in self._state:
            return _MAKERS_POWER if mxid == self._maker else 0
        levels = self._of("m.room.power_levels")
        return _level(mapping(levels.get("users")).get(mxid), _level(levels.get("users_default"), 0))

    def may_send(self, mxid: str, kind: str, *, state: bool) -> bool:
        """Whether somebody may send an event of this kind there."""
        return self.power(mxid) >= self.needed(kind, state=state)

    def needed(self, kind: str, *, state: bool) -> float:
        """The power that is needed to send an event of this kind."""
        if ("m.room.power_levels", "") not in self._state:
            return 0
        levels = self._of("m.room.power_levels")
        usual = (
            _level(levels.get("state_default"), _STATE_NEEDS)
            if state
            else _level(levels.get("events_default"), 0)
        )
        return _level(mapping(levels.get("events")).get(kind), usual)

    def may_redact(self, mxid: str) -> bool:
        """Whether somebody may take away what others said."""
        return self.power(mxid) >= _level(self._of("m.room.power_levels").get("redact"), _STATE_NEEDS)

    def may_call(self, mxid: str) -> bool:
        """Whether somebody may call all who are there."""
        notifications = mapping(self._of("m.room.power_levels").get("notifications"))
        return self.power(mxid) >= _level(notifications.get("room"), _CALLING_NEEDS)

    def _of(self, kind: str) -> Mapping[str, Any]:
        return self._state.get((kind, ""), {})

    def _text(self, kind: str, name: str) -> str:
        found = self._of(kind).get(name)
        return found.strip() if isinstance(found, str) else ""


class Rooms:
    """The rooms that the bot is in, as this life was told of them; made once a life."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}
        self.direct_with: dict[str, tuple[str, ...]] = {}
        """The direct rooms with each person, newest last, as the bot's account keeps them."""
        self.told = asyncio.Event()
        """Set once this life was told how every room stands."""
        self.news = asyncio.Event()
        """Rung when there is news of rooms."""
        self._new: dict[str, None] = {}

    def room(self, native_id: str) -> Room | None:
        """A room that the bot is in."""
        return self._rooms.get(native_id)

    def enter(self, native_id: str) -> Room:
        """The room, which is noted if it is new."""
        if native_id not in self._rooms:
            room = self._rooms[native_id] = Room(native_id)
            room.marked_direct = any(native_id in ids for ids in self.direct_with.values())
        return self._rooms[native_id]

    def leave(self, native_id: str) -> None:
        """Forget a room."""
        self._rooms.pop(native_id, None)

    def all(self) -> Iterable[Room]:
        """Every room."""
        return tuple(self._rooms.values())

    def tell(self, ids: Iterable[str]) -> None:
        """Note of which rooms there is news."""
        self._new |= dict.fromkeys(ids)
        self.news.set()

    def take_news(self) -> tuple[str, ...]:
        """The rooms of which there was news since the last time."""
        ids, self._new = tuple(self._new), {}
        return ids

    def spaces_of(self, native_id: str) -> list[Room]:
        """The spaces that list a room."""
        return [one for one in self._rooms.values() if one.is_space and native_id in one.children]

    def take_direct(self, content: Mapping[str, Any]) -> None:
        """Note which rooms are direct ones, as the account keeps it."""
        self.direct_with = rooms_of(content)
        direct = {one for ids in self.direct_with.values() for one in ids}
        for native_id, room in self._rooms.items():
            room.marked_direct = native_id in direct


def _makers_rule(version: str) -> bool:
    return version.startswith(_HYDRA) or (version.isdecimal() and int(version[:9]) >= _FIRST_WITH_CREATORS)


def _level(found: object, usual: float) -> float:
    """A power as servers of all times wrote it: a number, or one between quotes."""
    if isinstance(found, bool):
        return usual
    if isinstance(found, str) and len(found) < len(str(_MOST_POWER)):
        try:
            return int(found)
        except ValueError:
            return usual
    if isinstance(found, int) or (isinstance(found, float) and math.isfinite(found)):
        return max(-_MOST_POWER, min(found, _MOST_POWER))
    return usual
