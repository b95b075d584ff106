"""What could not be heard: in which places, and for how long."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, or_, select, update

from bot.core.hearing import Stretch
from bot.core.model import ChatState, Place
from bot.storage.chats.plans import place_of
from bot.storage.queries import Queries
from bot.storage.schema import tables as t

_OVER = (ChatState.SEALED, ChatState.CANCELLED)
_LISTENS = timedelta(days=90)
"""Longer than any chat hears late answers, which count for sixty days at most."""
_M = t.missed.c


class Missing(Queries):
    """What is asked of stretches of time in which a place was not heard; times are chat time."""

    async def missed(self, place_id: int) -> tuple[Stretch, ...]:
        """The stretches that a place was not heard in, the oldest first."""
        rows = await self._rows(select(_M.since, _M.until).where(_M.place_id == place_id).order_by(_M.since))
        return tuple(Stretch(row.since, row.until) for row in rows)

    async def note_missed(self, place_id: int, since: datetime, until: datetime | None = None) -> None:
        """Note that a place is not heard, or was not until then; what goes on is one stretch."""
        here = _M.place_id == place_id
        row = await self._row(select(_M.id, _M.since).where(here, _M.until.is_(None)))
        if row is not None and until is None and row.since <= since:
            return
        if row is not None:
            since = min(row.since, since)
            values = {"since": since, "until": until}
            await self._do(update(t.missed).where(_M.id == row.id).values(**values))
        elif until is None or since < until:
            inside = [_M.since >= since, *([] if until is None else [_M.until <= until])]
            await self._do(delete(t.missed).where(here, *inside))
            await self._add(t.missed, place_id=place_id, since=since, until=until)
        await self._renew_pages(place_id, since)

    async def note_caught_up(self, place_id: int, since: datetime) -> None:
        """Note that all that was said in a place from then on was heard after all."""
        here, longer = _M.place_id == place_id, or_(_M.until.is_(None), _M.until > since)
        first = await self._value(select(func.min(_M.since)).where(here, or_(_M.since >= since, longer)))
        await self._do(delete(t.missed).where(here, _M.since >= since))
        await self._do(update(t.missed).where(here, longer).values(until=since))
        if first is not None:
            await self._renew_pages(place_id, first)

    async def places_not_heard(self, platform: str) -> tuple[tuple[Place, datetime], ...]:
        """The places of a network that the bot is in and that are not heard, and since when."""
        query = select(t.place, _M.since.label("since")).join_from(t.missed, t.place)
        mine = t.place.c.platform == platform, t.place.c.left_at.is_(None), _M.until.is_(None)
        return tuple((place_of(row), row.since) for row in await self._rows(query.where(*mine)))

    async def gaps_on_each(self) -> dict[str, int]:
        """In how many places of each network something is not heard that a chat may still need."""
        needed = exists().where(
            t.chat_place.c.place_id == _M.place_id,
            t.chat.c.id == t.chat_place.c.chat_id,
            t.chat.c.state.not_in(_OVER),
            t.chat.c.starts_at <= _M.until,
        )
        query = (
            select(t.place.c.platform, func.count(_M.place_id.distinct()).label("places"))
            .join_from(t.missed, t.place)
            .where(t.place.c.left_at.is_(None), or_(_M.until.is_(None), needed))
        )
        return {row.platform: row.places for row in await self._rows(query.group_by(t.place.c.platform))}

    async def _renew_pages(self, place_id: int, since: datetime) -> None:
        """Have those pages say so whose chats heard a place after that: of older ones nothing is missing."""
        heard = t.chat.c.ends_at > since - _LISTENS
        held = select(t.chat_place.c.chat_id).join(t.chat, t.chat.c.id == t.chat_place.c.chat_id)
        rows = await self._rows(held.where(t.chat_place.c.place_id == place_id, heard))
        self.stale |= {row.chat_id for row in rows}
