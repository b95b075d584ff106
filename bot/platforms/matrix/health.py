"""What the bot lacks in a room, as sentences that say how to give it, and who may look into the room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.core.plain import storable
from bot.core.sentences import matrix_rooms as sentences
from bot.platforms.matrix.rooms import Room
from bot.storage.places.servers import LONGEST_NAME, Channel

_STOPS: Final = "say"
"""Without this no chat goes on."""
_NAMELESS: Final = "room"


@dataclass(frozen=True, slots=True)
class Health:
    """What is `lacking` in one room, a sentence each; a chat `goes_on` without the lesser things."""

    lacking: tuple[str, ...]
    goes_on: bool = True


def health(room: Room, me: str) -> Health:
    """Look at what the bot may do in a room, and whether it can read there at all."""
    missing = [
        name for name, one in sentences.POWERS.items() if not room.may_send(me, one.kind, state=one.state)
    ]
    shown = name_of(room)
    lacking = [sentences.unreadable(shown)] if room.encrypted else []
    for name in missing:
        one = sentences.POWERS[name]
        lacking.append(sentences.lacks_power(name, room.needed(one.kind, state=one.state), shown))
    return Health(tuple(lacking), not room.encrypted and _STOPS not in missing)


def channel_as_found(room: Room, me: str) -> Channel:
    """Describe a room for our books."""
    found = health(room, me)
    return Channel(room.native_id, name_of(room), found.lacking, shut(room), goes_on=found.goes_on)


def name_of(room: Room) -> str:
    """What a room is called, for our books."""
    return storable(room.name, LONGEST_NAME) or _NAMELESS


def shut(room: Room) -> bool:
    """Whether a stranger could not come in and read what was said there before."""
    if room.encrypted:
        return True
    if room.history == "world_readable":
        return False
    return not (room.join_rule == "public" and room.history == "shared")
