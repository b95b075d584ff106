"""Reports of what stands in a room and on no page: kept for the desk, and told in a hosts' room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Row, and_, cast, delete, exists, func, select, update

from bot.core import sentences
from bot.core.desk.heaps import Reported, Word
from bot.core.filing import MessageKind
from bot.core.model import Place
from bot.core.tongue import _
from bot.storage.archive.addresses import BROWSER
from bot.storage.archive.reporting import Reporting
from bot.storage.chats.plans import place_of
from bot.storage.rooms.views import SHOWN
from bot.storage.schema import tables as t

_KEY = "room_report."
_BEYOND = "room_report/"  # comes right after every key that begins so
_M: Final = t.room_message.c
_R: Final = t.room_report.c
_OPEN: Final = exists().where(_R.message_id == _M.id, _R.settled_at.is_(None))


@dataclass(frozen=True, slots=True)
class ReportedInRoom:
    """Words that were reported where they stand, as hosts see them; their number is the room's own."""

    word: Word
    room: Place


class RoomReports(Reporting):
    """What is asked of reports from rooms."""

    async def report_in_room(
        self, place: Place, message_id: int, about: str, reason: str, by: int, now: datetime
    ) -> None:
        """Store a report, and tell the hosts of a room, once for each person and message.

        `about` says where it stands.
        """
        if await self._row(select(_R.id).where(_R.message_id == message_id, _R.by_person_id == by)):
            return
        await self._add(t.room_report, message_id=message_id, by_person_id=by, reason=reason, at=now)
        community = await self.community(place.community_id)
        told = sentences.reported(about, reason)
        await self._report_to(community, told, (), f"{_KEY}{message_id}.{by}", now)

    async def reported_in_rooms(
        self, community_id: int, most: int, past: int = 0
    ) -> tuple[ReportedInRoom, ...]:
        """What members reported in a community's rooms and its hosts have not settled; the oldest first."""
        query = SHOWN.add_columns(t.consent.c.excluded_at).where(_here(community_id), _M.id > past)
        rows = await self._rows(query.order_by(_M.id).limit(most))
        found = select(t.place).where(t.place.c.id.in_({row.place_id for row in rows}))
        rooms = {row.id: place_of(row) for row in await self._rows(found)}
        reports = await self._reports_in_rooms([row.id for row in rows])
        return tuple(_reported(row, rooms[row.place_id], reports[row.id]) for row in rows)

    async def count_reported_in_rooms(self, community_id: int) -> int:
        """How many messages they are."""
        query = select(func.count()).select_from(t.room_message.join(t.place))
        return int(await self._value(query.where(_here(community_id), _M.deleted_at.is_(None))))

    async def settle_in_room(self, message_id: int, now: datetime) -> None:
        """Note that hosts decided about words in a room."""
        open_ones = and_(_R.message_id == message_id, _R.settled_at.is_(None))
        await self._do(update(t.room_report).where(open_ones).values(settled_at=now))

    async def settle_reports(self, message_id: int, now: datetime) -> int:
        """Note that hosts decided about an answer, wherever it was reported."""
        m = t.message.c
        stands = and_(_M.id == cast(m.platform_message_id, Integer), _M.place_id == m.place_id)
        said = t.message.join(t.place).join(t.room_message, stands)
        query = select(_M.id).select_from(said).where(t.message.c.id == message_id)
        for row in await self._rows(query.where(t.place.c.platform == BROWSER)):
            await self.settle_in_room(row.id, now)
        return await super().settle_reports(message_id, now)

    async def forget_reporter(self, person_id: int, community_id: int, now: datetime) -> None:
        """Let go of the words with which somebody reported others, in rooms as well."""
        await super().forget_reporter(person_id, community_id, now)
        there = select(_M.id).join(t.place).where(t.place.c.community_id == community_id)
        theirs = and_(_R.by_person_id == person_id, _R.message_id.in_(there))
        await self._do(update(t.room_report).where(theirs).values(reason="", by_person_id=None))
        for row in await self._told_of_rooms():
            if _ids(row)[1] == person_id and row.community_id == community_id:
                await self._empty_post(row, now)

    async def _erase_in_room(
        self, rows: Sequence[Row[Any]], now: datetime, by: int | None = None, *, heard: bool = True
    ) -> None:
        await super()._erase_in_room(rows, now, by, heard=heard)
        gone = {row.id for row in rows if row.person_id is not None}
        if gone:
            await self._do(delete(t.room_report).where(_R.message_id.in_(gone)))
        for told in await self._told_of_rooms() if gone else ():
            if _ids(told)[0] in gone:
                await self._empty_post(told, now)

    async def _told_of_rooms(self) -> Sequence[Row[Any]]:
        o = t.outbox.c
        query = select(t.outbox, t.place.c.platform, t.place.c.community_id).join(t.place)
        return await self._rows(query.where(o.key >= _KEY, o.key < _BEYOND))

    async def _reports_in_rooms(self, ids: Sequence[int]) -> dict[int, tuple[Reported, ...]]:
        found: dict[int, tuple[Reported, ...]] = dict.fromkeys(ids, ())
        query = select(_R.message_id, _R.reason, _R.at).where(_R.message_id.in_(ids))
        for row in await self._rows(query.where(_R.settled_at.is_(None)).order_by(_R.id)):
            found[row.message_id] += (Reported(row.reason, row.at),)
        return found


def _here(community_id: int) -> ColumnElement[bool]:
    """Which words, joined to their place, were reported to these hosts and wait for them."""
    return and_(t.place.c.community_id == community_id, _OPEN)


def _reported(row: Row[Any], room: Place, reports: tuple[Reported, ...]) -> ReportedInRoom:
    word = Word(
        message_id=row.id,
        chat_id=0,
        name=(not row.anonymous and row.name) or _(sentences.SOMEBODY),
        html=row.html,
        text=row.text,
        said_at=row.said_at,
        place=room.name,
        kind=MessageKind.CONVERSATION,
        by_host=row.by_host and not row.anonymous,
        hidden=row.held_at is not None,
        edited=row.edited_at is not None,
        left_out=row.excluded_at is not None,
        reports=reports,
    )
    return ReportedInRoom(word, room)


def _ids(told: Row[Any]) -> tuple[int, int]:
    """Of which message hosts were told, and by whom."""
    message, _dot, person = told.key.removeprefix(_KEY).partition(".")
    return int(message), int(person)
