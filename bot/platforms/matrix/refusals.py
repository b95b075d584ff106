"""What a homeserver refuses, in plain words: what is missing, how to give it, and what is not asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import structlog

from bot.core.actions import Action
from bot.core.sentences import matrix as sentences
from bot.core.sentences import matrix_rooms, refusals
from bot.platform import Impossible, Later, Outgoing
from bot.platforms.matrix.homeserver import MatrixRefused
from bot.platforms.matrix.rooms import Room, Rooms

NOT_AGAIN_FOR: Final = 60.0
"""Seconds in which what was refused is not asked for again, unless more is allowed meanwhile."""
USUAL_WAIT: Final = 5.0
"""Seconds to wait where the server does not say how long."""

_NEEDED: Final[Mapping[Action, str]] = {
    Action.POST: "say",
    Action.CARD: "say",
    Action.EDIT: "say",
    Action.RECEIPT: "react",
    Action.PIN: "pin",
    Action.TOPIC: "topic",
}
"""What each action in a room needs, by the name under which it is missed."""
_GONE: Final = ("M_NOT_FOUND", "M_INVALID_PARAM")
_AGAIN: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.REQUEST_TIMEOUT)
_TAKES_TIME: Final = "M_LIMIT_EXCEEDED"

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


Coming = tuple[Room | None, int]
"""A room as it was known at a time, and how often we had come to it."""


@dataclass(frozen=True, slots=True)
class _Bar:
    """What was refused, until when it is not asked again, and how we had come to the room then."""

    sentence: str
    until: float
    coming: Coming

    def holds(self, room: Room | None) -> bool:
        """Whether it still holds; whoever left a room and came again asks anew."""
        again = room is not None and coming_to(room) != self.coming
        return not again and asyncio.get_running_loop().time() < self.until


@dataclass
class Refusals:
    """What is not asked for again in a room for a while."""

    _barred: dict[tuple[str, Action], _Bar] = field(default_factory=dict)

    def check(self, out: Outgoing, rooms: Rooms, me: str) -> None:
        """Say at once what the room does not allow, or what was refused before."""
        room = rooms.room(out.place.native_id)
        lacking = _lacking(out.action, room, me)
        if lacking:
            self._barred.pop(_kind(out), None)  # from now on we are told when more is allowed
            raise Impossible(lacking)
        bar = self._barred.get(_kind(out))
        if bar is not None and bar.holds(room):
            raise Impossible(bar.sentence)

    def forget(self) -> None:
        """Forget everything, as in a new life."""
        self._barred.clear()

    def told(self, out: Outgoing, no: MatrixRefused, coming: Coming, me: str) -> Exception:
        """Translate a no to what was asked after this coming: Impossible or Later, else the no itself."""
        if no.status == HTTPStatus.TOO_MANY_REQUESTS or no.code == _TAKES_TIME:
            return Later(USUAL_WAIT if no.retry_after is None else no.retry_after)
        if no.status >= HTTPStatus.INTERNAL_SERVER_ERROR or no.status in _AGAIN or not no.code:
            return no  # not the homeserver's own judgement, or none of what was asked: it is asked again
        sentence = _sentence(out, no, coming[0], me)
        if no.status == HTTPStatus.FORBIDDEN and out.action in _NEEDED:
            until = asyncio.get_running_loop().time() + NOT_AGAIN_FOR
            self._barred[_kind(out)] = _Bar(sentence, until, coming)
        _log.warning("matrix_refused_here", place=out.place.id, action=out.action, code=no.code)
        return Impossible(sentence)


def coming_to(room: Room | None) -> Coming:
    """How we came to a room, as far as we were told."""
    return room, room.comings if room else 0


def _kind(out: Outgoing) -> tuple[str, Action]:
    return out.place.native_id, out.action


def _lacking(action: Action, room: Room | None, me: str) -> str:
    """What the bot lacks in a room for this, as far as it was told of the room."""
    name = _NEEDED.get(action)
    if room is None or name is None:
        return ""
    needed = matrix_rooms.POWERS[name]
    if room.may_send(me, needed.kind, state=needed.state):
        return ""
    level = room.needed(needed.kind, state=needed.state)
    return matrix_rooms.lacks_power(name, level, room.name or "the room")


def _sentence(out: Outgoing, no: MatrixRefused, room: Room | None, me: str) -> str:
    if no.code == "M_TOO_LARGE":
        return sentences.TOO_LARGE
    if no.code in _GONE:
        return refusals.MESSAGE_GONE if out.target else sentences.NOT_KNOWN
    if no.status == HTTPStatus.FORBIDDEN:
        if lacking := _lacking(out.action, room, me):
            return lacking
        if "not in room" in no.text:
            return sentences.OUT_OF_ROOM
    return sentences.homeserver_said_no(no.text, no.code)
