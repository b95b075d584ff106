"""People: who they are, what they may do, what they agreed to, and what they typed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, exists, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.hearing import Author, Commanded
from bot.core.may import Standing
from bot.core.model import Person, Place, Role
from bot.core.plain import storable
from bot.core.sentences import SOMEBODY
from bot.storage.archive.looks import Looks
from bot.storage.former_names import FormerNames
from bot.storage.heard.pouring import Draw
from bot.storage.queries import among, listed
from bot.storage.schema import tables as t

LONGEST_NAME = 200
LONGEST_COMMAND = 1_000_000


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed command that is stored and not handled yet."""

    id: int
    native_id: str
    place_id: int
    person: Person
    power: Role
    text: str


_HEARD = Draw(
    select(
        t.person.c.native_id,
        t.person.c.id,
        t.person.c.name,
        and_(t.consent.c.excluded_at.is_(None), t.consent.c.forgotten_at.is_(None)),
        t.consent.c.forgotten_at.is_not(None),
    )
    .outerjoin(
        t.consent,
        and_(t.consent.c.person_id == t.person.c.id, t.consent.c.community_id == bindparam("community")),
    )
    .where(t.person.c.platform == bindparam("platform"), among(t.person.c.native_id, bindparam("native_ids")))
)


class People(FormerNames, Looks):
    """What is asked of people."""

    async def person(self, platform: str, author: Author, community_id: int) -> Person:
        """The person behind an author, stored at first sight."""
        known = await self.met(platform, author.native_id, community_id)
        if known and (known.name == _name(author) or await self._forgotten(known.id, community_id)):
            return replace(known, name=_name(author))
        if known is not None:
            await self.note_former_names(platform, [author.native_id], community_id)
        await self._meet(platform, [author])
        met = await self.met(platform, author.native_id, community_id)
        if met is None:
            raise LookupError(author.native_id)
        return met

    async def met(self, platform: str, native_id: str, community_id: int) -> Person | None:
        """The person with this native id, if there is one in our books."""
        row = await self._row(_known(community_id).where(_is(platform, native_id)))
        return person_of(row) if row else None

    async def person_by_id(self, person_id: int, community_id: int) -> Person:
        """One person as this community knows them."""
        row = await self._row(_known(community_id).where(t.person.c.id == person_id))
        if row is None:
            raise LookupError(f"no person {person_id}")
        return person_of(row)

    async def hear_people(self, place: Place, authors: Iterable[Author]) -> dict[str, int]:
        """Ids by native id of those whose words are kept here; names are brought up to date."""
        by_id = {author.native_id: author for author in authors}
        given = {"platform": place.platform, "community": place.community_id, "native_ids": listed(by_id)}
        rows = await _HEARD.rows(self.connection, **given)
        known = {native_id: name for native_id, _, name, _, _ in rows}
        gone = {native_id for native_id, _, _, _, forgotten in rows if forgotten}
        seen = [author for author in by_id.values() if author.native_id not in gone]
        if strangers := [a for a in seen if known.get(a.native_id) != _name(a)]:
            renamed = [a.native_id for a in strangers if known.get(a.native_id)]
            await self.note_former_names(place.platform, renamed, place.community_id)
            await self._meet(place.platform, strangers)
            rows = await _HEARD.rows(self.connection, **given)
        return {native_id: person_id for native_id, person_id, _, kept, _ in rows if kept}

    async def people_named(self, place_id: int, name: str) -> tuple[Person, ...]:
        """People of this place's platform whose name or pseudonym this is, whatever its case."""
        wanted = name.removeprefix("@").casefold()
        place = await self._row(select(t.place).where(t.place.c.id == place_id))
        if place is None:
            return ()
        rows = await self._rows(_known(place.community_id).where(t.person.c.platform == place.platform))
        people = [person_of(row) for row in rows]
        return tuple(
            p
            for p in people
            if wanted in (p.name.casefold(), p.shown.casefold(), p.native_id.casefold().removeprefix("@"))
        )

    async def spoken_for(self, place: Place) -> tuple[Person, ...]:
        """Those for whom a webhook spoke in this place's community, and whose words are kept."""
        here = select(t.place.c.id).where(t.place.c.community_id == place.community_id)
        said = exists().where(t.message.c.person_id == t.person.c.id, t.message.c.place_id.in_(here))
        hooked = and_(t.person.c.native_id.contains("/"), ~t.person.c.native_id.startswith("@"))
        whose = _known(place.community_id).where(t.person.c.platform == place.platform, hooked, said)
        return tuple(person_of(row) for row in await self._rows(whose.order_by(t.person.c.id)))

    async def standing(self, person: Person, place: Place, power: Role, chat_id: int | None) -> Standing:
        """What our books say of somebody who asks in a place."""
        host = exists().where(
            t.community_host.c.person_id == person.id, t.community_host.c.community_id == place.community_id
        )
        guest = await self._rows(select(t.chat_host.c.chat_id).where(t.chat_host.c.person_id == person.id))
        owners = await self._owners(place.community_id, chat_id) if chat_id is not None else None
        return Standing(
            power=power,
            community_host=bool(await self._value(select(host))),
            steers_here=owners is None,
            guest_of=frozenset(row.chat_id for row in guest),
            owners=owners or "",
        )

    async def make_community_host(self, community_id: int, person_id: int) -> None:
        """Make somebody a co-moderator of a whole community."""
        row = insert(t.community_host).values(community_id=community_id, person_id=person_id)
        await self._do(row.on_conflict_do_nothing())

    async def invite(self, chat_id: int, person_id: int, now: datetime) -> None:
        """Make somebody a host of one chat."""
        self.stale.add(chat_id)
        row = insert(t.chat_host).values(chat_id=chat_id, person_id=person_id, invited_at=now)
        await self._do(row.on_conflict_do_nothing())

    async def uninvite(self, chat_id: int, person_id: int) -> None:
        """Take a guest's rights for one chat away."""
        self.stale.add(chat_id)
        await self._do(
            delete(t.chat_host).where(t.chat_host.c.chat_id == chat_id, t.chat_host.c.person_id == person_id)
        )

    async def guests(self, chat_id: int, community_id: int) -> tuple[Person, ...]:
        """The guest hosts of one chat."""
        query = _known(community_id).join(t.chat_host, t.chat_host.c.person_id == t.person.c.id)
        rows = await self._rows(
            query.where(t.chat_host.c.chat_id == chat_id).order_by(t.chat_host.c.invited_at)
        )
        return tuple(person_of(row) for row in rows)

    async def consent(self, person_id: int, community_id: int) -> Row[Any] | None:
        """What somebody agreed to in a community, or nothing said yet."""
        mine = and_(t.consent.c.person_id == person_id, t.consent.c.community_id == community_id)
        return await self._row(select(t.consent).where(mine))

    async def called_otherwise(
        self, community_id: int, chat_ids: Collection[int] = ()
    ) -> tuple[tuple[Person, str], ...]:
        """Who asked to be left out or goes by another name, here or where some chats are held too.

        With each is what they are called instead.
        """
        there = select(t.place.c.community_id).join(t.chat_place).where(t.chat_place.c.chat_id.in_(chat_ids))
        others = await self._rows(there.distinct()) if chat_ids else ()
        asked = or_(t.consent.c.excluded_at.is_not(None), t.consent.c.pseudonym.is_not(None))
        found: list[Row[Any]] = []
        for one in sorted({community_id, *(row.community_id for row in others)}):
            found += await self._rows(_known(one).add_columns(t.consent.c.excluded_at).where(asked))
        return tuple((person_of(row), SOMEBODY if row.excluded_at else row.pseudonym) for row in found)

    async def set_consent(self, person_id: int, community_id: int, now: datetime, **values: object) -> None:
        """Note what somebody agrees to: pseudonym, excluded_at, forgotten_at."""
        row = insert(t.consent).values(
            person_id=person_id, community_id=community_id, changed_at=now, **values
        )
        changed = {"changed_at": now, **values}
        await self._do(row.on_conflict_do_update(index_elements=["person_id", "community_id"], set_=changed))
        await self.redraw_mentions(person_id, community_id)
        if self.collects:
            theirs = select(t.message.c.id).join(t.place).where(t.message.c.person_id == person_id)
            here = await self._rows(theirs.where(t.place.c.community_id == community_id))
            self.recollect |= {row.id for row in here}

    async def store_commands(self, place: Place, typed: Sequence[Commanded], now: datetime) -> None:
        """Store typed commands; one that was heard before is left alone."""
        for one in typed:
            person = await self.person(place.platform, one.author, place.community_id)
            row = insert(t.handled_command).values(
                platform=place.platform,
                native_id=f"{place.native_id}:{one.id}",
                place_id=place.id,
                person_id=person.id,
                native_role=int(one.author.power),
                text=storable(one.text, LONGEST_COMMAND),
                heard_at=now,
            )
            await self._do(row.on_conflict_do_nothing(index_elements=["platform", "native_id"]))

    async def next_command(self) -> Typed | None:
        """The typed command that has waited longest."""
        waiting = select(t.handled_command).where(t.handled_command.c.handled_at.is_(None))
        row = await self._row(waiting.order_by(t.handled_command.c.id).limit(1))
        if row is None:
            return None
        place = await self._row(select(t.place.c.community_id).where(t.place.c.id == row.place_id))
        community_id = place.community_id if place else 0
        person = await self.person_by_id(row.person_id, community_id)
        return Typed(row.id, row.native_id, row.place_id, person, Role(row.native_role), row.text or "")

    async def handled(self, command_id: int, now: datetime) -> None:
        """Note that a command was carried out or refused, and let its words go."""
        change = update(t.handled_command).where(t.handled_command.c.id == command_id)
        await self._do(change.values(handled_at=now, text=None))

    async def _forgotten(self, person_id: int, community_id: int) -> bool:
        said = await self.consent(person_id, community_id)
        return said is not None and said.forgotten_at is not None

    async def _owners(self, community_id: int, chat_id: int) -> str | None:
        """The name of another community whose chat this is; None for this one's own."""
        query = select(t.community.c.name).select_from(t.chat.join(t.series).join(t.community))
        others = t.series.c.community_id != community_id
        found: str | None = await self._value(query.where(t.chat.c.id == chat_id, others))
        return found

    async def _meet(self, platform: str, authors: Sequence[Author]) -> None:
        rows = [{"platform": platform, "native_id": a.native_id, "name": _name(a)} for a in authors]
        row = insert(t.person)
        await self._do(
            row.on_conflict_do_update(
                index_elements=["platform", "native_id"], set_={"name": row.excluded.name}
            ),
            rows,
        )


def _name(author: Author) -> str:
    return storable(author.name, LONGEST_NAME)


def _is(platform: str, native_id: str) -> Any:
    return and_(t.person.c.platform == platform, t.person.c.native_id == native_id)


def _known(community_id: int) -> Any:
    said = and_(t.consent.c.person_id == t.person.c.id, t.consent.c.community_id == community_id)
    return select(t.person, t.consent.c.pseudonym).outerjoin(t.consent, said)


def person_of(row: Row[Any]) -> Person:
    """A person from their row."""
    return Person(row.id, row.platform, row.native_id, row.name, row.pseudonym)
