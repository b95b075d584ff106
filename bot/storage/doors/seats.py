"""Seats at the desk: what their network let hosts do in a place, when it was last heard, for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, and_, delete, exists, func, select
from sqlalchemy.dialects.sqlite import insert

from bot.core.desk.term import Known
from bot.core.filing import MessageKind
from bot.core.model import Place, QuestionState, Role, Series
from bot.storage.chats.chats import chat_of
from bot.storage.chats.plans import place_of, series_of
from bot.storage.queries import Queries
from bot.storage.schema import tables as t

SEAT_LASTS: Final = timedelta(hours=12)
"""How long power counts that was heard on a network which cannot be asked again."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Where somebody asked for the desk, which power their network gave them there, and when it was heard."""

    place: Place
    power: Role
    heard_at: datetime

    def fresh(self, now: datetime) -> bool:
        """Whether what was heard still counts, where nobody can be asked."""
        return now - self.heard_at < SEAT_LASTS


class Seats(Queries):
    """What is asked of seats at the desk; `now` is real time."""

    async def take_seat(self, place: Place, person_id: int, power: Role, now: datetime) -> None:
        """Note with which power somebody comes to the desk of a place's community."""
        held = {"place_id": place.id, "power": int(min(power, Role.HOST)), "heard_at": now}
        row = insert(t.desk_seat).values(community_id=place.community_id, person_id=person_id, **held)
        await self._do(row.on_conflict_do_update(index_elements=["community_id", "person_id"], set_=held))

    async def seat(self, community_id: int, person_id: int) -> Seat | None:
        """Somebody's seat at a community's desk, while the place where they asked for it is there."""
        mine = and_(t.desk_seat.c.community_id == community_id, t.desk_seat.c.person_id == person_id)
        query = select(t.desk_seat.c.power, t.desk_seat.c.heard_at, t.place).join(t.place)
        row = await self._row(query.where(mine, t.place.c.left_at.is_(None)))
        return _seat_of(row) if row else None

    async def leave_seat(self, community_id: int, person_id: int) -> None:
        """Let somebody have no seat there any more."""
        mine = and_(t.desk_seat.c.community_id == community_id, t.desk_seat.c.person_id == person_id)
        await self._do(delete(t.desk_seat).where(mine))

    async def books_say(self, community_id: int, person_id: int) -> tuple[bool, frozenset[int]]:
        """Whether our books name somebody a host of a community, and the chats of which they are a guest."""
        host = exists().where(
            t.community_host.c.community_id == community_id, t.community_host.c.person_id == person_id
        )
        ours = t.chat_host.join(t.chat).join(t.series)
        guest = select(t.chat_host.c.chat_id).select_from(ours).where(t.chat_host.c.person_id == person_id)
        rows = await self._rows(guest.where(t.series.c.community_id == community_id))
        return bool(await self._value(select(host))), frozenset(row.chat_id for row in rows)

    async def sits(self, community_id: int, person_id: int, chat_id: int, now: datetime) -> bool:
        """Whether somebody may look after a chat at the desk, as far as is known without their network."""
        booked, guest_of = await self.books_say(community_id, person_id)
        if booked or chat_id in guest_of:
            return True
        seat = await self.seat(community_id, person_id)
        return seat is not None and seat.power >= Role.HOST and seat.fresh(now)

    async def networks(self) -> frozenset[str]:
        """The networks on which there is a place."""
        here = select(t.place.c.platform).where(t.place.c.left_at.is_(None)).distinct()
        return frozenset(row.platform for row in await self._rows(here))

    async def series_of_community(self, community_id: int) -> tuple[Series, ...]:
        """The weekly chats of a community that were not deleted, by title."""
        mine = t.series.c.community_id == community_id, t.series.c.deleted_at.is_(None)
        rows = await self._rows(select(t.series).where(*mine).order_by(t.series.c.title, t.series.c.id))
        return tuple(series_of(row) for row in rows)

    async def term(self, community_id: int, since: datetime, until: datetime) -> tuple[Known, ...]:
        """The chats of a community that begin in some time, in time order, with what there is of each."""
        here = t.series.c.community_id == community_id, t.chat.c.rehearsal.is_(False)
        begins = t.chat.c.starts_at >= since, t.chat.c.starts_at < until
        rows = await self._rows(
            select(t.chat, _QUESTIONS, _ANSWERS)
            .join(t.series)
            .where(*here, *begins)
            .order_by(t.chat.c.starts_at, t.chat.c.id)
        )
        series = {one: await self._series_of(one) for one in {row.series_id for row in rows}}
        return tuple(Known(chat_of(row), series[row.series_id], row.drafts, row.answers) for row in rows)

    async def _series_of(self, series_id: int) -> Series:
        row = await self._row(select(t.series).where(t.series.c.id == series_id))
        if row is None:
            raise LookupError(f"no series {series_id}")
        return series_of(row)


_QUESTIONS = (
    select(func.count())
    .where(t.question.c.chat_id == t.chat.c.id, t.question.c.state != QuestionState.REMOVED)
    .correlate(t.chat)
    .scalar_subquery()
    .label("drafts")
)
_ANSWERS = (
    select(func.count())
    .where(
        t.message.c.chat_id == t.chat.c.id,
        t.message.c.kind == MessageKind.ANSWER,
        t.message.c.deleted_at.is_(None),
    )
    .correlate(t.chat)
    .scalar_subquery()
    .label("answers")
)


def _seat_of(row: Row[Any]) -> Seat:
    return Seat(place_of(row), Role(row.power), row.heard_at)
