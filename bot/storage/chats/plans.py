"""Communities, places, series and slots, and the chats that slots become."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core import runsheet
from bot.core.model import Chat, Collecting, Community, Pace, Place, Series, Step, Visibility
from bot.core.times.recurrence import Occurrence, Recurrence, upcoming
from bot.core.times.zones import known_zone
from bot.storage.queries import Queries, first_key
from bot.storage.schema import tables as t


@dataclass(frozen=True, slots=True)
class Slot:
    """One of a series' recurring times."""

    id: int
    series_id: int
    rule: Recurrence


class Plans(Queries):
    """What is asked of communities, places, series and slots."""

    async def add_community(self, name: str, zone: str, language: str = "en") -> Community:
        """Store a community."""
        community_id = await self._add(t.community, name=name, zone=zone, language=language)
        return Community(community_id, name, zone, language)

    async def community(self, community_id: int) -> Community:
        """One community."""
        row = await self._row(select(t.community).where(t.community.c.id == community_id))
        if row is None:
            raise LookupError(f"no community {community_id}")
        room = select(t.place.c.id).where(t.place.c.community_id == community_id, t.place.c.hosts_room)
        hosts_place_id = await self._value(room.order_by(t.place.c.id).limit(1))
        return Community(row.id, row.name, row.zone, row.language, hosts_place_id, row.slug or "", row.about)

    async def communities(self) -> tuple[Community, ...]:
        """Every community."""
        return tuple([await self.community(row.id) for row in await self._rows(select(t.community.c.id))])

    async def community_of(self, place: Place) -> Community:
        """The community a place belongs to."""
        return await self.community(place.community_id)

    async def add_place(self, community_id: int, platform: str, native_id: str, name: str) -> Place:
        """Store a place."""
        values = {"community_id": community_id, "platform": platform, "native_id": native_id, "name": name}
        return Place(await self._add(t.place, **values), community_id, platform, native_id, name)

    async def make_hosts_room(self, place_id: int) -> None:
        """Make a place the hosts' room of its community."""
        await self._do(update(t.place).where(t.place.c.id == place_id).values(hosts_room=True))

    async def place(self, place_id: int) -> Place:
        """One place."""
        row = await self._row(select(t.place).where(t.place.c.id == place_id))
        if row is None:
            raise LookupError(f"no place {place_id}")
        return place_of(row)

    async def places_on(self, platform: str) -> tuple[Place, ...]:
        """Every place of one platform that was not left."""
        query = select(t.place).where(t.place.c.platform == platform, t.place.c.left_at.is_(None))
        return tuple(place_of(row) for row in await self._rows(query.order_by(t.place.c.id)))

    async def places_of_community(self, community_id: int) -> tuple[Place, ...]:
        """Every place of one community."""
        query = select(t.place).where(t.place.c.community_id == community_id)
        return tuple(place_of(row) for row in await self._rows(query.order_by(t.place.c.id)))

    async def places_of_series(self, series_id: int) -> tuple[Place, ...]:
        """Where a series is at home and neither refused nor muted."""
        query = (
            select(t.place)
            .join(t.series_place)
            .where(
                t.series_place.c.series_id == series_id,
                t.series_place.c.accepted_at.is_not(None),
                t.series_place.c.muted.is_(False),
                t.place.c.left_at.is_(None),
            )
        )
        return tuple(place_of(row) for row in await self._rows(query.order_by(t.place.c.id)))

    async def add_series(
        self, series: Series, place_id: int, rules: Iterable[Recurrence], now: datetime
    ) -> Series:
        """Store a series with its slots, at home in one place."""
        series = replace(
            series, id=await self._add(t.series, community_id=series.community_id, **_columns(series))
        )
        await self._add(t.series_place, series_id=series.id, place_id=place_id, accepted_at=now)
        for rule in rules:
            await self.add_slot(series.id, rule)
        return series

    async def save_series(self, series: Series) -> None:
        """Store a series' changed fields."""
        change = update(t.series).where(t.series.c.id == series.id)
        await self._do(change.values(version=t.series.c.version + 1, **_columns(series)))
        chats = await self._rows(select(t.chat.c.id).where(t.chat.c.series_id == series.id))
        self.stale |= {row.id for row in chats}

    async def series(self, series_id: int) -> Series:
        """One series."""
        row = await self._row(_SERIES, this=series_id)
        if row is None:
            raise LookupError(f"no series {series_id}")
        return series_of(row)

    async def series_going_on(self, series_id: int) -> Series | None:
        """One series, unless it was deleted."""
        mine = t.series.c.id == series_id, t.series.c.deleted_at.is_(None)
        row = await self._row(select(t.series).where(*mine))
        return series_of(row) if row else None

    async def series_here(self, place_id: int) -> tuple[Series, ...]:
        """The series at home in a place, by title."""
        query = (
            select(t.series)
            .join(t.series_place)
            .where(t.series_place.c.place_id == place_id, t.series_place.c.accepted_at.is_not(None))
            .where(t.series.c.deleted_at.is_(None))
            .order_by(t.series.c.title)
        )
        return tuple(series_of(row) for row in await self._rows(query))

    async def count_series(self, community_id: int) -> int:
        """How many series a community has."""
        query = select(func.count()).where(
            t.series.c.community_id == community_id, t.series.c.deleted_at.is_(None)
        )
        return int(await self._value(query))

    async def delete_series(self, series_id: int, now: datetime) -> None:
        """Take a series away; chats that were held are kept."""
        await self._do(update(t.series).where(t.series.c.id == series_id).values(deleted_at=now))
        await self.end_slots(series_id, now)

    async def add_slot(self, series_id: int, rule: Recurrence) -> Slot:
        """Give a series one more recurring time."""
        values = {"zone": rule.zone, "dtstart_local": rule.dtstart_local, "rrule": rule.rrule}
        slot_id = await self._add(t.slot, series_id=series_id, exdates=_dates(rule.exdates), **values)
        return Slot(slot_id, series_id, rule)

    async def skip_dates(self, slot: Slot, days: Iterable[date]) -> None:
        """Let a slot leave out local dates."""
        dates = _dates({*slot.rule.exdates, *days})
        await self._do(update(t.slot).where(t.slot.c.id == slot.id).values(exdates=dates))

    async def drop_chat(self, chat_id: int) -> None:
        """Take away a chat that nobody planned, with its steps and what was not said of it yet."""
        await self._do(update(t.outbox).where(t.outbox.c.chat_id == chat_id).values(chat_id=None))
        for table in (t.step, t.chat_place, t.chat_host, t.reminder, t.former_address):
            await self._do(delete(table).where(table.c.chat_id == chat_id))
        await self._do(delete(t.chat).where(t.chat.c.id == chat_id))

    async def slots(self, series_id: int) -> tuple[Slot, ...]:
        """A series' recurring times."""
        query = select(t.slot).where(t.slot.c.series_id == series_id, t.slot.c.ended_at.is_(None))
        return tuple(slot_of(row) for row in await self._rows(query.order_by(t.slot.c.id)))

    async def end_slots(self, series_id: int, now: datetime) -> None:
        """End a series' recurring times; a new rule gets new slots."""
        ending = and_(t.slot.c.series_id == series_id, t.slot.c.ended_at.is_(None))
        await self._do(update(t.slot).where(ending).values(ended_at=now))

    async def slots_to_materialise(self) -> tuple[tuple[Series, Slot], ...]:
        """Every slot of every series that goes on."""
        going_on = and_(
            t.series.c.deleted_at.is_(None), t.series.c.paused.is_(False), t.slot.c.ended_at.is_(None)
        )
        rows = await self._rows(select(t.slot).join(t.series).where(going_on).order_by(t.slot.c.id))
        return tuple([(await self.series(row.series_id), slot_of(row)) for row in rows])

    async def materialise(self, series: Series, slot: Slot, now: datetime) -> tuple[int, ...]:
        """Make a chat of every coming occurrence that is none yet; doing it twice is harmless."""
        if not known_zone(slot.rule.zone):
            return ()
        made = [await self._materialise(series, slot, one, now) for one in upcoming(slot.rule, now)]
        return tuple(chat_id for chat_id in made if chat_id is not None)

    async def _materialise(self, series: Series, slot: Slot, one: Occurrence, now: datetime) -> int | None:
        chat = Chat(0, series.id, slot.rule.zone, one.at, one.at, slot.id, one.local)
        ends_at = runsheet.ends_at(chat, series, one.at)
        chat = replace(chat, ends_at=ends_at, pace=runsheet.pace(series, 0))
        row = {
            "series_id": series.id,
            "slot_id": slot.id,
            "occurrence_local": one.local,
            "zone": chat.zone,
            "starts_at": chat.starts_at,
            "ends_at": chat.ends_at,
            "pace_seconds": int(chat.pace.total_seconds()),
        }
        result = await self.connection.execute(insert(t.chat).values(**row).on_conflict_do_nothing())
        if not result.rowcount:
            return None
        chat_id = first_key(result)
        await self._do(t.step.insert(), _step_rows(chat_id, runsheet.whole(chat, series, (), now)))
        return chat_id


_SERIES = select(t.series).where(t.series.c.id == bindparam("this"))


def _step_rows(chat_id: int, steps: Iterable[Step]) -> list[dict[str, Any]]:
    return [{"chat_id": chat_id, "kind": s.kind, "ordinal": s.ordinal, "due_at": s.due_at} for s in steps]


def _dates(days: Iterable[date]) -> list[str]:
    return sorted(day.isoformat() for day in days)


def _columns(series: Series) -> dict[str, Any]:
    return {
        "title": series.title,
        "hashtag": series.hashtag,
        "letters": series.letters,
        "minutes": round(series.length.total_seconds() / 60),
        "opening_minutes": round(series.opening.total_seconds() / 60),
        "wrapping_minutes": round(series.wrapping.total_seconds() / 60),
        "tail_days": series.tail.days,
        "visibility": series.visibility,
        "publish_at_once": series.publish_at_once,
        "welcome": series.welcome,
        "paused": series.paused,
        "anonymous_answers": series.anonymous_answers,
        "about": series.about,
        "indexable": series.indexable,
        "collecting": series.collecting,
        "ping": series.ping,
        "digest": series.digest,
        "asks": series.asks,
        "days": "".join(map(str, series.days)),
    }


def series_of(row: Row[Any]) -> Series:
    """A series from its row."""
    called = row.id, row.community_id, row.title, row.hashtag, row.letters
    return Series(
        *called,
        length=timedelta(minutes=row.minutes),
        opening=timedelta(minutes=row.opening_minutes),
        wrapping=timedelta(minutes=row.wrapping_minutes),
        tail=timedelta(days=row.tail_days),
        visibility=Visibility(row.visibility),
        publish_at_once=row.publish_at_once,
        welcome=row.welcome,
        paused=row.paused,
        anonymous_answers=row.anonymous_answers,
        slug=row.slug or "",
        about=row.about,
        indexable=row.indexable,
        collecting=Collecting(row.collecting),
        ping=row.ping,
        digest=row.digest,
        asks=Pace(row.asks),
        days=tuple(map(int, row.days)),
    )


def slot_of(row: Row[Any]) -> Slot:
    """A slot from its row."""
    skipped = frozenset(date.fromisoformat(day) for day in row.exdates)
    return Slot(row.id, row.series_id, Recurrence(row.zone, row.dtstart_local, row.rrule, skipped))


def place_of(row: Row[Any]) -> Place:
    """A place from its row."""
    return Place(row.id, row.community_id, row.platform, row.native_id, row.name)
