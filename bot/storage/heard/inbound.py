"""What people said: stored once each, filed in the same transaction, with the cursor."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, Row, and_, bindparam, exists, func, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.core.filing import Filed, MessageKind
from bot.core.hearing import Said
from bot.core.listening import CLAIM_TOLERANCE, Attended
from bot.core.mentioning import mentions_in, unnamed
from bot.core.model import How, Place, Question, QuestionState
from bot.storage.archive.addresses import BROWSER
from bot.storage.chats.chats import AHEAD, LATE, LIVE, Chats, chat_of
from bot.storage.heard.batch import FILINGS, MESSAGES, Batch, Hung, filing_row, kept_words
from bot.storage.heard.pouring import Draw
from bot.storage.people import People
from bot.storage.queries import among, listed
from bot.storage.rooms.moving import RoomMoves
from bot.storage.schema import tables as t

BY_FORM = "form:"
"""Begins the native id of a message that no network carried."""
COPY = "copy."
"""Begins the subject of a message's copy; the message's id follows."""


@dataclass(frozen=True, slots=True)
class Form:
    """An answer as a form gives it; `native_id` names the asking, where the network names it."""

    chat_id: int
    question: Question
    person_id: int
    by_host: bool
    text: str
    native_id: str | None = None


# The statements of every sweep are made once: building them each time costs as much as running them.
_PLACE: BindParameter[int] = bindparam("place")
_HERE = exists().where(
    t.chat_place.c.chat_id == t.chat.c.id,
    t.chat_place.c.place_id == _PLACE,
    t.chat_place.c.left_at.is_(None),
)
_AT_HOME = exists().where(
    t.series_place.c.series_id == t.chat.c.series_id,
    t.series_place.c.place_id == _PLACE,
    t.series_place.c.accepted_at.is_not(None),
    t.series_place.c.muted.is_(False),
)
_OWN = exists().where(t.place.c.id == _PLACE, t.place.c.community_id == t.series.c.community_id)
_STARTED = and_(
    t.chat.c.state.in_(AHEAD),
    t.chat.c.starts_at <= bindparam("now"),
    t.chat.c.ends_at > bindparam("now"),
    t.chat.c.rehearsal.is_(False),
    t.series.c.paused.is_(False),
)
_ATTENDED = (
    select(
        t.chat,
        t.series.c.letters,
        t.series.c.anonymous_answers,
        _OWN.label("own"),
        *(c.label(f"question_{c.name}") for c in t.question.c),
    )
    .join(t.series)
    .outerjoin(t.question, t.question.c.chat_id == t.chat.c.id)
    .where(or_(and_(t.chat.c.state.in_(LIVE + LATE), _HERE), and_(_STARTED, _AT_HOME)))
    .order_by(t.chat.c.state.not_in(LIVE), t.chat.c.starts_at.desc(), t.chat.c.id, t.question.c.position)
)
_KNOWN = Draw(
    select(t.message.c.platform_message_id, t.message.c.id).where(
        t.message.c.place_id == _PLACE, among(t.message.c.platform_message_id, bindparam("native_ids"))
    )
)
_TOLD = select(
    *(t.message.c.id, t.message.c.platform_message_id, t.message.c.chat_id, t.message.c.kind),
    t.message.c.thread_question_id,
)
_NEXT_ID = Draw(select(func.coalesce(func.max(t.message.c.id), 0) + 1))
_PUT_CURSOR = upsert(t.cursor)
_MOVE_CURSOR = Draw(
    _PUT_CURSOR.on_conflict_do_update(
        index_elements=["account", "place_id"], set_={"position": _PUT_CURSOR.excluded.position}
    )
)


class Inbound(Chats, People, RoomMoves):
    """What is asked of messages as they arrive."""

    async def attended(self, place_id: int, now: datetime) -> tuple[Attended, ...]:
        """The chats that a place listens for, the one opened last first.

        A platform's clock may be ahead of ours, and its hour have begun already.
        """
        rows = await self._rows(_ATTENDED, place=place_id, now=now + CLAIM_TOLERANCE)
        chats = [list(same) for _, same in groupby(rows, key=lambda row: row.id)]
        return tuple(_attended(same) for same in chats)

    async def store_said(
        self, place: Place, said: Sequence[Said], attended: Sequence[Attended], now: datetime
    ) -> Batch:
        """Store what is new and belongs to a chat; what was stored before keeps its row."""
        known = await self.messages_by_native_id(place.id, [one.id for one in said])
        batch = Batch(place, attended, now, known)
        new = list({one.id: one for one in said if one.id not in known}.values()) if attended else []
        if not new:
            return batch
        people = await self.hear_people(place, [one.author for one in new])
        new = await self._called_as_they_wish(place, new, attended)
        batch.begin(await self._next_message_id(), await self._hung(place.id, _hooks(new)))
        for one in new:
            if (person := people.get(one.author.native_id)) is not None:
                batch.take(one, person)
        await MESSAGES.into(self.connection, batch.messages)
        await FILINGS.into(self.connection, batch.filings)
        self.recollect |= {row[0] for row in batch.filings}
        if place.platform == BROWSER:
            await self.room_filed({row[0] for row in batch.filings}, now)
        return batch

    async def _called_as_they_wish(
        self, place: Place, said: list[Said], attended: Sequence[Attended]
    ) -> list[Said]:
        """The same words, in which nobody is called who asked to be left out, or by a name they gave up."""
        if not any("@" in one.text for one in said):
            return said
        chats = [one.chat.id for one in attended]
        masks = mentions_in(
            (one.text for one in said), await self.called_otherwise(place.community_id, chats)
        )
        return [replace(one, text=unnamed(one.text, masks)) for one in said] if masks else said

    async def store_form(self, place: Place, form: Form, now: datetime) -> bool:
        """Store an answer given by form, once; False when it waits for its question to be asked."""
        asked = form.question.asked_at is not None
        native_id = f"{BY_FORM}{form.native_id or await self._next_message_id()}"
        if not await self.messages_by_native_id(place.id, [native_id]):
            masks = mentions_in([form.text], await self.called_otherwise(place.community_id, [form.chat_id]))
            form = replace(form, text=unnamed(form.text, masks))
            held = None if asked else str(form.question.position)
            message_id = await self._add(t.message, **_form_row(place, form, native_id, now), held=held)
            filed = Filed(MessageKind.ANSWER, (form.question.id,), How.FORM)
            row = filing_row(message_id, form.question.id, filed, now, form.person_id)
            await self._do(t.filing.insert(), [row] if asked else [])
            self.recollect.add(message_id)
            self.stale.add(form.chat_id)
        return asked

    async def messages_by_native_id(self, place_id: int, native_ids: Sequence[str]) -> dict[str, int]:
        """The ids of stored messages by their native ids."""
        rows = await _KNOWN.rows(self.connection, place=place_id, native_ids=listed(native_ids))
        return dict(rows)

    async def cursor(self, account: str, place_id: int) -> str | None:
        """Where listening in a place stopped."""
        query = select(t.cursor.c.position).where(
            t.cursor.c.account == account, t.cursor.c.place_id == place_id
        )
        found: str | None = await self._value(query)
        return found

    async def set_cursor(self, account: str, place_id: int, position: str) -> None:
        """Note how far a place was heard."""
        await _MOVE_CURSOR.rows(self.connection, account=account, place_id=place_id, position=position)

    async def _next_message_id(self) -> int:
        return int((await _NEXT_ID.rows(self.connection))[0][0])

    async def _hung(self, place_id: int, native_ids: Iterable[str | None]) -> Mapping[str, Hung]:
        wanted = {native for native in native_ids if native}
        if not wanted:
            return {}
        posts = (
            select(t.outbox.c.platform_message_id, t.outbox.c.subject, t.question.c.id, t.question.c.chat_id)
            .outerjoin(t.question, t.question.c.id == t.outbox.c.question_id)
            .where(t.outbox.c.place_id == place_id, t.outbox.c.platform_message_id.in_(wanted))
        )
        told = _TOLD.where(t.message.c.place_id == place_id, t.message.c.platform_message_id.in_(wanted))
        found = {row.platform_message_id: _hung_on(row) for row in await self._rows(told)}
        ours = await self._rows(posts)
        found |= {row.platform_message_id: Hung(row.id, row.chat_id) for row in ours if row.id}
        copies = {row.platform_message_id: int(row.subject.split(".")[1]) for row in ours if _is_copy(row)}
        return found | (await self._originals(copies) if copies else {})

    async def _originals(self, copies: Mapping[str, int]) -> dict[str, Hung]:
        """What stands for copies of messages: whoever replies to a copy means the message."""
        told = _TOLD.where(t.message.c.id.in_(set(copies.values())))
        rows = {row.id: row for row in await self._rows(told)}
        return {
            native_id: _hung_on(rows[message_id])._replace(original=rows[message_id].platform_message_id)
            for native_id, message_id in copies.items()
            if message_id in rows
        }


def _is_copy(row: Row[Any]) -> bool:
    return bool(row.id is None and row.subject.startswith(COPY))


def _hung_on(row: Row[Any]) -> Hung:
    answer = row.kind == MessageKind.ANSWER
    return Hung(None, row.chat_id or 0, answer, thread=row.thread_question_id)


def _form_row(place: Place, form: Form, native_id: str, now: datetime) -> dict[str, Any]:
    return {
        "place_id": place.id,
        "platform_message_id": native_id,
        "chat_id": form.chat_id,
        "person_id": form.person_id,
        "by_host": form.by_host,
        "text": kept_words(form.text),
        "kind": MessageKind.ANSWER,
        "why": "given by form",
        "said_at": now,
        "heard_at": now,
    }


def _hooks(said: Sequence[Said]) -> list[str | None]:
    return [native for one in said for native in (one.thread, one.reply_to)]


def _attended(rows: Sequence[Row[Any]]) -> Attended:
    first = rows[0]
    return Attended.of(chat_of(first), _questions(rows), first.letters, first.anonymous_answers, first.own)


def _questions(rows: Sequence[Row[Any]]) -> tuple[Question, ...]:
    """The questions of one chat from the rows it was joined to."""
    return tuple(
        Question(
            row.question_id,
            row.question_position,
            row.question_text,
            QuestionState(row.question_state),
            row.question_asked_at,
            row.question_final,
        )
        for row in rows
        if row.question_id is not None
    )
