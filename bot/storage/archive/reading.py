"""What pages ask: one chat with all that its page says, and the lists that lead to chats."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Select, and_, exists, func, null, select, union_all

from bot.core.archive.chat_page import ChatPage, Listed
from bot.core.audience import Audience
from bot.core.model import Question, Series
from bot.storage.archive.glance import Glance, visit
from bot.storage.archive.page import Neighbours, read_beside, read_page
from bot.storage.archive.readable import listed_chats, readable_chats
from bot.storage.archive.rows import listed_of
from bot.storage.archive.statements import QUESTIONS_ASKED, chat_called, chats_of, of_series
from bot.storage.chats.chats import AHEAD, LIVE, Chats, question_of
from bot.storage.chats.plans import series_of
from bot.storage.people import People
from bot.storage.schema import tables as t

_LEFT = select(t.former_address.c.chat_id, t.former_address.c.slug, t.former_address.c.left_at)
_MEANT = func.date(t.chat.c.occurrence_local)
_FORMER = union_all(
    _LEFT, select(t.chat.c.id, _MEANT, null()).where(t.chat.c.occurrence_local.is_not(None))
).subquery("former")
"""Where chats stood, and the days they were meant for: of older ones nothing else may be known."""


class Reading(Chats, People):
    """What is asked by pages; every answer depends on who reads."""

    async def chat_at(self, audience: Audience, series: str, slug: str) -> Listed | None:
        """The chat at an address, if these readers may read it."""
        rows = await self._glance(chat_called(audience), series=series, chat=slug)
        return listed_of(rows[0]) if rows else None

    async def moved_from(self, audience: Audience, series: str, slug: str) -> Listed | None:
        """The chat that stood at an address before it was moved, if these readers may read it.

        Of several the one that stood there last.
        """
        query = _moved(audience).where(t.series.c.slug == series, _FORMER.c.slug == slug)
        latest = _FORMER.c.left_at.desc().nulls_last(), t.chat.c.id
        return await self._one_listed(query.order_by(*latest).limit(1))

    async def chat_meant(self, audience: Audience, series: str, slug: str) -> Listed | None:
        """The chat at an address; where none stands there now, the one that did before it was moved."""
        return await self.chat_at(audience, series, slug) or await self.moved_from(audience, series, slug)

    async def left_addresses(self, audience: Audience) -> tuple[str, ...]:
        """The addresses within a community from which readers are led on to chats that were moved."""
        query = _moved(audience).add_columns(_FORMER.c.slug.label("former")).order_by(t.chat.c.id)
        return tuple(f"{row.its_series_slug}/{row.former}/" for row in await self._rows(query))

    async def series_by_slug(self, audience: Audience, slug: str) -> Series | None:
        """The weekly chat at an address, if these readers may read any chat of it."""
        found = [one for one in await self.series_listed(audience) if one.slug == slug]
        return found[0] if found else None

    async def series_listed(self, audience: Audience) -> tuple[Series, ...]:
        """The weekly chats that these readers may know of, by title."""
        one_of_its = exists().where(t.chat.c.series_id == t.series.c.id, listed_chats(audience))
        query = select(t.series).where(one_of_its.correlate(t.series), t.series.c.deleted_at.is_(None))
        rows = await self._rows(query.order_by(t.series.c.title))
        return tuple(series_of(row) for row in rows)

    async def coming_on(
        self, audience: Audience, since: datetime, until: datetime, series_id: int | None = None
    ) -> tuple[Listed, ...]:
        """The chats that begin in a span of time, whatever became of them, in time order."""
        query = chats_of(listed_chats(audience)).where(
            t.chat.c.starts_at >= since, t.chat.c.starts_at < until
        )
        return await self._listed(of_series(query, series_id).order_by(t.chat.c.starts_at, t.chat.c.id))

    async def next_chat(
        self, audience: Audience, now: datetime, series_id: int | None = None
    ) -> Listed | None:
        """The next chat to begin."""
        ahead = and_(t.chat.c.state.in_(AHEAD), t.chat.c.ends_at > now)
        query = of_series(chats_of(listed_chats(audience)).where(ahead), series_id)
        return await self._one_listed(query.order_by(t.chat.c.starts_at, t.chat.c.id).limit(1))

    async def coming_after(
        self, audience: Audience, now: datetime, series_id: int, most: int
    ) -> tuple[Listed, ...]:
        """The next chats of a weekly chat to begin."""
        ahead = and_(t.chat.c.state.in_(AHEAD), t.chat.c.ends_at > now)
        query = of_series(chats_of(listed_chats(audience)).where(ahead), series_id)
        return await self._listed(query.order_by(t.chat.c.starts_at, t.chat.c.id).limit(most))

    async def live_now(self, audience: Audience) -> tuple[Listed, ...]:
        """The chats in their hour."""
        live = t.chat.c.state.in_(LIVE)
        query = chats_of(listed_chats(audience)).where(live)
        return await self._listed(query.order_by(t.chat.c.starts_at))

    async def current_question(self, chat_id: int) -> Question | None:
        """The question of a chat that was asked last."""
        rows = await self._glance(QUESTIONS_ASKED, chat=chat_id)
        return question_of(rows[0]) if rows else None

    async def chat_beside(
        self, audience: Audience, series: str, slug: str
    ) -> tuple[Listed, Neighbours] | None:
        """The chat at an address, with the chat before and the chat after it in its weekly chat."""
        return await visit(self.connection, partial(read_beside, audience=audience, series=series, slug=slug))

    async def chat_page(self, chat_id: int, audience: Audience) -> ChatPage | None:
        """Everything the page of a chat says; None where these readers may not read it."""
        return await visit(self.connection, partial(read_page, chat_id=chat_id, audience=audience))

    async def _glance(self, glance: Glance, **values: object) -> list[Any]:
        return await glance.rows(self.connection, **values)

    async def _listed(self, query: Select[Any]) -> tuple[Listed, ...]:
        return tuple(listed_of(row) for row in await self._rows(query))

    async def _one_listed(self, query: Select[Any]) -> Listed | None:
        row = await self._row(query)
        return listed_of(row) if row else None


def _moved(audience: Audience) -> Select[Any]:
    """The chats that stand elsewhere than they stood once."""
    elsewhere = and_(_FORMER.c.chat_id == t.chat.c.id, _FORMER.c.slug != t.chat.c.slug)
    return chats_of(readable_chats(audience)).join(_FORMER, elsewhere)
