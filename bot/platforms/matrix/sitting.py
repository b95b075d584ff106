"""What is heard of what people did: words, edits, signs, and what they took back, as our books know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import singledispatchmethod
from typing import Final

from bot.core.hearing import Author, Commanded, Deleted, Edited, Heard, Reacted, Said
from bot.core.model import Place
from bot.platforms.digits import AS_EMOJI
from bot.platforms.matrix.reading import NAME, Deed, Reader
from bot.platforms.matrix.rooms import Room
from bot.platforms.matrix.translating import Between, Changed, Put, TookBack, Wrote, mapping, read
from bot.storage.places.relations import Relation
from bot.storage.store import Store

_DONE: Final = "\N{WHITE HEAVY CHECK MARK}"
_EVER: Final = datetime(1971, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Heardings:
    """What is heard of some deeds, and what is to be remembered of them."""

    heard: tuple[Heard, ...]
    relations: tuple[Relation, ...] = ()


class Sitting:
    """Some deeds of one room, with what our books say about what they are about."""

    def __init__(self, reader: Reader, place: Place, room: Room, deeds: Sequence[Deed]) -> None:
        self._reader, self._place, self._room, self._deeds = reader, place, room, deeds
        self._senders: dict[str, str] = {}
        self._known: dict[str, Relation] = {}
        self._relations: list[Relation] = []
        self._attended: bool | None = None

    async def heardings(self) -> Heardings:
        """Go through the deeds in their order."""
        await self._look_up()
        heard: list[Heard] = []
        for deed in self._deeds:
            heard += await self._hear(deed.what, deed.author)
        return Heardings(tuple(heard), tuple(self._relations))

    async def _look_up(self) -> None:
        about = {one.what.about for one in self._deeds if isinstance(one.what, Changed | TookBack)}
        if about:
            async with self._reader.store.read() as tx:
                self._known = await tx.relations(self._place.id, about)
                self._senders |= await tx.senders(self._place.id, about)

    @singledispatchmethod
    async def _hear(self, what: Wrote, author: Author) -> Sequence[Heard]:
        """Somebody said something."""
        at, command = self._reader.at(what.at), self._reader.command_in(self._room, what)
        if command is None:
            return [_said(what, author, at)]
        if self._reader.is_old(what.at) and not await self._is_attended():
            return []
        return [Commanded(what.id, author, command, at)]

    @_hear.register
    async def _changed(self, what: Changed, author: Author) -> Sequence[Heard]:
        """Somebody changed words; only their own."""
        before: list[Heard] = []
        if self._sender_of(what.about) is None:
            before = await self._find_original(what)
        if self._sender_of(what.about) != what.sender:
            return before
        self._note(Relation(what.id, what.about))
        said = self._reader.sender_of(what.about)
        at, said_at = self._reader.at(what.at), self._reader.at(said[1]) if said else None
        return [*before, Edited(what.about, author, what.text, at, said_at)]

    @_hear.register
    async def _put(self, what: Put, author: Author) -> Sequence[Heard]:
        """Somebody put a sign on something: a digit files it, a tick does what was offered."""
        at = self._reader.at(what.at)
        if what.digit:
            self._note(Relation(what.id, what.about, what.digit))
            return [Reacted(what.about, author, what.digit, at, event=what.id)]
        self._reader.pass_by(what.id)
        line = await ticked(self._reader.store, what)
        return [Commanded(what.id, author, line, at)] if line is not None else []

    @_hear.register
    async def _took_back(self, what: TookBack, author: Author) -> Sequence[Heard]:
        """Somebody took something away: a sign, an edit, or a message."""
        at, known = self._reader.at(what.at), self._known.get(what.about)
        if known is not None:
            return await (self._sign_gone(what, known, at) if known.number else self._edit_gone(known, at))
        passed_by = self._reader.was_passed_by(what.about) and self._sender_of(what.about) is None
        if passed_by or not await self._may_take(what):
            return []
        return [Deleted(what.about, at)]

    def _note(self, relation: Relation) -> None:
        """Remember what is about what, also for what is taken back in the same breath."""
        self._relations.append(relation)
        self._known[relation.native_id] = relation

    # -- what is looked up ------------------------------------------------------------------------

    async def _find_original(self, what: Changed) -> list[Heard]:
        """Ask who said what was changed; words that no chat kept so far are heard with it."""
        if not await self._is_attended():
            return []
        found = await self._reader.event(self._room, what.about)
        original = read(found, Between(_EVER, what.at))
        if not isinstance(original, Wrote):
            return []
        self._reader.remember(original)
        at = self._reader.at(original.at)
        return [_said(original, self._reader.author(self._room, original.sender), at)]

    async def _sign_gone(self, what: TookBack, known: Relation, at: datetime) -> Sequence[Heard]:
        """What is left of a taken back sign names who had put it."""
        sender = (await self._reader.event(self._room, known.native_id)).get("sender")
        if not isinstance(sender, str):
            return []
        author = self._reader.author(self._room, sender)
        return [Reacted(known.about, author, known.number, at, removed=True, event=what.id)]

    async def _edit_gone(self, known: Relation, at: datetime) -> Sequence[Heard]:
        """The words that stand now that an edit is taken back."""
        found = await self._reader.event(self._room, known.about)
        original = read(found, Between(_EVER, self._reader.clock.real()))
        if not isinstance(original, Wrote):
            return []
        relations = mapping(mapping(found.get("unsigned")).get("m.relations"))
        last = read(mapping(relations.get("m.replace")), Between(_EVER, self._reader.clock.real()))
        text = last.text if isinstance(last, Changed) else original.text
        return [Edited(known.about, self._reader.author(self._room, original.sender), text, at)]

    async def _may_take(self, what: TookBack) -> bool:
        """Whether the server lets them; it is asked only where they are neither author nor powerful."""
        sender = self._sender_of(what.about)
        if sender in (None, what.sender) or self._room.may_redact(what.sender):
            return True
        found = await self._reader.event(self._room, what.about)
        return "redacted_because" in mapping(found.get("unsigned"))

    def _sender_of(self, native_id: str) -> str | None:
        said = self._reader.sender_of(native_id)
        return said[0] if said else self._senders.get(native_id)

    async def _is_attended(self) -> bool:
        if self._attended is None:
            async with self._reader.store.read() as tx:
                self._attended = bool(await tx.attended(self._place.id, self._reader.clock.now()))
        return self._attended


async def ticked(store: Store, what: Put) -> str | None:
    """The line that one of our messages offered to whoever ticked it."""
    if what.key.rstrip(AS_EMOJI) != _DONE:
        return None
    async with store.read() as tx:
        person, offers = await tx.offers_of_sent(NAME, what.about)
    return offers[0].line if offers and person in (None, what.sender) else None


def _said(what: Wrote, author: Author, at: datetime) -> Said:
    return Said(what.id, author, what.text, at, what.thread, what.reply_to, what.attachments)
