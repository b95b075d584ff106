"""The bot's answers that show what people said: they go when any of that is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Integer, Row, and_, cast, exists, or_, select

from bot.core.actions import Action
from bot.storage.archive.addresses import BROWSER
from bot.storage.outgoing.keeping import WAITING
from bot.storage.outgoing.outbound import REPLY, SHOWS_WORDS
from bot.storage.outgoing.queued import Queued
from bot.storage.rooms.room_reports import RoomReports
from bot.storage.schema import tables as t

_O, _M = t.outbox.c, t.room_message.c
_WITH_NETWORK: Final = select(t.outbox, t.place.c.platform).join(t.place)
_STANDS: Final = exists().where(
    t.place.c.platform == BROWSER,
    _M.id == cast(_O.platform_message_id, Integer),
    _M.place_id == _O.place_id,
    _M.deleted_at.is_(None),
)
_BEYOND: Final = f"{REPLY[:-1]}/"
"""Comes right after every key of a reply."""


class Replies(RoomReports):
    """What is asked of answers to commands when words go.

    Which words such an answer shows is noted nowhere, and text that was cut, masked or edited is not found
    again for sure: so all of them go that may show some of it, and whoever asked may ask once more.
    """

    async def let_replies_go(self, said: Sequence[Row[Any]], now: datetime) -> None:
        """Empty the answers that may show these messages, wherever somebody may have asked for them."""
        chats, places = {row.chat_id for row in said if row.chat_id}, {row.place_id for row in said}
        await self._let_go_in(_rooms(chats, places), now)

    async def let_guests_replies_go(self, community_id: int, now: datetime) -> None:
        """Empty those of a community that is a guest no more: what is taken back later is not told there."""
        await self._let_go_in(select(t.place.c.id).where(t.place.c.community_id == community_id), now)

    async def _let_go_in(self, rooms: Any, now: datetime) -> None:
        replies = and_(_O.key >= REPLY, _O.key < _BEYOND, _O.subject == SHOWS_WORDS)
        there = (_O.place_id + 0).in_(rooms)  # a bare place would have SQLite read all that was posted there
        for row in await self._rows(_WITH_NETWORK.where(replies, there, or_(_O.state == WAITING, _STANDS))):
            await self._empty_post(row, now)

    async def confirm(self, row: Queued, native_id: str, now: datetime) -> None:
        """Note what came of an attempt; what was let go of while it was under way goes at once."""
        this = _WITH_NETWORK.where(_O.id == row.id)
        before = await self._row(this) if row.subject == SHOWS_WORDS else None
        await super().confirm(row, native_id, now)
        if before is not None and before.state != WAITING and before.action == Action.WHISPER:
            for sent in await self._rows(this):
                await self._empty_post(sent, now)


def _rooms(chats: set[int], places: set[int]) -> Any:
    """The places of all communities in which these words may be found."""
    held = t.series_place.join(t.chat, t.chat.c.series_id == t.series_place.c.series_id)
    homes = select(t.series_place.c.place_id).select_from(held).where(t.chat.c.id.in_(chats))
    met = select(t.chat_place.c.place_id).where(t.chat_place.c.chat_id.in_(chats))
    heard = or_(t.place.c.id.in_(places), t.place.c.id.in_(homes), t.place.c.id.in_(met))
    owners = select(t.series.c.community_id).join(t.chat).where(t.chat.c.id.in_(chats))
    communities = select(t.place.c.community_id).where(heard).union(owners)
    return select(t.place.c.id).where(t.place.c.community_id.in_(communities))
