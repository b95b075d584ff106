"""What a room's page shows beside the words: threads, where words are filed, answers to commands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import case, exists, or_, select

from bot.core.chunks import chunks
from bot.core.model import Place
from bot.core.sentences.room import LONGEST_SAID
from bot.storage.archive.addresses import BROWSER
from bot.storage.archive.readable import of_chats
from bot.storage.chats.chats import AHEAD, LIVE
from bot.storage.chats.plans import place_of
from bot.storage.outgoing.outbound import REFUSAL, REPLY
from bot.storage.rooms.sheets import RoomSheets
from bot.storage.rooms.views import SHOWN, EventKind, RoomMessage, message_of, reply_of
from bot.storage.schema import tables as t


@dataclass(frozen=True, slots=True)
class RoomFiling:
    """What became of a room's message as an answer: our own id, its address, and under which questions.

    Only words of a chat have an address, and none of a rehearsal.
    """

    message_id: int
    public_id: str | None
    picked: bool
    hidden: bool
    numbers: tuple[int, ...] = ()
    questions: tuple[int, ...] = ()


class RoomReply(NamedTuple):
    """The message that answers a command, or begins to, and whether it says no."""

    message_id: int
    refused: bool


@dataclass(frozen=True, slots=True)
class RoomSnapshot:
    """A message with what decides who may see it; `writer` is a native id, whoever looks."""

    message: RoomMessage
    writer: str | None


_M = t.room_message.c


class RoomReading(RoomSheets):
    """What is asked by a room's page."""

    async def room_called(self, word: str) -> tuple[Place, bool] | None:
        """The room at an address, and whether it is for hosts."""
        here = t.place.c.platform == BROWSER, t.place.c.native_id == word, t.place.c.left_at.is_(None)
        row = await self._row(select(t.place).where(*here))
        return (place_of(row), bool(row.hosts_room)) if row else None

    async def rooms_of(self, person_id: int) -> tuple[Place, ...]:
        """The rooms that somebody may go into, by community and name."""
        member = exists().where(
            t.member.c.community_id == t.place.c.community_id,
            t.member.c.person_id == person_id,
            t.NOT_BANNED,
        )
        host = exists().where(
            t.community_host.c.community_id == t.place.c.community_id,
            t.community_host.c.person_id == person_id,
        )
        here = t.place.c.platform == BROWSER, t.place.c.left_at.is_(None)
        query = select(t.place).where(*here, member, or_(t.place.c.hosts_room.is_(False), host))
        rows = await self._rows(query.order_by(t.place.c.community_id, t.place.c.hosts_room, t.place.c.name))
        return tuple(place_of(row) for row in rows)

    async def community_chat(self, community_id: int) -> int | None:
        """The chat that a community's hosts steer: the one in its hour, else the next one."""
        mine = t.series.c.community_id == community_id, t.chat.c.rehearsal.is_(False)
        query = select(t.chat.c.id).join(t.series).where(*mine, t.chat.c.state.in_(LIVE + AHEAD))
        found: int | None = await self._value(
            query.order_by(t.chat.c.state.not_in(LIVE), t.chat.c.starts_at).limit(1)
        )
        return found

    async def room_writer(self, message_id: int) -> tuple[int, bool] | None:
        """Who wrote a message, and whether without a name; for what hosts may do without learning it."""
        row = await self._row(select(_M.person_id, _M.anonymous).where(_M.id == message_id))
        return (row.person_id, row.anonymous) if row and row.person_id is not None else None

    async def room_questions(self, chat_id: int, place_id: int) -> dict[int, int]:
        """The messages on which a chat's threads hang here, by the id of the question that each asks."""
        mine = t.outbox.c.chat_id == chat_id, t.outbox.c.place_id == place_id, t.outbox.c.action == "post"
        query = select(t.outbox.c.question_id, t.outbox.c.platform_message_id).where(
            *mine, t.outbox.c.question_id.is_not(None), t.outbox.c.platform_message_id.is_not(None)
        )
        rows = await self._rows(query.order_by(t.outbox.c.id))
        return {row.question_id: int(row.platform_message_id) for row in rows}

    async def room_filings(self, place_id: int, message_ids: Iterable[int]) -> dict[int, RoomFiling]:
        """What became of messages of a room, by their ids there."""
        ids = [str(message_id) for message_id in message_ids]
        m = t.message.c
        query = (
            select(
                *(m.id, m.platform_message_id, m.picked_at, m.hidden_at),
                case((of_chats(), m.public_id)).label("public_id"),
                *(t.question.c.position, t.filing.c.question_id),
            )
            .outerjoin(t.chat, t.chat.c.id == m.chat_id)
            .outerjoin(t.filing, t.filing.c.message_id == m.id)
            .outerjoin(t.question, t.question.c.id == t.filing.c.question_id)
            .where(m.place_id == place_id, m.platform_message_id.in_(ids), m.deleted_at.is_(None))
        )
        found: dict[int, RoomFiling] = {}
        for row in await self._rows(query.order_by(t.question.c.position)):
            room_id = int(row.platform_message_id)
            marks = row.picked_at is not None, row.hidden_at is not None
            one = found.get(room_id) or RoomFiling(row.id, row.public_id, *marks)
            if row.position is not None:
                numbers, questions = (*one.numbers, row.position), (*one.questions, row.question_id)
                one = replace(one, numbers=numbers, questions=questions)
            found[room_id] = one
        return found

    async def room_snapshots(self, message_ids: Sequence[int]) -> dict[int, RoomSnapshot]:
        """Messages as everybody sees them, with what decides who may; for many readers at once."""
        rows = await self._rows(SHOWN.where(_M.id.in_(message_ids)))
        return {row.id: RoomSnapshot(message_of(row, "", {}), row.native_id) for row in rows}

    async def room_answer(self, place_id: int, viewer: str, message_id: int) -> tuple[RoomMessage, ...]:
        """What the bot said here for one person's eyes: the message with this number, and what goes on it."""
        mine = SHOWN.where(_M.place_id == place_id, _M.only_for == viewer)
        first = await self._row(mine.where(_M.id == message_id))
        if first is None:
            return ()
        key = reply_of(first.key) if first.key else ""
        same = _M.id == message_id, _M.key == key, _M.key.startswith(f"{key}.", autoescape=True)
        rows = await self._rows(mine.where(or_(*same) if key else same[0]).order_by(_M.id))
        return tuple(message_of(row, viewer, {}) for row in rows)

    async def room_reply(self, place: Place, event_id: int) -> RoomReply | None:
        """The message that answers a typed command, once all of the answer stands in the room."""
        e, o, h = t.room_event.c, t.outbox.c, t.handled_command.c
        typed = select(e.message_id).where(e.id == event_id, e.kind == EventKind.COMMANDED)
        native_id = f"{place.native_id}:{await self._value(typed)}"
        command_id = await self._value(select(h.id).where(h.platform == BROWSER, h.native_id == native_id))
        row = await self._row(select(o.id, o.subject, o.payload).where(o.key == f"{REPLY}{command_id}"))
        name = await self._value(select(t.installation.c.value).where(t.installation.c.name == "name"))
        posted = await self.room_posted(f"{name}-{row.id}") if row else None
        if row is None or posted is None:
            return None
        parts = len(chunks(row.payload.get("text", ""), LONGEST_SAID))  # it is empty once all is sent
        ends = await self.room_posted(f"{name}-{row.id}.{parts - 1}") if parts > 1 else posted
        return RoomReply(posted, row.subject == REFUSAL) if ends is not None else None
