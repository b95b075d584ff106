"""What stands on one sheet of a room's page: all that belongs to a question, or the conversation."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Integer, Select, and_, cast, or_, select

from bot.storage.rooms.posts import Rooms
from bot.storage.rooms.views import RoomMessage, message_of, seen_by
from bot.storage.schema import tables as t

_M = t.room_message.c


class RoomSheets(Rooms):
    """What is asked by the sheets of a room's page."""

    async def room_sheet(
        self, place_id: int, root: int | None, *, viewer: str, host: bool, before: int | None, most: int
    ) -> tuple[RoomMessage, ...]:
        """The newest messages that may stand on a sheet; `root` asked its question, None is the conversation.

        What was said in a thread and filed elsewhere is among them, and in the conversation every reply.
        """
        belongs = _M.thread_id.is_(None) if root is None else _of_question(place_id, root)
        query = seen_by(viewer, host).where(_M.place_id == place_id, _M.only_for.is_(None), belongs)
        if before is not None:
            query = query.where(_M.id < before)
        rows = await self._rows(query.order_by(_M.id.desc()).limit(most))
        counts = await self._reactions([row.id for row in rows])
        return tuple(message_of(row, viewer, counts) for row in reversed(rows))

    async def room_below(self, place_id: int, message_ids: Collection[int]) -> frozenset[int]:
        """What replies to these messages, and what replies to that."""
        if not message_ids:
            return frozenset()
        replies = select(_M.id, _M.reply_to_id).where(_M.place_id == place_id, _M.reply_to_id.is_not(None))
        found = set(message_ids)
        for row in await self._rows(replies.where(_M.id > min(found)).order_by(_M.id)):
            found |= {row.id} if row.reply_to_id in found else set()
        return frozenset(found.difference(message_ids))

    async def room_above(self, message_ids: Iterable[int]) -> dict[int, tuple[int | None, int | None]]:
        """The thread and the message replied to of these messages, and of all that they hang on."""
        hung = select(_M.id, _M.thread_id, _M.reply_to_id)
        above = hung.where(_M.id.in_(sorted(message_ids))).cte(recursive=True)
        above = above.union(hung.join(above, _M.id == above.c.reply_to_id))
        return {row.id: (row.thread_id, row.reply_to_id) for row in await self._rows(select(above))}


def _of_question(place_id: int, root: int) -> Any:
    """What was said in a question's thread or is filed under it, and what replies to that."""
    filed = _filed_under(place_id, root)
    first = or_(_M.thread_id == root, _M.id.in_(filed))
    loose = select(_M.id, _M.reply_to_id).where(
        _M.place_id == place_id, _M.thread_id.is_(None), _M.reply_to_id.is_not(None)
    )
    up = loose.cte("up", recursive=True)
    higher = select(up.c.id, _M.reply_to_id).join(up, _M.id == up.c.reply_to_id)
    up = up.union(higher.where(_M.thread_id.is_(None), _M.reply_to_id.is_not(None)))
    said = select(_M.id).where(first).scalar_subquery()
    return or_(first, _M.id.in_(select(up.c.id).where(up.c.reply_to_id.in_(said))))


def _filed_under(place_id: int, root: int) -> Select[Any]:
    """The messages of a room that are filed under the question which a message of it asked."""
    m, o = t.message.c, t.outbox.c
    asks = and_(o.place_id == place_id, o.platform_message_id == str(root), o.question_id.is_not(None))
    question = select(o.question_id).where(asks)
    filed = select(cast(m.platform_message_id, Integer)).join(t.filing, t.filing.c.message_id == m.id)
    return filed.where(m.place_id == place_id, t.filing.c.question_id.in_(question), m.deleted_at.is_(None))
