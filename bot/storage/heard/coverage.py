"""Who spoke in a chat, who answered what, and what is filed nowhere yet."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from bot.core.filing import MessageKind
from bot.core.model import Chat
from bot.core.sentences import SOMEBODY
from bot.core.unsorted import Talk
from bot.storage.archive.statements import WORDS_OF_CHATS
from bot.storage.heard.called import called
from bot.storage.heard.sorting import Sorting
from bot.storage.schema import tables as t

_SPOKEN = WORDS_OF_CHATS.join(t.person, t.person.c.id == t.message.c.person_id)
_NAME = called(t.series.c.community_id).label("name")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who spoke in a chat; `name` is what its own hosts see them called."""

    person_id: int
    name: str


class Coverage(Sorting):
    """What hosts ask so that nobody is overlooked; hidden words and hosts' own are left out."""

    async def message_named(self, chat_id: int, place_id: int, said: str) -> int | None:
        """The message of a chat that its native id in this place names, or else our own id, as in m123."""
        number = said.removeprefix("m")
        native = and_(t.message.c.place_id == place_id, t.message.c.platform_message_id == said)
        own = t.message.c.id == (int(number) if number.isdecimal() and len(number) < 10 else 0)
        for named in (native, own):
            query = select(t.message.c.id).where(named, t.message.c.chat_id == chat_id)
            if found := await self._value(query.where(t.message.c.deleted_at.is_(None))):
                return int(found)
        return None

    async def said_among(self, message_id: int, community_id: int) -> bool:
        """Whether a message was said in one of a community's places."""
        query = select(t.message.c.id).join(t.place).where(t.message.c.id == message_id)
        return await self._value(query.where(t.place.c.community_id == community_id)) is not None

    async def speakers(self, chat_id: int) -> tuple[Speaker, ...]:
        """The people who spoke in a chat in their own name, by name, as its own hosts see them called."""
        query = select(t.message.c.person_id, _NAME).select_from(_SPOKEN).where(_heard_in(chat_id))
        named = and_(_NAME.is_not(None), t.consent.c.forgotten_at.is_(None))
        found = [Speaker(row.person_id, row.name) for row in await self._rows(query.where(named).distinct())]
        return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.person_id)))

    async def first_timers(self, chat: Chat) -> tuple[Speaker, ...]:
        """The people whose first chat in this chat's community it was, by name."""
        series = await self.series(chat.series_id)
        before = (
            select(t.message.c.person_id)
            .select_from(t.message)
            .join(t.chat)
            .join(t.series)
            .where(t.series.c.community_id == series.community_id)
            .where(t.chat.c.rehearsal.is_(False), t.chat.c.starts_at < chat.starts_at)
        )
        known = {row.person_id for row in await self._rows(before.distinct())}
        return tuple(one for one in await self.speakers(chat.id) if one.person_id not in known)

    async def talk(self, chat_id: int) -> tuple[Talk, ...]:
        """What people said in a chat that is filed nowhere, in order."""
        m = t.message.c
        query = (
            select(m.id, m.person_id, _NAME, m.text, m.said_at)
            .select_from(_SPOKEN)
            .where(_heard_in(chat_id), _UNFILED)
            .where(t.message.c.kind != MessageKind.COMMENT, t.message.c.text != "")
        )
        rows = await self._rows(query.order_by(t.message.c.id))
        return tuple(Talk(row.id, row.person_id, row.name or SOMEBODY, row.text, row.said_at) for row in rows)

    async def answered(self, chat_id: int) -> frozenset[tuple[int, int]]:
        """Who answered what in their own name: ids of people and questions."""
        query = _answers(chat_id, t.message.c.person_id, t.filing.c.question_id)
        named = and_(t.message.c.person_id.is_not(None), t.message.c.anonymous.is_(False))
        rows = await self._rows(query.where(named).distinct())
        return frozenset((row.person_id, row.question_id) for row in rows)

    async def answer_counts(self, chat_id: int) -> dict[int, int]:
        """How many answers readers find under each question, by the question's id."""
        query = _answers(chat_id, t.filing.c.question_id, func.count().label("answers"))
        rows = await self._rows(query.group_by(t.filing.c.question_id))
        return {row.question_id: row.answers for row in rows}


_UNFILED = ~exists().where(t.filing.c.message_id == t.message.c.id)


def _heard_in(chat_id: int) -> ColumnElement[bool]:
    seen = and_(t.message.c.deleted_at.is_(None), t.message.c.hidden_at.is_(None))
    return and_(t.message.c.chat_id == chat_id, seen, t.message.c.by_host.is_(False))


def _answers(chat_id: int, *columns: ColumnElement[Any]) -> Select[Any]:
    """Filed messages that say something; one whose words were edited away is none."""
    said = or_(t.message.c.text != "", t.message.c.edited_at.is_(None))
    seen = and_(t.message.c.deleted_at.is_(None), t.message.c.hidden_at.is_(None))
    return (
        select(*columns)
        .select_from(t.filing.join(t.message))
        .where(t.message.c.chat_id == chat_id, seen, said)
    )
