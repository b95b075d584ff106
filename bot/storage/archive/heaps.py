"""What hosts ask for to sort a chat: its messages heap by heap, what was reported, and who may sort it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, not_, or_, select, true

from bot.core import sentences
from bot.core.desk.heaps import Heap, Reported, Word
from bot.core.filing import MessageKind
from bot.core.model import Question
from bot.core.tongue import _
from bot.storage.archive.readable import sorted_by_hosts
from bot.storage.archive.statements import WORDS_OF_CHATS
from bot.storage.heard.called import called
from bot.storage.heard.refiling import NO_ANSWER
from bot.storage.queries import Queries
from bot.storage.schema import tables as t

_M: Final = t.message.c
_FILED: Final = exists().where(t.filing.c.message_id == _M.id)
_REPORTED: Final = exists().where(t.report.c.message_id == _M.id, t.report.c.settled_at.is_(None))
_SEEN: Final = _M.hidden_at.is_(None)
_BY_HOST: Final = and_(_M.by_host, not_(_M.anonymous))
_LOOSE: Final = and_(~_FILED, _SEEN, _M.kind != MessageKind.COMMENT, _M.text != "")
_IN: Final[Mapping[Heap, ColumnElement[bool]]] = {
    Heap.UNSORTED: and_(_LOOSE, not_(_BY_HOST), _M.why != NO_ANSWER),
    Heap.REPORTED: _REPORTED,
    Heap.HIDDEN: _M.hidden_at.is_not(None),
    Heap.COMMENTS: and_(~_FILED, _SEEN, _M.kind == MessageKind.COMMENT),
    Heap.HOSTS: and_(_LOOSE, _BY_HOST),
}
_WORDS: Final = select(
    *(_M.id, _M.chat_id, _M.text, _M.body_html, _M.said_at, _M.kind, _M.picked_at, _M.hidden_at),
    *(_M.hidden_why, _M.edited_at, t.consent.c.excluded_at, _BY_HOST.label("by_host")),
    t.place.c.name.label("place"),
).select_from(WORDS_OF_CHATS.outerjoin(t.person, t.person.c.id == _M.person_id))
_AS_SAID: Final = _M.said_at, _M.id


class Heaps(Queries):
    """What is asked of heaps; a community's hosts see their own chats, of others what was said with them."""

    async def in_heaps(self, chat_id: int, community_id: int) -> dict[str, int]:
        """How many messages of a chat lie in each heap that belongs to no question."""
        counted = [func.sum(case((inside, 1), else_=0)).label(str(heap)) for heap, inside in _IN.items()]
        row = await self._row(_theirs(select(*counted).select_from(WORDS_OF_CHATS), chat_id, community_id))
        return {str(heap): getattr(row, str(heap)) or 0 for heap in _IN}

    async def under_questions(self, chat_id: int, community_id: int) -> dict[int, int]:
        """How many messages that readers see lie under each question of a chat, by the question's id."""
        filed = WORDS_OF_CHATS.join(t.filing, t.filing.c.message_id == _M.id)
        query = select(t.filing.c.question_id, func.count().label("answers")).select_from(filed)
        rows = await self._rows(
            _theirs(query, chat_id, community_id).where(_SEEN).group_by(t.filing.c.question_id)
        )
        return {row.question_id: row.answers for row in rows}

    async def heap(
        self,
        chat_id: int,
        community_id: int,
        which: Heap | Question,
        past: int,
        most: int,
        *,
        itself: bool = False,
    ) -> tuple[Word, ...]:
        """The first messages of a heap, or of a question's, beyond one of them or from it on, as said."""
        under = exists().where(t.filing.c.message_id == _M.id, t.filing.c.question_id == _id_of(which))
        inside = _IN[which] if isinstance(which, Heap) else and_(under, _SEEN)
        query = _theirs(_words(community_id), chat_id, community_id).where(
            inside, _beyond(past, itself=itself)
        )
        return await self._desk_words(await self._rows(query.order_by(*_AS_SAID).limit(most)))

    async def reported_to(self, community_id: int, most: int, only: int | None = None) -> tuple[Word, ...]:
        """What readers reported, in any chat, and these hosts have not settled; the oldest message first."""
        which = _REPORTED if only is None else and_(_REPORTED, _M.id == only)
        query = _words(community_id).where(sorted_by_hosts(community_id), which)
        return await self._desk_words(await self._rows(query.order_by(*_AS_SAID).limit(most)))

    async def count_reported_to(self, community_id: int) -> int:
        """How many messages they are."""
        query = select(func.count()).select_from(WORDS_OF_CHATS)
        return int(await self._value(query.where(sorted_by_hosts(community_id), _REPORTED)))

    async def held_with(self, chat_id: int, community_id: int) -> bool:
        """Whether a chat of others was held in a place of this community, too."""
        here = t.chat_place.c.place_id == t.place.c.id, t.place.c.community_id == community_id
        query = select(t.chat_place.c.place_id).join(t.place, here[0]).where(here[1])
        return await self._value(query.where(t.chat_place.c.chat_id == chat_id).limit(1)) is not None

    async def _desk_words(self, rows: Sequence[Row[Any]]) -> tuple[Word, ...]:
        ids = [row.id for row in rows]
        filed, reports = await self._numbers_of(ids), await self._reports_of(ids)
        return tuple(_word(row, filed.get(row.id, ()), reports.get(row.id, ())) for row in rows)

    async def _numbers_of(self, ids: Sequence[int]) -> dict[int, tuple[tuple[int, str], ...]]:
        query = select(t.filing.c.message_id, t.filing.c.how, t.question.c.position).join(t.question)
        found: dict[int, tuple[tuple[int, str], ...]] = {}
        for row in await self._rows(
            query.where(t.filing.c.message_id.in_(ids)).order_by(t.question.c.position)
        ):
            found[row.message_id] = (*found.get(row.message_id, ()), (row.position, row.how))
        return found

    async def _reports_of(self, ids: Sequence[int]) -> dict[int, tuple[Reported, ...]]:
        r = t.report.c
        found: dict[int, tuple[Reported, ...]] = {}
        query = select(r.message_id, r.reason, r.at).where(r.message_id.in_(ids), r.settled_at.is_(None))
        for row in await self._rows(query.order_by(r.id)):
            found[row.message_id] = (*found.get(row.message_id, ()), Reported(row.reason, row.at))
        return found


def _words(community_id: int) -> Select[Any]:
    return _WORDS.add_columns(called(community_id).label("name"))


def _beyond(past: int, *, itself: bool) -> ColumnElement[bool]:
    """What was said later than a message, whenever it was heard; or that message, too."""
    if not past:
        return true()
    that = t.message.alias("that").c
    at = select(that.said_at).where(that.id == past).scalar_subquery()
    at_once = _M.id >= past if itself else _M.id > past
    return or_(_M.said_at > at, and_(_M.said_at == at, at_once))


def _theirs(query: Any, chat_id: int, community_id: int) -> Any:
    return query.where(_M.chat_id == chat_id, sorted_by_hosts(community_id))


def _id_of(which: Heap | Question) -> int:
    return which.id if isinstance(which, Question) else 0


def _word(row: Row[Any], filed: Sequence[tuple[int, str]], reports: tuple[Reported, ...]) -> Word:
    return Word(
        message_id=row.id,
        chat_id=row.chat_id,
        name=row.name or _(sentences.SOMEBODY),
        html=row.body_html or "",
        text=row.text,
        said_at=row.said_at,
        place=row.place,
        kind=MessageKind(row.kind),
        numbers=tuple(position for position, _ in filed),
        how=filed[0][1] if filed else "",
        by_host=bool(row.by_host),
        picked=row.picked_at is not None,
        hidden=row.hidden_at is not None,
        hidden_why=row.hidden_why or "",
        edited=row.edited_at is not None,
        left_out=row.excluded_at is not None,
        reports=reports,
    )
