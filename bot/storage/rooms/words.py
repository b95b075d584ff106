"""What people do in the bot's own rooms: say, edit, take back, react, type commands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import Row, delete, null, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.erasure import Erased, Erasure
from bot.core.grammar import command_text
from bot.core.model import Person, Place, Refused, Role
from bot.core.plain import storable
from bot.core.rooms.words import spoken
from bot.core.sentences import room as sentences
from bot.storage.people import LONGEST_COMMAND
from bot.storage.queries import Queries
from bot.storage.rooms.views import EventKind
from bot.storage.schema import tables as t

_M = t.room_message.c
_ERASED = {"text": "", "html": "", "offers": null(), "receipts": ""}


class Hanging(TypedDict, total=False):
    """What a message hangs on and how it came; `once` is the form's own key: sent twice it is one message."""

    thread: int | None
    reply_to: int | None
    by_form: bool
    anonymous: bool
    once: str | None


class RoomWords(Queries):
    """What is asked of rooms by those who speak there; each change and its event are one transaction."""

    async def room_say(
        self,
        place: Place,
        person: Person,
        power: Role,
        text: str,
        html: str,
        now: datetime,
        **hangs: Unpack[Hanging],
    ) -> int:
        """Store a message or a command, once under a form's own key; gives its id, or a command's event's."""
        key = f"say.{person.id}.{hangs['once']}" if hangs.get("once") else None
        if (said := await self._said_under(key)) is not None:
            return said
        nameless = hangs.get("anonymous", False)
        held = await self._held_or_banned(place.community_id, person.id, nameless=nameless)
        row: dict[str, Any] = {"place_id": place.id, "person_id": person.id, "key": key}
        row |= {"by_host": power >= Role.HOST, "said_at": now}
        if (command := command_text(text)) is not None:
            return await self._command(row, command, power)
        row |= {"text": spoken(text), "html": html, "held_at": now if held else None}
        return await self._say(place, row, hangs)

    async def room_edit(self, message_id: int, person: Person, text: str, html: str, now: datetime) -> None:
        """Put other words in the place of one's own."""
        row = await self._standing_message(message_id)
        if row.person_id != person.id:
            raise Refused(sentences.NOT_YOUR_MESSAGE)
        held = await self._held_or_banned(row.community_id, person.id, nameless=row.anonymous)
        if held and row.held_at is None:
            raise Refused(sentences.HELD_HERE)
        words = spoken(text)
        if words == row.text:
            return
        values = {"text": words, "html": html, "edited_at": now}
        await self._do(update(t.room_message).where(_M.id == message_id).values(**values))
        kind = EventKind.CHANGED if row.held_at else EventKind.EDITED
        await self._happened(row.place_id, kind, now, message_id=message_id, person_id=person.id)

    async def room_delete(
        self, message_id: int, person: Person, now: datetime, *, as_host: bool = False
    ) -> None:
        """Take back one's own words, or as a host somebody else's; they are erased at once."""
        row = await self._standing_message(message_id)
        if row.person_id is None or not (as_host or row.person_id == person.id):
            raise Refused(sentences.NOT_YOURS_TO_TAKE_BACK)
        await self._erase_in_room([row], now, by=person.id)
        gone = Erasure(Erased.MESSAGE, now, platform=row.platform, place=row.place_word)
        self.erasures.append(replace(gone, native_id=str(message_id)))
        self.scrubs = True

    async def room_react(
        self, message_id: int, person: Person, number: int, now: datetime, *, removed: bool = False
    ) -> None:
        """Put a digit on a message, or take it off."""
        row = await self._standing_message(message_id)
        if row.held_at is not None:
            raise Refused(sentences.NOT_IN_ROOM)
        await self._held_or_banned(row.community_id, person.id)
        if not 1 <= number <= 9:
            raise Refused(sentences.NO_DIGIT)
        mark = {"message_id": message_id, "person_id": person.id, "number": number}
        change = delete(t.room_reaction).filter_by(**mark) if removed else _put_mark(mark)
        if await self._do(change):
            kind = EventKind.UNREACTED if removed else EventKind.REACTED
            await self._happened(row.place_id, kind, now, **mark)

    async def room_release(self, message_id: int, now: datetime) -> None:
        """Let held words in: from now on everybody sees them, and the bot hears them."""
        held = await self._rows(select(t.room_message).where(_M.id == message_id, *_HELD))
        await self._let_in(held, now)

    async def room_veil(self, message_id: int, now: datetime, *, veiled: bool) -> None:
        """Let only its writer and hosts see a message that was hidden from readers, or everybody again."""
        standing = _M.id == message_id, _M.deleted_at.is_(None)
        change = update(t.room_message).where(*standing).values(held_at=now if veiled else None)
        if await self._do(change):
            place_id = await self._value(select(_M.place_id).where(_M.id == message_id))
            await self._happened(place_id, EventKind.CHANGED, now, message_id=message_id)

    async def room_release_all(
        self, person_id: int, community_id: int, now: datetime, *, nameless: bool = False
    ) -> None:
        """Let in all that somebody said here under their name and that was held, or all without a name.

        Letting in both at once would show whose the words without a name are.
        """
        here = select(t.place.c.id).where(t.place.c.community_id == community_id)
        mine = _M.person_id == person_id, _M.place_id.in_(here), _M.anonymous.is_(nameless)
        await self._let_in(await self._rows(select(t.room_message).where(*mine, *_HELD).order_by(_M.id)), now)

    async def _say(self, place: Place, row: dict[str, Any], hangs: Hanging) -> int:
        """Store a message; held words stay with the hosts until they let them in."""
        thread, reply_to, anonymous = (
            hangs.get("thread"),
            hangs.get("reply_to"),
            hangs.get("anonymous", False),
        )
        await self._check_hooks(place.id, thread, reply_to, anonymous)
        row |= {"thread_id": thread, "reply_to_id": reply_to, "anonymous": anonymous}
        message_id = await self._add(t.room_message, **row, by_form=hangs.get("by_form", False))
        kind = EventKind.CHANGED if row["held_at"] else EventKind.SAID
        what = {"message_id": message_id, "person_id": row["person_id"]}
        await self._happened(place.id, kind, row["said_at"], **what)
        return message_id

    async def _let_in(self, held: Sequence[Row[Any]], now: datetime) -> None:
        for row in held:
            await self._do(update(t.room_message).where(_M.id == row.id).values(held_at=None))
            what = {"message_id": row.id, "person_id": row.person_id}
            await self._happened(row.place_id, EventKind.SAID, now, **what)

    async def _said_under(self, key: str | None) -> int | None:
        if key is None:
            return None
        e = t.room_event
        command = (e.c.message_id == _M.id) & (e.c.kind == EventKind.COMMANDED)
        row = await self._row(select(_M.id, e.c.id.label("event")).outerjoin(e, command).where(_M.key == key))
        return int(row.event or row.id) if row else None

    async def _command(self, row: dict[str, Any], command: str, power: Role) -> int:
        """Note a typed command; its message is a mere number, so that the words stand in one row only."""
        now = row["said_at"]
        message_id = await self._add(t.room_message, **row, deleted_at=now)
        what = {"person_id": row["person_id"], "number": int(power), "message_id": message_id}
        words = storable(command, LONGEST_COMMAND)
        return await self._happened(row["place_id"], EventKind.COMMANDED, now, **what, text=words)

    async def _happened(self, place_id: int, kind: EventKind, now: datetime, **what: object) -> int:
        self.rooms_rung.add(place_id)
        return await self._add(t.room_event, place_id=place_id, kind=kind, at=now, **what)

    async def _erase_in_room(
        self, rows: Sequence[Row[Any]], now: datetime, by: int | None = None, *, heard: bool = True
    ) -> None:
        """Empty messages, with the words of their events and the digits on them, and tell open browsers.

        The bot hears of it too, unless it never `heard` the words.
        """
        ids = [row.id for row in rows]
        await self._do(update(t.room_message).where(_M.id.in_(ids)).values(**_ERASED, deleted_at=now))
        await self._do(delete(t.room_reaction).where(t.room_reaction.c.message_id.in_(ids)))
        await self._do(update(t.room_event).where(t.room_event.c.message_id.in_(ids)).values(text=None))
        kind = EventKind.DELETED if heard else EventKind.CHANGED
        for row in rows:
            await self._happened(row.place_id, kind, now, message_id=row.id, person_id=by)

    async def _held_or_banned(self, community_id: int, person_id: int, *, nameless: bool = False) -> bool:
        """Whether somebody's words are held here, said so or `nameless`; one who was banned is refused."""
        m = t.member.c
        mine = m.community_id == community_id, m.person_id == person_id
        row = await self._row(select(m.held_at, m.held_nameless, t.NOT_BANNED.label("welcome")).where(*mine))
        if row and not row.welcome:
            raise Refused(sentences.BANNED_HERE)
        held = row is not None and row.held_at is not None
        if not nameless:
            return held
        held_namelessly = row is not None and row.held_nameless is not None
        # Held back by name alone, words without one would tell hosts whose they are.
        if held and not held_namelessly:
            raise Refused(sentences.NAMED_WHILE_HELD)
        return held_namelessly

    async def _check_hooks(
        self, place_id: int, thread: int | None, reply_to: int | None, anonymous: bool
    ) -> None:
        for hook in filter(None, (thread, reply_to)):
            found = await self._row(select(_M.place_id, _M.only_for).where(_M.id == hook))
            if found is None or found.place_id != place_id or found.only_for is not None:
                raise Refused(sentences.NOT_IN_ROOM)
        # Dropping the wish instead would show a name to everybody.
        if anonymous and not await self._namelessly(place_id, thread):
            raise Refused(sentences.NAMES_ONLY)

    async def _namelessly(self, place_id: int, thread: int | None) -> bool:
        """Whether the weekly chat whose question a thread hangs on takes answers without a name."""
        o, asked = t.outbox, t.series.join(t.chat).join(t.question)
        posted = o.c.question_id == t.question.c.id, o.c.place_id == place_id
        query = select(t.series.c.anonymous_answers).select_from(asked)
        return bool(await self._value(query.where(*posted, o.c.platform_message_id == str(thread))))

    async def _standing_message(self, message_id: int) -> Row[Any]:
        """A message that everybody may see, with its community."""
        whose = (t.place.c.community_id, t.place.c.platform, t.place.c.native_id.label("place_word"))
        query = select(t.room_message, *whose).join(t.place)
        stands = _M.id == message_id, _M.deleted_at.is_(None), _M.only_for.is_(None)
        row = await self._row(query.where(*stands))
        if row is None:
            raise Refused(sentences.NOT_IN_ROOM)
        return row


_HELD = _M.held_at.is_not(None), _M.deleted_at.is_(None)


def _put_mark(mark: dict[str, int]) -> Any:
    return insert(t.room_reaction).values(**mark).on_conflict_do_nothing()
