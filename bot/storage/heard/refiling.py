"""What becomes of a message after it was stored: edited, deleted, refiled, hidden, picked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.core.erasure import Erased, Erasure
from bot.core.filing import Around, Filed, MessageKind, named
from bot.core.hearing import Deleted, Edited, Said
from bot.core.listening import Attended, keep, may_be_heard_yet
from bot.core.mentioning import mentions_in, unnamed
from bot.core.model import How, Place, Question
from bot.storage.archive.addresses import BROWSER
from bot.storage.heard.batch import Correction, filing_row, kept_words
from bot.storage.heard.commented import UNSIGNED, no_comment_needs
from bot.storage.heard.inbound import BY_FORM, Inbound
from bot.storage.schema import tables as t

BY_PEOPLE = (How.REACTION, How.MODERATOR, How.FORM)
NO_ANSWER = "no answer, a host says"
"""Why a message is conversation that a host took out from under its question: an edit leaves it there."""


class Refiling(Inbound):
    """What is asked of messages that are stored already."""

    async def message(self, message_id: int) -> Row[Any] | None:
        """One stored message."""
        return await self._row(select(t.message).where(t.message.c.id == message_id))

    async def edit(
        self, place: Place, edited: Edited, attended: Sequence[Attended], now: datetime
    ) -> int | None:
        """Store an edit, keep the old text for hosts, and file anew unless a person filed it."""
        row = await self._message_in(place.id, edited.id)
        if row is None:
            said = Said(edited.id, edited.author, edited.text, edited.said_at or edited.at)
            return (await self.store_said(place, [said], attended, now)).ids.get(edited.id)
        chats = [row.chat_id] if row.chat_id else []
        masks = mentions_in([edited.text], await self.called_otherwise(place.community_id, chats))
        new = kept_words(unnamed(edited.text, masks))
        outdated = row.edited_at is not None and edited.at < row.edited_at
        if row.deleted_at is None and not outdated and new != row.text and await self._heard(place, edited):
            await self._replace(row, new, edited.at, attended, now)
        return int(row.id)

    async def _replace(
        self, row: Row[Any], new: str, at: datetime, attended: Sequence[Attended], now: datetime
    ) -> None:
        if _attends(attended, row.chat_id):
            await self._add(t.message_revision, message_id=row.id, text=row.text, replaced_at=now)
        self.stale |= {row.chat_id} - {None}
        self.recollect.add(row.id)
        values = {"text": new, "body_html": None, "render_version": 0, "edited_at": at}
        await self._do(update(t.message).where(t.message.c.id == row.id).values(**values))
        if (
            new
        ):  # emptied words keep their place under the question, where readers see that they were taken back
            await self.refile(row.id, attended, now)

    async def _heard(self, place: Place, edited: Edited) -> bool:
        """Whether the author's words are kept here."""
        return edited.author.native_id in await self.hear_people(place, [edited.author])

    async def delete(
        self, place: Place, deleted: Deleted, attended: Sequence[Attended], now: datetime
    ) -> int | None:
        """Erase a message's words at once; its place in the order is kept."""
        row = await self._message_in(place.id, deleted.id)
        noted = place.platform == BROWSER  # in our own rooms, where it was taken back
        if row is not None and row.deleted_at is None and not noted:
            self.erasures.append(erasure_of(Erased.MESSAGE, place, deleted.id, now))
        if row is None and await self._is_ours(place.id, deleted.id):
            return None  # a post of the bot's: nothing of what people said hangs on it any less
        if row is None and may_be_heard_yet(attended, deleted.said_at):
            # Of no chat: nobody saw it there. It is kept so that the words, should they come, stay away.
            tomb = {"place_id": place.id, "platform_message_id": deleted.id, "deleted_at": now}
            said_at = deleted.said_at or deleted.at
            await self._add(t.message, **tomb, said_at=said_at, heard_at=now, render_version=1)
        elif row is not None:
            await self.erase([row.id], now)
            await self._forget_receipt(place.id, deleted.id)
        return row.id if row is not None else None

    async def _is_ours(self, place_id: int, native_id: str) -> bool:
        o = t.outbox.c
        return bool(
            await self._value(
                select(exists().where(o.place_id == place_id, o.platform_message_id == native_id))
            )
        )

    async def _forget_receipt(self, place_id: int, native_id: str) -> None:
        o, subject = t.outbox.c, f"receipt.{place_id}.{native_id}"
        waits = and_(o.place_id == place_id, o.subject == subject, o.state == "waiting")
        await self._do(update(t.outbox).where(waits).values(state="withdrawn"))

    async def erase(self, message_ids: Sequence[int], now: datetime) -> None:
        """Take words and earlier words of messages away, and filings on which no comment hangs."""
        self.scrubs = True
        await self.changed(message_ids)
        await self._do(delete(t.message_revision).where(t.message_revision.c.message_id.in_(message_ids)))
        await self._do(delete(t.filing).where(no_comment_needs(message_ids)))
        await self._do(update(t.filing).where(t.filing.c.message_id.in_(message_ids)).values(**UNSIGNED))
        await self._do(delete(t.shared_link).where(t.shared_link.c.message_id.in_(message_ids)))
        empty = {
            "text": "",
            "body_html": None,
            "attachments": None,
            "why": "",
            "hidden_why": None,
            "held": None,
            "render_version": 1,
            "sorted_from": None,
        }
        change = update(t.message).where(t.message.c.id.in_(message_ids))
        await self._do(change.values(deleted_at=func.coalesce(t.message.c.deleted_at, now), **empty))

    async def refile(self, message_id: int, attended: Sequence[Attended], now: datetime) -> None:
        """File a message anew by words, thread and reply, unless a person filed it or its chat is sealed."""
        row = await self.message(message_id)
        if row is None or row.deleted_at is not None or not _attends(attended, row.chat_id):
            return
        if await self._filed_by_people(message_id):
            return
        around, attached = await self._around(row), bool(row.attachments)
        own = [one for one in attended if one.chat.id == row.chat_id]
        kept = keep(own, row.text, row.by_host, row.said_at, around, row.chat_id, attached)
        filed = kept.filed if kept else Filed(MessageKind.CONVERSATION)
        await self._put_filed(message_id, filed, now)

    async def file_replies(
        self, place_id: int, native_id: str, attended: Sequence[Attended], now: datetime
    ) -> None:
        """File replies to a post that were heard before anybody knew of which question it is."""
        chats = [one.chat.id for one in attended]
        for row in await self._rows(_REPLIES, place=place_id, chats=chats, post=native_id):
            await self.refile(row.id, attended, now)

    async def file_by_person(
        self, message_id: int, question_ids: Sequence[int], how: How, by: int | None, now: datetime
    ) -> None:
        """File a message where a person says; that stays when the message is edited."""
        filed = Filed(MessageKind.ANSWER, tuple(question_ids), how, why=f"filed by {how}")
        await self._put_filed(message_id, filed, now, by)

    async def keep_unfiled(self, message_id: int, now: datetime) -> None:
        """Leave a message with the conversation, as a host says; that stays when it is edited."""
        await self._put_filed(message_id, Filed(MessageKind.CONVERSATION, why=NO_ANSWER), now)

    async def unfile_by_person(
        self, message_id: int, question_id: int, by: int, attended: Sequence[Attended], now: datetime
    ) -> None:
        """Undo somebody's own filing by reaction, and file by words, thread and reply again."""
        mine = and_(t.filing.c.message_id == message_id, t.filing.c.how == How.REACTION)
        put = and_(mine, t.filing.c.question_id == question_id, t.filing.c.by_person_id == by)
        if await self._do(delete(t.filing).where(put)):
            self.recollect.add(message_id)
            await self.room_filed([message_id], now)
            await self.refile(message_id, attended, now)

    async def correct(
        self, correction: Correction, attended: Sequence[Attended], now: datetime
    ) -> int | None:
        """File the sender's message before a correction under the question it names; gives that message."""
        before = and_(
            t.message.c.person_id == correction.person_id,
            t.message.c.chat_id == correction.chat_id,
            t.message.c.id < correction.message_id,
            t.message.c.deleted_at.is_(None),
        )
        found = await self._value(
            select(t.message.c.id).where(before).order_by(t.message.c.id.desc()).limit(1)
        )
        chat = next((one for one in attended if one.chat.id == correction.chat_id), None)
        if found is None or chat is None or await self._filed_by_people(found):
            return None
        asked, held = named(correction.numbers, chat.questions)
        if asked or held:
            why = "corrected by its sender"
            filed = Filed(MessageKind.ANSWER, asked, How.LABEL, flags=("correction",), held=held, why=why)
            await self._put_filed(found, filed, now)
        return int(found)

    async def move_held(self, chat_id: int, numbers: Mapping[int, int | None]) -> None:
        """Let held answers wait for the number that their question has now; for one taken out none waits."""
        held = t.message.c.held
        query = select(t.message.c.id, held).where(t.message.c.chat_id == chat_id, held.is_not(None))
        for row in await self._rows(query):
            moved = sorted({new for one in map(int, row.held.split(",")) if (new := numbers.get(one, one))})
            values = {"held": ",".join(map(str, moved)) or None}
            await self._do(update(t.message).where(t.message.c.id == row.id).values(**values))

    async def attach_held(self, chat_id: int, question: Question, now: datetime) -> int:
        """File the answers that were held until this question was asked; gives how many."""
        number = str(question.position)
        found = [row for row in await self._rows(_HELD, chat=chat_id) if number in row.held.split(",")]
        rows = [_attached(row, question, now) for row in found]
        await self._do(upsert(t.filing).on_conflict_do_nothing(), rows)
        self.recollect |= {row.id for row in found}
        for row in found:
            rest = ",".join(other for other in row.held.split(",") if other != number) or None
            await self._do(update(t.message).where(t.message.c.id == row.id).values(held=rest))
        await self.room_filed([row.id for row in found], now)
        return len(found)

    async def changed(self, message_ids: Sequence[int]) -> None:
        """Note that the pages and threads on which these messages stand show something else now."""
        self.recollect |= set(message_ids)
        query = select(t.message.c.chat_id).where(t.message.c.id.in_(message_ids))
        self.stale |= {row.chat_id for row in await self._rows(query.distinct()) if row.chat_id}

    async def pick(self, message_id: int, now: datetime | None) -> None:
        """Mark an answer as one of the good bits, or take the mark off."""
        await self._do(update(t.message).where(t.message.c.id == message_id).values(picked_at=now))
        await self.changed([message_id])

    async def forget_revisions(self, chat_id: int) -> None:
        """Let go of earlier words when a chat is sealed."""
        self.scrubs = True
        mine = select(t.message.c.id).where(t.message.c.chat_id == chat_id)
        await self._do(delete(t.message_revision).where(t.message_revision.c.message_id.in_(mine)))

    async def forget_talk(self, chat_id: int) -> None:
        """Let go of what was heard for a chat that was then called off."""
        self.scrubs = True
        mine = select(t.message.c.id).where(t.message.c.chat_id == chat_id)
        for table in (t.message_revision, t.filing, t.shared_link):
            await self._do(delete(table).where(table.c.message_id.in_(mine)))
        await self._do(delete(t.message).where(t.message.c.chat_id == chat_id))

    async def _message_in(self, place_id: int, native_id: str) -> Row[Any] | None:
        found = (await self.messages_by_native_id(place_id, [native_id])).get(native_id)
        return await self.message(found) if found else None

    async def _around(self, row: Row[Any]) -> Around:
        reply = (await self._hung(row.place_id, [row.reply_to])).get(row.reply_to)
        if reply is None or reply.chat_id != row.chat_id:
            return Around(row.thread_question_id)
        # In a thread one can only reply to its messages: to one said elsewhere, by its copy.
        by_copy = reply.is_answer and reply.thread != row.thread_question_id
        return Around(row.thread_question_id, reply.question_id, reply.is_answer, to_copy=by_copy)

    async def _filed_by_people(self, message_id: int) -> bool:
        query = select(t.filing.c.how).where(
            t.filing.c.message_id == message_id,
            or_(t.filing.c.how.in_(BY_PEOPLE), t.filing.c.flags == "correction"),
        )
        kept_out = select(t.message.c.id).where(t.message.c.id == message_id, t.message.c.why == NO_ANSWER)
        return await self._value(query.limit(1)) is not None or await self._value(kept_out) is not None

    async def _put_filed(self, message_id: int, filed: Filed, now: datetime, by: int | None = None) -> None:
        await self._do(delete(t.filing).where(t.filing.c.message_id == message_id))
        values = {"kind": filed.kind, "why": filed.why, "held": ",".join(map(str, filed.held)) or None}
        change = update(t.message).where(t.message.c.id == message_id)
        await self._do(change.values(**values, sorted_from=None))
        rows = [filing_row(message_id, question_id, filed, now, by) for question_id in filed.questions]
        await self._do(t.filing.insert(), rows)
        await self.changed([message_id])
        await self.room_filed([message_id], now)


_HELD = select(
    t.message.c.id, t.message.c.held, t.message.c.platform_message_id, t.message.c.person_id
).where(t.message.c.chat_id == bindparam("chat"), t.message.c.held.is_not(None))
_REPLIES = (
    select(t.message.c.id)
    .where(
        t.message.c.place_id == bindparam("place"),
        t.message.c.chat_id.in_(bindparam("chats", expanding=True)),
        t.message.c.reply_to == bindparam("post"),
        t.message.c.kind == MessageKind.CONVERSATION,
        t.message.c.deleted_at.is_(None),
    )
    .order_by(t.message.c.id)
)


def _attends(attended: Sequence[Attended], chat_id: int) -> bool:
    return any(one.chat.id == chat_id for one in attended)


def _attached(row: Row[Any], question: Question, now: datetime) -> dict[str, Any]:
    """The filing of an answer that was held, by label or by form as it came."""
    formed = row.platform_message_id.startswith(BY_FORM)
    filed = Filed(MessageKind.ANSWER, (question.id,), How.FORM if formed else How.LABEL)
    return filing_row(row.id, question.id, filed, now, row.person_id if formed else None)


def erasure_of(what: Erased, place: Place, native_id: str, now: datetime) -> Erasure:
    """What is noted of one message."""
    return Erasure(what, now, platform=place.platform, place=place.native_id, native_id=native_id)
