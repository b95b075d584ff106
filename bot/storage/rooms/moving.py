"""Words of our own rooms that stand elsewhere since they were filed: told like all that happens there."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Integer, and_, cast, literal, select

from bot.storage.queries import Queries
from bot.storage.rooms.views import EventKind
from bot.storage.schema import tables as t

_M, _E = t.room_message.c, t.room_event.c


class RoomMoves(Queries):
    """What is asked when it was decided where words belong."""

    async def room_filed(self, message_ids: Collection[int], now: datetime) -> None:
        """Tell pages that were not open, too, that something became of these stored messages."""
        native_id = cast(t.message.c.platform_message_id, Integer)
        here = and_(_M.id == native_id, _M.place_id == t.message.c.place_id)
        stands = t.message.c.id.in_(message_ids), _M.deleted_at.is_(None)
        found = select(_M.place_id, literal(str(EventKind.FILED)), _M.id, literal(now, _E.at.type))
        found = found.join(t.message, here).where(*stands).order_by(_M.id)
        columns = (_E.place_id, _E.kind, _E.message_id, _E.at)
        if message_ids and await self._do(t.room_event.insert().from_select(columns, found)):
            places = select(t.message.c.place_id).where(t.message.c.id.in_(message_ids)).distinct()
            self.rooms_rung |= {row.place_id for row in await self._rows(places)}
