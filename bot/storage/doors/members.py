"""Members: who came in by which link, what hosts hold against them, and which links lead in."""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Table, and_, delete, exists, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.model import Person, Place, Refused, Series, Visibility
from bot.core.names import free_name
from bot.core.sentences.bar import HOSTS_STAY
from bot.core.sentences.desk import CANNOT_HOLD
from bot.storage.archive.addresses import BROWSER
from bot.storage.chats.plans import place_of, series_of
from bot.storage.doors.nameless import NamelessMarks, keys_of
from bot.storage.doors.secrets import SecretKind, Secrets, hashed, valid
from bot.storage.heard.own_words import OwnWords
from bot.storage.people import person_of
from bot.storage.places.openness import OPENNESS
from bot.storage.schema import tables as t

SAME_FORM = timedelta(minutes=10)
"""How long a form that was sent twice still means one person."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody's place in a community: since when, whether hosts hold or ban them, whether they are one.

    Hosts hold and ban by name, or whoever wrote words without one; nobody learns that these are one person.
    So each mark is put on and taken off by itself, whatever other stands: who is `held` waits with all they
    say, who is `held_nameless` with what they say without a name, and a ban of either kind shuts them out.
    Whoever releases somebody by name lets in what was said under it, and no mark without a name goes or
    shows; such a mark is listed without a name, once for each answer that it was put on for, and its key,
    which tells nothing of who wrote that, takes it off.
    """

    joined_at: datetime
    held: bool = False
    banned: bool = False
    host: bool = False
    held_nameless: tuple[str, ...] = ()
    banned_nameless: tuple[str, ...] = ()


class Members(OwnWords, Secrets, NamelessMarks):
    """What is asked of members."""

    async def join(self, place: Place, name: str, now: datetime, *, once: str = "") -> Person:
        """A new person in a room of the browser; `once` is the form's key: sent twice it is one person."""
        native_id = hashlib.sha256(f"{place.id}.{once or secrets.token_hex()}".encode()).hexdigest()[:20]
        if (before := await self._joined_just_now(place, native_id, now)) is not None:
            return before
        community = await self.community(place.community_id)
        taken = await self.names_in_use(place.community_id, but=0)
        wanted = free_name(name, (community.name, *taken))
        person_id = await self._add(t.person, platform=BROWSER, native_id=native_id, name=wanted)
        await self.make_member(place.community_id, person_id, now)
        return Person(person_id, BROWSER, native_id, wanted)

    async def make_member(self, community_id: int, person_id: int, now: datetime) -> None:
        """Make somebody a member of a community, if they are none yet."""
        row = insert(t.member).values(community_id=community_id, person_id=person_id, joined_at=now)
        await self._do(row.on_conflict_do_nothing())

    async def left_community(self, community_id: int, person_id: int, now: datetime) -> None:
        """Somebody left: from now on they read what strangers read."""
        await self._do(delete(t.member).where(_of(community_id, person_id)))
        await self.revoke_secrets(person_id, now, community_id=community_id)

    async def membership(self, community_id: int, person_id: int) -> Membership | None:
        """What stands in our books of a member, or None for a stranger."""
        query = select(t.member, _host().label("host")).where(_of(community_id, person_id))
        row = await self._row(query)
        return _membership(row) if row else None

    async def still_member(self, person_id: int, community_id: int) -> bool:
        """Whether a member is one now: not banned, in a community and on a network that did not go away."""
        query = select(t.member.c.person_id).join(t.person).where(_of(community_id, person_id), _still())
        return await self._value(query) is not None

    async def signed_in(
        self, tokens: Iterable[str], community_id: int, now: datetime
    ) -> tuple[Person, Membership] | None:
        """The member whose session one of these tokens is, when they are still one."""
        hashes = [hashed(token) for token in tokens]
        if not hashes:
            return None
        said = and_(t.consent.c.person_id == t.person.c.id, t.consent.c.community_id == community_id)
        query = (
            select(t.member, _host().label("host"), t.person, t.consent.c.pseudonym)
            .join(t.person, t.person.c.id == t.member.c.person_id)
            .join(t.secret, t.secret.c.person_id == t.person.c.id)
            .outerjoin(t.consent, said)
            .where(t.member.c.community_id == community_id, t.secret.c.community_id == community_id)
            .where(t.secret.c.hash.in_(hashes), valid(SecretKind.SESSION, now), _still())
        )
        row = await self._row(query.order_by(t.secret.c.created_at.desc()).limit(1))
        return (person_of(row), _membership(row)) if row else None

    async def all_signed_in(
        self, tokens: Collection[str], community_id: int, now: datetime, *, hosts_only: bool = False
    ) -> frozenset[str]:
        """Those of many session secrets that still let a member in, or a host."""
        by_hash = {hashed(token): token for token in tokens}
        query = (
            select(t.secret.c.hash)
            .join(t.member, t.member.c.person_id == t.secret.c.person_id)
            .join(t.person, t.person.c.id == t.member.c.person_id)
            .where(t.member.c.community_id == community_id, t.secret.c.community_id == community_id)
            .where(t.secret.c.hash.in_(by_hash), valid(SecretKind.SESSION, now), _still())
        )
        rows = await self._rows(query.where(_host()) if hosts_only else query)
        return frozenset(by_hash[row.hash] for row in rows)

    async def members(self, community_id: int) -> tuple[tuple[Person, Membership], ...]:
        """Every member of a community, by name."""
        said = and_(t.consent.c.person_id == t.person.c.id, t.consent.c.community_id == community_id)
        query = (
            select(t.member, _host().label("host"), t.person, t.consent.c.pseudonym)
            .join(t.person, t.person.c.id == t.member.c.person_id)
            .outerjoin(t.consent, said)
            .where(t.member.c.community_id == community_id)
            .order_by(t.person.c.name)
        )
        return tuple((person_of(row), _membership(row)) for row in await self._rows(query))

    async def hold(self, community_id: int, person_id: int, now: datetime) -> None:
        """Let hosts see first what this member says from now on."""
        await self._mark(community_id, person_id, {"held_at": now})

    async def need_holdable(self, community_id: int, person_id: int, nameless: bool) -> None:
        """Refuse to hold back or shut out a host; of one without a name not even that is told."""
        member = await self.membership(community_id, person_id)
        if member is not None and member.host and not nameless:
            raise Refused(HOSTS_STAY)
        if member is None or member.host:
            raise Refused(CANNOT_HOLD)

    async def release(self, community_id: int, person_id: int) -> None:
        """Let this member speak under their name again."""
        await self._mark(community_id, person_id, {"held_at": None})

    async def ban(self, community_id: int, person_id: int, now: datetime, *, answer: str = "") -> None:
        """Shut a member out, by name or for a nameless `answer`: their sessions and links open nothing more.

        `now` is real time.
        """
        if answer:
            await self.shut_out_for(community_id, person_id, answer)
        else:
            await self._mark(community_id, person_id, {"banned_at": now})
        await self.revoke_secrets(person_id, now, community_id=community_id)

    async def unban(self, community_id: int, person_id: int) -> None:
        """Let somebody who was banned by name in again; they need a new link."""
        await self._mark(community_id, person_id, {"banned_at": None})

    async def openness(self, place_id: int) -> Visibility:
        """How far a place lets its words be read."""
        return Visibility(await self._value(select(OPENNESS).where(t.place.c.id == place_id)))

    async def place_by_join_secret(self, secret: str) -> Place | None:
        """The room that a join link leads into."""
        open_to = (t.place.c.left_at.is_(None), t.place.c.hosts_room.is_(False))
        rows = await self._rows(select(t.place).where(t.place.c.join_secret.is_not(None), *open_to))
        return next((place_of(row) for row in rows if _same(row.join_secret, secret)), None)

    async def join_secret(self, place_id: int) -> str:
        """The secret of a room's join link, made at first need."""
        return await self._kept(t.place, t.place.c.join_secret, place_id)

    async def open_door(self, place_id: int) -> str | None:
        """The secret of a room that anybody may read, and so may join; None where its link is needed."""
        room = t.place.c.id == place_id, t.place.c.openness == Visibility.PUBLIC
        found: str | None = await self._value(select(t.place.c.join_secret).where(*room))
        return found

    async def new_join_secret(self, place_id: int) -> str:
        """Another secret for a room's join link; the old one opens nothing any more."""
        return await self._renew(t.place, t.place.c.join_secret, place_id)

    async def series_by_link_secret(self, secret: str) -> Series | None:
        """The weekly chat that a reading link opens."""
        found = await self._linked([secret])
        return series_of(found[0]) if found else None

    async def series_held(self, tokens: Collection[str], community_id: int) -> frozenset[int]:
        """The weekly chats of a community that these reading links open."""
        rows = await self._linked(tokens) if tokens else []
        return frozenset(row.id for row in rows if row.community_id == community_id)

    async def link_secret(self, series_id: int) -> str:
        """The secret of a weekly chat's reading link, made at first need."""
        return await self._kept(t.series, t.series.c.link_secret, series_id)

    async def new_link_secret(self, series_id: int) -> str:
        """Another secret for a weekly chat's reading link; the old one opens nothing any more."""
        return await self._renew(t.series, t.series.c.link_secret, series_id)

    async def _joined_just_now(self, place: Place, native_id: str, now: datetime) -> Person | None:
        person = await self.met(BROWSER, native_id, place.community_id)
        member = await self.membership(place.community_id, person.id) if person else None
        if member is None or now - member.joined_at > SAME_FORM or _is_banned(member):
            return None
        return person

    async def _linked(self, tokens: Collection[str]) -> list[Row[Any]]:
        query = select(t.series).where(t.series.c.link_secret.is_not(None), t.series.c.deleted_at.is_(None))
        rows = await self._rows(query)
        return [row for row in rows if any(_same(row.link_secret, one) for one in tokens)]

    async def _kept(self, table: Table, column: Column[Any], row_id: int) -> str:
        kept: str | None = await self._value(select(column).where(table.c.id == row_id))
        return kept or await self._renew(table, column, row_id)

    async def _renew(self, table: Table, column: Column[Any], row_id: int) -> str:
        made = secrets.token_urlsafe(16)
        await self._do(update(table).where(table.c.id == row_id).values({column: made}))
        return made


def _same(stored: str, given: str) -> bool:
    """Whether two secrets are the same; takes as long wherever they differ."""
    return hmac.compare_digest(stored.encode(), given.encode("utf-8", "replace"))


def _of(community_id: int, person_id: int) -> ColumnElement[bool]:
    return and_(t.member.c.community_id == community_id, t.member.c.person_id == person_id)


def _still() -> ColumnElement[bool]:
    """Which members, joined to their person, are members now."""
    gone = exists().where(t.community.c.id == t.member.c.community_id, t.community.c.left_at.is_not(None))
    network = exists().where(
        t.place.c.community_id == t.member.c.community_id,
        t.place.c.platform == t.person.c.platform,
        t.place.c.left_at.is_(None),
    )
    return and_(t.NOT_BANNED, ~gone, or_(t.person.c.platform == BROWSER, network))


def _host() -> ColumnElement[bool]:
    return exists().where(
        t.community_host.c.community_id == t.member.c.community_id,
        t.community_host.c.person_id == t.member.c.person_id,
    )


def _membership(row: Row[Any]) -> Membership:
    held, banned = row.held_at is not None, row.banned_at is not None
    without = keys_of(row.held_nameless), keys_of(row.banned_nameless)
    return Membership(row.joined_at, held, banned, bool(row.host), *without)


def _is_banned(member: Membership) -> bool:
    return member.banned or bool(member.banned_nameless)
