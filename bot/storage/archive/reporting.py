"""Reports of answers: what readers find wrong, and how hosts are told once and it is let go of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, select, update

from bot.core import sentences
from bot.core.actions import Action
from bot.core.audience import Audience
from bot.core.model import Chat, Offer, Series
from bot.storage import tables as t
from bot.storage.archive.addresses import BROWSER
from bot.storage.archive.readable import readable_messages
from bot.storage.archive.statements import WORDS_OF_CHATS
from bot.storage.keeping import SENT, WAITING, WITHDRAWN
from bot.storage.outbound import Outbound
from bot.storage.rooms.posts import Rooms

ONE_A = timedelta(days=1)
"""In such a time one person is heard once about one answer."""
MOST_BY_STRANGERS = 5
"""So many reports of one answer are taken in that time from readers who are not signed in."""


@dataclass(frozen=True, slots=True)
class Reportable:
    """An answer that somebody may read and so may report; `about` says which one, without its words."""

    message_id: int
    html: str
    about: str


class Reporting(Outbound, Rooms):
    """What is asked of reports."""

    async def report(self, message_id: int, about: str, reason: str, by: int | None, now: datetime) -> bool:
        """Store a report and tell the hosts' room; False where enough was said of this answer today.

        `about` says which answer it is.
        """
        if await self._said_enough(message_id, by, now):
            return False
        report_id = await self._add(t.report, message_id=message_id, by_person_id=by, reason=reason, at=now)
        chat, series = await self._reported(message_id)
        community = await self.community(series.community_id)
        if community.hosts_place_id is not None:
            room, text = await self.place(community.hosts_place_id), sentences.reported(about, reason)
            await self.post(room, text, _choices(message_id, chat), _key(report_id), now)
        return True

    async def reportable(self, audience: Audience, public_id: str) -> Reportable | None:
        """The answer or comment with this id, if these readers may read it."""
        number = select(func.min(t.question.c.position)).select_from(t.filing.join(t.question))
        number = number.where(t.filing.c.message_id == t.message.c.id).correlate(t.message)
        columns = (t.message.c.id, t.message.c.body_html, number.scalar_subquery().label("number"))
        query = select(*columns).select_from(WORDS_OF_CHATS)
        query = query.where(t.message.c.public_id == public_id, readable_messages(audience))
        row = await self._row(query)
        if row is None:
            return None
        chat, series = await self._reported(row.id)
        return Reportable(row.id, row.body_html or "", sentences.about_answer(chat, series, row.number))

    async def settle_reports(self, message_id: int, now: datetime) -> int:
        """Note that hosts decided about an answer; gives how many reports that settles."""
        open_ones = and_(t.report.c.message_id == message_id, t.report.c.settled_at.is_(None))
        return await self._do(update(t.report).where(open_ones).values(settled_at=now))

    async def drop_reports(self, message_ids: Sequence[int], now: datetime) -> None:
        """Let go of what was reported of messages that are gone."""
        about = t.report.c.message_id.in_(message_ids)
        for row in await self._rows(select(t.report.c.id).where(about)):
            await self._take_back(row.id, now)
        await self._do(delete(t.report).where(about))

    async def forget_reporter(self, person_id: int, community_id: int, now: datetime) -> None:
        """Let go of the words with which somebody reported others; that there was a report stays."""
        here = select(t.place.c.id).where(t.place.c.community_id == community_id)
        there = select(t.message.c.id).where(t.message.c.place_id.in_(here))
        theirs = and_(t.report.c.by_person_id == person_id, t.report.c.message_id.in_(there))
        for row in await self._rows(select(t.report.c.id).where(theirs)):
            await self._take_back(row.id, now)
        await self._do(update(t.report).where(theirs).values(reason="", by_person_id=None))

    async def _said_enough(self, message_id: int, by: int | None, now: datetime) -> bool:
        today = and_(t.report.c.message_id == message_id, t.report.c.at > now - ONE_A)
        whose = t.report.c.by_person_id == by if by is not None else t.report.c.by_person_id.is_(None)
        said = await self._value(select(func.count()).where(today, whose))
        return bool(said >= (1 if by is not None else MOST_BY_STRANGERS))

    async def _reported(self, message_id: int) -> tuple[Chat, Series]:
        found = await self._value(select(t.message.c.chat_id).where(t.message.c.id == message_id))
        chat = await self.chat(found)
        if chat is None:
            raise LookupError(f"no chat of message {message_id}")
        return chat, await self.series(chat.series_id)

    async def _take_back(self, report_id: int, now: datetime) -> None:
        """Empty what the hosts' room was told of one report."""
        mine = t.outbox.c.key == _key(report_id)
        row = await self._row(select(t.outbox, t.place.c.platform).join(t.place).where(mine))
        if row is not None:
            await self._empty_post(row, now)

    async def _empty_post(self, row: Row[Any], now: datetime) -> None:
        """Empty one of our posts in the outbox, and where it stands: in our room, or on another network."""
        state = WITHDRAWN if row.state == WAITING else row.state
        empty = {"payload": {"text": "", "offers": []}, "state": state}
        await self._do(update(t.outbox).where(t.outbox.c.id == row.id).values(**empty))
        if row.platform == BROWSER and (row.platform_message_id or "").isdecimal():
            await self._erase_in_room(await self._rows(_shown(row)), now)
        elif row.state == SENT and row.action == Action.POST:
            place, said = await self.place(row.place_id), {"text": sentences.POST_GONE, "offers": []}
            key, subject = f"{row.key}.gone", f"{row.subject}.edit"
            await self._put(place, Action.EDIT, subject, key, said, now, depends_on=row.id)


def _shown(row: Row[Any]) -> Any:
    here: ColumnElement[bool] = t.room_message.c.place_id == row.place_id
    standing = and_(here, t.room_message.c.deleted_at.is_(None))
    return select(t.room_message).where(standing, t.room_message.c.id == int(row.platform_message_id))


def _choices(message_id: int, chat: Chat) -> tuple[Offer, Offer]:
    return (
        Offer(sentences.HIDE_IT, f"answers hide m{message_id} chat={chat.id}"),
        Offer(sentences.KEEP_IT, f"answers keep m{message_id} chat={chat.id}"),
    )


def _key(report_id: int) -> str:
    return f"report.{report_id}"
