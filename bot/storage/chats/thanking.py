"""Who is thanked by name when a chat wraps up: those who answered in their own name, as readers see them."""

from typing import Any

from sqlalchemy import Select, bindparam, func, select

from bot.core.filing import MessageKind
from bot.core.model import Chat, ChatState
from bot.storage.links import Linked
from bot.storage.schema import tables as t
from bot.storage.shown_names import shown_name, writers_consent


class Thanking(Linked):
    """What is asked of thanks."""

    async def thanked(self, chat: Chat) -> tuple[str, ...]:
        """Who answered so far in a chat in its hour, by name, in the order of first answers."""
        if chat.state is not ChatState.OPEN:
            return ()
        return tuple(dict.fromkeys([row.name for row in await self._rows(_THANKED, chat=chat.id)]))


def _thanked() -> Select[Any]:
    """The names of those who answered, as readers see them, with their first answers."""
    m, agreed, shown = t.message.c, t.consent.c, shown_name()
    return (
        select(shown.label("name"), func.min(m.id).label("first"))
        .join(t.person, t.person.c.id == m.person_id)
        .join(t.place, t.place.c.id == m.place_id)
        .outerjoin(t.consent, writers_consent())
        .where(m.chat_id == bindparam("chat"), m.kind == MessageKind.ANSWER)
        .where(m.deleted_at.is_(None), m.hidden_at.is_(None), m.anonymous.is_(False))
        .where(m.by_host.is_(False), agreed.excluded_at.is_(None), agreed.forgotten_at.is_(None))
        .where(shown != "")
        .group_by(m.person_id, shown)
        .order_by(func.min(m.id))
    )


_THANKED = _thanked()
