"""Places that lag behind: whether anybody saw the last question, and what a slow place is spared."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, func, or_, select, update

from bot.core.actions import Action
from bot.core.model import Place
from bot.core.state import Running
from bot.storage import tables as t
from bot.storage.keeping import SENT, WAITING, WITHDRAWN
from bot.storage.talking import Talking

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
        mine = and_(t.outbox.c.chat_id == chat_id, t.outbox.c.action == Action.POST, _ASKS)
        number = func.coalesce(t.question.c.position, 0).label("number")
        query = select(t.outbox.c.state, number).outerjoin(t.question, t.question.c.id == _QUESTION)
        rows = await self._rows(query.where(mine, t.outbox.c.state.in_((WAITING, SENT))))
        last = max((row.number for row in rows), default=0)
        return bool(rows) and all(row.state == WAITING for row in rows if row.number == last)

    async def let_pass(self, state: Running, place: Place, now: datetime) -> None:
        """Let a place that did not come along catch up: earlier questions are not brought there late.

        What was attempted may be there already, and goes no more if it is not.
        """
        mine = and_(t.outbox.c.chat_id == state.chat.id, t.outbox.c.place_id == place.id)
        due = and_(t.outbox.c.state == WAITING, t.outbox.c.due_at < now - state.grace)
        late = and_(mine, due, t.outbox.c.action == Action.POST, _OF_THE_HOUR)
        untried = t.outbox.c.first_attempt_at.is_(None)
        gone = [row.id for row in await self._rows(select(t.outbox.c.id).where(late, untried))]
        on_it = or_(t.outbox.c.id.in_(gone), and_(t.outbox.c.depends_on.in_(gone), untried))
        await self._do(update(t.outbox).where(on_it, t.outbox.c.state == WAITING).values(**TAKEN_BACK))
        await self._do(update(t.outbox).where(late, ~untried).values(not_after=now))
