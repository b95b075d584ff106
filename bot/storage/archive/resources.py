"""The links that people shared, each once for all the messages in which it stands, for those who read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, delete, exists, func, select
from sqlalchemy.dialects.sqlite import insert

from bot.core.archive.chat_page import SOMEBODY
from bot.core.archive.shared_links import Resource, links_in
from bot.core.audience import Audience
from bot.core.sentences.chat import letter
from bot.core.tongue import _
from bot.storage.archive.readable import listed_messages
from bot.storage.archive.rows import listed_of
from bot.storage.archive.statements import SERIES, SHARED_LINKS, WORDS_OF_CHATS
from bot.storage.queries import Queries
from bot.storage.schema import tables as t
from bot.storage.shown_names import shown_name


@dataclass(frozen=True, slots=True)
class Span:
    """Which shares are meant: of one weekly chat or of all, between two moments, or those taken out."""

    series_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    removed: bool = False


class _Share(NamedTuple):
    """A link within a span: in which message it was first, and how often."""

    mark: str
    message_id: int
    first_at: datetime
    last_at: datetime
    times: int


EVERYTHING = Span()
_M, _L = t.message.c, t.shared_link.c
_REMOVED = exists().where(
    t.removed_link.c.community_id == t.series.c.community_id, t.removed_link.c.mark == _L.mark
)
_ABOVE = t.message.alias("above")


class Resources(Queries):
    """What is asked of shared links; every answer depends on who reads."""

    async def resources(
        self, audience: Audience, span: Span = EVERYTHING, most: int = 100, skip: int = 0
    ) -> tuple[Resource, ...]:
        """The links that were shared, those shared last first."""
        last = func.max(_M.said_at)
        top = _shares(audience, span, _L.mark).group_by(_L.mark).order_by(last.desc(), _L.mark.desc())
        marks = [row.mark for row in await self._rows(top.limit(most).offset(skip))]
        rows = await self._rows(_in_time_order(audience, span).where(_L.mark.in_(marks)))
        return (await self._with_chats([_newest(rows, span)]))[0]

    async def resources_of_each(
        self, audience: Audience, spans: Sequence[Span], most: int
    ) -> tuple[tuple[Resource, ...], ...]:
        """The same for several spans of time, looked for at once; each link's first share in each."""
        whole = Span(spans[0].series_id, min(_begins(spans)), max(_ends(spans)))
        rows = await self._rows(_in_time_order(audience, whole))
        return await self._with_chats([_newest(rows, span)[:most] for span in spans])

    async def count_resources(self, audience: Audience, span: Span = EVERYTHING) -> int:
        """How many different links were shared."""
        return int(await self._value(_shares(audience, span, func.count(_L.mark.distinct()))))

    async def shares_links(self, audience: Audience) -> bool:
        """Whether there is any link for these readers."""
        return await self._value(_shares(audience, EVERYTHING, _L.mark).limit(1)) is not None

    async def knows_link(self, audience: Audience, mark: str, *, removed: bool = False) -> bool:
        """Whether these readers know of a link that stands, or that hosts took out."""
        query = _shares(audience, Span(removed=removed), _L.mark).where(_L.mark == mark)
        return await self._value(query.limit(1)) is not None

    async def remove_link(self, community_id: int, mark: str, now: datetime) -> None:
        """Take a link out of what is shown of a community's chats."""
        row = insert(t.removed_link).values(community_id=community_id, mark=mark, removed_at=now)
        await self._do(row.on_conflict_do_nothing())
        await self._links_anew(community_id, mark)

    async def restore_link(self, community_id: int, mark: str) -> None:
        """Show a link again."""
        mine = and_(t.removed_link.c.community_id == community_id, t.removed_link.c.mark == mark)
        await self._do(delete(t.removed_link).where(mine))
        await self._links_anew(community_id, mark)

    async def _links_anew(self, community_id: int, mark: str) -> None:
        shared = t.shared_link.join(t.message).join(t.chat, t.chat.c.id == _M.chat_id).join(t.series)
        query = select(_M.chat_id).select_from(shared).distinct()
        mine = and_(t.series.c.community_id == community_id, _L.mark == mark)
        self.stale |= {row.chat_id for row in await self._rows(query.where(mine))}

    async def _with_chats(self, found: Sequence[Sequence[_Share]]) -> tuple[tuple[Resource, ...], ...]:
        """Shares with the words and the chats in which they were first."""
        said = await self._first_words([one.message_id for some in found for one in some])
        made = ([_resource(one, said.get(one.message_id)) for one in some] for some in found)
        return tuple(tuple(one for one in some if one) for some in made)

    async def _first_words(self, message_ids: Sequence[int]) -> Mapping[int, Row[Any]]:
        """The messages in which links were shared first, with their chats."""
        name = shown_name().label("name")
        words = (_M.id.label("message_id"), _M.body_html, _M.anonymous, _M.public_id, name, stands_under())
        query = select(t.chat, *SERIES, *words).select_from(
            WORDS_OF_CHATS.outerjoin(t.person, t.person.c.id == _M.person_id)
        )
        return {row.message_id: row for row in await self._rows(query.where(_M.id.in_(message_ids)))}


def _shares(audience: Audience, span: Span, *columns: Any) -> Select[Any]:
    """Links in what these readers may read, a row for each message; nobody's who asked to be left out."""
    query = select(*columns).select_from(SHARED_LINKS)
    query = query.where(listed_messages(audience), _M.public_id.is_not(None))
    return query.where(_REMOVED if span.removed else ~_REMOVED, *_within(span))


def _within(span: Span) -> tuple[ColumnElement[bool], ...]:
    return (
        *((t.series.c.id == span.series_id,) if span.series_id is not None else ()),
        *((_M.said_at > span.since,) if span.since else ()),
        *((_M.said_at <= span.until,) if span.until else ()),
    )


def _in_time_order(audience: Audience, span: Span) -> Select[Any]:
    columns = (_L.mark, _M.id.label("message_id"), _M.said_at)
    return _shares(audience, span, *columns).order_by(_M.said_at, _M.id)


def _begins(spans: Sequence[Span]) -> list[datetime]:
    return [span.since for span in spans if span.since]


def _ends(spans: Sequence[Span]) -> list[datetime]:
    return [span.until for span in spans if span.until]


def _newest(rows: Sequence[Row[Any]], span: Span) -> list[_Share]:
    """The links that were shared within a span, of rows in time order; those shared last first."""
    found: dict[str, _Share] = {}
    for row in rows:
        if (span.since is None or row.said_at > span.since) and (
            span.until is None or row.said_at <= span.until
        ):
            known = found.get(row.mark) or _Share(row.mark, row.message_id, row.said_at, row.said_at, 0)
            found[row.mark] = known._replace(last_at=row.said_at, times=known.times + 1)
    return sorted(found.values(), key=lambda one: (one.last_at, one.mark), reverse=True)


def stands_under() -> ColumnElement[int | None]:
    """The number of the question under which a message stands, or of the answer that it replies to."""
    q, f = t.question.c, t.filing.c
    number = select(func.min(q.position)).join(t.filing, f.question_id == q.id)
    own = number.where(f.message_id == _M.id).correlate(t.message).scalar_subquery()
    hung = and_(_ABOVE.c.place_id == _M.place_id, _ABOVE.c.platform_message_id == _M.reply_to)
    above = (
        number.join(_ABOVE, and_(_ABOVE.c.id == f.message_id, hung)).correlate(t.message).scalar_subquery()
    )
    return func.coalesce(own, above).label("number")


def _resource(row: _Share, said: Row[Any] | None) -> Resource | None:
    found = (one for one in links_in(said.body_html) if one.mark == row.mark) if said else ()
    link = next(iter(found), None)
    if link is None or said is None:
        return None
    listed = listed_of(said)
    name = _(SOMEBODY) if said.anonymous else said.name or _(SOMEBODY)
    label = f"{letter(listed.series)}{said.number}" if said.number else ""
    return Resource(link, name, label, said.public_id, listed, row.times, row.first_at, row.last_at)
