"""Places that lag behind: whether anybody saw the last question, and what a slow place is spared."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, bindparam, func, or_, select, update

from bot.core.actions import Action
from bot.core.model import Place
from bot.core.state import Running
from bot.storage.outgoing.keeping import SENT, WAITING, WITHDRAWN
from bot.storage.outgoing.talking import Talking
from bot.storage.schema import tables as t

_QUESTION = t.outbox.c.question_id
_ASKS = or_(_QUESTION.is_not(None), t.outbox.c.subject == "open")
_OF_THE_HOUR = or_(
    _QUESTION.is_not(None), t.outbox.c.subject.endswith(".line"), t.outbox.c.subject == "intro"
)
"""What only makes sense while it is on: questions, the lines that point to them, the first hello."""
TAKEN_BACK: Final[dict[str, Any]] = {
    "state": WITHDRAWN,
    "key": t.outbox.c.key + ".w" + func.cast(t.outbox.c.id, t.outbox.c.key.type),
}
"""What becomes of a row that is taken back: its key may be used again."""


class Lagging(Talking):
    """What is asked of places that are late."""

    async def nobody_was_asked(self, chat_id: int) -> bool:
        """Whether the question that was asked last waits in every place to which it goes."""
        rows = await self._rows(_ASKED, chat=chat_id)
        last = max((row.number for row in rows), default=0)
        return bool(rows) and all(row.state == WAITING for row in rows if row.number == last)

    async def let_pass(self, state: Running, place: Place, now: datetime) -> None:
        """Let a place that did not come along catch up: earlier questions are not brought there late.

        What was attempted may be there already, and goes no more if it is not.
        """
        here = {"chat": state.chat.id, "place": place.id, "late": now - state.grace}
        late = await self._rows(_LATE, **here)
        if gone := [row.id for row in late if row.first_attempt_at is None]:
            untried = t.outbox.c.first_attempt_at.is_(None)
            on_it = or_(t.outbox.c.id.in_(gone), and_(t.outbox.c.depends_on.in_(gone), untried))
            await self._do(update(t.outbox).where(on_it, t.outbox.c.state == WAITING).values(**TAKEN_BACK))
        if tried := [row.id for row in late if row.first_attempt_at is not None]:
            await self._do(update(t.outbox).where(t.outbox.c.id.in_(tried)).values(not_after=now))


_LATE = select(t.outbox.c.id, t.outbox.c.first_attempt_at).where(
    t.outbox.c.chat_id == bindparam("chat"),
    t.outbox.c.place_id == bindparam("place"),
    t.outbox.c.state == WAITING,
    t.outbox.c.due_at < bindparam("late"),
    t.outbox.c.action == Action.POST,
    _OF_THE_HOUR,
)
_ASKED = (
    select(t.outbox.c.state, func.coalesce(t.question.c.position, 0).label("number"))
    .outerjoin(t.question, t.question.c.id == _QUESTION)
    .where(t.outbox.c.chat_id == bindparam("chat"), t.outbox.c.action == Action.POST, _ASKS)
    .where(t.outbox.c.state.in_((WAITING, SENT)))
)
