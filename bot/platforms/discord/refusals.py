"""What Discord refuses, in plain words: what is missing, how to give it, and what is not asked for again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import discord
import structlog

from bot.core.actions import Action
from bot.core.sentences import refusals as sentences
from bot.core.sentences import servers
from bot.platform import Impossible, Later, Outgoing
from bot.platforms.discord.client import Client

MISSING_ACCESS, MISSING_PERMISSIONS = 50001, 50013
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_EVENT = 10003, 10008, 10070
ARCHIVED, HAS_THREAD, OLD_EDITS = 50083, 160004, 30046
_OLD: Final = timedelta(hours=1)
_UNAUTHORISED, _FORBIDDEN, _TOO_MANY, _SERVER_FAULT = 401, 403, 429, 500

_PERMISSION: Final[Mapping[Action, str]] = {
    Action.POST: "send_messages",
    Action.CARD: "send_messages",
    Action.EDIT: "send_messages",
    Action.THREAD: "create_public_threads",
    Action.PIN: "pin_messages",
    Action.RECEIPT: "add_reactions",
    Action.ENTRY: "create_events",
    Action.ROOM: "create_private_threads",
}
"""What each action needs, besides seeing the channel."""

_WORDS: Final[Mapping[int, str]] = {
    10004: servers.SERVER_LEFT,
    UNKNOWN_MESSAGE: sentences.MESSAGE_GONE,
    10013: sentences.NOBODY,
    30003: sentences.PINS_FULL,
    30010: sentences.REACTIONS_FULL,
    30038: sentences.EVENTS_FULL,
    OLD_EDITS: sentences.TOO_OLD,
    50007: sentences.PRIVATE_CLOSED,
    50021: sentences.SYSTEM_MESSAGE,
    50024: sentences.NO_THREADS_HERE,
    ARCHIVED: sentences.THREAD_LOCKED,
    200000: sentences.AUTOMOD,
    200001: sentences.AUTOMOD,
    160006: sentences.THREADS_FULL,
    160005: sentences.THREAD_LOCKED,
}

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Barred:
    """What was refused, and in which server, 0 when that is not known."""

    sentence: str
    guild_id: int


@dataclass
class Refusals:
    """What is not asked for again in a place until something is allowed there that was not."""

    _barred: dict[tuple[str, Action, bool], _Barred] = field(default_factory=dict)

    def check(self, out: Outgoing) -> None:
        """Say at once what was refused before."""
        barred = self._barred.get(_kind(out))
        if barred is not None:
            raise Impossible(barred.sentence)

    def shut_out(self, out: Outgoing) -> bool:
        """Whether this was refused before."""
        return _kind(out) in self._barred

    def threads_barred(self, out: Outgoing) -> bool:
        """Whether no thread can be made in a place."""
        return (out.place.native_id, Action.THREAD, False) in self._barred

    def well(self, guild_id: int) -> None:
        """Forget what was refused in a server: something changed there."""
        self._barred = {kind: one for kind, one in self._barred.items() if one.guild_id not in (guild_id, 0)}

    def forget(self) -> None:
        """Forget everything, as in a new life."""
        self._barred.clear()

    def told(self, client: Client, out: Outgoing, fault: Exception) -> Exception:
        """Translate a fault: Impossible or Later where one of them it is, else the fault itself."""
        if isinstance(fault, discord.RateLimited):
            return Later(fault.retry_after)
        if not isinstance(fault, discord.HTTPException):
            return fault
        if fault.status >= _SERVER_FAULT or (fault.status == _TOO_MANY and fault.code != OLD_EDITS):
            return fault
        if fault.status == _UNAUTHORISED:  # the token is at fault, not the post: it waits for another one
            return fault
        sentence = _sentence(client, out, fault)
        if fault.status == _FORBIDDEN and fault.code in (MISSING_ACCESS, MISSING_PERMISSIONS):
            guild = guild_of(client, out)
            self._barred[_kind(out)] = _Barred(sentence, guild.id if guild else 0)
        _log.warning("discord_refused_here", place=out.place.id, action=out.action, code=fault.code)
        return Impossible(sentence)


def no_thread(out: Outgoing, no: Exception) -> bool:
    """Whether the thread in which something is to stand is not there, or closed to us."""
    if not out.thread or not isinstance(no, discord.HTTPException):
        return False
    return no.code in (UNKNOWN_CHANNEL, MISSING_ACCESS, MISSING_PERMISSIONS)


def too_old(no: Exception, made_at: datetime, now: datetime) -> bool:
    """Whether an edit was refused because the message is old."""
    old = isinstance(no, discord.HTTPException) and no.code == OLD_EDITS
    return old or (isinstance(no, discord.RateLimited) and now - made_at > _OLD)


def guild_of(client: Client, out: Outgoing) -> discord.Guild | None:
    """The server of a place, where the client knows its channel."""
    known = client.get_channel(int(out.place.native_id)) if out.place.native_id.isdecimal() else None
    return known.guild if isinstance(known, discord.abc.GuildChannel | discord.Thread) else None


def _kind(out: Outgoing) -> tuple[str, Action, bool]:
    return out.place.native_id, out.action, _in_thread(out)


def _in_thread(out: Outgoing) -> bool:
    return bool(out.thread or (out.action is Action.POST and out.target))


def _sentence(client: Client, out: Outgoing, fault: discord.HTTPException) -> str:
    if fault.code == MISSING_ACCESS:
        return _lacks(client, out, "view_channel")
    if fault.code == MISSING_PERMISSIONS:
        return _lacks(client, out, _needed(out))
    if fault.code == UNKNOWN_CHANNEL:
        return sentences.THREAD_GONE if _in_thread(out) else servers.channel_gone(out.place.name)
    if out.action is Action.ENTRY and not fault.code and isinstance(fault, discord.NotFound):
        return sentences.NO_EVENTS
    return _WORDS.get(fault.code) or sentences.said_no(fault.text, fault.code)


def _needed(out: Outgoing) -> str:
    return "send_messages_in_threads" if _in_thread(out) else _PERMISSION.get(out.action, "send_messages")


def _lacks(client: Client, out: Outgoing, permission: str) -> str:
    guild = guild_of(client, out)
    role = guild.self_role if guild else None
    name = role.name if role else client.user.display_name if client.user else ""
    return servers.lacks(permission, out.place.name, name)
