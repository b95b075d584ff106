"""The number that the bot puts on an answer: the question it is filed under, also after an edit."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, exists, func, select, update

from bot.core.actions import Action
from bot.core.model import How, Place
from bot.storage.outgoing.keeping import SENT, WAITING, WITHDRAWN
from bot.storage.outgoing.outbound import Outbound
from bot.storage.schema import tables as t

_O = t.outbox.c


class Receipts(Outbound):
    """What is asked of the receipts on labelled answers."""

    async def renew_receipt(self, place: Place, message_id: int, now: datetime) -> None:
        """Let a message's receipt name where it is filed now; one that names it already stays."""
        query = select(t.message.c.platform_message_id).where(t.message.c.id == message_id)
        target = await self._value(query.where(t.message.c.deleted_at.is_(None)))
        if target is None:
            return
        subject, wanted = f"receipt.{place.id}.{target}", await self._labelled(message_id)
        mine = and_(_O.place_id == place.id, _O.subject == subject)
        standing = select(_O.id, _O.payload).where(mine, _O.state.in_((SENT, WAITING)))
        last = await self._row(standing.order_by(_O.id.desc()).limit(1))
        if wanted == (last.payload.get("text", "") if last else ""):
            return
        if wanted and not await self.aloud(place, [target]):
            return
        untried = and_(mine, _O.state == WAITING, _O.first_attempt_at.is_(None))
        await self._do(update(t.outbox).where(untried).values(state=WITHDRAWN))
        key = f"{subject}.after.{last.id if last else 0}"
        await self._put(place, Action.RECEIPT, subject, key, {"text": wanted, "target": target}, now)

    async def aloud(self, place: Place, native_ids: Sequence[str]) -> frozenset[str]:
        """Those of some messages in a place that are of a chat which is not muted there."""
        muted = exists().where(
            t.series_place.c.series_id == t.chat.c.series_id,
            t.series_place.c.place_id == t.message.c.place_id,
            t.series_place.c.muted,
        )
        m, there = t.message.c, t.message.join(t.chat, t.chat.c.id == t.message.c.chat_id)
        said = m.place_id == place.id, m.platform_message_id.in_(native_ids), ~muted
        query = select(m.platform_message_id).select_from(there).where(*said)
        return frozenset(row.platform_message_id for row in await self._rows(query))

    async def _labelled(self, message_id: int) -> str:
        """The number under which a label alone files a message; nothing in a thread and of a reply."""
        m, f, q = t.message.c, t.filing.c, t.question.c
        alone = m.id == message_id, m.thread_question_id.is_(None), m.reply_to.is_(None)
        labels = select(func.min(q.position)).where(*alone, f.message_id == m.id, f.question_id == q.id)
        number = await self._value(labels.where(f.how == How.LABEL))
        return str(number) if number else ""
