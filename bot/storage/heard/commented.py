"""What an erased answer leaves behind: under which question it stood, for the comments that still do."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, select

from bot.core.filing import MessageKind
from bot.storage.schema import tables as t

UNSIGNED = {"by_person_id": None, "flags": ""}
"""What such a filing tells of who filed it, and how."""
_C = t.message.alias("comment").c


def no_comment_needs(message_ids: Sequence[int]) -> ColumnElement[bool]:
    """Which filings of these messages go with them: those on which no comment of others hangs."""
    m = t.message.c
    hangs = and_(_C.place_id == m.place_id, _C.reply_to == m.platform_message_id)
    stays = and_(_C.chat_id == m.chat_id, _C.kind == MessageKind.COMMENT, _C.deleted_at.is_(None))
    needed = select(m.id).where(
        m.id.in_(message_ids), exists().where(hangs, stays, _C.id.not_in(message_ids))
    )
    f = t.filing.c.message_id
    return and_(f.in_(message_ids), f.not_in(needed))
