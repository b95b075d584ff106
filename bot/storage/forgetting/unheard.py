"""What was said in our own rooms while no chat listened: it is kept no longer than a chat's words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, String, and_, cast, exists, func, or_, select

from bot.core.archive.chat_page import least_open
from bot.core.model import Visibility
from bot.core.retention import erased_before, unheard_before
from bot.storage.archive.addresses import BROWSER
from bot.storage.forgetting.erasing import Erasing
from bot.storage.schema import tables as t

_AT_ONCE = 500
_M = t.room_message.c


class Unheard(Erasing):
    """What is asked of words that belong to no chat."""

    async def let_unheard_words_go(self, now: datetime) -> int:
        """Erase people's words of no chat as its community, and each room's weekly chats, keep them."""
        query = select(t.place.c.id, t.place.c.openness, t.community.c.retention_days).join(t.community)
        gone = 0
        for room in await self._rows(query.where(t.place.c.platform == BROWSER)):
            due = _due(room, await self._weekly_chats(room.id), now)
            while due is not None and (rows := await self._rows(_unheard(room.id, due).limit(_AT_ONCE))):
                await self._erase_in_room(rows, now, heard=False)
                gone += len(rows)
        self.scrubs = self.scrubs or gone > 0
        return gone

    async def _weekly_chats(self, place_id: int) -> Sequence[Row[Any]]:
        """Who may read a room's weekly chats, and their tail; of former ones where none is left."""
        kept = (t.series.c.visibility, t.series.c.tail_days, t.series.c.deleted_at)
        query = select(*kept).join(t.series_place)
        rows = await self._rows(query.where(t.series_place.c.place_id == place_id))
        return [row for row in rows if row.deleted_at is None] or rows


def _due(room: Row[Any], weekly: Sequence[Row[Any]], now: datetime) -> ColumnElement[bool] | None:
    """Which words of a room are due to go: the old ones, and sooner those said where nothing is kept."""
    tail = timedelta(days=max((row.tail_days for row in weekly), default=0))
    openness = Visibility(room.openness)
    shut = [least_open(Visibility(row.visibility), openness) is Visibility.OFF for row in weekly]
    if shut and all(shut):
        return _M.said_at < unheard_before(room.retention_days, tail, now)
    old = erased_before(room.retention_days, now)
    told_off = and_(_told(room.id) == Visibility.OFF, _M.said_at < now - tail)
    return told_off if old is None else or_(told_off, _M.said_at < old)


def _told(place_id: int) -> Any:
    """What people were told at the last chat that opened here before a message."""
    here = t.chat_place.c.place_id == place_id, t.chat_place.c.opened_at <= _M.said_at
    said = func.coalesce(t.chat_place.c.told, t.chat.c.told)
    told = select(said).select_from(t.chat.join(t.chat_place)).where(*here, said.is_not(None))
    return told.order_by(t.chat_place.c.opened_at.desc()).limit(1).correlate(t.room_message).scalar_subquery()


def _unheard(place_id: int, due: ColumnElement[bool]) -> Any:
    """What people said in a room and no chat keeps; a typed command left no words."""
    m = t.message.c
    heard = exists().where(
        m.place_id == place_id, m.platform_message_id == cast(_M.id, String), m.deleted_at.is_(None)
    )
    said = and_(_M.place_id == place_id, _M.person_id.is_not(None), _M.deleted_at.is_(None))
    return select(t.room_message).where(said, due, ~heard)
