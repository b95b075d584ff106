"""Invitations: accepted from whom the settings allow, declined else, and each once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog

from bot.networks import MatrixSettings, server_of
from bot.platforms.matrix.asking import insist
from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused, part
from bot.platforms.matrix.rooms import Rooms
from bot.platforms.matrix.syncing import invitations
from bot.platforms.matrix.talks import keep_talk
from bot.platforms.matrix.translating import mapping, named

_TRIES: Final = 12
"""So often each is answered: for some minutes in all, as a homeserver may need to start anew."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who wants the bot in a room, and whether to talk with it alone."""

    inviter: str
    direct: bool = False


def invitation(state: Iterable[Any], me: str) -> Invitation:
    """Read an invitation from what the server tells of a room; without an inviter where it tells nothing."""
    for event in map(mapping, state):
        if event.get("type") == "m.room.member" and event.get("state_key") == me:
            content = mapping(event.get("content"))
            if content.get("membership") == "invite":
                return Invitation(named(event.get("sender")), content.get("is_direct") is True)
    return Invitation("")


def welcome(inviter: str, settings: MatrixSettings) -> bool:
    """Whether somebody may invite the bot: they themselves, or all of their server."""
    allowed = settings.inviters or frozenset((server_of(settings.user),))
    return bool(inviter) and (inviter in allowed or server_of(inviter) in allowed)


class Invites:
    """Answers invitations, beside everything else: a distant server may take its time; one a life."""

    def __init__(self, home: Homeserver, settings: MatrixSettings, rooms: Rooms) -> None:
        self._home, self._settings, self._rooms = home, settings, rooms
        self._answering: set[asyncio.Task[None]] = set()

    def answer(self, invited: Mapping[str, tuple[Any, ...]]) -> None:
        """Accept or decline each."""
        for native_id, state in invited.items():
            self._begin(self._answer(native_id, invitation(state, self._home.user)))

    def ask(self) -> None:
        """Answer those that wait since before this life."""
        self._begin(self._ask())

    async def end(self) -> None:
        """Leave the rest for the next life, which is told of it again."""
        for task in tuple(self._answering):
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _ask(self) -> None:
        try:
            self.answer(await invitations(self._home))
        except MatrixRefused as no:  # whatever ails us, the news will tell
            _log.warning("matrix_invitations_unknown", code=no.code)

    async def _answer(self, native_id: str, asked: Invitation) -> None:
        replaces = any(room.replaced_by == native_id for room in self._rooms.all())
        good = replaces or welcome(asked.inviter, self._settings)
        path = f"v3/rooms/{part(native_id)}/{'join' if good else 'leave'}"
        try:
            if good and asked.direct:
                # Before it could be taken for a place.
                self._rooms.take_direct(await keep_talk(self._home, asked.inviter, native_id, tries=_TRIES))
            await insist(self._home, "POST", path, {}, tries=_TRIES)
        except MatrixRefused as no:  # it is answered again in the next life
            _log.warning("matrix_invitation", code=no.code, accepted=good)
