"""What is kept of one person in one community: shown, exported, hidden."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update

from bot.core.filing import MessageKind
from bot.storage.heard.coverage import Coverage
from bot.storage.schema import tables as t

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """How much is kept of somebody."""

    messages: int
    answers: int
    chats: int


class OwnWords(Coverage):
    """What people ask of their own words; a community's are those said in its places."""

    async def kept_of(self, person_id: int, community_id: int) -> Kept:
        """How much is kept of somebody here."""
        answers = func.count().filter(t.message.c.kind == MessageKind.ANSWER)
        counts = select(func.count(), answers, func.count(t.message.c.chat_id.distinct()))
        row = await self._row(counts.where(_mine(person_id, community_id)))
        return Kept(*(int(count or 0) for count in row)) if row else Kept(0, 0, 0)

    async def own_messages(self, person_id: int, community_id: int) -> AsyncIterator[Sequence[Row[Any]]]:
        """Somebody's stored messages with their chat's day, some at a time, oldest first."""
        last = 0
        while True:
            query = (
                select(t.message, t.chat.c.starts_at, t.chat.c.topic, t.place.c.name.label("place_name"))
                .select_from(t.message.outerjoin(t.chat).join(t.place, t.place.c.id == t.message.c.place_id))
                .where(_mine(person_id, community_id), t.message.c.id > last)
            )
            rows = await self._rows(query.order_by(t.message.c.id).limit(_AT_ONCE))
            if not rows:
                return
            yield rows
            last = rows[-1].id

    async def earlier_words(self, message_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
        """What messages said before they were edited."""
        earlier: dict[int, list[Row[Any]]] = {}
        query = select(t.message_revision).where(t.message_revision.c.message_id.in_(message_ids))
        for row in await self._rows(query.order_by(t.message_revision.c.id)):
            earlier.setdefault(row.message_id, []).append(row)
        return earlier

    async def filings(self, message_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
        """Where messages are filed, with the numbers of the questions."""
        found: dict[int, list[Row[Any]]] = {}
        query = select(t.filing, t.question.c.position).join(t.question)
        query = query.where(t.filing.c.message_id.in_(message_ids)).order_by(t.question.c.position)
        for row in await self._rows(query):
            found.setdefault(row.message_id, []).append(row)
        return found

    async def hosted_by(self, person_id: int, community_id: int) -> tuple[int, ...]:
        """The ids of this community's chats for which somebody is guest host."""
        query = select(t.chat_host.c.chat_id).where(t.chat_host.c.person_id == person_id)
        rows = await self._rows(query.where(t.chat_host.c.chat_id.in_(_chats_of(community_id))))
        return tuple(sorted(row.chat_id for row in rows))

    async def hide_own(self, person_id: int, community_id: int, now: datetime) -> None:
        """Hide from readers all that somebody said here so far."""
        said = and_(_mine(person_id, community_id), t.message.c.hidden_at.is_(None))
        chats = select(t.message.c.chat_id).where(said).distinct()
        self.stale |= {row.chat_id for row in await self._rows(chats) if row.chat_id}
        await self._do(update(t.message).where(said).values(hidden_at=now))

    async def left_out(self, message_id: int) -> bool:
        """Whether a message's writer asked to be left out."""
        query = (
            select(t.consent.c.excluded_at)
            .join(t.place, t.place.c.community_id == t.consent.c.community_id)
            .join(t.message, t.message.c.place_id == t.place.c.id)
            .where(t.message.c.person_id == t.consent.c.person_id, t.message.c.id == message_id)
        )
        return await self._value(query) is not None

    async def names_in_use(self, community_id: int, but: int) -> tuple[str, ...]:
        """The names and pseudonyms of everybody else who is known here."""
        spoke = select(t.message.c.person_id).join(t.place).where(t.place.c.community_id == community_id)
        asked = select(t.handled_command.c.person_id).join(t.place)
        agreed = select(t.consent.c.person_id).where(t.consent.c.community_id == community_id)
        hosts = select(t.community_host.c.person_id).where(t.community_host.c.community_id == community_id)
        guests = select(t.chat_host.c.person_id).where(t.chat_host.c.chat_id.in_(_chats_of(community_id)))
        joined = select(t.member.c.person_id).where(t.member.c.community_id == community_id)
        known = (spoke, asked.where(t.place.c.community_id == community_id), agreed, hosts, guests, joined)
        said = and_(t.consent.c.person_id == t.person.c.id, t.consent.c.community_id == community_id)
        query = select(t.person.c.name, t.consent.c.pseudonym).outerjoin(t.consent, said)
        query = query.where(or_(*(t.person.c.id.in_(some) for some in known)), t.person.c.id != but)
        return tuple(name for row in await self._rows(query) for name in row if name)


def _mine(person_id: int, community_id: int) -> ColumnElement[bool]:
    here = select(t.place.c.id).where(t.place.c.community_id == community_id)
    return and_(t.message.c.person_id == person_id, t.message.c.place_id.in_(here))


def _chats_of(community_id: int) -> Any:
    return select(t.chat.c.id).join(t.series).where(t.series.c.community_id == community_id)
