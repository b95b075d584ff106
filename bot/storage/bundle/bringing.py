"""Brings a bundle's rows into a database: under new numbers where those are taken, and all or none."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, Protocol

from sqlalchemy import Column, Table, func, insert, select
from sqlalchemy.exc import IntegrityError

from bot import markup
from bot.core import plain
from bot.core.echo import shown
from bot.core.erasure import Erased, Erasure
from bot.core.model import Refused
from bot.core.sentences import exporting as sentences
from bot.storage.archive.addresses import BROWSER, RESERVED
from bot.storage.bundle.apart import Apart, note_apart
from bot.storage.bundle.carried import carried_tables, target
from bot.storage.bundle.lines import AT_ONCE
from bot.storage.bundle.origins import OWN, brought_before, home_id, note_brought, origin_of, take_over
from bot.storage.schema import tables as t
from bot.storage.store import Tx

Values = dict[str, Any]

_NUMBERS_OF_ROOMS: Final = {
    "message": ("platform_message_id", "reply_to"),
    "outbox": ("platform_message_id",),
}
"""Columns that hold the number of a message in one of our own rooms, as text."""
_DECIDED: Final = frozenset({Erased.PERSON, Erased.EXCLUDED, Erased.INCLUDED})
"""What people decided about themselves."""


class Source(Protocol):
    """A bundle that was found sound."""

    made_at: datetime
    origin: str
    apart: Apart

    def rows(self, table: str) -> Iterator[Values]:
        """The rows of one table, in the order of their keys."""


@dataclass(slots=True)
class Brought:
    """What came in."""

    communities: list[str] = field(default_factory=list)
    chats: int = 0
    messages: int = 0
    again: int = 0
    renamed: dict[str, str] = field(default_factory=dict)


class Bringing:
    """One import, within one transaction."""

    def __init__(self, tx: Tx, source: Source, addresses: Mapping[str, str]) -> None:
        self._tx, self._source, self._addresses = tx, source, addresses
        self._here = ""
        self._before: dict[tuple[int, str], int] = {}
        self._shift: dict[str, int] = {}
        self._met: dict[int, int] = {}
        self._named: dict[int, str] = {}
        self._browser: set[int] = set()
        self._new: dict[tuple[int, str | None], tuple[int, str | None]] = {}
        self.brought = Brought()

    async def bring(self, erasures: Sequence[Erasure], now: datetime) -> Brought:
        """Store every row, then forget again what was forgotten here; refuses what clashes."""
        await take_over(self._tx, self._source.origin)
        self._here = await origin_of(self._tx)
        self._before = await brought_before(self._tx, self._source.origin)
        for table in carried_tables():
            self._shift[table.name] = await self._taken(table)
        try:
            for table in carried_tables():
                rows = iter(self._source.rows(table.name))
                while some := list(islice(rows, AT_ONCE)):
                    await self._store(table, some)
        except IntegrityError:
            raise Refused(sentences.CLASH_WORDS) from None
        if not self._new:
            raise Refused(sentences.BUNDLE_EMPTY)
        await note_apart(self._tx, self._source.apart, self._shift["chat"])
        await self._note_other_names()
        await self._forget_again(erasures, now)
        await self._settle()
        return self.brought

    async def _taken(self, table: Table) -> int:
        """The highest number that is taken in a table."""
        if "id" not in table.primary_key.columns:
            return 0
        highest = await self._tx.connection.execute(select(func.max(table.c.id)))
        return int(highest.scalar() or 0)

    async def _store(self, table: Table, rows: list[Values]) -> None:
        if table is t.person:
            rows = await self._strangers(rows)
        rows = [self._renumbered(table, row) for row in rows]
        await self._prepared(table, rows)
        if rows:
            await self._tx.connection.execute(insert(table), rows)
        self._count(table, rows)

    async def _strangers(self, rows: Sequence[Values]) -> list[Values]:
        """Those who are not known here; of the others their number here is noted."""
        rows = [{**row, "native_id": self._called(row["platform"], row["native_id"])} for row in rows]
        found: dict[tuple[str, str], int] = {}
        called: dict[int, str] = {}
        for platform in {row["platform"] for row in rows}:
            names = [row["native_id"] for row in rows if row["platform"] == platform]
            where = t.person.c.platform == platform, t.person.c.native_id.in_(names)
            query = select(t.person.c.id, t.person.c.native_id, t.person.c.name).where(*where)
            for one in await self._tx.connection.execute(query):
                found[platform, one.native_id], called[one.id] = one.id, one.name
        known = {row["id"]: found.get((row["platform"], row["native_id"])) for row in rows}
        self._met |= {old: here for old, here in known.items() if here is not None}
        named = {here: row.get("name", "") for row in rows if (here := known[row["id"]]) is not None}
        self._named |= {here: name for here, name in named.items() if name not in ("", called[here])}
        return [row for row in rows if known[row["id"]] is None]

    def _called(self, platform: str, native_id: str) -> str:
        """What somebody of the bundle is known as here."""
        return home_id(native_id, self._source.origin, self._here) if platform in OWN else native_id

    def _renumbered(self, table: Table, row: Values) -> Values:
        changed = {**row}
        for name, value in row.items():
            column = table.c[name]
            if value is not None and (name == "id" or target(column) is not None):
                changed[name] = self._number(table, column, value)
        if row.get("place_id") is not None and changed["place_id"] in self._browser:
            for name in _NUMBERS_OF_ROOMS.get(table.name, ()):
                changed[name] = self._number_in_rooms(row.get(name))
        return changed

    def _number(self, table: Table, column: Column[Any], value: int) -> int:
        of = target(column)
        named = table if of is None else of
        if named is t.person and value in self._met:
            return self._met[value]
        return value + self._shift[named.name]

    def _number_in_rooms(self, said: str | None) -> str | None:
        plainly = said is not None and said.isascii() and said.isdecimal() and len(said) < 16
        return str(int(said or "") + self._shift["room_message"]) if plainly else said

    async def _prepared(self, table: Table, rows: list[Values]) -> None:
        if table is t.community:
            await self._communities(rows)
        elif table is t.place:
            await self._places(rows)
        elif table is t.outbox:
            for row in rows:
                row["key"] = f"brought.{secrets.token_hex(8)}"
        elif table is t.room_message:
            drawn = await asyncio.to_thread(lambda: [_drawn(row.get("text", "")) for row in rows])
            for row, html in zip(rows, drawn, strict=True):
                row["html"] = html

    async def _communities(self, rows: Sequence[Values]) -> None:
        only = len(rows) == 1
        for slug in self._addresses.keys() - {row.get("slug") for row in rows} - ({""} if only else set()):
            raise Refused(sentences.ADDRESS_OF_NOBODY.format(slug=slug) if slug else sentences.ADDRESS_WHOSE)
        for row in rows:
            was, row["slug"] = row.get("slug"), self._addressed(row.get("slug"), only=only)
            given = row["slug"] in {slug for _, slug in self._new.values()}
            if row["slug"] and (given or await self._there(t.community.c.slug == row["slug"])):
                raise Refused(sentences.clash_community(row["slug"], was or "", only=only))
            native_id = row.get("native_id")
            server = t.community.c.platform == row.get("platform"), t.community.c.native_id == native_id
            if native_id is not None and await self._there(*server):
                raise Refused(sentences.CLASH_SERVER.format(name=row["name"]))
            self._new[row["id"] - self._shift["community"], was] = row["id"], row["slug"]
            self.brought.communities.append(row["name"])

    def _addressed(self, slug: str | None, *, only: bool) -> str | None:
        """The word in addresses that a community gets here: the one asked for, else its own."""
        wanted = self._addresses.get(slug or "") or (self._addresses.get("") if only else None)
        if wanted and (plain.slug(wanted) != wanted or wanted in RESERVED):
            raise Refused(sentences.ADDRESS_ODD.format(said=shown(wanted)))
        return wanted or slug

    async def _there(self, *where: Any) -> bool:
        return (await self._tx.connection.execute(select(t.community.c.id).where(*where))).first() is not None

    async def _places(self, rows: Sequence[Values]) -> None:
        query = select(t.place.c.platform, t.place.c.native_id)
        taken = {(one.platform, one.native_id) for one in await self._tx.connection.execute(query)}
        for row in rows:
            if row["platform"] == BROWSER:
                self._browser.add(row["id"])
            if (row["platform"], row["native_id"]) not in taken:
                continue
            if row["platform"] != BROWSER:
                raise Refused(sentences.CLASH_PLACE.format(name=row.get("name") or row["native_id"]))
            free = plain.slug(row["native_id"], {word for platform, word in taken if platform == BROWSER})
            self.brought.renamed[row["native_id"]] = row["native_id"] = free
            taken.add((BROWSER, free))

    def _count(self, table: Table, rows: Sequence[Values]) -> None:
        self.brought.chats += len(rows) * (table is t.chat)
        self.brought.messages += len(rows) * (table is t.message)

    async def _note_other_names(self) -> None:
        """Note what people who were known here were called there: that is how they are named in what came."""
        for person_id, name in self._named.items():
            for community_id, _slug in self._new.values():
                await self._tx.note_former_name(person_id, community_id, name)

    async def _forget_again(self, erasures: Iterable[Erasure], now: datetime) -> None:
        for erasure in erasures:
            meant = self._meant(erasure)
            if meant is None:
                continue
            if meant.what is not Erased.COMMUNITY:
                self.brought.again += await self._tx.erase_again(meant, now)
            elif erasure.at > self._source.made_at:
                raise Refused(sentences.ERASED_SINCE.format(name=", ".join(self.brought.communities)))
        self._tx.erasures.clear()  # they are on the list already

    def _meant(self, erasure: Erasure) -> Erasure | None:
        """What was erased, under the numbers it has here now; None where it is of another community."""
        if erasure.what in (Erased.MESSAGE, Erased.HIDDEN, Erased.SHOWN):
            if erasure.platform != BROWSER:
                return erasure
            if erasure.place in self.brought.renamed:
                return None  # said in the room that has this name here
            return replace(erasure, native_id=self._number_in_rooms(erasure.native_id) or "")
        there = self._new.get((erasure.community_id, erasure.slug))
        found = there or self._come_again(erasure)
        if found is None:
            return None
        chat = erasure.chat_id + self._shift["chat"] if erasure.chat_id else erasure.chat_id
        here = replace(erasure, community_id=found[0], slug=found[1] or "", chat_id=chat)
        # Whoever decided it here is known by their id of here: "owner" is ours then, and nobody else's.
        return replace(here, native_id=self._called(here.platform, here.native_id)) if there else here

    def _come_again(self, erasure: Erasure) -> tuple[int, str | None] | None:
        """The community in which somebody decided this when it was here before, under another number."""
        was = self._before.get((erasure.community_id, erasure.slug)) if erasure.what in _DECIDED else None
        return next((here for (old, _slug), here in self._new.items() if old == was), None)

    async def _settle(self) -> None:
        tx = self._tx
        tx.stale_communities |= {here for here, _ in self._new.values()}
        tx.replanned = True
        for (was, _slug), (here, slug) in self._new.items():
            await note_brought(tx, self._source.origin, was, here, slug or "")
        if not await tx.installed("name"):
            await tx.install("name", secrets.token_hex(3))


def _drawn(text: str) -> str:
    return markup.render(text) if text else ""


async def bring(
    tx: Tx,
    source: Source,
    erasures: Sequence[Erasure],
    now: datetime,
    addresses: Mapping[str, str] = MappingProxyType({}),
) -> Brought:
    """Store a bundle in this transaction; whatever is wrong with it is refused, and nothing is stored.

    `addresses` are other words in addresses, by those of the bundle; that of its only community by "".
    """
    return await Bringing(tx, source, addresses).bring(erasures, now)
