"""What whoever hosts the bot needs to know of it, and how they are reached."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import and_, delete, func, literal, or_, select

from bot.core.actions import Action
from bot.core.alarming import Known, Whispered
from bot.core.model import Person, Place
from bot.storage.archive.addresses import BROWSER
from bot.storage.chats.plans import place_of
from bot.storage.outgoing.keeping import SENT, WAITING
from bot.storage.people import person_of
from bot.storage.queries import Queries
from bot.storage.schema import tables as t

ALARM = "alarm"
"""Begins the keys of messages that tell the host what is wrong."""
UNTOLD = "alarm.untold"
"""Under this name it is kept that the last of them reached nobody."""


class Caring(Queries):
    """What is asked of the bot's own health."""

    async def waiting_on_each(self, now: datetime) -> dict[str, tuple[int, datetime | None]]:
        """What waits to be sent on each network: how much, and since when something that is due."""
        due = func.min(t.outbox.c.due_at).filter(t.outbox.c.due_at <= now)
        query = select(t.place.c.platform, func.count().label("rows"), due.label("since"))
        rows = await self._rows(
            query.join_from(t.outbox, t.place).where(t.outbox.c.state == WAITING).group_by(t.place.c.platform)
        )
        return {row.platform: (row.rows, row.since) for row in rows}

    async def ailing_places(self) -> tuple[Place, ...]:
        """Places of weekly chats that go on which are shut to the bot, were left, or lack something."""
        ill = or_(t.place.c.lacking != "", t.place.c.shut, t.place.c.left_at.is_not(None))
        held = and_(t.series_place.c.accepted_at.is_not(None), t.series_place.c.muted.is_(False))
        goes_on = and_(t.series.c.deleted_at.is_(None), t.series.c.paused.is_(False))
        query = select(t.place).select_from(_HELD).where(ill, held, goes_on, t.community.c.left_at.is_(None))
        rows = await self._rows(query.distinct().order_by(t.place.c.id))
        return tuple(place_of(row) for row in rows)

    async def first_host(self) -> tuple[Place, Person] | None:
        """Who came in first to host a community in the browser, with the room in which hosts are told."""
        hosts = and_(
            t.community_host.c.person_id == t.member.c.person_id,
            t.community_host.c.community_id == t.member.c.community_id,
        )
        columns = t.person, t.member.c.community_id, literal(None).label("pseudonym")
        query = select(*columns).join_from(t.member, t.person).join(t.community_host, hosts)
        there = t.person.c.platform == BROWSER, t.NOT_BANNED
        row = await self._row(query.where(*there).order_by(t.member.c.joined_at).limit(1))
        if row is None:
            return None
        theirs = t.place.c.community_id == row.community_id, t.place.c.platform == BROWSER
        rooms = select(t.place).where(*theirs)
        place = await self._row(rooms.order_by(t.place.c.hosts_room.desc(), t.place.c.id).limit(1))
        return (place_of(place), person_of(row)) if place else None

    async def sound_place(self, platform: str) -> Place | None:
        """A place on a network by way of which somebody there is told something in private."""
        theirs = select(t.place).where(t.place.c.platform == platform, t.place.c.left_at.is_(None))
        row = await self._row(theirs.order_by(t.place.c.shut, t.place.c.lacking != "", t.place.c.id).limit(1))
        return place_of(row) if row else None

    async def last_alarm(self) -> tuple[Whispered, ...]:
        """What became of the messages of the last alarm."""
        o = t.outbox.c
        alarms = o.key >= f"{ALARM}.", o.key < f"{ALARM}/", o.action == Action.WHISPER
        last = select(o.subject).where(*alarms).order_by(o.key.desc()).limit(1).scalar_subquery()
        columns = o.subject, o.state, o.payload["person"].as_string().label("person"), t.place.c.platform
        rows = await self._rows(
            select(*columns).join_from(t.outbox, t.place).where(*alarms, o.subject == last)
        )
        return tuple(
            Whispered(row.subject, row.platform, row.person or "", row.state == SENT, row.state == WAITING)
            for row in rows
        )

    async def known_faults(self) -> dict[str, Known]:
        """What was known to be wrong."""
        rows = await self._rows(select(t.fault))
        return {
            row.key: Known(row.key, row.sentence, row.since, row.stands, row.told_at, row.over_at)
            for row in rows
        }

    async def keep_faults(self, known: Mapping[str, Known]) -> None:
        """Know these from now on, and no others."""
        await self._do(delete(t.fault))
        rows = [
            {"key": one.key, "sentence": one.sentence, "since": one.since}
            | {"stands": one.stands, "told_at": one.told_at, "over_at": one.over_at}
            for one in known.values()
        ]
        await self._do(t.fault.insert(), rows)


_HELD = (
    t.place.join(t.series_place, t.series_place.c.place_id == t.place.c.id)
    .join(t.series, t.series.c.id == t.series_place.c.series_id)
    .join(t.community, t.community.c.id == t.place.c.community_id)
)
