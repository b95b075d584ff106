"""The archive's doors: chats published and taken back, and how open weekly chats and rooms are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from bot.core.archive.chat_page import least_open
from bot.core.model import Chat, ChatState, Place, Series, Visibility
from bot.storage.chats.chats import AHEAD, LATE, LIVE, chat_of
from bot.storage.chats.plans import place_of
from bot.storage.links import Linked
from bot.storage.schema import tables as t

OVER = (*LATE, ChatState.SEALED)


class Archives(Linked):
    """What is asked of the archive by those who keep it."""

    async def publish(self, chat_id: int, now: datetime) -> None:
        """Let a chat's page out."""
        await self._set_published(chat_id, now)

    async def unpublish(self, chat_id: int) -> None:
        """Keep a chat's page with its hosts alone."""
        await self._set_published(chat_id, None)

    async def last_over(self, place_id: int) -> Chat | None:
        """The chat of this place that ended last; in the hosts' room, of all its community's places."""
        return await self._latest(t.chat.c.state.in_(OVER), place_id)

    async def last_begun(self, place_id: int) -> Chat | None:
        """The chat of this place that began last, likewise."""
        return await self._latest(t.chat.c.state.in_((*LIVE, *OVER)), place_id)

    async def set_visibility(self, series: Series, visibility: Visibility) -> Series:
        """Say who may read a weekly chat; what was said before stays as open as people were told."""
        changed = replace(series, visibility=visibility)
        await self.save_series(changed)
        self.stale_communities.add(series.community_id)
        return changed

    async def less_open(self, series: Series, than: Visibility) -> tuple[Place, ...]:
        """The places of a weekly chat that are less open than this."""
        order = list(Visibility)
        enough = order[order.index(than) :]
        query = select(t.place).join(t.series_place).where(t.series_place.c.series_id == series.id)
        rows = await self._rows(query.where(t.place.c.openness.not_in(enough)).order_by(t.place.c.id))
        return tuple(place_of(row) for row in rows)

    async def open_rooms(self, places: Sequence[Place], visibility: Visibility) -> None:
        """Make some rooms as open as this for what is said from the next chat on."""
        ids = [place.id for place in places]
        await self._do(update(t.place).where(t.place.c.id.in_(ids)).values(openness=visibility))
        self.stale_communities |= {place.community_id for place in places}
        lead_there = t.series_place.c.place_id.in_(ids), t.chat.c.state.in_((*AHEAD, *LIVE))
        chats = select(t.chat.c.id).join(t.series_place, t.series_place.c.series_id == t.chat.c.series_id)
        self.stale |= {row.id for row in await self._rows(chats.where(*lead_there))}

    async def open_untold(self, places: Sequence[Place], visibility: Visibility) -> None:
        """Make those rooms as open as this in which nobody was told otherwise yet."""
        for place in places:
            openness = await self._value(select(t.place.c.openness).where(t.place.c.id == place.id))
            opens = least_open(Visibility(openness), visibility) is not visibility
            if opens and not await self.joined([place]):
                await self.open_rooms([place], visibility)

    async def joined(self, places: Sequence[Place]) -> bool:
        """Whether anybody but hosts came into one of these rooms' communities."""
        communities = {place.community_id for place in places}
        host = exists().where(
            t.community_host.c.person_id == t.member.c.person_id,
            t.community_host.c.community_id == t.member.c.community_id,
        )
        query = select(t.member.c.person_id).where(t.member.c.community_id.in_(communities), ~host)
        return await self._row(query.limit(1)) is not None

    async def _set_published(self, chat_id: int, at: datetime | None) -> None:
        await self._do(update(t.chat).where(t.chat.c.id == chat_id).values(published_at=at))
        self.stale.add(chat_id)

    async def _latest(self, wanted: ColumnElement[bool], place_id: int) -> Chat | None:
        stays = t.chat_place.c.place_id == place_id, t.chat_place.c.left_at.is_(None)
        here = exists().where(t.chat_place.c.chat_id == t.chat.c.id, *stays)
        hosts = and_(t.place.c.id == place_id, t.place.c.hosts_room)
        steered = t.series.c.community_id.in_(select(t.place.c.community_id).where(hosts))
        query = select(t.chat).join(t.series).where(wanted, or_(here, steered), t.chat.c.rehearsal.is_(False))
        row = await self._row(query.order_by(t.chat.c.starts_at.desc()).limit(1))
        return chat_of(row) if row else None
