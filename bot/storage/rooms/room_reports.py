"""Reports of what stands in a room and on no page: hosts are told where it stands, and that is let go of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from bot.core import sentences
from bot.core.model import Place
from bot.storage.archive.reporting import Reporting
from bot.storage.schema import tables as t

_KEY = "room_report."
_BEYOND = "room_report/"  # comes right after every key that begins so


class RoomReports(Reporting):
    """What is asked of reports from rooms; what hosts were told is all that is kept of them."""

    async def report_in_room(
        self, place: Place, message_id: int, about: str, reason: str, by: int, now: datetime
    ) -> None:
        """Tell the hosts of a room, once for each person and message; `about` says where it stands."""
        community = await self.community(place.community_id)
        told = sentences.reported(about, reason)
        await self._report_to(community, told, (), f"{_KEY}{message_id}.{by}", now)

    async def forget_reporter(self, person_id: int, community_id: int, now: datetime) -> None:
        """Let go of the words with which somebody reported others, in rooms as well."""
        await super().forget_reporter(person_id, community_id, now)
        for row in await self._told_of_rooms():
            if _ids(row)[1] == person_id and row.community_id == community_id:
                await self._empty_post(row, now)

    async def _erase_in_room(
        self, rows: Sequence[Row[Any]], now: datetime, by: int | None = None, *, heard: bool = True
    ) -> None:
        await super()._erase_in_room(rows, now, by, heard=heard)
        gone = {row.id for row in rows if row.person_id is not None}
        for told in await self._told_of_rooms() if gone else ():
            if _ids(told)[0] in gone:
                await self._empty_post(told, now)

    async def _told_of_rooms(self) -> Sequence[Row[Any]]:
        o = t.outbox.c
        query = select(t.outbox, t.place.c.platform, t.place.c.community_id).join(t.place)
        return await self._rows(query.where(o.key >= _KEY, o.key < _BEYOND))


def _ids(told: Row[Any]) -> tuple[int, int]:
    """Of which message hosts were told, and by whom."""
    message, _, person = told.key.removeprefix(_KEY).partition(".")
    return int(message), int(person)
