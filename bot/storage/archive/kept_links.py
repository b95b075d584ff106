"""Which links stand in which messages, noted when their words are drawn: one mark for each."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select

from bot.core.archive.shared_links import marks_in
from bot.storage.archive.glance import Glance
from bot.storage.queries import Queries
from bot.storage.schema import tables as t

_M = t.message.c
_DRAWN = select(_M.id, bindparam("mark", type_=t.shared_link.c.mark.type)).where(
    _M.id == bindparam("message"), _M.deleted_at.is_(None), _M.body_html.is_not(None)
)
_NOTE = insert(t.shared_link).from_select(["message_id", "mark"], _DRAWN)

REMOVED = Glance(
    select(t.removed_link.c.mark)
    .join(t.series, t.series.c.community_id == t.removed_link.c.community_id)
    .where(t.series.c.id == bindparam("series"))
)
"""The links that hosts took out where a weekly chat is at home."""


class KeptLinks(Queries):
    """What is asked of the links in messages."""

    async def keep_links(self, drawn: Sequence[tuple[int, str]]) -> None:
        """Note the links of messages by what they look like; those they had before go."""
        await self.drop_links([message_id for message_id, _ in drawn])
        rows = [
            {"message": message_id, "mark": mark} for message_id, html in drawn for mark in marks_in(html)
        ]
        await self._do(_NOTE, rows)

    async def drop_links(self, message_ids: Sequence[int]) -> None:
        """Let go of what is noted of the links in messages."""
        await self._do(delete(t.shared_link).where(t.shared_link.c.message_id.in_(message_ids)))
