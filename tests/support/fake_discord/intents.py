"""Which events a bot is told: what it asked for, what it was allowed, and what it loses without."""

from __future__ import annotations

from enum import IntFlag
from typing import Any, Final

Json = dict[str, Any]


class Intent(IntFlag):
    """What a bot may ask to hear of, by Discord's bits."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_REACTIONS = 1 << 10
    GUILD_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_REACTIONS = 1 << 13
    DIRECT_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15
    SCHEDULED_EVENTS = 1 << 16


PRIVILEGED: Final = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
KNOWN: Final = (1 << 17) - 1 | 0b11 << 20 | 0b11 << 24

_GUILD: Final = {
    "GUILD_MEMBER_": Intent.GUILD_MEMBERS,
    "GUILD_BAN_": Intent.GUILD_MODERATION,
    "GUILD_SCHEDULED_EVENT_": Intent.SCHEDULED_EVENTS,
    "MESSAGE_REACTION_": Intent.GUILD_REACTIONS,
    "MESSAGE_": Intent.GUILD_MESSAGES,
    "TYPING_": Intent.GUILD_TYPING,
    "PRESENCE_": Intent.GUILD_PRESENCES,
    "GUILD_": Intent.GUILDS,
    "CHANNEL_": Intent.GUILDS,
    "THREAD_": Intent.GUILDS,
}
_DIRECT: Final = {
    "MESSAGE_REACTION_": Intent.DIRECT_REACTIONS,
    "MESSAGE_": Intent.DIRECT_MESSAGES,
    "CHANNEL_PINS_": Intent.DIRECT_MESSAGES,
    "TYPING_": Intent.DIRECT_TYPING,
}
_IN_A_CHANNEL: Final = ("MESSAGE_", "THREAD_", "TYPING_", "CHANNEL_PINS_")


def valid(intents: object) -> bool:
    """Tell whether these are bits Discord knows; others are closed with 4013."""
    return type(intents) is int and intents >= 0 and not intents & ~KNOWN


def wanted(intents: int, event: str, data: Json, guild_id: int | None, me: int) -> bool:
    """Tell whether a bot asked for an event; interactions and what concerns itself always come."""
    if event == "GUILD_MEMBER_UPDATE" and data["user"]["id"] == str(me):
        return True
    if event == "THREAD_MEMBERS_UPDATE" and not intents & Intent.GUILD_MEMBERS:
        changed = [one["user_id"] for one in data.get("added_members", ())]
        return str(me) in [*changed, *data.get("removed_member_ids", ())]
    table = _DIRECT if guild_id is None else _GUILD
    needed = next((bit for start, bit in table.items() if event.startswith(start)), Intent(0))
    return intents & needed == needed


def channels_of(event: str, data: Json) -> tuple[int, ...]:
    """Give the channel that one must see to be told of an event, and its parent; () needs none."""
    if not event.startswith(_IN_A_CHANNEL) or event == "THREAD_LIST_SYNC":
        return ()
    own = data.get("channel_id") or data.get("id")
    return tuple(int(one) for one in (own, data.get("parent_id")) if one)
